"""What is said of listed equilibria of trees: complete or not, joined or not, which replies may vary, empty threats."""

from __future__ import annotations

import numpy as np
import pytest

from sim.games.behaviour import open_sets, subgame_regret
from sim.games.credibility import credibility
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, subgame_roots
from sim.games.free_replies import Budget, free_replies
from sim.games.solve import is_quick_tree, solve_extensive_form, solve_tree_here
from sim.games.solvers.subgame_perfection import VARIES
from tests.counts import sample_size
from tests.random_trees import profiles, random_tree, ways


def small_trees(seed: int, most_sets: int = 5):
    """Random trees of two that are small enough to try every pure profile."""
    rng = np.random.default_rng(seed)
    for _ in range(sample_size("random_trees_solved")):
        game = random_tree(rng, most_payoff=2)
        if 0 < len(game.info_sets) <= most_sets and is_quick_tree(game):
            yield game


def is_perfect(game: ExtensiveForm, behaviour) -> bool:
    """By trying every plan of everybody in every subgame."""
    for root in subgame_roots(game):
        for player in range(game.num_players):
            every, stay = ways(game, (root,), behaviour, player)
            if every.max() > stay[0] + 1e-9:
                return False
    return True


def behaviour_of(one) -> dict[str, tuple[float, ...]]:
    return {mixture.at: mixture.probabilities for mixture in one.profile}


def test_every_pure_equilibrium_of_every_subgame_is_in_a_list_that_is_called_complete():
    """Up to replies that a player's own moves never call for; and what is listed stands when every plan is tried."""
    counted = 0
    for game in small_trees(1):
        found = solve_tree_here(game, "subgame perfect")
        listed = [behaviour_of(one) for one in found.equilibria]
        for one in listed:
            assert is_perfect(game, {label: np.array(p) for label, p in one.items()})
        if not found.is_complete:
            continue
        for profile in profiles(game):
            if not is_perfect(game, profile):
                continue
            counted += 1
            free = set(open_sets(game, profile, in_subgames=True))
            assert any(
                all(label in free or np.allclose(p, one[label]) for label, p in profile.items()) for one in listed
            )
    assert counted > 40


def test_replies_that_are_called_free_hold_within_their_range_and_not_beyond():
    partly, wholly = 0, 0
    for game in small_trees(2):
        found = solve_tree_here(game, "subgame perfect")
        for one in found.equilibria[:4]:
            behaviour = behaviour_of(one)
            free = free_replies(
                game, behaviour, found.tolerance, in_subgames=True, with_reached=True, budget=Budget(10**9)
            )
            told = {item.info_set: item for item in free or ()}
            for number, info_set in enumerate(game.info_sets):
                for action in range(len(info_set.actions)):
                    listed = behaviour[info_set.label][action]
                    most = told[number].most[action] if number in told else listed
                    for chance in (most, most + 0.01):
                        if chance > 1.0 or listed == 1.0:
                            continue
                        share = (chance - listed) / (1.0 - listed)
                        changed = {
                            **behaviour,
                            info_set.label: tuple(
                                p + share * (float(k == action) - p) for k, p in enumerate(behaviour[info_set.label])
                            ),
                        }
                        assert (subgame_regret(game, changed) <= 10.0 * found.tolerance) == (chance <= most + 1e-9)
                partly += number in told and not told[number].is_any
                wholly += number in told and told[number].is_any
    assert partly > 10 and wholly > 10


def test_a_set_from_which_own_moves_keep_its_player_is_open_and_one_in_a_subgame_of_its_own_is_not():
    later = Decision("A", "later", ("x", "y"), (End((0, 0)), End((1, 0))))
    known = ExtensiveForm(
        ("A", "B"), Decision("A", "now", ("stop", "go"), (End((2, 0)), Decision("B", "b", ("l", "r"), (later, later))))
    )
    behaviour = {"now": (1, 0), "b": (1, 0), "later": (0, 1)}
    assert open_sets(known, behaviour, in_subgames=False) == ("later",)
    assert open_sets(known, behaviour, in_subgames=True) == ()
    found = solve_extensive_form(known, "normal form")
    assert found.leaves_open and any("never call for" in text for text in found.sentences())


def test_a_best_reply_is_shown_where_own_moves_never_call_for_one():
    """Not equal chances, which would look like an equilibrium that no belief supports."""
    later = Decision("A", "later", ("x", "y"), (End((0, 0)), End((1, 0))))
    game = ExtensiveForm(
        ("A", "B"), Decision("A", "now", ("stop", "go"), (End((2, 0)), Decision("B", "b", ("l", "r"), (later, later))))
    )
    for one in solve_extensive_form(game, "normal form").equilibria:
        assert behaviour_of(one)["later"] == (0.0, 1.0)


def indifferent(first: float, second: float) -> ExtensiveForm:
    """A stays out for 3/2, or lets B choose what A gets, who does not care."""
    choice = Decision("B", "choice", ("left", "right"), (End((first, 0)), End((second, 0))))
    return ExtensiveForm(("A", "B"), Decision("A", "enter?", ("out", "in"), (End((1.5, 0)), choice)))


def test_a_subgame_with_a_continuum_of_differing_worth_makes_a_list_incomplete():
    """Between the corners B can make A indifferent, and A then mixes: equilibria that rest on no corner."""
    found = solve_extensive_form(indifferent(3, 0), "subgame perfect")
    assert not found.is_complete and VARIES in found.notes
    same = solve_extensive_form(indifferent(2, 2), "subgame perfect")
    assert same.is_complete and same.components == ((0, 1),)
    assert "list of corners is complete" in same.sentences()[0]


def test_a_list_of_isolated_equilibria_is_called_complete_and_nothing_is_free():
    second = tuple(
        Decision("B", "b", ("l", "r"), tuple(End(pay) for pay in row)) for row in (((2, 1), (0, 0)), ((0, 0), (1, 2)))
    )
    game = ExtensiveForm(("A", "B"), Decision("A", "a", ("l", "r"), second))
    found = solve_extensive_form(game)
    assert found.sentences()[0].startswith("There are 3 subgame-perfect equilibria, and the list is complete.")
    assert all(one.is_sound for one in credibility(game, found))


def test_three_replies_are_told_with_the_range_of_each():
    """Any mixture of x and y deters A, z does not."""
    tree = Decision("B", "b", ("x", "y", "z"), (End((0, 1)), End((0, 1)), End((4, 1))))
    other = Decision("B", "b", ("x", "y", "z"), (End((0, 1)), End((0, 1)), End((4, 1))))
    game = ExtensiveForm(("A", "B"), Decision("A", "a", ("out", "l", "r"), (End((1, 0)), tree, other)))
    found = solve_extensive_form(game)
    told = {one.free for one in credibility(game, found)}
    assert ("B at b (x from 0 to 1, y from 0 to 1, z from 0 to 0.25)",) in told


def test_a_forgetful_player_is_not_judged():
    """Where A comes to b it has forgotten which way chance went."""

    def way(first: float) -> Decision:
        return Decision(
            "A", f"a {first:g}", ("l", "r"), (End((1,)), Decision("A", "b", ("l", "r"), (End((first,)), End((2,)))))
        )

    game = ExtensiveForm(("A",), Chance(("x", "y"), (0.5, 0.5), (way(0.0), way(3.0))))
    assert credibility(game, solve_extensive_form(game)) == ()


def test_where_the_search_for_free_replies_takes_too_long_it_says_so():
    game = indifferent(2, 2)
    assert (
        free_replies(
            game, {"enter?": (0, 1), "choice": (1, 0)}, 1e-9, in_subgames=True, with_reached=True, budget=Budget(3)
        )
        is None
    )


@pytest.mark.parametrize("method", ["subgame perfect", "normal form"])
def test_words_of_a_threat_name_its_place(method):
    for one in credibility(indifferent(3, 0), solve_extensive_form(indifferent(3, 0), method)):
        assert one.is_subgame_perfect and one.is_perfect_bayesian
