"""Words for what a game names: players, moves, options, types; labels where the file has them, else the name in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model.spec.game import Game
    from sim.model.spec.scenario import ScenarioSpec

_VOTES = {"passes": "it passes", "fails": "it fails"}


def stands_alone(spec: ScenarioSpec) -> bool:
    """Whether a scenario is a game and nothing else: no talks, no events by chance, no ladder beside it."""
    others = spec.tracks or spec.hazards or spec.mechanisms.ladder is not None
    return spec.game is not None and spec.game.enabled and not others


class GameNames:
    """Words for the parts of a scenario's game."""

    def __init__(self, spec: ScenarioSpec) -> None:
        self.spec = spec
        assert spec.game is not None
        self.game: Game = spec.game

    def player(self, name: str) -> str:
        """A player, as in the middle of a sentence."""
        actor = self.spec.actors.get(name)
        return (actor.label if actor is not None else None) or plain(name)

    def move(self, name: str) -> str:
        """A move."""
        return self.game.moves[name].label or plain(name)

    def option(self, move: str, option: str) -> str:
        """An option of a move, also of one of several players who move at once."""
        spec: Any = self.game.moves[move]
        result = getattr(spec, option, None) if option in _VOTES and hasattr(spec, "passes") else None
        if result is not None:
            return result.label or _VOTES[option]
        results = getattr(spec, "options", {})
        label = getattr(results.get(option), "label", None) if isinstance(results, dict) else None
        return label or plain(option)

    def type(self, name: str) -> str:
        """A type, without whose it is."""
        return self.game.types[name].label or plain(name)

    def whose(self, name: str) -> str | None:
        """Who knows a type, in words; none where nobody does."""
        of = self.game.types[name].of
        return None if of is None else self.player(of)

    def members(self, player: str | None) -> bool:
        """Whether a player is a group."""
        return player in self.game.players and self.game.players[player].members is not None


def plain(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def figure(value: float, *, all_digits: bool = False) -> str:
    """A payoff or a number named, with as many digits as tell something; zeros at the end are left out, or kept."""
    if value != value:
        return "none"
    if abs(value) >= 1e6:
        return f"{value:.3g}".replace("-", "\u2212")
    digits = 0 if abs(value) >= 1000.0 else 1 if abs(value) >= 100.0 else 2 if abs(value) >= 10.0 else 3
    text = f"{value:,.{digits}f}"
    if "." in text and not all_digits:
        text = text.rstrip("0").rstrip(".")
    return (text[1:] if text.startswith("-") and not text.strip("-0.") else text).replace("-", "\u2212")


def names_whom(label: str, who: str) -> bool:
    """Whether a label says who moves; a name of a letter or two must stand there as it is written."""
    name = who.removeprefix("the ").removeprefix("The ")
    flags = re.IGNORECASE if len(name) > 2 else 0
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", label, flags) is not None


def counted(number: int, word: str) -> str:
    """`1 move`, `3 moves`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def periods_words(periods: float) -> str:
    """A length in periods."""
    return f"{figure(periods)} period{'' if figure(periods) == '1' else 's'}"
