"""Games in normal form: what is refused, expectations, best responses, regret, dominance."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.dominance import dominations, eliminate
from sim.games.normal_form import (
    NormalForm,
    best_responses,
    bimatrix,
    constant_sum,
    deviation_payoffs,
    expected_payoffs,
    max_regret,
    pure_profile,
    regrets,
    restricted,
)

DILEMMA = bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], ("A", "B"), (("cooperate", "defect"), ("keep", "break")))


def test_first_index_of_a_table_is_the_first_players_strategy():
    payoffs = np.arange(2 * 2 * 3).reshape(2, 2, 3)
    game = NormalForm(("A", "B"), (("u", "d"), ("l", "m", "r")), payoffs)
    assert expected_payoffs(game, pure_profile(game, ["d", "m"])).tolist() == [payoffs[0, 1, 1], payoffs[1, 1, 1]]
    assert [values.tolist() for values in deviation_payoffs(game, pure_profile(game, [1, 1]))] == [
        [1.0, 4.0],
        [9.0, 10.0, 11.0],
    ]


def test_regret_is_what_a_better_reply_would_add():
    together = pure_profile(DILEMMA, ["cooperate", "keep"])
    assert regrets(DILEMMA, together).tolist() == [2.0, 2.0]
    assert regrets(DILEMMA, [(0.5, 0.5), (0.5, 0.5)]).tolist() == pytest.approx([0.75, 0.75])
    assert max_regret(DILEMMA, pure_profile(DILEMMA, ["defect", "break"])) == 0.0


def test_best_responses_are_named_and_ties_are_all_there():
    game = bimatrix([[1, 0], [1, 5]], [[0, 0], [0, 0]], strategies=(("u", "d"), ("l", "r")))
    assert best_responses(game, pure_profile(game, ["u", "l"]), 0) == ("u", "d")
    assert best_responses(game, pure_profile(game, ["u", "r"]), 0) == ("d",)
    assert best_responses(game, pure_profile(game, ["u", "r"]), 0, tolerance=5.0) == ("u", "d")


def test_expected_payoffs_of_three_players_are_sums_over_profiles():
    rng = np.random.default_rng(5)
    game = NormalForm(("A", "B", "C"), (("0", "1"), ("0", "1", "2"), ("0", "1")), rng.normal(size=(3, 2, 3, 2)))
    profile = [(0.25, 0.75), (0.5, 0.2, 0.3), (0.9, 0.1)]
    by_hand = sum(
        profile[0][a] * profile[1][b] * profile[2][c] * game.payoffs[:, a, b, c] for a, b, c in np.ndindex(2, 3, 2)
    )
    assert expected_payoffs(game, profile) == pytest.approx(by_hand, abs=1e-14)


def test_constant_sum_is_found_within_rounding():
    assert constant_sum(bimatrix([[0.1, 0.2]], [[0.2, 0.1]])) == pytest.approx(0.3)
    assert constant_sum(DILEMMA) is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bimatrix([[1, np.nan]], [[0, 0]]), r"payoff of row at \(1, 2\): expected a finite number, found nan"),
        (lambda: bimatrix([[1, np.inf]], [[0, 0]]), "expected a finite number, found inf"),
        (lambda: NormalForm(("A",), ((),), np.zeros((1, 0))), "strategies of A: expected at least one, found none"),
        (lambda: NormalForm((), (), np.zeros(0)), "players: expected at least one, found none"),
        (
            lambda: NormalForm(("A", "A"), (("x",), ("y",)), np.zeros((2, 1, 1))),
            "players: expected different names, found 'A' 2 times",
        ),
        (
            lambda: NormalForm(("A", " "), (("x",), ("y",)), np.zeros((2, 1, 1))),
            "expected a name for each, found an empty one",
        ),
        (lambda: NormalForm(("A",), (("x", "y"),), np.zeros((1, 3))), r"expected a table of shape \(1, 2\)"),
        (lambda: NormalForm(("A", "B"), (("x",),), np.zeros((2, 1))), "expected a list for each of 2 players, found 1"),
        (lambda: bimatrix([1, 2], [3, 4]), "expected two tables of rows and columns"),
    ],
)
def test_what_is_no_game_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_a_table_that_is_too_large_is_refused_with_its_size():
    names = tuple(str(k) for k in range(100))
    with pytest.raises(
        ParameterError, match="a game of 100 x 100 x 100 x 100 strategies has 400,000,000 payoffs; at most 4,000,000"
    ):
        NormalForm(("A", "B", "C", "D"), (names,) * 4, np.zeros(1))


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ([(1.0, 0.0)], "a profile of 2 distributions was expected, found 1"),
        ([(1.0, 0.0), (1.0,)], "strategies of B: 2 probabilities were expected, found 1"),
        ([(1.0, 0.0), (0.5, 0.6)], "strategies of B: expected probabilities that add up to 1"),
        ([(1.5, -0.5), (0.5, 0.5)], "strategies of A: expected probabilities that add up to 1"),
    ],
)
def test_what_is_no_profile_is_refused(profile, message):
    with pytest.raises(ParameterError, match=message):
        expected_payoffs(DILEMMA, profile)


def test_an_unknown_strategy_is_refused_with_those_there_are():
    with pytest.raises(ParameterError, match="B has no strategy 'defect'; there are keep, break"):
        pure_profile(DILEMMA, ["defect", "defect"])


def test_a_table_cannot_be_changed_behind_the_game():
    with pytest.raises(ValueError, match="read-only"):
        DILEMMA.payoffs[0, 0, 0] = 7.0


# --- dominance ---


def test_a_pure_strategy_dominates_strictly():
    found = dominations(DILEMMA)
    assert [(one.player, one.strategy, one.by, one.margin) for one in found] == [
        ("A", "cooperate", (("defect", 1.0),), 1.0),
        ("B", "keep", (("break", 1.0),), 1.0),
    ]
    assert str(found[0]) == "A: cooperate is strictly dominated by defect"


def test_only_a_mixture_dominates():
    """Half of each extreme gives 1.5 everywhere, more than 1; neither extreme dominates alone."""
    game = bimatrix([[3, 0], [0, 3], [1, 1]], np.zeros((3, 2)), strategies=(("up", "down", "middle"), ("l", "r")))
    assert dominations(game, mixed=False) == ()
    (found,) = dominations(game)
    assert found.strategy == "middle" and found.margin == pytest.approx(0.5)
    assert dict(found.by) == pytest.approx({"up": 0.5, "down": 0.5})


def test_a_mixture_dominates_weakly():
    game = bimatrix([[4, 0, 1], [0, 4, 1], [2, 2, 0]], np.zeros((3, 3)))
    assert dominations(game, "strict") == ()
    (found,) = dominations(game, "weak")
    assert found.strategy == "3" and found.margin == pytest.approx(1.0)


def test_equal_strategies_do_not_dominate_each_other():
    game = bimatrix([[1, 2], [1, 2]], [[0, 0], [0, 0]])
    assert dominations(game, "strict") == dominations(game, "weak") == ()


def test_elimination_records_its_rounds():
    """Right goes first, then down, then left: each is dominated only when what went before is gone."""
    game = bimatrix(
        [[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]], ("A", "B"), (("up", "down"), ("left", "middle", "right"))
    )
    found = eliminate(game)
    assert [(one.round, one.strategy) for one in found.steps] == [(1, "right"), (2, "down"), (3, "left")]
    assert found.game.strategies == (("up",), ("middle",))
    assert found.sentences()[0] == "Round 1: B: right is strictly dominated by middle."


def test_weak_elimination_warns_of_its_order():
    game = bimatrix([[1, 1], [1, 0]], [[0, 0], [0, 0]])
    assert "another order may leave another game" in eliminate(game, "weak").sentences()[-1]
    assert eliminate(restricted(game, [[0], [0, 1]])).sentences() == ["No strategy is dominated."]


def test_an_unknown_kind_of_dominance_is_refused():
    with pytest.raises(ParameterError, match="expected strict or weak, found 'very'"):
        dominations(DILEMMA, "very")
