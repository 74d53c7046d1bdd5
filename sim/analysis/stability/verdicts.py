"""Why a state is or is not stable for a decision maker: improvements, answers, escapes and threats nobody would carry out."""

from __future__ import annotations

from dataclasses import dataclass

from sim.games.stability.concepts import (
    CONCEPTS,
    Analyst,
    Answers,
    Concept,
    Stability,
    coalition_improvements,
    coalitions,
)
from sim.games.stability.graph import States, states_in
from sim.games.stability.joint import Move
from sim.games.stability.paths import improving_paths
from sim.model.stability.conflict import Conflict


@dataclass(frozen=True)
class Improvement:
    """A unilateral improvement and what deters it.

    Attributes
    ----------
    target : the state it leads to
    answers : by concept, a shortest sequence of the others' moves that deters; empty where nothing does
    escape : where GMR deters and SMR does not: a better state to which it could go on from where the answer ends
    unwilling : where GMR deters and SEQ does not: the first step of the answer that its mover would not gain by, with the
        state it is made from
    num_answers : how many states the others can bring about that deter (GMR)
    others_can_move : whether the others can do anything at all from the target
    """

    target: int
    answers: dict[Concept, tuple[Move, ...]]
    escape: int | None = None
    unwilling: tuple[int, Move] | None = None
    num_answers: int = 0
    others_can_move: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a state is to a decision maker."""

    player: int
    state: int
    holds: dict[Concept, bool]
    moves: States
    improvements: tuple[Improvement, ...]


@dataclass(frozen=True)
class Jump:
    """A state that a coalition can reach together and that each of its members prefers."""

    coalition: tuple[int, ...]
    start: int
    target: int


class StabilityResult:
    """The analysis of a conflict; verdicts are worked out when they are asked for."""

    def __init__(self, conflict: Conflict) -> None:
        self.conflict = conflict
        self.analyst = Analyst(conflict.model)
        self.stability: Stability = self.analyst.stability()

    def equilibria(self, concept: Concept) -> tuple[int, ...]:
        """States that are stable for all by a concept, in ascending order."""
        return tuple(states_in(self.stability.equilibria[concept]))

    def concepts_of(self, state: int) -> tuple[Concept, ...]:
        """The concepts by which a state is an equilibrium."""
        return tuple(concept for concept in CONCEPTS if self.stability.equilibria[concept] >> state & 1)

    def verdict(self, player: int, state: int) -> Verdict:
        """What a state is to a decision maker, and why."""
        return Verdict(
            player,
            state,
            {concept: self.stability.holds(concept, player, state) for concept in CONCEPTS},
            self.conflict.model.moves[player][state],
            tuple(self._improvement(player, state, answers) for answers in self.analyst.answers(player, state)),
        )

    def _improvement(self, player: int, state: int, found: Answers) -> Improvement:
        # The answer that says most is told first: one that is credible and leaves no way out, else one that leaves none.
        best = next((goals for goals in (found.final & found.credible, found.final, found.deterring) if goals), 0)
        sequence = self.analyst.sequence
        willing = bool(best & found.credible)
        deterring = sequence(player, found.target, best & found.credible or best, improving=willing) if best else ()
        answers: dict[Concept, tuple[Move, ...]] = {
            "Nash": (),
            "GMR": deterring,
            "SMR": deterring if found.final else (),
            "SEQ": deterring
            if willing
            else sequence(player, found.target, found.credible, improving=True)
            if found.credible
            else (),
        }
        return Improvement(
            found.target,
            answers,
            None if found.final or not deterring else self._escape(player, state, deterring[-1].state),
            None if found.credible or not deterring else self._unwilling(found.target, deterring),
            found.deterring.bit_count(),
            any(self.conflict.model.moves[other][found.target] for other in self.analyst.others[player]),
        )

    def _escape(self, player: int, state: int, end: int) -> int:
        """The best state to which somebody could go on from where an answer left it."""
        model = self.conflict.model
        ways = model.moves[player][end] & model.better_than(player, state)
        return min(states_in(ways), key=lambda way: model.ranks[player][way])

    def _unwilling(self, start: int, steps: tuple[Move, ...]) -> tuple[int, Move]:
        for step in steps:
            if not self.conflict.model.prefers(step.player, step.state, start):
                return start, step
            start = step.state
        raise AssertionError("a sequence of improvements is credible")

    def jumps(self, state: int) -> tuple[Jump, ...]:
        """What coalitions would do together from a state; of coalitions that hold one another, the smallest."""
        found: list[Jump] = []
        for group in coalitions(self.conflict.model.num_players):
            for target in states_in(coalition_improvements(self.conflict.model, group, state)):
                if not any(set(jump.coalition) <= set(group) and jump.target == target for jump in found):
                    found.append(Jump(group, state, target))
        return tuple(found)

    def paths(self, start: int) -> dict[int, tuple[Move, ...]]:
        """States that improvements reach from a state, each with a shortest sequence."""
        return improving_paths(self.conflict.model, start)
