"""What must be known beside a share, as every command about a scenario tells it: base rates, and on what the numbers rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from sim.analysis.limits import Rated, as_data, brief_grounds, brief_rates, limits_of
from sim.cli.layout import clipped, paragraph


def lines(scenario: Mapping[str, Any], width: int, blocks: bool) -> list[Text]:
    """Base rates and grounds of a completed scenario, below a result; nothing where its numbers stand for themselves."""
    found = limits_of(scenario)
    told = rate_lines(found.rated, width)
    if text := brief_grounds(found):
        told.append(Text(f"  {clipped(text, width - 2, blocks)}", style="dim"))
    return [Text(), *told] if told else []


def rate_lines(rated: Sequence[Rated], width: int) -> list[Text]:
    """Base rates alone, in as many lines as they need."""
    text = brief_rates(rated)
    return [Text(line) for line in paragraph(text, width, "  ", "    ")] if text else []


def limits_data(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """The same for programs."""
    return as_data(limits_of(scenario))


__all__ = ["limits_data", "lines", "rate_lines"]
