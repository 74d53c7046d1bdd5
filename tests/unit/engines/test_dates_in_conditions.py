"""What was true by a date, and how things stood at one: remembered as it happened, and nothing else moves for it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines import batch_engine, event_engine
from tests.played import SEED, case_of

NUMBER = 300
IN_PYTHON = 25  # of them played in plain Python as well
ASKED = {
    "metrics.met": "if(summit.held >= 1 by 2018-06-15, 1, 0)",
    "metrics.cancelled": "if(summit.cancelled by 2018-05-24, 1, 0)",
    "metrics.war": "if(rung >= 9 by 2019-12-31, 1, 0)",
    "metrics.launched": "if(count.launch >= 2 by 2018-09-01, 1, 0)",
    "metrics.never": "if(not (deal.exists by 2018-12-31), 1, 0)",
    "metrics.rounds": "working.held at 2018-08-01",
    "metrics.highest": "max_rung at 2019-03-08",
    "metrics.long": "if(held(talks_on, 30 days) by 2018-07-01, 1, 0)",
    "metrics.last": "tension at 2021-03-07",
}
START, DAYS = "2018-03-09", {"2018-06-15": 99, "2018-05-24": 77, "2019-12-31": 663, "2018-12-31": 298, "2019-03-08": 365}


@pytest.fixture(scope="module")
def played():
    return batch_engine.run_block(case_of("summit", ASKED), range(NUMBER), SEED)["results"]


def test_asking_changes_nothing_else(played):
    plain = batch_engine.run_block(case_of("summit"), range(NUMBER), SEED)["results"]
    for name, values in plain.items():
        assert np.array_equal(values.astype(str), played[name].astype(str)), name


def test_both_engines_remember_the_same(played):
    again = event_engine.run_block(case_of("summit", ASKED), range(IN_PYTHON), SEED)["results"]
    for name in (name for name in played if name.startswith("metric:")):
        assert np.array_equal(played[name][:IN_PYTHON], again[name]), name


@pytest.mark.parametrize(
    ("metric", "time", "date"),
    [("met", "meeting", "2018-06-15"), ("cancelled", "cancellation", "2018-05-24"), ("war", "major_war", "2019-12-31")],
)
def test_by_a_date_is_before_the_end_of_that_day(played, metric, time, date):
    came = played[f"time:{time}"] < DAYS[date]
    assert np.array_equal(played[f"metric:{metric}"] == 1.0, came)
    assert 0 < came.sum() < NUMBER


def test_what_has_not_come_by_a_date_may_come_later(played):
    assert np.array_equal(played["metric:never"] == 1.0, ~(played["time:deal"] < DAYS["2018-12-31"]))
    assert (np.isfinite(played["time:deal"]) & (played["metric:never"] == 1.0)).any()


def test_at_a_date_is_what_it_was_then_and_not_what_it_became(played):
    case = case_of("summit", ASKED)
    short = batch_engine.run_block(case_of("summit", {"horizon": "365 days", "readings": []}), range(NUMBER), SEED)["results"]
    assert case.spec.start.isoformat() == START
    assert np.array_equal(played["metric:highest"], short["max_rung"])
    assert (played["metric:highest"] < played["max_rung"]).any()


def test_the_last_day_is_how_things_stand_at_the_horizon(played):
    # The last look before the end is at most a pulse of seven days old, in which tension fades by a few hundredths.
    assert np.abs(played["metric:last"] - played["tension"]).max() < 0.05


def test_a_condition_that_lasts_may_have_lasted_by_a_date(played):
    assert 0 < played["metric:long"].sum() < NUMBER


def test_before_its_date_has_come_a_reading_sees_the_present():
    """Outcome classes are read at dates before and after the one that they name."""
    when = "summit.held >= 1 by 2018-09-04"
    case = case_of("summit", {"readings": ["90 days", "3 years"], "outcomes.1.when": f"rung >= 9 or {when}"})
    results = batch_engine.run_block(case, range(60), SEED)["results"]
    name = case.spec.outcomes[1].id
    met = results["time:meeting"]
    peaceful = ~np.isfinite(results["time:major_war"])
    assert np.array_equal((results["outcome@90"] == name)[peaceful], (met < 90.0)[peaceful])
    assert np.array_equal((results["outcome"] == name)[peaceful], (met < 180.0)[peaceful])
