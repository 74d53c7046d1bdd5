"""The game of a scenario as it is played: what players agree on, its form, and how they play where an algorithm says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from sim.model.expressions.program import compile_expression
from sim.model.game.agreements import agreed_numbers
from sim.model.game.form import Form, form_of
from sim.model.game.graph import Reader
from sim.model.game.solving import SolvedGame, is_written, solve_game
from sim.model.spec.game import AgreementMove, Game
from sim.model.translate import translated


class PlayedGame:
    """The parts of a game, each worked out once, when first asked for.

    Parameters
    ----------
    parameters : point values by name.
    read : an expression with the theorem's numbers put in.
    constant : the value of an expression over parameters.
    measures : what theory is compared with: value and condition by name.
    """

    def __init__(
        self,
        game: Game,
        parameters: Mapping[str, float],
        read: Reader,
        constant: Callable[[str], float],
        measures: Mapping[str, tuple[str, str | None]],
    ) -> None:
        self.game, self.parameters, self.read, self.constant, self.measures = game, parameters, read, constant, measures

    @cached_property
    def form(self) -> Form:
        """The game as flat lists: with the strategies of the file, or with tables where players play by algorithm."""
        form = form_of(self.game, self.constant, self.agreed, {})
        if self.game.play == "equilibrium" and is_written(form):
            return form
        return replace(form_of(self.game, self.constant, self.agreed, self.solved.tables()), points=self.game.points)

    @cached_property
    def agreed(self) -> dict[str, dict[str, float]]:
        """What players agree on at each agreement, by number."""
        return {name: self._agreed(name, move) for name, move in self.game.moves.items() if isinstance(move, AgreementMove)}

    def _agreed(self, name: str, move: AgreementMove) -> dict[str, float]:
        places = {key: n for n, key in enumerate([*self.parameters, *(f"move.{name}.{number}" for number in move.numbers)])}
        programs = [compile_expression(self.read(move.payoffs[player]), places) for player in move.by]
        functions = [translated(program.code, program.constants) for program in programs]

        def payoffs(point: Sequence[float]) -> tuple[float, float]:
            values = [*self.parameters.values(), *point]
            return float(functions[0](values)), float(functions[1](values))

        bounds = [(self.constant(low), self.constant(high)) for low, high in move.numbers.values()]
        without = [self.constant(move.disagreement.get(player, "0")) for player in move.by]
        return agreed_numbers(move, payoffs, bounds, (without[0], without[1]), self.constant(move.weight))

    @cached_property
    def solved(self) -> SolvedGame:
        """The game solved by algorithm, for players who play so."""
        form = form_of(self.game, self.constant, self.agreed, {})
        return solve_game(form, self.parameters, self.read, self.constant, self.measures, logit=self.game.play == "logit")
