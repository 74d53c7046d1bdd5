"""Absorbing chain: where a process that jumps between a few situations ends, and after how many steps.

A check on the whole loop: with fixed jump probabilities the simulation is a Markov chain whose absorption
probabilities ``(I - Q)^-1 R`` and mean steps ``(I - Q)^-1 1`` are known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.rule import rule


@rule
def absorb(
    transient: int, absorbing: int, among: Sequence[float], into: Sequence[float], work: list[float], out: list[float]
) -> int:
    """Absorption probabilities and mean steps from every transient situation; 0 if one can never be left, else 1.

    Parameters
    ----------
    among : flat matrix (transient, transient)
        Jump probabilities between transient situations.
    into : flat matrix (transient, absorbing)
        Jump probabilities into absorbing ones; each row of both together sums to one.
    work : at least transient * (transient + absorbing + 1) numbers
        Scratch space.
    out : at least transient * (absorbing + 1) numbers
        Per transient situation the absorption probabilities, then the mean number of steps.

    Situations are eliminated one after another, last first: a visit to the eliminated one is replaced by where it
    leads and the steps spent there. Staying put is never subtracted from one (its complement is the sum of the ways
    out), so the result keeps full relative precision (Grassmann, Taksar and Heyman 1985, Operations Research 33,
    1107-1116).
    """
    width = transient + absorbing + 1
    last = width - 1
    for row in range(transient):
        base = row * width
        for column in range(transient):
            work[base + column] = among[row * transient + column]
        for column in range(absorbing):
            work[base + transient + column] = into[row * absorbing + column]
        work[base + last] = 1.0
    for gone in range(transient - 1, -1, -1):
        source = gone * width
        ways_out = 0.0
        for column in range(last):
            if column < gone or column >= transient:
                ways_out += work[source + column]
        if ways_out <= 0.0:
            return 0
        for column in range(width):
            if column < gone or column >= transient:
                work[source + column] = work[source + column] / ways_out
        for row in range(gone):
            base = row * width
            weight = work[base + gone]
            if weight > 0.0:
                for column in range(width):
                    if column < gone or column >= transient:
                        work[base + column] += weight * work[source + column]
    columns = absorbing + 1
    for row in range(transient):
        base = row * width
        for column in range(columns):
            value = work[base + transient + column]
            for earlier in range(row):
                value += work[base + earlier] * out[earlier * columns + column]
            out[row * columns + column] = value
    return 1
