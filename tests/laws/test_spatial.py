"""What must hold for every spatial table: names, order, units and direction of a scale decide nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.games.spatial.averages import weighted_mean, weighted_median
from sim.games.spatial.first_turn import FirstTurn, first_turn
from sim.games.spatial.nash import nash_point
from sim.games.spatial.position_probabilities import MODELS
from sim.games.spatial.rounds import Rounds, play_rounds
from sim.games.spatial.voting import RESPONSES

CLOSE = 1e-7


@dataclass(frozen=True)
class Table:
    """Arrays of a table in shares of the scale."""

    positions: np.ndarray
    salience: np.ndarray
    capability: np.ndarray


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Two to twelve actors on one to four dimensions, in hundredths, with ties, zeros and equal positions among them."""
    n, d = draw(st.integers(2, 12)), draw(st.integers(1, 4))
    hundredths = st.integers(0, 100).map(lambda number: number / 100)
    positions = np.array(draw(st.lists(hundredths, min_size=n * d, max_size=n * d))).reshape(n, d)
    salience = np.array(draw(st.lists(hundredths, min_size=n * d, max_size=n * d))).reshape(n, d)
    capability = np.array(draw(st.lists(hundredths, min_size=n, max_size=n)))
    strongest = draw(st.integers(0, n - 1))  # somebody has capability, and salience everywhere
    capability[strongest] = max(capability[strongest], 0.1)
    salience[strongest] = np.maximum(salience[strongest], 0.1)
    return Table(positions, salience, capability)


def challenge(table: Table, dimension: int = 0, **changes) -> Rounds:
    return play_rounds(table.positions[:, dimension], table.capability, table.salience[:, dimension], **changes)


def turn_of(table: Table, voting: str = "prop", model: str = "conditional") -> FirstTurn:
    return first_turn(table.positions, table.salience, table.capability, voting, 1.0, model)


def shuffled(table: Table, order: np.ndarray) -> Table:
    return Table(table.positions[order], table.salience[order], table.capability[order])


@given(table=tables(), seed=st.integers(0, 1_000), rule=st.sampled_from(["published", "least_move"]))
def test_the_order_of_the_actors_decides_nothing(table, seed, rule):
    order = np.random.default_rng(seed).permutation(len(table.capability))
    other = shuffled(table, order)
    one, two = challenge(table, compromise=rule), challenge(other, compromise=rule)
    assert two.median == pytest.approx(one.median, abs=CLOSE)
    assert two.positions == pytest.approx(one.positions[:, order], abs=CLOSE)
    assert nash_point(other.positions, other.salience, other.capability) == pytest.approx(
        nash_point(table.positions, table.salience, table.capability), abs=CLOSE
    )


@given(
    table=tables(),
    seed=st.integers(0, 1_000),
    voting=st.sampled_from(sorted(RESPONSES)),
    model=st.sampled_from(sorted(MODELS)),
)
def test_the_order_of_the_actors_decides_nothing_in_an_election(table, seed, voting, model):
    order = np.random.default_rng(seed).permutation(len(table.capability))
    one, two = turn_of(table, voting, model), turn_of(shuffled(table, order), voting, model)
    assert two.risk == pytest.approx(one.risk[order], abs=CLOSE)
    assert two.probability == pytest.approx(one.probability[order], abs=CLOSE)


@given(table=tables(), factor=st.sampled_from([1e-6, 0.01, 3.0, 1_000.0, 1e8]), model=st.sampled_from(sorted(MODELS)))
def test_the_unit_of_capability_decides_nothing(table, factor, model):
    other = Table(table.positions, table.salience, table.capability * factor)
    assert challenge(other).median == pytest.approx(challenge(table).median, abs=CLOSE)
    assert turn_of(other, "prop", model).probability == pytest.approx(
        turn_of(table, "prop", model).probability, abs=CLOSE
    )
    assert nash_point(other.positions, other.salience, other.capability) == pytest.approx(
        nash_point(table.positions, table.salience, table.capability), abs=CLOSE
    )


@given(table=tables(), factor=st.sampled_from([0.01, 6.0, 1e5]), shift=st.sampled_from([-1e3, 0.0, 4.0]))
def test_the_unit_and_origin_of_a_scale_decide_nothing(table, factor, shift):
    """The shift is in lengths of the scale: one of millions leaves too few digits to tell a tie from what rounding makes of it."""
    other = play_rounds((table.positions[:, 0] + shift) * factor, table.capability, table.salience[:, 0], most=4)
    assert other.median == pytest.approx((challenge(table, most=4).median + shift) * factor, abs=1e-5 * factor)


@given(table=tables(), model=st.sampled_from(sorted(MODELS)))
def test_a_mirrored_scale_gives_mirrored_forecasts(table, model):
    """But for the published choice of compromises, which prefers low positions, and for ties broken by the lower one."""
    other = Table(1.0 - table.positions, table.salience, table.capability)
    weights = (table.capability[:, None] * table.salience)[:, 0]
    for average in (weighted_mean, weighted_median):
        assert average(other.positions[:, 0], weights) == pytest.approx(
            1.0 - average(table.positions[:, 0], weights), abs=CLOSE
        )
    assert nash_point(other.positions, other.salience, other.capability) == pytest.approx(
        1.0 - nash_point(table.positions, table.salience, table.capability), abs=CLOSE
    )
    assert turn_of(other, "prop", model).probability == pytest.approx(
        turn_of(table, "prop", model).probability, abs=CLOSE
    )
    one, two = challenge(table, most=1), challenge(other, most=1)
    assert two.risk == pytest.approx(one.risk, abs=CLOSE) and two.danger == pytest.approx(one.danger, abs=CLOSE)
    places, n = table.positions[:, 0], len(table.capability)
    if len(np.unique(np.abs(places[:, None] - places).round(6))) == n * (n - 1) // 2 + 1:  # no two distances are equal
        nearest = challenge(table, most=1, compromise="least_move"), challenge(other, most=1, compromise="least_move")
        assert nearest[1].positions == pytest.approx(1.0 - nearest[0].positions, abs=CLOSE)


@given(
    table=tables(),
    voting=st.sampled_from(sorted(RESPONSES)),
    model=st.sampled_from(sorted(MODELS)),
    disagreement=st.sampled_from([0.0, -1.0, -50.0]),
)
def test_forecasts_keep_within_the_positions_and_probabilities_sum_to_one(table, voting, model, disagreement):
    low, high = table.positions.min(axis=0) - CLOSE, table.positions.max(axis=0) + CLOSE
    for dimension in range(table.positions.shape[1]):
        rounds = challenge(table, dimension)
        assert (rounds.positions >= low[dimension]).all() and (rounds.positions <= high[dimension]).all()
        assert (np.abs(rounds.risk) <= 1.0 + CLOSE).all()
    turn = turn_of(table, voting, model)
    assert turn.of_positions.sum() == pytest.approx(1.0) and turn.neutral_probability.sum() == pytest.approx(1.0)
    assert turn.victory + turn.victory.T == pytest.approx(np.ones_like(turn.victory))
    assert ((turn.distance >= 0.0) & (turn.distance <= 1.0 + CLOSE)).all()
    for point in (turn.expected(table.positions), turn.likeliest(table.positions),
                  nash_point(table.positions, table.salience, table.capability, disagreement)):  # fmt: skip
        assert (point >= low).all() and (point <= high).all()


@given(table=tables())
def test_an_actor_without_capability_moves_no_forecast_of_others(table):
    """It may itself be made to move, and its danger enters the others' attitudes to risk; averages and votes it leaves alone."""
    silent = Table(
        np.vstack([table.positions, np.full(table.positions.shape[1], 0.5)]),
        np.vstack([table.salience, np.full(table.positions.shape[1], 0.9)]),
        np.append(table.capability, 0.0),
    )
    one, two = (table.capability[:, None] * table.salience)[:, 0], (silent.capability[:, None] * silent.salience)[:, 0]
    assert weighted_mean(silent.positions[:, 0], two) == pytest.approx(
        weighted_mean(table.positions[:, 0], one), abs=CLOSE
    )
    assert weighted_median(silent.positions[:, 0], two) == pytest.approx(
        weighted_median(table.positions[:, 0], one), abs=CLOSE
    )
    assert nash_point(silent.positions, silent.salience, silent.capability) == pytest.approx(
        nash_point(table.positions, table.salience, table.capability), abs=CLOSE
    )
    strength = turn_of(silent).neutral_coalition[:-1, :-1]
    assert strength == pytest.approx(turn_of(table).neutral_coalition, abs=1e-8)
