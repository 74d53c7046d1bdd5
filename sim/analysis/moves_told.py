"""What happens in a game, in sentences: types drawn, each move with its chance, beliefs and payments, and the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.game_names import GameNames, counted, figure, names_whom, periods_words, plain
from sim.analysis.phrases import listed, percent, possessive

if TYPE_CHECKING:
    from sim.engines.log import Happening

OFTEN = 5  # a move made more often is told at its first and last times
TOLD = 2  # so many of each
SMALLEST_STEP = 0.005  # change of a belief that is told
CONCEPTS = {
    "nash": "by the Nash solution", "kalai_smorodinsky": "by the Kalai-Smorodinsky solution",
    "egalitarian": "with equal gains", "utilitarian": "with the largest sum",
}  # fmt: skip


class MovesTold:
    """Sentences on one history of a game."""

    def __init__(self, names: GameNames, happenings: Sequence[Happening]) -> None:
        self.names = names
        self.game = names.game
        self.happenings = happenings
        self.made: dict[str, int] = {}
        self.total: dict[str, int] = {}
        for item in happenings:
            if item.kind == "move":
                self.total[item.details["move"]] = self.total.get(item.details["move"], 0) + 1
        self.known: set[str] = set()  # players who have been said to know their types
        self.periods = 0.0
        self.discounted = any(player.discount != "1" for player in self.game.players.values())

    # Types

    def types(self, item: Happening) -> list[str]:
        """A sentence on each type that was drawn."""
        chances, beliefs = item.details["chances"], item.details["beliefs"]
        return [self._type(name, value, chances.get(name), beliefs.get(name)) for name, value in item.details["drawn"].items()]

    def _type(self, name: str, value: Any, chance: float | None, belief: Mapping[str, float] | None) -> str:
        whose, label = self.names.whose(name), self.names.type(name)
        if isinstance(value, list):
            return f"each of the {len(value)} members of {whose} has a {label} of its own, which only it knows: {_spread(value)}"
        knows = "nobody knows it" if whose is None else f"only {whose} knows it"
        if chance is None:
            return f"{self._owned(name)} is {_written(value)}; {knows}"
        others = "" if whose is None or belief is None else f"; the others believe at first: {_chances(belief)}"
        return f"{self._owned(name)}: \u201c{plain(value)}\u201d (a chance of {percent(chance)}); {knows}{others}"

    def _owned(self, name: str) -> str:
        """A type with its owner, where its label does not say whose it is."""
        whose, label = self.names.whose(name), self.names.type(name)
        return label if whose is None or whose.lower() in label.lower() else f"{possessive(whose)} {label}"

    # Moves

    def is_told(self, item: Happening) -> bool:
        """Whether a move gets a sentence: not where it is made over and over, but for its first and last times."""
        move = item.details["move"]
        self.made[move] = self.made.get(move, 0) + 1
        total = self.total[move]
        return total <= OFTEN or self.made[move] <= TOLD or self.made[move] > total - TOLD

    def repeated(self, item: Happening) -> str:
        """A move that is only counted."""
        return f"{self.names.move(item.details['move'])}: {self.outcome(item)}"

    def outcome(self, item: Happening) -> str:
        """What was chosen, without chances."""
        details = item.details
        if "number" in (details["choices"][0] if details["choices"] else {}):
            return "a number is named"
        at_once = details["form"] == "simultaneous"
        found = [
            (f"{self.names.player(choice['player'])} " if at_once else "") + self.names.option(details["move"], choice["option"])
            for choice in details["choices"]
        ]
        if "result" in details:
            found.append(self.names.option(details["move"], details["result"]))
        return ", ".join(found) or "agreed"

    def move(self, item: Happening) -> str:
        """The sentence on a move."""
        details = item.details
        told = getattr(self, f"_{details['form']}")(details)
        told = re.sub(r"(?<=\? )\w", lambda letter: letter[0].upper(), told, count=1)
        told += self._unseen(details) + self._paid(details) + self._beliefs(details)
        passed = details["periods"] - self.periods
        self.periods = details["periods"]
        return told + (f"; {periods_words(passed)} passed" if passed > 0.0 else "")

    def _number(self, details: Mapping[str, Any]) -> str:
        choice = details["choices"][0]
        chance = choice["chance"]
        how = " (drawn at random, by its strategy)" if choice["mixed"] else "" if chance is None else f" ({_likely(chance)})"
        return f"{self._start(details, choice['player'], self._knowing(choice))} {_written(choice['number'])}{how}"

    def _start(self, details: Mapping[str, Any], player: str, knowing: str = "") -> str:
        """Who moves where, up to what is chosen; the player is left out where the label of the move names it."""
        label, who = self.names.move(details["move"]), self.names.player(player)
        asks = label.endswith("?")
        lead = "" if names_whom(label, who) else f"{who}: " if asks else f"{who}, "
        return f"{lead}{label}{knowing}" + ("" if asks and not knowing else ":")

    def _knowing(self, choice: Mapping[str, Any]) -> str:
        """What a player alone knows, the first time that it moves."""
        if not choice["knows"] or choice["player"] in self.known:
            return ""
        self.known.add(choice["player"])
        parts = [
            f"{self._of_itself(name, choice['player'])} is {_written(value)}" for name, value in choice["knows"].items()
        ]
        return f" (knowing that {listed(parts)})"

    def _of_itself(self, name: str, player: str) -> str:
        label = self.names.type(name)
        return label if self.names.player(player).lower() in label.lower() else f"its {label}"

    def _choice(self, details: Mapping[str, Any]) -> str:
        choice = details["choices"][0]
        return f"{self._start(details, choice['player'], self._knowing(choice))} {self._taken(details, choice)}"

    def _taken(self, details: Mapping[str, Any], choice: Mapping[str, Any]) -> str:
        """An option with its chance, and the likeliest other one."""
        chosen = self.names.option(details["move"], choice["option"])
        chances = choice["chances"]
        if chances[choice["option"]] >= 1.0:
            return f"{chosen} (for certain)"
        other = max((name for name in chances if name != choice["option"]), key=lambda name: chances[name])
        beside = f"; else {self.names.option(details['move'], other)}, {percent(chances[other])}" if chances[other] > 0.0 else ""
        return f"{chosen} ({_likely(chances[choice['option']])}{beside})"

    def _chance(self, details: Mapping[str, Any]) -> str:
        choice = details["choices"][0]
        chosen = self.names.option(details["move"], choice["option"])
        return f"{self._of_nobody(details)} {chosen} (by chance, {percent(choice['chances'][choice['option']])})"

    def _of_nobody(self, details: Mapping[str, Any]) -> str:
        label = self.names.move(details["move"])
        return label if label.endswith("?") else f"{label}:"

    def _simultaneous(self, details: Mapping[str, Any]) -> str:
        parts = [
            f"{self.names.player(choice['player'])}{self._knowing(choice)}: {self._taken(details, choice)}" for choice in details["choices"]
        ]
        at_once = "" if "at once" in self.names.move(details["move"]) else ", at once"
        return f"{self._of_nobody(details)} {'; '.join(parts)}{at_once}"

    def _vote(self, details: Mapping[str, Any]) -> str:
        return f"{self._start(details, self.game.moves[details['move']].by)} {self._counted(details)}"

    def _counted(self, details: Mapping[str, Any]) -> str:
        result = self.names.option(details["move"], details["result"])
        votes = f"{details['votes']} {'vote' if details['votes'] == 1 else 'votes'} for it, {details['needed']} needed"
        chance = details["chance"]
        likely = "" if chance is None else f", a yes has {percent(chance)} on average"
        return f"{votes}{likely}: {result}"

    def _division(self, details: Mapping[str, Any]) -> str:
        partners = details["partners"]
        to = f"each of {partners} others" if partners > 1 else "one other"
        offers = f"offers {figure(details['share'])} to {to} and "
        return (
            f"{self._start(details, self.game.moves[details['move']].by)} member {details['proposer'] + 1}, drawn by lot, "
            f"{offers if partners else ''}keeps {figure(details['keeps'])}; {self._counted(details)}"
        )

    def _agreement(self, details: Mapping[str, Any]) -> str:
        move: Any = self.game.moves[details["move"]]
        found = ", ".join(f"{plain(name)} {figure(value)}" for name, value in details["agreed"].items())
        pair = listed([self.names.player(player) for player in move.by])
        return f"{self._of_nobody(details)} {found} ({pair}, {CONCEPTS[move.concept]})"

    def _unseen(self, details: Mapping[str, Any]) -> str:
        hidden = [self.names.player(name) for name in details["unseen_by"]]
        return f"; {listed(hidden)} {'do' if len(hidden) > 1 else 'does'} not see it" if hidden else ""

    def _paid(self, details: Mapping[str, Any]) -> str:
        paid = {name: value for name, value in details["paid"].items() if value != 0.0}
        if not paid:
            return ""
        return "; paid: " + ", ".join(f"{self.names.player(name)} {figure(value)}" for name, value in self._in_order(paid))

    def _beliefs(self, details: Mapping[str, Any]) -> str:
        told = ""
        for name, moved in details["beliefs"].items():
            step = {cls: after - moved["before"][cls] for cls, after in moved["after"].items()}
            cls = max(step, key=lambda one: (step[one], moved["after"][one]))
            if step[cls] < SMALLEST_STEP:
                continue
            whose = self.names.whose(name)
            about = f"{self._owned(name)} is \u201c{plain(cls)}\u201d"
            who = "the others now believe" if whose is not None else "all now believe"
            told += f"; {who} with {percent(moved['after'][cls])} (before {percent(moved['before'][cls])}) that {about}"
        return told

    # The end

    def end(self, item: Happening) -> str:
        """The sentence on the end of the game."""
        details = item.details
        after = f"{counted(details['moves'], 'move')}" + (f" and {periods_words(details['periods'])}" if details["periods"] > 0.0 else "")
        how = "the game is over" if details["act"] == "is over" else "the game stops unfinished"
        note = ", discounted to the start" if self.discounted else ""
        return f"{how} after {after}; payoffs{note}: {self.payoffs(details['payoffs'])}"

    def payoffs(self, payoffs: Mapping[str, float]) -> str:
        """Payoffs by player; of a group those of one member."""
        return ", ".join(
            f"{self.names.player(name)}{' (its first member)' if self.names.members(name) else ''} {figure(value)}"
            for name, value in self._in_order(payoffs)
        )

    def _in_order(self, values: Mapping[str, float]) -> list[tuple[str, float]]:
        """Values by player, in the order of the file."""
        return [(name, values[name]) for name in self.game.players if name in values]


def _likely(chance: float) -> str:
    return "for certain" if chance >= 1.0 else f"with {percent(chance)}"


def _written(value: Any) -> str:
    return f"\u201c{plain(value)}\u201d" if isinstance(value, str) else figure(value)


def _chances(belief: Mapping[str, float]) -> str:
    ranked = sorted(belief.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"\u201c{plain(name)}\u201d {percent(chance)}" for name, chance in ranked if chance > 0.0)


def _spread(values: Sequence[Any]) -> str:
    if isinstance(values[0], str):
        return ", ".join(f"{values.count(name)} \u201c{plain(name)}\u201d" for name in sorted(set(values)))
    return f"from {figure(min(values))} to {figure(max(values))}"
