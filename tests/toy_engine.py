"""Engines that only pretend to simulate: results are made from the replication's number, faults happen on demand.

The scenario is a mapping with ``id`` and, as wanted,

* ``sleep``: seconds a replication;
* ``kill_at``: the process ends itself, without warning, at this replication;
* ``interrupt_at``: the process ``pid`` is sent Ctrl-C at this replication;
* ``hang_at``: this replication lasts as long as the file ``hang_while`` exists;
* ``once``: path of a file that is made by ``kill_at`` or ``interrupt_at``, which then never happens again;
* ``raise_at``, ``refuse_at``: an error that is a defect, or one of ours, at this replication;
* ``cannot_compile``: the case cannot be prepared;
* ``meet``: every block waits for another one that is computed in the same process at the same time;
* ``sort``: numbers that are sorted for each replication, by numpy, without Python's lock.

``WIDE`` has all the columns of a real scenario at a hundred thousand rows a second and more: values of a few histories
of the SimPy engine, mixed and shifted by the replication's number.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import ParameterError
from sim.experiments.digest import digest
from sim.experiments.workers import EngineSpec

TOY = EngineSpec("toy", "tests.toy_engine:run_block", "tests.toy_engine:compile_case")
WIDE = EngineSpec("wide", "tests.toy_engine:run_wide_block", "tests.toy_engine:compile_wide_case")
THREADED = EngineSpec("threaded toy", "tests.toy_engine:run_block", "tests.toy_engine:compile_case", is_threaded=True)
NUM_PLAYED = 24  # histories whose values the wide engine mixes
OUTCOMES = ("deal", "no_deal", "war", "größe")


def compile_case(scenario: dict[str, Any]) -> dict[str, Any]:
    if scenario.get("cannot_compile"):
        raise OSError("the scenario cannot be compiled")
    prepared = {"barrier": threading.Barrier(2)} if scenario.get("meet") else {}
    return {**scenario, "compiled": True, **prepared}


def hashed(replication: int, root_seed: int) -> int:
    """A well-mixed 64-bit number (splitmix64)."""
    mask = (1 << 64) - 1
    z = (replication * 0x9E3779B97F4A7C15 + root_seed + 1) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def run_block(case: dict[str, Any], replications: range, root_seed: int) -> dict[str, dict[str, Any]]:
    assert case["compiled"]
    if "barrier" in case:
        case["barrier"].wait(10)
    for replication in replications:
        if "sort" in case:
            np.sort(np.arange(case["sort"], 0, -1) * 7919 % 104729)
        if "sleep" in case:
            time.sleep(case["sleep"])
        _misbehave(case, replication)
    numbers = [hashed(replication, root_seed) for replication in replications]
    return {
        "results": {
            "replication": np.array(replications, dtype=np.int64),
            "outcome": np.array([_outcome(number) for number in numbers], dtype=object),
            "deal_day": np.array([number % 1000 / 7 if number % 3 else np.nan for number in numbers]),
            "num_rounds": np.array([number % 9 for number in numbers], dtype=np.int32),
            "summit_held": np.array([number % 2 == 0 for number in numbers]),
            "first_mover": np.array(
                [None if number % 5 == 0 else f"actor {number % 5}" for number in numbers], dtype=object
            ),
            "input:actors.A.resolve": np.array([number / 2**64 for number in numbers]),
            "input:actors.a.resolve": np.array([-number / 2**64 for number in numbers]),
        },
        "paths": {
            "replication": np.repeat(np.array(replications, dtype=np.int64), 3),
            "day": np.tile([0.0, 90.0, 180.0], len(replications)),
            "tension": np.array([(number >> shift) % 100 / 100 for number in numbers for shift in (0, 8, 16)]),
        },
    }


def undisturbed(replications: int, root_seed: int = 7) -> str:
    """The digest of a run in which nothing goes wrong."""
    return digest(run_block(compile_case({"id": "toy"}), range(replications), root_seed))


def _outcome(number: int) -> str:
    share = number / 2**64
    return OUTCOMES[0 if share < 0.5 else 1 if share < 0.8 else 2 if share < 0.95 else 3]


def _misbehave(case: dict[str, Any], replication: int) -> None:
    if replication == case.get("kill_at") and _is_first_time(case):
        # As the system does when memory runs out: no clean-up, no message.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if replication == case.get("interrupt_at") and _is_first_time(case):
        os.kill(case["pid"], signal.SIGINT)
    while replication == case.get("hang_at") and Path(case["hang_while"]).exists():
        time.sleep(0.02)
    if replication == case.get("raise_at"):
        raise ZeroDivisionError("no such luck")
    if replication == case.get("refuse_at"):
        raise ParameterError("chance: expected a number in [0, 1], found 1.4", hint="write 0.014")


def compile_wide_case(scenario: dict[str, Any]) -> dict[str, Any]:
    """Tables of a few real histories of a completed scenario."""
    from sim.engines.event_engine import run_block
    from sim.model.compile import compile_case

    return run_block(compile_case(scenario), range(NUM_PLAYED), 1)


def run_wide_block(case: dict[str, Any], replications: range, root_seed: int) -> dict[str, dict[str, Any]]:
    numbers = np.array(replications, dtype=np.int64)
    results: dict[str, Any] = {"replication": numbers}
    for position, (name, values) in enumerate(case["results"].items()):
        if name == "replication":
            continue
        mixed = _mixed(numbers, root_seed, position)
        column = values[(mixed % np.uint64(NUM_PLAYED)).astype(np.int64)]
        if column.dtype == np.float64 and not _is_whole(values):
            column = column * (1.0 + (mixed >> np.uint64(12)) / 2**56)
        results[name] = column
    points = len(np.unique(case["paths"]["day"]))
    of_history = (_mixed(numbers, root_seed, 0) % np.uint64(NUM_PLAYED)).astype(np.int64)
    rows = (of_history[:, None] * points + np.arange(points)).ravel()
    paths = {name: values[rows] for name, values in case["paths"].items()}
    return {"results": results, "paths": {**paths, "replication": np.repeat(numbers, points)}}


def _is_whole(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return bool((known == np.floor(known)).all())


def _mixed(replications: np.ndarray, root_seed: int, column: int) -> np.ndarray:
    """As ``hashed``, for whole arrays and a number of draws each."""
    with np.errstate(over="ignore"):
        z = replications.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(root_seed * 1000 + column + 1)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def _is_first_time(case: dict[str, Any]) -> bool:
    if "once" not in case:
        return True
    try:
        Path(case["once"]).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
