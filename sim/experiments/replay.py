"""One stored history played again with its full log, and which history of a run to look at.

A history depends on (completed scenario, root seed, replication) alone, and on its point where a design gave it one,
which is part of its row; so it can be played again at any time. What
comes out is compared with the stored row, bit for bit: a story that belongs to another history would be worse than none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.acts.codes import CREDIBILITY, WAR_COST
from sim.engines.event_engine import play
from sim.engines.log import Decision, Happening, Log, Sample
from sim.engines.rows import DRAWS, point_in
from sim.errors import ReplayError, UsageError
from sim.experiments.columns import KEY, even_rows, num_rows, rows_at
from sim.experiments.design import RANDOM, design_of, recorded_axes
from sim.experiments.engines import OURS
from sim.experiments.evidence import fitting
from sim.experiments.provenance import versions
from sim.model.complete import content_hash
from sim.own_tactics import changed

if TYPE_CHECKING:
    from sim.engines.history import History
    from sim.experiments.store import StoredRun
    from sim.model.compile import Case

MOST_COMPARED = 400  # members of a class with which each of them is compared to find the middle one
MOST_CONSIDERED = 20_000  # histories of a class that may be its middle one, at even distances where it has more
MOST_AT_ONCE = 500_000  # rows whose losses are looked at in one go
MOST_NAMED = 6  # differing columns that a message names


@dataclass(frozen=True)
class HeldBelief:
    """Where one observer's belief about one trait of an actor stands in `Sample.beliefs`, and its points."""

    observer: str
    actor: str
    trait: str
    start: int
    size: int
    points: tuple[float, ...]  # empty for traits that are classes


@dataclass(frozen=True)
class Nature:
    """What nature drew for one actor, known to itself and to the reader only."""

    commitment: str | None
    red_lines: tuple[str, ...]
    war_cost: float
    credibility: float


@dataclass(frozen=True)
class Replay:
    """One history in full: its stored tables again, everything that happened and was decided, how things stood."""

    case: Case
    replication: int
    root_seed: int
    row: dict[str, Any]
    paths: list[dict[str, Any]]
    entries: Sequence[Decision | Happening]
    samples: Sequence[Sample]
    standing: Mapping[float, tuple[float, ...]]  # quantities at each reading that was reached, by `Case.names`
    beliefs: Sequence[HeldBelief]
    nature: Mapping[str, Nature]
    ended: float  # when it ended, in the scenario's time unit: its last reading, or earlier by major war
    design: str = RANDOM  # how its inputs were drawn
    draws: int | None = None  # the replication whose draws it has, if not its own

    @property
    def decisions(self) -> list[Decision]:
        """Every decision, in order."""
        return [entry for entry in self.entries if isinstance(entry, Decision)]

    @property
    def happenings(self) -> list[Happening]:
        """Everything else that happened, in order."""
        return [entry for entry in self.entries if isinstance(entry, Happening)]


def replay(
    case: Case,
    replication: int,
    root_seed: int,
    point: Sequence[float] | None = None,
    design: str = RANDOM,
    draws: int | None = None,
) -> Replay:
    """A history of the case, played with a full log. Its row is the one that a run of it stores.

    ``point`` is what its inputs are drawn from, nan for what is drawn from its address, and ``draws`` the replication whose draws
    it has, where the run has a ``design`` other than ``random``.
    """
    log = Log()
    row, paths, history = play(case, replication, root_seed, log, point=point, draws=draws)
    return Replay(
        case=case,
        replication=replication,
        root_seed=root_seed,
        row=row,
        paths=paths,
        entries=tuple(log.entries),
        samples=tuple(log.samples),
        standing=log.standing,
        beliefs=_beliefs(history),
        nature=_nature(history),
        ended=history.now,
        design=design,
        draws=draws,
    )


def _beliefs(history: History) -> tuple[HeldBelief, ...]:
    c, w = history.c, history.w
    ids = history.case.actor_ids
    found = []
    for b, trait in enumerate(history.setup.belief_traits):
        start, size = c.belief_start[b], c.belief_size[b]
        points = tuple(w.points[start : start + size]) if c.belief_trait[b] in (CREDIBILITY, WAR_COST) else ()
        found.append(HeldBelief(ids[c.belief_observer[b]], ids[c.belief_actor[b]], trait, start, size, points))
    return tuple(found)


def _nature(history: History) -> dict[str, Nature]:
    spec, w = history.case.spec, history.w
    lines = list(zip(history.setup.line_ids, w.line_present, strict=True))
    drawn: dict[str, Nature] = {}
    for actor, identifier in enumerate(history.case.actor_ids):
        classes = spec.actors[identifier].types.commitment
        drawn[identifier] = Nature(
            sorted(classes)[w.first_commitment[actor]] if classes else None,
            tuple(name for (owner, name), present in lines if owner == identifier and present),
            float(w.war_cost[actor]),
            float(w.first_credibility[actor]),
        )
    return drawn


def replay_stored(stored: StoredRun, replication: int, case: Case | None = None) -> Replay:
    """A stored history played again and found equal to what is stored, bit for bit.

    Parameters
    ----------
    stored : StoredRun
        The run it comes from.
    replication : int
        Which one.
    case : Case, optional
        The run's scenario compiled; made from the run's completed scenario if left out.

    Raises
    ------
    UsageError
        The run has no such replication.
    ReplayError
        The stored scenario is not the one of the stored hash, or the history comes out differently.
    """
    position = position_of(stored, replication)
    if stored.manifest["engine"] not in OURS:
        raise ReplayError(
            f"{stored.directory}: made by the engine '{stored.manifest['engine']}', which keeps no log of a history",
            hint=f"only histories of {', '.join(sorted(OURS))} can be replayed",
        )
    if case is None:
        from sim.model.compile import compile_case

        case = compile_case(stored.case)
    if content_hash(stored.case) != stored.manifest["scenario_hash"]:
        raise ReplayError(
            f"{stored.directory}: the scenario in the run record is not the one that was run: its hash differs",
            hint="the record was edited; `sim run` makes the run anew",
        )
    tactics = changed(stored.manifest.get("own_tactics") or {})
    if tactics:
        raise ReplayError(
            f"{stored.directory}: the source of the tactic {', '.join(tactics)} has changed since the run was made",
            hint="`sim run` makes the run anew",
        )
    again = replay_row(stored, case, position)
    verify(again, stored, position)
    return again


def replay_row(stored: StoredRun, case: Case, position: int) -> Replay:
    """The history of a row of a stored run played again, and not yet compared with it."""
    row = row_at(stored, position)
    return replay(case, int(row[KEY]), stored.seed, point_of(stored, case, row), design_of(stored.manifest), draws_in(row))


def draws_in(row: Mapping[str, Any]) -> int | None:
    """The replication whose draws a row has; none where it is its own."""
    return int(row[DRAWS]) if DRAWS in row else None


def point_of(stored: StoredRun, case: Case, row: Mapping[str, Any]) -> list[float] | None:
    """What a row of a stored run says that its inputs were drawn from; none where the run drew at random.

    Raises
    ------
    ReplayError
        The run has a design, and a coordinate of the point is missing.
    """
    axes = () if design_of(stored.manifest) == RANDOM else recorded_axes(stored.manifest, case)
    if not axes:
        return None
    point = point_in(case, axes, row)
    if point is None:
        raise ReplayError(
            f"{stored.directory}: the run has the design '{design_of(stored.manifest)}', and its rows lack coordinates of their points",
            hint="the record was edited; `sim run` makes the run anew",
        )
    return point


def verify(again: Replay, stored: StoredRun, position: int) -> None:
    """Raise `ReplayError` unless the row and the paths are those of the stored run, bit for bit."""
    different = differences(again.row, row_at(stored, position))
    if not different:
        paths = stored.paths
        at = np.flatnonzero(paths[KEY] == again.replication) if paths else np.empty(0, dtype=int)
        if len(at) == len(again.paths):
            lines = rows_at(paths, at)
            for n, line in enumerate(again.paths):
                different += differences(line, {name: column[n] for name, column in lines.items()})
        elif len(at):
            different.append("paths (number of rows)")
    if not different:
        return
    named = ", ".join(list(dict.fromkeys(different))[:MOST_NAMED])
    here, there = versions(), stored.manifest.get("versions", {})
    changed = [f"{name} {there.get(name)} then, {here[name]} now" for name in sorted(here) if there.get(name) != here[name]]
    reason = (
        f"the run was made with other versions ({'; '.join(changed)})"
        if changed
        else "scenario, seed and versions are the same, so the program itself has changed since"
    )
    raise ReplayError(
        f"{stored.directory}: replication {again.replication} comes out differently from what is stored, "
        f"first in: {named}; {reason}",
        hint="`sim run --fresh` makes the run anew, or use the version that made it",
    )


def row_at(stored: StoredRun, position: int) -> dict[str, Any]:
    """A row of the stored results."""
    return {name: column[0] for name, column in rows_at(stored.results, np.array([position])).items()}


def differences(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[str]:
    """Names of the columns in which two rows differ, in any bit; a number that is missing equals another one."""
    names = [*one, *(name for name in two if name not in one)]
    return [name for name in names if name not in one or name not in two or _bits(one[name]) != _bits(two[name])]


def _bits(value: Any) -> str:
    if value is None or isinstance(value, str):
        return f"text {value}"
    number = float(value)
    return "missing" if math.isnan(number) else number.hex()


# Which one -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A history picked from a run: which, how it ends, and why it was picked."""

    replication: int
    outcome: str
    kind: str  # "typical" or "worst"
    share: float  # of the run's histories that end in its class
    considered: int | None = None  # histories of the class that it was picked from, if these are not all


def position_of(stored: StoredRun, replication: int) -> int:
    """Row of a replication in the stored results.

    Raises
    ------
    UsageError
        The run has no such replication; says which it has.
    """
    position = stored.position(replication)
    if position is None:
        chunks = stored.chunks
        raise UsageError(
            f"replication {replication}: {stored.directory} holds {stored.num_replications} replications"
            + (f", {chunks[0].start} to {chunks[-1].stop - 1}" if chunks else ""),
            hint="numbers start at 0",
        )
    return position


def classes_of(scenario: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Id, label and tone of the outcome classes of a completed scenario, in its order."""
    return [
        (item["class"], item.get("label") or item["class"].replace("_", " "), item.get("tone") or "mixed")
        for item in scenario["outcomes"]
    ]


def choose(stored: StoredRun, outcome: str | None = None, replication: int | None = None) -> int:
    """A replication of a stored run: the given one, or the most typical of a class, or of the most frequent class.

    Raises
    ------
    UsageError
        No such replication, no such class (the nearest name is the hint), or no history that ends in it.
    """
    if replication is not None:
        position = position_of(stored, replication)
        if outcome is not None:
            _known_class(stored, outcome)
            found = row_at(stored, position)["outcome"]
            if found != outcome:
                raise UsageError(
                    f"replication {replication} ends as '{found}', not as '{outcome}'",
                    hint="give one of --replication and --outcome",
                )
        return replication
    if outcome is None:
        return typical(stored, 1)[0].replication
    _known_class(stored, outcome)
    results = fitting(stored.results)
    outcomes = np.asarray(results["outcome"])
    rows = np.flatnonzero(outcomes == outcome)
    if not len(rows):
        seen = sorted(set(outcomes.tolist()))
        raise UsageError(
            f"none of the {len(outcomes)} histories ends as '{outcome}'", hint=f"they end as: {', '.join(seen)}"
        )
    rows = rows[even_rows(len(rows), MOST_CONSIDERED)]
    return int(results[KEY][middle(results, rows)])


def _known_class(stored: StoredRun, outcome: str) -> None:
    names = [name for name, _, _ in classes_of(stored.case)]
    if outcome not in names:
        from sim.model.diagnostics import did_you_mean

        raise UsageError(f"unknown class of outcome '{outcome}'", hint=did_you_mean(outcome, names, "classes"))


def typical(stored: StoredRun, number: int = 3) -> list[Choice]:
    """The middle history of each of the most frequent classes; ties to the class that the scenario declares first.

    Of a class with more than `MOST_CONSIDERED` histories only so many, at even distances, are looked at.
    """
    results = fitting(stored.results)
    outcomes = np.asarray(results["outcome"])
    order = [name for name, _, _ in classes_of(stored.case)]
    counts = {name: int(np.count_nonzero(outcomes == name)) for name in order}
    frequent = sorted((name for name in order if counts[name]), key=lambda name: (-counts[name], order.index(name)))
    considered = {}
    for name in frequent[:number]:
        rows = np.flatnonzero(outcomes == name)
        considered[name] = rows[even_rows(len(rows), MOST_CONSIDERED)]
    features = _Features(results, np.concatenate(list(considered.values())))
    return [
        Choice(int(results[KEY][_middle(features, rows)]), name, "typical", counts[name] / len(outcomes),
               len(rows) if len(rows) < counts[name] else None)
        for name, rows in considered.items()
    ]  # fmt: skip


def worst(stored: StoredRun, besides: Sequence[int] = ()) -> Choice | None:
    """The history with the largest losses in the worst class that occurs; none if all of its members are excluded.

    Classes are worse by tone, then by the order in which the scenario declares them. Losses are those of major war,
    then the utilities of all actors at the horizon together; ties go to the lowest replication.
    """
    results = fitting(stored.results)
    outcomes = np.asarray(results["outcome"])
    tones = ("worst", "bad", "mixed", "good")
    classes = classes_of(stored.case)
    for _, _, name in sorted((tones.index(tone), n, name) for n, (name, _, tone) in enumerate(classes)):
        rows = np.flatnonzero(outcomes == name)
        share = float(len(rows)) / len(outcomes)
        rows = rows[~np.isin(results[KEY][rows], np.asarray(besides, dtype=np.int64))]
        if not len(rows):
            continue
        pieces = (rows[start : start + MOST_AT_ONCE] for start in range(0, len(rows), MOST_AT_ONCE))
        *_, replication = min(_largest_loss(results, piece) for piece in pieces)
        return Choice(replication, name, "worst", share)
    return None


def _largest_loss(results: Mapping[str, np.ndarray], rows: np.ndarray) -> tuple[float, float, int]:
    """Of some rows the one with the largest losses: less its loss, its welfare, its replication."""
    names = [name for name in results if name.startswith("utility:") or name in (KEY, "war_loss")]
    table = rows_at(results, rows, names)
    welfare, loss = np.zeros(len(rows)), np.zeros(len(rows))
    for name, values in table.items():
        if name == "war_loss":
            loss = np.asarray(values, dtype=float)
        elif name != KEY:
            welfare = welfare + np.nan_to_num(np.asarray(values, dtype=float))
    first = int(np.lexsort((table[KEY], welfare, -loss))[0])
    return -float(loss[first]), float(welfare[first]), int(table[KEY][first])


def middle(results: Mapping[str, np.ndarray], rows: np.ndarray) -> int:
    """The medoid among some rows: the one nearest to all others, in standardised times and metrics.

    An event that never came counts as later than any that did. Large classes are compared with an even sample of
    themselves. Ties go to the first row.
    """
    return _middle(_Features(results, rows), rows)


def _middle(of_some: _Features, rows: np.ndarray) -> int:
    if len(rows) < 3:
        return int(rows[0])
    features = of_some.of(rows)
    step = max(1, len(rows) // MOST_COMPARED)
    sample = features[::step]
    totals = np.zeros(len(rows))
    for other in sample:
        gap = features - other
        totals += np.sqrt(np.einsum("nf,nf->n", gap, gap))
    return int(rows[int(np.argmin(np.round(totals, 9)))])


class _Features:
    """Standardised times and metrics of some rows.

    Centre and spread are those of all histories, or of `MOST_CONSIDERED` at even distances where there are more.
    """

    def __init__(self, results: Mapping[str, np.ndarray], rows: np.ndarray) -> None:
        everywhere = even_rows(num_rows(results), MOST_CONSIDERED)
        self._rows = np.union1d(everywhere, rows)
        is_common = np.isin(self._rows, everywhere)
        names = [
            name
            for name in results
            if name.startswith(("time:", "metric:")) or name in ("max_rung", "tension", "pressure", "trust")
        ]
        columns = []
        for column in rows_at(results, self._rows, names).values():
            values = np.asarray(column, dtype=float).copy()
            came = np.isfinite(values)
            if not came.any():
                continue
            values[~came] = 1.25 * max(float(values[came].max()), 1.0)
            common = values[is_common]
            spread = float(common.std())
            if spread > 0.0:
                columns.append((values - common.mean()) / spread)
        self._values = np.column_stack(columns) if columns else np.zeros((len(self._rows), 1))

    def of(self, rows: np.ndarray) -> np.ndarray:
        """A row of features for each of these rows, which are among those asked for."""
        return self._values[np.searchsorted(self._rows, rows)]


__all__ = [
    "Choice", "HeldBelief", "Nature", "Replay", "choose", "classes_of", "differences", "middle", "position_of",
    "replay", "replay_stored", "row_at", "typical", "verify", "worst",
]  # fmt: skip
