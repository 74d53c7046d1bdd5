"""Games to and from Gambit's files: a scenario's game as a tree or a table, and the equilibria of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.analysis.listed_equilibria import Listed, listed
from sim.errors import ParameterError, UsageError
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.game.form import form_of
from sim.model.game.graph import GameGraph, graph_of
from sim.model.game.trees import MOST_TREE_NODES, refuse_large, tree_of
from sim.model.spec.scenario import ScenarioSpec

SUFFIXES = (".nfg", ".efg")
MERGED = "Positions from which play goes on alike are one in the file, and moves that no longer matter are not told apart."


@dataclass(frozen=True)
class Exported:
    """A game as the text of a Gambit file, and in what it differs from the game as the scenario writes it."""

    text: str
    remarks: tuple[str, ...]


def exported(spec: ScenarioSpec, suffix: str) -> Exported:
    """The scenario's game as a Gambit file: numbers and types on the grid of `game.points`.

    Every move of the file and every draw of a type is there, also those after which play goes on alike, unless that makes the
    table too large; then positions alike are one, as where the game is solved, and a remark says so.

    Raises
    ------
    UsageError
        No game, or another suffix.
    ParameterError
        A game without end, or one that is too large for a tree or a table.
    """
    if suffix not in SUFFIXES:
        raise UsageError(f"expected a file that ends in {' or '.join(SUFFIXES)}, found '{suffix or 'none'}'")
    if spec.game is None or not spec.game.players:
        raise UsageError(f"{spec.id}: there is no game to export", hint="the scenario has no `game:` with players")
    case = compile_case(complete(spec))
    form = form_of(spec.game, case.constant, case.agreed, {})

    def graph(*, merged: bool) -> GameGraph:
        return graph_of(
            form, case.parameter_values, case.read, spec.game.points, as_written=False, most_nodes=MOST_TREE_NODES, merged=merged
        )

    small = graph(merged=True)
    refuse_large(small)  # the tree of the whole game is as large, only its information sets are more
    found, remarks = graph(merged=False), []
    try:
        text = _text(found, spec.title, suffix)
    except ParameterError as error:
        if suffix == ".efg":
            raise
        remarks.append(f"{MERGED} As the scenario writes it, the table is too large: {error}.")
        text = _text(small, spec.title, suffix)
    if found.impossible:
        remarks.append(f"left out, since the probability is 0: {', '.join(found.impossible)}")
    return Exported(text, tuple(remarks))


def _text(found: GameGraph, title: str, suffix: str) -> str:
    from sim.games.files.efg import write_efg
    from sim.games.files.nfg import write_nfg
    from sim.games.reduction import reduced_normal_form

    tree = tree_of(found, title)
    return write_efg(tree) if suffix == ".efg" else write_nfg(reduced_normal_form(tree)[0])


def solve_file(path: Path, precision: float | None = None, method: str = "auto", limit: float = 60.0) -> Listed:
    """The equilibria of the game in a Gambit file, or its logit equilibrium at a precision, in words.

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
        return Listed((), (), tuple(solve.logit_equilibrium(game, precision, limit=limit).sentences()))
    if path.suffix == ".nfg":
        found = solve.solve_normal_form(game, method, limit)
        return Listed(tuple(item.words for item in found.equilibria), (), tuple(found.sentences()))
    return listed(game, solve.solve_extensive_form(game, method, limit))
