"""Consent: who at home and abroad can stop an agreement, and what that does to its terms.

A veto player consents with a logistic probability in its gain over disagreement; several abroad vote in stages or on
a resolution. Reference games: two-level bargaining (Putnam 1988, International Organization 42, 427-460; Iida 1993,
Journal of Conflict Resolution 37, 403-426; Mo 1995, American Political Science Review 89, 914-924) and agenda setting
(Romer and Rosenthal 1978, Public Choice 33, 27-43). Selection among packages maximises the product of gains
(Nash 1950, Econometrica 18, 155-162).
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import log, logistic
from sim.rule import rule


@rule
def consent(gain: float, spread: float) -> float:
    """Probability that a veto player consents: logistic of its gain over disagreement, in units of ``spread`` > 0."""
    return logistic(gain / spread)


@rule
def block_probability(weight: float, consents: float) -> float:
    """Probability that a veto player of ``weight`` in [0, 1] blocks: ``weight * (1 - consents)``."""
    return weight * (1.0 - consents)


@rule
def any_blocks(blocks: Sequence[float], players: int) -> float:
    """Probability that at least one of several independent veto players blocks; 0 with no players."""
    passes = 1.0
    for index in range(players):
        passes *= 1.0 - blocks[index]
    return 1.0 - passes


@rule
def ratification(prior: float, gain: float, reference_gain: float, spread: float) -> float:
    """Probability of ratification, anchored so that a package with ``reference_gain`` passes with ``prior``.

    ``logistic(logit(prior) + (gain - reference_gain) / spread)`` with prior in (0, 1).
    """
    return logistic(log(prior / (1.0 - prior)) + (gain - reference_gain) / spread)


@rule
def hostile_players(consents: Sequence[float], players: int) -> int:
    """Number of veto players more likely to block than to consent."""
    hostile = 0
    for index in range(players):
        if consents[index] < 0.5:
            hostile += 1
    return hostile


@rule
def stage_vote(precision: float, gain: float, bonus: float) -> float:
    """Probability of a yes at a stage of a many-sided agreement: logit in the gain over disagreement plus a bonus.

    ``bonus`` is what joining is worth to this actor beyond the terms, such as shelter from a third party.
    """
    return logistic(precision * (gain + bonus))


@rule
def stage_passes(required: Sequence[float], num_required: int, either: Sequence[float], num_either: int) -> float:
    """Probability that all required actors and at least one of the others say yes, votes being independent.

    With no others (``num_either`` = 0) the required ones suffice.
    """
    passes = 1.0
    for index in range(num_required):
        passes *= required[index]
    if num_either > 0:
        none = 1.0
        for index in range(num_either):
            none *= 1.0 - either[index]
        passes *= 1.0 - none
    return passes


@rule
def resolution_vote(
    constant: float, severity_slope: float, severity: float, rivalry_slope: float, rivalry: float
) -> float:
    """Probability that a power lets a resolution pass: logistic in the severity of the provocation and in rivalry.

    Slopes are signed; rivalry counts against the resolution, so its slope is negative. Rivalry is 0 for a power that
    has none with the sponsor.
    """
    return logistic(constant + severity_slope * severity + rivalry_slope * rivalry)


@rule
def best_nash_product(gains: Sequence[float], allowed: Sequence[float], candidates: int, actors: int) -> int:
    """Index of the allowed candidate with the highest product of gains over disagreement; -1 if there is none.

    ``gains`` is a matrix (candidates, actors); candidates with ``allowed`` 0, or with a gain that is not positive for
    some actor, are passed over. Ties go to the lowest index.
    """
    best = -1
    best_product = 0.0
    for candidate in range(candidates):
        if allowed[candidate] == 0.0:
            continue
        product = 1.0
        row = candidate * actors
        for actor in range(actors):
            gain = gains[row + actor]
            if gain <= 0.0:
                product = 0.0
                break
            product *= gain
        if product > best_product:
            best = candidate
            best_product = product
    return best


@rule
def most_equal_gains(gains: Sequence[float], allowed: Sequence[float], candidates: int, actors: int) -> int:
    """Index of the allowed candidate whose smallest gain is largest; -1 if every candidate leaves some actor no gain.

    ``gains`` as for ``best_nash_product``. The egalitarian solution (Kalai 1977, Econometrica 45, 1623-1630) on a finite
    menu. Ties go to the lowest index.
    """
    best = -1
    best_gain = 0.0
    for candidate in range(candidates):
        if allowed[candidate] == 0.0:
            continue
        row = candidate * actors
        smallest = gains[row]
        for actor in range(1, actors):
            if gains[row + actor] < smallest:
                smallest = gains[row + actor]
        if smallest > best_gain:
            best = candidate
            best_gain = smallest
    return best


# Two-level bargaining; shares are what the home side gets of a pie of one.


@rule
def offer_to_uniform_ratifier(low: float, high: float, foreign_value: float) -> float:
    """Best offer to a home side that ratifies iff it gets at least r, r uniform on [low, high].

    ``(1 - foreign_value + low) / 2`` within [low, high]; ``foreign_value`` is the proposer's value of failure.
    """
    offer = 0.5 * (1.0 - foreign_value + low)
    if offer < low:
        return low
    return offer if offer < high else high


@rule
def uniform_ratification(offer: float, low: float, high: float) -> float:
    """Probability that a threshold uniform on [low, high], low < high, is met by the offer."""
    if offer <= low:
        return 0.0
    return (offer - low) / (high - low) if offer < high else 1.0


@rule
def proposer_value(offer: float, ratified: float, foreign_value: float) -> float:
    """Proposer's payoff: the rest of the pie if ratified, else its value of failure."""
    return (1.0 - offer) * ratified + foreign_value * (1.0 - ratified)


@rule
def offer_to_veto_players(players: int) -> float:
    """Best offer when ``players`` veto players with thresholds uniform on [0, 1] must all agree: ``k / (k + 1)``.

    The proposer's value of failure is zero. More veto players win better terms and fewer agreements.
    """
    return players / (players + 1.0)


@rule
def all_veto_players_pass(offer: float, players: int) -> float:
    """Probability that all of ``players`` thresholds uniform on [0, 1] are met by the offer: ``offer^players``."""
    passes = 1.0
    for _ in range(players):
        passes *= offer
    return passes


@rule
def setter_outcome(setter: float, ratifier: float, fallback: float) -> float:
    """Position that a setter gets past a ratifier who compares it with the fallback position.

    Preferences fall with distance from the ideal points ``setter`` and ``ratifier``; the ratifier accepts all between
    the fallback and its mirror image, and the setter takes the acceptable position nearest to its own ideal.
    """
    mirror = 2.0 * ratifier - fallback
    low = fallback
    high = mirror
    if mirror < fallback:
        low = mirror
        high = fallback
    if setter < low:
        return low
    return setter if setter < high else high
