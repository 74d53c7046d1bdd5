"""Whole columns at once: what one issue adds to the utility of every package of a menu.

Packages share few distinct levels an issue, so the powers are taken once a level. Adding the
columns in issue order gives the same bits as `sim.rules.utility.package_utility`.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.rule import rule
from sim.rules.utility import single_issue_value


@rule
def add_issue(
    distinct: Sequence[float],
    num_distinct: int,
    index: Sequence[int],
    num_packages: int,
    weight: float,
    ideal: float,
    exponent: float,
    scratch: MutableSequence[float],
    out: MutableSequence[float],
) -> None:
    """Add one issue's weighted value of every package to `out`.

    `distinct` are the levels that occur and `index[p]` which of them package `p` has; `scratch`
    holds at least `num_distinct` numbers.
    """
    for n in range(num_distinct):
        scratch[n] = weight * single_issue_value(distinct[n], ideal, exponent)
    for p in range(num_packages):
        out[p] += scratch[index[p]]
