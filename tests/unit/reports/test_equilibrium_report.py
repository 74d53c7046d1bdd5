"""The page of an empirical game, and the graph of better replies on it."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from sim.analysis import empirical_game
from sim.analysis.empirical_words import findings, logit_of
from sim.experiments.empirical import Sampler
from sim.experiments.engines import engine_for
from sim.experiments.profiles import profiles_of
from sim.model.load import load_document
from sim.model.reader import read_text
from sim.reports.equilibrium_figures import better_replies, endings_chart, payoff_map, reply_graph, wrapped
from sim.reports.equilibrium_report import render_equilibrium
from tests import two_by_two


def solved(text: str):
    profiles = profiles_of(load_document(read_text(text, "stage.yaml")))
    with Sampler(profiles, 1, engine_for("batch", 400), 50, None, 1) as sampler:
        return empirical_game.find(sampler, root_seed=1, pilot=50, budget=400, confidence=0.95)


@pytest.fixture(scope="module")
def found():
    return solved(two_by_two.SEXES)


def test_the_page_tells_the_equilibria_first_and_then_everything_else(found):
    page = render_equilibrium(found, logit_of(found, 2.0), ["sim", "equilibrium", "stage.yaml"])
    text = html.unescape(page)
    places = [text.index(part) for part in (*findings(found), 'id="payoffs"', 'id="graph"', 'id="endings"', 'id="strategies"')]
    assert places == sorted(places)
    assert text.count("default play</small>") == 1 and text.count("equilibrium</small>") == 2  # the pure ones
    assert "sim equilibrium stage.yaml --seed 1 --pilot 50 --budget 400 --confidence 0.95" in text
    assert "Mixed equilibria are taken at their estimated probabilities" in text
    assert "parameters.up: 0" in text


def test_profiles_with_less_regret_stand_higher(found):
    page = render_equilibrium(found, logit_of(found, 2.0), ["sim", "equilibrium", "stage.yaml"])
    names = re.findall(r'<th scope="row"><b>\d</b> <bdi>(.)</bdi>, <bdi>(.)</bdi>', page)
    assert sorted(names[:2]) == [("d", "r"), ("u", "l")]


def test_arrows_lead_to_best_replies_and_no_node_is_left_by_who_would_lose(found):
    moves = {(profile, player): target for profile, player, target, *_ in better_replies(found)}
    # Profiles: 0 is (u, l), 1 (u, r), 2 (d, l), 3 (d, r); the first and the last are equilibria.
    assert moves == {(1, 0): 3, (1, 1): 0, (2, 0): 0, (2, 1): 3}
    halfway = solved(two_by_two.SEXES + "    m: {set: {parameters.left: 0.5}}\n")
    (target,) = [target for profile, player, target, *_ in better_replies(halfway) if (profile, player) == (1, 1)]
    assert target == 0  # l is better than m, which is better than r


def test_an_uncertain_gain_has_a_dotted_arrow():
    found = solved(two_by_two.NEAR)
    dotted, solid = reply_graph(found, [1, 2, 3, 4], narrow=False)["data"][:2]
    assert dotted["line"]["dash"] == "dot" and "dash" not in solid["line"]
    assert [len(trace["x"]) > 1 for trace in (dotted, solid)] == [True, True]  # against l hardly a gain, against r a clear one


def test_payoffs_are_framed_at_best_replies_and_written_with_errors():
    found = solved(two_by_two.DILEMMA)
    figure = payoff_map(found, 0, narrow=False)
    frames = {(shape["x0"] + 0.47, shape["y0"] + 0.45) for shape in figure["layout"]["shapes"]}
    assert {(round(x), round(y)) for x, y in frames} == {(0, 1), (1, 1)}  # row d
    assert np.array_equal(figure["data"][0]["z"], found.game.payoffs[0])
    assert all("± " in note["text"] for note in figure["layout"]["annotations"])


def test_endings_are_drawn_for_the_default_play_and_each_equilibrium(found):
    from sim.analysis.empirical_outcomes import endings

    figure = endings_chart(found, endings(found), narrow=True)
    assert [trace["name"] for trace in figure["data"]] == ["Default play", "Equilibrium 1", "Equilibrium 2", "Equilibrium 3"]
    assert len({trace["marker"]["symbol"] for trace in figure["data"]}) == 4  # shape tells them apart, not colour alone


def test_names_break_at_dashes_and_between_players():
    assert wrapped("all-or-nothing") == "all-or-<br>nothing"
    assert wrapped("as-it-was, relax", 12) == "as-it-was,<br>relax"
    assert wrapped("as-it-was, relax", 40) == "as-it-was, relax"
