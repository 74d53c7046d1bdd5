"""The language is more than one case: every fixture and the starter are played and end in different ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.engines.event_engine import run_block
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.model.starter import starter_text
from tests.counts import sample_size

FIXTURES = sorted((Path(__file__).parent / "valid").glob("*.yaml"))


def outcomes(path: Path, **changes) -> list[str]:
    case = compile_case(complete(load_scenario(path, **changes)))
    return list(run_block(case, range(sample_size("fixture_outcomes")), 1)["results"]["outcome"])


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_each_fixture_ends_in_at_least_two_ways(path):
    assert len(set(outcomes(path))) >= 2


def test_the_starter_runs(tmp_path):
    path = tmp_path / "my-case.yaml"
    path.write_text(starter_text("my-case"), encoding="utf-8")
    assert len(set(outcomes(path))) >= 2


def test_more_votes_ratify_more_often():
    path = next(path for path in FIXTURES if "parliament" in path.stem)
    three = outcomes(path).count("orderly_exit")
    one = outcomes(path, variant="one-vote").count("orderly_exit")
    without = outcomes(path, variant="no-parliament").count("orderly_exit")
    assert one < three < without
