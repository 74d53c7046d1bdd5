"""The page of a comparison."""

from __future__ import annotations

import html
import re

import pytest

from sim.analysis.comparison_words import findings, why
from sim.reports import comparison_figures as figures
from sim.reports.comparison_report import render_comparison
from tests.compared import compared

COMMAND = ["sim", "compare", "theory/ultimatum", "--policy", "low: game.strategies.offer=.3"]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return compared(tmp_path_factory.mktemp("compared"))


def test_the_page_tells_the_answer_first_and_then_everything_else(found):
    text = html.unescape(render_comparison(found, COMMAND))
    sections = ('id="differences"', 'id="ranking"', 'id="numbers"', 'id="why"', 'id="arms"', 'id="method"', 'id="limits"', 'id="again"')
    places = [text.index(part) for part in (*findings(found), *sections)]
    assert places == sorted(places)
    assert why(found, found.divergences[0]) in text
    assert "the same in every history as <bdi>base</bdi>" in text and "game.strategies.offer: 0.3" in text
    assert "sim compare theory/ultimatum --policy 'low: game.strategies.offer=.3' --replications 200" in text
    assert re.search(r"sim replay \S+ --pair low,base --replication \d+", text)


def test_the_same_comparison_gives_the_same_page(found):
    assert render_comparison(found, COMMAND) == render_comparison(found, COMMAND)


def test_outcomes_whose_differences_can_be_told_are_drawn(found):
    drawn = figures.panels_of(found)
    assert drawn == ["outcome=agreement", "outcome=refusal"]
    figure = figures.forest(found, drawn)
    markers = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert [trace["marker"]["symbol"] for trace in markers] == [["circle"], ["circle"]]
    assert markers[0]["x"] == [next(item.difference for item in found.of("low") if item.measure.id == drawn[0])]
    assert figure["layout"]["xaxis"]["domain"] != figures.forest(found, drawn, narrow=True)["layout"]["xaxis"]["domain"]


def test_the_ways_of_replayed_pairs_lead_from_arms_over_turns_to_ends(found):
    content = figures.ways(found)
    assert content is not None
    assert [(node.label, node.stage) for node in content.nodes] == [
        ("low", 0), ("The proposer offers a share: another choice", 1), ("the offer is refused", 2),
    ]  # fmt: skip
    assert [link.count for link in content.links] == [4, 4]
