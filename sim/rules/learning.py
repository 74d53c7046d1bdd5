"""Learning about the other: one update rule for acts and signals, and trust built on it.

A belief is a probability over a few types, part of a flat list: types `0..num_types - 1` of one
marginal stand at `beliefs[start:start + num_types]`. Several private traits are held as separate
marginals, each updated with the others at their means.

Sources: Bayes with a conservatism exponent (Edwards 1968; Grether 1980 in this form);
Kydd (2000, 2005) for trust and reassurance.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.arithmetic import powr
from sim.rule import rule
from sim.rules.choice import binary_logit, mixed_likelihood


@rule
def update_beliefs(
    beliefs: MutableSequence[float],
    start: int,
    num_types: int,
    likelihoods: Sequence[float],
    first: int,
    kappa: float,
    mixing: float,
    num_options: float,
) -> float:
    """One marginal updated in place: new belief proportional to `belief * likelihood ** kappa`.

    Parameters
    ----------
    likelihoods : float list
        `likelihoods[first + t]` is the probability of what was seen if the type is `t`.
    kappa : float
        1 is Bayes, below 1 conservative, above 1 overreacting, 0 learns nothing.
    mixing, num_options : float
        Likelihoods are first mixed with a uniform choice from `num_options` (see
        `mixed_likelihood`); mixing 0 for signals, which are no choice.

    Returns
    -------
    float
        The normalising sum, likelihoods taken relative to the largest among types believed
        possible; 0 if none of these explains what was seen: beliefs then stay as they were.

    Only ratios matter, so likelihoods are divided by the largest before the power is taken,
    which is `exp(kappa * log P)` less its maximum without the rounding of two logarithms.
    """
    largest = 0.0
    for t in range(num_types):
        if beliefs[start + t] > 0.0 and likelihoods[first + t] > largest:
            largest = likelihoods[first + t]
    largest = mixed_likelihood(largest, mixing, num_options)
    if largest <= 0.0:
        return 0.0
    total = 0.0
    for t in range(num_types):
        if kappa == 0.0:
            weight = beliefs[start + t]
        else:
            ratio = mixed_likelihood(likelihoods[first + t], mixing, num_options) / largest
            weight = beliefs[start + t] * powr(ratio, kappa)
        beliefs[start + t] = weight
        total += weight
    for t in range(num_types):
        beliefs[start + t] = beliefs[start + t] / total
    return total


@rule
def reply_likelihoods(
    gain_base: float,
    gain_slope: float,
    points: Sequence[float],
    num_points: int,
    precision: float,
    accepted: bool,
    out: MutableSequence[float],
) -> None:
    """Probability of the observed reply under each type, by the same logit that makes replies.

    Type `points[t]` gains `gain_base + gain_slope * points[t]` by accepting.
    """
    for t in range(num_points):
        chance = binary_logit(gain_base + gain_slope * points[t], precision)
        out[t] = chance if accepted else 1.0 - chance


@rule
def line_likelihoods(
    acceptance: float, line_present: bool, line_absent: bool, accepted: bool, out: MutableSequence[float]
) -> None:
    """Probability of the reply for the types without (`out[0]`) and with (`out[1]`) a red line.

    `acceptance` is the chance of accepting when nothing forbids it; `line_absent` and
    `line_present` say whether the reply is open to the type at all (the offer crosses no line
    of its own).
    """
    free = acceptance if line_absent else 0.0
    bound = acceptance if line_present else 0.0
    out[0] = free if accepted else 1.0 - free
    out[1] = bound if accepted else 1.0 - bound


@rule
def belief_mean(beliefs: Sequence[float], start: int, points: Sequence[float], num_types: int) -> float:
    """Expected type: sum of `beliefs[start + t] * points[t]`."""
    total = 0.0
    for t in range(num_types):
        total += beliefs[start + t] * points[t]
    return total


@rule
def posterior(prior: float, likelihood: float, likelihood_other: float, count: int) -> float:
    """Probability of one of two types after `count` equal signals, one Bayes step each."""
    belief = prior
    for _ in range(count):
        weight = belief * likelihood
        belief = weight / (weight + (1.0 - belief) * likelihood_other)
    return belief


@rule
def trust(beliefs: Sequence[float], start: int, cooperative: Sequence[float], num_types: int) -> float:
    """Believed chance that the other's type is one that keeps its word.

    `cooperative[t]` is 1 for such types and 0 for the others.
    """
    return belief_mean(beliefs, start, cooperative, num_types)


@rule
def mutual_trust(trust_one: float, trust_two: float) -> float:
    """Mean of both sides' trust."""
    return 0.5 * (trust_one + trust_two)


@rule
def trust_threshold(temptation: float, loss: float) -> float:
    """Least trust at which a trustworthy side cooperates: `loss / (1 - temptation + loss)`.

    Payoffs: both cooperate 1, exploit `temptation` < 1, be exploited `-loss`, neither 0.
    """
    return loss / (1.0 - temptation + loss)


@rule
def trust_posterior(prior: float, mimicry: float) -> float:
    """Trust after seen cooperation when untrustworthy types mimic it with probability `mimicry`."""
    return prior / (prior + (1.0 - prior) * mimicry)


@rule
def mimicry(prior: float, threshold: float) -> float:
    """Mimicry in the semi-separating equilibrium: it lifts posterior trust just to the threshold.

    `prior * (1 - threshold) / ((1 - prior) * threshold)`; 1 when trust suffices already (pooling).
    """
    if prior >= threshold:
        return 1.0
    return prior * (1.0 - threshold) / ((1.0 - prior) * threshold)


@rule
def cooperation_seen(prior: float, threshold: float) -> float:
    """Chance that cooperation is seen under `mimicry`: `prior / threshold`, at most 1."""
    return prior / threshold if prior < threshold else 1.0
