"""Which inputs moved what came of a run, as the records that the run's report and the page of `sim drivers` both show."""

from __future__ import annotations

from collections.abc import Mapping

from sim.analysis.driver_words import MEASURE, direction_words
from sim.analysis.drivers import DriverTable
from sim.reports import content as page

MOST_SHOWN = 12


def drivers_content(
    table: DriverTable, labels: Mapping[str, str], most: int = MOST_SHOWN, target: str = "the outcome"
) -> page.Drivers | None:
    """The strongest inputs as a page shows them; none where there is nothing to tell."""
    if not table.effects:
        return None
    items = [
        page.Driver(
            effect.path, effect.label, effect.effect, effect.low, effect.high, effect.distinguishable,
            direction_words(table.asked, effect, labels), effect.floor,
        )
        for effect in table.effects[:most]
    ]  # fmt: skip
    return page.Drivers(MEASURE, items, table.noise_floor, target, sample=table.sample, form="percent")
