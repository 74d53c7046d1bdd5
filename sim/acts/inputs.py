"""The drawn inputs of one history: every one by inverse distribution function from one uniform.

The uniform is that of the input's address, or a coordinate of a point that whoever plays the history gives it
(`World.point`). Axes of such points are the inputs in their order, then the shares that are drawn, then private types
(`sim.engines.tables.inputs.axes_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.codes import INPUT
from sim.arithmetic import normal_quantile
from sim.randomness import uniform
from sim.rule import act, rule
from sim.rules.distributions import correlated_uniform, quantile

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def draw_inputs(w: World, c: Tables) -> None:
    """Fill ``w.p``: point values with the drawn ones replaced.

    Any replication's inputs can be drawn alone from the root seed, or from its point, at any time.
    """
    for n in range(len(c.base)):
        w.p[n] = c.base[n]
    count = len(c.input_slot)
    for n in range(count):
        w.uniforms[n] = _uniform(w, c, n, c.input_key[n], c.input_counter[n])
    for g in range(len(c.copula_start) - 1):
        _correlate(w, c, g)
    for n in range(count):
        w.p[c.input_slot[n]] = quantile(c.input_kind[n], c.input_numbers, c.input_first[n], w.uniforms[n])
    for g in range(len(c.shares_start) - 1):
        _draw_shares(w, c, g)


@rule
def coordinate(w: World, axis: int) -> float:
    """The coordinate of the history's point on an axis, in (0, 1); 0 where it has none and the draw is by address."""
    if w.designed and axis >= 0:
        x = w.point[w.point_from + axis]
        if x > 0.0:  # not of nan, which stands for none
            return x
    return 0.0


@act
def _uniform(w: World, c: Tables, axis: int, key: int, counter: int) -> float:
    """The uniform of an input: a coordinate of the point that was given, or the one at the input's address."""
    x = coordinate(w, axis)
    if x > 0.0:
        return x
    return uniform(w.seed, w.replication, w.branch, INPUT, key, 0, counter)


@act
def _correlate(w: World, c: Tables, g: int) -> None:
    """Give the uniforms of a group of inputs a Gaussian copula."""
    start = c.copula_start[g]
    size = c.copula_start[g + 1] - start
    for r in range(size):
        w.independent[r] = w.uniforms[c.copula_member[start + r]]
        w.normals[r] = normal_quantile(w.independent[r])
    for r in range(size):
        w.uniforms[c.copula_member[start + r]] = correlated_uniform(
            w.independent, w.normals, c.copula_factor, c.copula_first[g] + r * size, r
        )


@act
def _draw_shares(w: World, c: Tables, g: int) -> None:
    """Inputs that are shares of one whole: gamma draws, normalised in order of their addresses."""
    start = c.shares_start[g]
    stop = c.shares_start[g + 1]
    total = 0.0
    for n in range(start, stop):
        amount = 0.0
        if c.share_first[n] >= 0:
            u = _uniform(w, c, c.share_axis[n], c.share_key[n], c.share_counter[n])
            amount = quantile(c.share_kind[n], c.input_numbers, c.share_first[n], u)
        w.amounts[n - start] = amount
        total += amount
    for n in range(start, stop):
        w.p[c.share_slot[n]] = c.shares_total[g] * w.amounts[n - start] / total
