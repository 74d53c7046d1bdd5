"""The page of a spatial table."""

from __future__ import annotations

import json
import re

import pytest

from sim.experiments.spatial import forecast
from sim.model.reader import read_text
from sim.model.spatial.load import table_of
from sim.reports.spatial_report import render_spatial
from tests.unit.reports.spatial_sample import HOSTILE, hostile, result


@pytest.fixture(scope="module")
def page() -> str:
    return render_spatial(result(), "scenarios/spatial/ec-emissions.yaml")


def test_the_page_has_every_part_and_asks_no_other_host_for_anything(page):
    for part in ("answer", "forecasts", "rounds", "votes", "inputs", "limits", "reproduce"):
        assert f'<section id="{part}"' in page
    assert "://" not in re.sub(r'<script type="text/plain" id="plotly-packed">.*?</script>', "", page, flags=re.S)
    assert "sim spatial scenarios/spatial/ec-emissions.yaml --jitter 0.05 --replications 30 --seed 1" in page
    assert "Source of all numbers: <bdi>Bruce Bueno de Mesquita (1994)</bdi>." in page
    assert "Bars hold the middle 90 % of 30 draws" in page
    assert "Belgium compromises with France, 7 to 8.416" in page and "What this cannot tell you" in page


def test_charts_hold_what_they_show(page):
    figures = {name: json.loads(text) for name, text in re.findall(r'id="(chart-[^"]+)-data">(.*?)</script>', page)}
    assert set(figures) == {"chart-forecasts-1", "chart-rounds-1", "chart-probabilities"}
    marks = figures["chart-forecasts-1"]["data"][-1]
    assert len(marks["x"]) == 8 and marks["x"][0] == pytest.approx(7.38996)
    assert sum(trace["mode"] == "lines" for trace in figures["chart-forecasts-1"]["data"]) == 8
    lines = figures["chart-rounds-1"]["data"]
    assert [trace["name"] for trace in lines if trace.get("showlegend")] == [
        "middle 90 % of the draws’ medians", "Belgium", "Luxembourg", "Ireland", "weighted mean", "weighted median",
    ]  # fmt: skip
    assert figures["chart-probabilities"]["data"][0]["x"][0] == pytest.approx(0.4457, abs=5e-5)


def test_without_draws_there_are_no_intervals_and_the_page_says_so():
    text = render_spatial(result(jitter=0.0), "x.yaml")
    assert "No number of the table varies" in text and "middle 90%" not in text and "--seed" not in text


def test_every_dimension_has_its_charts():
    text = render_spatial(result("ktab-seven-actors"), "x.yaml")
    assert all(f'id="chart-{kind}-{number}"' in text for kind in ("forecasts", "rounds") for number in (1, 2, 3))


def test_text_of_a_table_is_never_markup():
    text = render_spatial(hostile(), HOSTILE)
    assert "<script>window" not in text and "<b>%{y}" not in text and "&lt;/script&gt;" in text


@pytest.mark.parametrize("actors", [2, 30])
def test_tables_of_two_and_of_many_actors_have_pages(actors):
    rows = "\n".join(
        f"  a{n}: {{capability: {1 + n % 3}, position: {n % 11 / 10}, salience: {(n % 7) / 7 + 0.1:.3f}}}"
        for n in range(actors)
    )
    head = "schema_version: 1\nid: many\ntitle: Many\ndescription: Many.\nsources: {}\nspatial: {}\n"
    head += "dimensions:\n  one: {scale: [0, 1]}\nactors:\n"
    found = forecast(table_of(read_text(head + rows + "\n", "many.yaml")).spec)
    text = render_spatial(found, "many.yaml")
    assert ("Distances" in text) is (actors == 2)
