"""The drawn inputs of one replication: every one by inverse CDF from one addressed uniform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.distributions import correlated_uniforms
from sim.randomness import Stream, uniform

if TYPE_CHECKING:
    from sim.model.compile import Case


def draw_inputs(case: Case, replication: int, root_seed: int, branch: int = 0) -> list[float]:
    """The flat input list of a replication: point values with the drawn ones replaced.

    Any replication's inputs can be recomputed alone from the root seed, at any time.
    """
    values = list(case.base)
    stream = Stream.INPUT
    uniforms = [
        uniform(root_seed, replication, branch, stream, drawn.key, 0, drawn.counter) for drawn in case.inputs
    ]
    for group in case.copulas:
        mixed = correlated_uniforms([uniforms[n] for n in group.members], group.factor)
        for n, u in zip(group.members, mixed, strict=True):
            uniforms[n] = u
    for drawn, u in zip(case.inputs, uniforms, strict=True):
        values[drawn.slot] = drawn.distribution.quantile(u)
    for shares in case.shares:
        total = 0.0
        amounts = []
        for gamma, key, counter in zip(shares.gammas, shares.keys, shares.counters, strict=True):
            amount = 0.0
            if gamma is not None:
                amount = gamma.quantile(uniform(root_seed, replication, branch, stream, key, 0, counter))
            amounts.append(amount)
            total += amount
        for slot, amount in zip(shares.slots, amounts, strict=True):
            values[slot] = shares.total * amount / total
    return values
