"""Why a policy changed the outcome: where histories part from those with the same draws, counted over a sample of them.

Of the pairs whose outcomes differ so many at even distances are played again with their logs, by processes of this machine.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.parting import Difference, parting
from sim.errors import ReplayError
from sim.experiments.columns import even_rows
from sim.experiments.comparison import Played
from sim.experiments.design import RANDOM, design_of
from sim.experiments.disk import as_json
from sim.experiments.engines import OURS
from sim.experiments.replay import Replay, position_of, replay, replay_row
from sim.experiments.replicate import Crew, Progress
from sim.experiments.store import open_run
from sim.experiments.workers import Block, EngineSpec, Job, Stopper
from sim.model.compile import compile_case

AT_ONCE = 4  # pairs that a worker plays at a time
FEW = 6  # pairs for which a second process is not worth its start

ENGINE = EngineSpec("pairs", "sim.analysis.divergences:play_pairs", "sim.analysis.divergences:prepare")


@dataclass(frozen=True)
class Pair:
    """Two histories with the same draws that end differently, and where they part."""

    replication: int
    outcome: str  # in the arm
    other_outcome: str
    first: Difference | None
    turn: Difference | None


@dataclass(frozen=True)
class Divergences:
    """Of an arm against another: how many pairs end differently, and where those of a sample part."""

    arm: str
    other: str
    pairs: int
    differing: int
    changes: tuple[tuple[str, str, int], ...]  # outcome in the other arm, in the arm, pairs; the most frequent first
    sample: tuple[Pair, ...]

    def firsts(self) -> list[tuple[str, int]]:
        """What differs first, with the number of pairs of the sample; the most frequent first."""
        return _counted(pair.first for pair in self.sample)

    def turns(self) -> list[tuple[str, int]]:
        """The first turning point that differs, likewise."""
        return _counted(pair.turn for pair in self.sample)


def _counted(items: Iterable[Difference | None]) -> list[tuple[str, int]]:
    counts = Counter(item.label for item in items if item is not None)
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def divergences(
    played: Played,
    outcomes: Mapping[str, np.ndarray],
    reference: str,
    most: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Divergences]:
    """Of every other arm against the reference, with a sample of at most so many pairs each.

    Parameters
    ----------
    outcomes : by arm, the outcome of each history

    Raises
    ------
    ReplayError
        A history comes out differently from what is stored.
    KeyboardInterrupt
        Ctrl-C or SIGTERM.
    """
    arms = [name for name in played.arms.names if name != reference]
    base = outcomes[reference]
    tasks: list[tuple[str, int]] = []
    can_replay = all(run.manifest["engine"] in OURS for run in played.runs.values())
    for name in arms:
        rows = np.flatnonzero(outcomes[name] != base)
        if can_replay:
            tasks += [(name, int(row)) for row in rows[even_rows(len(rows), most)]]
    told = _played(played, tasks, reference, workers, progress) if tasks else {}
    found = []
    for name in arms:
        changed = outcomes[name] != base
        changes = Counter(zip(base[changed].tolist(), outcomes[name][changed].tolist(), strict=True))
        sample = []
        for arm, row in tasks:
            if arm == name:
                first, turn, *ends = told[arm, row]
                if tuple(ends) != (outcomes[name][row], base[row]):
                    raise ReplayError(
                        f"{played.runs[name].directory}: replication {row} comes out differently from what is stored",
                        hint="`sim run --fresh` makes the runs anew, or use the version that made them",
                    )
                sample.append(Pair(row, ends[0], ends[1], first, turn))
        ordered = sorted(changes.items(), key=lambda item: (-item[1], item[0]))
        moves = tuple((two, one, number) for (two, one), number in ordered)
        found.append(Divergences(name, reference, len(base), int(changed.sum()), moves, tuple(sample)))
    return found


def _played(
    played: Played, tasks: Sequence[tuple[str, int]], reference: str, workers: int | None, progress: Progress | None
) -> dict[tuple[str, int], tuple[Any, ...]]:
    """Of each pair the two differences and the two outcomes."""
    # In order of replication, so that a worker plays the reference's history once for several arms.
    order = sorted(range(len(tasks)), key=lambda n: (tasks[n][1], n))
    names = played.arms.names
    told = {
        "arms": [[name, str(Path(played.runs[name].directory).resolve())] for name in names],
        "pairs": [[names.index(tasks[n][0]), names.index(reference), tasks[n][1]] for n in order],
    }
    job = Job(as_json(told).encode("utf-8"), played.seed, ENGINE)
    blocks = [Block(k, start, min(start + AT_ONCE, len(order))) for k, start in enumerate(range(0, len(order), AT_ONCE))]
    crew = Crew(1 if len(tasks) <= FEW else workers)
    found: dict[tuple[str, int], tuple[Any, ...]] = {}
    with Stopper() as stopper, contextlib.closing(crew.computed(job, blocks, max(len(order), 64), stopper)) as answers:
        for block, tables in answers:
            for n, text in zip(range(block.start, block.stop), tables["results"]["told"], strict=True):
                first, turn, one, two = json.loads(text)
                found[tasks[order[n]]] = (_difference(first), _difference(turn), one, two)
            if progress is not None:
                progress(len(found), len(tasks), 0.0)
    if len(found) < len(tasks):
        raise KeyboardInterrupt
    return found


def _difference(told: Sequence[Any] | None) -> Difference | None:
    return None if told is None else Difference(*told)


# In workers ----------------------------------------------------------------------------------------------------------


class Prepared:
    """Arms of a job in a worker: each is compiled when it is first played, and the last histories are kept."""

    def __init__(self, told: Mapping[str, Any]):
        self.arms, self.pairs = told["arms"], told["pairs"]
        self._cases: dict[int, Any] = {}
        self._runs: dict[int, Any] = {}
        self._last: dict[int, Replay] = {}  # by arm

    def history(self, arm: int, replication: int) -> Replay:
        """A history of an arm with its log."""
        kept = self._last.get(arm)
        if kept is not None and kept.replication == replication:
            return kept
        if arm not in self._runs:
            self._runs[arm] = open_run(self.arms[arm][1])
            self._cases[arm] = compile_case(self._runs[arm].case)
        stored = self._runs[arm]
        if design_of(stored.manifest) == RANDOM:
            self._last[arm] = replay(self._cases[arm], replication, stored.seed)
        else:
            self._last[arm] = replay_row(stored, self._cases[arm], position_of(stored, replication))
        return self._last[arm]


def prepare(told: Mapping[str, Any]) -> Prepared:
    """What a worker keeps of a job."""
    return Prepared(told)


def play_pairs(prepared: Prepared, numbers: range, root_seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Where the pairs of a block part, as JSON."""
    told = []
    for n in numbers:
        arm, other, replication = prepared.pairs[n]
        one, two = prepared.history(arm, replication), prepared.history(other, replication)
        found = parting(one, two, (prepared.arms[arm][0], prepared.arms[other][0]))
        sides = [None if item is None else [item.time, item.label, item.sentence] for item in (found.first, found.turn)]
        told.append(as_json([*sides, one.row["outcome"], two.row["outcome"]]))
    return {"results": {"told": np.array(told, dtype=object)}}


def as_data(item: Divergences) -> dict[str, Any]:
    """Plain data."""
    return {
        "arm": item.arm,
        "against": item.other,
        "pairs": item.pairs,
        "differing": item.differing,
        "changes": [{"from": two, "to": one, "pairs": number} for two, one, number in item.changes],
        "replayed": len(item.sample),
        "first_differences": [{"what": label, "pairs": number} for label, number in item.firsts()],
        "first_turning_points": [{"what": label, "pairs": number} for label, number in item.turns()],
        "examples": [
            {
                "replication": pair.replication, "from": pair.other_outcome, "to": pair.outcome,
                "first": pair.first and pair.first.sentence, "turning_point": pair.turn and pair.turn.sentence,
            }
            for pair in item.sample
        ],
    }  # fmt: skip


__all__ = ["Divergences", "Pair", "as_data", "divergences", "play_pairs", "prepare"]
