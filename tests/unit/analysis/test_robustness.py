"""Arms judged over the uncertainties, on a case whose regrets are known."""

from __future__ import annotations

import pytest

from sim.analysis.compared_measures import columns_before
from sim.analysis.robustness import BAD_END, as_data, cardinal_goal, level_of
from sim.analysis.robustness_words import findings, leaders
from sim.errors import UsageError
from sim.experiments.arms import arms_of
from tests.robust_case import TEXT, judged, true_regrets


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("robust"), draws=200, repeats=20)


@pytest.fixture
def arms(tmp_path):
    path = tmp_path / "planted.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return arms_of([("planted.yaml", str(path))], policies=["patient", "middle"])


def test_the_middle_way_has_the_least_regret_and_the_intervals_hold_the_truth(found):
    assert [item.arm for item in found.standings] == ["middle", "patient", "base"]
    assert found.standings[0].regret.first > 0.99
    for name, (mean, tail, largest) in true_regrets().items():
        regret = found.of(name).regret
        assert regret.mean.low <= mean <= regret.mean.high
        assert regret.tail.low <= tail <= regret.tail.high
        assert regret.largest.low <= largest <= regret.largest.high
    for name, mean in (("base", 0.45), ("patient", 0.4), ("middle", 0.38)):
        assert found.of(name).low <= mean <= found.of(name).high


def test_where_an_arm_loses_is_told_by_the_input_that_decides_it(found):
    patient, base = found.of("patient").where, found.of("base").where
    assert patient is not None and base is not None
    assert patient.box.startswith("Anna's need is below") and patient.inside > 0.1 > patient.outside
    assert base.box.startswith("Anna's need is above") and base.inside > 0.2 > base.outside
    driver = found.driver
    assert driver is not None and driver.item.path == "parameters.need.number" and driver.chance < 1e-6
    assert driver.counts.sum() == 200 and driver.table.shape == (3, 10)
    patience = driver.table[[item.arm for item in found.standings].index("patient")]
    assert patience[0] > 0.3 and abs(patience[-1]) < 0.05


def test_criteria_that_do_not_agree_are_said_not_to(found):
    by = leaders(found)
    assert by["regret in the worst tenth"] == by["mean regret"] == "middle"
    assert by["share of draws at which it is the best"] == "patient"
    told = findings(found)
    assert told[0].startswith("By fewer bad ends, \u201cmiddle\u201d is the robust choice of 3 arms")
    assert "The criteria do not agree: by share of draws at which it is the best \u201cpatient\u201d would come first" in told[1]
    assert any("A mean of at most 40.0% is met by \u201cmiddle\u201d" in text for text in told)
    assert any("looks best" in text for text in told)


def test_an_arm_that_leads_by_several_criteria_is_named_once(found, monkeypatch):
    from sim.analysis import robustness_words

    by = {"regret in the worst tenth": "middle", "mean regret": "base", "share of draws at which it is the best": "base"}
    monkeypatch.setattr(robustness_words, "leaders", lambda found: by)
    told = "by mean regret and share of draws at which it is the best \u201cbase\u201d would come first"
    assert told in findings(found)[1]


def test_without_chance_there_is_no_luck_to_tell_of(tmp_path):
    found = judged(tmp_path, draws=60, repeats=2, by="-metric:risk", level=None)
    assert [item.arm for item in found.standings] == ["middle", "patient", "base"]
    for item in found.standings:
        assert item.regret.tail.value == pytest.approx(item.regret.tail.plain) and item.meets is None
    assert not any("looks best" in text for text in findings(found))


def test_plain_data_has_everything(found):
    told = as_data(found)
    assert (told["by"], told["draws"], told["histories_at_each"], told["histories"]) == (BAD_END, 200, 20, 12_000)
    assert told["level"] == {"at_most": 0.4} and told["input"]["path"] == "parameters.need.number"
    first = told["arms"][0]
    assert first["regret"]["worst_tenth"]["uncorrected"] > first["regret"]["worst_tenth"]["value"]
    assert first["loses_where"]["box"] is None and first["loses_where"]["why"]
    assert told["arms"][1]["loses_where"]["box"].startswith("Anna's need is below")


def test_what_is_better_must_be_a_number_and_a_level_stands_on_its_side(arms):
    columns = columns_before(arms, 1)
    with pytest.raises(UsageError, match="the tone of ends says only which is better"):
        cardinal_goal(arms, columns, "outcome")
    with pytest.raises(UsageError, match="no outcome, metric or column of this name"):
        cardinal_goal(arms, columns, "metric:rsk")
    goal = cardinal_goal(arms, columns, None)
    with pytest.raises(UsageError, match="a level is met from the other side"):
        level_of(goal, 0.4, None, True)
    with pytest.raises(UsageError, match="exclude each other"):
        level_of(goal, 0.4, 0.4, True)
    with pytest.raises(UsageError, match="a share between 0 and 1, found 40"):
        level_of(goal, None, 40.0, True)
    assert level_of(cardinal_goal(arms, columns, "utility:A"), 1.0, None, False) is not None


def test_where_no_end_is_bad_something_must_be_asked_for(tmp_path):
    path = tmp_path / "planted.yaml"
    path.write_text(TEXT.replace("tone: worst", "tone: good"), encoding="utf-8")
    arms = arms_of([("planted.yaml", str(path))], policies=["middle"])
    with pytest.raises(UsageError, match="nothing says what is better"):
        cardinal_goal(arms, columns_before(arms, 1))
