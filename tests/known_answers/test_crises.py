"""Crises: take-it-or-leave-it demands, attrition with audience costs, brinkmanship, and the ladder itself.

Expected numbers: closed forms in ``verification.md`` T03 (Fearon 1995), T05 (Fearon 1994) and T14 (Schelling, Powell);
the ladder's from a stand-alone prototype of the same rules (clarification 12.3).
"""

from __future__ import annotations

from statistics import NormalDist, median

import numpy as np
import pytest

from sim.arithmetic import exp, log
from sim.randomness import Stream, uniform, uniform_pair
from sim.rules import ladder
from tests.counts import planted_error, sample_size
from tests.printed_digits import agrees, assert_printed
from tests.statistics_helpers import SIGMAS, assert_rate

SEED = 20180309

# T03: p, own cost, low, high -> demand, refusal, value
DEMANDS = [
    (0.5, 0.10, 0.0, 0.40, "0.650000", "0.375000", "0.556250"),
    (0.6, 0.15, 0.2, 0.50, "0.800000", "0.000000", "0.800000"),
    (0.7, 0.05, 0.0, 0.25, "0.800000", "0.400000", "0.740000"),
    (0.4, 0.30, 0.0, 0.20, "0.400000", "0.000000", "0.400000"),
    (0.8, 0.05, 0.0, 0.60, "1.000000", "0.333333", "0.916667"),
]


@pytest.mark.parametrize("p, own, low, high, demand, refused, value", DEMANDS)
def test_demand_against_a_uniform_cost(p, own, low, high, demand, refused, value):
    premium = ladder.premium_uniform(p, own, low, high)
    refusal = ladder.refusal_uniform(premium, low, high)
    assert_printed(p + premium, demand)
    assert_printed(refusal, refused)
    assert_printed(ladder.demand_value(p, own, premium, refusal), value)


@pytest.mark.parametrize("p, own, low, high", [row[:4] for row in DEMANDS])
def test_no_other_demand_is_better(p, own, low, high):
    """The closed form against a search over all demands."""
    best = max(
        ladder.demand_value(p, own, y, ladder.refusal_uniform(y, low, high)) for y in np.linspace(0.0, 1.0 - p, 2001)
    )
    premium = ladder.premium_uniform(p, own, low, high)
    assert ladder.demand_value(p, own, premium, ladder.refusal_uniform(premium, low, high)) == pytest.approx(
        best, abs=1e-6
    )


def test_demand_against_an_exponential_cost():
    """p = .4, own cost .1: mean .2 gives demand .5 and refusal .393469; mean .1 gives no fighting."""
    premium = ladder.premium_exponential(0.4, 0.1, 0.2)
    assert_printed(0.4 + premium, "0.500000")
    assert_printed(ladder.refusal_exponential(premium, 0.2), "0.393469")
    assert ladder.refusal_exponential(ladder.premium_exponential(0.4, 0.1, 0.1), 0.1) == 0.0


@pytest.fixture(scope="module")
def costs() -> list[float]:
    """The opponents' costs of fighting in the first row, each drawn at its address."""
    low, high = DEMANDS[0][2:4]
    trials = sample_size("demand_refusals")
    return [low + (high - low) * uniform(SEED, replication, 0, Stream.TYPE, 1, 0, 0) for replication in range(trials)]


def refusals(costs: list[float], scale: float) -> int:
    """How many of the first row's demands are refused; costs are divided by the scale."""
    premium = ladder.premium_uniform(*DEMANDS[0][:4])
    return sum(ladder.refuses_premium(premium, cost, scale) for cost in costs)


def test_demands_are_refused_as_often_as_predicted(costs):
    assert_rate(refusals(costs, 1.0), len(costs), 0.375)


def test_costs_slightly_too_high_would_show(costs):
    """Refusals fall by the error that the sample is made for."""
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(refusals(costs, 1.0 - planted_error("demand_refusals")), len(costs), 0.375)


# T05: a1, a2, W1, W2, v -> horizon, stay 1, stay 2, m1, m2, fight
CONTESTS = [
    ((1, 1, 1, 1, 1), ("0.618034", "0.618034", "0.618034", "0.000000", "0.000000", "0.381966")),
    ((2, 1, 1, 1, 1), ("0.366025", "0.732051", "0.366025", "0.000000", "0.366025", "0.267949")),
    ((1, 1, 2, 1, 1), ("0.618034", "0.309017", "0.618034", "0.500000", "0.000000", "0.190983")),
    ((3, 1, 1, 1, 0.5), ("0.228714", "0.686141", "0.228714", "0.000000", "0.457427", "0.156930")),
]


@pytest.mark.parametrize("game, printed", CONTESTS)
def test_attrition_with_audience_costs(game, printed):
    out = [0.0] * ladder.NUM_CONTEST
    ladder.audience_contest(*game, out)
    for found, expected in zip(out, printed, strict=True):
        assert_printed(found, expected)


@pytest.mark.parametrize("game", [game for game, _ in CONTESTS])
def test_staying_and_quitting_pay_the_same_until_the_horizon(game):
    """Indifference, the equilibrium condition: the quit rate times (prize + own loss so far) is the cost of waiting."""
    a1, a2, _, _, v = game
    out = [0.0] * ladder.NUM_CONTEST
    ladder.audience_contest(*game, out)
    step = 1e-6
    for share in (0.1, 0.5, 0.9):
        t = share * out[ladder.CONTEST_HORIZON]
        for rival, own in ((a1, a2), (a2, a1)):
            stay = ladder.stay_probability(1.0, rival, v, t)
            rate = (stay - ladder.stay_probability(1.0, rival, v, t + step)) / (step * stay)
            assert rate == pytest.approx(ladder.quit_hazard(rival, v, t), rel=1e-5)
            assert own > 0
            assert rate * (v + rival * t) == pytest.approx(rival, rel=1e-5)


def quit_time(draw: float, at_once: float, rival_audience: float, prize: float) -> float:
    """When a side quits, from one uniform: inverse of its survival."""
    if draw <= at_once:
        return 0.0
    return prize * ((1.0 - at_once) / (1.0 - draw) - 1.0) / rival_audience


def play_contest(trials: int, rush: bool = True, patience: float = 1.0) -> tuple[int, int]:
    """Contests of the second row that end in fighting, and in side two yielding at once.

    Wrong versions: side two never yields at once; side one's chance to last to the horizon is multiplied by `patience`.
    """
    a1, a2, w1, w2, v = CONTESTS[1][0]
    out = [0.0] * ladder.NUM_CONTEST
    ladder.audience_contest(a1, a2, w1, w2, v, out)
    if not rush:
        out[ladder.CONTEST_YIELD_TWO] = 0.0
    fights = yields = 0
    for replication in range(trials):
        one, two = uniform_pair(SEED, replication, 0, Stream.CHOICE, 2, 0, 0)
        first = quit_time(1.0 - (1.0 - one) * patience, out[ladder.CONTEST_YIELD_ONE], a2, v)
        second = quit_time(two, out[ladder.CONTEST_YIELD_TWO], a1, v)
        yields += second == 0.0
        horizon = out[ladder.CONTEST_HORIZON]
        fights += first > horizon and second > horizon
    return fights, yields


def test_contests_played_end_in_fighting_as_often_as_solved():
    trials = sample_size("audience_contest")
    fights, yields = play_contest(trials)
    assert_rate(fights, trials, 2.0 - 3.0**0.5)  # .267949
    assert_rate(yields, trials, (3.0**0.5 - 1.0) / 2.0)  # .366025


def test_a_slow_side_that_never_yields_at_once_would_show():
    trials = sample_size("audience_contest")
    fights, _ = play_contest(trials, rush=False)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(fights, trials, 2.0 - 3.0**0.5)


def test_a_side_slightly_too_patient_would_show():
    """Fights are more frequent by the error that the sample is made for."""
    trials = sample_size("audience_contest")
    fights, _ = play_contest(trials, patience=1.0 / (1.0 + planted_error("audience_contest")))
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(fights, trials, 2.0 - 3.0**0.5)


# T14


@pytest.mark.parametrize(
    "win, submit, disaster, printed", [(1, 0.2, -3, "0.200000"), (1, 0.2, -1, "0.400000"), (1, 0.6, -3, "0.100000")]
)
def test_critical_risk(win, submit, disaster, printed):
    assert_printed(ladder.critical_risk(win, submit, disaster), printed)


@pytest.mark.parametrize(
    "risk, rounds, printed", [(0.02, 10, "0.182927"), (0.02, 30, "0.454516"), (0.1, 5, "0.409510")]
)
def test_autonomous_risk_accumulates(risk, rounds, printed):
    assert_printed(ladder.disaster_by_round(risk, rounds), printed)


@pytest.mark.parametrize("hazard", [0.001, 0.02, 0.5])
@pytest.mark.parametrize("win, submit, disaster, printed", [(1, 0, -3, "0.142857"), (1, 0.2, -2, "0.153846")])
def test_disaster_does_not_depend_on_the_hazard(hazard, win, submit, disaster, printed):
    quits = ladder.brink_quit_rate(hazard, win, submit, disaster)
    assert_printed(ladder.disaster_before_quitting(hazard, quits), printed)


def play_brink(trials: int, hazard: float, sides_quitting: int = 2, slower: float = 1.0) -> int:
    """Contests on the brink that end in disaster; every clock owns an exponential at its own address."""
    quits = ladder.brink_quit_rate(hazard, 1.0, 0.0, -3.0) / slower
    disasters = 0
    for replication in range(trials):
        one, two = uniform_pair(SEED, replication, 0, Stream.CHOICE, 3, 0, 0)
        disaster = -log(uniform(SEED, replication, 0, Stream.HAZARD, 3, 0, 0)) / hazard
        first = -log(one) / quits
        second = -log(two) / quits if sides_quitting == 2 else first
        disasters += disaster < first and disaster < second
    return disasters


def test_brinks_played_end_in_disaster_as_often_as_solved():
    trials = sample_size("brink_disasters")
    assert_rate(play_brink(trials, hazard=0.03), trials, 1.0 / 7.0)


def test_a_brink_that_only_one_side_can_leave_would_show():
    trials = sample_size("brink_disasters")
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_brink(trials, hazard=0.03, sides_quitting=1), trials, 1.0 / 7.0)


def test_sides_that_quit_slightly_too_slowly_would_show():
    """Disasters are more frequent by the error that the sample is made for: p = 1 / (1 + 6 / slower)."""
    trials = sample_size("brink_disasters")
    p = (1.0 + planted_error("brink_disasters")) / 7.0
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_brink(trials, hazard=0.03, slower=6.0 * p / (1.0 - p)), trials, 1.0 / 7.0)


# The ladder: crises entered at rung 4, with the summit scenario's numbers.

LAST = 9
DAILY_RISK = (0.0, 0.0, 1e-6, 3e-6, 1e-5, 3e-5, 3e-4, 1e-3, 2e-2, 0.0)
AUDIENCE = (0.0, 0.2, 0.3, 0.3, 0.6, 0.6, 0.8, 1.0, 1.0, 1.0)
TERMS = (0.45, 0.05, 0.01)
COSTS = {"USA": (0.75, 0.35), "PRK": (0.90, 0.30)}
CLIMBS = {5: 0.04, 6: 0.06, 7: 0.10}
CELLS = 7


def ladder_table(climbs: dict[int, float]) -> list[float]:
    table: list[float] = []
    for rung in range(LAST + 1):
        tick = 1.0 if rung >= 6 else 7.0
        table += [
            ladder.chance_within(DAILY_RISK[rung], tick),
            AUDIENCE[rung],
            0.004 * rung if rung >= 6 else 0.001 * rung,
            climbs.get(rung, 0.0),
        ]
    return table


def side_numbers(side: str, cost: float) -> list[float]:
    if side == "USA":
        fight = ladder.fight_value(0.95, 0.86, cost)
        return [0.4430, 0.06, 0.20, fight, 0.817 - 0.9475 * cost]
    fight = ladder.fight_value(1.0 - 0.95, 0.72, cost)
    disagreement = 0.5473 - 0.07 * 0.725
    return [disagreement, 0.06, 0.10, fight, ladder.strike_value(disagreement, 0.10, 0.55, fight)]


def cost_cells(side: str) -> list[float]:
    """Conditional means of seven equally likely bins of the lognormal cost of fighting."""
    centre, spread = COSTS[side]
    normal = NormalDist()
    upper = [normal.cdf(normal.inv_cdf(cell / CELLS) - spread) for cell in range(1, CELLS)] + [1.0]
    lower = [0.0] + upper[:-1]
    mean = centre * exp(spread * spread / 2.0)
    return [CELLS * mean * (high - low) for low, high in zip(lower, upper, strict=True)]


def concession_chances(table: list[float]) -> dict[tuple[str, int], float]:
    chances = {}
    for side in COSTS:
        numbers = [side_numbers(side, cost) for cost in cost_cells(side)]
        for rung in range(3, LAST + 1):
            chances[side, rung] = (
                ladder.believed_concession(
                    rung,
                    LAST,
                    numbers[0],
                    [cell[ladder.FIGHT_VALUE] for cell in numbers],
                    [cell[ladder.FORCE_VALUE] for cell in numbers],
                    [1.0 / CELLS] * CELLS,
                    CELLS,
                    table,
                    TERMS,
                    AUDIENCE[rung],
                    80.0 if rung >= 7 else 40.0,
                )
                if rung < LAST
                else 0.0
            )
    return chances


def play_crisis(replication: int, table: list[float], chances: dict, fade: float) -> tuple[int, float]:
    """Highest rung and duration in days of one crisis entered at rung 4; no broker's veto."""
    normal = NormalDist()
    draws = uniform_pair(SEED, replication, 0, Stream.TYPE, 4, 0, 0)
    sides = {
        side: side_numbers(side, centre * exp(spread * normal.inv_cdf(draw)))
        for (side, (centre, spread)), draw in zip(COSTS.items(), draws, strict=True)
    }
    mover, other = ("USA", "PRK") if uniform(SEED, replication, 0, Stream.SHOCK, 4, 0, 0) < 0.5 else ("PRK", "USA")
    rung = top = 4
    day = strike_day = 0.0
    known: dict[tuple[str, int], tuple[float, float]] = {}
    counter = 0
    values = [0.0] * 3
    while 3 < rung < LAST:
        tick = 1.0 if rung >= 6 else 7.0
        day += tick
        if (mover, rung) not in known:
            ladder.crisis_values(
                rung, LAST, sides[mover], table, TERMS, AUDIENCE[rung],
                chances[other, rung], chances[other, rung + 1], values,
            )  # fmt: skip
            precision = 80.0 if rung >= 7 else 40.0
            weights = [exp(precision * (value - max(values))) for value in values]
            known[mover, rung] = weights[0] / sum(weights), (weights[0] + weights[1]) / sum(weights)
        concede, not_escalate = known[mover, rung]
        choice, chance = uniform_pair(SEED, replication, 0, Stream.CHOICE, 4, 0, counter)
        counter += 1
        before = rung
        if choice < concede:
            rung = ladder.rung_after_concession(rung, LAST, 2, 6)
        elif choice >= not_escalate or chance < table[rung * ladder.NUM_COLUMNS + ladder.STEP_UP]:
            rung += 1
        elif rung != 8 and 1.0 - chance < ladder.chance_within(fade, tick):
            rung -= 1
        if rung == 8 and before != 8:
            strike_day = day
        elif rung == 8 and day - strike_day >= 30.0:
            rung = 6
        top = max(top, rung)
        mover, other = other, mover
    return top, day


def ladder_figures(trials: int, climbs: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    table = ladder_table(climbs)
    chances = concession_chances(table)
    played = [play_crisis(replication, table, chances, fade=0.018) for replication in range(trials)]
    return np.array([top for top, _ in played]), np.array([days for _, days in played])


PROTOTYPE = 12_000  # crises behind the prototype's figures


def assert_like_prototype(count: int, trials: int, expected: float) -> None:
    """Two samples: the prototype's share carries a standard error of its own."""
    error = (expected * (1.0 - expected) * (1.0 / trials + 1.0 / PROTOTYPE)) ** 0.5
    assert abs(count / trials - expected) <= SIGMAS * error + 0.0005, f"expected {expected}, found {count / trials:.4f}"


def test_crises_climb_and_fade_as_in_the_prototype():
    """14 percent reach the brink, 1.8 percent all-out fighting, half are over after 84 days."""
    trials = sample_size("ladder_figures")
    tops, days = ladder_figures(trials, CLIMBS)
    assert_like_prototype(int((tops >= 7).sum()), trials, 0.14)
    assert_like_prototype(int((tops == LAST).sum()), trials, 0.018)
    assert 77.0 <= median(days.tolist()) <= 91.0


def test_climbing_free_of_charge_would_show():
    """Without the one-off costs a one-step logit climbs almost freely, as the prototype found."""
    trials = sample_size("ladder_figures") // 40
    tops, _ = ladder_figures(trials, {})
    assert (tops == LAST).mean() > 0.25
    with pytest.raises(AssertionError):
        assert_like_prototype(int((tops >= 7).sum()), trials, 0.14)


def test_risk_of_limited_force_implies_its_chance_of_going_all_the_way():
    """.02 a day over 30 days is .4545 by rounds; as a constant rate 1 - exp(-.6). The inverse gives the rate back."""
    assert_printed(ladder.disaster_by_round(0.02, 30), "0.4545")
    assert_printed(ladder.chance_within(0.02, 30.0), "0.4512")
    assert ladder.chance_within(ladder.rate_from_chance(0.45, 30.0), 30.0) == pytest.approx(0.45, rel=1e-12)


def test_printed_numbers_are_compared_to_the_last_digit():
    assert agrees(0.3749999, "0.375000")
    assert not agrees(0.3749994, "0.375000")
