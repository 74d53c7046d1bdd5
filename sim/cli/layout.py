"""Bars, sparklines, columns and paragraphs in the cells of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from sim.model.diagnostics import cells, visible

EIGHTHS = " ▏▎▍▌▋▊▉"
HEIGHTS = "▁▂▃▄▅▆▇█"
PLAIN_HEIGHTS = ".:-=+*#@"


def bar(low: float, high: float, length: int, blocks: bool) -> str:
    """A bar of ``length`` cells for fractions: solid up to the low end of an interval, shaded up to the high end."""
    solid, shade = ("█", "▒") if blocks else ("#", "-")
    first = max(0, min(length, round(low * length)))
    last = max(first, min(length, round(high * length)))
    if last == 0 and high > 0.0:
        last = 1
    return (solid * first + shade * (last - first)).ljust(length)


def meter(value: float, length: int, blocks: bool) -> str:
    """A bar of ``length`` cells for a fraction, to an eighth of a cell where the characters for it are there."""
    value = min(max(value, 0.0), 1.0)
    if not blocks:
        return ("#" * round(value * length)).ljust(length)
    whole, rest = divmod(round(value * length * 8), 8)
    return ("█" * whole + (EIGHTHS[rest] if rest else "")).ljust(length)


def sparkline(values: Sequence[float], length: int, low: float, high: float, blocks: bool) -> str:
    """The course of a quantity in ``length`` characters, between the given bounds."""
    heights = HEIGHTS if blocks else PLAIN_HEIGHTS
    if not len(values) or not high > low:
        return ""
    length = min(length, len(values))
    picked = [values[round(n * (len(values) - 1) / max(1, length - 1))] for n in range(length)]
    top = len(heights) - 1
    return "".join(heights[min(top, max(0, round((value - low) / (high - low) * top)))] for value in picked)


def clipped(text: str, length: int, blocks: bool = True) -> str:
    """The text in at most ``length`` cells, with an ellipsis where it was cut."""
    text = visible(text)
    if cells(text) <= length:
        return text
    mark = "…" if blocks else "..."
    while text and cells(text) > length - len(mark):
        text = text[:-1]
    return text.rstrip() + mark


def padded(text: str, length: int) -> str:
    """The text with spaces up to ``length`` cells."""
    return text + " " * max(0, length - cells(text))


def paragraph(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text on lines of ``width`` columns; words are never broken."""
    lines = textwrap.wrap(
        visible(" ".join(text.split())), width, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return lines or [first.rstrip()]
