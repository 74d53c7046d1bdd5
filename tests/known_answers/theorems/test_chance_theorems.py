"""T15, T22 to T24: answers without choice, against matrix exponentials, sums and integrals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm
from scipy.stats import norm

from sim.errors import ParameterError
from sim.games.theorems.theorem import theorem
from tests.known_answers.theorems.playing import points

SIX = range(1, 7)

# T15


@pytest.mark.parametrize("given", points(51, 15, **{f"rate_{n}": (0.0, 2.0) for n in SIX}, window=(0.0, 3.0)))
def test_competing_causes_by_a_matrix_exponential(given):
    generator = np.zeros((7, 7))
    generator[0, 1:] = [given[f"rate_{n}"] for n in SIX]
    generator[0, 0] = -generator[0, 1:].sum()
    values = theorem("competing_hazards").solve(**given).values
    by_window = expm(generator * given["window"])[0, 1:]
    assert [values[f"by_window_{n}"] for n in SIX] == pytest.approx(list(by_window), abs=1e-12)
    for_ever = expm(generator * 60.0 / -generator[0, 0])[0, 1:]
    assert [values[f"share_{n}"] for n in SIX] == pytest.approx(list(for_ever), abs=1e-12)
    assert values["mean_time"] == pytest.approx(quad(lambda t: math.exp(generator[0, 0] * t), 0.0, np.inf)[0], rel=1e-8)


def test_causes_that_never_strike_are_refused_or_get_nothing():
    with pytest.raises(ParameterError, match="expected at least one rate above 0; found rate_1 = 0, "):
        theorem("competing_hazards").solve(rate_1=0.0, window=1.0)
    values = theorem("competing_hazards").solve(rate_1=0.0, rate_4=2.0, window=1.0).values
    assert (values["share_1"], values["share_4"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    "given", points(52, 15, **{f"rate_{n}": (0.0, 1.0) for n in SIX}, **{f"duration_{n}": (0.0, 2.0) for n in SIX})
)
def test_a_changing_rate_by_matrix_exponentials(given):
    alive = np.array([1.0, 0.0])
    lived = 0.0
    values = theorem("piecewise_hazard").solve(**given).values
    for n in SIX:
        rate, duration = given[f"rate_{n}"], given[f"duration_{n}"]
        lived += quad(lambda t, rate=rate, start=alive[0]: start * math.exp(-rate * t), 0.0, duration)[0]
        after = alive @ expm(np.array([[-rate, rate], [0.0, 0.0]]) * duration)
        assert values[f"in_piece_{n}"] == pytest.approx(alive[0] - after[0], abs=1e-12)
        alive = after
    assert (values["survival"], values["event_probability"]) == pytest.approx(tuple(alive), abs=1e-12)
    assert values["mean_time_without"] == pytest.approx(lived, abs=1e-9)


@pytest.mark.parametrize(
    "given", points(53, 12, baseline=(0.1, 3.0), branching=(0.0, 0.9), decay=(0.2, 4.0), window=(0.5, 40.0))
)
def test_self_excitation_by_its_moment_equations(given):
    """Rate and count form a Markov process; its first and second moments obey linear equations, solved numerically."""
    mu, n, b, end = (given[name] for name in ("baseline", "branching", "decay", "window"))
    jump = n * b

    def moments(_, m):
        rate, count, square, cross, counts = m  # E(L), E(N), E(L^2), E(LN), E(N^2)
        return [
            b * (mu - rate) + jump * rate,
            rate,
            2.0 * b * (mu * rate - square) + 2.0 * jump * square + jump * jump * rate,
            b * (mu * count - cross) + jump * cross + square + jump * rate,
            2.0 * cross + rate,
        ]

    def counted(rate: float, square: float) -> tuple[float, float]:
        m = solve_ivp(moments, (0.0, end), [rate, 0.0, square, 0.0, 0.0], rtol=1e-10, atol=1e-12).y[:, -1]
        return m[1], (m[4] - m[1] * m[1]) / m[1]

    values = theorem("self_exciting").solve(**given).values
    mean, ratio = counted(mu, mu * mu)
    assert (values["mean_count_from_rest"], values["dispersion_from_rest"]) == pytest.approx((mean, ratio), rel=1e-6)
    rate = mu / (1.0 - n)
    settled = rate * rate + jump * jump * rate / (2.0 * (b - jump))  # E(L^2) that does not move
    mean, ratio = counted(rate, settled)
    assert (values["mean_count"], values["dispersion"]) == pytest.approx((mean, ratio), rel=1e-6)
    assert values["mean_rate"] == pytest.approx(rate, rel=1e-12)


# T22


@pytest.mark.parametrize(
    "given",
    points(
        54,
        20,
        prior=(0.05, 0.95),
        likelihood_good=(0.0, 1.0),
        likelihood_bad=(0.0, 1.0),
        unfavourable=(0, 12),
        favourable=(0, 12),
    ),
)
def test_beliefs_move_signal_by_signal(given):
    belief = given["prior"]
    good, bad = given["likelihood_good"], given["likelihood_bad"]
    chance = 1.0
    for left, right in [(good, bad)] * given["unfavourable"] + [(1.0 - good, 1.0 - bad)] * given["favourable"]:
        seen = belief * left + (1.0 - belief) * right
        chance *= seen
        belief = belief * left / seen
    values = theorem("bayesian_signals").solve(**given).values
    assert values["posterior"] == pytest.approx(belief, abs=1e-12)
    assert values["chance"] == pytest.approx(chance, rel=1e-9)


def test_many_signals_and_impossible_ones():
    solve = theorem("bayesian_signals").solve
    assert solve(prior=0.5, likelihood_good=0.2, likelihood_bad=0.6, unfavourable=50_000).values["posterior"] == 0.0
    assert solve(prior=0.1, likelihood_good=0.6, likelihood_bad=0.2, unfavourable=50_000).values["posterior"] == 1.0
    assert solve(prior=0.5, likelihood_good=0.0, likelihood_bad=0.6, unfavourable=1).values["posterior"] == 0.0
    assert solve(prior=0.5, likelihood_good=0.3, likelihood_bad=0.0, unfavourable=1).values["posterior"] == 1.0
    with pytest.raises(ParameterError, match="signals that at least one type can give"):
        solve(prior=0.5, likelihood_good=0.0, likelihood_bad=0.0, unfavourable=1)


# T23


@pytest.mark.parametrize(
    "given",
    points(
        55,
        20,
        mean_expected=(0.0, 1.0),
        sd_expected=(0.01, 0.4),
        mean_result=(0.0, 1.0),
        sd_result=(0.01, 0.4),
        tolerance=(-0.3, 0.5),
    ),
)
def test_disappointment_by_integration_over_the_result(given):
    mean, sd = given["mean_result"], given["sd_result"]

    def over(height):
        return quad(
            lambda v: norm.pdf(v, mean, sd) * height(v), mean - 9.0 * sd, mean + 9.0 * sd, points=[mean], limit=200
        )[0]

    values = theorem("expectation_gap").solve(**given).values
    share = over(lambda v: norm.sf(v + given["tolerance"], given["mean_expected"], given["sd_expected"]))
    assert values["disappointment"] == pytest.approx(share, abs=1e-7)
    gaps = np.linspace(given["tolerance"], given["tolerance"] + 12.0, 200_001)
    density = norm.pdf(gaps, given["mean_expected"] - mean, math.hypot(given["sd_expected"], sd))
    assert values["mean_excess"] == pytest.approx(np.trapezoid((gaps - given["tolerance"]) * density, gaps), abs=1e-6)


# T24


@pytest.mark.parametrize("seed", range(15))
def test_ends_of_a_chain_by_linear_equations(seed):
    generator = np.random.default_rng(seed)
    transient, absorbing = (int(n) for n in generator.integers(1, 4, 2))
    chances = generator.dirichlet(np.full(transient + absorbing, 0.7), size=transient)
    given = {"transient": transient, "absorbing": absorbing, "start": int(generator.integers(1, transient + 1))}
    for i in range(transient):
        given |= {f"stay_{i + 1}_{j + 1}": float(chances[i, j]) for j in range(transient)}
        given |= {f"end_{i + 1}_{j + 1}": float(chances[i, transient + j]) for j in range(absorbing)}
    values = theorem("absorbing_chain").solve(**given).values
    among = np.eye(transient) - chances[:, :transient]
    ends = np.linalg.solve(among, chances[:, transient:])
    steps = np.linalg.solve(among, np.ones(transient))
    for i in range(transient):
        assert [values[f"ends_{i + 1}_{j + 1}"] for j in range(absorbing)] == pytest.approx(list(ends[i]), abs=1e-9)
        assert values[f"steps_{i + 1}"] == pytest.approx(steps[i], rel=1e-9)
    assert values["steps"] == values[f"steps_{given['start']}"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stay_1_1": 0.6}, "chances from situation 1 that sum to 1, found 1.1"),
        ({"stay_2_1": 0.1}, "no chances from situation 2, since transient = 1"),
        ({"stay_1_1": 0.4, "end_1_3": 0.1}, "no chance of a jump from 1 to a situation that there is not"),
        ({"start": 2}, "start of at most transient; found start = 2, transient = 1"),
    ],
)
def test_a_chain_that_is_none_is_refused(change, message):
    given = {"transient": 1, "absorbing": 1, "start": 1, "stay_1_1": 0.5, "end_1_1": 0.5}
    assert theorem("absorbing_chain").solve(**given).values["steps"] == pytest.approx(2.0)
    with pytest.raises(ParameterError, match=message):
        theorem("absorbing_chain").solve(**given | change)


def test_a_chain_that_never_ends_is_refused():
    given = {"transient": 2, "absorbing": 1, "stay_1_1": 0.5, "end_1_1": 0.5, "stay_2_2": 1.0}
    with pytest.raises(ParameterError, match="a way to a final situation from every passing one"):
        theorem("absorbing_chain").solve(**given)
