"""One round of the expected-utility challenge model on one scale: who threatens whom, and who gives way.

Every actor weighs what it expects to gain by challenging each other one, and what each other one, in its own eyes,
expects to gain by challenging it. From the two follows what it may be made to do: to lose a *confrontation*, to
*compromise* or to *capitulate*. It takes the cheapest of the most pressing kind; all move at once.

Source: Bueno de Mesquita (1994), in Bueno de Mesquita and Stokman, European Community Decision Making; in the form
of Scholz, Calbert and Smith (2011), Journal of Theoretical Politics 23(4), 510-531.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.games.spatial import TIE
from sim.games.spatial.risk import exponent_of_risk, risk_from_danger

STAYS, CONFRONTED, COMPROMISES, CAPITULATES = 0, 1, 2, 3
KINDS = ("stays", "loses a confrontation with", "compromises with", "capitulates to")
COMPROMISE_RULES = ("published", "least_move")


@dataclass(frozen=True)
class Round:
    """What one round does; all arrays have shape (..., n)."""

    positions: np.ndarray  # after it
    risk: np.ndarray  # attitude inferred before the moves, in [-1, 1]
    danger: np.ndarray
    kind: np.ndarray  # of `KINDS`
    partner: np.ndarray  # to whom it gives way; -1 where it stays


def win_probabilities(
    positions: np.ndarray, weights: np.ndarray, exponents: np.ndarray, span: np.ndarray
) -> np.ndarray:
    """Chance that i's position beats j's: votes for it over the sum of all actors' votes on all pairs.

    Parameters
    ----------
    positions, weights, exponents : float arrays, shape (..., n)
        Weights are capability times salience; the exponent bends an actor's distances.
    span : float array, shape (...)
        Range of the positions, the unit of distance; above 0.

    Returns
    -------
    float array, shape (..., n, n)
        0 for equal positions. The denominator is that of the published replication: it counts each pair twice and all
        pairs together, so the chances are far below one half. Dividing by the votes on the pair itself would be usual.
    """
    n = positions.shape[-1]
    apart = np.abs(positions[..., :, None] - positions[..., None, :]) / span[..., None, None]
    loss = apart ** exponents[..., None]
    support = np.zeros((*positions.shape[:-1], n, n))
    gain = np.empty_like(support)
    for actor in range(n):  # in place: a hundred actors have a million pairs and triples
        np.subtract(
            loss[..., actor, None, :], loss[..., actor, :, None], out=gain
        )  # [i, j]: how much nearer i's position is
        np.maximum(gain, 0.0, out=gain)
        gain *= weights[..., actor, None, None]
        support += gain
    total = 2.0 * support.sum(axis=(-1, -2), keepdims=True)
    return support / np.where(total > 0.0, total, 1.0)


def expected_gains(
    positions: np.ndarray,
    salience: np.ndarray,
    probability: np.ndarray,
    exponents: np.ndarray,
    span: np.ndarray,
    status_quo: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """What each actor expects from challenging each other one, and expects each other one to expect from challenging it.

    Parameters
    ----------
    positions, salience, exponents : float arrays, shape (..., n)
    probability : float array, shape (..., n, n)
    span : float array, shape (...)
    status_quo : float
        Chance that things stay as they are if nobody challenges.

    Returns
    -------
    attack, threat : float arrays, shape (..., n, n)
        ``attack[i, j]`` is i's expected utility of challenging j, ``threat[i, j]`` that of j of challenging i as i sees
        it; both by i's exponent. A challenged actor resists with a chance equal to its salience.
    """
    apart = np.abs(positions[..., :, None] - positions[..., None, :]) / span[..., None, None]
    bend = exponents[..., :, None]
    success = 2.0 - 4.0 * np.maximum(0.5 - 0.5 * apart, 0.0) ** bend
    failure = 2.0 - 4.0 * (0.5 + 0.5 * apart) ** bend
    standing = status_quo * (2.0 - 4.0 * 0.5**bend)

    def expected(resists: np.ndarray, wins: np.ndarray) -> np.ndarray:
        return resists * (wins * success + (1.0 - wins) * failure) + (1.0 - resists) * success - standing

    attack = expected(salience[..., None, :], probability)
    threat = expected(salience[..., :, None], np.swapaxes(probability, -1, -2))
    return attack, threat


def play_round(
    positions: np.ndarray,
    capability: np.ndarray,
    salience: np.ndarray,
    span: np.ndarray,
    exponent: float = 1.0,
    status_quo: float = 1.0,
    compromise: str = "published",
) -> Round:
    """One round: danger, attitude to risk, offers, moves.

    Parameters
    ----------
    positions, capability, salience : float arrays, shape (..., n)
    span : float array, shape (...)
        Range of the positions before the first round; where it is 0 nobody moves.
    exponent : float
        Exponent of all distances while danger is measured; attitudes to risk bend it (`risk.exponent_of_risk`).
    status_quo : float
        As in `expected_gains`.
    compromise : str
        Which of several compromises an actor takes. ``published``: the one whose average of the two positions, each
        weighed by its owner's expected utility, is lowest on the scale. That is what the published rounds follow,
        though the texts say ``least_move``: the one that moves the actor least.

    Where two offers are equally cheap the more pressing one counts (the larger threat), then the lower position: the
    order of the actors decides nothing.
    """
    n = positions.shape[-1]
    still = ~(span > 0.0)
    unit = np.where(still, 1.0, span)
    weights = capability * salience
    flat = np.full(positions.shape, exponent)
    attack, _ = expected_gains(
        positions, salience, win_probabilities(positions, weights, flat, unit), flat, unit, status_quo
    )
    others = ~np.eye(n, dtype=bool)
    danger = np.where(others, attack, 0.0).sum(axis=-2)
    risk = risk_from_danger(danger)
    bent = exponent_of_risk(risk, exponent)
    attack, threat = expected_gains(
        positions, salience, win_probabilities(positions, weights, bent, unit), bent, unit, status_quo
    )
    return _moves(positions, unit, attack, threat, risk, danger, compromise)


def _moves(
    positions: np.ndarray,
    unit: np.ndarray,
    attack: np.ndarray,
    threat: np.ndarray,
    risk: np.ndarray,
    danger: np.ndarray,
    compromise: str,
) -> Round:
    own, other = positions[..., :, None], positions[..., None, :]
    distance = np.abs(own - other)
    apart = distance > TIE * unit[..., None, None]
    pressed = apart & (threat > TIE)
    loses = pressed & (attack > TIE) & (threat > attack + TIE)
    yields = pressed & (attack < -TIE)
    meets = yields & (threat >= -attack - TIE)
    gives_in = yields & ~meets

    strength = np.abs(attack) + np.abs(threat)
    ratio = np.minimum(np.abs(attack) / np.where(meets, threat, 1.0), 1.0)
    middle = own + np.where(meets, ratio, 0.0) * (other - own)
    if compromise == "least_move":
        cost = np.abs(middle - own)
    else:
        cost = (np.abs(attack) * own + np.abs(threat) * other) / np.where(strength > 0.0, strength, 1.0)

    new = positions.copy()
    kind = np.full(positions.shape, STAYS)
    partner = np.full(positions.shape, -1)
    for number, offers, price, target in (
        (CAPITULATES, gives_in, distance, np.broadcast_to(other, distance.shape)),
        (COMPROMISES, meets, cost, middle),
        (CONFRONTED, loses, distance, np.broadcast_to(other, distance.shape)),  # the most pressing kind comes last
    ):
        taken = _cheapest(offers, price, threat, target, unit)
        any_offer = offers.any(axis=-1)
        place = np.take_along_axis(target, taken[..., None], axis=-1)[..., 0]
        new = np.where(any_offer, place, new)
        kind = np.where(any_offer, number, kind)
        partner = np.where(any_offer, taken, partner)
    return Round(new, risk, danger, kind, partner)


def _cheapest(
    offers: np.ndarray, price: np.ndarray, threat: np.ndarray, target: np.ndarray, unit: np.ndarray
) -> np.ndarray:
    """For each actor the offer with the lowest price, then the largest threat, then the lowest target."""
    far = np.finfo(float).max / 4.0
    room = (TIE * unit)[..., None, None]
    left = offers
    for key, slack in ((price, room), (-threat, TIE), (target, room)):
        known = np.where(left, key, far)
        left = left & (known <= known.min(axis=-1, keepdims=True) + slack)
    return left.argmax(axis=-1)
