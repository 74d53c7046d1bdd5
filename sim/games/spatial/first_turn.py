"""The first turn of the spatial model of politics: from distances to the probability of each position.

Nobody moves in it and nothing is drawn. Later turns of KTAB draw bargains at random, and are not here.
Source: KTAB Spatial Model of Politics (KAPSARC).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.games.spatial.distance import distances, utility
from sim.games.spatial.position_probabilities import first_holders, position_probabilities
from sim.games.spatial.risk import risk_from_probability
from sim.games.spatial.voting import coalitions, victory_probabilities


@dataclass(frozen=True)
class FirstTurn:
    """What the first turn computes; arrays as the package's conventions say.

    ``neutral_*`` comes from values (risk 0) with all actors' positions, equal ones included, and serves to infer the
    attitudes to risk; the rest comes from utilities, with each distinct position once.
    """

    distance: np.ndarray  # (..., n, n)
    value: np.ndarray  # (..., n, n): 1 - distance
    neutral_coalition: np.ndarray  # (..., n, n)
    neutral_victory: np.ndarray  # (..., n, n)
    neutral_probability: np.ndarray  # (..., n)
    risk: np.ndarray  # (..., n)
    utility: np.ndarray  # (..., n, n)
    coalition: np.ndarray  # (..., n, n)
    victory: np.ndarray  # (..., n, n)
    holder: np.ndarray  # (..., n): the first actor that holds the position
    probability: np.ndarray  # (..., n): of each actor's position; equal positions show the same one

    @property
    def of_positions(self) -> np.ndarray:
        """Probability with each distinct position once, at its first holder; shape (..., n), sums to 1."""
        return np.where(self.holder == np.arange(self.holder.shape[-1]), self.probability, 0.0)

    def expected(self, positions: np.ndarray) -> np.ndarray:
        """Mean position (..., d), for positions (..., n, d) in any unit."""
        return (self.of_positions[..., None] * positions).sum(axis=-2)

    def likeliest(self, positions: np.ndarray) -> np.ndarray:
        """The likeliest position (..., d); of equally likely ones that of the first actor."""
        first = self.of_positions.argmax(axis=-1)
        return np.take_along_axis(positions, first[..., None, None], axis=-2)[..., 0, :]


def first_turn(
    positions: np.ndarray,
    salience: np.ndarray,
    capability: np.ndarray,
    voting: str = "prop",
    victory_exponent: float = 1.0,
    model: str = "conditional",
    risk_rule: str = "mid",
) -> FirstTurn:
    """All quantities of the first turn.

    Parameters
    ----------
    positions, salience : float arrays, shape (..., n, d)
        Positions in shares of the scale.
    capability : float array, shape (..., n)
        Weighs votes; salience enters the distances alone.
    voting, victory_exponent, model, risk_rule
        As in `voting.votes`, `voting.victory_probabilities`, `position_probabilities` and `risk_from_probability`.
    """
    distance = distances(positions, salience)
    value = utility(distance)
    everybody = np.ones(capability.shape, dtype=bool)
    neutral = coalitions(capability, value, voting)
    neutral_victory = victory_probabilities(neutral, victory_exponent)
    neutral_probability = position_probabilities(model, neutral, neutral_victory, everybody)
    risk = risk_from_probability(neutral_probability, risk_rule)

    holder = first_holders(positions)
    present = holder == np.arange(holder.shape[-1])
    worth = utility(distance, risk)
    coalition = coalitions(capability, worth, voting)
    victory = victory_probabilities(coalition, victory_exponent)
    probability = position_probabilities(model, coalition, victory, present)
    probability = np.take_along_axis(probability, holder, axis=-1)
    return FirstTurn(
        distance, value, neutral, neutral_victory, neutral_probability, risk, worth, coalition, victory, holder,
        probability,
    )  # fmt: skip
