"""Games to and from Gambit's files: a scenario's game as a tree or a table, and the equilibria of a file."""

from __future__ import annotations

from pathlib import Path

from sim.errors import ParameterError, UsageError
from sim.games.equilibrium import LogitEquilibrium, Solutions
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.game.form import form_of
from sim.model.game.graph import graph_of
from sim.model.game.trees import tree_of
from sim.model.spec.scenario import ScenarioSpec

SUFFIXES = (".nfg", ".efg")


def game_text(spec: ScenarioSpec, suffix: str) -> str:
    """The scenario's game as the text of a Gambit file: numbers and types on the grid of `game.points`.

    Raises
    ------
    UsageError
        No game, or another suffix.
    ParameterError
        A game without end, or one that is too large for a tree or a table.
    """
    from sim.games.files.efg import write_efg
    from sim.games.files.nfg import write_nfg
    from sim.games.reduction import reduced_normal_form

    if suffix not in SUFFIXES:
        raise UsageError(f"expected a file that ends in {' or '.join(SUFFIXES)}, found '{suffix or 'none'}'")
    if spec.game is None or not spec.game.players:
        raise UsageError(f"{spec.id}: there is no game to export", hint="the scenario has no `game:` with players")
    case = compile_case(complete(spec))
    form = form_of(spec.game, case.constant, case.agreed, {})
    graph = graph_of(form, case.parameter_values, case.read, spec.game.points, as_written=False)
    tree = tree_of(graph, spec.title)
    return write_efg(tree) if suffix == ".efg" else write_nfg(reduced_normal_form(tree)[0])


def solve_file(path: Path, precision: float | None = None, method: str = "auto", limit: float = 60.0) -> Solutions | LogitEquilibrium:
    """The equilibria of the game in a Gambit file, or its logit equilibrium at a precision.

    Raises
    ------
    ParameterError
        The file is no such game, or the method does not take it.
    EngineError
        The limit in seconds was reached.
    """
    from sim.games import solve
    from sim.games.files.efg import read_efg
    from sim.games.files.nfg import read_nfg

    if path.suffix not in SUFFIXES:
        raise ParameterError(f"{path}: expected a file that ends in {' or '.join(SUFFIXES)}")
    game = read_nfg(path) if path.suffix == ".nfg" else read_efg(path)
    if precision is not None:
        return solve.logit_equilibrium(game, precision, limit=limit)
    if path.suffix == ".nfg":
        return solve.solve_normal_form(game, method, limit)
    return solve.solve_extensive_form(game, method, limit)
