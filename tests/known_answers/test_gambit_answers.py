"""Our solvers against Gambit on 500 random games (`tools/gambit_answers.py`), stored and, where pygambit is importable, live.

Two players: the same extreme equilibria, exactly, in degenerate games too. Three players with two strategies each: every answer of
Gambit's is an equilibrium of ours or lies in a continuum that we tell of. The converse is not asked: on some games Gambit's
enumeration of supports leaves out equilibria. Those that we have more are verified by their regret, and by the rule
that a game that is not degenerate has an odd number (Wilson 1971; Gul, Pearce and Stacchetti 1993), which Gambit's lists break.
"""

from __future__ import annotations

import io
import json
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from sim.analysis.gambit import exported
from sim.games.equilibrium import Solutions
from sim.games.files.efg import parse_efg
from sim.games.normal_form import NormalForm, max_regret
from sim.games.solve import logit_equilibrium, solve_extensive_form, solve_normal_form
from sim.model.load import load_scenario
from tools import gambit_answers

LINES = [json.loads(line) for line in gambit_answers.FILE.read_text("utf-8").splitlines()]
HEAD, GAMES, TREE = LINES[0], LINES[1:-1], LINES[-1]
TABLES, CUBES = GAMES[: gambit_answers.NUM_TABLES], GAMES[gambit_answers.NUM_TABLES :]

DEGENERATE_TABLES, DEGENERATE_CUBES = 174, 115  # of 300 and 200
COMPARED = 415  # equilibria of three players that Gambit finds
LEFT_OUT = 5  # games, of the 85 of three players without a continuum, in which Gambit misses one


def game_of(line) -> NormalForm:
    return gambit_answers.table(tuple(line["shape"]), line["payoffs"])


@cache
def cube(number: int) -> Solutions:
    """Our answer to one of the games of three players."""
    return solve_normal_form(game_of(CUBES[number]), "supports")


def flat(found: Solutions) -> list[tuple[float, ...]]:
    return [tuple(p for mixture in one.profile for p in mixture.probabilities) for one in found.equilibria]


def split(game: NormalForm, numbers) -> list[np.ndarray]:
    return np.split(np.array(numbers), np.cumsum(game.shape)[:-1])


def differences(line) -> str | None:
    """How our extreme equilibria differ from Gambit's; None if they are the same fractions."""
    ours = sorted(flat(solve_normal_form(game_of(line), "enumeration")))
    theirs = sorted(tuple(float(Fraction(p)) for p in one) for one in line["equilibria"])
    return None if ours == theirs else f"{line}: {ours} here, {theirs} by Gambit"


def test_there_are_500_games_and_they_are_those_of_the_program():
    assert len(GAMES) == HEAD["games"] == 500
    for number in (0, 1, 77, 299, 300, 499):
        assert game_of(GAMES[number]) == gambit_answers.game_number(number)


def test_games_of_two_players_have_the_extreme_equilibria_that_gambit_finds():
    assert [found for line in TABLES if (found := differences(line))] == []


def test_a_missing_equilibrium_would_be_seen():
    line = next(line for line in TABLES if len(line["equilibria"]) == 3)
    assert differences({**line, "equilibria": line["equilibria"][:2]})


def test_how_many_of_the_games_are_degenerate():
    """Ties are wanted among them: a count that falls to none would mean that the comparison has lost its point."""
    tables = sum(bool(solve_normal_form(game_of(line)).is_degenerate) for line in TABLES)
    cubes = sum(bool(cube(number).is_degenerate) for number in range(len(CUBES)))
    assert (tables, cubes) == (DEGENERATE_TABLES, DEGENERATE_CUBES)


def test_every_equilibrium_of_three_players_that_gambit_finds_is_ours():
    compared = 0
    for number, line in enumerate(CUBES):
        if line["equilibria"] is None:
            continue  # Gambit did not end
        game = game_of(line)
        found = cube(number)
        assert found.dropped == 0
        for theirs in line["equilibria"]:
            assert max_regret(game, split(game, theirs)) <= 1e-6 * game.span
            is_ours = any(np.allclose(theirs, ours, atol=1e-6) for ours in flat(found))
            assert is_ours or not found.is_complete, (line, flat(found))
            compared += is_ours
    assert compared == COMPARED


def test_what_gambit_leaves_out_is_an_equilibrium_and_makes_the_number_odd():
    left_out = 0
    for number, line in enumerate(CUBES):
        found = cube(number)
        if found.is_degenerate or not found.is_complete or line["equilibria"] is None:
            continue
        assert len(found.equilibria) % 2 == 1
        assert all(one.regret <= found.tolerance for one in found.equilibria)
        left_out += len(found.equilibria) > len(line["equilibria"])
    assert left_out == LEFT_OUT


def test_points_of_the_principal_branch_are_those_of_gambit():
    lines = [line for line in GAMES if "logit" in line]
    assert len(lines) == 50
    for line in lines:
        for precision, theirs in line["logit"].items():
            found = logit_equilibrium(game_of(line), float(precision))
            ours = [p for mixture in found.profile for p in mixture.probabilities]
            assert ours == pytest.approx(theirs, abs=1e-6), line


def test_agent_logit_of_kuhn_poker_is_that_of_gambit():
    for precision, theirs in TREE["logit"].items():
        found = logit_equilibrium(gambit_answers.kuhn_poker(), float(precision))
        assert {mixture.at: mixture.probabilities for mixture in found.profile} == {
            name: pytest.approx(tuple(one), abs=1e-6) for name, one in theirs.items()
        }


def test_gambit_still_answers_so():
    """Live, through our own adapter: every tenth game again."""
    pytest.importorskip("pygambit", reason="the extra `gambit` is not installed")
    for number in range(0, gambit_answers.NUM_TABLES, 10):
        assert json.loads(json.dumps(gambit_answers.answer(number)))["equilibria"] == GAMES[number]["equilibria"]
    game = game_of(TABLES[0])
    assert sorted(flat(solve_normal_form(game, "gambit"))) == sorted(flat(solve_normal_form(game, "enumeration")))
    logit = logit_equilibrium(game, 1.0, "gambit")
    assert logit.residual < 1e-6


@pytest.mark.parametrize("name", ["chicken", "deterrence", "indivisible-prize", "inspection", "matching-pennies", "reassurance", "trust"])
def test_gambit_reads_shipped_games_and_finds_the_payoffs_of_our_equilibria(name):
    """Live: the exported tree of each, with chance moves and all; all extreme equilibria of its normal form, by both."""
    gbt = pytest.importorskip("pygambit", reason="the extra `gambit` is not installed")
    text = exported(load_scenario(f"theory/{name}"), ".efg").text
    tree = gbt.read_efg(io.BytesIO(text.encode()))
    ours = solve_extensive_form(parse_efg(text), "normal form")
    assert ours.is_complete
    corners = gbt.nash.enummixed_solve(tree).equilibria
    theirs = {tuple(round(float(one.payoff(player)), 9) + 0.0 for player in tree.players) for one in corners}
    assert {tuple(round(value, 9) + 0.0 for value in one.payoffs) for one in ours.equilibria} == theirs
    for one in ours.equilibria:
        profile = tree.mixed_behavior_profile()
        chances = {mixture.at: mixture.probabilities for mixture in one.profile}
        for player in tree.players:
            for info_set in player.infosets:
                for action, chance in zip(info_set.actions, chances[info_set.label], strict=True):
                    profile[action] = chance
        assert float(profile.max_regret()) < 1e-9
