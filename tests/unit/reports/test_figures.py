"""Figures are valid, complete and say nothing by colour alone."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from sim.reports import colours, drawing, figures, history_figures
from sim.reports.config import PLOTLY_CONFIG
from sim.reports.content import Driver, OutcomeShare
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
    assert [note["text"] for note in notes][:4] == ["Start", "Talks", "Meeting", "End"]
    assert [note["x"] for note in notes[:4]] == sorted(note["x"] for note in notes[:4])


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_every_station_of_the_paths_is_named_beside_it_with_its_number(narrow: bool) -> None:
    content = sample.content()
    notes = figures.phases(content.phases, content.outcomes, narrow)["layout"]["annotations"]
    texts = {" ".join(re.sub("<br>|</?b>", " ", note["text"]).split()) for note in notes}
    reached = {link.target for link in content.phases.links} | {link.source for link in content.phases.links}
    for node in content.phases.nodes:
        assert any(re.fullmatch(f"{node.label} [\\d,]+", text) for text in texts) is (node.id in reached), node.label


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_stations_of_a_column_keep_apart(narrow: bool) -> None:
    """Plotly sizes a node by the scale of the fullest column; the places given must leave room for that."""
    content = sample.content().phases
    totals = figures._node_totals(content, content.links)
    layout = figures.phases(content, narrow=narrow)["layout"]
    height = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    places = figures._node_places(content, totals, figures.BETWEEN / height)
    columns: dict[float, list[tuple[float, int]]] = {}
    for node, (x, y) in zip(content.nodes, places, strict=True):
        columns.setdefault(x, []).append((y, totals[node.id]))
    weights = [sum(size for _, size in column) for column in columns.values()]
    scale = min(
        (height - figures.BETWEEN * (len(c) - 1)) / w for c, w in zip(columns.values(), weights, strict=True)
    )
    for column in columns.values():
        edges = [(height * y - scale * size / 2, height * y + scale * size / 2) for y, size in column]
        assert all(after[0] - before[1] > figures.BETWEEN - 2 for before, after in itertools.pairwise(edges))
        assert edges[0][0] > -2 and edges[-1][1] < height + 2


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_name_and_direction_of_an_input_stand_over_it_in_full(narrow: bool) -> None:
    long = Driver("a.b", "A-land: " + "long " * 20 + "name", 0.2, 0.1, 0.3, True, "higher: " + "very " * 24 + "likely")
    drivers = replace(sample.content().drivers[0], items=(*sample.content().drivers[0].items, long))
    layout = figures.drivers(drivers, narrow)["layout"]
    for row, item in enumerate(drivers.items):
        notes = [note for note in layout["annotations"] if note.get("y") == row and note["xanchor"] == "left"]
        over = sorted(notes, key=lambda note: -note["yshift"])
        told = item.toward if item.distinguishable else "not distinguishable from noise"
        assert " ".join(note["text"] for note in over) == " ".join(f"{item.label} {told}".split())
        assert all(len(note["text"]) <= (54 if narrow else 96) for note in over)
        heights = [note["yshift"] for note in over]
        assert all(a - b >= 15 for a, b in itertools.pairwise(heights))


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_axes_are_marked_at_both_ends(narrow: bool) -> None:
    content, timeline = sample.content(), sample.timeline()
    drawn = {
        "outcomes": figures.outcome_shares(content.outcomes, narrow),
        "incidence": figures.incidence(content.incidence, content.outcomes, narrow),
        "fan": figures.fan(content.fans[0], narrow),
        "drivers": figures.drivers(content.drivers[0], narrow),
        "conditional": figures.conditional_shares(content.conditionals[0], content.outcomes, narrow),
        "timeline": history_figures.timeline(timeline, narrow),
    }
    for name, figure in drawn.items():
        axes = [axis for key, axis in figure["layout"].items() if key.startswith("xaxis")]
        assert axes
        for axis in axes:
            marked, reached = (axis["tickvals"][0], axis["tickvals"][-1]), axis["range"]
            for mark, end in zip(marked, reached, strict=True):
                assert mark == (end[:10] if isinstance(end, str) else end), name
            assert len(axis["tickvals"]) == len(axis["ticktext"]) <= 9
    panels = [note["text"] for note in drawn["incidence"]["layout"]["annotations"]]
    assert panels.count("Mar 2031") == panels.count("Mar 2035") == len(content.incidence.series)


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
    assert any(note["text"] == "not distinguishable from noise" for note in figure["layout"]["annotations"])


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


def test_classes_have_colours_that_suit_their_tone() -> None:
    tones = ["worst", "bad", "good", "good", "good", "mixed", "bad", "mixed"]
    assert colours.class_places(tones) == list(range(8))  # the palette is in this order
    assert [colours.CLASSES[place] for place in colours.class_places(["good", "bad"])] == [colours.GREEN, colours.ORANGE]
    assert colours.class_places([""] * 8) == list(range(8))
    many = colours.class_places(["good"] * 10)
    assert len(set(many)) == 10 and [place // 8 for place in many] == [0] * 8 + [1] * 2
    assert colours.class_colour(many[8]) == colours.GREEN
