"""The histories of a finished run that are studied, and what was drawn for each of them: the data that drivers and boxes are found in.

Inputs are the columns `input:PATH`, which the scenario lists under `uncertainties:`, and the private types of a game. Of a run
with more histories than an analysis takes, so many at even distances are studied; of a Sobol run the first ones, as many as a
power of two allows, since every second point of a Sobol sequence leaves out half of an input's range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.input_names import input_label
from sim.analysis.names import plain
from sim.experiments.columns import even_rows, num_rows, rows_at
from sim.experiments.design import RANDOM, SOBOL
from sim.experiments.evidence import fitting_rows

INPUT, TYPE = "input:", "type:"
FEWEST = 20  # histories below which nothing is told


@dataclass(frozen=True)
class Input:
    """One input over the studied histories: numbers, or words."""

    path: str
    label: str
    values: np.ndarray = field(repr=False)

    @property
    def is_number(self) -> bool:
        """Whether it has an order."""
        return self.values.dtype != object

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in all studied histories."""
        return len(set(self.values.tolist())) < 2


@dataclass(frozen=True)
class GivenData:
    """The studied histories, by position in the results, and their inputs, those that never vary apart.

    ``of_rows`` histories could be studied: all that fit what is given, where something is; ``set_aside`` do not.
    """

    rows: np.ndarray = field(repr=False)
    of_rows: int
    design: str
    inputs: tuple[Input, ...] = field(repr=False)
    constant: tuple[str, ...] = ()
    set_aside: int = 0

    @property
    def num_rows(self) -> int:
        """Histories that are studied."""
        return len(self.rows)

    @property
    def sample(self) -> str:
        """Which histories are studied where these are not all, in words; empty where they are."""
        return sample_words(self.num_rows, self.of_rows, self.design, self.set_aside)


def sample_words(studied: int, of_rows: int, design: str, set_aside: int = 0) -> str:
    """Which histories are studied where these are not all; empty where they are."""
    some, which = "", ""
    if studied < of_rows:
        some = f"{studied:,} of the "
        which = f", {'the first points of the sequence' if design == SOBOL else 'evenly spaced'}"
    if set_aside:
        return f"from {some}{of_rows:,} histories that fit what is given{which}; {set_aside:,} do not fit"
    return f"from {some}{of_rows:,} histories{which}" if some else ""


def studied_rows(total: int, most: int, design: str) -> np.ndarray:
    """Positions of the histories that are studied of a run of so many."""
    if design == SOBOL and total > most:
        return np.arange(1 << (most.bit_length() - 1), dtype=np.int64)
    return even_rows(total, most)


def input_columns(results: Mapping[str, Any]) -> list[str]:
    """Columns of what was drawn at the start of a history."""
    return [name for name in results if name.startswith((INPUT, TYPE))]


def given_data(
    results: Mapping[str, np.ndarray], scenario: Mapping[str, Any], most: int, design: str = RANDOM
) -> GivenData:
    """The studied histories of a run and their inputs; where something is given, of those that fit."""
    fit = fitting_rows(results)
    rows = fit[studied_rows(len(fit), most, design)]
    names = input_columns(results)
    table = rows_at(results, rows, names) if names else {}
    found, constant = [], []
    for name in names:
        item = Input(path_of(name), column_input_label(scenario, name), np.asarray(table[name]))
        if item.is_constant:
            constant.append(item.path)
        else:
            found.append(item)
    return GivenData(rows, len(fit), design, tuple(found), tuple(constant), num_rows(results) - len(fit))


def path_of(column: str) -> str:
    """Path of an input by its column."""
    name = column.partition(":")[2]
    return name if column.startswith(INPUT) else f"game.types.{name}"


def column_input_label(scenario: Mapping[str, Any], column: str) -> str:
    """An input in words: `North Korea: weight of survival`; of a game's private type whose it is."""
    name = column.partition(":")[2]
    if column.startswith(INPUT):
        return input_label(scenario, name)
    entry = ((scenario.get("game") or {}).get("types") or {}).get(name) or {}
    actor = (scenario.get("actors") or {}).get(entry.get("of") or "") or {}
    whose = actor.get("label") or plain(entry.get("of") or "")
    label = entry.get("label") or plain(name)
    text = f"{whose}: {label[:1].lower() + label[1:] if label[1:2].islower() else label}" if whose else label
    return text[:1].upper() + text[1:]
