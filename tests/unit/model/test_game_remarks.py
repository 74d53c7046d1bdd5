"""What a loaded game is remarked upon for: moves never made, what is read of them, players whom nothing pays."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.model.complete import to_yaml
from sim.model.diagnostics import path_text
from sim.model.load import load_document
from sim.model.reader import read_text
from tests.played import game_scenario

OFFER = {"kind": "number", "by": "A", "then": "answer"}
ANSWER = {
    "kind": "choice",
    "by": "B",
    "options": {"accept": {"payoffs": {"A": "1 - move.offer", "B": "move.offer"}}, "refuse": {"payoffs": {"A": 0, "B": 0}}},
}
STRATEGIES = {"offer": ".1", "answer": {"accept": 1}}


def remarks(game: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Path, text and hint of every remark."""
    loaded = load_document(read_text(to_yaml(game_scenario(game), header=False), "test.yaml"))
    return [(path_text(item.path), item.text, item.hint) for item in loaded.warnings]


def game(**parts: Any) -> dict[str, Any]:
    return {"first": "offer", "moves": {"offer": OFFER, "answer": ANSWER}, "strategies": STRATEGIES, **parts}


def test_a_sound_game_is_not_remarked_upon():
    assert remarks(game()) == []


def test_a_move_to_which_nothing_leads_is_told():
    moves = {"offer": {**OFFER, "then": "end"}, "answer": ANSWER, "end": {"kind": "chance", "options": {"x": {"payoffs": {"B": 1}}}}}
    assert remarks(game(moves=moves)) == [("game.moves.answer", "no move leads to 'answer'", "name it under `then:`")]


def test_a_wrong_first_move_is_told_with_the_one_from_which_all_are_reached():
    options = {**ANSWER["options"], "accept": {"payoffs": {"A": 1, "B": 0}}}
    found = remarks(game(first="answer", moves={"offer": OFFER, "answer": {**ANSWER, "options": options}}))
    assert found == [("game.moves.offer", "no move leads to 'offer'", "if the game begins with it: `first: offer`")]


def test_a_choice_that_is_read_before_it_can_be_made_is_told():
    offer = {**OFFER, "payoffs": {"A": "if(move.answer.accept, 1, 0)"}}
    assert remarks(game(moves={"offer": offer, "answer": ANSWER})) == [
        ("game.moves.offer.payoffs.A", "'move.answer.accept' never tells anything here: no play makes the move 'answer' before",
         "let a move before this one lead to 'answer'"),
    ]  # fmt: skip


def test_a_strategy_that_reads_a_later_move_is_told():
    found = remarks(game(strategies={**STRATEGIES, "offer": "times.answer"}))
    assert [path for path, _, _ in found] == ["game.strategies.offer"]


def test_a_move_that_leads_back_may_read_its_own_past():
    """The first time nothing is known; later it is."""
    options = {**ANSWER["options"], "refuse": {"payoffs": {"A": 0, "B": 0}, "takes": 1, "then": "offer", "until": "times.answer > 3"}}
    strategies = {"offer": "if(times.answer > 0, move.offer / 2, .5)", "answer": {"accept": "move.answer.refuse"}}
    assert remarks(game(moves={"offer": OFFER, "answer": {**ANSWER, "options": options}}, strategies=strategies)) == []


def test_a_number_nobody_can_have_named_is_refused_unless_it_is_asked_for_first():
    late = {**ANSWER, "options": {**ANSWER["options"], "refuse": {"payoffs": {"A": "move.last", "B": 0}, "then": "last"}}}
    moves = {"offer": OFFER, "answer": late, "last": {"kind": "number", "by": "A"}}
    strategies = {**STRATEGIES, "last": "0"}
    with pytest.raises(ScenarioError, match=r"'move\.last' is not known here"):
        remarks(game(moves=moves, strategies=strategies))
    for guarded in ("if(times.last > 0, move.last, 0)", "0 - move.last * times.last"):
        late["options"]["refuse"]["payoffs"]["A"] = guarded
        ((path, text, _),) = remarks(game(moves=moves, strategies=strategies))
        assert path == "game.moves.answer.options.refuse.payoffs.A"
        assert text.endswith("never tells anything here: no play makes the move 'last' before")


def test_a_number_agreed_on_later_is_refused():
    deal = {"kind": "agreement", "by": ["A", "B"], "numbers": {"x": [0, 1]}, "payoffs": {"A": "move.deal.x", "B": "1 - move.deal.x"}}
    moves = {"offer": {**OFFER, "payoffs": {"A": "move.deal.x"}}, "answer": ANSWER, "deal": deal}
    moves["answer"] = {**ANSWER, "options": {**ANSWER["options"], "refuse": {"then": "deal"}}}
    with pytest.raises(ScenarioError, match=r"'move\.deal\.x' is not known here"):
        remarks(game(moves=moves))


def test_who_moves_and_is_paid_nothing_is_told():
    options = {"accept": {"payoffs": {"A": "1 - move.offer"}}, "refuse": {"payoffs": {"A": 0}}}
    found = remarks(game(moves={"offer": OFFER, "answer": {**ANSWER, "options": options}}))
    assert [(path, text.partition(":")[0]) for path, text, _ in found] == [
        ("game.players.B", "'B' moves but no payoff is its own")
    ]
    options["refuse"] = {"payoffs": {"A": 0, "B": 0}}
    assert remarks(game(moves={"offer": OFFER, "answer": {**ANSWER, "options": options}})) == []


def test_who_neither_moves_nor_is_paid_is_told():
    found = remarks(game(players={"A": {}, "B": {}, "C": {}}))
    assert [(path, text) for path, text, _ in found] == [("game.players.C", "'C' neither moves nor is paid")]


def test_a_rule_of_thumb_needs_no_payoffs_and_a_game_to_be_solved_does():
    """Where nobody is paid and all strategies are written the game only says who does what."""
    moves = {"offer": OFFER, "answer": {**ANSWER, "options": {"accept": {}, "refuse": {}}}}
    assert remarks(game(moves=moves)) == []
    assert [path for path, _, _ in remarks(game(moves=moves, strategies={}))] == ["game.players.A", "game.players.B"]
    assert [path for path, _, _ in remarks(game(moves=moves, play="logit"))] == ["game.players.A", "game.players.B"]


def test_a_group_that_votes_need_not_be_paid():
    players = {"A": {}, "B": {}, "C": {"members": "3"}}
    moves = {"offer": OFFER, "answer": {**ANSWER, "options": {**ANSWER["options"], "refuse": {"then": "poll"}}},
             "poll": {"kind": "vote", "by": "C"}}  # fmt: skip
    assert remarks(game(players=players, moves=moves, strategies={**STRATEGIES, "poll": "1"})) == []


def test_who_moves_beside_a_group_that_divides_is_to_be_paid_too():
    moves = {"offer": {**OFFER, "then": "split"}, "split": {"kind": "division", "by": "C"}}
    players, strategies = {"A": {}, "C": {"members": "3"}}, {"offer": ".1", "split": {"share": "0", "accept": "1"}}
    found = remarks(game(players=players, moves=moves, strategies=strategies))
    assert [path for path, _, _ in found] == ["game.players.A"]


def test_a_wrong_name_among_strategies_is_told_once():
    stage = {"kind": "simultaneous", "by": ["A", "B"], "options": {"A": ["u", "d"], "B": ["l", "r"]}, "payoffs": {
        "A": [[0, 1], [1, 0]], "B": [[0, 1], [1, 0]]}}  # fmt: skip
    at_once = {"first": "stage", "moves": {"stage": stage}, "strategies": {"stage": {"A": {"u": 1}, "C": {"l": 1}}}}
    for wrong in (at_once, game(strategies={"offer": ".1", "answr": {"accept": 1}})):
        with pytest.raises(ScenarioError) as caught:
            remarks(wrong)
        assert len(caught.value.diagnostics) == 1


def test_members_are_paid_by_their_division_and_vote_as_they_are_told():
    players = {"A": {}, "B": {}, "C": {"members": "3"}}
    moves = {"offer": OFFER, "answer": {**ANSWER, "options": {**ANSWER["options"], "refuse": {"then": "split"}}},
             "split": {"kind": "division", "by": "C", "fails": {"then": "poll"}}, "poll": {"kind": "vote", "by": "C"}}  # fmt: skip
    strategies = {**STRATEGIES, "split": {"share": "0", "accept": "1"}, "poll": "1"}
    assert remarks(game(players=players, moves=moves, strategies=strategies)) == []


def test_strategies_for_some_moves_are_refused_and_logit_players_need_none():
    partly = {"offer": ".1"}
    with pytest.raises(ScenarioError, match="moves without a strategy: answer"):
        remarks(game(strategies=partly))
    assert remarks(game(strategies=partly, play="logit")) == []
    assert remarks(game(strategies={})) == []
