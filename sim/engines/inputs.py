"""The drawn inputs of one replication: every one by inverse CDF from one addressed uniform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.distributions.correlation import correlated_uniforms
from sim.randomness import Stream, uniform

if TYPE_CHECKING:
    from sim.model.compile import Case


def draw_inputs(case: Case, replication: int, root_seed: int, branch: int = 0) -> list[float]:
    """The flat input list of a replication: point values with the drawn ones replaced.

    Any replication's inputs can be recomputed alone from the root seed, at any time.
    """
    values = list(case.base)
    uniforms = _uniforms(case, replication, root_seed, branch)
    of_shares = iter(uniforms[len(case.inputs) :])
    del uniforms[len(case.inputs) :]
    for group in case.copulas:
        mixed = correlated_uniforms([uniforms[n] for n in group.members], group.factor)
        for n, u in zip(group.members, mixed, strict=True):
            uniforms[n] = u
    for drawn, u in zip(case.inputs, uniforms, strict=True):
        values[drawn.slot] = drawn.distribution.quantile(u)
    for shares in case.shares:
        total = 0.0
        amounts = []
        for gamma in shares.gammas:
            u = next(of_shares)
            amount = 0.0 if gamma is None else gamma.quantile(u)
            amounts.append(amount)
            total += amount
        for slot, amount in zip(shares.slots, amounts, strict=True):
            values[slot] = shares.total * amount / total
    return values


def _uniforms(case: Case, replication: int, root_seed: int, branch: int) -> list[float]:
    """The uniforms of all drawn inputs, then of all shares, in the order of the case."""
    cache = case.__dict__
    if "_input_addresses" not in cache:
        addresses = [(drawn.key, drawn.counter) for drawn in case.inputs]
        for shares in case.shares:
            addresses += zip(shares.keys, shares.counters, strict=True)
        cache["_input_addresses"] = np.array(addresses, dtype=np.int64).reshape(-1, 2)
    keys, counters = cache["_input_addresses"].T
    # The generator's source is right for arrays of wrapping int64 too: all addresses at once.
    replications = np.full(len(keys), replication, dtype=np.int64)
    return uniform(root_seed, replications, branch, int(Stream.INPUT), keys, 0, counters).tolist()
