"""Figures of a run history by history, so that they can be added up over any part of it (`sim.model.figures` names them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.experiments.columns import num_rows
from sim.model.figures import conditions, counter_of

YEAR = 365.0  # days


def counted(results: Mapping[str, np.ndarray], figure: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Of each history what a figure counts and among what: the figure of some histories is the sum of one over that of the other.

    Of a share both are 0 or 1; of a rate, events and years. None where the results have no such column, or it is no figure.

    Returns
    -------
    float64, float64, shape (histories,)
    """
    kind, _, subject = figure.partition(":")
    if kind == "rate":
        return _rate(results, subject)
    hits, among = (_all_hold(results, part) for part in conditions(subject))
    if kind != "share" or hits is None or among is None:
        return None
    return (hits & among).astype(float), among.astype(float)


def _all_hold(results: Mapping[str, np.ndarray], comparisons: Sequence[tuple[str, str, str]]) -> np.ndarray | None:
    """In which histories all comparisons hold; after `=` several values may stand, with commas between them."""
    hits = np.ones(num_rows(results), dtype=bool)
    for column, sign, value in comparisons:
        if not sign or column not in results:
            return None
        values = np.asarray(results[column])
        words = values.dtype.kind in "OUS"
        if sign == "=":
            wanted = [text.strip() for text in value.split(",")]
            hits &= np.logical_or.reduce([values == (text if words else float(text)) for text in wanted])
            continue
        if words:
            return None
        compare = {"<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater}[sign]
        with np.errstate(invalid="ignore"):
            hits &= compare(values.astype(float), float(value))
    return hits


def _rate(results: Mapping[str, np.ndarray], subject: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Events of talks, or of the rest, and years of it."""
    rate = counter_of(subject)
    if rate is None or f"count:events.{rate[0]}" not in results:
        return None
    counter, in_talks = rate
    events = np.asarray(results[f"count:events_in_talks.{counter}"], dtype=float)
    years = np.asarray(results["count:talks_days"], dtype=float) / YEAR
    if not in_talks:
        events = np.asarray(results[f"count:events.{counter}"], dtype=float) - events
        years = np.asarray(results["days"], dtype=float) / YEAR - years
    return events, years
