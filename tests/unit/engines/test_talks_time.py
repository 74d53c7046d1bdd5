"""Time in talks, and events during it, are those that the log of a history shows."""

from __future__ import annotations

import math

import pytest

from sim import resources
from sim.experiments.replay import replay
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

CASE = compile_case(complete(load_scenario(resources.scenario_path("summit"))))


@pytest.mark.parametrize("number", range(10))
def test_days_and_events_in_talks_are_those_of_the_log(number):
    history = replay(CASE, number, 1)
    on = bool(history.samples[0].talks_on)
    since, days = 0.0, 0.0
    during = dict.fromkeys((hazard.counts_as or name for name, hazard in CASE.spec.hazards.items()), 0)
    for item in history.happenings:
        if item.kind == "talks":
            if item.details["opens"]:
                since, on = item.time, True
            else:
                days, on = days + item.time - since, False
        elif item.kind == "event" and on:
            hazard = CASE.spec.hazards[item.details["hazard"]]
            during[hazard.counts_as or item.details["hazard"]] += 1
            mark = item.details["mark"]
            if mark and (other := hazard.mark_effects[mark].also_counts_as if mark in hazard.mark_effects else None):
                during[other] += 1
    if on:
        days += history.ended - since
    assert history.row["count:talks_days"] == pytest.approx(days, abs=1e-9)
    counted = {name: history.row[f"count:events_in_talks.{name}"] for name in during}
    assert counted == during
    assert all(counted[name] <= history.row[f"count:events.{name}"] for name in during)
    assert not math.isnan(days)


def test_there_are_events_in_talks_and_outside_them():
    rows = [replay(CASE, number, 1).row for number in range(10)]
    inside = sum(row["count:events_in_talks.exercises"] for row in rows)
    assert 0 < inside < sum(row["count:events.exercises"] for row in rows)
    assert 0.0 < sum(row["count:talks_days"] for row in rows) < 10 * 1095.0
