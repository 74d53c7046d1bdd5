"""What the game of a scenario comes to: by its theorem, and by algorithm on a grid; as records that can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.estimates import number_or_none
from sim.analysis.listed_equilibria import MERGED, Others, listed, others
from sim.analysis.multiplicity import FIRST, SEVERAL, TIES, UNKNOWN, Multiplicity, of_solutions
from sim.analysis.solved_remarks import remarks
from sim.errors import ParameterError, SimError, UsageError
from sim.games.decision_graph import TIE
from sim.games.equilibrium import without_noise
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.game.form import form_of
from sim.model.game.members import as_a_member_sees
from sim.model.game.solving import SolvedGame, is_written, written_game
from sim.model.game.trees import option_labels, set_labels, tree_of
from sim.model.spec.game import Game
from sim.model.spec.scenario import ScenarioSpec
from sim.model.theory import solve_theorem, symbols_of, theorem_of

if TYPE_CHECKING:
    from sim.games.theorems.theorem import Solution, Theorem

MOST_SETS = 40  # information sets whose strategies are listed
QUICK_NODES = 20_000  # positions that are looked at within seconds
SHOWN = 5e-5  # probabilities below are left out of a list


@dataclass(frozen=True)
class TheoremSolved:
    """A theorem, its symbols' values, and its solution."""

    theorem: Theorem
    symbols: dict[str, float]
    solution: Solution

    def as_record(self) -> dict[str, Any]:
        """Plain data; numbers that are not finite become null."""
        return {
            "theorem": self.theorem.name,
            "title": self.theorem.title,
            "symbols": self.symbols,
            "formula": list(self.theorem.formula),
            "solution": {name: number_or_none(value) for name, value in self.solution.values.items()},
            "equilibria": [
                {
                    "selected": item.selected,
                    "words": item.words,
                    "values": {name: number_or_none(value) for name, value in item.values.items()},
                }
                for item in self.solution.equilibria
            ],
            "uniqueness": self.solution.uniqueness,
            "selection": self.solution.selection,
            "notes": list(self.solution.notes),
            "source": self.theorem.source,
        }


@dataclass(frozen=True)
class GameSolved:
    """A game on its grid: the strategies as written, or those that an algorithm has found, and what they come to.

    Attributes
    ----------
    kind : str
        ``written``, ``equilibrium`` or ``logit``.
    gain, gain_at :
        The most that could be gained by another choice at one information set, as seen from the start, and at which.
    strategies : tuple of (information set, option -> probability)
        Of small games; without options that are hardly ever taken.
    sentences : tuple of str
        How many equilibria there are, whether that is all, degeneracy, tolerance; of games with one solution how it was found;
        what `most_moves` cuts off in histories, and what of groups is taken as written.
    equilibria : tuple of str
        All that were found, in words.
    judgements : tuple of tuples of str
        Of each equilibrium whether its threats and beliefs hold, and which replies may vary.
    refinements : tuple of dict
        The same as data.
    others : Others or None
        Where strategies are written: all equilibria of the game, and which of them the file plays.
    multiplicity : Multiplicity or None
        What the solver knows of equilibria beside the one whose payoffs these are; None where that is the only one.
    """

    kind: str
    points: int
    payoffs: dict[str, float]
    measures: dict[str, float]
    gain: float
    gain_at: str
    strategies: tuple[tuple[str, dict[str, float]], ...]
    sentences: tuple[str, ...] = ()
    equilibria: tuple[str, ...] = ()
    judgements: tuple[tuple[str, ...], ...] = ()
    refinements: tuple[dict[str, Any], ...] = ()
    others: Others | None = None
    multiplicity: Multiplicity | None = None

    def as_record(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "points": self.points,
            "payoffs": self.payoffs,
            "measures": {name: number_or_none(value) for name, value in self.measures.items()},
            "largest_gain": self.gain,
            "largest_gain_at": self.gain_at,
            "strategies": [{"at": name, "probabilities": chances} for name, chances in self.strategies],
            "equilibria": list(self.equilibria),
            "refinements": list(self.refinements),
            **({"all_equilibria": self.others.as_record()} if self.others is not None else {}),
            "sentences": list(self.sentences),
        }


@dataclass(frozen=True)
class Solved:
    """Everything that is known of a scenario's solution; ``unchecked`` says why its game was not looked at on a grid."""

    spec: ScenarioSpec
    theorem: TheoremSolved | None
    game: GameSolved | None
    unchecked: str = ""

    @property
    def multiplicity(self) -> Multiplicity | None:
        """What there is beside the solution that is played: the game's where it is solved by algorithm, else the theorem's."""
        if self.game is not None and self.game.kind != "written":
            return self.game.multiplicity
        if self.theorem is None or len(self.theorem.solution.equilibria) < 2:
            return None
        return Multiplicity(SEVERAL, self.theorem.solution.selection)

    def as_record(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "scenario": self.spec.id,
            **(self.theorem.as_record() if self.theorem is not None else {}),
            "game": self.game.as_record() if self.game is not None else None,
            **({"game_not_checked": self.unchecked} if self.unchecked else {}),
        }


def solved(spec: ScenarioSpec, *, checks: bool = True, with_others: bool = False) -> Solved:
    """The solution of a scenario: that of its theorem, and its game as the file has it on a grid.

    Parameters
    ----------
    checks : whether strategies that are written are held against every other choice on the grid.
    with_others : whether the other equilibria of a game with written strategies are listed too, where that is quick.

    Raises
    ------
    UsageError
        The scenario has neither theorem nor game.
    ParameterError
        The theorem says nothing for its parameters, or a game without strategies cannot be solved.
    """
    theorem = theorem_of(spec)
    by_theorem = None
    if theorem is not None:
        by_theorem = TheoremSolved(theorem, theorem.checked(symbols_of(spec)), solve_theorem(spec))
    if spec.game is None or not spec.game.enabled or (by_theorem is not None and not spec.game.players):
        if by_theorem is None:
            hint = "name a theorem: `theory: {theorem: NAME}`; `sim solve --theorems` lists them"
            if spec.strategies:
                hint = "`sim equilibrium` finds the equilibria among its menus of strategies"
            raise UsageError(f"{spec.id}: there is nothing to solve", hint=hint)
        return Solved(spec, by_theorem, None)
    case = compile_case(complete(spec))
    if spec.game.play == "equilibrium" and is_written(form_of(spec.game, case.constant, case.agreed, {})):
        if not checks:
            return Solved(spec, by_theorem, None)
        try:
            return Solved(spec, by_theorem, _as_written(case, with_others))
        except SimError as error:
            return Solved(spec, by_theorem, None, str(error))
    try:
        found = case.solved_game
    except ParameterError as error:
        raise ParameterError(f"{spec.id}: {error}", hint=error.hint) from None
    return Solved(spec, by_theorem, _of_game(spec.game, found, spec.game.points))


def _as_written(case: Case, with_others: bool) -> GameSolved:
    """The strategies of the file on the finest grid that is quick: measures need memory, and are left out first."""
    game = case.spec.game
    seen = as_a_member_sees(game, case.constant)
    form = form_of(seen, case.constant, case.agreed, {})
    finest = game.points
    last: SimError | None = None
    with_measures = [(finest, case.measures)] if seen is game and case.measures else []
    for points, measures in (*with_measures, *((points, {}) for points in dict.fromkeys((finest, min(finest, 11), min(finest, 5))))):
        try:
            found = written_game(form, case.parameter_values, case.read, measures, points, QUICK_NODES)
            return _of_game(game, found, points, others(found) if with_others and seen is game else None)
        except SimError as error:
            last = error
    assert last is not None
    raise last


def _of_game(game: Game, found: SolvedGame, points: int, beside: Others | None = None) -> GameSolved:
    labels = set_labels(found.graph.sets)
    starts = found.graph.graph.set_start
    strategies = []
    if len(found.graph.sets) <= MOST_SETS:
        for n, item in enumerate(found.graph.sets):
            chances = found.strategy[starts[n] : starts[n + 1]]
            named = zip(option_labels(item), chances, strict=True)
            strategies.append((f"{item.unit.player}: {labels[n]}", {name: float(p) for name, p in named if p > SHOWN}))
    at = next((n for n, item in enumerate(found.graph.sets) if item is found.gain_at), -1)
    told = None if found.solutions is None else listed(tree_of(found.graph), found.solutions)
    scale = float(np.abs(found.graph.graph.edge_payoff).max(initial=0.0))
    return GameSolved(
        kind=found.kind,
        points=points,
        payoffs={name: without_noise(value, scale) for name, value in found.payoffs.items()},
        measures={name: without_noise(value, scale) for name, value in found.exact.items()},
        gain=without_noise(found.gain, scale),
        gain_at=f"{found.graph.sets[at].unit.player}: {labels[at]}" if at >= 0 else "",
        strategies=tuple(strategies),
        sentences=(*((*told.sentences, MERGED) if told is not None else _of_induction(found)), *remarks(game, found)),
        equilibria=told.equilibria if told is not None else (),
        judgements=told.judgements if told is not None else (),
        refinements=told.refinements if told is not None else (),
        others=beside,
        multiplicity=_multiplicity(found),
    )


def _of_induction(found: SolvedGame) -> tuple[str, ...]:
    """Of an equilibrium of a game in which every mover knows the position: how it was found, and whether there are others."""
    if found.kind != "equilibrium":
        return ()
    if found.graph.graph.levels is None:
        return ("Found as the limit of games that end after ever more rounds; whether there are other equilibria is not known.",)
    how = "Found by backward induction: every mover knows the position, and no reply anywhere could be better (subgame perfect)."
    ties = _ties(found)
    if not ties:
        return (how, "No options tie, so the subgame-perfect equilibrium is unique.")
    where = "one information set options tie" if ties == 1 else f"{ties:,} information sets options tie"
    return (how, f"At {where}, and the first is taken; other choices there give further equilibria.")


def _ties(found: SolvedGame) -> int:
    """Information sets at which more than one option is best."""
    graph = found.graph.graph
    worth = graph.option_values(found.strategy)
    best = np.maximum.reduceat(worth, graph.set_start[:-1]) if len(worth) else worth
    close = worth >= best[graph.option_set] - TIE * np.maximum(1.0, np.abs(best[graph.option_set]))
    return int(np.count_nonzero(np.bincount(graph.option_set[close], minlength=len(graph.set_player)) > 1))


def _multiplicity(found: SolvedGame) -> Multiplicity | None:
    if found.solutions is not None:
        return of_solutions(found.solutions)
    if found.kind != "equilibrium":
        return None
    if found.graph.graph.levels is None:
        return Multiplicity(UNKNOWN, "")
    return Multiplicity(TIES, FIRST) if _ties(found) else None
