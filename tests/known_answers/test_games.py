"""Games with known solutions, through the general solvers; numbers of ``verification.md`` T07, T09, T12, T13, T21, T25.

Closed forms are those of the textbooks; that Kuhn poker is worth -1/18 to the first player is Kuhn (1950).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sim.games import bargaining
from sim.games.extensive_form import Decision, End, ExtensiveForm
from sim.games.normal_form import NormalForm, bimatrix, max_regret
from sim.games.solve import logit_equilibrium, solve_extensive_form, solve_normal_form
from tests.printed_digits import assert_printed
from tools.gambit_answers import kuhn_poker


def shares(solutions) -> list[tuple[float, ...]]:
    """Probabilities of each equilibrium, player after player, rounded."""
    return [tuple(round(p, 9) for one in found.profile for p in one.probabilities) for found in solutions.equilibria]


def chicken(temptation: float, both_yield: float, yields: float, crash: float) -> NormalForm:
    """T07: stand or yield; T for standing alone, R if both yield, S for yielding alone, P for the crash."""
    table = np.array([[crash, temptation], [yields, both_yield]])
    return bimatrix(table, table.T, ("A", "B"), (("stand", "yield"), ("stand", "yield")))


# --- normal form ---

MATCHING_PENNIES = bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
BATTLE = bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
DILEMMA = bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], ("A", "B"), (("cooperate", "defect"), ("cooperate", "defect")))
ROCK = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])


def test_matching_pennies_has_one_equilibrium_and_it_is_mixed():
    found = solve_normal_form(MATCHING_PENNIES)
    assert shares(found) == [(0.5, 0.5, 0.5, 0.5)]
    assert (found.is_complete, found.is_degenerate, found.value) == (True, False, 0.0)
    assert (
        solve_normal_form(MATCHING_PENNIES, "pure").sentences()[0]
        == "There is no pure equilibrium, and that is certain."
    )


def test_battle_of_the_sexes_has_three_equilibria():
    found = solve_normal_form(BATTLE)
    assert shares(found) == [(1, 0, 1, 0), (0.666666667, 0.333333333, 0.333333333, 0.666666667), (0, 1, 0, 1)]
    assert [one.kind for one in found.equilibria] == ["pure", "mixed", "pure"]
    assert found.equilibria[1].payoffs == pytest.approx((2 / 3, 2 / 3), abs=1e-12)


def test_prisoners_dilemma_has_one_equilibrium_in_dominant_strategies():
    found = solve_normal_form(DILEMMA)
    assert shares(found) == [(0, 1, 0, 1)]
    assert found.sentences()[0] == "The equilibrium is unique."


@pytest.mark.parametrize(
    ("numbers", "stand", "value"),
    [((1, 0, -1, -10), 0.1, -0.1), ((2, 1, 0, -5), 1 / 6, 5 / 6), ((4, 3, 1, 0), 0.5, 2.0)],
)
def test_chicken_is_stood_with_the_probability_of_the_closed_form(numbers, stand, value):
    """T07: (T - R) / ((T - R) + (S - P)); the other two equilibria are pure."""
    found = solve_normal_form(chicken(*numbers))
    mixed = [one for one in found.equilibria if one.kind == "mixed"]
    assert len(found.equilibria) == 3 and len(mixed) == 1
    assert mixed[0].profile[0].probabilities[0] == pytest.approx(stand, abs=1e-14)
    assert mixed[0].payoffs[0] == pytest.approx(value, abs=1e-14)


def test_rock_paper_scissors_is_played_with_thirds():
    assert shares(solve_normal_form(bimatrix(ROCK, -ROCK))) == [(0.333333333,) * 6]


@pytest.mark.parametrize(
    ("numbers", "violate", "inspect"),
    [((2, 8, 0.2, 10, 3, 0.5), 0.25, 0.089286), ((1, 4, 0.1, 5, 1, 0.2), 0.222222, 0.055556)],
)
def test_inspection_game_is_the_closed_form(numbers, violate, inspect):
    """T21: inspected with q* = d / ((1-m)(b+d)), violated with p* = e / ((1-m)(a-c))."""
    gain, loss, miss, undetected, detected, cost = numbers
    inspector = [[-cost - (1 - miss) * detected - miss * undetected, -cost], [-undetected, 0]]
    inspectee = [[miss * gain - (1 - miss) * loss, 0], [gain, 0]]
    game = bimatrix(inspector, inspectee, ("inspector", "inspectee"), (("inspect", "trust"), ("violate", "comply")))
    found = solve_normal_form(game)
    assert len(found.equilibria) == 1
    assert_printed(found.equilibria[0].profile[0].probabilities[0], f"{violate:.6f}")
    assert_printed(found.equilibria[0].profile[1].probabilities[0], f"{inspect:.6f}")


def test_a_degenerate_game_shows_the_corners_of_its_continuum():
    """The column player is indifferent between everything against the first row: a line of equilibria and an isolated corner."""
    found = solve_normal_form(bimatrix([[2, 0], [1, 1]], [[1, 1], [0, 2]]))
    assert found.is_degenerate and found.is_complete
    assert shares(found) == [(1, 0, 1, 0), (1, 0, 0.5, 0.5), (0, 1, 0, 1)]
    assert found.components == ((0, 1), (2,))
    assert any("Numbers 1, 2 belong to one continuum" in one for one in found.sentences())


def test_a_game_of_indifference_has_every_corner():
    found = solve_normal_form(bimatrix(np.zeros((2, 3)), np.zeros((2, 3))))
    assert len(found.equilibria) == 6 and found.components == ((0, 1, 2, 3, 4, 5),)


def test_three_players_with_one_mixed_equilibrium():
    """Each wants to differ from the next one round the table (a cycle of matching pennies): all mix half and half."""
    sign = np.array([[1.0, -1.0], [-1.0, 1.0]])
    payoffs = np.array([
        np.broadcast_to(sign[:, :, None], (2, 2, 2)),
        np.broadcast_to(sign[None, :, :], (2, 2, 2)),
        -np.broadcast_to(sign[:, None, :], (2, 2, 2)),
    ])  # fmt: skip
    game = NormalForm(("A", "B", "C"), (("0", "1"),) * 3, payoffs)
    found = solve_normal_form(game)
    assert shares(found) == [(0.5,) * 6] and found.is_complete


def test_three_firms_enter_with_an_irrational_probability():
    """Entering pays 2 alone, 1 with one other, -1 with both, else 0: 2(1-p)^2 + 2p(1-p) - p^2 = 0, so p = sqrt(3) - 1."""
    payoffs = np.zeros((3, 2, 2, 2))
    worth = {1: 2.0, 2: 1.0, 3: -1.0}
    for profile in np.ndindex(2, 2, 2):
        for player in range(3):
            if profile[player]:
                payoffs[(player, *profile)] = worth[sum(profile)]
    found = solve_normal_form(NormalForm(("A", "B", "C"), (("out", "in"),) * 3, payoffs))
    symmetric = [one for one in found.equilibria if one.kind == "mixed" and min(one.profile[0].probabilities) > 0.0]
    assert any(
        all(mixture.probabilities[1] == pytest.approx(3**0.5 - 1.0, abs=1e-12) for mixture in one.profile)
        for one in symmetric
    )
    assert found.is_complete and len(found.equilibria) % 2 == 1


# --- quantal response ---


@pytest.mark.parametrize(
    ("stake", "precision", "row", "column"),
    [
        (4, 0.5, "0.657419", "0.460726"),
        (4, 1, "0.721937", "0.390818"),
        (4, 3, "0.682262", "0.250946"),
        (9, 0.5, "0.830671", "0.418077"),
        (9, 1, "0.893576", "0.312780"),
        (9, 3, "0.795384", "0.145256"),
    ],
)
def test_quantal_response_in_asymmetric_matching_pennies(stake, precision, row, column):
    """T13: the own payoff moves the own choice, as it does not in Nash equilibrium."""
    found = logit_equilibrium(bimatrix([[stake, 0], [0, 1]], [[0, 1], [1, 0]]), precision)
    assert_printed(found.profile[0].probabilities[0], row)
    assert_printed(found.profile[1].probabilities[0], column)


def test_quantal_response_in_chicken():
    """T13: stand .224159 each, where Nash has .1."""
    found = logit_equilibrium(chicken(1, 0, -1, -10), 1.0)
    for mixture in found.profile:
        assert_printed(mixture.probabilities[0], "0.224159")


DETERRENCE = ExtensiveForm(
    ("1", "2"),
    Decision(
        "1", "challenge?", ("wait", "challenge"),
        (End((0, 0)), Decision("2", "resist?", ("concede", "resist"), (End((1, 0)), End((-1, -0.5))))),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("precision", "challenge", "resist"),
    [
        (0, "0.500000", "0.500000"),
        (0.5, "0.515539", "0.437823"),
        (1, "0.560925", "0.377541"),
        (2, "0.715904", "0.268941"),
        (5, "0.985817", "0.075858"),
        (50, "1.000000", "0.000000"),
    ],
)
def test_agent_quantal_response_of_the_deterrence_game(precision, challenge, resist):
    """T12: Signorino's recursion, here as a fixed point of the whole tree."""
    found = logit_equilibrium(DETERRENCE, precision)
    assert_printed(found.profile[0].probabilities[1], challenge)
    assert_printed(found.profile[1].probabilities[1], resist)
    assert found.residual < 1e-12


# --- trees ---


def test_kuhn_poker_is_worth_a_loss_of_an_eighteenth():
    found = solve_extensive_form(kuhn_poker())
    assert found.value == pytest.approx(-1 / 18, abs=1e-12)
    assert found.equilibria[0].regret < 1e-9


def test_entry_is_deterred_only_by_a_threat_that_is_not_believed():
    """Selten's chain store, one town: subgame perfection leaves entry alone; Nash has the empty threat as well."""
    tree = ExtensiveForm(
        ("entrant", "incumbent"),
        Decision(
            "entrant", "enter?", ("out", "in"),
            (End((0, 2)), Decision("incumbent", "fight?", ("fight", "share"), (End((-1, -1)), End((1, 1))))),
        ),
    )  # fmt: skip
    perfect = solve_extensive_form(tree)
    assert [one.payoffs for one in perfect.equilibria] == [(1.0, 1.0)]
    assert perfect.sentences()[0] == "The subgame-perfect equilibrium is unique."
    nash = solve_extensive_form(tree, "normal form")
    assert {one.payoffs for one in nash.equilibria} == {(1.0, 1.0), (0.0, 2.0)}
    assert nash.is_degenerate
    assert [one.payoffs for one in solve_extensive_form(tree, "subgame perfect").equilibria] == [(1.0, 1.0)]


@pytest.mark.parametrize("method", ["backward induction", "subgame perfect"])
def test_the_centipede_stops_at_once(method):
    node = End((32, 8))
    for stage in reversed(range(5)):
        mover = stage % 2
        taken = (4 * 2**stage, 2**stage) if mover == 0 else (2**stage, 4 * 2**stage)
        node = Decision("AB"[mover], f"stage {stage}", ("take", "pass"), (End(taken), node))
    found = solve_extensive_form(ExtensiveForm(("A", "B"), node), method)
    assert [one.payoffs for one in found.equilibria] == [(4.0, 1.0)]
    assert all(mixture.probabilities == (1.0, 0.0) for mixture in found.equilibria[0].profile)


def test_a_proper_subgame_is_mixed():
    """Out for 3/2 each, or matching pennies for 1 with a prize of 2: the subgame is worth 1, so out."""

    def pennies(first: float) -> ExtensiveForm:
        second = tuple(
            Decision("B", "B guesses", ("heads", "tails"), tuple(End((1 + s, 1 - s)) for s in signs))
            for signs in ((1, -1), (-1, 1))
        )
        inside = Decision("A", "A hides", ("heads", "tails"), second)
        return ExtensiveForm(("A", "B"), Decision("A", "play?", ("out", "in"), (End((first, first)), inside)))

    for outside, is_out in ((1.5, True), (0.5, False)):
        found = solve_extensive_form(pennies(outside))
        assert len(found.equilibria) == 1 and found.is_complete
        play, hide, guess = found.equilibria[0].profile
        assert play.probabilities == ((1.0, 0.0) if is_out else (0.0, 1.0))
        assert hide.probabilities == guess.probabilities == (0.5, 0.5)


# --- bargaining ---


@pytest.mark.parametrize(
    ("first", "second", "nash", "kalai_smorodinsky"),
    [
        (lambda x: x**0.5, lambda x: 1 - x, 1 / 3, (3 - 5**0.5) / 2),
        (lambda x: x**0.5, lambda x: (1 - x) ** 0.8, 5 / 13, 0.419210),
        (lambda x: x, lambda x: 1 - x * x, 3**-0.5, (5**0.5 - 1) / 2),
    ],
)
def test_points_of_smooth_frontiers(first, second, nash, kalai_smorodinsky):
    """T09."""
    assert bargaining.solve_frontier(first, second, (0, 1)).at == pytest.approx(nash, abs=1e-9)
    found = bargaining.solve_frontier(first, second, (0, 1), rule="kalai-smorodinsky")
    assert found.at == pytest.approx(kalai_smorodinsky, abs=1e-6)


def test_egalitarian_and_utilitarian_points_of_a_frontier():
    """T09: .618034 and .5."""
    points = {
        rule: bargaining.solve_frontier(lambda x: x, lambda x: 1 - x * x, (0, 1), rule=rule).at
        for rule in bargaining.RULES
    }
    assert_printed(points["egalitarian"], "0.618034")
    assert points["utilitarian"] == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(("weight", "first", "second", "share"), [(0.5, 0.2, 0.1, 0.55), (0.7, 0.2, 0.1, 0.69)])
def test_weighted_nash_splits_what_is_above_disagreement(weight, first, second, share):
    """T09: d1 + beta (1 - d1 - d2)."""
    found = bargaining.solve_frontier(
        lambda x: x, lambda x: 1 - x, (0, 1), (first, second), weights=(weight, 1 - weight)
    )
    assert found.at == pytest.approx(share, abs=1e-9)


def test_nash_point_of_a_finite_set():
    """T25: agreement index 2, product .396."""
    points = list(zip((0.95, 0.85, 0.72, 0.55, 0.35, 0.15), (0.10, 0.35, 0.55, 0.70, 0.86, 0.95), strict=True))
    found = bargaining.solve(points, (0, 0))
    assert (found.index, found.ties) == (2, ()) and found.value == pytest.approx(0.396)
    assert bargaining.pareto_set([*points, (0.5, 0.5)]) == (0, 1, 2, 3, 4, 5)


def test_three_equilibria_of_a_coordination_game_have_exact_probabilities():
    """Fractions with a denominator of 7 come out as the floats nearest to them."""
    found = solve_normal_form(bimatrix([[3, 0], [0, 4]], [[4, 0], [0, 3]]))
    mixed = next(one for one in found.equilibria if one.kind == "mixed")
    assert mixed.profile[0].probabilities == (float(Fraction(3, 7)), float(Fraction(4, 7)))
    assert max_regret(bimatrix([[3, 0], [0, 4]], [[4, 0], [0, 3]]), [m.probabilities for m in mixed.profile]) < 1e-15
