"""The search for the smallest change finds planted answers, alone and of several numbers, and says when there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.change_length import length_of
from sim.analysis.outputs import Output
from sim.analysis.what_if_found import as_data
from sim.analysis.what_if_target import Target, target_of
from sim.analysis.what_if_words import findings
from sim.errors import UsageError
from sim.experiments.store import open_run
from tests.counts import sample_size
from tests.planted import UNIFORM, planted_scenario
from tests.wished import NORMAL, needed, searched, two_inputs

WAR = Output("war", "War", "class", "outcome", "war")
SPREAD = math.sqrt(1.72)  # of the probit of two inputs with slopes of 0.6


@pytest.fixture(scope="module")
def joint(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("search") / "x", two_inputs(), "share(war) >= 0.4", sample_size("wished_histories"))


def test_of_one_number_that_does_anything_the_shift_is_found(tmp_path):
    scenario = planted_scenario({"x": NORMAL, "idle": NORMAL}, "normal_cdf(-1 + x)")
    found = searched(tmp_path / "x", scenario, "share(war) >= 0.4", sample_size("wished_histories"))
    (part,) = found.answer.parts
    truth = needed(0.4, -1.0, 1.0, math.sqrt(2.0))
    assert part.candidate.path == "parameters.x.number"
    assert found.answer.passes.low <= truth <= found.answer.passes.high
    assert truth - 0.1 < found.answer.length < truth + 0.4
    assert found.answer.chance > 0.5 and found.answer.level.low < 0.44


def test_of_two_numbers_that_do_the_same_the_joint_change_is_shorter_and_in_equal_parts(joint):
    truth = needed(0.4, -1.5, 0.6, SPREAD)
    assert joint.answer is joint.joint and {part.candidate.path for part in joint.answer.parts} == {
        "parameters.x.number", "parameters.y.number",
    }  # fmt: skip
    assert joint.answer.length == pytest.approx(truth / math.sqrt(2.0), abs=0.35)
    first, second = (part.change for part in joint.answer.parts)
    assert 0.6 < first / second < 1.7
    assert [item.parts[0].candidate.path for item in joint.singles] == ["parameters.x.number", "parameters.y.number"]
    assert all(item.length > 1.15 * joint.answer.length for item in joint.singles)
    told = [findings(joint)[0].index(f"“{name}” up by") for name in "XY"]  # the greater part first, which of equal ones is luck's
    assert (told[0] < told[1]) == (joint.answer.parts[0].candidate.path == "parameters.x.number")
    assert "made of" in findings(joint)[0] and "fresh histories" in findings(joint)[1]


def test_the_test_has_draws_of_its_own(joint):
    directory = joint.changes.directory
    stages = sorted(path.name for path in directory.iterdir() if path.is_dir())
    used = {name: set(StoredDraws(open_run(directory / name))) for name in stages}
    assert any(name.startswith("test-") for name in stages) and "alone" in stages and "joint-1" in stages
    for one in stages:
        for other in stages:
            assert one == other or not used[one] & used[other], (one, other)


def StoredDraws(stored):
    return stored.results["draws" if "draws" in stored.results else "replication"].tolist()


def test_the_same_search_again_plays_nothing_and_finds_the_same(joint):
    again = searched(joint.changes.directory, two_inputs(), "share(war) >= 0.4", sample_size("wished_histories"))
    assert again.changes.num_computed == 0
    assert as_data(again) == as_data(joint)


def test_a_number_downwards_and_a_target_below(tmp_path):
    scenario = planted_scenario({"x": NORMAL}, "normal_cdf(x)")
    found = searched(tmp_path / "x", scenario, "share(war) <= 0.3", sample_size("wished_histories"))
    assert found.answer.parts[0].change == pytest.approx(-needed(0.7, 0.0, 1.0, math.sqrt(2.0)), abs=0.35)
    assert found.answer.level.value <= 0.3 and "down by" in findings(found)[0]


def test_a_lever_is_set_within_its_range(tmp_path):
    levers = {"dial": {"path": "parameters.x.number", "label": "Dial", "who": "one", "range": [0, 1]}}
    scenario = planted_scenario({"x": 0.2}, "x", levers=levers)
    found = searched(tmp_path / "x", scenario, "share(war) >= 0.5", sample_size("wished_histories"), levers=True)
    (part,) = found.answer.parts
    assert part.before == 0.2 and 0.48 < part.after < 0.62
    assert part.change == pytest.approx((part.after - 0.2) * math.sqrt(12.0), abs=1e-3)
    assert open_run(found.changes.directory / "test-1").results["input:parameters.x.number"][0] == 0.2


def test_a_mean_of_a_number_is_reached_by_the_nearest_point(tmp_path):
    """line = x + y / 2: the nearest point to 1 is (0.8, 0.4), at 2 / sqrt(5)."""
    found = searched(tmp_path / "x", two_inputs(), "metric:line >= 1", sample_size("wished_histories"))
    assert found.answer.length == pytest.approx(2.0 / math.sqrt(5.0), abs=0.2)
    changes = {part.candidate.path: part.change for part in found.answer.parts}
    assert changes["parameters.x.number"] == pytest.approx(0.85, abs=0.2)
    assert changes["parameters.y.number"] == pytest.approx(0.45, abs=0.2)


def test_where_nothing_reaches_it_the_best_is_told(tmp_path):
    found = searched(tmp_path / "x", two_inputs(), "share(war) >= 0.9", 60, most=1.0)
    assert found.answer is None and found.singles == ()
    truth = needed(0.4, -1.5, 0.6, SPREAD)
    assert found.best.level.value < 0.9 and found.best.chance < 0.01 and truth > 1.0
    assert {part.candidate.path for part in found.best.parts} >= {"parameters.x.number", "parameters.y.number"}
    told = findings(found)
    assert told[0].startswith("Nothing within reach brings “War” to at least 90%") and "The best that was reached is" in told[1]


def test_a_target_that_is_met_is_refused(tmp_path):
    with pytest.raises(UsageError, match="already met without any change: 1") as error:
        searched(tmp_path / "x", two_inputs(), "share(war) <= 0.4", 40)
    assert "set a target below" in error.value.hint


def test_an_outcome_that_never_occurs_is_refused(tmp_path):
    scenario = planted_scenario({"x": UNIFORM, "y": UNIFORM}, "0 * x")
    with pytest.raises(UsageError, match=r"“War” never occurs in .* histories, whatever is changed") as error:
        searched(tmp_path / "x", scenario, "share(war) >= 0.2", 20)
    assert "--change" in error.value.hint


@pytest.mark.parametrize("single", [{"at_most": 1}, {"only": ["parameters.x"]}])
def test_single_changes_alone_may_be_asked_for(tmp_path, single):
    found = searched(tmp_path / "x", two_inputs(), "share(war) >= 0.3", 40, **single)
    assert found.joint is None and not (found.answer or found.best).is_joint
    assert not (tmp_path / "x" / "joint-1").exists()


# Targets


@pytest.mark.parametrize(
    "text, name, wants_more, value",
    [
        ("share(war) >= 0.2", "share(war) >= 0.2", True, 0.2),
        ("war<=20%", "share(war) <= 0.2", False, 0.2),
        ("mean(metric:line) > -1.5", "metric:line >= -1.5", True, -1.5),
        ("line ≥ 2", "metric:line >= 2", True, 2.0),
    ],
)
def test_a_target_is_an_output_a_sign_and_a_number(text, name, wants_more, value):
    found = target_of(text, two_inputs(), 1)
    assert (found.text, found.wants_more, found.value) == (name, wants_more, value)


@pytest.mark.parametrize(
    "text, message, hint",
    [
        ("war", "expected an output, >= or <=, and a number, found 'war'", "write it as in"),
        ("war = 0.2", "expected an output", "write it as in"),
        ("warr >= 0.2", "no column 'warr'", "did you mean 'war'"),
        ("war >= 20", "a share lies between 0 and 1, found 20", "20% is 0.2"),
        ("war >= 0", "a share lies between 0 and 1", ""),
        ("war >= 1.2.3", "expected a number", ""),
    ],
)
def test_a_target_that_is_none_is_refused(text, message, hint):
    with pytest.raises(UsageError, match=message) as error:
        target_of(text, two_inputs(), 1)
    assert hint in str(error.value.hint)


def test_the_probability_that_a_share_is_met_is_that_of_a_beta_distribution():
    """With Jeffreys' prior, 3 of 10: P(p >= 0.3) of Beta(3.5, 7.5), by its own integral."""
    values = np.array([1.0] * 3 + [0.0] * 7)
    p = (np.arange(200_000) + 0.5) / 200_000
    density = p**2.5 * (1.0 - p) ** 6.5
    expected = density[p >= 0.3].sum() / density.sum()
    assert Target(WAR, True, 0.3).chance(values) == pytest.approx(expected, abs=1e-4)
    assert Target(WAR, False, 0.3).chance(values) == pytest.approx(1.0 - expected, abs=1e-4)


def test_a_curve_passes_the_target_where_its_shares_do():
    lengths = np.array([0.5, 1.0, 1.5, 2.0])
    shares = 1.0 / (1.0 + np.exp(-(-2.0 + 1.2 * lengths)))
    values = (np.arange(4_000)[:, None] + 0.5) / 4_000 < shares
    found = length_of(Target(WAR, True, 0.4), lengths, values.astype(float), 1)
    truth = (math.log(0.4 / 0.6) + 2.0) / 1.2
    assert found.value == pytest.approx(truth, abs=0.01)
    assert found.low < truth < found.safe < found.high
    assert math.isinf(length_of(Target(WAR, True, 0.9), lengths, values.astype(float), 1).value)


PRODUCT = "0.2 + 0.6 * x * y"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_few_histories_find_a_length_and_no_end_of_the_range(tmp_path, seed):
    """P(war) = .2 + .3 x is .4 at x = 2/3, .58 standard deviations up; the range ends at 1.73."""
    levers = {"dial": {"path": "parameters.x.number", "range": [0, 1]}}
    scenario = planted_scenario({"x": {"value": 0.5, "range": [0, 1]}, "y": UNIFORM}, PRODUCT, levers=levers)
    found = searched(tmp_path, scenario, "share(war) >= 0.4", 200, seed=seed, only=["dial"])
    assert found.answer is not None and math.isfinite(found.answer.passes.value)
    assert found.answer.passes.low <= 0.58 <= max(found.answer.passes.high, found.answer.length) and found.answer.length < 1.3


def test_the_best_miss_has_no_part_that_adds_nothing(tmp_path):
    scenario = planted_scenario({"x": UNIFORM, "y": UNIFORM, "c": NORMAL, "d": NORMAL}, PRODUCT)
    found = searched(tmp_path, scenario, "share(war) >= 0.95", 100)
    assert found.answer is None and found.best is not None
    assert {part.candidate.path for part in found.best.parts} <= {"parameters.x.number", "parameters.y.number"}
