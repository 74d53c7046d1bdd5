"""Trees: what is refused, recall, reach, subgames, reduction to normal form, best replies."""

from __future__ import annotations

import pytest

from sim.errors import ParameterError
from sim.games import behaviour as of_trees
from sim.games import reduction
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, recall_fault, subgame, subgame_roots
from sim.games.reduction import behaviour_of, reduced_normal_form
from sim.games.solve import solve_extensive_form
from tools.gambit_answers import kuhn_poker


def decide(player: str, info_set: str, *children, actions=("l", "r")) -> Decision:
    return Decision(player, info_set, actions, children)


def test_reach_and_payoffs_follow_chance_and_behaviour():
    tree = ExtensiveForm(
        ("A", "B"), Chance(("rain", "sun"), (0.25, 0.75), (End((4, 0)), decide("A", "walk?", End((1, 1)), End((0, 8)))))
    )
    inside = {"walk?": (0.5, 0.5)}
    assert of_trees.reach_probabilities(tree, inside).tolist() == [1.0, 0.25, 0.75, 0.375, 0.375]
    assert of_trees.reach_of_sets(tree, inside) == {"walk?": 0.75}
    assert of_trees.expected_payoffs(tree, inside).tolist() == [1.375, 3.375]
    assert of_trees.regrets(tree, inside).tolist() == [0.375, 0.0]
    assert of_trees.best_reply(tree, inside, 0) == ({"walk?": 0}, 1.75)


def test_a_best_reply_plans_over_its_own_later_moves():
    """The first move is good only together with a second that differs from what is played now."""
    later = decide("A", "second", End((0, 0)), End((10, 0)))
    tree = ExtensiveForm(("A", "B"), decide("A", "first", End((1, 0)), later))
    now = {"first": (1.0, 0.0), "second": (1.0, 0.0)}
    assert of_trees.regrets(tree, now).tolist() == [9.0, 0.0]
    assert of_trees.best_reply(tree, now, 0)[0] == {"first": 1, "second": 1}


def test_a_best_reply_cannot_see_through_an_information_set():
    """Matching pennies against a fair coin brings nothing, though at each node something would."""
    sides = tuple(decide("B", "guess", End((s, -s)), End((-s, s))) for s in (1, -1))
    tree = ExtensiveForm(("A", "B"), decide("A", "hide", *sides))
    assert of_trees.regrets(tree, {"hide": (0.5, 0.5), "guess": (1.0, 0.0)}).tolist() == [1.0, 0.0]


def test_regret_in_subgames_sees_an_empty_threat():
    tree = ExtensiveForm(("A", "B"), decide("A", "in?", End((0, 2)), decide("B", "fight?", End((-1, -1)), End((1, 1)))))
    threat = {"in?": (1.0, 0.0), "fight?": (1.0, 0.0)}
    assert of_trees.regrets(tree, threat).max() == 0.0
    assert of_trees.subgame_regret(tree, threat) == 2.0


def test_recall_is_missing_where_the_own_move_is_forgotten():
    forgets = ExtensiveForm(("A",), decide("A", "one", *(decide("A", "two", End((1,)), End((0,))) for _ in range(2))))
    assert recall_fault(forgets) == "at information set 'two' A has forgotten an earlier move or something known before"
    twice = ExtensiveForm(("A",), decide("A", "one", End((1,)), decide("A", "one", End((0,)), End((4,)))))
    assert recall_fault(twice) == "A can come to information set 'one' twice in one course of the game"
    assert recall_fault(kuhn_poker()) is None
    with pytest.raises(ParameterError, match="needs perfect recall, but at information set 'two'"):
        of_trees.regrets(forgets, {"one": (1, 0), "two": (1, 0)})
    found = solve_extensive_form(forgets)
    assert found.equilibria and "need not be behaviours" in found.notes[-1]


def test_subgames_start_where_no_information_set_is_cut():
    blind = decide("A", "blind", *(decide("B", "b", End((1, 0)), End((0, 1))) for _ in range(2)))
    tree = ExtensiveForm(("A", "B"), decide("B", "enter", End((0, 0)), blind))
    assert subgame_roots(tree) == (0, 2)
    assert [one.label for one in subgame(tree, 2).info_sets] == ["blind", "b"]
    assert subgame_roots(kuhn_poker()) == (0,)


def test_reduced_strategies_leave_out_what_they_keep_from_happening():
    later = decide("A", "second", End((0, 0)), End((10, 1)))
    tree = ExtensiveForm(("A", "B"), decide("A", "first", End((1, 0)), decide("B", "reply", later, End((2, 2)))))
    table, plans = reduced_normal_form(tree)
    assert table.strategies == (("l/*", "r/l", "r/r"), ("l", "r"))
    assert table.payoffs[0].tolist() == [[1, 1], [0, 2], [10, 2]]
    inside = behaviour_of(tree, [(0.5, 0.125, 0.375), (1.0, 0.0)], plans)
    assert inside == {"first": (0.5, 0.5), "reply": (1.0, 0.0), "second": (0.25, 0.75)}


def test_kuhn_poker_has_27_and_64_reduced_strategies():
    assert reduced_normal_form(kuhn_poker())[0].shape == (27, 64)


def test_a_normal_form_that_is_too_large_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(reduction, "MAX_PAYOFFS", 1000)
    with pytest.raises(ParameterError, match="has 27 x 64 strategies, that is 3,456 payoffs; at most 1,000") as caught:
        reduced_normal_form(kuhn_poker())
    assert "sequence form" in caught.value.hint
    monkeypatch.setattr(reduction, "MAX_STRATEGIES", 10)
    with pytest.raises(ParameterError, match="A has more than 10 strategies"):
        reduced_normal_form(kuhn_poker())


def test_ties_of_backward_induction_are_said():
    tree = ExtensiveForm(("A", "B"), decide("A", "in?", End((1, 5)), decide("B", "how?", End((0, 2)), End((3, 2)))))
    found = solve_extensive_form(tree)
    assert [one.payoffs for one in found.equilibria] == [(1.0, 5.0), (3.0, 2.0)]
    assert found.is_degenerate
    assert found.near_ties[0] == "At how? l and r are equally good for B (after r)."


def test_near_ties_in_a_tree_are_said():
    tree = ExtensiveForm(("A",), decide("A", "x", End((1.0,)), End((0.999,)), End((-9.0,)), actions=("a", "b", "c")))
    assert solve_extensive_form(tree).near_ties == (
        "In equilibrium 1 b falls only 0.001 short for A at x: a near tie.",
    )


def deep(moves: int):
    node = End((0, 0))
    for k in range(moves):
        node = decide("AB"[k % 2], f"stage {k}", End((k, -k)), node)
    return node


@pytest.mark.parametrize(
    ("root", "message"),
    [
        (decide("C", "x", End((0, 0)), End((0, 0))), "the root: expected one of A, B to move, found 'C'"),
        (decide("A", "x", End((0, 0)), End((0,))), "r: expected 2 payoffs, found 1"),
        (decide("A", "x", End((0, 0)), End((0, float("nan")))), r"r: expected finite payoffs, found \[0, nan\]"),
        (decide("A", "x", End((0, 0))), "the root: expected a branch for each of 2 labels, found 1"),
        (decide("A", "x", End((0, 0)), End((0, 0)), actions=("l", "l")), "expected different names, found 'l' 2 times"),
        (decide("A", "x", End((0, 0)), decide("B", "x", End((0, 0)), End((0, 0)))), "r: information set 'x': expected A with actions l, r"),
        (Chance(("l", "r"), (0.5, 0.6), (End((0, 0)), End((0, 0)))), r"the root: expected probabilities of chance that add up to 1"),
        (Chance(("l", "r"), (1.5, -0.5), (End((0, 0)), End((0, 0)))), "expected probabilities of chance"),
        (deep(201), "the tree is more than 200 moves deep"),
    ],
)  # fmt: skip
def test_what_is_no_tree_is_refused_with_the_path(root, message):
    with pytest.raises(ParameterError, match=message):
        ExtensiveForm(("A", "B"), root)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ({}, "the behaviour says nothing about information set 'x'"),
        ({"x": (1, 0), "z": (1,)}, "no information set 'z'; there are x"),
        ({"x": (0.5, 0.6)}, "information set 'x': expected 2 probabilities that add up to 1"),
    ],
)
def test_what_is_no_behaviour_is_refused(inside, message):
    with pytest.raises(ParameterError, match=message):
        of_trees.expected_payoffs(ExtensiveForm(("A",), decide("A", "x", End((0,)), End((1,)))), inside)


def test_a_method_that_does_not_take_the_tree_says_which_does():
    tree = kuhn_poker()
    with pytest.raises(
        ParameterError, match=r"needs perfect information, but information set '.*' has several nodes"
    ) as caught:
        solve_extensive_form(tree, "backward induction")
    assert caught.value.hint == "the method 'subgame perfect' works without it"
    with pytest.raises(ParameterError, match="did you mean 'sequence form'"):
        solve_extensive_form(tree, "sequence")
    general = ExtensiveForm(("A", "B"), decide("A", "x", End((1, 1)), End((0, 0))))
    with pytest.raises(ParameterError, match="add up to the same at every end"):
        solve_extensive_form(general, "sequence form")
