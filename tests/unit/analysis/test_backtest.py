"""What the back-test finds: chances with known truths, who else said what, scores over cases, and where it was wrong."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pytest

from sim.analysis.backtest import references
from sim.analysis.backtest.references import BASE, CROWD, EVEN, OTHER_CASES, STATUS_QUO
from sim.analysis.backtest.scoring import Backtest, as_data
from sim.analysis.backtest.words import findings
from sim.errors import UsageError
from sim.experiments.backtest.cases import cases_in
from sim.model.datasets.load import load_dataset
from sim.model.expected import BaseRate, ExpectedEvent
from tests import backtested
from tests.counts import sample_size

HISTORIES = sample_size("backtest_histories")


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Backtest:
    return backtested.backtested(tmp_path_factory.mktemp("backtest"), HISTORIES)


def at(found, case, look="at-start"):
    return next(item for item in found.looks if (item.case.name, item.look.name) == (case, look))


def test_the_chance_of_a_lottery_is_found_and_scored(found):
    (lot,) = at(found, "planted").events
    assert lot.chance.low <= 0.8 <= lot.chance.high and not lot.came and not lot.is_settled
    assert lot.brier == lot.chance.share**2
    assert lot.log == pytest.approx(-math.log(1 - (lot.chance.count + 0.5) / (HISTORIES + 1)))
    (reading,) = at(found, "planted").classes
    assert reading.of_observed.share == pytest.approx(1 - lot.chance.share)
    assert reading.rps == pytest.approx(lot.chance.share**2)  # all of it on worst, and good came


def test_at_a_later_look_only_histories_that_fit_count(found):
    case = at(found, "crisis-13-days", "after-three-days")
    rows = found.played.rows(case.case, ["metric:backtest_fits_1", "metric:backtest_event_1", "outcome@13"])
    fit = rows["metric:backtest_fits_1"] == 1.0
    assert 0 < case.fitting == np.count_nonzero(fit) < HISTORIES
    assert case.events[0].chance.count == np.count_nonzero(rows["metric:backtest_event_1"][fit])
    assert case.classes[0].of_observed.count == np.count_nonzero(rows["outcome@13"][fit] == "settled")
    assert [item.event.label for item in case.events] == ["Settled in the end", "Shots"]


def test_what_had_happened_decides_is_not_scored(tmp_path):
    """After shots by the third day, shots by the end are no question."""
    folder = backtested.folder_of_cases(tmp_path / "cases")
    file = folder / "crisis-13-days.yaml"
    file.write_text(file.read_text("utf-8").replace("not (deal.exists by 2031-10-19)", "max_rung >= 4 by 2031-10-19"), "utf-8")
    campaign = backtested.Campaign(cases_in([folder]), 1, tmp_path / "played", engine="simpy", workers=1)
    found = Backtest(campaign.play(HISTORIES))
    late = at(found, "crisis-13-days", "after-three-days")
    assert [item.is_settled for item in late.events] == [False, True] and len(late.scored) == 1
    assert "Shots" not in [one.item.event.label for one in found.events if one.seen is late]


def test_a_look_that_too_few_fit_is_refused_and_the_others_go_on(tmp_path):
    few = 60  # of which three in ten or so fit
    found = backtested.backtested(tmp_path, few, looks="{after-war: 2031-10-17, after-three-days: 2031-10-19}")
    war = at(found, "crisis-13-days", "after-war")
    assert war.fitting < 30 and not war.events
    assert ("an effective sample of" in war.refusal) == (war.fitting > 0) and f"-n {'' if war.fitting else 10 * few}" in war.refusal
    assert at(found, "crisis-13-days", "after-three-days").events and at(found, "planted").events
    assert any("after-war: not scored" in text for text in findings(found))
    told = as_data(found)
    assert [item["look"] for item in told["cases"] if item["refused"]] == ["after-war"]


def test_every_case_counts_the_same(found):
    by_case = {}
    for one in found.first:
        by_case.setdefault(one.seen.case.name, []).append((one.item.chance.share - one.item.came) ** 2)
    means = [np.mean(values) for values in by_case.values()]
    assert found.brier.value == pytest.approx(np.mean(means)) and (found.brier.cases, found.brier.questions) == (2, 4)
    assert found.brier.over_cases == pytest.approx((min(means), max(means)))  # of two cases drawn twice, a quarter are one of them alone
    low, high = found.brier.over_histories
    assert low < found.brier.value < high and high - low < 0.2


def test_the_interval_over_histories_is_that_of_their_number(found):
    """The score of one event is the square of a share: its spread is 2 p times that of the share."""
    (lot,) = at(found, "planted").events
    p = lot.chance.share
    low, high = found.of_look(at(found, "planted"))["brier"].over_histories
    assert high - low == pytest.approx(2 * 1.96 * 2 * p * math.sqrt(p * (1 - p) / HISTORIES), rel=0.2)


def test_one_case_has_no_interval_over_cases_and_nothing_left_out(tmp_path):
    folder = backtested.folder_of_cases(tmp_path / "cases")
    campaign = backtested.Campaign(cases_in([folder / "planted.yaml"]), 1, tmp_path / "played", engine="simpy", workers=1)
    found = Backtest(campaign.play(40))
    assert np.isnan(found.brier.over_cases).all() and found.without == {} and found.mixture is None
    assert "one case, so no interval" in findings(found)[0]
    assert json.loads(json.dumps(as_data(found), allow_nan=False))["scores"]["brier"]["over_cases"] == [None, None]


def test_what_is_counted_among_cases_leaves_out_the_one_that_is_judged(found):
    """Of the three questions of the crisis one changed; the lottery's did not."""
    change = references.changes_elsewhere(found.looks)
    assert change == {"planted": pytest.approx((1 + 0.5) / 4), "crisis-13-days": pytest.approx((0 + 0.5) / 2)}
    said = {one.item.event.label: one.said for one in found.first}
    assert said["The lot brings war"][OTHER_CASES].probability == change["planted"]
    tones = next(one for one in found.first_classes if one.seen.case.name == "planted").said[OTHER_CASES]
    assert tones == pytest.approx(np.array([0.5, 0.5, 1.5, 1.5]) / 4)  # the crisis: once mixed, once good
    assert set(found.weights) == set(found.without) == {"planted", "crisis-13-days"}
    lone = [one for one in found.first if one.seen.case.name == "planted"]
    assert found.without["crisis-13-days"] == lone[0].item.brier
    assert found.weights["crisis-13-days"] == 0.0  # the lottery alone would follow whoever says less


def test_status_quo_and_even_chances(found):
    for one in found.first:
        assert one.said[STATUS_QUO].probability == 0.0 and one.said[EVEN].probability == 0.5
    by_name = {item.name: item for item in found.against}
    assert by_name[EVEN].other.value == 0.25 and by_name[STATUS_QUO].other.value == pytest.approx((0 + 1 / 3) / 2)
    assert by_name[BASE].model.questions == 1 and CROWD not in by_name
    assert by_name[EVEN].difference.value == pytest.approx(found.brier.value - 0.25)


def test_base_rates_are_those_known_on_the_day():
    event = ExpectedEvent(
        what="count.launch >= 1", by="2018-12-31", happened=False, label="A launch", source="data", ground="data"
    )
    share = BaseRate(data="base-rates", subset="Korean peninsula, 1954 on", events=["serious clashes", "full-scale war"])
    assert references.base_rate(event, share, dt.date(2018, 3, 9)).probability == pytest.approx(0.5 / 14)
    assert references.base_rate(event, share, dt.date(2007, 1, 1)).probability == pytest.approx(0.5 / 7)
    day = dt.date(2018, 3, 9)
    before = load_dataset("dprk-launches", before=day)
    rate = (len(before.rows) + 0.5) / ((day - before.covers[0]).days / 365.25)
    found = references.base_rate(event, BaseRate(data="dprk-launches"), day)
    assert found.probability == pytest.approx(1 - math.exp(-rate * 298 / 365.25)) and str(len(before.rows)) in found.ground


@pytest.mark.parametrize(
    ("base", "told"),
    [
        (BaseRate(data="base-rates", subset="Korean peninsla, 1954 on", events=["full-scale war"]), "no subset"),
        (BaseRate(data="base-rates", subset="Korean peninsula, 1954 on", events=["war"]), "no event 'war'"),
        (BaseRate(data="base-rates", subset="Korean peninsula, 1954 on"), "names nothing"),
        (BaseRate(data="agreements"), "no dated events"),
        (BaseRate(data="dprk-launchs"), "unknown data set"),
    ],
)
def test_base_rates_that_are_not_there(base, told):
    event = ExpectedEvent(what="deal.exists", by="2018-12-31", happened=False, label="x", source="data", ground="data")
    with pytest.raises(UsageError, match=told) as caught:
        references.base_rate(event, base, dt.date(2018, 3, 9))
    assert caught.value.hint


def test_people_of_the_time_are_asked_near_the_look_and_never_of_what_is_known():
    assert references.crowd("meeting_2018", dt.date(2018, 5, 24)).probability == 0.7
    late = references.crowd("meeting_by_15_june", dt.date(2018, 5, 24))  # nobody had asked before
    assert (late.probability, "2018-05-26" in late.ground) == (0.25, True)
    assert references.crowd("war_by_july_2018", dt.date(2018, 3, 9)) is None  # the last figure is three months old
    assert references.crowd("meeting_2018", dt.date(2018, 6, 12)) is None


def test_shipped_base_rates_are_all_there():
    cases = cases_in()
    references.check_base_rates(cases)
    assert sum(event.base is not None for case in cases for event in case.record.events) > 30


def test_surprises_are_told(found):
    assert found.surprises == [] or all(one.item.chance.share < 0.05 for one in found.surprises)
    (one,) = [one for one in found.first if one.item.event.label == "The lot brings war"]
    assert one.miss > 0.5 and one in found.misses
    sure = one.item.__class__(one.item.event, 0, backtested.share_of(97, 100), 0.0, False)
    assert one.__class__(one.seen, sure, one.said).is_surprise
    rare = one.item.__class__(one.item.event.model_copy(update={"happened": True}), 0, backtested.share_of(4, 100), 0.0, False)
    assert one.__class__(one.seen, rare, one.said).is_surprise
    middling = one.item.__class__(one.item.event, 0, backtested.share_of(95, 100), 0.0, False)
    assert not one.__class__(one.seen, middling, one.said).is_surprise


def test_the_answer_comes_first_and_all_is_data(found):
    told = findings(found)
    assert told[0].split(":")[0] in ("Worse than a coin", "No better than a coin")
    assert any("Summed up, it expected" in text for text in told)
    data = json.loads(json.dumps(as_data(found), allow_nan=False))
    assert [item["look"] for item in data["cases"]] == ["at-start", "at-start", "after-three-days"]
    assert sum(item["n"] for item in data["reliability"]) == 4
    assert data["cases"][2]["effective_sample_size"] == at(found, "crisis-13-days", "after-three-days").fitting
