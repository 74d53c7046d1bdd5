"""Inspection and reputation: how much watching keeps a promise, and how small violations add up.

Three classical models. The inspection game (Avenhaus and Canty 1996, *Compliance Quantified*): inspector and inspected
mix. The repeated prisoner's dilemma with grim trigger, T > R > P (temptation, reward, punishment), with cheating that
stays unseen for some periods or with false alarms. The chain store (Kreps and Wilson 1982, Journal of Economic
Theory 27, 253-279), read as salami tactics: challengers come one by one against a defender who may be tough.
"""

from __future__ import annotations

from sim.arithmetic import exp, log
from sim.rule import rule


@rule
def inspection_rate(gain: float, penalty: float, miss: float) -> float:
    """Probability of inspection that makes the inspected side indifferent: ``gain / ((1 - miss)(penalty + gain))``.

    ``gain`` from a violation that goes undetected, ``penalty`` if it is detected, ``miss`` the chance that an
    inspection overlooks it. A result above one means that inspections cannot deter.
    """
    return gain / ((1.0 - miss) * (penalty + gain))


@rule
def violation_rate(undetected_loss: float, detected_loss: float, miss: float, effort: float) -> float:
    """Probability of violation that makes the inspector indifferent: ``effort / ((1 - miss)(loss avoided))``.

    The inspector loses ``undetected_loss`` or the smaller ``detected_loss``, and pays ``effort`` per inspection.
    """
    return effort / ((1.0 - miss) * (undetected_loss - detected_loss))


@rule
def undetected_violation(violation: float, inspection: float, miss: float) -> float:
    """Probability that a violation happens and is not detected."""
    return violation * (1.0 - inspection * (1.0 - miss))


@rule
def patience_needed(temptation: float, reward: float, punishment: float) -> float:
    """Least discount factor at which grim trigger sustains cooperation: ``(T - R) / (T - P)``."""
    return (temptation - reward) / (temptation - punishment)


@rule
def patience_needed_with_lag(temptation: float, reward: float, punishment: float, lag: int) -> float:
    """Least discount factor when cheating stays unseen for ``lag`` >= 1 periods: ``((T - R) / (T - P))^(1 / lag)``."""
    return exp(log((temptation - reward) / (temptation - punishment)) / lag)


@rule
def value_with_false_alarms(reward: float, punishment: float, discount: float, alarm: float) -> float:
    """Average value of cooperating when a false alarm ends it with probability ``alarm`` per period.

    Solves ``V = (1 - D) R + D ((1 - alarm) V + alarm P)``.
    """
    return ((1.0 - discount) * reward + discount * alarm * punishment) / (1.0 - discount * (1.0 - alarm))


@rule
def life_with_false_alarms(alarm: float) -> float:
    """Expected number of periods until the first false alarm, ``1 / alarm``."""
    return 1.0 / alarm


@rule
def reputation_needed(entrant_gain: float, stages: int) -> float:
    """Reputation for toughness above which challengers stay out with ``stages`` left: ``entrant_gain^stages``.

    ``entrant_gain`` in (0, 1) is what an unopposed challenge wins, as a share of win plus loss if opposed.
    """
    needed = 1.0
    for _ in range(stages):
        needed *= entrant_gain
    return needed


@rule
def weak_defender_fights(reputation: float, entrant_gain: float, stages: int) -> float:
    """Probability that a weak defender fights a challenge with ``stages`` left, to look tough.

    With c the reputation needed at the next stage: certain if the reputation is at least c, else
    ``(1 - c) / c * p / (1 - p)``, which lifts the reputation after a fight to c. Zero at the last stage.
    """
    if stages <= 1:
        return 0.0
    needed = 1.0
    for _ in range(stages - 1):
        needed *= entrant_gain
    if reputation >= needed:
        return 1.0
    return (1.0 - needed) / needed * reputation / (1.0 - reputation)


@rule
def reputation_after_fight(reputation: float, fights: float) -> float:
    """Probability that a defender who fought is tough, when a weak one fights with probability ``fights``."""
    if reputation <= 0.0:
        return 0.0
    return reputation / (reputation + (1.0 - reputation) * fights)
