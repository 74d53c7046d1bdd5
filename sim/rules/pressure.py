"""Pressure: how hard economic coercion bites, and how hard the main trading partner enforces it.

Pressure is the legal level times what is still in force times trade-weighted enforcement. The partner's enforcement
drifts to a target that rises with the target state's provocations and with fear of fighting, and falls with
negotiations and with the partner's own rivalry. The target state adapts: felt stress lags pressure and wears off.
Enforcement itself, the provocation count and rivalry relax as in ``sim/rules/relaxation.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import exp, logistic
from sim.rule import rule

# Positions in the coefficients of the enforcement target; signed, all are added.
ENFORCE_CONSTANT = 0
ENFORCE_PROVOCATION = 1
ENFORCE_FEAR = 2
ENFORCE_NEGOTIATING = 3
ENFORCE_RIVALRY = 4
NUM_ENFORCE = 5


@rule
def pressure(
    level: float, lifted: float, shares: Sequence[float], enforcement: Sequence[float], partners: int
) -> float:
    """Pressure in [0, 1]: ``level * (1 - lifted) * sum of share_j * enforcement_j``.

    ``level`` is what the measures would do if all enforced them, ``lifted`` the part suspended by agreement,
    ``shares`` the partners' shares of the target's trade (they sum to at most one).
    """
    enforced = 0.0
    for index in range(partners):
        enforced += shares[index] * enforcement[index]
    return level * (1.0 - lifted) * enforced


@rule
def rescaled_share(share: float, lead_share: float, other_total: float) -> float:
    """A minor partner's share when the lead partner holds ``lead_share`` and the minor ones' sum is ``other_total``."""
    return share * (1.0 - lead_share) / other_total


@rule
def enforcement_target(
    coefficients: Sequence[float], provocation: float, fear: float, negotiating: float, rivalry: float, shift: float
) -> float:
    """Enforcement in [0, 1] towards which the lead partner drifts: logistic of a weighted sum, moved by ``shift``.

    ``coefficients`` in the order ``ENFORCE_*``, signed (negotiations and rivalry are usually negative).
    ``negotiating`` is 1 while the sides negotiate, else 0. ``shift`` moves the target itself, for a target state
    that has courted the partner; the result is kept within [0, 1].
    """
    target = shift + logistic(
        coefficients[0]
        + coefficients[1] * provocation
        + coefficients[2] * fear
        + coefficients[3] * negotiating
        + coefficients[4] * rivalry
    )
    if target < 0.0:
        return 0.0
    return target if target < 1.0 else 1.0


@rule
def fear_of_fighting(tension: float, rung: int, top: float) -> float:
    """Partner's fear in [0, 1]: the larger of tension and the crisis rung as a share of ``top``."""
    height = rung / top
    fear = tension if tension > height else height
    return fear if fear < 1.0 else 1.0


@rule
def provocation_index(weighted_count: float, saturation: float) -> float:
    """Provocation in [0, 1]: severity-weighted, exponentially fading count over the count that saturates it."""
    share = weighted_count / saturation
    return share if share < 1.0 else 1.0


@rule
def stress_after(stress: float, pressure_now: float, adjust_rate: float, adapt_rate: float, elapsed: float) -> float:
    """Stress the target state feels after ``elapsed`` at constant pressure.

    Exact step of ``d stress / dt = adjust_rate * (pressure - stress) - adapt_rate * stress``: it settles at
    ``pressure * adjust_rate / (adjust_rate + adapt_rate)``, below pressure because the economy adapts.
    """
    rate = adjust_rate + adapt_rate
    rest = pressure_now * adjust_rate / rate
    return rest + (stress - rest) * exp(-rate * elapsed)


@rule
def level_after_step(level: float, share: float) -> float:
    """Legal level in [0, 1] after a new round of measures that closes ``share`` of what is still open."""
    return level + share * (1.0 - level)


@rule
def rivalry_after_shock(rivalry: float, share: float) -> float:
    """Rivalry in [0, 1] between the coercer and the lead partner after a shock of size ``share``."""
    return rivalry + share * (1.0 - rivalry)
