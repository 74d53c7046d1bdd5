"""Gambit's ``.nfg``: a game in normal form. Payoffs come profile by profile, player 1's strategy changing fastest.

Written is the payoff form; read are that, the outcome form, and strategies given by their number only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.errors import ParameterError
from sim.games.files.text import Tokens, number_text, plain_labels, quoted
from sim.games.normal_form import NormalForm, check_size


def write_nfg(game: NormalForm) -> str:
    """The text of the file. Labels are written as Gambit accepts them: printable ASCII, all different."""
    players = " ".join(map(quoted, plain_labels(game.players)))
    strategies = "\n".join(f"{{ {' '.join(map(quoted, plain_labels(labels)))} }}" for labels in game.strategies)
    profiles = game.payoffs.reshape(game.num_players, -1, order="F").T
    payoffs = "\n".join(" ".join(map(number_text, profile)) for profile in profiles)
    return f'NFG 1 R {quoted(game.title)} {{ {players} }}\n\n{{\n{strategies}\n}}\n""\n\n{payoffs}\n'


def read_nfg(path: str | Path) -> NormalForm:
    """The game in a file; see ``parse_nfg``."""
    return parse_nfg(text_of(path), str(path))


def text_of(path: str | Path) -> str:
    """The text of a game file.

    Raises
    ------
    ParameterError
        It is not there, or no text.
    """
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: expected a text file, found bytes that are no UTF-8") from None


def parse_nfg(text: str, name: str = "game.nfg") -> NormalForm:
    """The game in the text of a file.

    Raises
    ------
    ParameterError
        Not such a file; the message has file, line, what was expected and what was found.
    """
    tokens = Tokens(text, name)
    tokens.word("NFG")
    tokens.word("1")
    tokens.word("R", "D")
    title = tokens.text("the title")
    players = read_labels(tokens, "name of a player")
    strategies = _strategies(tokens, len(players))
    if tokens.is_text():
        tokens.text("comment")
    shape = [len(labels) for labels in strategies]
    check_size([len(players), *shape])
    profiles = int(np.prod(shape))
    rows = (
        _outcomes(tokens, profiles, len(players)) if tokens.is_mark("{") else _payoffs(tokens, profiles, len(players))
    )
    if not tokens.is_done:
        tokens.fail(f"the end of the file after {profiles} profiles")
    payoffs = np.array(rows, dtype=float).T.reshape(len(players), *shape, order="F")
    return NormalForm(tuple(players), tuple(map(tuple, strategies)), payoffs, title)


def read_labels(tokens: Tokens, what: str) -> list[str]:
    tokens.mark("{", f"before the {what}")
    found = []
    while tokens.is_text():
        found.append(tokens.text(what))
    tokens.mark("}", f"after the last {what}")
    return made_different(found)


def made_different(labels: list[str]) -> list[str]:
    """Empty and repeated labels made different, as Gambit does on reading."""
    if all(labels) and len(set(labels)) == len(labels):
        return labels
    return [f"{label}_{k + 1}" if not label or labels.count(label) > 1 else label for k, label in enumerate(labels)]


def _strategies(tokens: Tokens, num_players: int) -> list[list[str]]:
    tokens.mark("{", "before the strategies")
    if tokens.is_mark("{"):
        found = [read_labels(tokens, "name of a strategy") for _ in range(num_players)]
    else:
        found = [[str(k + 1) for k in range(tokens.count("number of strategies"))] for _ in range(num_players)]
    tokens.mark("}", f"after the strategies of {num_players} players")
    return found


def _payoffs(tokens: Tokens, profiles: int, num_players: int) -> list[list[float]]:
    return [
        [float(tokens.number(f"payoff of player {i + 1} in profile {k + 1} of {profiles}")) for i in range(num_players)]
        for k in range(profiles)
    ]


def _outcomes(tokens: Tokens, profiles: int, num_players: int) -> list[list[float]]:
    tokens.mark("{")
    known = [[0.0] * num_players]  # outcome 0 brings nothing
    while tokens.is_mark("{"):
        tokens.mark("{")
        tokens.text("name of an outcome")
        row = []
        for i in range(num_players):
            row.append(float(tokens.number(f"payoff of player {i + 1}")))
            tokens.skip(",")
        tokens.mark("}", f"after {num_players} payoffs")
        known.append(row)
    tokens.mark("}", "after the outcomes")
    rows = []
    for k in range(profiles):
        if not tokens.is_number() or not tokens.peek()[1].isdigit() or int(tokens.peek()[1]) >= len(known):
            tokens.fail(f"the number of an outcome (0 to {len(known) - 1}) for profile {k + 1} of {profiles}")
        rows.append(known[tokens.count("outcome", least=0)])
    return rows
