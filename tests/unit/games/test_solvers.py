"""Single solvers and the choice among them: what they find, what they say, what they refuse."""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import pytest

from sim.errors import ParameterError, UsageError
from sim.games import methods
from sim.games.equilibrium import Solutions, without_noise
from sim.games.extensive_form import Chance, End, ExtensiveForm
from sim.games.normal_form import NormalForm, bimatrix, max_regret
from sim.games.solve import logit_equilibrium, solve_extensive_form, solve_normal_form
from sim.games.solvers import extreme_points, polytope, supports
from sim.games.solvers.extreme_points import whole_numbers
from sim.games.solvers.multilinear import Support
from sim.games.verify import verify
from tools.gambit_answers import kuhn_poker

BATTLE = bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
PENNIES = bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


def random_game(seed: int, shape: tuple[int, ...], top: int = 100) -> NormalForm:
    payoffs = np.random.default_rng(seed).integers(0, top, (len(shape), *shape))
    return NormalForm(tuple("ABCDE"[: len(shape)]), tuple(tuple(f"s{k}" for k in range(n)) for n in shape), payoffs)


# --- exact enumeration ---


def test_vertices_of_a_square_and_of_a_degenerate_corner():
    """x, y <= 1/2, and x + y <= 1, which only touches the corner."""
    found = dict(polytope.vertices([[2, 0], [0, 2], [1, 1]], 2))
    assert {tuple(np.array(point[1:]) / point[0]) for point in found} == {
        (0.0, 0.0),
        (0.5, 0.0),
        (0.0, 0.5),
        (0.5, 0.5),
    }
    corner = found[(2, 1, 1)]
    assert corner == 0b11100


def test_vertices_of_a_cube_cut_by_random_planes_satisfy_all_rows():
    rng = np.random.default_rng(3)
    rows = rng.integers(1, 9, (7, 4)).tolist()
    for point, facets in polytope.vertices(rows, 4):
        slack = [point[0] - sum(a * b for a, b in zip(row, point[1:], strict=True)) for row in rows]
        assert min(slack) >= 0 and min(point) >= 0 and facets.bit_count() >= 4
        tight = [k for k in range(4) if point[k + 1] == 0] + [4 + k for k, s in enumerate(slack) if s == 0]
        assert facets == sum(1 << k for k in tight)


@pytest.mark.parametrize("seed", range(3, 7))
def test_a_degenerate_polytope_has_its_corners_once_and_nothing_else(seed):
    """Corners by brute force: every choice of five facets that meet in one point inside."""
    rows = np.random.default_rng(seed).integers(1, 4, (8, 5))
    sides, levels = np.vstack([np.eye(5), rows]), np.append(np.zeros(5), np.ones(8))
    corners = set()
    for chosen in combinations(range(13), 5):
        if abs(np.linalg.det(sides[list(chosen)])) > 1e-9:
            point = np.linalg.solve(sides[list(chosen)], levels[list(chosen)])
            if (point >= -1e-9).all() and (rows @ point <= 1 + 1e-9).all():
                corners.add(tuple(np.round(point, 9) + 0.0))
    found = [tuple(np.round(np.array(point[1:]) / point[0], 9)) for point, _ in polytope.vertices(rows.tolist(), 5)]
    assert len(found) == len(set(found)) and set(found) == corners


def test_decimals_tie_as_they_print():
    """.1 + .2 is not .3 in binary; the payoffs .30 and .3 are the same, and a shift leaves whole numbers from one."""
    assert whole_numbers(np.array([[0.1, 0.3], [0.25, 0.1]])) == [[1, 5], [4, 1]]


@pytest.mark.parametrize("size", [4, 6, 8])
def test_enumeration_solves_larger_games_and_finds_an_odd_number(size):
    found = solve_normal_form(random_game(size, (size, size), 10_000), "enumeration")
    assert found.is_complete and not found.is_degenerate and found.dropped == 0 and len(found.equilibria) % 2 == 1


def test_a_game_too_large_for_enumeration_is_refused_with_its_size():
    with pytest.raises(ParameterError, match="a game of 17 x 20 strategies is too large for enumeration") as caught:
        methods.solve_here(random_game(1, (17, 20)), "enumeration")
    assert "logit limit" in caught.value.hint
    with pytest.raises(ParameterError, match="is for two players; this game has 3"):
        solve_normal_form(random_game(1, (2, 2, 2)), "enumeration")


# --- supports ---


def test_ranges_over_boxes_are_exact():
    """Against many points of the box; and both ends are attained at corners."""
    rng = np.random.default_rng(8)
    support = Support(rng.normal(size=(3, 3, 2, 3)), [(0, 1, 2), (0, 1), (0, 2)])
    low, high = np.full((1, 4), 0.1), np.full((1, 4), 0.4)
    points = rng.uniform(0.1, 0.4, (500, 4))
    for player in range(3):
        least, largest = support.ranges(low, high, player)
        values = support.ranges(points, points, player)[0]
        assert (values >= least - 1e-12).all() and (values <= largest + 1e-12).all()
    slope = support.derivative_ranges(points[:1], points[:1])[0][0]
    for k in range(4):
        step = np.eye(4)[k] * 1e-6
        numeric = (support.equations(points[:1] + step) - support.equations(points[:1] - step))[0] / 2e-6
        assert slope[:, k] == pytest.approx(numeric, abs=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_three_players_with_three_strategies_have_an_odd_number(seed):
    game = random_game(seed, (3, 3, 3), 1_000)
    found = methods.solve_here(game, "supports")
    assert found.is_complete and found.dropped == 0 and len(found.equilibria) % 2 == 1
    assert all(one.regret <= found.tolerance for one in found.equilibria)


def test_an_idle_player_does_not_count():
    """A third player without a choice: two play battle of the sexes, and he is paid by what they do."""
    payoffs = np.concatenate([BATTLE.payoffs, [[[7, 0], [0, 9]]]])[:, :, None, :]
    game = NormalForm(("A", "idle", "B"), (("1", "2"), ("only",), ("1", "2")), payoffs[[0, 2, 1]])
    found = solve_normal_form(game)
    assert found.method == extreme_points.NAME and len(found.equilibria) == 3
    assert next(one.payoffs[1] for one in found.equilibria) == 7.0
    assert all(one.profile[1].probabilities == (1.0,) for one in found.equilibria)


def test_a_continuum_among_three_players_is_told():
    """Nobody but A cares, and A is indifferent: everything is an equilibrium."""
    found = solve_normal_form(NormalForm(("A", "B", "C"), (("1", "2"),) * 3, np.zeros((3, 2, 2, 2))))
    assert not found.is_complete and found.is_degenerate
    assert "hold a continuum of equilibria or a singular one" in found.notes[0]
    assert "The list may be incomplete" in found.sentences()[0]


def test_too_many_supports_are_refused():
    with pytest.raises(ParameterError, match="a game of 8 x 8 x 8 strategies has 16,581,375 choices of supports"):
        methods.solve_here(random_game(1, (8, 8, 8)), "supports")
    assert not supports.fits(random_game(1, (8, 8, 8)))


# --- other methods ---


def test_zero_sum_programme_gives_value_and_strategies():
    found = solve_normal_form(bimatrix([[3, -1], [-2, 4]], [[-3, 1], [2, -4]]), "zero sum")
    assert found.value == pytest.approx(1.0) and not found.is_complete
    assert found.equilibria[0].profile[0].probabilities == pytest.approx((0.6, 0.4))
    with pytest.raises(ParameterError, match="add up to the same everywhere"):
        solve_normal_form(BATTLE, "zero sum")


@pytest.mark.parametrize(("seed", "shape"), [(1, (5, 5)), (2, (6, 4)), (3, (3, 3, 3)), (4, (2, 2, 2, 2))])
def test_the_limit_of_the_logit_branch_is_an_equilibrium(seed, shape):
    game = random_game(seed, shape)
    found = methods.solve_here(game, "logit limit")
    assert len(found.equilibria) == 1 and found.dropped == 0 and "rule of selection" in found.notes[0]


def test_logit_limit_of_a_coordination_game_is_the_risk_dominant_equilibrium():
    """McKelvey and Palfrey (1995): both stay with what is best against equal chances."""
    game = bimatrix([[9, 0], [8, 7]], [[9, 8], [0, 7]])
    assert solve_normal_form(game, "logit limit").equilibria[0].payoffs == (7.0, 7.0)


def test_large_games_lose_dominated_strategies_first():
    """Of 17 x 17 strategies all but two each are dominated: what is left is enumerated, and the list is complete."""
    payoffs = np.zeros((2, 17, 17))
    payoffs[0] = -np.arange(17)[:, None]
    payoffs[1] = -np.arange(17)[None, :]
    payoffs[:, :2, :2] = [[[2, 0], [0, 1]], [[1, 0], [0, 2]]]
    labels = tuple(str(k) for k in range(17))
    found = methods.solve_here(NormalForm(("A", "B"), (labels, labels), payoffs))
    assert len(found.equilibria) == 3 and found.is_complete
    assert "strictly dominated strategies were left out first" in found.notes[-1]


def test_large_games_say_that_the_list_may_be_incomplete():
    found = methods.solve_here(random_game(5, (4, 4, 4, 2)))
    assert found.equilibria and not found.is_complete
    assert "Pure equilibria are all listed" in found.notes[-1]


def test_a_game_of_one_player_is_a_choice():
    found = solve_normal_form(NormalForm(("A",), (("x", "y", "z"),), np.array([[1.0, 5.0, 5.0]])))
    assert [one.payoffs for one in found.equilibria] == [(5.0,), (5.0,)] and found.is_complete and found.is_degenerate


def test_lemke_howson_finds_equilibria_where_quantecon_is_there():
    pytest.importorskip("quantecon", reason="the extra `quantecon` is not installed")
    found = solve_normal_form(BATTLE, "lemke-howson")
    assert found.equilibria and not found.dropped and not found.is_complete


@pytest.mark.parametrize(("method", "package"), [("lemke-howson", "quantecon"), ("gambit", "pygambit")])
def test_a_missing_package_is_named_with_the_way_to_install_it(monkeypatch, method, package):
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=f"the method '{method}' needs the package {package}") as caught:
        methods.solve_here(BATTLE, method)
    assert "pip install 'geosim[" in caught.value.hint


def test_an_unknown_method_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="did you mean 'supports'"):
        solve_normal_form(BATTLE, "suports")


# --- what is said ---


def test_an_answer_with_regret_is_dropped_and_told():
    checked = verify(BATTLE, [[(1.0, 0.0), (1.0, 0.0)], [(0.6, 0.4), (0.6, 0.4)], [(np.nan, 1.0), (1.0, 0.0)]])
    assert len(checked.equilibria) == 1 and checked.dropped == 2
    told = Solutions(checked.equilibria, "a method", False, None, 1e-8, dropped=2).sentences()
    assert "2 answers of the method had a larger regret and went." in told


def test_a_liar_among_the_methods_is_found_out(monkeypatch):
    """Whatever a method returns, only equilibria come through, and the list is no longer called complete."""
    monkeypatch.setitem(
        methods.METHODS, "enumeration", lambda game: methods.Found([((1.0, 0.0), (0.0, 1.0))], "liar", True, False)
    )
    found = solve_normal_form(BATTLE)
    assert found.equilibria == () and found.dropped == 1 and not found.is_complete
    assert found.sentences()[0] == "No equilibrium was found, which does not show that there is none."


@pytest.mark.parametrize("method", ["auto", "pure", "logit limit", "several", "supports"])
def test_number_degeneracy_and_tolerance_are_always_said(method):
    told = " ".join(solve_normal_form(BATTLE, method).sentences())
    assert "equilibri" in told and "degenerate" in told and "counts as none" in told
    assert "complete" in told or "unique" in told


def test_near_and_exact_ties_are_said():
    game = bimatrix([[1.0, 0.0], [0.999, 5.0]], [[1.0, 0.0], [0.0, 0.0]], ("A", "B"), (("u", "d"), ("l", "r")))
    told = solve_normal_form(game)
    assert "In equilibrium 1 d falls only 0.001 short for A: a near tie." in told.near_ties
    assert any(one.endswith("could use l as well: it is exactly as good.") for one in told.near_ties)


def test_many_ties_are_summed_up():
    told = solve_normal_form(bimatrix(np.zeros((3, 3)), np.zeros((3, 3))))
    assert len(told.near_ties) == 36 and "So it is in 24 further cases." in told.sentences()


@pytest.mark.parametrize("tolerance", [0.0, -1.0, 1.0, float("nan")])
def test_a_senseless_tolerance_is_refused(tolerance):
    with pytest.raises(ParameterError, match="tolerance: expected a number between 0 and 1"):
        solve_normal_form(BATTLE, tolerance=tolerance)


# --- quantal response ---


@pytest.mark.parametrize("precision", [-1.0, float("inf"), float("nan")])
def test_a_senseless_precision_is_refused(precision):
    with pytest.raises(ParameterError, match="precision: expected a finite number of at least 0"):
        logit_equilibrium(BATTLE, precision)


def test_the_principal_branch_goes_past_a_fold():
    """McKelvey and Palfrey's stag hunt: for high precision there are three fixed points, and the branch keeps to its own."""
    game = bimatrix([[9, 0], [8, 7]], [[9, 8], [0, 7]])
    for precision in (0.1, 1.0, 10.0, 1000.0):
        found = logit_equilibrium(game, precision)
        assert found.profile[0].probabilities[1] >= 0.5 and found.residual < 1e-9
    assert found.profile[0].probabilities[1] == pytest.approx(1.0, abs=1e-12)


def test_a_scaled_game_has_the_same_response_at_scaled_precision():
    game = random_game(9, (3, 3, 2))
    larger = NormalForm(game.players, game.strategies, 1000.0 * game.payoffs - 5.0)
    one, other = logit_equilibrium(game, 0.02), logit_equilibrium(larger, 0.02 / 1000.0)
    for a, b in zip(one.profile, other.profile, strict=True):
        assert a.probabilities == pytest.approx(b.probabilities, abs=1e-9)


def test_logit_in_a_tree_with_a_branch_of_no_chance_is_defined():
    from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm

    def choose(name: str, first: float) -> Decision:
        return Decision("A", name, ("l", "r"), (End((first,)), End((0.0,))))

    tree = ExtensiveForm(("A",), Chance(("never", "always"), (0.0, 1.0), (choose("x", 3.0), choose("y", 1.0))))
    found = logit_equilibrium(tree, 1.0)
    assert found.profile[0].probabilities[0] == pytest.approx(1 / (1 + np.exp(-3.0)))
    assert found.profile[1].probabilities[0] == pytest.approx(1 / (1 + np.exp(-1.0)))


def test_regret_of_a_logit_equilibrium_shrinks_with_precision():
    regrets = [max(logit_equilibrium(kuhn_poker(), x).regrets) for x in (0.5, 5.0, 50.0)]
    assert regrets[0] > regrets[1] > regrets[2] > 0.0
    assert solve_extensive_form(kuhn_poker()).value == pytest.approx(
        logit_equilibrium(kuhn_poker(), 50.0).payoffs[0], abs=0.02
    )


def test_expected_payoffs_of_equilibria_are_those_of_the_profile():
    for one in solve_normal_form(PENNIES).equilibria:
        assert max_regret(PENNIES, [m.probabilities for m in one.profile]) == one.regret


def test_what_rounding_leaves_of_nothing_is_nothing_and_a_small_payoff_is_not():
    assert without_noise(-2.8e-17, 1.0) == 0.0 and without_noise(-2.8e-17, 1e-3) == -2.8e-17
    assert without_noise(1e-9, 1.0) == 1e-9
    small = bimatrix([[1e-12, 0.0], [0.0, 0.0]], [[1e-12, 0.0], [0.0, 0.0]])
    assert max(one.payoffs[0] for one in solve_normal_form(small).equilibria) == 1e-12
    thirds = bimatrix([[0.1, -0.2], [-0.2, 0.4]], [[0.3, 0.7], [0.7, 0.3]])  # worth 0, but for rounding
    assert [one.payoffs[0] for one in solve_normal_form(thirds).equilibria] == [0.0]


def test_a_tree_in_which_nobody_chooses_has_its_payoffs_as_answer():
    game = ExtensiveForm(("A",), Chance(("h", "t"), (0.25, 0.75), (End((4.0,)), End((0.0,)))))
    (only,) = solve_extensive_form(game).equilibria
    assert only.words == "Nobody chooses. Payoffs: A 1."
