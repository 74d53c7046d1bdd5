"""The page of a search over levers."""

from __future__ import annotations

import html

import pytest

from sim.analysis.pareto_words import findings
from sim.reports import pareto_figures as figures
from sim.reports.pareto_report import render_pareto
from tests.pareto_case import searched

COMMAND = ["sim", "pareto", "planted.yaml", "--levers", "push,noise"]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("pareto"), points=16, histories=60, fresh=200)


def test_the_page_tells_the_answer_first_and_then_everything_else(found):
    text = html.unescape(render_pareto(found, COMMAND))
    sections = ('id="front"', 'id="luck"', 'id="settings"', 'id="method"', 'id="limits"', 'id="again"')
    places = [text.index(part) for part in (*findings(found), *sections)]
    assert places == sorted(places)
    assert "sim pareto planted.yaml --levers push,noise" in text
    assert "sim compare planted.yaml --policy 'first: parameters.push.number=" in text
    assert render_pareto(found, COMMAND) == render_pareto(found, COMMAND)


def test_the_front_shows_all_that_was_tried_what_was_kept_and_the_case_as_described(found):
    data = figures.front(found)["data"]
    tried, *_, kept, described = data
    assert len(tried["x"]) == 32 and len(kept["x"]) == len(found.settings) and described["x"] == [found.described[0].value]
    assert kept["y"] == [item.fresh[1].value for item in found.settings]
    assert sum(trace["mode"] == "lines" for trace in data) == 2 * len(found.settings)


def test_gains_are_drawn_against_what_they_seemed_to_be(found):
    data = figures.luck(found)["data"]
    assert [trace["x"] for trace in data[2::3]] == [[1.0], [1.0]]
    assert data[1]["x"][0] == pytest.approx(found.luck[0].gained.value / found.luck[0].seemed)
