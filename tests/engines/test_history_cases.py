"""The cases of the back-test load, play the same in both engines, and come out in more than one way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.engines import batch_engine
from sim.engines.batch_engine import CompiledActs
from sim.model.load import load
from tests.counts import sample_size
from tests.engines.test_event_for_event import GRID, SEED, assert_plain_is_compiled, case_of, check
from tools.codings import VARIANT

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "history"
CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def path(request) -> Path:
    """Each case in turn."""
    return request.param


def test_there_are_cases():
    assert len(CASES) == 6


def test_loads_without_remarks_and_is_named_as_its_file(path):
    loaded = load(path)
    assert loaded.warnings == ()
    assert loaded.spec.id == path.stem and path.with_suffix(".md").is_file()


def test_every_look_at_a_later_date_loads(path):
    for name, variant in load(path).spec.variants.items():
        if name != VARIANT and variant.fitted is None:
            assert load(path, variant=name).spec.given


def test_event_for_event(path):
    case, number = case_of(str(path)), sample_size("history_events")
    check(case, range(number // 2), 0.0)
    check(case, range(number // 2, number), GRID / (24 if path.stem == "cuba-1962" else 1))
    acts: dict[int, CompiledActs] = {}
    for replication in range(sample_size("history_plain_events")):
        assert_plain_is_compiled(case, replication, 0.0, acts)


def test_no_class_is_certain_and_several_are_common(path):
    """A case that had been coded to its end would show here; rare classes, such as war, need more histories than this."""
    outcomes = batch_engine.run_block(case_of(str(path)), range(sample_size("history_classes")), SEED, paths=0)[
        "results"
    ]["outcome"]
    _, counts = np.unique(outcomes, return_counts=True)
    assert counts.max() < 0.9 * len(outcomes)
    assert np.count_nonzero(counts >= 0.02 * len(outcomes)) >= 3
