"""What a comparison costs beyond its histories: `sim compare` of eight policies against eight ordinary runs and one of the base.

    .venv/bin/python -m benchmarks compare

Processor time of this process, with all its threads. Overhead is what arms, pairing and analysis take above the ordinary runs of the same
scenarios, sizes and columns; reading and checking the file, imports, replays and report are left out of both. The two take turns,
and the overhead is the median over them.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from sim import resources
from sim.analysis.comparison import compare
from sim.experiments.arms import Arms, arms_of
from sim.experiments.comparison import Campaign
from sim.experiments.replicate import run_scenario

SEED = 1
POLICIES = 8
REPLICATIONS = 20_000  # of each policy, and of the case as described
MOST_OVERHEAD = 0.10


def measure(replications: int = REPLICATIONS, turns: int = 3, policies: int = POLICIES, scenario: str = "summit") -> dict[str, Any]:
    """All figures: processor seconds of the ordinary runs, of the comparison's runs and of its analysis."""
    arms = _arms(scenario, policies)
    _played(arms, 20)  # imports and compiled code
    found = [(_ordinary(arms, replications), *_played(arms, replications)) for _ in range(turns)]
    overheads = [(runs + analysis) / ordinary - 1.0 for ordinary, runs, analysis in found]
    ordinary, runs, analysis = (min(item[n] for item in found) for n in range(3))
    histories = replications * len(arms.arms)
    return {
        "scenario": scenario,
        "policies": policies,
        "replications": replications,
        "ordinary_cpu_seconds": round(ordinary, 2),
        "runs_cpu_seconds": round(runs, 2),
        "analysis_cpu_seconds": round(analysis, 2),
        "replications_per_second": round(histories / (runs + analysis), 1),
        "overhead": round(median(overheads), 4),
        "highest_overhead": round(max(overheads), 4),
        "most_overhead": MOST_OVERHEAD,
    }


def _arms(scenario: str, policies: int) -> Arms:
    """The case as described and as many of its policies."""
    from sim.model.load import load

    path = str(resources.scenario_path(scenario))
    return arms_of([(scenario, path)], policies=list(load(path).spec.policies)[:policies])


def _ordinary(arms: Arms, replications: int) -> float:
    """Processor seconds of a run of each arm, as `sim run` plays it."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for arm in arms.arms:
            run_scenario(
                arm.completed, scenario_hash=arm.scenario_hash, seed=SEED, replications=replications, directory=Path(folder) / arm.folder,
                workers=1, engine="batch",
            )  # fmt: skip
    return time.process_time() - begun


def _played(arms: Arms, replications: int) -> tuple[float, float]:
    """Processor seconds of the comparison's runs, and of all that is made of them."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        played = Campaign(arms, SEED, Path(folder) / "compared", workers=1, engine="batch").play(replications)
        middle = time.process_time()
        compare(played, pairs=0)
        return middle - begun, time.process_time() - middle
