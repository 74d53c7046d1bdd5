"""What a designed run's numbers hang on: known shares are found, groups are one factor, and what says nothing is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.analysis.sensitivity import CHANCE, as_data, sensitivity_of
from sim.analysis.sensitivity_words import findings
from sim.errors import UsageError
from sim.experiments.replicate import run_scenario
from sim.experiments.sensitivity import study_of
from tests.analysed import analysed, scenario_xy
from tests.counts import sample_size
from tests.planted import UNIFORM, planted_scenario


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    study = study_of(scenario_xy(), "sobol", sample_size("sobol_samples"))
    folder = tmp_path_factory.mktemp("runs")
    stored = run_scenario(study.scenario, design=study.design, reports=folder, workers=1, engine="batch").stored
    return sensitivity_of(stored, ["war", "metric:line", "metric:product"])


def test_a_planted_truth_is_found_chance_among_it(found):
    """War with probability 0.8 x: V = .24, x alone .8^2/12/V, chance alone (.8/3 - .16)/V. Of 3 x + y, x has nine tenths."""
    assert found.ids == ["parameters.x.number", "parameters.y.number", CHANCE]
    x, chance = 0.64 / 12 / 0.24, (0.8 / 3 - 0.16) / 0.24
    whole = 7 / 144
    truth = {
        "war": ((x, 0.0, chance), (1 - chance, 0.0, 1 - x)),
        "metric:line": ((0.9, 0.1, 0.0), (0.9, 0.1, 0.0)),
        "metric:product": ((1 / 48 / whole, 1 / 48 / whole, 0.0), (4 / 144 / whole, 4 / 144 / whole, 0.0)),
    }
    slack = 0.03 + 2.0 / np.sqrt(found.samples)
    for answer in found.answers:
        for items, known in zip((answer.indices.first, answer.indices.total), truth[answer.output.name], strict=True):
            for item, value in zip(items, known, strict=True):
                assert item.value == pytest.approx(value, abs=slack)
                assert item.low - 0.02 <= value <= item.high + 0.02


def test_chance_and_inputs_that_are_not_read_have_exactly_nothing(found):
    war, line, _ = (answer.indices for answer in found.answers)
    assert (line.first[2].value, line.total[2].value, line.total[2].high) == (0.0, 0.0, 0.0)
    assert (war.first[1].value, war.total[1].value) == (0.0, 0.0) and 0.0 < war.total[1].high < 0.05


def test_indices_at_growing_samples_end_with_all_and_begin_with_those_of_the_first(found):
    growing = found.answers[0].growing
    assert [part.samples for part in growing] == [n for n in (found.samples // k for k in (8, 4, 2, 1)) if n >= 32]
    assert growing[-1] == found.answers[0].indices
    widths = [part.total[0].high - part.total[0].low for part in growing]
    assert widths[-1] < widths[0]


def test_sentences_tell_chance_then_inputs(found):
    told = findings(found)
    assert told[0].startswith("Of the spread of \u201cWar\u201d (") and " hangs on the inputs by themselves, and " in told[0]
    assert told[1].startswith("Of the inputs most hangs on \u201cX\u201d: ")
    assert "On one of 2 inputs less than 5% of it hangs" in told[2]


def test_everything_is_plain_data(found):
    data = json.loads(json.dumps(as_data(found), allow_nan=False))
    assert data["outputs"][0]["factors"][2]["name"] == CHANCE and data["samples"] == found.samples
    assert len(data["outputs"][0]["convergence"]) == len(found.answers[0].growing)


def test_effects_of_a_straight_line(tmp_path):
    found = analysed(tmp_path, "morris", 20, ["metric:line", "war"])
    line, war = (answer.effects.effects for answer in found.answers)
    assert [item.size.value for item in line] == pytest.approx([1.5, 0.5, 0.0])
    assert [item.mean.value for item in line[:2]] == pytest.approx([1.5, 0.5])
    assert war[1].size.value == 0.0 and war[2].size.value > 0.0
    assert findings(found)[0].startswith("What a step across half of its values changes most in \u201cline\u201d")
    json.dumps(as_data(found), allow_nan=False)


def test_shares_and_correlated_inputs_are_one_factor_each(tmp_path):
    scenario = planted_scenario(
        {"x": UNIFORM, "y": UNIFORM, "z": UNIFORM}, "x", {"sum": "x + y"},
        correlations={"pair": {"members": ["parameters.x.number", "parameters.y.number"], "matrix": [[1, 0.7], [0.7, 1]]}},
    )  # fmt: skip
    study = study_of(scenario, "sobol", 40)
    stored = run_scenario(study.scenario, design=study.design, reports=tmp_path, workers=1, engine="simpy").stored
    found = sensitivity_of(stored, ["metric:sum"])
    (answer,) = found.answers
    name = "correlations.pair"
    assert name in found.ids and "parameters.x.number" not in found.ids
    index = found.ids.index(name)
    assert answer.indices.total[index].value == pytest.approx(1.0, abs=0.05)
    assert found.labels[index] == "Pair (2 inputs that go together)"


def test_what_says_nothing_is_refused_by_name_and_passed_over_otherwise(tmp_path):
    found = analysed(tmp_path, "sobol", 40, ())
    assert [answer.output.name for answer in found.answers] == ["war", "peace"] and not found.silent
    with pytest.raises(UsageError, match="'metric:never' hangs on: it is the same in all 200 histories"):
        sensitivity_of(found.stored, ["metric:never", "war"])
    rare = planted_scenario({"x": UNIFORM}, "0.02 * x", uncertainties=["parameters.x.number"])
    study = study_of(rare, "sobol", 40)
    stored = run_scenario(study.scenario, design=study.design, reports=tmp_path, workers=1, engine="simpy").stored
    with pytest.raises(UsageError, match=r"it (never occurs in 160 histories|occurs in \d of 80 independent histories, and 10 are needed)"):
        sensitivity_of(stored, ["war"])


def test_another_design_is_refused(tmp_path):
    stored = run_scenario(scenario_xy(), replications=20, reports=tmp_path, workers=1, engine="simpy").stored
    with pytest.raises(UsageError, match="need the design 'saltelli', effects 'morris', and the run's is 'random'"):
        sensitivity_of(stored)
