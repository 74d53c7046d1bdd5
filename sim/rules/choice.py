"""Choosing from a finite menu: logit (agent quantal response) and its limits.

One kernel serves every decision. Precision 0 is a fair die; at or above `INFINITE_PRECISION` it
is a best reply with ties to the lowest index, which on a finite tree is backward induction.
In a yes-or-no choice "yes" is option 0, so indifference at infinite precision means yes.

Options are numbered in menu order, `allowed[a]` is nonzero where no hard constraint is broken.
A menu with nothing allowed gives -1: the node then takes its declared fallback.

Sources: McKelvey and Palfrey (1995, 1998); Signorino (1999) for the deterrence tree.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.arithmetic import LOGISTIC_CLIP, exp, logistic, normal_cdf
from sim.rule import rule

INFINITE_PRECISION = 1.0e9  # at or above: best reply
EXPONENT_BOUND = 700.0  # exp(-700) is about 1e-304, still a normal number


@rule
def best_option(values: Sequence[float], allowed: Sequence[float], num_options: int) -> int:
    """Index of the highest value among allowed options; the lowest index on ties; -1 if none."""
    best = -1
    top = 0.0
    for a in range(num_options):
        if allowed[a] and (best < 0 or values[a] > top):
            best = a
            top = values[a]
    return best


@rule
def logit_probabilities(
    values: Sequence[float], allowed: Sequence[float], num_options: int, precision: float, out: MutableSequence[float]
) -> int:
    """Logit probabilities written into `out`; returns how many options are allowed.

    `out[a]` is `exp(precision * values[a])` over the sum of the same for allowed options, and 0
    for the others (for all, if none is allowed). The maximum of `precision * value` is subtracted
    first and the difference bounded by 700: bounding the differences, not the products, keeps
    options apart at very high precision.
    """
    if precision >= INFINITE_PRECISION:
        count = 0
        for a in range(num_options):
            out[a] = 0.0
            if allowed[a]:
                count += 1
        if count > 0:
            out[best_option(values, allowed, num_options)] = 1.0
        return count
    count = 0
    top = 0.0
    for a in range(num_options):
        if allowed[a]:
            scaled = precision * values[a]
            if count == 0 or scaled > top:
                top = scaled
            count += 1
    total = 0.0
    for a in range(num_options):
        if allowed[a]:
            exponent = precision * values[a] - top
            weight = 1.0  # exp of 0, which is what the best option has
            if exponent != 0.0:
                weight = exp(exponent) if exponent > -EXPONENT_BOUND else exp(-EXPONENT_BOUND)
            out[a] = weight
            total += weight
        else:
            out[a] = 0.0
    if count > 0:
        for a in range(num_options):
            out[a] = out[a] / total
    return count


@rule
def pick(probabilities: Sequence[float], num_options: int, uniform: float) -> int:
    """Option that one uniform in (0, 1) selects by inverse CDF; -1 if no option has a chance.

    The last option with a positive probability takes what rounding leaves over.
    """
    cumulative = 0.0
    last = -1
    for a in range(num_options):
        chance = probabilities[a]
        if chance > 0.0:
            cumulative += chance
            last = a
            if uniform < cumulative:
                return a
    return last


@rule
def logit_choice(
    values: Sequence[float],
    allowed: Sequence[float],
    num_options: int,
    precision: float,
    uniform: float,
    out: MutableSequence[float],
) -> int:
    """Option drawn by logit with one uniform, its menu's probabilities in `out`; -1 if none is allowed."""
    if logit_probabilities(values, allowed, num_options, precision, out) == 0:
        return -1
    return pick(out, num_options, uniform)


@rule
def binary_logit(advantage: float, precision: float) -> float:
    """Probability of yes when yes is worth `advantage` more than no: the logit of two options."""
    if precision >= INFINITE_PRECISION:
        return 1.0 if advantage >= 0.0 else 0.0
    return logistic(precision * advantage)


@rule
def expected_acceptance(
    gain_base: float,
    gain_slope: float,
    points: Sequence[float],
    beliefs: Sequence[float],
    start: int,
    num_points: int,
    precision: float,
) -> float:
    """Chance that the other accepts, averaged over a belief about its type.

    Type `points[t]` gains `gain_base + gain_slope * points[t]` by accepting rather than rejecting
    and accepts by logit; `beliefs[start + t]` is its probability. Beliefs may sum to less than
    one: the missing mass belongs to types whose hard constraints forbid accepting. With slope
    zero one logit is computed and weighted with the sum of the beliefs.
    """
    if gain_slope == 0.0:
        mass = 0.0
        for t in range(num_points):
            mass += beliefs[start + t]
        return mass * binary_logit(gain_base, precision)
    total = 0.0
    for t in range(num_points):
        belief = beliefs[start + t]
        if belief > 0.0:
            total += belief * binary_logit(gain_base + gain_slope * points[t], precision)
    return total


@rule
def acceptance_probabilities(
    intercepts: Sequence[float],
    slopes: Sequence[float],
    allowed: Sequence[float],
    num_options: int,
    reject_value: float,
    points: Sequence[float],
    beliefs: Sequence[float],
    start: int,
    num_points: int,
    precision: float,
    out: MutableSequence[float],
) -> None:
    """`expected_acceptance` of every option of a menu, written into `out`; 0 where not allowed.

    Option `a` is worth `intercepts[a] + slopes[a] * point` to a type; rejecting `reject_value` to all.
    """
    if precision >= INFINITE_PRECISION:
        for a in range(num_options):
            out[a] = 0.0
            if allowed[a]:
                gain = intercepts[a] - reject_value
                out[a] = expected_acceptance(gain, slopes[a], points, beliefs, start, num_points, precision)
        return
    mass = 0.0
    for t in range(num_points):
        mass += beliefs[start + t]
    for a in range(num_options):
        if not allowed[a]:
            out[a] = 0.0
            continue
        base = intercepts[a] - reject_value
        slope = slopes[a]
        if slope == 0.0:
            out[a] = mass * logistic(precision * base)
            continue
        total = 0.0
        for t in range(num_points):
            belief = beliefs[start + t]
            if belief > 0.0:
                x = precision * (base + slope * points[t])
                if x > LOGISTIC_CLIP:
                    x = LOGISTIC_CLIP
                elif x < -LOGISTIC_CLIP:
                    x = -LOGISTIC_CLIP
                total += belief * (1.0 / (1.0 + exp(-x)))  # `logistic`, inlined for speed
        out[a] = total


@rule
def menu_acceptances(
    gains: Sequence[float],
    slopes: Sequence[float],
    first: int,
    num_options: int,
    points: Sequence[float],
    beliefs: Sequence[float],
    num_points: int,
    precision: float,
    out: MutableSequence[float],
) -> None:
    """`expected_acceptance` of a whole menu, written into `out`: option `a` gains `gains[a] + slopes[first + a] * point`.

    Type by type, and within a type without a branch, so that compiled code does several options at a time; each sum
    still adds its types in order, hence the same bits.
    """
    if precision >= INFINITE_PRECISION:
        for a in range(num_options):
            out[a] = expected_acceptance(gains[a], slopes[first + a], points, beliefs, 0, num_points, precision)
        return
    for a in range(num_options):
        out[a] = 0.0
    mass = 0.0
    for t in range(num_points):
        belief = beliefs[t]
        mass += belief
        if belief > 0.0:
            point = points[t]
            for a in range(num_options):
                out[a] += belief * logistic(precision * (gains[a] + slopes[first + a] * point))
    for a in range(num_options):
        flat = mass * logistic(precision * gains[a])
        out[a] = flat if slopes[first + a] == 0.0 else out[a]


@rule
def mixed_likelihood(probability: float, mixing: float, num_options: float) -> float:
    """Likelihood for learning: the behaviour probability mixed with a uniform choice.

    `(1 - mixing) * probability + mixing / num_options`: an act that a hard constraint rules out
    stays barely possible for the observer, so no belief becomes certain. Never used to act.
    """
    return (1.0 - mixing) * probability + mixing / num_options


@rule
def deterrence_outcomes(challenge: float, resist: float, out: MutableSequence[float]) -> None:
    """`out[:5]` = P(challenge), P(resist), P(no challenge), P(concession), P(fight)."""
    out[0] = challenge
    out[1] = resist
    out[2] = 1.0 - challenge
    out[3] = challenge * (1.0 - resist)
    out[4] = challenge * resist


@rule
def deterrence_logit(
    unchallenged: float,
    conceded: float,
    resisted: float,
    responder_conceded: float,
    responder_resisted: float,
    precision: float,
    out: MutableSequence[float],
) -> None:
    """Agent quantal response of the deterrence tree, into `out` as in `deterrence_outcomes`.

    One side challenges or not, the other then concedes or resists; the first three arguments are
    the challenger's payoffs. The responder's logit is the challenger's expectation (Signorino 1999).
    """
    resist = binary_logit(responder_resisted - responder_conceded, precision)
    expected = resist * resisted + (1.0 - resist) * conceded
    deterrence_outcomes(binary_logit(expected - unchallenged, precision), resist, out)


@rule
def deterrence_probit(
    unchallenged: float,
    conceded: float,
    resisted: float,
    responder_conceded: float,
    responder_resisted: float,
    error_sd: float,
    out: MutableSequence[float],
) -> None:
    """The deterrence tree with normal errors; `error_sd` is that of the difference of two options."""
    resist = normal_cdf((responder_resisted - responder_conceded) / error_sd)
    expected = resist * resisted + (1.0 - resist) * conceded
    deterrence_outcomes(normal_cdf((expected - unchallenged) / error_sd), resist, out)


@rule
def ultimatum_offer_uniform(low: float, high: float) -> float:
    """Best offer out of a pie of 1 when the responder's least acceptable share is U[low, high].

    Maximises `(1 - offer) * P(share <= offer)`: half-way between `low` and 1, at most `high`.
    """
    offer = 0.5 * (1.0 + low)
    if offer > high:
        offer = high
    return offer if offer > low else low


@rule
def ultimatum_offer_logit(outside_value: float, precision: float) -> float:
    """Best offer in [0, 1] to a logit responder: maximises `(1 - offer) * P(accept)`.

    The first-order condition `precision * (1 - P(accept)) * (1 - offer) = 1` has a falling left
    side, so its root is unique; found by bisection to the last bits. Precision must be finite.
    """
    low = 0.0
    high = 1.0
    for _ in range(60):
        offer = 0.5 * (low + high)
        if precision * (1.0 - binary_logit(offer - outside_value, precision)) * (1.0 - offer) > 1.0:
            low = offer
        else:
            high = offer
    return 0.5 * (low + high)
