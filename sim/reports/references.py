"""Recompute the number behind a `data-ref` from result rows; the grammar stands in `sim.reports.content`.

Written apart from the estimates of the analysis on purpose: it is the second opinion that a test asks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.errors import ParameterError

Columns = Mapping[str, Any]  # column name -> array of equal length

Z95 = 1.959963984540054  # normal quantile of 0.975

_TERM = re.compile(
    r"(?:(?P<call>has|never)\((?P<inside>[^(),]+)(?:,(?P<bound>[0-9.eE+-]+))?\)|(?P<column>[^=<>()]+?)(?P<sign><=|>=|=|<|>)(?P<value>.+))\Z"
)
_QUANTILE = re.compile(r"quantile\(([0-9.eE+-]+)\)\Z")
_COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def recompute(reference: str, columns: Columns) -> float:
    """The referenced number; nan where no row is left to compute it from.

    Raises
    ------
    ParameterError
        A reference that does not follow the grammar, or names a column that the rows do not have.
    """
    function, separator, rest = reference.partition(":")
    if function == "inside":
        return float(sum(_is_inside(text, columns, reference) for text in rest.split(";")))
    if function == "rate":
        return _rate(rest, columns, reference)
    subject, _, condition = rest.partition("|")
    if function in ("gap", "gap_low", "gap_high"):
        return _gap(function, subject, condition, columns, reference)
    if not separator or not subject:
        raise ParameterError(f"reference {reference!r}: expected function:subject, for example share:outcome=calm")
    rows = _matches(condition, columns, reference) if condition else None
    if function in ("share", "low", "high", "error", "count"):
        return _of_rows(function, _matches(subject, columns, reference), rows)
    return _of_column(function, _column(subject, columns, reference), rows, reference)


def _is_inside(text: str, columns: Columns, reference: str) -> bool:
    """Whether a figure lies in its band: `share:outcome=war in 0.01 to 0.05`."""
    figure, separator, band = text.rpartition(" in ")
    low, _, high = band.partition(" to ")
    try:
        bounds = float(low), float(high)
    except ValueError:
        bounds = None
    if not separator or bounds is None:
        raise ParameterError(f"reference {reference!r}: cannot read the band {text!r}; expected FIGURE in LOW to HIGH")
    return bounds[0] <= recompute(figure, columns) <= bounds[1]


def _gap(function: str, subject: str, groups: str, columns: Columns, reference: str) -> float:
    """Share in one group of rows less that in another, or a bound of its interval (Newcombe 1998, method 10)."""
    one, separator, two = groups.partition(";")
    if not separator:
        raise ParameterError(f"reference {reference!r}: expected {function}:CONDITION|GROUP;GROUP")
    hits = _matches(subject, columns, reference)
    rows = [_matches(group, columns, reference) for group in (one, two)]
    (p, low_p, high_p), (q, low_q, high_q) = (
        [_of_rows(part, hits, group) for part in ("share", "low", "high")] for group in rows
    )
    if function == "gap":
        return p - q
    down, up = (p - low_p, high_q - q), (high_p - p, q - low_q)
    return p - q - math.sqrt(down[0] ** 2 + down[1] ** 2) if function == "gap_low" else p - q + math.sqrt(up[0] ** 2 + up[1] ** 2)


def _rate(subject: str, columns: Columns, reference: str) -> float:
    """Events a year of the time in talks, or outside them: `launch in talks`."""
    counter, separator, _ = subject.rpartition(" talks")
    counter, _, where = counter.rpartition(" ")
    if not separator or where not in ("in", "outside"):
        raise ParameterError(f"reference {reference!r}: expected COUNTER in talks, or COUNTER outside talks")
    events = np.sum(_column(f"count:events_in_talks.{counter}", columns, reference))
    days = np.sum(_column("count:talks_days", columns, reference))
    if where == "outside":
        events = np.sum(_column(f"count:events.{counter}", columns, reference)) - events
        days = np.sum(_column("days", columns, reference)) - days
    return float(365.0 * events / days) if days > 0.0 else math.nan


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % score interval for a share; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    spread = Z95 * math.sqrt(share * (1 - share) / trials + Z95 * Z95 / (4 * trials * trials))
    centre = share + Z95 * Z95 / (2 * trials)
    scale = 1 + Z95 * Z95 / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high


def _of_rows(function: str, hits: np.ndarray, rows: np.ndarray | None) -> float:
    trials = len(hits) if rows is None else int(rows.sum())
    successes = int(hits.sum()) if rows is None else int((hits & rows).sum())
    if function == "count":
        return float(successes)
    if trials == 0:
        return math.nan
    share = successes / trials
    if function == "share":
        return share
    if function == "error":
        return math.sqrt(share * (1 - share) / trials)
    return wilson(successes, trials)[0 if function == "low" else 1]


def _of_column(function: str, values: np.ndarray, rows: np.ndarray | None, reference: str) -> float:
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) if rows is None else np.isfinite(values) & rows]
    quantile = _QUANTILE.match(function)
    if function not in ("median", "mean") and not quantile:
        raise ParameterError(
            f"reference {reference!r}: unknown function {function!r}; known are share, low, high, error, count, median, mean, "
            "quantile(p), gap, gap_low, gap_high, rate, inside"
        )
    if len(values) == 0:
        return math.nan
    if function == "mean":
        return float(values.mean())
    return float(np.quantile(values, 0.5 if function == "median" else float(quantile.group(1))))


def _matches(condition: str, columns: Columns, reference: str) -> np.ndarray:
    hits: np.ndarray | None = None
    for text in condition.split("&"):
        term = _TERM.match(text.strip())
        if term is None:
            raise ParameterError(f"reference {reference!r}: cannot read the condition {text!r}")
        found = _one_match(term, columns, reference)
        hits = found if hits is None else hits & found
    return hits


def _one_match(term: re.Match[str], columns: Columns, reference: str) -> np.ndarray:
    if term["call"]:
        values = np.asarray(_column(term["inside"], columns, reference), dtype=float)
        came = np.isfinite(values) if term["bound"] is None else values <= float(term["bound"])
        return came if term["call"] == "has" else ~came
    values, wanted = _column(term["column"].strip(), columns, reference), term["value"].strip()
    if term["sign"] == "=":
        named = [text.strip() for text in wanted.split(",")]
        return np.isin(values, [float(text) for text in named]) if values.dtype.kind in "bif" else np.isin(values.astype(str), named)
    return _COMPARE[term["sign"]](np.asarray(values, dtype=float), float(wanted))


def _column(name: str, columns: Columns, reference: str) -> np.ndarray:
    if name not in columns:
        raise ParameterError(f"reference {reference!r}: no column {name!r} among the result rows")
    return np.asarray(columns[name])
