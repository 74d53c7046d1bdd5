"""M03, M04: the triumph scale, and the chance of force after a meeting in all eight printed rows.

The table: value of the meeting 0, no spin, the menu of three without a signed text, cost types
integrated over a lognormal with median .75 and log sd .35 at 2001 mid-quantiles.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from sim.rules.choice import logit_probabilities
from sim.rules.expectation import (
    FORCE,
    NUM_RESPONSES,
    collapsed,
    reference_point,
    response_values,
    shock,
    triumph_value,
)
from tests.known_answers.summit_tables import utility

EXPECTATIONS = (0.1, 0.3, 0.5, 0.7, 0.9)
NUM_COSTS = 2001
COSTS = [0.75 * math.exp(0.35 * NormalDist().inv_cdf((n + 0.5) / NUM_COSTS)) for n in range(NUM_COSTS)]
PROSPECTS = [0.45, 0.86, 0.35, 0.35, 0.80, 1.0, 0.20, 0.75, 2.2]
BASELINE = utility("USA", "sq_march_2018")
TOP = utility("USA", "cvid_for_paper_guarantee")
SETTLEMENT = utility("USA", "small_deal_liaison")

# belief collapse, reference dependence, precision -> P(force) at EXPECTATIONS
TABLE = {
    (False, False, 12.0): (0.0528, 0.0528, 0.0528, 0.0528, 0.0528),
    (True, False, 12.0): (0.0553, 0.0583, 0.0614, 0.0632, 0.0639),
    (False, True, 7.5): (0.0241, 0.0380, 0.0512, 0.0532, 0.0508),
    (True, True, 7.5): (0.0264, 0.0444, 0.0629, 0.0663, 0.0642),
}
# leader precision: lowest and highest of the row are printed
LEADER_RANGES = {
    (False, False, 40.0): (0.0308, 0.0308),
    (True, False, 40.0): (0.0337, 0.0436),
    (False, True, 25.0): (0.0113, 0.0421),
    (True, True, 25.0): (0.0134, 0.0580),
}


def chance_of_force(expectation, collapse, reference_dependent, precision, costs=COSTS):
    gap_shock = shock(expectation - 0.0, 6.0, 0.30)
    strength = 0.8 if collapse else 0.0
    talk_belief = collapsed(0.55, strength, gap_shock, 0.0)
    pressure_belief = collapsed(0.50, strength, gap_shock, 0.0)
    constants = [0.4, 0.06, 0.03, *((2.25, 0.88) if reference_dependent else (1.0, 1.0))]
    reference = reference_point(BASELINE, TOP, expectation)
    values, probabilities = [0.0] * NUM_RESPONSES, [0.0] * NUM_RESPONSES
    total = 0.0
    for cost in costs:
        response_values(
            talk_belief, pressure_belief, BASELINE, SETTLEMENT, 0.0, cost, reference, constants, PROSPECTS, 3, values
        )
        logit_probabilities(values, (1, 1, 1, 0), NUM_RESPONSES, precision, probabilities)
        total += probabilities[FORCE]
    return total / len(costs)


@pytest.mark.parametrize(
    ("package", "value"),
    [
        ("hollow_declaration", 0.055),
        ("small_deal_liaison", 0.083),
        ("interim_yongbyon", 0.155),
        ("deep_cap", 0.213),
        ("us_hanoi_ask", 0.657),
        ("sq_march_2018", 0.0),
        ("cvid_for_paper_guarantee", 1.0),
    ],
)
def test_triumph_scale(package, value):
    assert triumph_value(utility("USA", package), BASELINE, TOP) == pytest.approx(value, abs=5e-4)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_chance_of_force_at_every_expectation(row):
    found = [chance_of_force(expectation, *row) for expectation in EXPECTATIONS]
    assert found == pytest.approx(TABLE[row], abs=5e-5)


@pytest.mark.parametrize("row", LEADER_RANGES, ids=str)
def test_range_of_the_chance_of_force_at_leader_precision(row):
    found = [chance_of_force(expectation, *row) for expectation in EXPECTATIONS]
    assert (min(found), max(found)) == pytest.approx(LEADER_RANGES[row], abs=5e-5)
    if row[1]:
        assert found.index(max(found)) == EXPECTATIONS.index(0.7)


@pytest.mark.parametrize("hope", [0.1, 0.5, 0.9, 1.0])
def test_hope_changes_nothing_with_both_channels_off(hope):
    """Under expected utility a reference shifts all values alike; only the last bits may move."""
    assert chance_of_force(hope, False, False, 40.0, (0.5, 0.9)) == pytest.approx(
        chance_of_force(0.0, False, False, 40.0, (0.5, 0.9)), rel=1e-12
    )
