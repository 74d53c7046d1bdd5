"""Tables of what is drawn: inputs, shares of a whole, correlated groups, durations."""

from __future__ import annotations

from itertools import count

from sim.engines.tables.maker import Maker, ragged
from sim.model.compile import Case
from sim.model.distributions.base import Distribution


class _Numbers:
    """Distributions one after another in one list."""

    def __init__(self) -> None:
        self.flat: list[float] = []

    def add(self, distribution: Distribution | None) -> tuple[int, int]:
        """Kind and place of a distribution; (0, -1) for none."""
        if distribution is None:
            return 0, -1
        kind, numbers = distribution.coded()
        first = len(self.flat)
        self.flat += numbers
        return kind, first


def axes_of(case: Case) -> tuple[str, ...]:
    """Paths of what is drawn once a history from one uniform each, in the order of a point's coordinates.

    Inputs first, then shares of a whole but for those that are always 0, both in order of their addresses, so that the
    order of the file never shows. Private types are no inputs in this sense.
    """
    return (*(drawn.path for drawn in case.inputs), *(path for _, _, path, _ in _drawn_shares(case)))


def _drawn_shares(case: Case) -> list[tuple[int, int, str, int]]:
    """Address, path and position among all shares of those that are drawn, in order."""
    places = count()
    every = [
        (key, counter, path, next(places), gamma)
        for group in case.shares
        for key, counter, path, gamma in zip(group.keys, group.counters, group.paths, group.gammas, strict=True)
    ]
    return sorted((key, counter, path, place) for key, counter, path, place, gamma in every if gamma is not None)


def inputs(m: Maker) -> None:
    """Enter all tables of drawn numbers."""
    case = m.case
    numbers = _Numbers()
    coded = [numbers.add(drawn.distribution) for drawn in case.inputs]
    m.add(
        base=list(case.base),
        input_slot=[drawn.slot for drawn in case.inputs],
        input_kind=[kind for kind, _ in coded],
        input_first=[first for _, first in coded],
        input_key=[drawn.key for drawn in case.inputs],
        input_counter=[drawn.counter for drawn in case.inputs],
    )
    starts, gammas = ragged([shares.gammas for shares in case.shares])
    coded = [numbers.add(gamma) for gamma in gammas]
    m.add(
        shares_start=starts,
        shares_total=[shares.total for shares in case.shares],
        share_slot=[slot for shares in case.shares for slot in shares.slots],
        share_kind=[kind for kind, _ in coded],
        share_first=[first for _, first in coded],
        share_axis=_share_axes(case),
        share_key=[key for shares in case.shares for key in shares.keys],
        share_counter=[counter for shares in case.shares for counter in shares.counters],
        input_numbers=numbers.flat,
    )
    starts, members = ragged([group.members for group in case.copulas])
    firsts, factors = ragged([group.factor for group in case.copulas])
    m.add(copula_start=starts, copula_member=members, copula_first=firsts, copula_factor=factors)
    _durations(m)
    groups = [len(case.inputs), *(len(shares.slots) for shares in case.shares)]
    m.sizes.update(inputs=len(case.base), drawn=max(groups), axes=len(axes_of(case)))


def _share_axes(case: Case) -> list[int]:
    """The axis of each share; -1 for one that is not drawn."""
    axes = [-1] * sum(len(group.paths) for group in case.shares)
    for n, (_, _, _, place) in enumerate(_drawn_shares(case)):
        axes[place] = len(case.inputs) + n
    return axes


def _durations(m: Maker) -> None:
    """Durations that are drawn at each occurrence, by their slots."""
    numbers = _Numbers()
    recurring = [-1] * len(m.case.base)
    kinds, firsts, means = [], [], []
    for n, (slot, distribution) in enumerate(sorted(m.case.recurring.items())):
        kind, first = numbers.add(distribution)
        recurring[slot] = n
        kinds.append(kind)
        firsts.append(first)
        means.append(distribution.mean())
    m.add(
        recurring=recurring, recurring_kind=kinds, recurring_first=firsts, recurring_mean=means,
        recurring_numbers=numbers.flat,
    )  # fmt: skip
