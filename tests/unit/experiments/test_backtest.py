"""Cases of the back-test: what is asked of them, that asking changes no history, and every slip told before anything is played."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.errors import ScenarioError, StoreError, UsageError
from sim.experiments.backtest.campaign import Campaign, directory_name
from sim.experiments.backtest.cases import AT_START, cases_in
from sim.experiments.replicate import run_scenario
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests import backtested


@pytest.fixture
def folder(tmp_path):
    return backtested.folder_of_cases(tmp_path / "cases")


def test_shipped_cases_are_found_by_their_beginnings():
    cases = cases_in()
    assert [case.name for case in cases][:2] == ["cuba-1962", "agreed-framework-1994"] and len(cases) == 6
    assert [case.spec.start for case in cases] == sorted(case.spec.start for case in cases)
    assert [look.name for look in cases[-1].looks] == [AT_START, *cases[-1].record.looks]
    assert all(look.given for look in cases[-1].looks[1:])
    assert [case.fitted for case in cases] == [""] * 5 + ["as-of-2018-03-09"]


def test_a_look_leaves_open_what_comes_after_it(folder):
    case = cases_in([folder])[1]
    start, later = case.looks
    assert [n for n, _ in case.events_after(start)] == [0, 1, 2] and [n for n, _ in case.events_after(later)] == [1, 2]
    assert [item.class_ for item, _ in case.readings_after(start)] == ["standoff", "settled"]
    assert [item.class_ for item, _ in case.readings_after(later)] == ["settled"]


def test_what_is_asked_changes_no_history(folder, tmp_path):
    """Nor does the evidence of the looks, which is asked too: rows are those of an ordinary run, with and without it."""
    file = folder / "crisis-13-days.yaml"
    campaign = Campaign(cases_in([folder]), 1, tmp_path / "played", engine="simpy", workers=1)
    asked = campaign.play(40).runs["crisis-13-days"].results
    for variant in (None, "after-three-days"):
        plain = run_scenario(
            complete(load_scenario(file, variant=variant)), seed=1, replications=40, engine="simpy", workers=1, reports=tmp_path
        ).stored.results
        for name in plain:
            if name != "given":
                assert np.array_equal(plain[name].astype(str), asked[name].astype(str)), name
        if variant is not None:
            assert np.array_equal(plain["given"], asked["metric:backtest_fits_1"])


def test_more_histories_are_added_and_none_is_played_twice(folder, tmp_path):
    cases = cases_in([folder])
    place = tmp_path / directory_name(cases, 1)

    def play(number):
        campaign = Campaign(cases, 1, place, engine="simpy", workers=1)
        found = campaign.play(number)
        return campaign.num_computed, found.runs["planted"].digest(), found

    first, again, more = play(25), play(25), play(50)  # whole blocks
    assert (first[0], again[0], more[0]) == (50, 0, 50) and first[1] == again[1]
    assert [case["name"] for case in json.loads((place / "backtest.json").read_text())["cases"]] == ["planted", "crisis-13-days"]
    fewer = Campaign(cases, 1, place, engine="simpy", workers=1).play(20)
    assert len(fewer.rows(cases[0], ["outcome"])["outcome"]) == 20
    whole = Campaign(cases, 1, tmp_path / "whole", engine="simpy", workers=1).play(50)
    assert whole.runs["planted"].digest() == more[1]


def test_another_back_test_or_anything_else_is_not_overwritten(folder, tmp_path):
    cases = cases_in([folder])
    Campaign(cases, 1, tmp_path / "mine")
    with pytest.raises(StoreError, match="another back-test"):
        Campaign(cases, 2, tmp_path / "mine")
    with pytest.raises(StoreError, match="other things already"):
        Campaign(cases, 1, folder)


def replaced(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("what: max_rung >= 4", "what: max_rank >= 4", "max_rank"),
        ("looks: {after-three-days: 2031-10-19}", "looks: {after-four-days: 2031-10-19}", "unknown variant 'after-four-days'"),
        ("looks: {after-three-days: 2031-10-19}", "looks: {after-three-days: 2031-10-18}", "came after it"),
        ("looks: {after-three-days: 2031-10-19}", "looks: {no-talks: 2031-10-19}", "tracks.cables.enabled"),
        ("days: 2031-10-19}", "days: 2031-10-19, after-war: 2031-10-17}", "order the looks by date"),
    ],
)
def test_slips_of_a_record_are_told_before_anything_is_played(folder, old, new, told):
    replaced(folder / "expected" / "crisis-13-days.yaml", old, new)
    with pytest.raises(ScenarioError) as caught:
        cases_in([folder])
    assert told in f"{caught.value} {caught.value.hint}"


def test_evidence_that_cannot_be_is_refused(folder):
    replaced(folder / "crisis-13-days.yaml", "not (deal.exists by 2031-10-19)", "max_rung > 7 by 2031-10-19")
    with pytest.raises(ScenarioError, match="can never be true"):
        cases_in([folder])


def test_folders_without_cases_and_halves_of_cases(folder, tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        cases_in([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no cases") as caught:
        cases_in([tmp_path / "empty"])
    assert "expected/" in caught.value.hint
    with pytest.raises(UsageError, match="is there already"):
        cases_in([folder, folder / "planted.yaml"])
    (folder / "planted.yaml").rename(folder / "other.yaml")
    with pytest.raises(UsageError, match="no case of this name"):
        cases_in([folder])
    (folder / "expected" / "planted.yaml").unlink()
    with pytest.raises(UsageError, match="no record"):
        cases_in([folder])


SETS = """
targets: [{figure: "share:outcome=settled", low: .1, high: .9, date: 2031-10-01}]
"""


def with_sets(folder, **befores):
    """The crisis with a fitted variant for each day, of another number of draws each."""
    file = folder / "crisis-13-days.yaml"
    part = "".join(
        f"  {name}:\n    fitted: {{{'before: ' + day + ', ' if day else ''}targets: ['share:outcome=settled'], paths: [choice.leaders]}}\n"
        f"    set: {{choice.leaders: {n}}}\n"
        for n, (name, day) in enumerate(befores.items(), 7)
    )
    file.write_text(file.read_text("utf-8") + part + SETS, "utf-8")
    return cases_in([folder])[1]


def test_a_case_is_played_with_values_fitted_to_what_was_known_before_it(folder):
    stands = cases_in([folder])[1]
    case = with_sets(folder, afterwards="2031-12-01", before="2031-10-10", hindsight="")
    assert (stands.fitted, case.fitted) == ("", "before")
    assert case.completed["choice"]["leaders"] == 8 != stands.completed["choice"]["leaders"]
    assert [(look.name, look.given) for look in case.looks] == [(look.name, look.given) for look in stands.looks]


def test_values_fitted_to_what_came_later_are_never_played(folder):
    case = with_sets(folder, afterwards="2031-12-01", hindsight="")
    assert case.fitted == "" and case.completed["choice"]["leaders"] not in (7, 8)


def test_two_fitted_sets_of_one_case_are_refused(folder):
    with pytest.raises(ScenarioError, match="2 variants are fitted to data from before 2031-10-16: one, other"):
        with_sets(folder, one="2031-10-10", other="2031-10-12")
