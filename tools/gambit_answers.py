"""What Gambit answers on 500 random games: made once, with an interpreter that has pygambit, and compared with in CI.

    PYTHON_WITH_PYGAMBIT -m tools.gambit_answers [FILE]

300 games of two players, 2 x 2 to 3 x 3, are solved exactly; 200 of three players with two strategies each through all supports, in
floating point, each in a process of its own with a time limit (on games with a continuum of equilibria Gambit may not end: null).
Payoffs are small whole numbers, in half of the games so small that ties abound. For some games there are points of the principal
logit branch. A line of the file is a game: payoffs player by player in C order, then what Gambit said.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm
from sim.games.normal_form import NormalForm
from sim.games.solvers import gambit
from sim.randomness import Stream, uniform

FILE = Path(__file__).resolve().parent.parent / "tests" / "known_answers" / "data" / "gambit_answers.jsonl"
SEED = 1950
NUM_TABLES, NUM_CUBES = 300, 200
SHAPES = ((2, 2), (2, 3), (3, 2), (3, 3), (3, 3))
LARGEST = (3, 20)  # payoffs are whole numbers from 0 to one of these, in turns
LIMIT = 3  # seconds of computing for a game of three players
QUANTAL_EVERY = 10  # of how many games one has points of the logit branch
PRECISIONS = (0.1, 1.0)


def game_number(number: int) -> NormalForm:
    """The random game of that number; the first ``NUM_TABLES`` are of two players."""
    shape = SHAPES[number // 2 % len(SHAPES)] if number < NUM_TABLES else (2, 2, 2)
    top = LARGEST[number % 2]
    count = len(shape) * int(np.prod(shape))
    numbers = [int(uniform(SEED, number, 0, Stream.INPUT, 0, 0, k) * (top + 1)) for k in range(count)]
    return table(shape, numbers)


def table(shape: tuple[int, ...], numbers: list[int]) -> NormalForm:
    """The game with these payoffs, player by player in C order."""
    labels = tuple(tuple(str(k + 1) for k in range(size)) for size in shape)
    return NormalForm(tuple("ABC"[: len(shape)]), labels, np.array(numbers, dtype=float).reshape(len(shape), *shape))


def kuhn_poker() -> ExtensiveForm:
    """Three cards, one each, an ante of 1 and one bet of 1; worth -1/18 to the first player."""
    deals, branches = [], []
    for own, other in ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)):
        won = 1 if own > other else -1
        first, second = "JQK"[own], "JQK"[other]

        def ends(value: int) -> End:
            return End((value, -value))

        bet = Decision("A", f"A {first}: after a bet", ("call", "fold"), (ends(2 * won), ends(-1)))
        after_check = Decision("B", f"B {second}: after a check", ("bet", "check"), (bet, ends(won)))
        after_bet = Decision("B", f"B {second}: after a bet", ("call", "fold"), (ends(2 * won), ends(1)))
        branches.append(Decision("A", f"A {first}: first", ("bet", "check"), (after_bet, after_check)))
        deals.append(first + second)
    return ExtensiveForm(("A", "B"), Chance(tuple(deals), (1 / 6,) * 6, tuple(branches)), "Kuhn poker")


def exact(game: NormalForm) -> list[list[str]]:
    """Extreme equilibria as Gambit prints them, each once: fractions, player after player."""
    gbt = gambit._pygambit()
    answer = gbt.nash.enummixed_solve(gbt.Game.from_arrays(*game.payoffs.astype(int)), rational=True)
    found = {tuple(str(one[s]) for player in one.game.players for s in player.strategies) for one in answer.equilibria}
    return [list(one) for one in sorted(found)]


def by_supports(game: NormalForm) -> list[list[float]] | None:
    """What `enumpoly_solve` finds, or None where it did not end; in a forked process, for what it does cannot be interrupted."""
    here, there = os.pipe()
    if child := os.fork():
        os.close(there)
        with os.fdopen(here) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return json.loads(said) if said else None
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    found = [[round(p, 12) for one in profile for p in one] for profile in gambit.equilibria(game)]
    with os.fdopen(there, "w") as pipe:
        pipe.write(json.dumps(found))
    os._exit(0)


def answers() -> Iterator[dict[str, Any]]:
    """The lines of the file."""
    yield {"pygambit": gambit.version(), "seed": SEED, "games": NUM_TABLES + NUM_CUBES}
    for number in range(NUM_TABLES + NUM_CUBES):
        yield answer(number)
    tree = kuhn_poker()
    yield {
        "tree": tree.title,
        "logit": {
            str(x): {name: [round(p, 12) for p in one] for name, one in gambit.agent_logit(tree, x).items()}
            for x in PRECISIONS
        },
    }


def answer(number: int) -> dict[str, Any]:
    """The line of one game."""
    game = game_number(number)
    line: dict[str, Any] = {"shape": game.shape, "payoffs": [int(x) for x in game.payoffs.flat]}
    line["equilibria"] = exact(game) if number < NUM_TABLES else by_supports(game)
    if number % QUANTAL_EVERY == 0:
        line["logit"] = {str(x): [round(p, 12) for one in gambit.logit(game, x) for p in one] for x in PRECISIONS}
    return line


def main(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in answers()), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
