"""T26: join or not, when it pays only if enough others join and nobody knows quite how many are enough.

``theta`` is the share of members that must act. Acting costs c and pays 1 if the share that acts is at least theta. Each
member sees ``signal = theta + noise * error``, errors standard normal. In equilibrium everybody acts below one threshold.

As strategies: a member acts iff ``type.signal <= solution.threshold``, where nature draws ``theta = theta_low + (theta_high -
theta_low) * uniform`` and ``signal = theta + noise * normal_quantile(uniform)``.

Source: Morris and Shin (2003), Global games: theory and applications.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only

NODES = 64  # for each piece of theta on which the number needed is the same


def _success(threshold: float, members: int, noise: float) -> float:
    """Probability of success as seen by a member whose signal is the threshold, when all use that threshold and it acts.

    Given this signal the chance u that another one is below it is uniform on (0, 1), and theta = threshold - noise *
    quantile(u). Where theta is in (k / members, (k + 1) / members], k others are needed: the integral over u of the chance of at least
    k of them is one of incomplete beta functions.
    """
    from scipy.special import betainc, ndtr

    def chance_above(k: int) -> float:
        """u at which theta = k / members: theta is lower for larger u."""
        return float(ndtr((threshold - k / members) / noise))

    def antiderivative(u: float, k: int) -> float:
        return u * float(betainc(k, members - k, u)) - k / members * float(betainc(k + 1, members - k, u))

    total = 1.0 - chance_above(1)  # alone enough
    for k in range(1, members):
        total += antiderivative(chance_above(k), k) - antiderivative(chance_above(k + 1), k)
    return total


def _solve(cost: float, members: int, noise: float, theta_low: float, theta_high: float) -> Solution:
    import numpy as np
    from scipy.optimize import brentq
    from scipy.special import bdtrc, ndtr, ndtri

    limit = 1.0 - cost
    reach = 40.0 * noise
    threshold = float(
        brentq(lambda x: _success(x, members, noise) - cost, -reach, 1.0 + reach, xtol=1e-15, rtol=1e-14, maxiter=500)
    )
    width = theta_high - theta_low

    def area(theta: float) -> float:
        """Antiderivative, falling theta, of the chance that a member acts."""
        z = (threshold - theta) / noise
        return noise * (z * float(ndtr(z)) + math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi))

    succeeds = max(0.0, min(0.0, theta_high) - theta_low)  # nobody is needed where theta is not above 0
    points, weights = np.polynomial.legendre.leggauss(NODES)
    for k in range(1, members + 1):
        start, end = max(theta_low, (k - 1) / members), min(theta_high, k / members)
        if start >= end:
            continue
        # the chance changes within a few noises of the threshold only
        cuts = sorted(
            {start, end, *(c for c in (threshold - 8.0 * noise, threshold, threshold + 8.0 * noise) if start < c < end)}
        )
        for left, right in zip(cuts, cuts[1:], strict=False):
            theta = left + 0.5 * (right - left) * (points + 1.0)
            chance = bdtrc(k - 1, members, ndtr((threshold - theta) / noise))
            succeeds += 0.5 * (right - left) * float(np.sum(weights * chance))
    values = {
        "theta_star": limit, "threshold_continuum": limit + noise * float(ndtri(limit)), "threshold": threshold,
        "acts": min(1.0, max(0.0, (area(theta_low) - area(theta_high)) / width)), "succeeds": succeeds / width,
    }  # fmt: skip
    apart = 0.02 / members
    flat = min(abs(_success(threshold + side * apart, members, noise) - cost) for side in (-1.0, 1.0)) < 1e-12
    inside = theta_low < threshold - 6.0 * noise and theta_high > threshold + 6.0 * noise
    return only(
        values,
        "All members act below the threshold and do not above it.",
        "With noise this small against 1 / members, thresholds between two multiples of it are equilibria to 12 digits."
        if flat
        else "The symmetric equilibrium in thresholds is unique; without noise there would be many.",
        ""
        if inside
        else "The range of theta ends near the threshold, while the threshold is that of a prior without ends: it is approximate.",
        selection="The equilibrium in one threshold for all.",
    )


THEOREMS = (
    Theorem(
        name="global_game",
        title="Joining when enough others must join",
        symbols=(
            Symbol("cost", "c: cost of acting, where success is worth 1", 0.0, 1.0, example=0.4, open_low=True, open_high=True),
            Symbol("members", "number of members", 2, 500, example=10, kind="whole", default=10),
            Symbol("noise", "standard deviation of a signal", 0.0, 100.0, example=0.05, default=0.05, open_low=True),
            Symbol("theta_low", "lower end of theta", -1000.0, 1000.0, example=-0.5, default=-0.5),
            Symbol("theta_high", "upper end of theta", -1000.0, 1000.0, example=1.5, default=1.5),
        ),
        outputs=(
            Output("theta_star", "share needed up to which a continuum of members succeeds, as noise vanishes and for any noise",
                   "share"),
            Output("threshold_continuum", "signal up to which each of a continuum of members acts", "share"),
            Output("threshold", "signal up to which each of so many members acts", "share"),
            Output("acts", "probability that a member acts", "probability"),
            Output("succeeds", "probability that enough members act", "probability"),
        ),
        formula=(
            "theta_star = 1 - cost,  threshold_continuum = theta_star + noise * Phi^-1(theta_star)",
            "N members: at signal = threshold the chance that enough of them act, oneself included, equals the cost:",
            "integral over u in (0, 1) of P(Binomial(N - 1, u) + 1 >= N * (threshold - noise * Phi^-1(u))) = cost",
        ),
        source="Morris and Shin (2003)",
        solver=_solve,
        strategies={
            "nature.theta": "theta_low + (theta_high - theta_low) * uniform",
            "nature.signal": "move.theta + noise * normal_quantile(uniform)",
            "member.acts": "type.signal <= solution.threshold",
        },
        requires=(Condition("theta_low below theta_high", lambda theta_low, theta_high: theta_low < theta_high),),
        assumptions=("members think every theta equally likely before they see their signals", "the share acting includes oneself"),
    ),
)  # fmt: skip
