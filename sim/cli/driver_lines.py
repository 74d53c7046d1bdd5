"""Inputs by effect, as `sim run` and `sim drivers` print them: for people in the columns of a terminal, for programs as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sim.analysis.driver_words import direction_words, percent
from sim.analysis.drivers import MEASURE
from sim.analysis.estimates import number_or_none
from sim.cli.layout import clipped, meter, padded, paragraph

if TYPE_CHECKING:
    from sim.analysis.drivers import DriverTable, Effect

METER = 12  # cells of a bar
INTERVAL = 14  # cells of an interval


def lines(table: DriverTable, labels: Mapping[str, str], most: int, width: int, blocks: bool) -> list[Text]:
    """The measure and the strongest inputs, two lines each."""
    told = f"{MEASURE}, with 95% interval; a dummy input reaches {percent(table.noise_floor)}"
    told += f"; {table.sample}" if table.sample else ""
    found = [Text(line, style="dim") for line in paragraph(told, width, "  ", "  ")]
    longest = max(table.effects[0].effect, table.noise_floor)
    label_width = width - 2 - 7 - METER - 1
    for effect in table.effects[:most]:
        strength = meter(effect.effect / longest if longest > 0 else 0.0, METER, blocks)
        found.append(
            Text.assemble(
                f"  {padded(clipped(effect.label, label_width, blocks), label_width)} ",
                (strength, "" if effect.distinguishable else "dim"),
                f" {percent(effect.effect):>6}",
            )
        )
        interval = f"{100 * effect.low:.1f} to {percent(effect.high)}"
        toward = clipped(_toward(table, effect, labels), width - 5 - INTERVAL, blocks)
        found.append(Text(f"    {padded(toward, width - 4 - INTERVAL)}{interval:>{INTERVAL}}", style="dim"))
    return found


def _toward(table: DriverTable, effect: Effect, labels: Mapping[str, str]) -> str:
    """What a higher value, or one of several, makes likelier."""
    if not effect.distinguishable:
        return "not distinguishable from an input that does nothing"
    return direction_words(table.asked, effect, labels)


def as_data(table: DriverTable) -> dict[str, Any]:
    """Measure, floor and every input."""
    return {
        "measure": MEASURE,
        "replications": table.num_rows,
        "of_replications": table.of_rows,
        "noise_floor": number_or_none(table.noise_floor),
        "missing": table.missing or None,
        "inputs": [
            {
                "path": item.path,
                "label": item.label,
                "effect": number_or_none(item.effect),
                "low": number_or_none(item.low),
                "high": number_or_none(item.high),
                "floor": number_or_none(item.floor),
                "distinguishable": item.distinguishable,
                "toward": item.toward,
                "association": number_or_none(item.association),
                "is_steady": item.is_steady,
            }
            for item in table.effects
        ],
    }
