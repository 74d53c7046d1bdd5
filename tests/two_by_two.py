"""A scenario whose empirical game is known exactly: two players choose at once, their strategies fix what, and noise is added.

The noise of a history has mean zero and differs from cell to cell, so that the payoffs of profiles are correlated but not equal.
"""

from __future__ import annotations

from collections.abc import Sequence

Table = Sequence[Sequence[float]]

_NOISE = (("type.x", "type.y"), ("-type.y", "-type.x"))

TEXT = """\
schema_version: 1
id: stage
title: A stage game with noise
description: Two players choose at once; what they choose their strategies fix.
start: 2030-01-01
horizon: 1 day
grid: 2
sources:
  invented: {title: An invented case, kind: judgement}
sides: [A, B]
actors:
  A: {role: principal, label: Anna}
  B: {role: principal, label: Bert}
parameters:
  up: {number: 1}
  left: {number: 1}
  noise: {number: NOISE}
  unread: {number: 0}
game:
  players: {A: {}, B: {}}
  types:
    x: {dist: normal, mean: 0, sd: 1}
    y: {dist: normal, mean: 0, sd: 1}
  first: stage
  moves:
    stage:
      kind: simultaneous
      by: [A, B]
      options: {A: [U, D], B: [L, R]}
      payoffs:
        A: FIRST
        B: SECOND
  strategies:
    stage: {A: {U: up}, B: {L: left}}
outcomes:
  - {class: agreed, when: move.stage.A.U and move.stage.B.L, tone: good}
  - {class: open, when: "true", tone: mixed}
metrics:
  broken: if(move.stage.A.D, log(0 * unread), 1)
strategies:
  A:
    u: {label: Up, set: {}}
    d: {label: Down, set: {parameters.up: 0}}
  B:
    l: {label: Left, set: {}}
    r: {label: Right, set: {parameters.left: 0}}
"""

# The same strategies under a second name: B's r2 differs from r by what nothing reads.
TWIN = "    r2: {label: Right too, set: {parameters.left: 0, parameters.unread: 1}}\n"


def text(first: Table, second: Table, noise: float = 1.0, more: str = "") -> str:
    """The file of the game with these payoffs (rows are A's strategies)."""

    def cells(table: Table) -> str:
        rows = (
            ", ".join(f'"{table[r][c]:g} + noise * ({_NOISE[r][c]})"' for c in range(2)) for r in range(2)
        )
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"

    return TEXT.replace("NOISE", f"{noise:g}").replace("FIRST", cells(first)).replace("SECOND", cells(second)) + more


DILEMMA = text([[2, 0], [3, 1]], [[2, 3], [0, 1]])  # d, r alone
PENNIES = text([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])  # half and half alone
SEXES = text([[3, 0], [0, 2]], [[2, 0], [0, 3]])  # two pure and one mixed: u with 3/5, l with 2/5
NEAR = text([[2, 0], [1.999, 1]], [[2, 1], [0, 1]])  # against l the two rows of A are nearly as good
TWINS = text([[2, 0], [3, 1]], [[2, 3], [0, 1]], more=TWIN)
