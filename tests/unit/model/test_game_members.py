"""Divisions seen by one member of the group: its own proposals and votes held against every other choice."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import ParameterError
from sim.model.game.form import form_of
from sim.model.game.members import as_a_member_sees
from sim.model.game.solving import SolvedGame, written_game
from tests.counts import sample_size
from tests.played import case_from, columns_of, game_scenario
from tests.statistics_helpers import assert_mean


def council(share: str, accept: str, size: int = 3, rule: str = "majority", discount: str = ".9", **parts: Any) -> dict[str, Any]:
    """Members divide 1; what is not agreed on is divided a round later."""
    split = {"kind": "division", "by": "C", "rule": rule, "fails": {"takes": 1, "then": "split"}, **parts}
    return {
        "players": {"C": {"members": str(size), "discount": discount}}, "first": "split", "moves": {"split": split},
        "strategies": {"split": {"share": share, "accept": accept}},
    }  # fmt: skip


def judged(game: dict[str, Any], points: int = 21) -> SolvedGame:
    case = case_from(game_scenario(game))
    seen = as_a_member_sees(case.spec.game, case.constant)
    form = form_of(seen, case.constant, case.agreed, {})
    return written_game(form, case.parameter_values, case.read, {}, points)


@pytest.mark.parametrize(("size", "rule"), [(3, "majority"), (5, "majority"), (6, "majority"), (4, "unanimity"), (3, "1")])
def test_nobody_gains_where_votes_are_bought_for_what_waiting_is_worth(size, rule):
    """Baron and Ferejohn (1989): a vote costs d / n, and each member can expect 1 / n."""
    found = judged(council(f".9 / {size}", f"move.split >= .9 / {size}", size, rule))
    assert found.payoffs["C"] == pytest.approx(1.0 / size)
    assert found.gain <= 1e-12


def test_a_proposer_who_offers_too_much_gains_by_offering_less():
    """.06 too much, by one member of three as seen before the lot."""
    found = judged(council(".36", "move.split >= .3"))
    assert found.gain == pytest.approx(0.06 / 3.0) and found.gain_at.unit.move == "split_proposer"


def test_a_proposer_gains_where_votes_are_sold_for_less():
    """.25 is the least of the grid that buys a vote that costs .24."""
    assert judged(council(".3", "move.split >= .24")).gain == pytest.approx(0.05 / 3.0)


def test_a_partner_who_takes_too_little_gains_by_waiting():
    """Offered .2 where .3 is to be had: .1 for a partner, who is one of three."""
    found = judged(council(".2", "1"))
    at = {item.unit.move: gain for item, gain in zip(found.graph.sets, found.graph.graph.expected_gains(found.strategy), strict=True)}
    assert at == {"split_proposer": pytest.approx(0.2 / 3.0), "split_partner": pytest.approx(0.1 / 3.0)}


def test_with_others_who_may_refuse_a_proposal_is_worth_its_chance():
    """Of five two others must agree, with .5 each; whoever asks keeps .6, whoever is asked has .2, or .9 / 5 later."""
    found = judged(council(".2", ".5", size=5, discount=".9"))
    later = found.payoffs["C"] * 0.9
    assert found.payoffs["C"] == pytest.approx(0.25 / 5 + 0.75 * later)
    assert found.graph.graph.option_values(found.strategy)[-2:] == pytest.approx([0.5 * 0.2 + 0.5 * later, later])


def test_a_member_is_paid_as_in_histories():
    """Rounds are counted, the pie shrinks, results pay besides, and what goes before is played as written."""
    game = council("if(times.split < 2, .1, .2)", "if(times.split == 0, .5, if(move.split >= .15, .9, .3))", size=5,
                   pie="1 - .1 * times.split", passes={"payoffs": {"C": "times.split", "A": "2"}},
                   fails={"takes": 1, "then": "split", "until": "times.split >= 4"})  # fmt: skip
    game["players"]["A"] = {}
    never = {"payoffs": {"C": "-1", "A": "0"}}
    game["moves"]["open"] = {"kind": "choice", "by": "A", "options": {"now": {"then": "split"}, "never": never}}
    game |= {"first": "open", "strategies": {**game["strategies"], "open": {"now": ".8"}}}
    found = judged(game, points=5)
    for player in ("A", "C"):
        (paid,) = columns_of(game_scenario(game), sample_size("games_played"), f"payoff:{player}")
        assert_mean(list(paid), found.payoffs[player])


@pytest.mark.parametrize(("game", "why"), [
    (council("uniform", "1"), "mix their proposals"),
    (council(".2", "1", fails={"payoffs": {"C": "votes.split"}}), r"'votes\.split' is read"),
    (council(".2", "1", fails={"then": "split", "until": "move.split.fails"}), r"'move\.split\.fails' is read"),
    (council("if(game.moves > 1, .1, .2)", "1"), r"'game\.moves' is read"),
    ({**council(".2", "member.price"), "types": {"price": {"of": "C", "dist": "uniform", "low": 0, "high": 1}}}, "types of their own"),
])  # fmt: skip
def test_what_a_member_cannot_stand_for_is_told(game, why):
    with pytest.raises(ParameterError, match=why):
        judged(game)


def test_a_game_without_divisions_is_left_as_it_is():
    case = case_from(game_scenario({"first": "x", "moves": {"x": {"kind": "chance", "options": {"y": {}}}}, "players": {}}))
    assert as_a_member_sees(case.spec.game, case.constant) is case.spec.game
