"""The page of a search for the smallest change."""

from __future__ import annotations

import html

import pytest

from sim.analysis.what_if_words import findings
from sim.reports import what_if_figures as figures
from sim.reports.what_if_report import render_what_if
from tests.wished import searched, two_inputs


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("search") / "x", two_inputs(), "share(war) >= 0.4", 40)


@pytest.fixture(scope="module")
def missed(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("missed") / "x", two_inputs(), "share(war) >= 0.9", 40, most=1.0)


def texts(figure):
    return [note["text"] for note in figure["layout"]["annotations"]]


def test_the_page_tells_the_answer_first_and_then_everything_else(found):
    text = html.unescape(render_what_if(found))
    sections = [f'<section id="{name}"' for name in ("lengths", "change", "alone", "scales", "method", "limits", "again")]
    places = [text.index(part) for part in (*findings(found), *sections)]
    assert places == sorted(places)
    assert "a logistic regression" in text and "sim what-if case.yaml --target" in text
    assert render_what_if(found) == render_what_if(found), "the same search gives the same page"


def test_bars_are_as_long_as_the_changes_that_were_tested(found):
    figure = figures.lengths(found)
    bars = [trace["x"] for trace in figure["data"] if trace["mode"] == "lines" and trace["line"]["width"] == 13]
    changes = [found.joint, *found.singles] if found.joint.reaches(found.target) else list(found.singles)
    assert bars == [[0.0, item.length] for item in changes] and bars
    assert "at best" in texts(figure)[-1], "z does nothing"


def test_where_nothing_reaches_it_the_page_shows_how_near_it_comes(missed):
    text = html.unescape(render_what_if(missed))
    assert "How near it comes to the target" in text and "The best that was reached" in text
    figure = figures.reached(missed)
    points = [trace["x"][0] for trace in figure["data"] if trace["mode"] == "markers"]
    assert points[0] == 100 * missed.best.level.value and points[-1] == 100 * missed.base.value
    assert figure["data"][-1]["x"] == [90.0, 90.0], "the target"


def test_responses_pass_through_what_was_found_at_each_change(found):
    traces = [trace for trace in figures.responses(found)["data"] if trace["mode"] == "lines+markers"]
    for trace, item in zip(traces, figures.drawn(found), strict=True):
        assert trace["y"] == [100 * level.value for level in item.levels]


def test_a_change_of_levers_alone_is_told_as_options(tmp_path):
    from tests.planted import planted_scenario

    levers = {"dial": {"path": "parameters.x.number", "label": "Dial", "who": "one", "range": [0, 1]}}
    found = searched(tmp_path / "x", planted_scenario({"x": 0.2}, "x", levers=levers), "share(war) >= 0.5", 40, levers=True)
    shown = found.answer or found.best
    assert f"--set parameters.x.number={shown.parts[0].after:.6g}" in html.unescape(render_what_if(found))
