"""Concession tactics: the least utility that an actor asks for in its next offer.

A target lies between `low` (just above disagreement) and `high` (the best package within the
mandate); `sim.rules.offers.offer_for_target` turns it into a package. Time runs from the first
round of the present talks.

Source: Faratin, Sierra and Jennings (1998) for the time, resource and behaviour families;
Zeuthen (1930) for concession by risk limits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import powr
from sim.rule import rule
from sim.rules.offers import risk_limit, zeuthen_concession

SMALLEST_GAIN = 1e-9  # a gain below this gives no ratio


@rule
def bounded(value: float, low: float, high: float) -> float:
    """The value kept within [low, high]; `low` if the interval is empty."""
    if value > high:
        value = high
    return value if value > low else low


@rule
def conceded_share(elapsed: float, horizon: float, beta: float) -> float:
    """Share of the way conceded: `min(elapsed / horizon, 1) ** (1 / beta)`.

    Beta below one is Boulware (late), one linear, above one Conceder (early).
    """
    progress = elapsed / horizon
    return powr(progress if progress < 1.0 else 1.0, 1.0 / beta)


@rule
def time_target(elapsed: float, horizon: float, beta: float, low: float, high: float) -> float:
    """Time-dependent target: `high` at the start, `low` from the horizon on."""
    return low + (high - low) * (1.0 - conceded_share(elapsed, horizon, beta))


@rule
def crossing_time(beta_one: float, beta_two: float) -> float:
    """Share of a common horizon at which two conceders' demands on a pie of 1 become compatible.

    Root of `s ** (1 / beta_one) + s ** (1 / beta_two) = 1`, whose left side rises; bisection to
    the last bits. Side one then holds `1 - s ** (1 / beta_one)`.
    """
    low = 0.0
    high = 1.0
    for _ in range(60):
        s = 0.5 * (low + high)
        if conceded_share(s, 1.0, beta_one) + conceded_share(s, 1.0, beta_two) < 1.0:
            low = s
        else:
            high = s
    return 0.5 * (low + high)


@rule
def stress_horizon(base_days: float, sensitivity: float, stress: float, minimum_days: float) -> float:
    """Resource-dependent horizon under stress in [0, 1]: `base * (1 - sensitivity * stress)`, bounded below."""
    days = base_days * (1.0 - sensitivity * stress)
    return days if days > minimum_days else minimum_days


@rule
def deadline_horizon(base_days: float, days_left: float, minimum_days: float) -> float:
    """Resource-dependent horizon before a deadline: the earlier of both, bounded below."""
    days = base_days if base_days < days_left else days_left
    return days if days > minimum_days else minimum_days


@rule
def concession_ratio(earlier: float, later: float, disagreement: float, lowest: float, highest: float) -> float:
    """Factor on the own target that answers the other's move from `earlier` to `later` in kind.

    Both are utilities to oneself of the other's offers. As in the source the earlier gain stands
    over the later one: an offer that became better (a concession) gives a factor below one,
    hence a lower own target. Clipped to [lowest, highest]; 1 if either gain is too small.
    """
    gain_earlier = earlier - disagreement
    gain_later = later - disagreement
    if gain_earlier < SMALLEST_GAIN or gain_later < SMALLEST_GAIN:
        return 1.0
    return bounded(gain_earlier / gain_later, lowest, highest)


@rule
def relative_target(
    target: float,
    earlier: float,
    later: float,
    disagreement: float,
    lowest_ratio: float,
    highest_ratio: float,
    low: float,
    high: float,
) -> float:
    """Behaviour-dependent target that answers the relative size of the other's last concession."""
    ratio = concession_ratio(earlier, later, disagreement, lowest_ratio, highest_ratio)
    return bounded(target * ratio, low, high)


@rule
def absolute_target(target: float, earlier: float, later: float, low: float, high: float) -> float:
    """Behaviour-dependent target that answers the other's last concession by the same amount."""
    return bounded(target - (later - earlier), low, high)


@rule
def averaged_target(
    target: float,
    received: Sequence[float],
    num_received: int,
    window: int,
    disagreement: float,
    lowest_ratio: float,
    highest_ratio: float,
    low: float,
    high: float,
) -> float:
    """Behaviour-dependent target over a window of the other's offers, oldest first in `received`.

    Answers the whole move from the offer `window` offers ago to the last one. Fewer offers shorten
    the window (window 1 is `relative_target`); with fewer than two the target stays.
    """
    if num_received < 2:
        return bounded(target, low, high)
    first = num_received - 1 - window
    if first < 0:
        first = 0
    return relative_target(
        target, received[first], received[num_received - 1], disagreement, lowest_ratio, highest_ratio, low, high
    )


@rule
def zeuthen_target(
    own: Sequence[float],
    other: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    own_offer: int,
    other_offer: int,
    own_disagreement: float,
    other_disagreement: float,
    concedes_on_tie: bool,
    sufficient: bool,
) -> float:
    """Own utility of the present offer, or of the smallest concession if it is one's turn.

    It is one's turn with the lower risk limit, or with equal limits and the lower key; arguments
    as in `sim.rules.offers.zeuthen_concession`.
    """
    if own[other_offer] >= own[own_offer]:
        return own[other_offer]
    mine = risk_limit(own[own_offer], own[other_offer], own_disagreement)
    theirs = risk_limit(other[other_offer], other[own_offer], other_disagreement)
    if mine < theirs or (mine == theirs and concedes_on_tie):
        return own[
            zeuthen_concession(
                own,
                other,
                allowed,
                num_packages,
                own_offer,
                other_offer,
                own_disagreement,
                other_disagreement,
                concedes_on_tie,
                sufficient,
            )
        ]
    return own[own_offer]
