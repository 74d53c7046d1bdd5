"""T13: two players, two actions each: logit equilibria, and those of Nash.

The row player chooses up or down, the column player left or right; ``row_ul`` is the row player's payoff at (up, left).
The example is a matching of pennies in which the row player's prize at (up, left) is 4.

As strategies: the row player plays up iff ``uniform < solution.up``, the column player left iff ``uniform < solution.left``.

Sources: McKelvey and Palfrey (1995), Games and Economic Behavior 10, 6-38; Nash (1951), Annals of Mathematics 54, 286-295.
"""

from __future__ import annotations

import math

from sim.games.theorems.logit_fixed_points import equilibria, principal
from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, choose, only

CELLS = ("ul", "ur", "dl", "dr")
WHERE = {"ul": "up, left", "ur": "up, right", "dl": "down, left", "dr": "down, right"}
EXAMPLE = {"row": (4.0, 0.0, 0.0, 1.0), "column": (0.0, 1.0, 1.0, 0.0)}
PAYOFFS = tuple(
    Symbol(
        f"{side}_{cell}", f"{side} player's payoff at ({WHERE[cell]})", -math.inf, math.inf, example=EXAMPLE[side][n]
    )
    for side in ("row", "column")
    for n, cell in enumerate(CELLS)
)
OUTPUTS = (
    Output("up", "probability of up", "probability"),
    Output("left", "probability of left", "probability"),
    *(Output(f"cell_{cell}", f"probability of ({WHERE[cell]})", "probability") for cell in CELLS),
    Output("payoff_row", "row player's payoff", "utility"),
    Output("payoff_column", "column player's payoff", "utility"),
)
PLAY = {"row.up": "uniform < solution.up", "column.left": "uniform < solution.left"}


def values_at(up: float, left: float, row: tuple[float, ...], column: tuple[float, ...]) -> dict[str, float]:
    """Outputs at given chances of up and left."""
    cells = (up * left, up * (1.0 - left), (1.0 - up) * left, (1.0 - up) * (1.0 - left))
    return {
        "up": up, "left": left, **{f"cell_{cell}": chance for cell, chance in zip(CELLS, cells, strict=True)},
        "payoff_row": sum(map(float.__mul__, cells, row)),
        "payoff_column": sum(map(float.__mul__, cells, column)),
    }  # fmt: skip


def differences(row: tuple[float, ...], column: tuple[float, ...]) -> tuple[float, float, float, float]:
    """(a, b, c, d): up is better than down by ``a + b q``, left than right by ``c + d p``."""
    a = row[1] - row[3]
    c = column[2] - column[3]
    return a, row[0] - row[2] - a, c, column[0] - column[1] - c


def _split(payoffs: dict[str, float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    row = tuple(float(payoffs[f"row_{cell}"]) for cell in CELLS)
    return row, tuple(float(payoffs[f"column_{cell}"]) for cell in CELLS)


def _logit(precision: float, **payoffs: float) -> Solution:
    row, column = _split(payoffs)
    game = differences(row, column)
    found = equilibria(*game, precision)
    selected = principal(*game, precision, found)
    listed = [(values_at(p, q, row, column), f"Up with probability {p:.6g}, left with {q:.6g}.") for p, q in found]
    if len(found) == 1:
        return only(listed[0][0], listed[0][1], "The logit equilibrium is unique at this precision.")
    return choose(
        listed,
        selected,
        f"There are {len(found)} logit equilibria at this precision.",
        "The principal branch: the one reached from even chances by raising the precision from 0.",
    )


def _nash(**payoffs: float) -> Solution:
    row, column = _split(payoffs)
    a, b, c, d = differences(row, column)
    found: list[tuple[float, float, str]] = []
    for up in (1.0, 0.0):
        for left in (1.0, 0.0):
            row_gain, column_gain = a + b * left, c + d * up
            if row_gain * (2.0 * up - 1.0) >= 0.0 and column_gain * (2.0 * left - 1.0) >= 0.0:
                found.append((up, left, f"({'up' if up else 'down'}, {'left' if left else 'right'})"))
    if b != 0.0 and d != 0.0 and 0.0 < -a / b < 1.0 and 0.0 < -c / d < 1.0:
        found.append((-c / d, -a / b, "Both mix, each keeping the other indifferent."))
    degenerate = 0.0 in (a, a + b, c, c + d)
    if not found:
        raise AssertionError("a finite game has an equilibrium")
    listed = [(values_at(p, q, row, column), words) for p, q, words in found]
    mixed = len(found) - 1
    many = (
        f"There are {len(found)} equilibria: two pure and one mixed."
        if len(found) == 3
        else f"{len(found)} are listed."
    )
    uniqueness = "The Nash equilibrium is unique." if len(found) == 1 else many
    if degenerate:
        uniqueness = "A player is indifferent against a pure action: besides those listed there may be a continuum of equilibria."
    return choose(listed, mixed, uniqueness, "The mixed equilibrium, or where there is none the last pure one listed.")


THEOREMS = (
    Theorem(
        name="two_by_two_logit",
        title="Logit equilibrium of a two-by-two game",
        symbols=(Symbol("precision", "precision of both players' choices", 0.0, 1e5, example=1.0), *PAYOFFS),
        outputs=OUTPUTS,
        formula=(
            "up = L(precision * (left * (row_ul - row_dl) + (1 - left) * (row_ur - row_dr)))",
            "left = L(precision * (up * (column_ul - column_ur) + (1 - up) * (column_dl - column_dr)))",
            "L(x) = 1 / (1 + exp(-x))",
        ),
        source="McKelvey and Palfrey (1995)",
        solver=_logit,
        strategies=PLAY,
        assumptions=("both players know the chances of each other's errors",),
    ),
    Theorem(
        name="two_by_two_nash",
        title="Nash equilibria of a two-by-two game",
        symbols=PAYOFFS,
        outputs=OUTPUTS,
        formula=(
            "mixed: left = (row_dr - row_ur) / (row_ul - row_dl + row_dr - row_ur)",
            "       up = (column_dr - column_dl) / (column_ul - column_ur + column_dr - column_dl)",
        ),
        source="Nash (1951)",
        solver=_nash,
        strategies=PLAY,
    ),
)
