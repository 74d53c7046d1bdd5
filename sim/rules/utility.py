"""What a package is worth: distance from the ideal, security kept, pressure that remains.

A package is a row of issue levels in [0, 1]; `levels` holds packages row after row, so issue
`k` of package `p` is `levels[p * num_issues + k]`. Weights, ideals and exponents are rows of
such tables too, one row an actor. Where an actor values another level than the written one
(a derived level), the caller passes that actor's own table of levels.

Sources: additive issue values and the single-peaked form are standard (Keeney and Raiffa 1976);
the survival term states the commitment problem of Fearon (1995) and Powell (2006).
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.arithmetic import powr
from sim.rule import rule


@rule
def single_issue_value(level: float, ideal: float, exponent: float) -> float:
    """Value in [0, 1] of one level: 1 at the ideal, 0 at the far end of the scale.

    `1 - (|level - ideal| / max(ideal, 1 - ideal)) ** exponent`. An exponent below one makes the
    last steps toward the ideal the most valuable, above one the first steps.
    """
    distance = level - ideal
    if distance < 0.0:
        distance = -distance
    span = ideal if ideal > 1.0 - ideal else 1.0 - ideal
    return 1.0 - powr(distance / span, exponent)


@rule
def package_utility(
    levels: Sequence[float],
    start: int,
    weights: Sequence[float],
    ideals: Sequence[float],
    exponents: Sequence[float],
    row: int,
    num_issues: int,
) -> float:
    """Weighted sum of single-issue values of the package at `levels[start:start + num_issues]`.

    `row` is the actor's row in the three preference tables. Issues of weight zero are skipped.
    """
    first = row * num_issues
    total = 0.0
    for k in range(num_issues):
        weight = weights[first + k]
        if weight != 0.0:
            ideal = ideals[first + k]
            distance = levels[start + k] - ideal
            if distance < 0.0:
                distance = -distance
            span = ideal if ideal > 1.0 - ideal else 1.0 - ideal
            total += weight * (1.0 - powr(distance / span, exponents[first + k]))
    return total


@rule
def package_utilities(
    levels: Sequence[float],
    num_packages: int,
    weights: Sequence[float],
    ideals: Sequence[float],
    exponents: Sequence[float],
    row: int,
    num_issues: int,
    out: MutableSequence[float],
) -> None:
    """`package_utility` of every package of a menu, written into `out[:num_packages]`.

    Issue by issue, so that what does not depend on the package is read once; each sum still
    adds its issues in index order, hence the same bits as `package_utility`.
    """
    for p in range(num_packages):
        out[p] = 0.0
    first = row * num_issues
    for k in range(num_issues):
        weight = weights[first + k]
        if weight == 0.0:
            continue
        ideal = ideals[first + k]
        exponent = exponents[first + k]
        span = ideal if ideal > 1.0 - ideal else 1.0 - ideal
        index = k
        for p in range(num_packages):
            distance = levels[index] - ideal
            if distance < 0.0:
                distance = -distance
            out[p] += weight * (1.0 - powr(distance / span, exponent))
            index += num_issues


@rule
def survival(arms_level: float, guarantee_level: float, credibility: float, eta: float) -> float:
    """Security in [0, 1] from arms kept and promises believed.

    `1 - arms_level ** eta * (1 - credibility * guarantee_level)`, where `arms_level` is how much
    of the arms is given up: an actor is insecure only if both arms and promise fail, and a promise
    replaces arms in proportion to its credibility. `eta` above one: the last arms matter most.
    """
    return 1.0 - powr(arms_level, eta) * (1.0 - credibility * guarantee_level)


@rule
def survival_utilities(
    levels: Sequence[float],
    num_packages: int,
    num_issues: int,
    arms_issue: int,
    guarantee_issue: int,
    weight: float,
    credibility: float,
    eta: float,
    base: Sequence[float],
    out: MutableSequence[float],
) -> None:
    """`base[p] + weight * survival` of every package, written into `out` (which may be `base`)."""
    for p in range(num_packages):
        row = p * num_issues
        secure = survival(levels[row + arms_issue], levels[row + guarantee_issue], credibility, eta)
        out[p] = base[p] + weight * secure


@rule
def survival_line(
    levels: Sequence[float],
    num_packages: int,
    num_issues: int,
    arms_issue: int,
    guarantee_issue: int,
    weight: float,
    eta: float,
    base: Sequence[float],
    intercepts: MutableSequence[float],
    slopes: MutableSequence[float],
) -> None:
    """Utility of every package as a line in credibility: `intercepts[p] + slopes[p] * credibility`.

    Survival is linear in credibility, so one pass serves every credibility that is believed,
    learned or drawn later; the powers are taken once.
    """
    for p in range(num_packages):
        row = p * num_issues
        exposed = powr(levels[row + arms_issue], eta)
        intercepts[p] = base[p] + weight * (1.0 - exposed)
        slopes[p] = weight * exposed * levels[row + guarantee_issue]


@rule
def along_line(
    intercepts: Sequence[float], slopes: Sequence[float], num_packages: int, point: float, out: MutableSequence[float]
) -> None:
    """`intercepts[p] + slopes[p] * point` of every package, written into `out`."""
    for p in range(num_packages):
        out[p] = intercepts[p] + slopes[p] * point


@rule
def net_of_pressure(utility: float, pressure_cost: float, pressure: float, eased_level: float) -> float:
    """Utility less the cost of the pressure that a package leaves in place.

    `utility - pressure_cost * pressure * (1 - eased_level)`; at `eased_level` 1 nothing remains.
    `pressure` is read at the decision, before the package itself eases it.
    """
    return utility - pressure_cost * pressure * (1.0 - eased_level)


@rule
def net_of_pressure_utilities(
    levels: Sequence[float],
    num_packages: int,
    num_issues: int,
    eased_issue: int,
    pressure_cost: float,
    pressure: float,
    base: Sequence[float],
    out: MutableSequence[float],
) -> None:
    """`net_of_pressure` of every package, written into `out` (which may be `base`)."""
    cost = pressure_cost * pressure
    index = eased_issue
    for p in range(num_packages):
        out[p] = base[p] - cost * (1.0 - levels[index])
        index += num_issues


@rule
def gain_from_shift(weight: float, ideal: float, exponent: float, before: float, after: float) -> float:
    """Utility gained when one level moves from `before` to `after`, all else as it was."""
    return weight * (single_issue_value(after, ideal, exponent) - single_issue_value(before, ideal, exponent))


@rule
def threshold_credibility(
    unsecured_utility: float,
    reservation: float,
    survival_weight: float,
    arms_level: float,
    guarantee_level: float,
    eta: float,
) -> float:
    """Credibility of the guarantee at which a package is worth exactly the reservation value.

    `unsecured_utility` is the package's utility at credibility zero. Closed form, as utility is
    linear in credibility. Not clipped: below zero the package is acceptable anyhow, above one no
    credibility suffices. If the guarantee cannot matter the result is 0 (acceptable) or 2 (not).
    """
    slope = survival_weight * powr(arms_level, eta) * guarantee_level
    if slope <= 0.0:
        return 0.0 if unsecured_utility >= reservation else 2.0
    return (reservation - unsecured_utility) / slope


@rule
def nash_product(utility_one: float, utility_two: float, disagreement_one: float, disagreement_two: float) -> float:
    """Product of both gains over disagreement (Nash 1950); the smaller gain if a side would lose.

    The negative value for packages outside the bargaining range keeps a maximiser from taking
    the product of two losses for a gain.
    """
    gain_one = utility_one - disagreement_one
    gain_two = utility_two - disagreement_two
    if gain_one < 0.0 or gain_two < 0.0:
        return gain_one if gain_one < gain_two else gain_two
    return gain_one * gain_two
