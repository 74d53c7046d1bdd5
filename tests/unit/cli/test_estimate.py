"""The command that estimates rates from dated events."""

from __future__ import annotations

import json

import pytest

from sim.model.diagnostics import cells

WINDOW = ("--from", "2012-02-29", "--to", "2017-11-30")
TALKS = (
    "--spells",
    "dprk-talks",
    "--spells-where",
    "form=restraint,implementation,summits",
    "--from",
    "1998-08-31",
    "--to",
    "2020-04-01",
)


def test_launches_are_estimated_and_set_beside_the_scenario(call):
    answer = call("estimate", "dprk-launches", *WINDOW, "--compare", "summit:launch", "--samples", "19")
    assert answer.code == 0 and answer.err == "playing 38 records to test the fit\n"
    told = " ".join(answer.out.split())
    for words in (
        "54 days with events of dprk-launches, 2012-02-29 to before 2017-11-30", "all the time 54 5.76 9.4 7 to 12",
        "baseline a year 4.1 1.5 1.1 to 7.5", "branching 0.57 0.17 0.25 to open", "half-life in days 26 13", "likelihood ratio 12.6",
        "Beside hazards.launch of summit", "baseline 4.1 4.1 yes", "The range of baseline, 2.5 to 6, is narrower than the interval",
        "the scenario multiplies its baseline by 1 + tension",
    ):  # fmt: skip
        assert words in told, words


def test_rates_in_spells_and_outside_stand_side_by_side(call):
    told = " ".join(call("estimate", "dprk-launches", *TALKS, "--samples", "0").out.split())
    assert "outside dprk-talks 76 15.61 4.9 3.8 to 6.1 in dprk-talks 0 5.99 0 0 to 0.62" in told
    assert "None in spells: below 0.5 a year at 95%" in told and "In spells 0 times as often as outside" in told


def test_json_is_one_object_with_every_number(call):
    words = ("estimate", "dprk-launches", *TALKS, "--samples", "5", "--compare", "summit:launch", "--json")
    answer = call(*words)
    assert answer.err == ""
    found = json.loads(answer.out)
    assert (found["schema"], found["events"], found["earlier_events"]) == (1, 76, 2)
    years, high = pytest.approx(5.989, abs=1e-3), pytest.approx(0.616, abs=1e-3)
    assert found["rates"]["inside"] == {"events": 0, "years": years, "rate": 0.0, "low": 0.0, "high": high}
    assert set(found["self_exciting"]) == {
        "baseline",
        "branching",
        "half_life",
        "long_run_rate",
        "log_likelihood",
        "likelihood_ratio",
    }
    assert found["assessment"]["samples"] == 5
    compared = {row["path"]: (row["agrees"], row["range_holds"]) for row in found["compared"]["values"]}
    assert compared["hazards.launch.paused_rate"] == (True, False) and compared["hazards.launch.baseline"] == (
        False,
        False,
    )
    assert call(*words).out == answer.out


def test_constant_rates_need_no_more_than_one_event(call):
    words = ("--kind", "poisson", "--from", "2006-01-01", "--to", "2007-01-01", "--compare", "summit:icbm_or_nuclear")
    answer = call("estimate", "dprk-major-tests", *words)
    told = " ".join(answer.out.split())
    assert answer.code == 0 and answer.err == "" and "1 day with events" in told and "1 1.00 1 0.025 to 5.6" in told
    assert "rate 3.2 1 yes" in told


def test_too_few_events_for_excitation_are_told_and_rates_are_given(call):
    answer = call(
        "estimate", "dprk-major-tests", "--where", "test=nuclear", "--from", "2006-01-01", "--to", "2013-01-01"
    )
    assert answer.code == 0 and answer.err == ""
    assert "No self-exciting hazard: 2 events outside pauses are too few" in " ".join(answer.out.split())


def test_only_what_was_known_before_a_date_is_seen(call):
    """As of 9 March 2018 nobody knew how the summits would go: the last spell has no end, and no event after it counts."""
    early = call(
        "estimate", "dprk-launches", "--before", "2018-03-09", "--spells", "dprk-talks", "--samples", "0", "--json"
    )
    found = json.loads(early.out)
    assert found["end"] == "2018-03-09" and found["events"] == 60
    late = call("estimate", "dprk-launches", "--before", "2018-03-09", "--to", "2019-01-01")
    assert late.code == 2 and "reaches beyond what is covered, 1993-01-01 to before 2018-03-09" in " ".join(
        late.err.split()
    )


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_lines_keep_within_the_terminal(call, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    answer = call("estimate", "dprk-launches", *TALKS, "--samples", "5", "--compare", "summit:launch")
    assert [line for line in answer.out.splitlines() if cells(line) > width] == []


def test_spells_that_lie_elsewhere_are_told(call):
    answer = call("estimate", "dprk-launches", "--spells", "dprk-talks", "--from", "2016-01-01", "--to", "2018-01-01", "--samples", "0")
    assert "No spell of dprk-talks lies in the window." in answer.out and "outside dprk-talks" not in answer.out


def test_growth_is_not_told_as_a_long_run(call):
    answer = call(
        "estimate",
        "dprk-launches",
        "--spells",
        "dprk-talks",
        "--from",
        "1998-08-31",
        "--to",
        "2020-04-01",
        "--samples",
        "0",
    )
    assert "there is no long run" in " ".join(answer.out.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("dprk-launches", "--kind", "hawkes"), "--kind: expected self_exciting or poisson, found 'hawkes'"),
        (("dprk-launches", "--compare", "launch"), "--compare: expected SCENARIO:HAZARD, found 'launch'"),
        (("dprk-launches", *WINDOW, "--samples", "0", "--compare", "summit:lanch"), "summit has no hazard 'lanch'"),
        (("dprk-launches", *WINDOW, "--samples", "0", "--compare", "summit:exercises"), "comes on fixed dates and has no rate"),
        (("dprk-launches", "--spells-where", "form=talks"), "--spells-where is for the data set that --spells names"),
        (("dprk-launches", "--spells", "dprk-timeline"), "dprk-timeline: expected a data set of spells, found one of events"),
        (("base-rates",), "base-rates: expected a data set of events, found one of counts"),
        (("dprk-launches", "--confidence", "1"), "expected a confidence between 0 and 1, found 1"),
        (("dprk-launches", "--from", "2018-01-01", "--to", "2019-01-01"), "no event from 2018-01-01 to before 2019-01-01"),
        (("dprk-launches", "--samples", "-1"), "expected whole numbers from 0 on"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_gets_one_message(call, words, message):
    answer = call("estimate", *words)
    assert answer.code == 2 and message in " ".join(answer.err.split())
    assert answer.err.count("error:") == 1 and "Traceback" not in answer.err
