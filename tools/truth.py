"""The summit's own truth: differences between a policy and the case as described over millions of pairs of histories.

    .venv/bin/python -m tools.truth [--pairs 5000000] [--workers 2]

Nobody knows the summit's probabilities in closed form. So many pairs stand in for them: ten million histories, after which an outcome's
difference is known to a few hundredths of a percentage point. Short comparisons with draws of their own are then held against it
(`tests/statistics/test_summit_truth.py`): of their 95 % intervals about 95 % must hold it.

Nothing but sums is kept, a block of pairs at a time; an interrupted call goes on where it stopped. An hour of processor time or more.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TARGET = "tests/known_answers/data/summit_truth.json"
UNFINISHED = ROOT / "reports" / "summit-truth"  # sums of the blocks that are done; git ignores it
SCENARIO, POLICY, BASE = "summit", "phased-deal", "base"
SEED = 20180309
PAIRS, BLOCK, FIRST = 5_000_000, 10_000, 100
GROUPS = ("outcomes", "events", "utilities")  # known in every history


@dataclass(frozen=True)
class Sums:
    """Of one measure over pairs: values in both arms, differences and their squares, and pairs with more or less in the policy."""

    policy: float = 0.0
    base: float = 0.0
    squares: float = 0.0  # of differences
    up: int = 0
    down: int = 0

    @classmethod
    def of(cls, policy: np.ndarray, base: np.ndarray) -> Sums:
        """Those of values in order of replication."""
        apart = policy - base
        up, down = int(np.count_nonzero(apart > 0.0)), int(np.count_nonzero(apart < 0.0))
        return cls(math.fsum(policy), math.fsum(base), math.fsum(apart**2), up, down)

    def __add__(self, other: Sums) -> Sums:
        added = (getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        return Sums(*added)

    def told(self, pairs: int) -> dict[str, Any]:
        """As the file has it: means in both arms, their difference and its standard error, pairs that differ."""
        difference = (self.policy - self.base) / pairs
        variance = (self.squares / pairs - difference**2) * pairs / (pairs - 1)
        return {
            "policy": self.policy / pairs,
            "base": self.base / pairs,
            "difference": difference,
            "standard_error": math.sqrt(max(variance, 0.0) / pairs),
            "up": self.up,
            "down": self.down,
        }


@cache
def arms() -> Any:
    """The case as described, and the policy."""
    from sim import resources
    from sim.experiments.arms import arms_of

    return arms_of([(SCENARIO, str(resources.scenario_path(SCENARIO)))], policies=[POLICY])


@cache
def measures() -> list[Any]:
    """What is known afterwards: how histories end, what happens on the way, and utilities at the end."""
    from sim.analysis.compared_measures import columns_before, measures_of

    return [item for item in measures_of(arms(), columns_before(arms(), SEED)) if item.group in GROUPS]


@cache
def case(arm: str) -> Any:
    """One of them, ready to be played."""
    from sim.model.compile import compile_case

    return compile_case(arms()[arm].completed)


def sums_of(start: int, pairs: int) -> dict[str, Sums]:
    """Sums over a block of pairs, by measure."""
    from sim.engines.batch_engine import run_block

    rows = {arm: run_block(case(arm), range(start, start + pairs), SEED, 0)["results"] for arm in (POLICY, BASE)}
    return {item.id: Sums.of(item.of(rows[POLICY]), item.of(rows[BASE])) for item in measures()}


def _block(number: int, pairs: int) -> tuple[int, dict[str, list[float]]]:
    found = sums_of(number * BLOCK, pairs)
    return number, {name: list(vars(sums).values()) for name, sums in found.items()}


def play(pairs: int, workers: int, folder: Path) -> dict[str, Sums]:
    """Sums over all pairs; those of a block are kept in the folder as soon as it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [(number, min(BLOCK, pairs - number * BLOCK)) for number in range(math.ceil(pairs / BLOCK))]
    place = {number: folder / f"{number:05d}-{size}.json" for number, size in blocks}
    open_ = [(number, size) for number, size in blocks if not place[number].exists()]
    with ProcessPoolExecutor(workers) as pool:
        for n, future in enumerate(as_completed([pool.submit(_block, *item) for item in open_])):
            number, found = future.result()
            half = place[number].with_suffix(".half")
            half.write_text(json.dumps(found), "utf-8")
            half.replace(place[number])
            print(f"\r{len(blocks) - len(open_) + n + 1} of {len(blocks)} blocks", end="", flush=True)
    print()
    total: dict[str, Sums] = {}
    for number, _ in blocks:
        for name, values in json.loads(place[number].read_text("utf-8")).items():
            sums = Sums(*values[:3], *map(int, values[3:]))
            total[name] = total[name] + sums if name in total else sums
    return total


def document(pairs: int, sums: Mapping[str, Sums]) -> dict[str, Any]:
    """What the file holds."""
    found = arms()
    return {
        "made by": "python -m tools.truth",
        "scenario": SCENARIO,
        "version": found[BASE].completed["version"],
        "policy": POLICY,
        "seed": SEED,
        "histories": 2 * pairs,
        "pairs": pairs,
        "measures": {name: item.told(pairs) for name, item in sums.items()},
        "first": {name: item.told(FIRST) for name, item in sums_of(0, FIRST).items()},  # by which a change of results shows
    }


def main() -> None:
    """Read the arguments, play, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    folder = UNFINISHED / arms()[BASE].scenario_hash[:8]
    found = document(arguments.pairs, play(arguments.pairs, arguments.workers, folder))
    text = json.dumps(found, indent=1) + "\n"
    if arguments.pairs == PAIRS:
        (ROOT / TARGET).write_text(text, "utf-8", newline="\n")
        print(f"written: {TARGET}")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
