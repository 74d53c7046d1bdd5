"""The page of a sensitivity analysis."""

from __future__ import annotations

import html

import pytest

from sim.analysis.sensitivity_words import findings
from sim.reports import sensitivity_figures as figures
from sim.reports.sensitivity_report import render_sensitivity
from tests.analysed import analysed


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return analysed(tmp_path_factory.mktemp("runs"))


def test_the_page_tells_the_answer_first_and_then_everything_else(found):
    text = html.unescape(render_sensitivity(found))
    sections = ('id="of-war"', 'id="of-metric-line"', 'id="factors"', 'id="method"', 'id="limits"', 'id="again"')
    places = [text.index(part) for part in (*findings(found), *sections)]
    assert places == sorted(places)
    assert "Whether it has settled" in text and "Saltelli and others 2010" in text
    assert render_sensitivity(found) == render_sensitivity(found), "the same analysis gives the same page"


def test_bars_have_both_orders_with_their_intervals(found):
    answer = found.answers[0]
    figure = figures.bars(found, answer)
    lines = [trace["x"] for trace in figure["data"] if trace["mode"] == "lines"]
    for place in (0, 2):
        for item in (answer.indices.first[place], answer.indices.total[place]):
            assert [0.0, item.value] in lines and [item.low, item.high] in lines
    assert figure["layout"]["yaxis"]["range"][0] > 2


def test_convergence_has_the_totals_at_every_number_of_samples(found):
    answer = found.answers[0]
    traces = [trace for trace in figures.convergence(found, answer)["data"] if trace["mode"] == "lines+markers"]
    assert [len(trace["y"]) for trace in traces] == [len(answer.growing)] * 3
    assert traces[0]["y"][-1] == answer.indices.total[0].value


def test_a_screening_shows_sizes(tmp_path):
    text = html.unescape(render_sensitivity(analysed(tmp_path, "morris", 20)))
    assert "A step across half of the range of a factor" in text and "Whether it has settled" not in text
    assert "Mean size (mu*)" in text
