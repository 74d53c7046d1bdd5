"""The section on limits that every page about a scenario has: base rates, how far shares move, on what the numbers rest."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.estimates import Share
from sim.analysis.limits import Limits, Rated, Swing, counted_words, ground_words, rate_words, unrated_words
from sim.reports import words
from sim.reports.chart import Table


@dataclass(frozen=True)
class LimitsPart:
    """What the template part `limits` of `parts.html.j2` lays out; what is empty is left out."""

    rates: Table | None
    unrated: str
    sources: str
    moved: Table | None
    moved_reading: str
    grounds: str
    varied: str
    elsewhere: str  # where it is told how far shares move, if not here
    beside: str  # base rates in a sentence, to stand where shares are told first


_ELSEWHERE = (
    "How far the shares move within the ranges of single inputs stands in this section of an ordinary run's report (sim run); "
    "sim sensitivity splits what varies among all of them."
)


def limits_part(found: Limits | None) -> LimitsPart | None:
    """The limits of a scenario or a run as a page shows them."""
    if found is None:
        return None
    return LimitsPart(
        _rates(found.rated),
        unrated_words(found.rated),
        _sources(found.rated),
        _moved(found.swings),
        _reading(found),
        "" if found.grounds is None else ground_words(found.grounds),
        "" if found.grounds is None else found.varied,
        "" if found.grounds is None or found.of_run else _ELSEWHERE,
        rate_words(found.rated),
    )


def _rates(rated: tuple[Rated, ...]) -> Table | None:
    with_share = any(item.share is not None for item in rated)
    rows = []
    for item in rated:
        for number, rate in enumerate(item.rates):
            here = "" if item.share is None or number else _share(item.share)
            told = ". ".join(filter(None, (rate.of, rate.note.rstrip("."))))
            name = "" if number else item.label
            rows.append([name, *([here] if with_share else []), counted_words(rate), told[:1].upper() + told[1:]])
    return Table(["Outcome", *(["In this run"] if with_share else []), "Base rate", "Among"], rows) if rows else None


def _sources(rated: tuple[Rated, ...]) -> str:
    found = dict.fromkeys(rate.source for item in rated for rate in item.rates if rate.source)
    return f"Counted from: {'; '.join(found)}." if found else ""


def _moved(swings: tuple[Swing, ...]) -> Table | None:
    rows = [[item.label, item.input_label, _share(item.low), _share(item.high)] for item in swings]
    return Table(["Outcome", "Input", "Lowest fifth", "Highest fifth"], rows) if rows else None


def _reading(found: Limits) -> str:
    told = (
        "For each outcome the input that moves it furthest: its share among the histories of this run in which the input is in the lowest "
        "fifth of its values, and among those in which it is in the highest. One input at a time: several wrong ones together move a share "
        "further, and an input without a distribution cannot appear. The furthest of several is on the large side."
    )
    if found.still:
        told += f" No recorded input moves {', '.join(f'“{label}”' for label in found.still)} beyond doubt."
    return told


def _share(value: Share) -> str:
    return f"{words.percent(value.share)} ({words.percent_interval(value.low, value.high)})"
