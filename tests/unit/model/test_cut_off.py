"""What most_moves cuts off of a solved game, beside histories that are cut off."""

from __future__ import annotations

import math

import pytest

from sim.model.game import cut_off
from sim.model.game.cut_off import share_cut_off
from sim.model.game.form import form_of
from sim.model.game.solving import written_game
from tests.counts import sample_size
from tests.played import case_from, columns_of, game_scenario
from tests.statistics_helpers import assert_rate


def cut(game: dict) -> float:
    case = case_from(game_scenario(game))
    form = form_of(case.spec.game, case.constant, case.agreed, {})
    found = written_game(form, case.parameter_values, case.read, {}, 21)
    return share_cut_off(case.spec.game, found.graph, found.strategy)


def repeated(most_moves: int, on: str = ".5") -> dict:
    """Each round both say whether to go on, and both must."""
    stage = {
        "kind": "simultaneous", "by": ["A", "B"], "options": {"A": ["on", "off"], "B": ["on", "off"]},
        "payoffs": {"A": [[1, 0], [0, 0]], "B": [[1, 0], [0, 0]]}, "takes": 1, "then": "stage",
        "until": "not (move.stage.A.on and move.stage.B.on)",
    }  # fmt: skip
    return {
        "players": {"A": {"discount": ".5"}, "B": {"discount": ".5"}}, "first": "stage", "moves": {"stage": stage},
        "strategies": {"stage": {"A": {"on": on}, "B": {"on": "1"}}}, "most_moves": most_moves,
    }  # fmt: skip


def test_players_at_once_make_one_move():
    """Play goes on with a half after each move, however many choose at it."""
    assert cut(repeated(1)) == pytest.approx(0.5)
    assert cut(repeated(6)) == pytest.approx(0.5**6)


def test_histories_are_cut_off_as_often():
    (over,) = columns_of(game_scenario(repeated(2)), sample_size("games_played"), "game:over")
    assert_rate(int((over == 0.0).sum()), len(over), cut(repeated(2)))


def test_a_game_that_ends_with_its_last_move_is_not_cut_off():
    moves = {"name": {"kind": "number", "by": "A", "then": "reply"},
             "reply": {"kind": "choice", "by": "B", "options": {"yes": {"payoffs": {"A": 1, "B": 1}}, "no": {}}}}  # fmt: skip
    game = {"first": "name", "moves": moves, "strategies": {"name": ".3", "reply": {"yes": "move.name > .2"}}}
    assert [cut({**game, "most_moves": most}) for most in (1, 2)] == [pytest.approx(1.0), 0.0]


def test_all_positions_at_which_play_goes_on_count():
    """One type goes on with .5, the other with .9."""
    stage = {"kind": "choice", "by": "A", "options": {"on": {"payoffs": {"A": 1}, "then": "stage"}, "off": {"payoffs": {"B": 1}}}}
    game = {"types": {"kind": {"of": "A", "classes": {"weak": ".5", "tough": ".5"}}}, "first": "stage", "moves": {"stage": stage},
            "strategies": {"stage": {"on": "if(type.kind.weak, .5, .9)"}}, "most_moves": 2}  # fmt: skip
    assert cut(game) == pytest.approx(0.5 * 0.25 + 0.5 * 0.81)


def test_play_that_hardly_goes_on_counts_as_none():
    assert cut(repeated(10_000)) == 0.0


def test_what_would_take_minutes_is_not_followed(monkeypatch):
    monkeypatch.setattr(cut_off, "MOST_WORK", 40)
    assert math.isnan(cut(repeated(100, ".999")))
    assert cut(repeated(2)) == pytest.approx(0.25)
