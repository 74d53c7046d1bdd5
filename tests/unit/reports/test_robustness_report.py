"""The page of robust choice."""

from __future__ import annotations

import html

import pytest

from sim.analysis.robustness_words import findings
from sim.reports import robustness_figures as figures
from sim.reports.robustness_report import render_robustness
from tests.robust_case import judged

COMMAND = ["sim", "robust", "planted.yaml", "--policies", "all", "--at-most", "0.4", "--seed", "1"]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("robust"))


def test_the_page_tells_the_answer_first_and_then_everything_else(found):
    text = html.unescape(render_robustness(found, COMMAND))
    sections = ('id="where"', 'id="regret"', 'id="criteria"', 'id="arms"', 'id="method"', 'id="limits"', 'id="again"')
    places = [text.index(part) for part in (*findings(found), *sections)]
    assert places == sorted(places)
    assert "sim robust planted.yaml --policies all --at-most 0.4 --seed 1" in text
    assert "sim compare planted.yaml --policies all --seed 1" in text
    assert "Meets at most 40.0% at" in text and "dealt into 5 parts" in text


def test_the_same_result_gives_the_same_page(found):
    assert render_robustness(found, COMMAND) == render_robustness(found, COMMAND)


def test_the_heat_map_has_an_arm_a_row_and_a_slice_a_column(found):
    assert found.driver is not None
    figure = figures.heat(found, found.driver)
    (trace,) = figure["data"]
    assert len(trace["z"]) == 3 and {len(row) for row in trace["z"]} == {10}
    assert figure["layout"]["yaxis"]["ticktext"] == [item.arm for item in found.standings]
    assert len(figures.heat(found, found.driver, narrow=True)["layout"]["xaxis"]["ticktext"]) == 3


def test_regret_is_drawn_with_its_interval(found):
    figure = figures.regrets(found)
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    tail = found.standings[0].regret.tail
    assert lines[0]["x"] == [tail.low, tail.high] and len(lines) == 2 * len(found.standings)
