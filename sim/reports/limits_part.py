"""The section on limits that every page about a scenario has: base rates, how far shares move, on what the numbers rest."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.limits import Limits, Rated, Swing, ground_words, unrated_words
from sim.reports import words
from sim.reports.chart import Table


@dataclass(frozen=True)
class LimitsPart:
    """What the template part `limits` of `parts.html.j2` lays out; what is empty is left out."""

    rates: Table | None
    unrated: str
    moved: Table | None
    moved_reading: str
    grounds: str
    varied: str


def limits_part(found: Limits | None) -> LimitsPart | None:
    """The limits of a scenario or a run as a page shows them."""
    if found is None:
        return None
    return LimitsPart(
        _rates(found.rated),
        unrated_words(found.rated),
        _moved(found.swings),
        _reading(found),
        "" if found.grounds is None else ground_words(found.grounds),
        "" if found.grounds is None else found.varied,
    )


def _rates(rated: tuple[Rated, ...]) -> Table | None:
    with_share = any(item.share is not None for item in rated)
    rows = []
    for item in rated:
        for number, rate in enumerate(item.rates):
            here = "" if item.share is None or number else _share(item.share.share, item.share.low, item.share.high)
            counted = rate.counted
            rows.append([
                item.label if not number else "",
                *([here] if with_share else []),
                _share(counted.share, counted.low, counted.high),
                f"{words.integer(counted.count)} of {words.integer(counted.trials)}",
                " ".join(filter(None, (rate.of, f"({rate.source})" if rate.source else "", rate.note))),
            ])  # fmt: skip
    heads = ["Outcome", *(["Share in this run"] if with_share else []), "Base rate", "Counted", "Among"]
    return Table(heads, rows) if rows else None


def _moved(swings: tuple[Swing, ...]) -> Table | None:
    rows = [
        [
            item.label, item.input_label, _share(item.low.share, item.low.low, item.low.high),
            _share(item.high.share, item.high.low, item.high.high),
            words.written(item.difference, "points") + f" ({words.written_range(item.difference_low, item.difference_high, 'points')})",
        ]
        for item in swings
    ]  # fmt: skip
    heads = ["Outcome", "Input that moves it furthest", "In its lowest fifth", "In its highest fifth", "Difference"]
    return Table(heads, rows) if rows else None


def _reading(found: Limits) -> str:
    told = (
        "The histories of this run in which an input is among the lowest fifth of its values, beside those in which it is among the "
        "highest. One input at a time: several wrong ones together move a share further, and an input without a distribution cannot "
        "appear. The furthest of several is on the large side."
    )
    if found.still:
        told += f" No recorded input moves {', '.join(f'“{label}”' for label in found.still)} beyond doubt."
    return told


def _share(value: float, low: float, high: float) -> str:
    return f"{words.percent(value)} ({words.percent_interval(low, high)})"
