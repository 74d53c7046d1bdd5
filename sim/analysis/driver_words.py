"""Drivers in plain words: what moved what was asked about, how far, in which direction, and how many inputs did."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.analysis.asked import CAME, Asked, Kind
from sim.analysis.by_input import Course, Stretch
from sim.analysis.drivers import MEASURE, QUANTILE, DriverTable, Effect
from sim.analysis.durations import duration
from sim.analysis.names import plain, toward_words
from sim.analysis.summary import note_on_even_points
from sim.experiments.design import RANDOM

_MORE_LESS = {Kind.EVENT: ("likelier", "less likely"), Kind.TIME: ("later or never", "sooner"), Kind.NUMBER: ("larger", "smaller")}
NAMED = 3  # inputs that the first sentences name
REPEATED = "Rows of this run share points or draws, so they are not independent: intervals and the noise floor are too narrow."


def direction_words(asked: Asked | None, effect: Effect, labels: Mapping[str, str]) -> str:
    """What a higher value, or one that stands out, makes likelier: `higher: war less likely`, `middle values: later`."""
    if asked is None or asked.kind is Kind.CLASSES:
        return toward_words(labels, effect.toward, effect.association)
    _, _, values = effect.toward.partition(" (")
    more, less = _MORE_LESS[asked.kind]
    return f"{values[:-1] if values else 'higher'}: {more if effect.association > 0 else less}"


def percent(value: float) -> str:
    """A share with one decimal."""
    return f"{100.0 * value:.1f}%"


def findings(table: DriverTable, asked: Asked, labels: Mapping[str, str], top: Course | None = None) -> list[str]:
    """Sentences, the answer first; ``top`` is the course of the strongest input."""
    if table.missing:
        return [f"Nothing can be told: {table.missing}."]
    clear = table.clear
    told = [_lead(table, asked, labels), *_course_words(asked, labels, top)] if clear else [_nothing(table, asked)]
    if clear:
        told.append(_rest(table))
    return told


def notes(table: DriverTable) -> list[str]:
    """What must be said beside the numbers: which histories, what intervals leave out."""
    found = []
    if table.sample:
        found.append(f"Computed {table.sample}.")
    if table.design != RANDOM:
        found.append(note_on_even_points(table.design) or REPEATED)
    if table.constant:
        many = f"{len(table.constant)} inputs are" if len(table.constant) > 1 else "One input is"
        names = ", ".join(table.constant[:5]) + (", ..." if len(table.constant) > 5 else "")
        found.append(f"{many} the same in all histories and left out: {names}.")
    return found


def _subject(asked: Asked) -> str:
    return asked.label[:1].upper() + asked.label[1:]


def _lead(table: DriverTable, asked: Asked, labels: Mapping[str, str]) -> str:
    first = table.clear[0]
    text = f"{_subject(asked)} hangs most on {first.label} ({direction_words(asked, first, labels)}). {_moved(asked, first)}."
    others = [f"{item.label} ({percent(item.effect)}; {direction_words(asked, item, labels)})" for item in table.clear[1:NAMED]]
    return text + (f" Then come {' and '.join(others)}." if len(others) > 1 else f" Then comes {others[0]}." if others else "")


def _moved(asked: Asked, effect: Effect) -> str:
    """How far, in a sentence that says what the measure means for this kind of question."""
    known = "Where its value is known,"
    if asked.kind is Kind.EVENT:
        points = f"{100 * effect.effect:.1f} percentage points ({100 * effect.low:.1f} to {100 * effect.high:.1f})"
        return f"{known} the share of histories departs by {points} on average from the {percent(float(np.mean(asked.values)))} among all"
    size = f"{percent(effect.effect)} of histories ({100 * effect.low:.1f} to {percent(effect.high)})"
    elsewhere = "end otherwise than the shares among all say" if asked.kind is Kind.CLASSES else "lie elsewhere than among all"
    return f"{known} {size} {elsewhere}, on average"


def _course_words(asked: Asked, labels: Mapping[str, str], top: Course | None) -> list[str]:
    """Where the strongest input makes most of a difference: its extreme stretches."""
    if top is None or len(top.stretches) < 2:
        return []
    if asked.is_number:
        known = [item for item in top.stretches if item.quartiles is not None]
        if len(known) < 2:
            return []
        one, other = (pick(known, key=lambda item: item.quartiles[1]) for pick in (min, max))
        low, high = (_figure(asked, item.quartiles[1]) for item in (one, other))
        return [f"The median is {low} where it {_place(top, one)} and {high} where it {_place(top, other)}."]
    widest = max(range(len(top.classes)), key=lambda k: np.ptp([item.shares[k].share for item in top.stretches]))
    one, other = (pick(top.stretches, key=lambda item: item.shares[widest].share) for pick in (min, max))
    name = top.classes[widest]
    label = asked.label if name == CAME else f"\u201c{labels.get(name, plain(name))}\u201d"
    low, high = (percent(item.shares[widest].share) for item in (one, other))
    there, here = _place(top, one), _place(top, other)
    return [f"{label[:1].upper() + label[1:]} comes in {low} of histories where it {there} and in {high} where it {here}."]


def _place(top: Course, item: Stretch) -> str:
    """Where a stretch lies: `is highest (above 3.2)`."""
    if item.name or not top.item.is_number:
        return f"is \u201c{item.name.replace('_', ' ')}\u201d"
    if item.low == item.high:
        return f"is {figure(item.low)}"
    if item is top.stretches[0]:
        return f"is lowest (up to {figure(item.high)})"
    if item is top.stretches[-1]:
        return f"is highest (from {figure(item.low)})"
    return f"lies between {figure(item.low)} and {figure(item.high)}"


def _figure(asked: Asked, value: float) -> str:
    return duration(value) if asked.kind is Kind.TIME else figure(value)


def figure(value: float) -> str:
    """Three digits that count."""
    if not math.isfinite(value):
        return "none"
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return text.replace("-", "\u2212")


def _rest(table: DriverTable) -> str:
    clear, whole = len(table.clear), len(table.effects)
    luck = table.by_luck
    would = "about one" if 0.5 <= luck < 1.5 else "fewer than one" if luck < 0.5 else f"about {luck:.0f}"
    stay = f"{100 * QUANTILE:.0f}% of dummies"
    return (
        f"{clear} of {whole} inputs can be told from a dummy input that does nothing ({stay} stay below {percent(table.noise_floor)}); "
        f"of {whole} that do nothing {would} would be."
    )


def _nothing(table: DriverTable, asked: Asked) -> str:
    whole = len(table.effects)
    which = "The one recorded input cannot" if whole == 1 else f"None of the {whole} recorded inputs can"
    return (
        f"{which} be told from a dummy input that does nothing: in {table.num_rows:,} histories {asked.label} hangs on the chance "
        "within them, or on inputs too little to show in so few."
    )


__all__ = ["MEASURE", "NAMED", "direction_words", "figure", "findings", "notes", "percent"]
