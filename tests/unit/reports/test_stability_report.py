"""The page of a conflict in option form, and the graph on it."""

from __future__ import annotations

import itertools
import math

import pytest

from sim import resources
from sim.analysis.stability.verdicts import StabilityResult
from sim.analysis.stability.words import findings
from sim.model.stability.load import load_conflict
from sim.reports.stability_figures import move_graph, positions
from sim.reports.stability_report import render_stability


@pytest.fixture(scope="module", params=["elmira", "missiles"])
def result(request):
    return StabilityResult(load_conflict(resources.conflict_path(request.param)).conflict)


def test_the_page_tells_the_equilibria_first_and_every_state(result):
    page = render_stability(result, "conflict.yaml")
    assert page.index(findings(result)[0]) < page.index("Who can move where</h2>") < page.index('id="states"')
    for state in range(len(result.conflict.states)):
        assert page.count(f"<b>{state + 1}</b> ") == 2  # in the table and above its reasons
    assert "sim stability conflict.yaml" in page
    assert page.count('<details class="why">') == len(result.conflict.states)


def test_the_page_is_the_same_for_the_same_conflict_and_asks_nobody(result):
    page = render_stability(result, "conflict.yaml")
    assert page == render_stability(result, "conflict.yaml")
    assert "default-src &#39;none&#39;" in page
    assert not any(f'{attribute}="http' in page for attribute in ("src", "href"))


def test_no_two_states_stand_in_one_place(result):
    for one, other in itertools.combinations(positions(result.conflict), 2):
        assert math.dist(one, other) > 0.5


def test_merged_states_stand_below_the_rest():
    conflict = load_conflict(resources.conflict_path("elmira")).conflict
    *single, merged = positions(conflict)
    assert merged[1] > max(y for _, y in single) + 0.5


def test_each_improvement_is_one_strong_arrow(result):
    """One gap a line, so that lines can be counted; and a head on each."""
    figure = move_graph(result, narrow=False)
    model = result.conflict.model
    strong = [trace for trace in figure["data"] if trace.get("showlegend")]
    assert [trace["name"] for trace in strong] == list(result.conflict.players)
    for player, trace in enumerate(strong):
        improvements = sum(targets.bit_count() for targets in model.improvements[player])
        assert sum(x is None for x in trace["x"]) == max(improvements, 1 if not improvements else 0)
        assert sum(size > 0 for size in trace["marker"]["size"]) == improvements


def test_narrow_and_wide_share_their_traces(result):
    assert move_graph(result, narrow=True)["data"] == move_graph(result, narrow=False)["data"]
