"""Which states are stable for whom, by four definitions that differ in what a decision maker fears.

A state is stable for a decision maker if each of its unilateral improvements is deterred:

* Nash: it has none.
* general metarationality (GMR): the others can answer, in some legal sequence, so that it ends no better than it began.
* symmetric metarationality (SMR): as GMR, and from where the answer ends it cannot move to anything better than it began with.
* sequential stability (SEQ): as GMR, and each move of the answer improves things for whoever makes it.

A state that is stable for all is an equilibrium of the concept. Nash implies the others; SMR and SEQ imply GMR.

Source: Fang, Hipel and Kilgour (1993), chapter 3, for two and for more decision makers;
Howard (1971) for the metarationalities; Fraser and Hipel (1979) for SEQ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from sim.games.stability.graph import GraphModel, States, set_of, states_in
from sim.games.stability.joint import Move, reachable, shortest_sequence

Concept = Literal["Nash", "GMR", "SMR", "SEQ"]
CONCEPTS: tuple[Concept, ...] = ("Nash", "GMR", "SMR", "SEQ")


@dataclass(frozen=True)
class Stability:
    """What is stable for whom.

    ``stable[concept][player]`` is a set of states, ``equilibria[concept]`` their intersection over the decision makers.
    """

    stable: dict[Concept, tuple[States, ...]]
    equilibria: dict[Concept, States]

    def holds(self, concept: Concept, player: int, state: int) -> bool:
        """Whether a state is stable for a decision maker."""
        return bool(self.stable[concept][player] >> state & 1)


@dataclass(frozen=True)
class Answers:
    """What the others can do about one improvement, and what of it deters.

    Attributes
    ----------
    target : the state to which the improvement leads
    deterring : states the others can bring about that are no better than the starting state (GMR)
    final : those from which the decision maker cannot move to anything better (SMR)
    credible : those that the others reach by moves that improve things for whoever makes them (SEQ)
    """

    target: int
    deterring: States
    final: States
    credible: States

    def to(self, concept: Concept) -> States:
        """What deters by a concept; nothing deters by Nash."""
        return {"Nash": 0, "GMR": self.deterring, "SMR": self.final, "SEQ": self.credible}[concept]


class Analyst:
    """Answers questions about one model; what the others reach from a state is worked out once."""

    def __init__(self, model: GraphModel) -> None:
        self.model = model
        self.others = [tuple(p for p in range(model.num_players) if p != player) for player in range(model.num_players)]
        self._reach: dict[tuple[int, int, bool], States] = {}

    def _reached(self, player: int, state: int, improving: bool) -> States:
        key = (player, state, improving)
        if key not in self._reach:
            self._reach[key] = reachable(self.model, self.others[player], state, improving=improving)
        return self._reach[key]

    def answers(self, player: int, state: int) -> tuple[Answers, ...]:
        """For each unilateral improvement of a decision maker from a state, what deters it."""
        model = self.model
        better = model.better_than(player, state)
        found = []
        for target in states_in(model.improvements[player][state]):
            deterring = self._reached(player, target, False) & ~better
            final = set_of(end for end in states_in(deterring) if not model.moves[player][end] & better)
            credible = self._reached(player, target, True) & ~better
            found.append(Answers(target, deterring, final, credible))
        return tuple(found)

    def stability(self) -> Stability:
        """Every state for every decision maker by every concept."""
        model = self.model
        stable: dict[Concept, list[States]] = {concept: [0] * model.num_players for concept in CONCEPTS}
        for player in range(model.num_players):
            for state in range(model.num_states):
                answers = self.answers(player, state)
                for concept in CONCEPTS:
                    if all(answer.to(concept) for answer in answers):
                        stable[concept][player] |= 1 << state
        equilibria = {}
        for concept in CONCEPTS:
            common = (1 << model.num_states) - 1
            for states in stable[concept]:
                common &= states
            equilibria[concept] = common
        return Stability({concept: tuple(states) for concept, states in stable.items()}, equilibria)

    def sequence(self, player: int, target: int, goals: States, *, improving: bool) -> tuple[Move, ...]:
        """A shortest answer of the others from ``target`` into ``goals``."""
        return shortest_sequence(self.model, self.others[player], target, goals, improving=improving)


def analyse(model: GraphModel) -> Stability:
    """Every state for every decision maker by every concept; see the definitions above."""
    return Analyst(model).stability()


def coalition_improvements(model: GraphModel, coalition: Sequence[int], state: int) -> States:
    """States that a coalition can reach by legal sequences of its moves and that each member strictly prefers.

    Source: Kilgour, Hipel, Fang and Peng (2001), Coalition analysis in group decision support.
    """
    wanted = (1 << model.num_states) - 1
    for player in coalition:
        wanted &= model.better_than(player, state)
    return reachable(model, coalition, state) & wanted if wanted else 0


def coalitions(num_players: int) -> tuple[tuple[int, ...], ...]:
    """All coalitions of two and more, the smallest first."""
    return tuple(group for size in range(2, num_players + 1) for group in combinations(range(num_players), size))
