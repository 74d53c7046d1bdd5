"""Pages of drivers and of discovery: what stands on them, and that they stand alone."""

from __future__ import annotations

import json
import re

import pytest

from sim.reports.page import MAX_BYTES
from tests.unit.reports import discovery_sample as sample

CHART = re.compile(r'<script type="application/json" id="([a-z0-9-]+)-data">(.*?)</script>', re.DOTALL)


def charts(page: str) -> dict[str, dict]:
    return {name: json.loads(text) for name, text in CHART.findall(page) if name.startswith("chart-")}


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)).split())


@pytest.fixture(scope="module")
def drivers() -> str:
    return sample.drivers_page()


@pytest.fixture(scope="module")
def discovery() -> str:
    return sample.discovery_page()


def test_a_page_of_drivers_has_the_answer_bars_curves_and_all_inputs(drivers):
    text = plain(drivers)
    assert "What moves the outcome" in text and "The outcome hangs most on B-land: " in text
    found = charts(drivers)
    assert "chart-inputs" in found and {name for name in found if name.startswith("chart-course-")} >= {"chart-course-1", "chart-course-2"}
    assert drivers.count('<tr><th scope="row">') >= 5
    assert "Computed from 1,500 of the 3,000 histories, evenly spaced." in text
    assert "One input is the same in all histories and left out: actors.A.patience." in text


def test_bars_show_each_input_with_its_interval_and_the_floor_of_its_kind(drivers):
    figure = charts(drivers)["chart-inputs"]
    marks = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert sum(len(trace["x"]) for trace in marks) == 5
    assert all("error_x" in trace for trace in marks)
    bands = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert len(bands) == 5 and len({shape["x1"] for shape in bands}) > 1  # numbers and words have different floors
    assert figure["layout"]["xaxis"]["ticktext"][-1].endswith("%")


def test_curves_of_numbers_are_lines_with_bands_and_those_of_words_points_with_whiskers(drivers):
    by_title = {figure["layout"]["xaxis"]["title"]["text"]: figure for name, figure in charts(drivers).items() if "course" in name}
    line, words = by_title["B-land: patience"], by_title["B-land: mood"]
    assert all(trace["mode"] in ("lines", "lines+markers") for trace in line["data"])
    assert [trace["fill"] for trace in line["data"] if "fill" in trace]
    assert all(trace["mode"] == "markers" and "error_y" in trace for trace in words["data"])
    assert words["layout"]["xaxis"]["ticktext"] == ["calm", "very tense"]


def test_one_class_is_drawn_with_its_share_among_all_and_a_time_by_its_median():
    clash = charts(sample.drivers_page(asked_about="clash"))["chart-course-1"]
    assert any(shape["line"]["dash"] == "dot" for shape in clash["layout"]["shapes"])
    page = sample.drivers_page(asked_about="time")
    time = charts(page)["chart-course-1"]
    assert time["layout"]["yaxis"]["title"]["text"] == "days" and time["data"][-1]["name"] == "median"
    assert "Never or missing" in page


def test_a_page_of_discovery_has_boxes_pairs_trajectory_and_tree(discovery):
    text = plain(discovery)
    assert "Where \u201cOpen clash\u201d comes" in text and "\u201cOpen clash\u201d came in " in text
    assert "B-land: mood is \u201cvery tense\u201d" in text and "without this limit it comes in" in text
    found = charts(discovery)
    assert {"chart-box-1-1", "chart-path-1"} <= set(found)
    assert '<ul class="tree">' in discovery and discovery.count('class="bar"') >= 3


def test_a_pair_shows_the_box_as_a_frame_and_hits_by_shape_and_colour(discovery):
    figure = charts(discovery)["chart-box-1-1"]
    others, hits = figure["data"]
    assert (others["name"], hits["name"]) == ("other histories", "\u201cOpen clash\u201d")
    assert others["marker"]["symbol"] != hits["marker"]["symbol"] and others["marker"]["color"] != hits["marker"]["color"]
    frame = figure["layout"]["shapes"][0]
    inside = [frame["x0"] <= x <= frame["x1"] and frame["y0"] <= y <= frame["y1"] for x, y in zip(hits["x"], hits["y"], strict=True)]
    outside = [frame["x0"] <= x <= frame["x1"] and frame["y0"] <= y <= frame["y1"] for x, y in zip(others["x"], others["y"], strict=True)]
    assert sum(inside) / len(inside) > 0.6 and sum(outside) / len(outside) < 0.2


def test_the_trajectory_runs_from_all_histories_to_the_densest_box(discovery):
    figure = charts(discovery)["chart-path-1"]
    held, searched, star = figure["data"]
    assert held["x"][0] == searched["x"][0] == 1.0
    assert searched["y"][-1] > 2 * searched["y"][0]
    assert len(star["x"]) == 1


def test_a_page_without_a_box_says_that_nothing_was_found():
    page = sample.discovery_page(noise=True)
    assert "Nothing was found: no box on the 5 recorded inputs" in plain(page)
    assert not [name for name in charts(page) if name.startswith("chart-")] and '<ul class="tree">' not in page


@pytest.mark.parametrize("make", [sample.drivers_page, sample.discovery_page])
def test_no_word_of_a_file_becomes_markup(make):
    page = make("</script><img src=x onerror=alert(1)>\"'{{7*7}}")
    assert "<img src=x" not in page and "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page)[0]
    assert page.count("<script") == page.count("</script>")


@pytest.mark.parametrize("name", ["drivers", "discovery"])
def test_pages_ask_no_host_and_are_the_same_bytes_again(name, request):
    page = request.getfixturevalue(name)
    assert page == (sample.drivers_page() if name == "drivers" else sample.discovery_page())
    assert len(page.encode()) < MAX_BYTES
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)
