"""How players play where no strategy is written, or as logit players: solved on the graph of the game.

Numbers and types stand on a grid (`game.points`), and the game is then played on that grid, so that histories agree with the
solution exactly. Probabilities are rounded to 12 decimals, so that last bits of a library's arithmetic decide nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from sim.errors import ParameterError
from sim.games.decision_graph import Unsettled
from sim.games.equilibrium import Solutions
from sim.model.game.form import Axis, Form, Table, Unit
from sim.model.game.graph import MOST_NODES, GameGraph, InformationSet, Reader, graph_of

BEST_REPLY = 1e6  # a precision from which on a player's choice is a best reply
DECIMALS = 12
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class SolvedGame:
    """A game solved by algorithm."""

    graph: GameGraph
    strategy: np.ndarray
    kind: str  # `logit` or `equilibrium`
    gain: float  # the largest gain of any information set from another option, as seen from the start
    gain_at: InformationSet | None
    payoffs: dict[str, float]
    exact: dict[str, float]  # means of the measures
    solutions: Solutions | None = None  # all equilibria that a solver found, where it looked for more than one

    def tables(self) -> dict[str, Table]:
        """Tables of probabilities by name of unit."""
        return tables_of(self.graph, self.strategy)


def is_written(form: Form) -> bool:
    """Whether every player's move has a strategy."""
    return all(any(program is not None for program in unit.programs) for unit in form.units if unit.player is not None)


def solve_game(
    form: Form,
    parameters: Mapping[str, float],
    read: Reader,
    constant: Callable[[str], float],
    measures: Mapping[str, tuple[str, str | None]],
    *,
    logit: bool,
) -> SolvedGame:
    """The game solved on its grid: the logit equilibrium on the principal branch, or an equilibrium.

    Raises
    ------
    ParameterError
        The graph is too large, no solution was found, or the game has parts that no algorithm here solves.
    """
    graph = graph_of(form, parameters, read, form.game.points, as_written=False, measures=measures)
    precision = np.array([_precision(form, item.unit, constant) if logit else math.inf for item in graph.sets])
    if not logit and not graph.graph.knows_position:
        strategy, solutions = _imperfect(graph)
        return replace(judged(graph, strategy, "equilibrium"), solutions=solutions)
    try:
        strategy = graph.graph.logit(precision)
    except Unsettled as error:
        moves = list(dict.fromkeys(graph.node_moves[n] for n in error.positions))
        if not moves:
            raise
        loop = f"play returns to {', '.join(moves)} and nothing is discounted on the way"
        hint = f"let `takes` and `discount` or a chance of the end stand in the loop of {moves[0]}, or play logit: --set game.play=logit"
        raise ParameterError(f"game.moves.{moves[0]}: {error}: {loop}", hint=hint) from None
    return judged(graph, strategy, "logit" if logit else "equilibrium")


def written_game(
    form: Form,
    parameters: Mapping[str, float],
    read: Reader,
    measures: Mapping[str, tuple[str, str | None]],
    points: int,
    most_nodes: int = MOST_NODES,
) -> SolvedGame:
    """The game with the strategies as written, judged on the grid."""
    graph = graph_of(form, parameters, read, points, as_written=True, measures=measures, most_nodes=most_nodes)
    if graph.written is None:
        raise ParameterError("not every move has a strategy", hint="write the others, or let `sim solve` find them all")
    return judged(graph, graph.written, "written")


def judged(graph: GameGraph, strategy: np.ndarray, kind: str) -> SolvedGame:
    """A strategy with its payoffs, what could be gained against it, and the means of measures."""
    decisions = graph.graph
    values = decisions.values(strategy)
    gains = decisions.expected_gains(strategy)
    most = int(np.argmax(gains)) if len(gains) else -1
    exact = {}
    for name, numbers in graph.measured.items():
        counted = decisions.expected(strategy, graph.counted[name])
        exact[name] = decisions.expected(strategy, numbers) / counted if counted > 0.0 else math.nan
    payoffs = {player: float(decisions.roots @ values[:, n]) for n, player in enumerate(decisions.players)}
    return SolvedGame(
        graph, strategy, kind, float(gains[most]) if most >= 0 else 0.0, graph.sets[most] if most >= 0 else None, payoffs, exact
    )


def _precision(form: Form, unit: Unit, constant: Callable[[str], float]) -> float:
    own = form.game.players[unit.player or ""].precision
    value = constant(form.game.precision if own is None else own)
    return math.inf if value >= BEST_REPLY else value


def _imperfect(graph: GameGraph) -> tuple[np.ndarray, Solutions]:
    """All equilibria that the solvers of `sim.games` find of a game in which somebody does not know the position.

    The one that is played is the nearest to where logit players of high precision are, on the branch from even mixing.
    """
    from sim.games.solve import solve_extensive_form
    from sim.model.game.trees import strategy_of, tree_of

    solutions = solve_extensive_form(tree_of(graph))
    if not solutions.equilibria:
        raise ParameterError("no equilibrium was found", hint="play logit: --set game.play=logit")
    strategies = [strategy_of(graph, item) for item in solutions.equilibria]
    if len(strategies) == 1:
        return strategies[0], solutions
    near = _near_logit(graph)
    return (strategies[0] if near is None else min(strategies, key=lambda item: float(np.abs(item - near).max()))), solutions


def _near_logit(graph: GameGraph) -> np.ndarray | None:
    """Logit players of a precision that is high for the payoffs at stake; none where they are not found."""
    span = float(np.ptp(graph.graph.edge_payoff)) or 1.0
    for factor in (200.0, 50.0, 10.0):
        try:
            return graph.graph.logit(np.full(len(graph.sets), factor / span))
        except ParameterError:
            continue
    return None


# Tables


def tables_of(graph: GameGraph, strategy: np.ndarray) -> dict[str, Table]:
    """The strategy as a table of probabilities for each unit, over what its player may have observed."""
    by_unit: dict[str, list[int]] = {}
    for n, item in enumerate(graph.sets):
        by_unit.setdefault(item.unit.name, []).append(n)
    return {name: _table(graph, strategy, sets) for name, sets in by_unit.items()}


def _table(graph: GameGraph, strategy: np.ndarray, sets: list[int]) -> Table:
    known = [dict(graph.sets[n].known) for n in sets]
    variables = sorted({v for item in known for v in item}, key=repr)
    points = [sorted({item[v] if v in item else _absent(v) for item in known}) for v in variables]
    if math.prod(len(values) for values in points) > MOST_ROWS:
        raise ParameterError("too many combinations of what a player may have seen", hint="use fewer `points`")
    kept = [n for n, values in enumerate(points) if len(values) > 1]
    rows: dict[tuple[float, ...], int] = {}
    for n, item in zip(sets, known, strict=True):
        rows[tuple(item[variables[v]] if variables[v] in item else _absent(variables[v]) for v in kept)] = n
    starts = graph.graph.set_start
    unit = graph.sets[sets[0]].unit
    size = len(graph.sets[sets[0]].options)
    probabilities, numbers = [], []
    for row in product(*(points[v] for v in kept)):
        n = rows.get(row)
        if n is None:
            probabilities.append((1.0 / size,) * size)
            numbers.append(graph.sets[sets[0]].options)
            continue
        chosen = np.round(strategy[starts[n] : starts[n + 1]], DECIMALS)
        probabilities.append(tuple(float(p) for p in chosen / chosen.sum()))
        numbers.append(graph.sets[n].options)
    axes = tuple(_axis(variables[v], tuple(points[v])) for v in kept)
    return Table(axes, tuple(probabilities), () if unit.options else tuple(numbers))


def _absent(variable: tuple[Any, ...]) -> float:
    """What stands for a choice that has not been made."""
    return -1.0 if variable[0] == "option" else 0.0


def _axis(variable: tuple[Any, ...], points: tuple[float, ...]) -> Axis:
    name = str(variable[1]) if len(variable) > 1 else ""
    return Axis(variable[0], name, points, variable[2] if len(variable) > 2 else 0)
