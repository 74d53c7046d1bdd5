"""Implementation: at each milestone of an agreement a side complies, slips or cheats, and agreements can collapse.

Payoffs are average flow values: ``reward`` the package carried out by both, ``temptation`` the same with the own
obligations of this milestone withheld, ``punishment`` the value of no agreement. Cheating pays ``temptation`` now and
later ``punishment`` if it is detected, ``reward`` if not (a one-shot deviation from a repeated prisoner's dilemma;
Friedman 1971, Review of Economic Studies 38, 1-12). The payoff of being cheated does not enter a side's own choice,
because both choose at once and each reckons with the other's compliance.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import exp, logistic
from sim.rule import rule

# Positions in the options' values.
COMPLY = 0
SLIP = 1
CHEAT = 2

# Positions in the terms of the collapse rate.
COLLAPSE_BASE = 0  # rate at both centres, no hostile veto player, no turnover
COLLAPSE_VERIFICATION = 1  # slope of the log rate in verification
COLLAPSE_VERIFICATION_CENTRE = 2
COLLAPSE_TRUST = 3  # slope of the log rate in trust
COLLAPSE_TRUST_CENTRE = 4
COLLAPSE_HOSTILE = 5  # step of the log rate per hostile veto player
COLLAPSE_TURNOVER = 6  # factor in the year after a leader changed
NUM_COLLAPSE = 7

# Positions in the terms of the repair probability.
REPAIR_CONSTANT = 0
REPAIR_VERIFICATION = 1
REPAIR_VERIFICATION_CENTRE = 2
REPAIR_CHANNEL = 3
REPAIR_TRUST = 4
REPAIR_TRUST_CENTRE = 5
NUM_REPAIR = 6


@rule
def detection(base: float, slope: float, verification: float, periods: float) -> float:
    """Chance that cheating is detected within a number of periods: ``1 - exp(-(base + slope * verification) n)``."""
    return 1.0 - exp(-(base + slope * verification) * periods)


@rule
def milestone_values(
    reward: float,
    temptation: float,
    punishment: float,
    discount: float,
    detected: float,
    bonus: float,
    out: list[float],
) -> None:
    """Values of complying, slipping and cheating, into ``out[COMPLY]``, ``[SLIP]``, ``[CHEAT]``.

    In average form with discount factor D over the milestone's period and detection probability ``detected``:

        comply  (1 - D) reward + D reward + bonus
        cheat   (1 - D) temptation + D (detected * punishment + (1 - detected) reward)

    Slipping withholds half and is half as likely to be detected; both halves enter linearly, so its value is the
    mean of the two (half the bonus included). ``bonus`` is what complying is worth to this type of side beyond its
    payoffs; negative for a type that means to break the agreement.
    """
    comply = reward + bonus
    cheat = (1.0 - discount) * temptation + discount * (detected * punishment + (1.0 - detected) * reward)
    out[0] = comply
    out[1] = 0.5 * (comply + cheat)
    out[2] = cheat


@rule
def detection_needed(reward: float, temptation: float, punishment: float, discount: float) -> float:
    """Least detection probability at which complying is rational: ``(1 - D)(T - R) / (D (R - P))``.

    May exceed one (no verification suffices) or fall below zero (nothing to gain by cheating). Needs reward above
    punishment. The same in average and in summed form.
    """
    return (1.0 - discount) * (temptation - reward) / (discount * (reward - punishment))


@rule
def level_after_milestone(level: float, at_signing: float, promised: float, milestones: int, share: float) -> float:
    """Level of an obligation after a milestone of which ``share`` was delivered (1 comply, 1/2 slip, 0 cheat).

    Each of the milestones carries the same step from the level at signing to the promised one, so full delivery
    throughout ends at the promise. What other agreements have lifted meanwhile counts: the scale ends at 0 and 1.
    """
    after = level + share * (promised - at_signing) / milestones
    if after > 1.0:
        return 1.0
    return after if after > 0.0 else 0.0


@rule
def collapse_rate(terms: Sequence[float], verification: float, trust: float, hostile: float, turnover: bool) -> float:
    """Rate at which an undisputed agreement collapses for reasons outside it; ``terms`` in the order ``COLLAPSE_*``.

    ``base * exp(slope_v (verification - centre) + slope_t (trust - centre) + step * hostile)``, times the turnover
    factor in the year after a leader changed. ``hostile`` counts the principals' veto players who would now block.
    """
    rate = terms[0] * exp(terms[1] * (verification - terms[2]) + terms[3] * (trust - terms[4]) + terms[5] * hostile)
    return rate * terms[6] if turnover else rate


@rule
def repair_probability(terms: Sequence[float], verification: float, channel: bool, trust: float) -> float:
    """Chance that a dispute ends in repair and not collapse; ``terms`` in the order ``REPAIR_*``.

    ``channel`` says whether the sides have a direct line for such cases.
    """
    score = terms[0] + terms[1] * (verification - terms[2]) + terms[4] * (trust - terms[5])
    return logistic(score + terms[3]) if channel else logistic(score)


@rule
def benefit_after_collapse(at_collapse: float, elapsed: float, share_per_period: float, period: float) -> float:
    """Level of a benefit that is withdrawn step by step after a collapse (without snapback).

    Falls in a straight line by ``share_per_period`` of the level at collapse each period, to zero. With snapback it is
    zero at once; the caller does not call.
    """
    left = 1.0 - share_per_period * elapsed / period
    return at_collapse * left if left > 0.0 else 0.0


@rule
def open_development(dismantled: float, stop_level: float) -> float:
    """Share of development of a capability that an agreement leaves open: ``max(0, 1 - dismantled / stop_level)``."""
    left = 1.0 - dismantled / stop_level
    return left if left > 0.0 else 0.0
