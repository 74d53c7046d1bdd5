"""The quantities of a game that expressions may name, and which of them a player knows when it moves."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.model.expressions.ranges import Bounds
from sim.model.expressions.reading import parse
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

_OPEN: Bounds = (-math.inf, math.inf)
_COUNT: Bounds = (0.0, math.inf)
_UNIT: Bounds = (0.0, 1.0)
UNIFORM = "uniform"


def options_of(name: str, move: Move) -> Iterator[str]:
    """The options of a move as expressions name them: ``move.option``, or ``move.player.option``."""
    if isinstance(move, (ChoiceMove, ChanceMove)):
        yield from (f"{name}.{option}" for option in move.options)
    elif isinstance(move, SimultaneousMove):
        yield from (f"{name}.{player}.{option}" for player in move.by for option in move.options.get(player, ()))
    elif isinstance(move, (VoteMove, DivisionMove)):
        yield from (f"{name}.passes", f"{name}.fails")


def has_belief(game: Game, name: str) -> bool:
    """Whether all share a belief about a type: it has classes, rests on no other type, and is the only one of a single player."""
    kind = game.types[name]
    if kind.classes is None or types_named(kind):
        return False
    if kind.of is None:
        return True
    player = game.players.get(kind.of)
    return player is not None and player.members is None and sum(other.of == kind.of for other in game.types.values()) == 1


def types_named(kind: GameType) -> set[str]:
    """Types that the terms of a type name."""
    texts = [kind.low, kind.high, kind.mean, kind.sd, *(kind.classes or {}).values()]
    found: set[str] = set()
    for text in texts:
        try:
            names = parse(text).names() if text is not None else ()
        except ValueError:
            continue  # a fault that is told elsewhere
        found |= {name.split(".")[1] for name in names if name.startswith("type.")}
    return found


def numbers(game: Game) -> dict[str, Bounds]:
    """Quantities that are numbers, with bounds."""
    found: dict[str, Bounds] = {"game.periods": _COUNT, "game.moves": _COUNT, UNIFORM: _UNIT}
    for name, move in game.moves.items():
        if isinstance(move, (NumberMove, DivisionMove)):
            found[f"move.{name}"] = _OPEN
        if isinstance(move, AgreementMove):
            found |= {f"move.{name}.{number}": _OPEN for number in move.numbers}
        if isinstance(move, (VoteMove, DivisionMove)):
            found[f"votes.{name}"] = _COUNT
        found[f"times.{name}"] = _COUNT
        found |= {f"times.{option}": _COUNT for option in options_of(name, move)}
    for name, kind in game.types.items():
        group = kind.of in game.players and game.players[kind.of].members is not None
        if group:
            found[f"member.{name}"] = _OPEN
        elif kind.classes is None:
            found[f"type.{name}"] = _COUNT if kind.dist == "exponential" else _OPEN
        if has_belief(game, name):
            found |= {f"belief.{name}.{cls}": _UNIT for cls in kind.classes or ()}
    found |= {f"payoff.{name}": _OPEN for name in game.players}
    return found


def conditions(game: Game) -> list[str]:
    """Quantities that hold or do not."""
    found = ["game.over"]
    for name, move in game.moves.items():
        found += [f"move.{option}" for option in options_of(name, move)]
    for name, kind in game.types.items():
        group = kind.of in game.players and game.players[kind.of].members is not None
        if kind.classes is not None and not group:
            found += [f"type.{name}.{cls}" for cls in kind.classes]
    return found


def hidden_from(game: Game, player: str | None) -> dict[str, str]:
    """Quantities that a player does not know when it moves, each with the reason in words."""
    found: dict[str, str] = {}
    for name, kind in game.types.items():
        if kind.of != player or player is None:
            whose = f"only {kind.of} knows it" if kind.of is not None else "nobody knows it"
            found[f"type.{name}"] = found[f"member.{name}"] = whose
            found |= {f"type.{name}.{cls}": whose for cls in kind.classes or ()}
    for name, move in game.moves.items():
        if player in move.unseen_by:
            why = f"{player} does not see what is chosen at '{name}'"
            found |= {f"{head}.{name}": why for head in ("move", "times", "votes")}
            found |= {f"{head}.{option}": why for option in options_of(name, move) for head in ("move", "times")}
            found |= {f"move.{name}.{number}": why for number in getattr(move, "numbers", ())}
    if any(kind.of != player for kind in game.types.values()):
        found |= {f"payoff.{name}": "payoffs may tell what others know" for name in game.players if name != player}
    return found
