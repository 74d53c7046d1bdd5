"""The search over levers, on a case whose front is known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.pareto import Luck, Measured, as_data, objectives_of
from sim.analysis.pareto_words import findings
from sim.errors import UsageError
from sim.experiments.lever_runs import levers_of
from sim.experiments.store import open_run
from sim.model.complete import complete
from sim.model.load import load_document
from sim.model.reader import read_text
from tests.pareto_case import TEXT, searched, truth


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("pareto"))


@pytest.fixture(scope="module")
def scenario():
    return complete(load_document(read_text(TEXT, "planted.yaml")).spec)


def test_the_settings_found_lie_near_the_known_front(found):
    """On it noise is .5, and any push will do; noise at random would be .25 away from it on average."""
    noise = np.array([item.levers[1] for item in found.settings])
    push = np.array([item.levers[0] for item in found.settings])
    assert np.abs(noise - 0.5).mean() < 0.12
    assert push.min() < 0.2 and push.max() > 0.8


def test_fresh_intervals_cover_the_truth_and_gains_are_those_over_the_case_as_described(found):
    held = []
    described = truth(0.5, 0.9)
    for item in found.settings:
        for k, true in enumerate(truth(*item.levers)):
            held += [item.fresh[k].low <= true <= item.fresh[k].high, item.gains[k].low <= true - described[k] <= item.gains[k].high]
    assert np.mean(held) > 0.85
    assert all(one.low <= true <= one.high for one, true in zip(found.described, described, strict=True))


def test_a_lever_that_does_nothing_gains_nothing(tmp_path):
    """Settings have the same draws, so that no luck is taken for a gain."""
    found = searched(tmp_path, levers=("nothing",), points=16, histories=40)
    assert all(one.seemed == 0.0 and one.gained.value == 0.0 for one in found.luck)
    assert found.num_unbeaten == len(found.points) and not found.beats_described
    (told,) = findings(found)
    assert told.endswith("all are level: no objective differs between them, neither in the search nor on fresh draws.")


def test_the_luck_told_is_the_gain_that_fresh_draws_do_not_confirm(found):
    for one, item in zip(found.luck, found.objectives, strict=True):
        setting = found.settings[one.place]
        k = found.objectives.index(item)
        assert one.gained.value == pytest.approx(item.sign * setting.gains[k].value)
        assert one.luck == pytest.approx(one.seemed - one.gained.value) and one.gained.low <= one.gained.value <= one.gained.high
        best = max(item.sign * other.searched[k] for other in found.settings)
        assert item.sign * setting.searched[k] == best


def test_what_is_played_is_kept_as_ordinary_runs_with_the_same_draws(found):
    first = open_run(found.runs.directory / "search-0")
    assert first.num_replications == 32 * 150 and first.seed == 1
    assert open_run(found.runs.directory / "fresh").seed == 1_000_001
    levers = first.results["input:parameters.push.number"][:32]
    assert levers == pytest.approx(found.points[:32, 0], abs=1e-9)
    assert (first.results["draws"][:32] == 0).all() and first.results["draws"][32] == 1


def test_the_same_search_goes_on_from_what_is_there(found):
    again = searched(found.runs.directory.parent)
    assert again.runs.num_computed == 0 and again.runs.num_played == found.runs.num_played
    assert as_data(again) == as_data(found)


def test_the_answer_is_told_first(found):
    told = findings(found)
    lead = "Of 64 settings of \u201cPressure\u201d and \u201cNoise\u201d tried for more \u201cA deal\u201d and less \u201cWar\u201d, "
    assert told[0].startswith(lead)
    assert any(text.startswith("Best for more \u201cA deal\u201d in the search: ") for text in told)
    assert any("better than the case as described in every objective at once" in text for text in told)
    assert json.dumps(as_data(found), allow_nan=False)


def test_three_objectives_and_a_number(tmp_path):
    found = searched(tmp_path, objectives=("max share(deal)", "min share(war)", "min metric:effort"), points=8, histories=40, fresh=60)
    item = found.settings[0]
    assert item.fresh[2].value == pytest.approx(sum(item.levers)) and len(item.gains) == 3


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["max share(deal)"], "expected at least two objectives, found 1"),
        (["max share(deal)", "share(war)"], "expected max or min before what is meant"),
        (["max share(deal)", "min share(wra)"], "expected a class of outcome or a time in share"),
        (["max share(deal)", "min share(deal)"], "'deal' is named twice"),
    ],
)
def test_objectives_that_are_none_are_refused(scenario, texts, message):
    with pytest.raises(UsageError, match="|".join([message.replace("(", r"\(").replace(")", r"\)")])):
        objectives_of(texts, scenario, 1)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["pushh"], "pushh"),
        (["push", "parameters.push.number"], "is named twice"),
        (["push=1:0"], "expected a range LOW:HIGH"),
        (["push=low"], "expected a range LOW:HIGH"),
    ],
)
def test_levers_that_are_none_are_refused(scenario, names, message):
    with pytest.raises(UsageError, match=message):
        levers_of(scenario, names)


def test_a_lever_has_its_range_in_the_file_or_the_one_given(scenario):
    one, two = levers_of(scenario, ["push", "parameters.noise.number=0.2:0.4"])
    assert (one.low, one.high, one.stands, one.label) == (0.0, 1.0, 0.5, "Pressure")
    assert (two.low, two.high, two.stands, two.value(0.5)) == (0.2, 0.4, 0.9, pytest.approx(0.3))


@pytest.mark.parametrize(
    ("seemed", "low", "gained", "high", "words"),
    [
        (0.0, -0.1, 0.0, 0.1, "nothing was to be gained"),
        (0.2, -0.01, 0.05, 0.1, "it may all have been luck"),
        (0.2, 0.01, 0.05, 0.1, "about 75% of it was luck"),
        (0.2, 0.1, 0.15, 0.21, "25% less, which cannot be told from no luck at all"),
        (0.2, 0.2, 0.25, 0.3, "none of it was luck"),
    ],
)
def test_luck_is_told_as_far_as_fresh_draws_can_tell(found, seemed, low, gained, high, words):
    told = replace(found, luck=(Luck(0, seemed, Measured(gained, low, high)), found.luck[1]))
    assert any(words in text and "more \u201cA deal\u201d" in text for text in findings(told))


def test_equal_settings_beside_worse_ones_are_not_called_all_level(tmp_path):
    found = searched(tmp_path, levers=("nothing",), points=16, histories=40)
    means = found.means.copy()
    means[0] += 0.1
    assert "all are level" not in " ".join(findings(replace(found, means=means)))
