"""Arms are played with the same draws into ordinary runs, which grow and are never played twice."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim import resources
from sim.errors import StoreError
from sim.experiments.arms import arms_of
from sim.experiments.campaign_record import Interrupted
from sim.experiments.comparison import Campaign, directory_name, read_record, sizes_until
from sim.experiments.replicate import run_scenario
from sim.experiments.store import open_run

FILE = [("theory/ultimatum", str(resources.scenario_path("theory/ultimatum")))]
LOW = "low: game.strategies.offer=.3"


def arms(*written: str):
    return arms_of(FILE, written=written or (LOW,))


def campaign(place, found=None, seed=1, **options):
    return Campaign(found or arms(), seed, place, engine="simpy", workers=1, **options)


def test_every_arm_is_an_ordinary_run_with_the_same_draws(tmp_path):
    played = campaign(tmp_path / "c").play(120)
    for arm in played.arms.arms:
        alone = run_scenario(arm.completed, replications=120, workers=1, engine="simpy", directory=tmp_path / arm.folder)
        assert alone.stored.recorded_digest == played.runs[arm.name].recorded_digest
        assert open_run(tmp_path / "c" / arm.folder).manifest["command"].startswith("sim run theory/ultimatum")
    drawn = [played.rows(name, ["type:reservation"])["type:reservation"] for name in ("base", "low")]
    np.testing.assert_array_equal(*drawn)
    outcomes = [played.rows(name, ["outcome"])["outcome"] for name in ("base", "low")]
    differ = outcomes[0] != outcomes[1]
    assert ((drawn[0][differ] > 0.3) & (drawn[0][differ] <= 0.5)).all() and differ.any()


def test_more_histories_are_added_to_those_that_are_there(tmp_path):
    first = campaign(tmp_path / "c", growing=True)
    first.play(60)
    more = campaign(tmp_path / "c", growing=True)
    played = more.play(150)
    assert (first.num_computed, more.num_computed) == (120, 300)  # a block that the end cut short is played again
    whole = campaign(tmp_path / "d").play(150)
    assert [played.runs[name].recorded_digest for name in ("base", "low")] == [whole.runs[name].recorded_digest for name in ("base", "low")]
    again = campaign(tmp_path / "c")
    few = again.play(40)
    assert again.num_computed == 0 and few.replications == 40 and len(few.rows("base", ["outcome"])["outcome"]) == 40
    np.testing.assert_array_equal(few.rows("low", ["outcome"])["outcome"], played.rows("low", ["outcome"])["outcome"][:40])


def test_an_interrupted_comparison_goes_on_by_the_same_call(tmp_path, monkeypatch):
    from sim.experiments import comparison, replicate

    run = replicate.run_scenario

    def stopped(*args, **options):
        if options["directory"].name == "low":
            options["should_stop"] = lambda: True
        return run(*args, **options)

    monkeypatch.setattr(comparison, "run_scenario", stopped)
    with pytest.raises(Interrupted, match="interrupted after 50 of 100 histories, which are kept in") as stop:
        campaign(tmp_path / "c").play(50)
    assert stop.value.hint == "the same command goes on from there"
    monkeypatch.undo()
    rest = campaign(tmp_path / "c")
    rest.play(50)
    assert rest.num_computed == 50


def test_the_record_names_the_arms(tmp_path):
    done = campaign(tmp_path / "c", command=["sim", "compare", "x", "--workers", "2", "--seed", "1"])
    done.note({"result": {"answer": 42}})
    record = read_record(tmp_path / "c")
    assert record["command"] == "sim compare x --seed 1" and record["result"] == {"answer": 42}
    assert [(arm["name"], arm["directory"], arm["kind"]) for arm in record["arms"]] == [("base", "base", "base"), ("low", "low", "ad hoc")]
    assert record["arms"][1]["sets"] == {"game.strategies.offer": 0.3}


def test_nothing_else_is_overwritten(tmp_path):
    campaign(tmp_path / "c")
    with pytest.raises(StoreError, match="holds another comparison"):
        campaign(tmp_path / "c", seed=2)
    with pytest.raises(StoreError, match="holds another comparison"):
        campaign(tmp_path / "c", arms(LOW, "high: game.strategies.offer=.8"))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "letter.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"holds other things already \(letter.txt\)"):
        campaign(tmp_path / "d")
    (tmp_path / "c" / "comparison.json").write_text("{")
    with pytest.raises(StoreError, match="cannot be read"):
        campaign(tmp_path / "c")


def test_a_run_that_was_exchanged_is_not_taken_for_the_arm(tmp_path):
    campaign(tmp_path / "c").play(10)
    manifest = tmp_path / "c" / "low" / "manifest.json"
    data = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**data, "seed": 9}))
    with pytest.raises(StoreError, match="another run than the arm 'low'"):
        campaign(tmp_path / "c").play(10)


def test_names_of_directories_tell_comparisons_apart():
    names = {directory_name(arms(), 1), directory_name(arms(), 2), directory_name(arms(LOW, "x: parameters.high=.9"), 1)}
    assert len(names) == 3 and all(name.startswith("compare-ultimatum-") for name in names)


def test_a_search_for_precision_takes_steps_that_depend_on_the_rows_alone():
    """The error falls with the root of the number: one step to see it, one to reach the target; then the cap."""
    assert list(sizes_until(0.01, 100_000, lambda n: 0.4 / n**0.5)) == [500, 2000]
    assert list(sizes_until(0.012, 100_000, lambda n: 0.4 / n**0.5)) == [500, 1500]
    assert list(sizes_until(0.001, 1300, lambda n: 1.0)) == [500, 1300]
    assert list(sizes_until(0.5, 100_000, lambda n: 0.1)) == [500]
