"""Gambit's ``.efg``: a game tree, node by node in preorder.

Payoffs that a file gives on the way are added to those at the ends below. Probabilities of chance are written as fractions that
add up to exactly one, as Gambit demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.games.extensive_form import MAX_DEPTH, Chance, Decision, End, ExtensiveForm, Node
from sim.games.files.nfg import made_different, read_labels, text_of
from sim.games.files.text import Tokens, chance_texts, number_text, plain_labels, quoted

MOST_LABELS = 1000  # of nodes of chance


def write_efg(game: ExtensiveForm) -> str:
    """The text of the file. Labels are written as Gambit accepts them: printable ASCII, all different."""
    names = plain_labels([one.label for one in game.info_sets])
    numbers = _numbers_within_players(game)
    written: set[int] = set()
    lines = [f"EFG 2 R {quoted(game.title)} {{ {' '.join(map(quoted, plain_labels(game.players)))} }}", '""', ""]
    draws = _labels_of_chance(game)
    ends = chances = 0
    for number, node in enumerate(game.nodes):
        if isinstance(node, End):
            ends += 1
            payoffs = ", ".join(map(number_text, node.payoffs))
            lines.append(f't "" {ends} {quoted(node.label)} {{ {payoffs} }}')
        elif isinstance(node, Chance):
            chances += 1
            branches = " ".join(
                f"{quoted(label)} {chance}"
                for label, chance in zip(plain_labels(node.outcomes), chance_texts(node.probabilities), strict=True)
            )
            lines.append(f'c "" {chances} {quoted(draws[chances - 1])} {{ {branches} }} 0')
        else:
            at = game.set_of_node[number]
            actions = " ".join(map(quoted, plain_labels(node.actions)))
            told = "" if at in written else f" {quoted(names[at])} {{ {actions} }}"
            lines.append(f'p "" {game.info_sets[at].player + 1} {numbers[at]}{told} 0')
            written.add(at)
    return "\n".join(lines) + "\n"


def _labels_of_chance(game: ExtensiveForm) -> list[str]:
    """Labels of the nodes of chance in order: Gambit demands that they differ, but for those that are empty.

    It compares each with each, which takes it minutes where they are thousands; then none has a label.
    """
    labels = [node.label for node in game.nodes if isinstance(node, Chance)]
    if len(labels) > MOST_LABELS:
        return [""] * len(labels)
    names = iter(plain_labels([label for label in labels if label]))
    return [next(names) if label else "" for label in labels]


def _numbers_within_players(game: ExtensiveForm) -> list[int]:
    counts = [0] * game.num_players
    numbers = []
    for one in game.info_sets:
        counts[one.player] += 1
        numbers.append(counts[one.player])
    return numbers


def read_efg(path: str | Path) -> ExtensiveForm:
    """The game in a file; see ``parse_efg``."""
    return parse_efg(text_of(path), str(path))


def parse_efg(text: str, name: str = "game.efg") -> ExtensiveForm:
    """The game in the text of a file.

    Raises
    ------
    ParameterError
        Not such a file; the message has file, line, what was expected and what was found.
    """
    tokens = Tokens(text, name)
    tokens.word("EFG")
    tokens.word("2")
    tokens.word("R", "D")
    title = tokens.text("the title")
    players = read_labels(tokens, "name of a player")
    if tokens.is_text():
        tokens.text("comment")
    root = _Reader(tokens, players).node(0, [0.0] * len(players))
    if not tokens.is_done:
        tokens.fail("the end of the file after the last node")
    return ExtensiveForm(tuple(players), root, title)


class _Reader:
    def __init__(self, tokens: Tokens, players: Sequence[str]) -> None:
        self.tokens = tokens
        self.players = players
        self.outcomes: dict[int, tuple[str, list[float]]] = {0: ("", [0.0] * len(players))}
        self.sets: dict[tuple[int, int], tuple[str, list[str]]] = {}
        self.taken: set[str] = set()  # labels of information sets
        self.chances: dict[int, tuple[str, list[str], list[float]]] = {}

    def node(self, depth: int, so_far: list[float]) -> Node:
        if depth > MAX_DEPTH:
            self.tokens.fail(f"a tree of at most {MAX_DEPTH} moves along a path")
        kind = self.tokens.word("c", "p", "t")
        if self.tokens.is_text():
            self.tokens.text("name of the node")
        if kind == "t":
            label, payoffs = self.outcome()
            return End(tuple(a + b for a, b in zip(so_far, payoffs, strict=True)), label)
        return self.chance(depth, so_far) if kind == "c" else self.decision(depth, so_far)

    def below(self, count: int, depth: int, so_far: list[float]) -> tuple[Node, ...]:
        _, payoffs = self.outcome()
        total = [a + b for a, b in zip(so_far, payoffs, strict=True)]
        return tuple(self.node(depth + 1, total) for _ in range(count))

    def decision(self, depth: int, so_far: list[float]) -> Node:
        player = self.tokens.count("number of a player")
        if player > len(self.players):
            self.tokens.fail(f"after a player's number from 1 to {len(self.players)}, not {player}: an information set")
        number = self.tokens.count("number of an information set", least=0)
        if self.tokens.is_text():
            label = self.tokens.text("name of an information set")
            actions = read_labels(self.tokens, "name of an action")
            if (player, number) not in self.sets:
                self.sets[player, number] = (self.set_label(label, player, number), actions)
            known = self.sets[player, number]
            if known[1] != actions:
                self.tokens.fail(
                    f"after information set {number} of player {player} the actions {', '.join(known[1])} as before"
                )
        elif (player, number) not in self.sets:
            self.tokens.fail(f"name and actions of information set {number} of player {player}, which is new")
        label, actions = self.sets[(player, number)]
        return Decision(self.players[player - 1], label, tuple(actions), self.below(len(actions), depth, so_far))

    def set_label(self, label: str, player: int, number: int) -> str:
        """The label, or one made of player and number where it is empty or taken."""
        if not label or label in self.taken:
            label = f"{label or self.players[player - 1]}:{player}.{number}"
        self.taken.add(label)
        return label

    def chance(self, depth: int, so_far: list[float]) -> Node:
        number = self.tokens.count("number of an information set", least=0)
        if self.tokens.is_text():
            label = self.tokens.text("name of a chance node")
            names, chances = [], []
            self.tokens.mark("{", "before the branches of chance")
            while self.tokens.is_text():
                names.append(self.tokens.text("name of a branch"))
                chances.append(float(self.tokens.number("probability")))
            self.tokens.mark("}", "after the last branch of chance")
            self.chances[number] = (label, made_different(names), chances)
        elif number not in self.chances:
            self.tokens.fail(f"name and branches of chance node {number}, which is new")
        label, names, chances = self.chances[number]
        return Chance(tuple(names), tuple(chances), self.below(len(names), depth, so_far), label)

    def outcome(self) -> tuple[str, list[float]]:
        number = self.tokens.count("number of an outcome", least=0)
        if self.tokens.is_text():
            label = self.tokens.text("name of an outcome")
            self.tokens.mark("{", "before the payoffs")
            payoffs = []
            for i in range(len(self.players)):
                payoffs.append(float(self.tokens.number(f"payoff of player {i + 1}")))
                self.tokens.skip(",")
            self.tokens.mark("}", f"after {len(self.players)} payoffs")
            self.outcomes.setdefault(number, (label, payoffs))
        elif number not in self.outcomes:
            self.tokens.fail(f"name and payoffs of outcome {number}, which is new")
        return self.outcomes[number]
