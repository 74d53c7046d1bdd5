"""Who plays which strategies in an empirical game, what counts as a payoff, and the scenario of every profile.

A profile is one strategy for each player. Profiles are numbered with the last player's strategy changing fastest, so that a
list of numbers, one a profile, reshaped to the numbers of strategies is a table of the game. Profile 0 is the default play.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import UsageError
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.diagnostics import Diagnostic, did_you_mean
from sim.model.load import Loaded, load_document
from sim.model.spec.scenario import ScenarioSpec

MAX_PROFILES = 1_000
PLAYER = "PLAYER"  # in the name of a payoff: stands for the id of each player


@dataclass(frozen=True)
class Choice:
    """A strategy as readers see it, and what it sets."""

    name: str
    label: str
    description: str
    set: Mapping[str, Any]


@dataclass(frozen=True)
class Profiles:
    """The form of an empirical game: everything but the payoffs.

    Attributes
    ----------
    payoffs : for each player the column of results that is its payoff
    scenarios : the completed scenario of each profile
    classes : ids of outcome classes, in order
    warnings : remarks on the scenario as it is played by default
    """

    spec: ScenarioSpec
    players: tuple[str, ...]
    labels: tuple[str, ...]
    menus: tuple[tuple[Choice, ...], ...]
    payoffs: tuple[str, ...]
    scenarios: tuple[dict[str, Any], ...]
    classes: tuple[str, ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of strategies of each player."""
        return tuple(map(len, self.menus))

    def __len__(self) -> int:
        return math.prod(self.shape)

    def choices(self, number: int) -> tuple[int, ...]:
        """The number of each player's strategy in a profile."""
        found = []
        for size in reversed(self.shape):
            number, place = divmod(number, size)
            found.append(place)
        return tuple(reversed(found))

    def name(self, number: int) -> str:
        """The names of the strategies of a profile."""
        return ", ".join(menu[k].name for menu, k in zip(self.menus, self.choices(number), strict=True))


def profiles_of(
    loaded: Loaded,
    players: Sequence[str] = (),
    payoffs: Sequence[str] = (),
    variant: str | None = None,
    policy: str | None = None,
    changes: Sequence[str] | Mapping[str, Any] = (),
) -> Profiles:
    """The profiles of some players of a scenario; of all who have a menu if none is named.

    Parameters
    ----------
    payoffs : texts
        A column of results for all (``PLAYER`` in it stands for the player), or ``PLAYER=COLUMN`` for one player; a metric may be
        named alone. By default what the player gets in the scenario's game, and its utility at the horizon where it plays none.
    variant, policy, changes
        Make the scenario in which strategies are chosen.

    Raises
    ------
    UsageError
        An unknown player, one without a menu, fewer than two players with a choice, a payoff that is no column, or too many profiles.
    ScenarioError
        Strategies that make no scenario together.
    """
    spec = loaded.spec
    chosen = _players(spec, players)
    _check_number(spec, chosen)
    menus = tuple(tuple(_choice(name, item) for name, item in spec.strategies[player].items()) for player in chosen)
    scenarios, warnings = [], ()
    for names in itertools.product(*([item.name for item in menu] for menu in menus)):
        played = dict(zip(chosen, names, strict=True))
        one = load_document(loaded.document, variant, policy, changes, played)
        scenarios.append(complete(one.spec))
        warnings = warnings or one.warnings
    columns = _columns(scenarios[0])
    return Profiles(
        spec=spec,
        players=chosen,
        labels=tuple(spec.actors[player].label or player for player in chosen),
        menus=menus,
        payoffs=_payoffs(chosen, payoffs, columns),
        scenarios=tuple(scenarios),
        classes=tuple(item.id for item in spec.outcomes),
        warnings=warnings,
    )


def _choice(name: str, item: Any) -> Choice:
    return Choice(name, item.label or name, item.description or "", item.set)


def _players(spec: ScenarioSpec, wanted: Sequence[str]) -> tuple[str, ...]:
    menus = spec.strategies
    if not menus:
        hint = "declare menus under `strategies:`, by actor; docs/how-to/find-equilibria.md shows how"
        if spec.game is not None:
            hint = f"`sim solve` finds the equilibria of its game; or {hint}"
        raise UsageError(f"{spec.id}: nobody has strategies to choose from", hint=hint)
    chosen = list(wanted) or list(menus)
    for player in chosen:
        if player not in spec.actors:
            raise UsageError(f"--players: unknown actor '{player}'", hint=did_you_mean(player, spec.actors, "known actors"))
        if player not in menus:
            raise UsageError(
                f"--players: '{player}' has no menu under `strategies:`", hint=f"those who have one: {', '.join(menus)}"
            )
        if chosen.count(player) > 1:
            raise UsageError(f"--players: '{player}' stands in the list twice", hint="leave it out once")
    if len(chosen) < 2:
        others = [player for player in menus if player not in chosen]
        hint = f"add one of {', '.join(others)}" if others else "declare a menu for another actor under `strategies:`"
        raise UsageError(f"--players: a game needs at least two players, found {chosen[0]} alone", hint=hint)
    return tuple(chosen)


def _check_number(spec: ScenarioSpec, chosen: Sequence[str]) -> None:
    sizes = [len(spec.strategies[player]) for player in chosen]
    number = math.prod(sizes)
    if number <= MAX_PROFILES:
        return
    fitting: list[str] = []
    for player, size in zip(chosen, sizes, strict=True):
        if size * math.prod(len(spec.strategies[name]) for name in fitting) <= MAX_PROFILES:
            fitting.append(player)
    raise UsageError(
        f"{' x '.join(map(str, sizes))} strategies make {number:,} profiles; at most {MAX_PROFILES:,} are played",
        hint=f"fewer players, as in --players {','.join(fitting)}, or shorter menus",
    )


def _columns(completed: dict[str, Any]) -> list[str]:
    """Names of the columns of results that hold numbers."""
    from sim.engines.tables.whole import setup_of

    return [column.name for column in setup_of(compile_case(completed)).columns if column.words is None]


def _payoffs(players: Sequence[str], wanted: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    found = {
        player: f"payoff:{player}" if f"payoff:{player}" in columns else f"utility:{player}" for player in players
    }
    for text in wanted:
        player, sign, column = text.partition("=")
        if not sign:
            found.update({name: text.replace(PLAYER, name) for name in players})
        elif player in players:
            found[player] = column.replace(PLAYER, player)
        else:
            raise UsageError(f"--payoff: '{player}' does not play", hint=did_you_mean(player, players, "players"))
    return tuple(_column(text, columns) for text in found.values())


def _column(text: str, columns: Sequence[str]) -> str:
    for name in (text, f"metric:{text}"):
        if name in columns:
            return name
    short = [name.removeprefix("metric:") for name in columns if name.startswith(("metric:", "utility:", "payoff:"))]
    raise UsageError(f"--payoff: no number '{text}' in the results", hint=did_you_mean(text, short, "metrics and utilities"))
