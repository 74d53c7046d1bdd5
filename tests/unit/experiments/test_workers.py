"""Threads for engines that bear them: the same blocks, errors and stops as with processes."""

from __future__ import annotations

import contextlib
import threading
import time

import numpy as np
import pytest

from sim.errors import EngineError, ParameterError
from sim.experiments.disk import as_json
from sim.experiments.replicate import run_scenario
from sim.experiments.workers import Block, Job, Stopper, computed
from tests.toy_engine import THREADED, undisturbed

NUM = 200


def go(reports, workers=2, **scenario):
    scenario = {"id": "toy", **scenario}
    return run_scenario(scenario, engine=THREADED, seed=7, replications=NUM, workers=workers, reports=reports)


def job(**scenario) -> Job:
    return Job(as_json({"id": "toy", **scenario}).encode(), 7, THREADED)


def blocks(number: int) -> list[Block]:
    return [Block(index, 5 * index, 5 * index + 5) for index in range(number)]


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "replications"]


@pytest.mark.parametrize("workers", [1, 2, 3, 20])
def test_digest_is_the_same_for_any_number_of_threads(tmp_path, workers):
    outcome = go(tmp_path, workers, sort=2_000)
    assert outcome.stored.digest() == undisturbed(NUM)
    assert threads() == []


def test_two_blocks_are_computed_at_once_in_this_process():
    """Each block waits for another one, so that threads in turns would wait for ever."""
    found = [block.index for block, _ in computed(job(meet=True), blocks(8), 2, Stopper())]
    assert sorted(found) == list(range(8))


def test_each_block_comes_once_with_its_own_rows():
    found = {}
    for block, tables in computed(job(sleep=0.001), blocks(30), 4, Stopper()):
        assert block.index not in found
        found[block.index] = tables["results"]["replication"]
    assert all(np.array_equal(rows, np.arange(5 * index, 5 * index + 5)) for index, rows in found.items())
    assert len(found) == 30


def test_threads_do_not_run_far_ahead_of_who_stores():
    """Tables that wait take memory."""
    waiting = blocks(100)
    with contextlib.closing(computed(job(), iter(waiting), 2, Stopper())) as answers:
        next(answers)
        time.sleep(0.2)
        crew = answers.gi_frame.f_locals["crew"]
        assert 100 - len(crew._waiting) <= 1 + 2 * 2
    deadline = time.monotonic() + 5
    while threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threads() == []


def test_errors_arrive_as_from_processes(tmp_path):
    with pytest.raises(EngineError, match="replication 110: the engine failed: ZeroDivisionError: no such luck"):
        go(tmp_path / "a", raise_at=110)
    with pytest.raises(ParameterError, match=r"found 1\.4") as caught:
        go(tmp_path / "b", refuse_at=110)
    assert caught.value.hint == "write 0.014"
    with pytest.raises(EngineError, match="the scenario cannot be prepared: OSError"):
        go(tmp_path / "c", cannot_compile=True)


def test_a_stop_keeps_the_blocks_that_were_under_way(tmp_path):
    asked = threading.Event()
    found = []
    for block, _ in computed(job(sleep=0.02), blocks(40), 2, Stopper(asked.is_set)):
        found.append(block.index)
        asked.set()
    assert 2 <= len(found) <= 6 and sorted(found) == list(range(len(found)))
    assert threads() == []
