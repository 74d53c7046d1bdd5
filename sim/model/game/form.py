"""A game as flat lists: players, types and moves in order of their keys, units of play, and results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.errors import ScenarioError
from sim.model.game.names import has_belief, types_named
from sim.model.spec.effects import Effects
from sim.model.spec.game import (
    AgreementMove,
    ChanceMove,
    ChoiceMove,
    DivisionMove,
    Game,
    GameType,
    Move,
    NumberMove,
    SimultaneousMove,
    VoteMove,
)
from sim.randomness import key_of

MOST_MEMBERS = 1000
_PASSES = ("passes", "fails")


@dataclass(frozen=True)
class Axis:
    """What a table of probabilities is looked up by: a ``type`` by rank, the ``number`` named at a move, the ``option`` of a unit.

    Or how often a move was ``made`` or an ``option`` taken (``count``), ``votes``, ``periods`` and ``moves`` so far.
    """

    source: str
    name: str
    points: tuple[float, ...]
    option: int = 0


@dataclass(frozen=True)
class Table:
    """Probabilities of a unit's options by what its player has observed; rows in the order of the axes, the last fastest."""

    axes: tuple[Axis, ...]
    probabilities: tuple[tuple[float, ...], ...]
    numbers: tuple[tuple[float, ...], ...] = ()  # of a number move, what its options stand for, by row

    def flat(self) -> list[float]:
        """All rows in one list."""
        return [p for row in self.probabilities for p in row]


@dataclass(frozen=True)
class Unit:
    """What one player does at one move: programs for its options, or a table."""

    move: str
    player: str | None
    options: tuple[str, ...]  # names; none where a number is named
    programs: tuple[str | None, ...]
    table: Table | None = None
    reveals: str | None = None  # type with classes about which others learn from it
    at_once: bool = False

    @property
    def size(self) -> int:
        """How many options it weighs."""
        return len(self.table.probabilities[0]) if self.table is not None else max(len(self.options), 1)

    @property
    def name(self) -> str:
        """The move, with the player where several move at once."""
        return f"{self.move}.{self.player}" if self.at_once else self.move

    def names(self) -> list[str]:
        """Options as expressions name them after the move."""
        return [f"{self.player}.{option}" for option in self.options] if self.at_once else list(self.options)


@dataclass(frozen=True)
class FlatResult:
    """What follows one option, or one cell of options chosen at once."""

    move: str
    path: tuple[str, ...]  # where it stands within the move
    payoffs: Mapping[str, str]
    takes: str
    then: str | None
    until: str | None
    effects: Effects | None = None


@dataclass
class Form:
    """The whole game."""

    game: Game
    players: list[str]
    members: dict[str, int]  # of groups
    types: dict[str, GameType]  # in the order in which they depend on one another
    type_keys: dict[str, int]
    moves: list[str]
    move_keys: dict[str, int]
    needed: dict[str, int]
    agreed: dict[str, dict[str, str]]
    points: int = 0  # of the grid of types where the game is played on one; 0: types are drawn as they are
    units: list[Unit] = field(default_factory=list)
    results: list[FlatResult] = field(default_factory=list)
    first_unit: dict[str, int] = field(default_factory=dict)
    first_result: dict[str, int] = field(default_factory=dict)

    @property
    def type_names(self) -> list[str]:
        """Names of types in order."""
        return list(self.types)

    @property
    def unit_names(self) -> list[str]:
        """Names of units in order."""
        return [unit.name for unit in self.units]

    def classes(self, name: str) -> list[str]:
        """Classes of a type; none of a number."""
        return list(self.types[name].classes or ())


def form_of(
    game: Game,
    constant: Callable[[str], float],
    agreed: Mapping[str, Mapping[str, float]],
    tables: Mapping[str, Table],
) -> Form:
    """The form of a game.

    Parameters
    ----------
    constant : the value of an expression over parameters.
    agreed : by agreement and number, what the solution concept gives.
    tables : by name of unit, how players play where no strategy is written or another way of play is asked for.
    """
    keys = {name: key_of(name) if move.key is None else move.key for name, move in game.moves.items()}
    type_keys = {name: key_of(name) if kind.key is None else kind.key for name, kind in game.types.items()}
    members = {
        name: whole(constant(player.members), f"game.players.{name}.members", MOST_MEMBERS)
        for name, player in game.players.items()
        if player.members is not None
    }
    form = Form(
        game=game,
        players=sorted(game.players, key=key_of),
        members=members,
        types={name: game.types[name] for name in types_in_order(game, type_keys)},
        type_keys=type_keys,
        moves=sorted(game.moves, key=keys.__getitem__),
        move_keys=keys,
        needed={
            name: votes_needed(name, move, members, constant)
            for name, move in game.moves.items()
            if isinstance(move, (VoteMove, DivisionMove))
        },
        agreed={name: {number: repr(float(x)) for number, x in agreed[name].items()} for name in agreed},
    )
    for name in form.moves:
        move = game.moves[name]
        form.first_unit[name] = len(form.units)
        form.first_result[name] = len(form.results)
        form.units += [_with_table(unit, tables) for unit in units_of(form, name, move)]
        form.results += results_of(name, move)
    return form


def _with_table(unit: Unit, tables: Mapping[str, Table]) -> Unit:
    if unit.name not in tables:
        return unit
    return Unit(unit.move, unit.player, unit.options, unit.programs, tables[unit.name], unit.reveals, unit.at_once)


def whole(value: float, path: str, most: int) -> int:
    """A whole number from 1 to ``most``.

    Raises
    ------
    ScenarioError
        Any other number.
    """
    if value != value or value != int(value) or not 1 <= value <= most:
        raise ScenarioError(f"{path}: expected a whole number from 1 to {most}, found {value:g}")
    return int(value)


def votes_needed(name: str, move: VoteMove | DivisionMove, members: Mapping[str, int], constant: Callable[[str], float]) -> int:
    """How many yes votes a group's vote needs."""
    size = members[move.by]
    if move.rule == "unanimity":
        return size
    if move.rule == "majority":
        return size // 2 + 1
    return whole(constant(move.rule), f"game.moves.{name}.rule", size)


def types_in_order(game: Game, keys: Mapping[str, int]) -> list[str]:
    """Types such that each comes after those that its terms name; by key where nothing else decides."""
    order: list[str] = []
    left = sorted(game.types, key=keys.__getitem__)
    while left:
        free = next((name for name in left if not types_named(game.types[name]) & set(left) - {name}), left[0])
        order.append(free)
        left.remove(free)
    return order


def units_of(form: Form, name: str, move: Move) -> list[Unit]:
    """The units of play of a move, with the strategies as written."""
    strategy = form.game.strategies.get(name)
    if isinstance(move, NumberMove):
        programs = (strategy,) if isinstance(strategy, str) else (None,)
        return [Unit(name, move.by, (), programs, reveals=_revealed(form, move.by))]
    if isinstance(move, ChoiceMove):
        return [_choice(form, name, move.by, tuple(move.options), strategy)]
    if isinstance(move, ChanceMove):
        return [Unit(name, None, tuple(move.options), tuple(option.probability for option in move.options.values()))]
    if isinstance(move, SimultaneousMove):
        of = strategy if isinstance(strategy, dict) else {}
        return [_choice(form, name, player, tuple(move.options[player]), of.get(player), at_once=True) for player in move.by]
    if isinstance(move, VoteMove):
        return [Unit(name, move.by, _PASSES, (strategy if isinstance(strategy, str) else None,))]
    if isinstance(move, DivisionMove):
        of = strategy if isinstance(strategy, dict) else {}
        accept, share = of.get("accept"), of.get("share")
        return [Unit(name, move.by, _PASSES, (accept if isinstance(accept, str) else None, share if isinstance(share, str) else None))]
    return []


def _choice(form: Form, move: str, player: str, options: tuple[str, ...], strategy: Any, *, at_once: bool = False) -> Unit:
    given = strategy if isinstance(strategy, dict) else {}
    programs = tuple(given.get(option) for option in options)
    return Unit(move, player, options, programs, reveals=_revealed(form, player), at_once=at_once)


def _revealed(form: Form, player: str) -> str | None:
    """The type of a player about which its choices tell: its only one, with classes."""
    return next((name for name, kind in form.types.items() if kind.of == player and has_belief(form.game, name)), None)


def results_of(name: str, move: Move) -> list[FlatResult]:
    """What may follow a move, in the order in which acts number it."""
    if isinstance(move, (ChoiceMove, ChanceMove)):
        return [_flat(name, ("options", option), result) for option, result in move.options.items()]
    if isinstance(move, (VoteMove, DivisionMove)):
        return [_flat(name, (which,), getattr(move, which)) for which in _PASSES]
    if isinstance(move, SimultaneousMove):
        sizes = [len(move.options[player]) for player in move.by]
        return [
            FlatResult(name, (), {player: _cell(table, cell) for player, table in move.payoffs.items()}, move.takes, move.then, move.until)
            for cell in cells(sizes)
        ]
    assert isinstance(move, (NumberMove, AgreementMove))
    return [_flat(name, (), move)]


def _flat(name: str, path: tuple[str, ...], result: Any) -> FlatResult:
    return FlatResult(name, path, result.payoffs, result.takes, result.then, result.until, result.effects)


def cells(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """All combinations of options, the last player's fastest."""
    found: list[tuple[int, ...]] = [()]
    for size in sizes:
        found = [(*cell, n) for cell in found for n in range(size)]
    return found


def _cell(table: Any, cell: tuple[int, ...]) -> str:
    for n in cell:
        table = table[n]
    return table
