"""A replayed history is the stored one, its log is complete, and the choice of a history is settled."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sim import resources
from sim.engines.event_engine import run_block
from sim.errors import ReplayError, UsageError
from sim.experiments import replay as again
from sim.experiments.replicate import run_scenario
from sim.experiments.store import open_run
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.counts import sample_size

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "spec" / "valid").glob("*.yaml"))
SHIPPED = [resources.scenario_path(name) for name in resources.list_scenarios()]
HISTORIES = [(path, n) for path in FIXTURES for n in range(3)] + [(path, 0) for path in SHIPPED]
SEED = 5


@cache
def case_of(path: Path):
    return compile_case(complete(load_scenario(path)))


@cache
def played(path: Path, number: int) -> again.Replay:
    return again.replay(case_of(path), number, SEED)


@pytest.fixture(params=HISTORIES, ids=lambda item: f"{item[0].stem}-{item[1]}")
def history(request) -> again.Replay:
    """Each history in turn."""
    return played(*request.param)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A stored run of the fixture that ends in most ways."""
    scenario = complete(load_scenario(FIXTURES[0]))
    return run_scenario(
        scenario, seed=SEED, replications=60, workers=1, reports=tmp_path_factory.mktemp("reports")
    ).stored


# The same history ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*FIXTURES, *SHIPPED], ids=lambda path: path.stem)
def test_a_log_changes_nothing(path):
    numbers = range(sample_size("replayed_histories") if path in FIXTURES else 1)
    block = run_block(case_of(path), numbers, SEED)
    for n in numbers:
        row = {name: column[n] for name, column in block["results"].items()}
        assert again.differences(played(path, n).row, row) == []
        lines = np.flatnonzero(block["paths"]["replication"] == n)
        for line, at in zip(played(path, n).paths, lines, strict=True):
            assert again.differences(line, {name: column[at] for name, column in block["paths"].items()}) == []


def test_replay_equals_what_is_stored(stored):
    for n in (0, 17, 59):
        assert again.replay_stored(stored, n).row["outcome"] == stored.results["outcome"][n]


def test_another_row_is_refused_with_the_columns_that_differ(stored):
    results = {**stored.results, "tension": stored.results["tension"].copy()}
    results["tension"][4] = math.nextafter(results["tension"][4], 1.0)

    changed = SimpleNamespace(
        directory=stored.directory, manifest=stored.manifest, paths=stored.paths, results=results
    )
    with pytest.raises(ReplayError, match=r"replication 4 comes out differently.*tension.*the program itself") as error:
        again.verify(played(FIXTURES[0], 4), changed, 4)
    assert "sim run --fresh" in error.value.hint


def test_other_versions_are_named(stored):
    older = SimpleNamespace(
        directory=stored.directory,
        paths=stored.paths,
        manifest={**stored.manifest, "versions": {**stored.manifest["versions"], "sim": "0.0.1"}},
        results={**stored.results, "outcome": np.array(["another"] * 60, dtype=object)},
    )
    with pytest.raises(ReplayError, match=r"sim 0\.0\.1 then, .* now"):
        again.verify(played(FIXTURES[0], 0), older, 0)


def test_an_edited_scenario_is_refused(stored):
    edited = open_run(stored.directory)
    edited.manifest["scenario"] = {**stored.case, "title": "Another title"}
    with pytest.raises(ReplayError, match="its hash differs"):
        again.replay_stored(edited, 0, case_of(FIXTURES[0]))


def test_differences_see_every_bit():
    row = {"a": 0.1, "b": float("nan"), "c": "text"}
    assert again.differences(row, {"a": 0.1, "b": np.float64("nan"), "c": "text"}) == []
    assert again.differences(row, {**row, "a": math.nextafter(0.1, 1)}) == ["a"]
    assert again.differences({"a": 0.0}, {"a": -0.0}) == ["a"]
    assert again.differences({"a": 0.0}, {"d": 1.0}) == ["a", "d"]


# The log ---------------------------------------------------------------------------------------------------------


def test_every_decision_is_complete(history):
    # Moves of a game stand in the record of the game, not among decisions of negotiation.
    assert history.decisions or history.case.game is not None or history.case.spec.theory is not None
    for decision in history.decisions:
        where = f"{decision.node} at {decision.time}"
        assert len(decision.options) == len(decision.values) == len(decision.probabilities), where
        assert len(set(decision.options)) == len(decision.options), where
        assert abs(sum(decision.probabilities) - 1.0) < 1e-9, where
        assert decision.probabilities[decision.options.index(decision.choice)] > 0.0, where
        assert decision.choice not in decision.removed, where
        for label in decision.removed:
            if label in decision.options:
                assert decision.probabilities[decision.options.index(label)] == 0.0, where
        assert len(decision.packages) in (0, len(decision.options)), where


def test_times_are_monotone(history):
    for entries in (history.entries, history.samples):
        times = [entry.time for entry in entries]
        assert times == sorted(times)
        assert times[0] >= 0.0
    assert history.samples[-1].time <= history.ended


def test_beliefs_sum_to_one_and_start_at_the_prior(history):
    for held in history.beliefs:
        for sample in history.samples:
            assert abs(sum(sample.beliefs[held.start : held.start + held.size]) - 1.0) < 1e-9


def test_constraints_remove_options_somewhere():
    removed = {
        constraint.split()[0]
        for path in SHIPPED
        for decision in played(path, 0).decisions
        for constraint in decision.removed.values()
    }
    assert removed - {"deal"} == {"red", "mandate", "no"}
    # A red line, the mandate, a deal in force where there is one, or no counter-offer, declaration or ladder to choose


# Which one -------------------------------------------------------------------------------------------------------


def test_typical_ones_come_from_the_most_frequent_classes(stored):
    outcomes = stored.results["outcome"].tolist()
    picked = again.typical(stored)
    counts = [outcomes.count(choice.outcome) for choice in picked]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == max(outcomes.count(name) for name in set(outcomes))
    for choice in picked:
        assert outcomes[choice.replication] == choice.outcome
        assert choice.share == outcomes.count(choice.outcome) / len(outcomes)
    assert picked == again.typical(stored)


def test_the_worst_is_of_the_worst_class_and_may_leave_some_out(stored):
    first = again.worst(stored)
    classes = again.classes_of(stored.case)
    present = set(stored.results["outcome"].tolist())
    assert first.outcome == next(name for name, _, tone in classes if tone == "worst" and name in present)
    of_class = [n for n, name in enumerate(stored.results["outcome"]) if name == first.outcome]
    assert stored.results["war_loss"][first.replication] == max(stored.results["war_loss"][n] for n in of_class)
    second = again.worst(stored, [first.replication])
    assert second.replication != first.replication
    assert again.worst(stored, range(60)) is None


def test_the_middle_one_is_nearest_to_the_others():
    days = np.array([1.0, 50.0, 51.0, 52.0, np.nan])
    results = {"replication": np.arange(5), "time:deal": days, "max_rung": np.ones(5)}
    assert again.middle(results, np.arange(5)) == 2  # "never" counts as later than 52
    assert again.middle(results, np.array([4])) == 4
    tied = {"replication": np.arange(4), "time:deal": np.array([1.0, 2.0, 2.0, 3.0])}
    assert again.middle(tied, np.arange(4)) == 1


def test_choosing_one(stored):
    outcomes = stored.results["outcome"]
    assert again.choose(stored, replication=7) == 7
    assert again.choose(stored) == again.typical(stored, 1)[0].replication
    name = str(outcomes[0])
    assert outcomes[again.choose(stored, name)] == name
    assert again.choose(stored, name, 0) == 0


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ({"replication": 60}, "holds 60 replications, 0 to 59", "start at 0"),
        ({"replication": -1}, "replication -1", "start at 0"),
        ({"outcome": "setled"}, "unknown class of outcome 'setled'", "did you mean 'settled'"),
    ],
)
def test_what_is_not_there_is_refused(stored, wanted, message, hint):
    with pytest.raises(UsageError, match=message) as error:
        again.choose(stored, **wanted)
    assert hint in error.value.hint


def test_a_class_in_which_nothing_ends_is_refused(stored):
    missing = open_run(stored.directory)
    missing.manifest["scenario"] = {
        **stored.case, "outcomes": [{"class": "peace", "when": "false"}, *stored.case["outcomes"]]
    }  # fmt: skip
    with pytest.raises(UsageError, match="none of the 60 histories ends as 'peace'"):
        again.choose(missing, "peace")


def test_replication_and_class_must_agree(stored):
    outcomes = stored.results["outcome"].tolist()
    other = next(name for name in outcomes if name != outcomes[0])
    with pytest.raises(UsageError, match="not as"):
        again.choose(stored, other, 0)
