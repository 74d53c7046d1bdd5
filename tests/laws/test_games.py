"""What holds for every game: regret, what payoffs may be changed without changing anything, agreement of methods, round trips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.games import behaviour as of_trees
from sim.games.dominance import eliminate
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node
from sim.games.files.efg import parse_efg, write_efg
from sim.games.files.nfg import parse_nfg, write_nfg
from sim.games.normal_form import NormalForm, constant_sum, expected_payoffs, max_regret, regrets
from sim.games.reduction import behaviour_of, reduced_normal_form
from sim.games.solve import logit_equilibrium, solve_extensive_form, solve_normal_form

SHAPES = [(2, 2), (2, 3), (3, 3), (4, 2), (2, 2, 2), (1, 2, 2), (3,)]


@st.composite
def games(draw: st.DrawFn, shapes=tuple(SHAPES), zero_sum: bool = False) -> NormalForm:
    """Small games whose payoffs are whole numbers, often tied."""
    shape = draw(st.sampled_from(list(shapes)))
    top = draw(st.sampled_from([2, 9]))
    size = int(np.prod(shape))
    tables = [
        draw(st.lists(st.integers(-top, top), min_size=size, max_size=size))
        for _ in range(1 if zero_sum else len(shape))
    ]
    payoffs = np.array([tables[0], [-x for x in tables[0]]] if zero_sum else tables, dtype=float)
    labels = tuple(tuple(f"s{k}" for k in range(n)) for n in shape)
    return NormalForm(tuple("ABC"[: len(shape)]), labels, payoffs.reshape(len(shape), *shape))


@st.composite
def profiles(draw: st.DrawFn, game: NormalForm) -> list[list[float]]:
    found = []
    for size in game.shape:
        weights = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any))
        found.append([w / sum(weights) for w in weights])
    return found


def points(solutions) -> set[tuple[float, ...]]:
    return {
        tuple(round(p, 7) + 0.0 for one in found.profile for p in one.probabilities) for found in solutions.equilibria
    }


@given(st.data())
def test_regret_is_never_negative(data):
    game = data.draw(games())
    profile = data.draw(profiles(game))
    assert (regrets(game, profile) >= 0.0).all()
    assert max_regret(game, profile) <= game.span + 1e-9


@given(games())
def test_every_equilibrium_that_is_returned_has_regret_within_the_tolerance(game):
    found = solve_normal_form(game)
    assert found.equilibria and found.dropped == 0
    for one in found.equilibria:
        profile = [mixture.probabilities for mixture in one.profile]
        assert max_regret(game, profile) <= found.tolerance
        assert all(sum(p) == pytest.approx(1.0, abs=1e-12) and min(p) >= 0.0 for p in profile)


@given(games(), st.integers(-5, 5), st.sampled_from([0.5, 1.0, 3.0]))
def test_adding_and_scaling_payoffs_changes_no_equilibrium(game, constant, factor):
    moved = NormalForm(game.players, game.strategies, factor * game.payoffs + constant)
    before, after = solve_normal_form(game), solve_normal_form(moved)
    assert before.is_complete == after.is_complete and before.is_degenerate == after.is_degenerate
    assert points(before) == points(after)


@given(games(shapes=((2, 3), (3, 3), (4, 2))), st.randoms(use_true_random=False))
def test_reordering_strategies_reorders_equilibria(game, random):
    orders = [random.sample(range(size), size) for size in game.shape]
    turned = NormalForm(
        game.players,
        tuple(tuple(names[k] for k in order) for names, order in zip(game.strategies, orders, strict=True)),
        game.payoffs[np.ix_(range(game.num_players), *orders)],
    )

    def named(solutions):
        return {
            tuple(
                sorted(
                    (m.player, o, round(p, 9))
                    for m in one.profile
                    for o, p in zip(m.options, m.probabilities, strict=True)
                )
            )
            for one in solutions.equilibria
        }

    assert named(solve_normal_form(game)) == named(solve_normal_form(turned))


@given(games(shapes=((2, 2), (2, 3), (3, 3)), zero_sum=True))
def test_value_of_a_zero_sum_game_is_the_same_by_programme_and_by_enumeration(game):
    assert constant_sum(game) == 0.0
    by_programme, by_corners = solve_normal_form(game, "zero sum"), solve_normal_form(game, "enumeration")
    assert by_programme.dropped == 0
    for one in by_corners.equilibria:
        assert one.payoffs[0] == pytest.approx(by_programme.value, abs=1e-9)


@given(games(shapes=((2, 2), (2, 3), (3, 3))))
def test_an_odd_number_of_equilibria_unless_degenerate(game):
    """Wilson (1971), Lemke and Howson (1964)."""
    found = solve_normal_form(game)
    if not found.is_degenerate:
        assert len(found.equilibria) % 2 == 1


@given(games(shapes=((2, 2), (2, 3), (3, 3))))
def test_interval_bounds_and_corners_find_the_same_isolated_equilibria(game):
    """Two algorithms with nothing in common, on games where both claim to be complete."""
    by_corners, by_supports = solve_normal_form(game, "enumeration"), solve_normal_form(game, "supports")
    assert by_supports.dropped == 0
    if not by_corners.is_degenerate:
        assert by_supports.is_complete and points(by_supports) == points(by_corners)
    isolated = {k[0] for k in by_corners.components if len(k) == 1}
    kept = {point for k, point in enumerate(sorted_points(by_corners)) if k in isolated}
    assert all(any(np.allclose(point, other, atol=1e-5) for other in points(by_supports)) for point in kept)


def sorted_points(solutions) -> list[tuple[float, ...]]:
    return [tuple(p for one in found.profile for p in one.probabilities) for found in solutions.equilibria]


@given(games(shapes=((2, 3), (3, 3), (2, 2, 2))))
def test_strict_elimination_loses_no_equilibrium(game):
    left = eliminate(game).game
    for one in solve_normal_form(game).equilibria:
        for mixture, names in zip(one.profile, left.strategies, strict=True):
            assert all(
                p == 0.0 or name in names for name, p in zip(mixture.options, mixture.probabilities, strict=True)
            )


@given(games(shapes=((2, 2), (2, 3), (3, 3), (2, 2, 2))), st.sampled_from([0.0, 0.3, 2.0]))
def test_a_logit_equilibrium_answers_itself(game, precision):
    found = logit_equilibrium(game, precision)
    assert found.residual < 1e-9
    if precision == 0.0:
        assert all(p == pytest.approx(1 / len(m.options)) for m in found.profile for p in m.probabilities)


@given(games(), st.integers(0, 3))
def test_nfg_files_keep_every_number(game, power):
    fine = NormalForm(game.players, game.strategies, game.payoffs / 10.0**power / 3.0)
    assert parse_nfg(write_nfg(fine)) == fine


# --- trees ---


@st.composite
def trees(draw: st.DrawFn, zero_sum: bool = False) -> ExtensiveForm:
    """Trees of up to three moves; the second mover sometimes does not see the first move."""
    counter = iter(range(1000))

    def ends() -> Node:
        first = draw(st.integers(-4, 4))
        return End((first, -first if zero_sum else draw(st.integers(-4, 4))))

    def node(depth: int) -> Node:
        kind = draw(st.sampled_from(["end", "A", "B", "chance"])) if depth else "A"
        if depth == 3 or kind == "end":
            return ends()
        if kind == "chance":
            return Chance(("l", "r"), (0.25, 0.75), (node(depth + 1), node(depth + 1)))
        return Decision(kind, f"set {next(counter)}", ("l", "r"), (node(depth + 1), node(depth + 1)))

    if draw(st.booleans()):  # simultaneous moves below a choice
        blind = [Decision("B", "B blind", ("l", "r"), (ends(), ends())) for _ in range(2)]
        inner = Decision("A", "A blind", ("l", "r"), tuple(blind))
        return ExtensiveForm(("A", "B"), Decision("B", "enter", ("out", "in"), (node(2), inner)))
    return ExtensiveForm(("A", "B"), node(0))


@given(trees())
def test_every_solution_of_a_tree_has_no_regret_in_any_subgame(tree):
    found = solve_extensive_form(tree)
    assert found.equilibria and found.dropped == 0
    for one in found.equilibria:
        inside = {mixture.at: mixture.probabilities for mixture in one.profile}
        assert of_trees.subgame_regret(tree, inside) <= found.tolerance


@given(trees())
def test_regret_in_a_tree_is_that_of_its_normal_form(tree):
    """Dynamic programming over information sets against the list of all strategies."""
    table, plans = reduced_normal_form(tree)
    profile = [tuple(1.0 / size for _ in range(size)) for size in table.shape]
    inside = behaviour_of(tree, profile, plans)
    assert of_trees.expected_payoffs(tree, inside) == pytest.approx(expected_payoffs(table, profile), abs=1e-12)
    assert of_trees.regrets(tree, inside) == pytest.approx(regrets(table, profile), abs=1e-12)


@given(trees())
def test_backward_induction_is_among_the_subgame_perfect_equilibria(tree):
    if tree.has_perfect_information:
        perfect = solve_extensive_form(tree, "subgame perfect")
        found = solve_extensive_form(tree, "backward induction")
        assert len(found.equilibria) > 1 or found.is_degenerate or points(found) == points(perfect)


@given(trees(zero_sum=True))
def test_value_of_a_zero_sum_tree_is_the_same_in_sequence_and_normal_form(tree):
    table, _ = reduced_normal_form(tree)
    value = solve_normal_form(table).equilibria[0].payoffs[0]
    assert solve_extensive_form(tree, "sequence form").value == pytest.approx(value, abs=1e-9)


@given(trees())
def test_efg_files_keep_the_tree(tree):
    assert parse_efg(write_efg(tree)) == tree
