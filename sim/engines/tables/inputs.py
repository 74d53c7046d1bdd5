"""Tables of what is drawn: inputs, shares of a whole, correlated groups, durations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from sim.acts.codes import INPUT, MOVE, TYPE
from sim.acts.games import TYPE_LANE
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


@dataclass(frozen=True)
class Address:
    """Where the uniform of an axis is when no design gives it."""

    stream: int
    key: int
    lane: int
    counter: int


def axes_of(case: Case) -> tuple[str, ...]:
    """Paths of what is drawn once a history from one uniform each, in the order of a point's coordinates.

    Inputs first, then shares of a whole but for those that are always 0, both in order of their addresses, so that the
    order of the file never shows; then private types: classes of commitment and red lines by actor, types of a game.
    """
    return (*number_axes_of(case), *type_axes_of(case))


def addresses_of(case: Case) -> dict[str, Address]:
    """Where each axis of `axes_of` is drawn without a design, in its order."""
    return {**_addresses_of_numbers(case), **{path: address for path, (_, _, address) in _types(case).items()}}


def number_axes_of(case: Case) -> tuple[str, ...]:
    """The axes that are numbers: inputs and shares. Points of records of earlier versions have these alone."""
    return tuple(_addresses_of_numbers(case))


def type_axes_of(case: Case) -> tuple[str, ...]:
    """The axes that are private types."""
    return tuple(_types(case))


def _addresses_of_numbers(case: Case) -> dict[str, Address]:
    found = {drawn.path: Address(INPUT, drawn.key, 0, drawn.counter) for drawn in case.inputs}
    found.update((path, Address(INPUT, key, 0, counter)) for key, counter, path, _ in _drawn_shares(case))
    return found


_COMMITMENT, _LINE, _GAME = range(3)


def _types(case: Case) -> dict[str, tuple[int, Any, Address]]:
    """By path of each private type that can be more than one thing: of what kind, whose, and where it is drawn."""
    found: dict[str, tuple[int, Any, Address]] = {}
    keys = case.keys["actors"]
    for actor in case.actor_ids:
        if len(case.spec.actors[actor].types.commitment or {}) > 1:
            found[f"actors.{actor}.types.commitment"] = (_COMMITMENT, actor, Address(TYPE, keys[actor], 0, 0))
    for actor in case.actor_ids:
        for lane, name in enumerate(sorted(case.spec.actors[actor].red_lines)):
            if _is_open(case, actor, name):
                found[f"actors.{actor}.red_lines.{name}"] = (_LINE, (actor, name), Address(TYPE, keys[actor], 8 + lane, 0))
    for name in () if case.game is None else case.game.types:
        if case.game.types[name].of not in case.game.members:
            found[f"game.types.{name}"] = (_GAME, name, Address(MOVE, case.game.type_keys[name], TYPE_LANE, 0))
    return found


def _is_open(case: Case, actor: str, name: str) -> bool:
    """Whether a red line may be there or not: its chance is drawn, depends on the class, or lies between 0 and 1."""
    slots = case.slots.actors[actor].red_lines[name]
    drawn = any(item.slot == slots.probability for item in case.inputs)
    return drawn or bool(slots.by_class) or 0.0 < case.base[slots.probability] < 1.0


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
    _type_axes(m)
    groups = [len(case.inputs), *(len(shares.slots) for shares in case.shares)]
    m.sizes.update(inputs=len(case.base), drawn=max(groups), axes=len(axes_of(case)))


def _share_axes(case: Case) -> list[int]:
    """The axis of each share; -1 for one that is not drawn."""
    axes = [-1] * sum(len(group.paths) for group in case.shares)
    for n, (_, _, _, place) in enumerate(_drawn_shares(case)):
        axes[place] = len(case.inputs) + n
    return axes


def _type_axes(m: Maker) -> None:
    """The axis of each private type; -1 for one that has none."""
    case = m.case
    first = len(number_axes_of(case))
    axes = {(kind, whose): first + n for n, (kind, whose, _) in enumerate(_types(case).values())}
    m.add(
        commitment_axis=[axes.get((_COMMITMENT, actor), -1) for actor in case.actor_ids],
        line_axis=[axes.get((_LINE, line), -1) for actor in case.actor_ids for line in m.line_ids if line[0] == actor],
        game_type_axis=[axes.get((_GAME, name), -1) for name in (() if m.game is None else m.game.types)],
    )


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
