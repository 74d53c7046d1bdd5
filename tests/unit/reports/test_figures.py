"""Figures are valid, complete and say nothing by colour alone."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from sim.reports import colours, drawing, figures, history_figures
from sim.reports.config import PLOTLY_CONFIG
from sim.reports.content import OutcomeShare
from sim.reports.export import report_figures
from tests.unit.reports import sample


def everything() -> dict[str, figures.Figure]:
    timeline = sample.timeline()
    return {
        **report_figures(sample.content()),
        "timeline": history_figures.timeline(timeline),
        "offers": history_figures.offers(timeline.offers[0]),
    }


@pytest.mark.parametrize("name", list(everything()))
def test_plotly_accepts_the_figure(name: str) -> None:
    """Plotly's own validators refuse unknown attributes and invalid colours."""
    assert drawing.to_plotly(everything()[name]).data


def test_notebook_display_never_offers_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    import plotly.io

    monkeypatch.setattr(plotly.io.renderers, "default", "plotly_mimetype")
    drawn = drawing.to_plotly(everything()["outcomes"])
    bundle = drawn._repr_mimebundle_()
    assert bundle["application/vnd.plotly.v1+json"]["config"]["showSendToCloud"] is False
    assert drawn.to_html() and PLOTLY_CONFIG["plotlyServerURL"] == ""  # plotly pops it from the dict it gets
    assert re.search(r'"showSendToCloud":\s*false', drawn.to_html(include_plotlyjs=False))


def test_figures_are_a_function_of_their_data() -> None:
    assert [drawing.to_json(f) for f in everything().values()] == [drawing.to_json(f) for f in everything().values()]


@pytest.mark.parametrize("narrow", [False, True])
def test_every_share_is_drawn_with_its_interval(narrow: bool) -> None:
    content = sample.content()
    for figure in (
        figures.outcome_shares(content.outcomes, narrow),
        figures.conditional_shares(content.conditionals[0], content.outcomes, narrow),
    ):
        drawn = [trace for trace in figure["data"] if "error_x" in trace]
        assert [trace["type"] for trace in drawn] in (["bar"], ["bar", "scatter"])
        for trace in drawn:
            assert len(content.outcomes) == len(trace["error_x"]["array"]) == len(trace["error_x"]["arrayminus"])
            assert all(reach >= 0 for reach in trace["error_x"]["array"] + trace["error_x"]["arrayminus"])
        bare = [t for t in figure["data"] if "error_x" not in t and t.get("hoverinfo") != "skip"]
        assert bare == []


def test_incidence_has_a_band_for_every_class() -> None:
    figure = figures.incidence(sample.content().incidence)
    bands = [trace for trace in figure["data"] if trace.get("fill") == "tonexty"]
    assert len(sample.CLASSES) == len(bands)


def test_a_class_has_one_colour_in_every_figure() -> None:
    """Also where a figure leaves classes out."""
    content = sample.content()
    part = replace(content.incidence, series=content.incidence.series[2:4])
    lines = [t["line"]["color"] for t in figures.incidence(part, content.outcomes)["data"] if "customdata" in t]
    assert lines == [colours.class_colour(2), colours.class_colour(3)]


def test_columns_of_paths_are_named() -> None:
    content = sample.content()
    named = replace(content.phases, stages=("Start", "Talks", "Meeting", "End"))
    notes = figures.phases(named, content.outcomes)["layout"]["annotations"]
    assert [note["text"] for note in notes] == ["Start", "Talks", "Meeting", "End"]
    assert [note["x"] for note in notes] == sorted(note["x"] for note in notes)


def test_direction_of_an_input_stands_beside_it() -> None:
    drivers = sample.content().drivers[0]
    first = next(item for item in drivers.items if item.distinguishable and item.toward)
    texts = [note["text"] for note in figures.drivers(drivers)["layout"]["annotations"]]
    assert any(first.toward[:30] in text for text in texts)


def test_phone_layout_changes_no_trace() -> None:
    content, timeline = sample.content(), sample.timeline()
    for draw in (
        lambda narrow: figures.outcome_shares(content.outcomes, narrow),
        lambda narrow: figures.incidence(content.incidence, content.outcomes, narrow),
        lambda narrow: figures.phases(content.phases, content.outcomes, narrow),
        lambda narrow: figures.fan(content.fans[0], narrow),
        lambda narrow: figures.drivers(content.drivers[0], narrow),
        lambda narrow: figures.conditional_shares(content.conditionals[0], content.outcomes, narrow),
        lambda narrow: history_figures.timeline(timeline, narrow),
        lambda narrow: history_figures.offers(timeline.offers[0], narrow),
    ):
        assert drawing.plain(draw(False)["data"]) == drawing.plain(draw(True)["data"])


def test_indistinguishable_inputs_differ_in_shape_and_in_words() -> None:
    figure = figures.drivers(sample.content().drivers[0])
    assert {trace["marker"]["symbol"] for trace in figure["data"]} == {"circle", "circle-open"}
    assert any(note["text"] == "not distinguishable" for note in figure["layout"]["annotations"])


def test_sankey_links_have_colours_of_their_own() -> None:
    """Left to plotly.js they are white on a transparent page."""
    (sankey,) = figures.phases(sample.content().phases, sample.content().outcomes)["data"]
    assert len(sankey["link"]["color"]) == len(sankey["link"]["value"]) > 0


def test_lines_that_share_an_axis_differ_in_dash() -> None:
    belief = [t for t in history_figures.timeline(sample.timeline())["data"] if t.get("yaxis") == "y4"]
    assert len(belief) == len({trace["line"]["dash"] for trace in belief}) == 3


def test_json_has_nothing_infinite_and_nothing_that_ends_a_script() -> None:
    figure = {
        "data": [{"y": np.array([1.0, math.nan, math.inf]), "text": "</script><!--", "n": np.int64(3)}],
        "layout": {},
    }
    text = drawing.to_json(figure)
    assert "<" not in text
    assert json.loads(text)["data"][0] == {"y": [1.0, None, None], "text": "</script><!--", "n": 3}


def test_labels_cannot_be_markup_or_templates() -> None:
    outcome = OutcomeShare("x", "<b>%{y}</b><a href='j:'>", 1.0, 0.9, 1.0, 3)
    text = drawing.to_json(figures.outcome_shares([outcome]))
    assert "\\u0026lt;b\\u0026gt;" in text
    assert "%{y}" not in text


def test_palette_has_a_dark_ink_for_every_light_one() -> None:
    used = {*colours.CLASSES, *colours.SERIES, colours.INK, colours.MUTED, colours.GRID}
    assert used <= set(colours.DARK)
    pairs = {(colours.class_colour(n), colours.class_pattern(n)) for n in range(16)}
    assert len(pairs) == 16
