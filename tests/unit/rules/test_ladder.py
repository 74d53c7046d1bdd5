"""The crisis tick and its reference games."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arithmetic import exp
from sim.rules import ladder

LAST = 9
TERMS = [0.45, 0.05, 0.01]
# columns: slip chance, audience multiplier, holding cost, climbing cost
TABLE = [number for rung in range(LAST + 1) for number in (0.001 * rung, 0.1 * rung, 0.002 * rung, 0.01 * rung)]
SIDE = [0.5, 0.06, 0.2, -0.1, 0.3]
RUNGS = st.integers(0, LAST - 1)
CHANCES = st.floats(0.0, 1.0)


def tick(rung, side=SIDE, now=0.0, following=0.0, scale=0.5, table=TABLE, terms=TERMS):
    out = [0.0] * 3
    ladder.crisis_values(rung, LAST, side, table, terms, scale, now, following, out)
    return out


def plainly(rung, side, now, following, scale, table=TABLE, terms=TERMS):
    """The three values written as in the specification."""
    d, stake, audience, fight, force = side
    slip = [table[4 * r] for r in range(LAST + 1)]
    hold_cost = [table[4 * r + 2] for r in range(LAST + 1)]
    climb = [table[4 * r + 3] for r in range(LAST + 1)]
    losses = [ladder.loss(r, LAST, d, fight, terms) for r in range(LAST + 1)]
    concede = d - stake - audience * scale
    hold = d - hold_cost[rung] + now * stake - slip[rung] * losses[rung + 1]
    if rung == 8:
        return [concede, hold, fight]
    if rung == 7:
        return [concede, hold, force]
    above = rung + 1
    escalate = (
        d - climb[above] - hold_cost[above] + following * stake - (1 - following) * slip[above] * losses[rung + 2]
    )
    return [concede, hold, escalate]


@given(RUNGS, CHANCES, CHANCES, st.floats(0.0, 3.0), st.floats(-3.0, 0.4))
def test_values_are_those_of_the_specification(rung, now, following, scale, fight):
    side = [0.5, 0.06, 0.2, fight, 0.3]
    assert tick(rung, side, now, following, scale) == pytest.approx(
        plainly(rung, side, now, following, scale), abs=1e-14
    )


@given(
    RUNGS, st.lists(st.tuples(st.floats(-2.0, 0.4), st.floats(-2.0, 0.4)), min_size=1, max_size=7), st.floats(0, 200)
)
def test_believed_concession_is_the_mean_logit_chance(rung, types, precision):
    expected = 0.0
    for fight, force in types:
        values = plainly(rung, [0.5, 0.06, 0.2, fight, force], 0.0, 0.0, 0.5)
        weights = [exp(precision * (value - max(values))) for value in values]
        expected += weights[0] / sum(weights) / len(types)
    found = ladder.believed_concession(
        rung,
        LAST,
        SIDE,
        [fight for fight, _ in types],
        [force for _, force in types],
        [1.0 / len(types)] * len(types),
        len(types),
        TABLE,
        TERMS,
        0.5,
        precision,
    )
    assert found == pytest.approx(expected, abs=1e-12)


HOLDING = {  # what holding costs at a rung: holding, escalating at every other rung, or conceding is best below the brink
    "cheap": lambda rung: 0.05 - 0.004 * rung,
    "alternating": lambda rung: 0.5 if rung % 2 == 0 else 0.01,
    "dear": lambda rung: 0.8,
}
DEAR = [0.7, 0.2, 0.4]  # the first rungs of danger: share of the loss, its floor, a loss a rung


@pytest.mark.parametrize("holding", HOLDING)
@pytest.mark.parametrize("precision", [0.5, 4.0, 12.0, 9000.0])
@pytest.mark.parametrize("rung", range(LAST))
def test_belief_and_tick_agree_where_every_number_counts(rung, precision, holding):
    """Slips, costs and losses large enough to matter to every option, three types believed unequally likely."""
    steep = [
        number for r in range(LAST + 1) for number in (0.03 + 0.02 * r, 0.4 + 0.1 * r, HOLDING[holding](r), 0.02 * r)
    ]
    types, beliefs = [(0.1, 0.2), (-0.9, 0.45), (0.45, -0.3)], [0.2, 0.5, 0.3]
    expected = 0.0
    for (fight, force), belief in zip(types, beliefs, strict=True):
        side = [0.5, 0.3, 0.2, fight, force]
        values = plainly(rung, side, 0.0, 0.0, 0.5, steep, DEAR)
        hoping = plainly(rung, side, 0.3, 0.6, 0.5, steep, DEAR)
        assert tick(rung, side, 0.3, 0.6, 0.5, steep, DEAR) == pytest.approx(hoping, rel=1e-13)
        weights = [exp(max(-700.0, precision * (value - max(values)))) for value in values]
        expected += belief * weights[0] / sum(weights)
    found = ladder.believed_concession(
        rung, LAST, [0.5, 0.3, 0.2, 9.0, 9.0], [fight for fight, _ in types], [force for _, force in types], beliefs, 3,
        steep, DEAR, 0.5, precision,
    )  # fmt: skip
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)
    assert precision > 100.0 or 0.001 < found < 0.9999


def test_losses_rise_with_the_rung():
    """With d = .44 and a fight worth .07: .07 at the brink, .45 * .37 + .05 by limited force, .37 all out."""
    losses = [ladder.loss(rung, LAST, 0.44, 0.07, TERMS) for rung in range(LAST + 1)]
    assert losses == sorted(losses)
    assert losses[7:] == pytest.approx([0.07, 0.2165, 0.37])


@given(RUNGS, CHANCES, CHANCES)
def test_hope_of_the_others_concession_raises_holding(rung, low, rise):
    high = low + rise * (1.0 - low)
    assert tick(rung, now=high)[ladder.HOLD] >= tick(rung, now=low)[ladder.HOLD]
    assert tick(rung, following=high)[ladder.ESCALATE] >= tick(rung, following=low)[ladder.ESCALATE] - 1e-15


@given(RUNGS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_higher_audience_costs_make_conceding_rarer(rung, audience, more):
    """The sign of the audience-cost theory, in the ladder."""

    def chance(cost):
        return ladder.believed_concession(
            rung, LAST, [0.5, 0.06, cost, 0.0, 0.0], [0.1], [0.3], [1.0], 1, TABLE, TERMS, 1.0, 40.0
        )

    assert chance(audience + more) <= chance(audience) + 1e-15


def test_rungs_after_a_concession():
    assert ladder.rung_after_concession(5, LAST, 2, 6) == 2
    assert ladder.rung_after_concession(8, LAST, 2, 6) == 6


def test_fading_per_week():
    """.018 a day over a 7-day tick."""
    assert ladder.chance_within(0.018, 7.0) == pytest.approx(1.0 - 0.881615, abs=1e-6)


def test_threats_and_strikes_are_valued_apart():
    """At the median costs: .067 for one side, -.864 for the other, whose reprisal is worth -.1658."""
    assert ladder.fight_value(0.95, 0.86, 0.75) == pytest.approx(0.067)
    fight = ladder.fight_value(0.05, 0.72, 0.90)
    assert fight == pytest.approx(-0.864)
    assert ladder.strike_value(0.5, 0.10, 0.55, fight) == pytest.approx(0.55 * 0.40 + 0.45 * fight)


BOUNDS = st.tuples(st.floats(0.0, 1.0), st.floats(0.01, 1.0)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), BOUNDS, st.floats(0.0, 1.0))
def test_no_premium_beats_the_uniform_one(p, own, bounds, share):
    low, high = bounds
    best = ladder.premium_uniform(p, own, low, high)
    other = share * (1.0 - p)

    def value(premium):
        return ladder.demand_value(p, own, premium, ladder.refusal_uniform(premium, low, high))

    assert value(best) >= value(other) - 1e-12


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.01, 2.0), st.floats(0.0, 1.0))
def test_no_premium_beats_the_exponential_one(p, own, mean, share):
    def value(premium):
        return ladder.demand_value(p, own, premium, ladder.refusal_exponential(premium, mean))

    assert value(ladder.premium_exponential(p, own, mean)) >= value(share * (1.0 - p)) - 1e-12


@given(st.lists(st.floats(0.1, 2.0), min_size=1, max_size=7), st.floats(0.0, 1.0))
def test_grid_premium_is_the_best_of_its_ten(costs, own):
    beliefs = [1.0 / len(costs)] * len(costs)
    scale = 0.6

    def value(premium):
        refusal = sum(b for cost, b in zip(costs, beliefs, strict=True) if ladder.refuses_premium(premium, cost, scale))
        return premium * (1.0 - refusal) - own / scale * refusal

    best = ladder.grid_premium(own, costs, beliefs, len(costs), scale, 10)
    assert value(best) == pytest.approx(max(value(step / 10) for step in range(1, 11)), abs=1e-12)


def test_a_fine_grid_finds_the_closed_form():
    """Costs uniform on [0, .4] in 400 cells, own cost .1: premium .15, as the closed form says."""
    costs = [(cell + 0.5) / 1000 for cell in range(400)]
    assert ladder.grid_premium(0.1, costs, [1.0 / 400] * 400, 400, 1.0, 100) == pytest.approx(
        ladder.premium_uniform(0.5, 0.1, 0.0, 0.4)
    )


@given(st.floats(0.1, 5.0), st.floats(0.1, 5.0), st.floats(0.1, 5.0), st.floats(0.1, 5.0), st.floats(0.1, 5.0))
def test_contest_probabilities_are_probabilities_and_one_side_never_yields_at_once(a1, a2, w1, w2, v):
    out = [0.0] * ladder.NUM_CONTEST
    ladder.audience_contest(a1, a2, w1, w2, v, out)
    assert all(-1e-12 <= number <= 1.0 + 1e-12 for number in out[1:])
    assert min(out[ladder.CONTEST_YIELD_ONE], out[ladder.CONTEST_YIELD_TWO]) == pytest.approx(0.0, abs=1e-9)
    # what is left of each side at the horizon is its share that would rather fight
    horizon = out[0]
    stay = ladder.stay_probability(1.0 - out[ladder.CONTEST_YIELD_ONE], a2, v, horizon)
    assert stay == pytest.approx(out[ladder.CONTEST_STAY_ONE], abs=1e-9)


@given(st.floats(0.1, 5.0), st.floats(0.01, 5.0), st.floats(0.1, 3.0), st.floats(0.1, 3.0))
def test_contest_is_the_same_with_the_sides_exchanged(a1, a2, w1, w2):
    one, two = [0.0] * 6, [0.0] * 6
    ladder.audience_contest(a1, a2, w1, w2, 1.0, one)
    ladder.audience_contest(a2, a1, w2, w1, 1.0, two)
    assert [two[0], two[2], two[1], two[4], two[3], two[5]] == pytest.approx(one, abs=1e-12)


@given(st.floats(1e-4, 1.0), st.floats(0.1, 2.0), st.floats(0.1, 2.0))
def test_disaster_depends_on_the_payoffs_only(hazard, above, below):
    quits = ladder.brink_quit_rate(hazard, above, 0.0, -below)
    assert ladder.disaster_before_quitting(hazard, quits) == pytest.approx(1.0 / (1.0 + 2.0 * below / above), rel=1e-12)


def test_refusal_is_a_share_of_the_range_of_costs():
    """Costs on [.2, .6], where neither end is zero."""
    found = [ladder.refusal_uniform(premium, 0.2, 0.6) for premium in (0.1, 0.2, 0.3, 0.6, 0.62, 0.8)]
    assert found == pytest.approx([0.0, 0.0, 0.25, 1.0, 1.0, 1.0], abs=1e-15)


@pytest.mark.parametrize(("mean", "premium"), [(0.05, 0.0), (0.15, 0.05), (0.19, 0.09), (0.25, 0.1), (0.5, 0.1)])
def test_a_demand_against_an_exponential_cost_stays_within_the_pie(mean, premium):
    """Winning with .9 leaves a tenth to demand; own cost .1."""
    assert ladder.premium_exponential(0.9, 0.1, mean) == pytest.approx(premium, abs=1e-15)
