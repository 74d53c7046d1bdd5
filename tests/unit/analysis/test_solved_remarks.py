"""Sentences beside a solved game: on its limit of moves, and on what groups do."""

from __future__ import annotations

import pytest

from sim.analysis.solved_remarks import remarks
from sim.model.game import cut_off
from sim.model.game.form import form_of
from sim.model.game.members import as_a_member_sees
from sim.model.game.solving import written_game
from tests.played import case_from, game_scenario


def said(game: dict) -> tuple[str, ...]:
    case = case_from(game_scenario(game))
    seen = as_a_member_sees(case.spec.game, case.constant)
    form = form_of(seen, case.constant, case.agreed, {})
    return remarks(case.spec.game, written_game(form, case.parameter_values, case.read, {}, 5))


def again(most_moves: int) -> dict:
    on = {"on": {"payoffs": {"A": 1, "B": 1}, "then": "go"}, "off": {}}
    return {"first": "go", "moves": {"go": {"kind": "choice", "by": "A", "options": on}}, "strategies": {"go": {"on": ".5"}},
            "most_moves": most_moves}  # fmt: skip


def test_a_game_that_ends_has_nothing_to_be_said_of_it():
    assert said(again(10_000)) == () and said(again(11)) == ()  # 2^-11 is below one in two thousand


def test_what_histories_cut_off_is_told():
    (told,) = said(again(3))
    assert "`most_moves`, 3, cuts off 12.5 % of this play" in told


def test_what_was_not_followed_is_told(monkeypatch):
    monkeypatch.setattr(cut_off, "MOST_WORK", 3)
    assert "was not followed" in said(again(3))[0]


@pytest.mark.parametrize("kind", ["vote", "division"])
def test_what_is_left_of_groups_is_told(kind):
    strategy = {"vote": "1", "division": {"share": ".3", "accept": "1"}}[kind]
    game = {"players": {"A": {}, "C": {"members": "3"}}, "first": "ask", "moves": {
        "ask": {"kind": "choice", "by": "A", "options": {"yes": {"then": "group"}, "no": {"payoffs": {"A": 0}}}},
        "group": {"kind": kind, "by": "C", "passes": {"payoffs": {"A": 1}}}}, "strategies": {"ask": {"yes": 1}, "group": strategy},
        "most_moves": 1}  # fmt: skip
    told = said(game)
    assert told[0].startswith({"vote": "Votes of C are taken as written", "division": "Of a group that divides one member's"}[kind])
    assert len(told) == {"vote": 2, "division": 1}[kind]  # moves of a member stand for one of the file, and are not counted
