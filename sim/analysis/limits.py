"""What must be known beside a share: on what its inputs rest, how far it moves within their ranges, and its base rate.

How far a share moves is read from the run's own histories: from those in which an input is among its lowest fifth to those in which it is
among its highest. Only inputs are taken that `sim.analysis.drivers` tells from a dummy, and of them the one that moves the class furthest
with an interval that leaves out nothing; a furthest one of several is on the large side. Inputs move one at a time, so that what several
wrong ones would do together is more.

Sources: Newcombe (1998) for the interval of the difference, Wilson (1927) for shares and base rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.delta import equal_slices
from sim.analysis.drivers import MOST_STUDIED
from sim.analysis.estimates import Share, difference_of_shares, share
from sim.analysis.given_data import given_data
from sim.analysis.result_names import OUTCOME, outcome_labels
from sim.experiments.columns import rows_at

if TYPE_CHECKING:
    from sim.analysis.summary import Summary
    from sim.model.explain import Grounds

PAGE = "docs/limits.md"
GRAVE = "worst"  # tone of classes that are told with a base rate, or with the want of one
SLICES = 5
MOST_SWINGS = 4  # classes of which is told how far they move


@dataclass(frozen=True)
class Rate:
    """A base rate as the scenario declares it."""

    counted: Share
    of: str
    source: str  # title of the source, or what the file says instead of one
    note: str


@dataclass(frozen=True)
class Rated:
    """A class of outcome with its base rates; none where the scenario declares none for a grave one."""

    id: str
    label: str
    share: Share | None  # in the run, where there is one
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Swing:
    """A class's share where one input is low and where it is high."""

    label: str
    path: str
    input_label: str
    low: Share  # among histories with the input in its lowest fifth
    high: Share
    difference: float
    difference_low: float
    difference_high: float


@dataclass(frozen=True)
class Limits:
    """What stands in the section on limits of every report about a scenario."""

    grounds: Grounds | None  # none where the numbers of a game stand for themselves
    rated: tuple[Rated, ...]
    swings: tuple[Swing, ...] = ()
    still: tuple[str, ...] = ()  # labels of classes that no recorded input moves beyond doubt
    varied: str = ""  # which inputs vary in the runs of this scenario, in words
    of_run: bool = False  # whether a run's own histories were asked how far its shares move


def limits_of(scenario: Mapping[str, Any], shares: Mapping[str, Share] | None = None) -> Limits:
    """Grounds and base rates of a completed scenario; `shares` are those of a run, by class."""
    from sim.model.complete import spec_of
    from sim.model.explain import grounds_of

    is_counted = not _stands_alone(scenario) and "actors" in scenario  # what only names outcomes has no numbers to count
    grounds = grounds_of(spec_of(scenario)) if is_counted else None
    return Limits(grounds, rated_of(scenario, shares), varied=_varied(scenario))


def rated_of(scenario: Mapping[str, Any], shares: Mapping[str, Share] | None = None) -> tuple[Rated, ...]:
    """Classes beside whose share a base rate stands, or has to be missed."""
    labels, tones = outcome_labels(scenario), {item["class"]: item.get("tone") for item in scenario.get("outcomes", ())}
    declared = scenario.get("base_rates") or {}
    rated = tuple(
        Rated(name, label, (shares or {}).get(name), tuple(_rate(scenario, item) for item in declared.get(name, ())))
        for name, label in labels.items()
        if declared.get(name) or tones[name] == GRAVE
    )
    return () if _stands_alone(scenario) and not declared else rated


def _stands_alone(scenario: Mapping[str, Any]) -> bool:
    """Whether it is a game or a model of theory, whose numbers are nobody's judgement of a case."""
    return bool(scenario.get("game") or scenario.get("theory"))


def with_swings(found: Limits, summary: Summary) -> Limits:
    """Limits of a run, with how far its shares move within the ranges that were drawn from."""
    found = replace(found, of_run=True)
    if found.grounds is None or not summary.drivers.clear:
        return found
    ranked = sorted(zip(summary.shares, summary.classes, strict=True), key=lambda pair: -pair[0].share)
    asked = {item.id: item.label for item in found.rated} | {item.id: item.label for _, item in ranked}
    swings, still = _swings(summary, dict(list(asked.items())[:MOST_SWINGS]))
    return replace(found, swings=swings, still=still)


def _rate(scenario: Mapping[str, Any], item: Mapping[str, Any]) -> Rate:
    named = (scenario.get("sources") or {}).get(item.get("source") or "")
    title = str(named["title"]) if named else str(item.get("source") or "")
    return Rate(share(int(item["num_events"]), int(item["num_cases"])), str(item["of"]), title, str(item.get("note") or ""))


def _varied(scenario: Mapping[str, Any]) -> str:
    return {
        "ranges": "All inputs with a distribution or a range vary from history to history.",
        "off": "Nothing varies from history to history: sampling is off.",
    }.get(
        str(scenario.get("sampling")),
        "Inputs with a distribution vary from history to history; those that have a range alone do so with --set sampling=ranges.",
    )


def _swings(summary: Summary, classes: Mapping[str, str]) -> tuple[tuple[Swing, ...], tuple[str, ...]]:
    data = given_data(summary.results, summary.scenario, MOST_STUDIED, summary.design)
    ends = np.asarray(rows_at(summary.results, data.rows, [OUTCOME])[OUTCOME])
    clear = {item.path for item in summary.drivers.clear}
    inputs = [item for item in data.inputs if item.path in clear and item.is_number]
    fifths = [equal_slices(item.values.astype(float), SLICES) for item in inputs]
    found, still = [], []
    for name, label in classes.items():
        came = ends == name
        swings = []
        for item, fifth in zip(inputs, fifths, strict=True):
            low, high = (share(int(came[fifth == place].sum()), int((fifth == place).sum())) for place in (0, int(fifth.max())))
            difference, least, most = difference_of_shares(high, low)
            if least > 0.0 or most < 0.0:
                swings.append(Swing(label, item.path, item.label, low, high, difference, least, most))
        if swings:
            found.append(max(swings, key=lambda swing: abs(swing.difference)))
        else:
            still.append(label)
    return tuple(found), tuple(still)


# In words ------------------------------------------------------------------------------------------------------------


def ground_words(grounds: Grounds) -> str:
    """On what the numbers of the scenario rest, in sentences."""
    parts = [f"{grounds.judged:,} are judgement by the file's own mark"]
    if grounds.default:
        parts.append(f"{grounds.default:,} are defaults of the language, which are judgement too")
    if grounds.unnamed:
        parts.append(f"{grounds.unnamed:,} name no ground")
    parts.append(f"{grounds.others:,} name data, a record, literature or a claim")
    return f"Of {grounds.numbers:,} numbers {', '.join(parts[:-1])}, and {parts[-1]}. {grounds.varied:,} have a distribution or a range."


def rate_words(rated: Sequence[Rated]) -> str:
    """Base rates in one sentence; empty where none is declared."""
    told = [
        f"\u201c{item.label}\u201d: " + ", ".join(rate_in_words(rate) for rate in item.rates)
        for item in rated
        if item.rates
    ]
    return f"Base rate of {'; '.join(told)}." if told else ""


def counted_words(rate: Rate) -> str:
    """A base rate with its interval: `0 in 13 (0 to 23%)`."""
    return f"{rate.counted.count:,} in {rate.counted.trials:,} ({100 * rate.counted.low:.0f} to {100 * rate.counted.high:.0f}%)"


def rate_in_words(rate: Rate) -> str:
    """A base rate with what was counted: `0 in 13 crises of that kind (0 to 23%)`."""
    return f"{rate.counted.count:,} in {rate.counted.trials:,} {rate.of} ({100 * rate.counted.low:.0f} to {100 * rate.counted.high:.0f}%)"


def unrated_words(rated: Sequence[Rated]) -> str:
    """Which grave classes have no base rate; empty where all have one."""
    names = [f"\u201c{item.label}\u201d" for item in rated if not item.rates]
    return f"No base rate of {', '.join(names)} is declared (base_rates in the file): quote no share of it without one." if names else ""


def brief_rates(rated: Sequence[Rated]) -> str:
    """All base rates in few words, for a terminal; empty where nothing is to be said."""
    told = [f"{item.label} {', '.join(rate_in_words(rate) for rate in item.rates)}" for item in rated if item.rates]
    if told:
        return f"Base rate: {'; '.join(told)}"
    return f"Base rate: none declared for {', '.join(item.label for item in rated)}" if rated else ""


def brief_grounds(found: Limits) -> str:
    """On what the numbers rest, on one line; empty where they stand for themselves."""
    if found.grounds is None:
        return ""
    judged = found.grounds.judged + found.grounds.default + found.grounds.unnamed
    return f"{judged:,} of {found.grounds.numbers:,} numbers are judgement or defaults; see {PAGE}"


def as_data(found: Limits) -> dict[str, Any]:
    """The limits as plain data."""
    return {
        "numbers": None if found.grounds is None else {
            "all": found.grounds.numbers, "judgement": found.grounds.judged, "default": found.grounds.default,
            "without_ground": found.grounds.unnamed, "other": found.grounds.others, "varied": found.grounds.varied,
        },
        "base_rates": [
            {
                "outcome": item.id, "label": item.label,
                "rates": [
                    {
                        "count": rate.counted.count, "of": rate.counted.trials, "share": rate.counted.share, "low": rate.counted.low,
                        "high": rate.counted.high, "cases": rate.of, "source": rate.source,
                    }
                    for rate in item.rates
                ],
            }
            for item in found.rated
        ],
        "swings": [
            {
                "label": item.label, "input": item.path, "lowest_fifth": item.low.share, "highest_fifth": item.high.share,
                "difference": item.difference, "low": item.difference_low, "high": item.difference_high,
            }
            for item in found.swings
        ],
        "page": PAGE,
    }  # fmt: skip
