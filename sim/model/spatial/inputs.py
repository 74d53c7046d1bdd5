"""A table's numbers as arrays: at their point values, or drawn again and again.

A draw is addressed as the inputs of a scenario are: stream INPUT, the actor's key, the hash of the number's path. So
another actor, another order or more draws change none of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError
from sim.model.distributions.base import Distribution
from sim.model.distributions.factory import from_quantity
from sim.model.distributions.simple import ClippedUniform, Triangular, Uniform
from sim.model.spatial.load import quantities_of
from sim.model.spatial.spec import SpatialSpec
from sim.model.spec.base import Quantity
from sim.randomness import Stream, key_of, path_hash, uniform

MOST_JITTER = 0.5


@dataclass(frozen=True)
class Arrays:
    """The numbers of a table; leading axes ``...`` count draws.

    ``capability`` (..., n); ``positions`` and ``salience`` (..., n, d), positions in the scale's own unit; ``low`` and
    ``high`` (d,): ends of the scales.
    """

    capability: np.ndarray
    positions: np.ndarray
    salience: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Positions as shares of the scale."""
        return (self.positions - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Uncertain:
    """A number that varies: its path, its place in the arrays, its owner's key, and what it is drawn from."""

    path: str
    actor: int
    field: str
    dimension: int
    key: int
    drawn: Distribution


def point_value(quantity: Quantity) -> float:
    """The constant, or the value given beside a distribution, or else the distribution's median."""
    return quantity.value if quantity.value is not None else from_quantity(quantity).median()


def uncertain_inputs(spec: SpatialSpec, jitter: float = 0.0) -> list[Uncertain]:
    """Every number that varies, in the order of the file.

    Parameters
    ----------
    jitter : float
        Above 0, every number that does not vary by itself varies evenly around its value: a capability by this share
        of itself, a salience by this much, a position by this share of its scale; none beyond its scale.
    """
    if not 0.0 <= jitter <= MOST_JITTER:
        raise ParameterError(
            f"--jitter: expected a share from 0 to {MOST_JITTER:g}, found {jitter:g}", hint="for example --jitter 0.05"
        )
    actors = {name: number for number, name in enumerate(spec.actors)}
    dimensions = {name: number for number, name in enumerate(spec.dimensions)}
    found = []
    for name, field, dimension, quantity in quantities_of(spec):
        drawn = _drawn(spec, field, dimension, quantity, jitter)
        if drawn is None:
            continue
        actor = spec.actors[name]
        identity = f"#{actor.key}" if actor.key is not None else name
        path = ".".join(part for part in ("actors", identity, field, dimension) if part)
        key = actor.key if actor.key is not None else key_of(name)
        place = dimensions[dimension] if dimension else 0
        found.append(Uncertain(path, actors[name], field, place, key, drawn))
    return found


def _drawn(spec: SpatialSpec, field: str, dimension: str, quantity: Quantity, jitter: float) -> Distribution | None:
    sampling = spec.spatial.sampling
    if quantity.dist is not None and sampling != "off":
        return from_quantity(quantity)
    value = point_value(quantity)
    if quantity.range is not None and sampling == "ranges" and quantity.range[0] < quantity.range[1]:
        return Triangular(quantity.range[0], value, quantity.range[1])
    if jitter <= 0.0:
        return None
    if field == "capability":
        return Uniform(value * (1.0 - jitter), value * (1.0 + jitter)) if value > 0.0 else None
    low, high = spec.dimensions[dimension].scale if field == "position" else (0.0, 1.0)
    room = jitter * (high - low)
    return ClippedUniform(value - room, value + room, low, high)


def arrays_of(spec: SpatialSpec) -> Arrays:
    """The table at its point values, without leading axes."""
    n, d = len(spec.actors), len(spec.dimensions)
    capability, positions, salience = np.zeros(n), np.zeros((n, d)), np.zeros((n, d))
    for number, actor in enumerate(spec.actors.values()):
        capability[number] = point_value(actor.capability)
        for place, dimension in enumerate(spec.dimensions):
            positions[number, place] = point_value(actor.position[dimension])
            salience[number, place] = point_value(actor.salience[dimension])
    ends = np.array([dimension.scale for dimension in spec.dimensions.values()])
    return Arrays(capability, positions, salience, ends[:, 0], ends[:, 1])


def draw(spec: SpatialSpec, uncertain: list[Uncertain], first: int, count: int, root_seed: int) -> Arrays:
    """Draws ``first`` to ``first + count - 1`` of the table, one along the leading axis.

    Raises
    ------
    ParameterError
        In a draw nobody has both capability and salience on some dimension.
    """
    point = arrays_of(spec)
    capability = np.repeat(point.capability[None], count, axis=0)
    positions = np.repeat(point.positions[None], count, axis=0)
    salience = np.repeat(point.salience[None], count, axis=0)
    for item in uncertain:
        counter = path_hash(item.path)
        values = [
            item.drawn.quantile(uniform(root_seed, number, 0, Stream.INPUT, item.key, 0, counter))
            for number in range(first, first + count)
        ]
        if item.field == "capability":
            capability[:, item.actor] = values
        else:
            (positions if item.field == "position" else salience)[:, item.actor, item.dimension] = values
    if not ((capability[..., None] * salience).sum(axis=-2) > 0.0).all():
        raise ParameterError(
            "in some draws nobody has both capability and salience on a dimension, so nothing can be weighed",
            hint="keep somebody's range or distribution away from 0",
        )
    return Arrays(capability, positions, salience, point.low, point.high)
