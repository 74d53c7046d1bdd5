"""From a game to the graph of its decisions: numbers and types on grids, positions from which play goes on alike merged.

What a position remembers is what an expression further on may read, and every choice that may tell of what is hidden from
one who moves later. Where nothing is merged, each course of play has positions of its own, and players know all that they
have seen, in order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import numpy as np

from sim.arithmetic import log, normal_quantile, powr
from sim.errors import ParameterError
from sim.games.decision_graph import DecisionGraph
from sim.model.expressions.program import compile_expression
from sim.model.game.form import Form, Unit
from sim.model.game.memory import Reader, Variable, counted_votes, remembered, sees
from sim.model.game.names import has_belief
from sim.model.spec.game import AgreementMove, ChanceMove, DivisionMove, NumberMove, SimultaneousMove, VoteMove
from sim.model.translate import translated

MOST_NODES = 300_000
MEMBER_POINTS = 1001  # on which a type of a group's member is put, where the group's vote is worked out
NOTHING = 1e-7  # a discount from which on payoffs no longer count
_HISTORY: Variable = ("history",)  # where nothing is merged: all choices so far, each with its variable


@dataclass(frozen=True)
class InformationSet:
    """What a player knows when it moves, and what it may do."""

    unit: Unit
    known: tuple[tuple[Variable, float], ...]  # own types by rank, and remembered choices that it has seen
    options: tuple[float, ...]  # numbers that it may name, or places of options
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names of classes of types
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names of options by unit


@dataclass(frozen=True)
class Start:
    """A position at which play may begin, and the draws of types that lead there."""

    node: int
    draws: tuple[Draw, ...]


@dataclass(frozen=True)
class Draw:
    """A type that was drawn, its class or its number in words, and the probability of that after the draws before it."""

    name: str
    value: str
    probability: float


@dataclass
class GameGraph:
    """A game as a graph, with what its parts mean."""

    graph: DecisionGraph
    sets: list[InformationSet]
    written: np.ndarray | None  # the strategy as the scenario writes it, where it does for all sets
    node_moves: list[str] = field(default_factory=list)  # by position, the move that is made there
    edge_names: list[str] = field(default_factory=list)  # by edge, the option that leads along it
    starts: list[Start] = field(default_factory=list)  # in the order in which types are drawn, the last fastest
    impossible: list[str] = field(default_factory=list)  # options of chance that never come, as `move option`
    measured: dict[str, np.ndarray] = field(default_factory=dict)  # by measure: value, and whether it counts, at each end
    counted: dict[str, np.ndarray] = field(default_factory=dict)


def graph_of(
    form: Form,
    parameters: Mapping[str, float],
    read: Reader,
    points: int,
    *,
    as_written: bool,
    measures: Mapping[str, tuple[str, str | None]] | None = None,
    most_nodes: int = MOST_NODES,
    merged: bool = True,
) -> GameGraph:
    """The graph of a game.

    Parameters
    ----------
    points : int
        On which each number and each type with a distribution is put.
    as_written : bool
        Whether the strategies of the scenario are followed: their numbers join the grids, and beliefs follow from them.
    measures : by name, expressions to be worked out at the ends: the value, and a condition under which it counts.
    merged : bool
        Whether positions from which play goes on alike are one. If not, the graph is the tree as the file writes it, and the
        information sets of a player are told apart by everything that it has seen.

    Raises
    ------
    ParameterError
        The graph is too large, or an expression reads what is not part of the game.
    """
    return _Builder(form, parameters, read, points, as_written, measures or {}, most_nodes, merged).build()


class _Builder:
    def __init__(
        self, form: Form, parameters: Mapping[str, float], read: Reader, points: int, as_written: bool,
        measures: Mapping[str, tuple[str, str | None]], most_nodes: int, merged: bool,
    ) -> None:  # fmt: skip
        self.form, self.game, self.parameters, self.read = form, form.game, parameters, read
        self.points, self.as_written, self.measures, self.most_nodes = points, as_written, measures, most_nodes
        self.merged = merged
        self.names: dict[str, int] = {name: n for n, name in enumerate(parameters)}
        self.values: list[float] = list(parameters.values())
        self.meaning: dict[str, Callable[[_State], float]] = {}
        self.programs: dict[str, _Program] = {}
        self.units = {unit.name: unit for unit in form.units}
        self.players = list(form.players)
        self.class_names = {name: tuple(form.classes(name)) for name in form.types}
        self.choice_names = {unit.name: unit.options for unit in form.units}
        self.seen: dict[tuple[str | None, Variable], bool] = {}
        self.live = remembered(form, read, as_written=as_written, measures=self.measures)
        self.counted = counted_votes(form, read, self.measures)
        self.node_of: dict[tuple, int] = {}
        self.states: list[tuple[str, int, _State]] = []
        self.set_of: dict[tuple, int] = {}
        self.sets: list[InformationSet] = []
        self.written: list[list[float] | None] = []
        self.edges: list[tuple[int, int, int, int, float, list[float], list[float]]] = []
        self.ends: list[tuple[int, dict[str, float], dict[str, float]]] = []
        self.edge_names: list[str] = []
        self.starts: list[Start] = []
        self.impossible: list[str] = []

    # Expressions

    def program(self, text: str) -> _Program:
        if text not in self.programs:
            expression = self.read(text)
            names = frozenset(name for name in expression.names() if name not in self.parameters)
            for name in sorted(names):
                if name not in self.names:
                    self.meaning[name] = self._meaning(name)
                    self.names[name] = len(self.values)
                    self.values.append(0.0)
            compiled = compile_expression(expression, self.names)
            inputs = tuple((self.names[name], self.meaning[name]) for name in names)
            self.programs[text] = _Program(translated(compiled.code, compiled.constants), names, inputs)
        return self.programs[text]

    def value(self, text: str, state: _State) -> float:
        program = self.programs.get(text) or self.program(text)
        if program.inputs:
            for place, meaning in program.inputs:
                self.values[place] = meaning(state)
            return float(program.function(self.values))
        if program.fixed is None:
            program.fixed = float(program.function(self.values))
        return program.fixed

    def _meaning(self, name: str) -> Callable[[_State], float]:
        """How a named quantity is read from a state."""
        head, _, rest = name.partition(".")
        first, _, last = rest.partition(".")
        if name == "uniform":
            return lambda state: state.uniform
        if name == "game.over":
            return lambda state: float(state.over)
        if name in ("game.periods", "game.moves"):
            variable: Variable = (rest,)
            return lambda state: state.memory.get(variable, 0.0)
        if head == "type" and first in self.form.types:
            if last:
                place = self.form.classes(first).index(last)
                return lambda state: 1.0 if state.types[first] == place else 0.0
            return lambda state: state.type_values[first]
        if head == "member" and rest in self.form.types:
            return lambda state: state.member[rest]
        if head == "belief" and first in self.form.types:
            place = self.form.classes(first).index(last)
            return lambda state: state.memory[("belief", first)][place]
        if head == "payoff":
            return lambda state: state.memory.get(("payoff", rest), 0.0)
        found = self._of_move(head, first, last)
        if found is None:
            raise ParameterError(f"'{name}' is not part of the game", hint="an algorithm sees the game alone: moves, types, parameters")
        return found

    def _of_move(self, head: str, move: str, last: str) -> Callable[[_State], float] | None:
        if move not in self.form.moves:
            return None
        if head == "votes":
            return lambda state: state.memory.get(("votes", move), 0.0)
        if head == "times" and not last:
            return lambda state: state.memory.get(("made", move), 0.0)
        if head == "move" and (not last or move in self.form.agreed):
            if last:
                agreed = float(self.form.agreed[move][last])
                return lambda state: agreed
            return lambda state: state.memory.get(("number", move), math.nan)
        for unit in self.form.units:
            if unit.move == move and last in unit.names():
                place = unit.names().index(last)
                key: Variable = ("option", unit.name) if head == "move" else ("count", unit.name, place)
                if head == "move":
                    return lambda state: 1.0 if state.memory.get(key, -1.0) == place else 0.0
                return lambda state: state.memory.get(key, 0.0)
        return None

    # Building

    def build(self) -> GameGraph:
        roots: list[tuple[int, float]] = []
        for draws, state in self._first_states():
            roots.append((self._node(self.game.first, 0, state), math.prod(draw.probability for draw in draws)))
            self.starts.append(Start(roots[-1][0], draws))
        done = 0
        while done < len(self.states):
            if len(self.states) > self.most_nodes:
                where, hint = "", "write strategies, or let the game end sooner"
                if self.game.has_grid:
                    where = f" on a grid of {self.points} points"
                    hint = f"use fewer, as in --set game.points={max(3, self.points // 2)}, or write strategies"
                raise ParameterError(f"the game has more than {self.most_nodes:,} positions{where}", hint=hint)
            move, phase, state = self.states[done]
            self._expand(done, move, phase, state)
            done += 1
        return self._finished(roots)

    def _finished(self, roots: list[tuple[int, float]]) -> GameGraph:
        starts = np.concatenate([[0], np.cumsum([len(item.options) for item in self.sets])]).astype(np.int64)
        first = np.zeros(len(self.states))
        for node, probability in roots:
            first[node] += probability
        assert all(one[0] <= other[0] for one, other in pairwise(self.edges))  # as positions were expanded; solvers rely on it
        nodes, children, sets, places, chances, payoffs, discounts = zip(*self.edges, strict=True)
        choice = [-1 if s < 0 else int(starts[s]) + place for s, place in zip(sets, places, strict=True)]
        graph = DecisionGraph(
            players=tuple(self.players),
            set_player=np.array([self.players.index(item.unit.player) for item in self.sets], dtype=np.int64),
            set_start=starts,
            edge_node=np.array(nodes, dtype=np.int64),
            edge_child=np.array(children, dtype=np.int64),
            edge_choice=np.array(choice, dtype=np.int64),
            edge_chance=np.array(chances, dtype=float),
            edge_payoff=np.array(payoffs, dtype=float).reshape(len(nodes), len(self.players)),
            edge_discount=np.array(discounts, dtype=float).reshape(len(nodes), len(self.players)),
            roots=first,
        )
        written = None
        if self.as_written and all(item is not None for item in self.written):
            written = np.array([p for item in self.written for p in item or ()])
        node_moves = [name for name, _, _ in self.states]
        found = GameGraph(graph, self.sets, written, node_moves, self.edge_names, self.starts, self._never())
        for name in self.measures:
            found.measured[name] = np.zeros(len(nodes))
            found.counted[name] = np.zeros(len(nodes))
            for edge, values, counts in self.ends:
                found.measured[name][edge] = values[name] * counts[name]
                found.counted[name][edge] = counts[name]
        return found

    def _never(self) -> list[str]:
        """Options of chance and classes of types that come at no position, in the order in which they were met."""
        come = {f"{self.states[edge[0]][0]} {told}" for edge, told in zip(self.edges, self.edge_names, strict=True)}
        come |= {f"{draw.name} {draw.value}" for start in self.starts for draw in start.draws}
        return [name for name in dict.fromkeys(self.impossible) if name not in come]

    def _first_states(self) -> Iterator[tuple[tuple[Draw, ...], _State]]:
        """Every combination of types on their grids that may come, with its draws."""
        single = [name for name, kind in self.form.types.items() if kind.of not in self.form.members]
        sizes = [len(self.form.classes(name)) or self.points for name in single]
        if math.prod(sizes) > self.most_nodes:
            raise ParameterError(f"{math.prod(sizes):,} combinations of types are too many", hint="use fewer `points`")
        for ranks in product(*(range(size) for size in sizes)):
            state = _State({}, {}, {})
            draws: list[Draw] = []
            for name, rank, size in zip(single, ranks, sizes, strict=True):
                kind = self.form.types[name]
                if kind.classes is not None:
                    state.types[name] = rank
                    state.type_values[name] = float(rank)
                    terms = list(kind.classes.values())
                    draws.append(Draw(name, self.form.classes(name)[rank], self.value(terms[rank], state)))
                    if has_belief(self.game, name):
                        state.memory[("belief", name)] = tuple(self.value(text, state) for text in terms)
                else:
                    state.types[name] = rank
                    state.type_values[name] = self._quantile(kind, (rank + 0.5) / size, state)
                    draws.append(Draw(name, f"{state.type_values[name]:.9g}", 1.0 / size))
            if all(draw.probability > 0.0 for draw in draws):
                yield tuple(draws), state
            else:
                self.impossible += [f"{draw.name} {draw.value}" for draw in draws if draw.probability <= 0.0]

    def _quantile(self, kind: Any, u: float, state: _State) -> float:
        if kind.dist == "uniform":
            low = self.value(kind.low, state)
            return low + (self.value(kind.high, state) - low) * u
        if kind.dist == "normal":
            return self.value(kind.mean, state) + self.value(kind.sd, state) * normal_quantile(u)
        return 0.0 - self.value(kind.mean, state) * log(1.0 - u)

    def _node(self, move: str, phase: int, state: _State) -> int:
        if not self.merged:
            self.states.append((move, phase, state))
            return len(self.states) - 1
        live = self.live[move]
        memory = {v: x for v, x in state.memory.items() if v in live or v[0] == "pending" or (v[0] == "belief" and self.as_written)}
        key = (move, phase, frozenset(state.types.items()), frozenset(memory.items()))
        if key not in self.node_of:
            self.node_of[key] = len(self.states)
            self.states.append((move, phase, _State(state.types, state.type_values, memory)))
        return self.node_of[key]

    def _expand(self, node: int, name: str, phase: int, state: _State) -> None:
        move = self.game.moves[name]
        if isinstance(move, SimultaneousMove):
            self._expand_at_once(node, name, move, phase, state)
            return
        if isinstance(move, AgreementMove):
            self._lead(node, name, 0, state, -1, 0, 1.0, "agreed")
            return
        if isinstance(move, VoteMove):
            self._expand_vote(node, name, move, state)
            return
        if isinstance(move, DivisionMove):
            raise ParameterError(f"'{name}' is a division among a group, which no algorithm here solves", hint="write strategies")
        unit = self._unit(name)
        if isinstance(move, ChanceMove):
            for place, chance in enumerate(self._chances(unit, state)):
                if chance > 0.0:
                    self._lead(node, name, place, self._with_option(state, unit, place), -1, 0, chance, unit.options[place])
                else:
                    self.impossible.append(f"{name} {unit.options[place]}")
            return
        if isinstance(move, NumberMove):
            options, chances = self._numbers(unit, move, state)
            found = self._set(unit, state, options, chances)
            for place, number in enumerate(options):
                after = self._with_choice(state, ("number", name), number)
                self._learn_number(unit, move, state, after, number)
                self._lead(node, name, 0, after, found, place, math.nan)
            return
        chances = self._chances(unit, state) if self.as_written and self._is_written(unit) else None
        found = self._set(unit, state, tuple(float(n) for n in range(len(unit.options))), chances)
        for place in range(len(unit.options)):
            after = self._with_option(state, unit, place)
            self._learn_option(unit, state, after, place)
            self._lead(node, name, place, after, found, place, math.nan)

    def _expand_at_once(self, node: int, name: str, move: SimultaneousMove, phase: int, state: _State) -> None:
        """One player after the other, none knowing what those before chose."""
        units = [unit for unit in self.form.units if unit.move == name]
        unit = units[phase]
        chances = self._chances(unit, state) if self.as_written and self._is_written(unit) else None
        found = self._set(unit, state, tuple(float(n) for n in range(len(unit.options))), chances)
        for place in range(len(unit.options)):
            if phase + 1 < len(units):
                after = state.with_memory({("pending", phase): float(place)})
                self._enter(node, self._node(name, phase + 1, after), found, place, math.nan, None)
                continue
            chosen = [int(state.memory[("pending", n)]) for n in range(phase)] + [place]
            after = state.without("pending")
            cell = 0
            for each, option in zip(units, chosen, strict=True):
                cell = cell * len(each.options) + option
            for each, option in zip(units, chosen, strict=True):
                self._learn_option(each, state, after, option)
            for each, option in zip(units, chosen, strict=True):
                after = self._with_option(after, each, option)
            self._lead(node, name, cell, after, found, place, math.nan)

    def _unit(self, name: str) -> Unit:
        return self.form.units[self.form.first_unit[name]]

    def _is_written(self, unit: Unit) -> bool:
        return any(program is not None for program in unit.programs)

    def _with_option(self, state: _State, unit: Unit, place: int) -> _State:
        count: Variable = ("count", unit.name, place)
        after = self._with_choice(state, ("option", unit.name), float(place))
        after.memory[count] = state.memory.get(count, 0.0) + 1.0
        return after

    def _with_choice(self, state: _State, variable: Variable, value: float) -> _State:
        """The state after a choice; where nothing is merged, with all choices so far in order."""
        if self.merged:
            return state.with_memory({variable: value})
        return state.with_memory({variable: value, _HISTORY: (*state.memory.get(_HISTORY, ()), (variable, value))})

    def _chances(self, unit: Unit, state: _State) -> list[float]:
        """Probabilities as `sim.acts.games` weighs them."""
        found = [0.0 if program is None else _bounded(self.value(program, state)) for program in unit.programs]
        total = sum(found)
        rest = next((n for n, program in enumerate(unit.programs) if program is None), -1)
        if rest >= 0 and total < 1.0:
            found[rest] = 1.0 - total
            total = 1.0
        return [p / total for p in found] if total > 0.0 else [1.0 / len(found)] * len(found)

    def _numbers(self, unit: Unit, move: NumberMove, state: _State) -> tuple[tuple[float, ...], list[float] | None]:
        """The grid of a number, with what the strategy names where strategies are followed."""
        low, high = (self.value(text, state) for text in move.between)
        if not math.isfinite(low) or not math.isfinite(high):
            raise ParameterError(f"'{unit.move}' has no finite bounds", hint="give `between` two numbers")
        grid = [low + (high - low) * n / (self.points - 1) for n in range(self.points)] if high > low else [low]
        if not self.as_written or unit.programs[0] is None:
            return tuple(grid), None
        mixes = "uniform" in self.program(unit.programs[0]).names
        named: dict[float, float] = {}
        size = self.points if mixes else 1
        for n in range(size):
            value = min(max(self.value(unit.programs[0], state.at((n + 0.5) / size)), low), high)
            named[value] = named.get(value, 0.0) + 1.0 / size
        every = sorted({*grid, *named})
        return tuple(every), [named.get(number, 0.0) for number in every]

    def _set(self, unit: Unit, state: _State, options: tuple[float, ...], chances: list[float] | None) -> int:
        """The information set of the mover."""
        player = unit.player
        own = [(("type", name), float(rank)) for name, rank in state.types.items() if self.form.types[name].of == player]
        live = self.live[unit.move]
        seen = [
            (v, x) for v, x in state.memory.items()
            if v in live and v[0] in ("number", "option", "made", "count", "votes", "periods", "moves") and self._sees(player, v)
        ]  # fmt: skip
        history: tuple = ()
        if not self.merged:
            clock = [(v, x) for v, x in seen if v[0] in ("periods", "moves")]
            history = (*((v, x) for v, x in state.memory.get(_HISTORY, ()) if self._sees(player, v)), *clock)
        # What all believe is known to all, and strategies may rest on it: it tells histories apart that counts do not.
        beliefs = frozenset((v, x) for v, x in state.memory.items() if v[0] == "belief") if self.as_written else frozenset()
        key = (unit.name, frozenset((*own, *seen)) if self.merged else (frozenset(own), history), beliefs)
        if key not in self.set_of:
            known = sorted([*own, *seen], key=repr) if self.merged else [*sorted(own, key=repr), *history]
            self.set_of[key] = len(self.sets)
            self.sets.append(InformationSet(unit, tuple(known), options, self.class_names, self.choice_names))
            self.written.append(chances)
        return self.set_of[key]

    def _sees(self, player: str | None, variable: Variable) -> bool:
        if (player, variable) not in self.seen:
            self.seen[player, variable] = sees(self.form, player, variable)
        return self.seen[player, variable]

    def _learn_option(self, unit: Unit, state: _State, after: _State, place: int) -> None:
        """Beliefs after a choice, by the strategies as written."""
        if not self.as_written or unit.reveals is None:
            return
        self._learn(unit.reveals, state, after, lambda supposed: self._chances(unit, supposed)[place])

    def _learn_number(self, unit: Unit, move: NumberMove, state: _State, after: _State, number: float) -> None:
        if not self.as_written or unit.reveals is None or unit.programs[0] is None:
            return
        low, high = (self.value(text, state) for text in move.between)
        program = unit.programs[0]

        def likelihood(supposed: _State) -> float:
            return 1.0 if abs(min(max(self.value(program, supposed), low), high) - number) <= 1e-12 else 0.0

        self._learn(unit.reveals, state, after, likelihood)

    def _learn(self, name: str, state: _State, after: _State, likelihood: Callable[[_State], float]) -> None:
        prior = state.memory[("belief", name)]
        weights = [p * likelihood(state.supposing(name, k)) if p > 0.0 else 0.0 for k, p in enumerate(prior)]
        total = sum(weights)
        if total > 0.0:
            after.memory[("belief", name)] = tuple(w / total for w in weights)

    def _expand_vote(self, node: int, name: str, move: VoteMove, state: _State) -> None:
        """A vote passes or fails; where something reads how many votes there were, each number leads on by itself."""
        unit, needed, chances = self._unit(name), self.form.needed[name], self._votes(name, move, state)
        if name not in self.counted:
            passes = sum(chance for votes, chance in chances.items() if votes >= needed)
            for which, chance in enumerate((passes, 1.0 - passes)):
                if chance > 0.0:
                    self._lead(node, name, which, self._with_option(state, unit, which), -1, 0, chance, unit.options[which])
                else:
                    self.impossible.append(f"{name} {unit.options[which]}")
            return
        for votes, chance in chances.items():
            if chance > 0.0:
                which = 0 if votes >= needed else 1
                after = self._with_option(state, unit, which).with_memory({("votes", name): float(votes)})
                self._lead(node, name, which, after, -1, 0, chance, f"{unit.options[which]} {votes}")

    def _votes(self, name: str, move: VoteMove, state: _State) -> dict[int, float]:
        """Probability of each number of votes, members voting as written, each with types of its own."""
        program = self._unit(name).programs[0]
        if program is None:
            raise ParameterError(f"the group at '{name}' has no strategy", hint=f"write `strategies: {{{name}: ...}}`")
        yes = self._yes(move.by, program, state)
        size, already = self.form.members[move.by], int(self.value(move.already, state))
        return {already + k: math.comb(size, k) * yes**k * (1.0 - yes) ** (size - k) for k in range(size + 1)}

    def _yes(self, group: str, program: str, state: _State) -> float:
        """Probability that a member says yes, over the types that it may have."""
        read = {text.split(".")[1] for text in self.program(program).names if text.startswith("member.")}
        own = [name for name in self.form.types if name in read]
        sizes = [len(self.form.classes(name)) or MEMBER_POINTS for name in own]
        total = 0.0
        for ranks in product(*(range(size) for size in sizes)):
            chance, member = 1.0, {}
            for name, rank, size in zip(own, ranks, sizes, strict=True):
                kind = self.form.types[name]
                if kind.classes is not None:
                    chance *= self.value(list(kind.classes.values())[rank], state)
                    member[name] = float(rank)
                else:
                    chance /= size
                    member[name] = self._quantile(kind, (rank + 0.5) / size, state)
            total += chance * _bounded(self.value(program, state.asked(member)))
        return total

    def _lead(
        self, node: int, name: str, place: int, after: _State, found: int, option: int, chance: float, told: str = ""
    ) -> None:
        """The edge to what follows a result: payoffs, time, the next position."""
        result = self.form.results[self.form.first_result[name] + place]
        made: Variable = ("made", name)
        after = after.with_memory({made: after.memory.get(made, 0.0) + 1.0, ("moves",): after.memory.get(("moves",), 0.0) + 1.0})
        paid = {player: self.value(text, after) for player, text in result.payoffs.items()}
        takes = max(0.0, self.value(result.takes, after))
        factor = {player: self.value(self.game.players[player].discount, after) for player in self.players}
        later = {player: powr(factor[player], takes) if takes > 0.0 else 1.0 for player in self.players}
        before = after.memory.get(("periods",), 0.0)
        for player, payoff in paid.items():
            so_far: Variable = ("payoff", player)
            weight = powr(factor[player], before) if before > 0.0 else 1.0
            after.memory[so_far] = after.memory.get(so_far, 0.0) + weight * payoff
        if takes > 0.0:
            after.memory[("periods",)] = after.memory.get(("periods",), 0.0) + takes
        payoffs = [paid.get(player, 0.0) for player in self.players]
        for player, payoff in paid.items():
            if not math.isfinite(payoff):
                raise ParameterError(f"the payoff of {player} after '{name}' is {payoff}", hint="payoffs must be finite numbers")
        over = result.then is None or (result.until is not None and self.value(result.until, after) != 0.0)
        # A game without end whose periods are counted never comes back to a position; what is left of it is worth nothing then.
        periods = after.memory.get(("periods",), 0.0)
        over = over or (periods > 0.0 and bool(self.players) and all(powr(factor[player], periods) < NOTHING for player in self.players))
        discounts = [later[player] for player in self.players]
        if over:
            after.over = True
            values = {}
            counts = {}
            for measure, (value, given) in self.measures.items():
                counts[measure] = 1.0 if given is None or self.value(given, after) != 0.0 else 0.0
                values[measure] = self.value(value, after) if counts[measure] else 0.0
            self.ends.append((len(self.edges), values, counts))
        child = -1 if over else self._node(result.then or "", 0, after)
        self._enter(node, child, found, option, chance, (payoffs, discounts), told)

    def _enter(
        self, node: int, child: int, found: int, option: int, chance: float, paid: tuple[list[float], list[float]] | None, told: str = ""
    ) -> None:
        self.edge_names.append(told)
        payoffs, discounts = paid or ([0.0] * len(self.players), [1.0] * len(self.players))
        self.edges.append((node, child, found, option, chance, payoffs, discounts))


@dataclass
class _Program:
    """An expression in the making of a graph."""

    function: Callable[[Sequence[float]], float]
    names: frozenset[str]  # what it reads besides parameters
    inputs: tuple[tuple[int, Callable[[_State], float]], ...]  # where each of them stands, and how it is read from a state
    fixed: float | None = None  # its value, once known, where it reads parameters alone


@dataclass
class _State:
    """A position in the making: types by rank and by value, what is remembered."""

    types: dict[str, int]
    type_values: dict[str, float]
    memory: dict[Variable, Any]
    uniform: float = 0.0
    over: bool = False
    member: Mapping[str, float] = field(default_factory=dict)  # types of the member who is asked

    def with_memory(self, entries: Mapping[Variable, Any]) -> _State:
        return _State(self.types, self.type_values, {**self.memory, **entries})

    def without(self, head: str) -> _State:
        return _State(self.types, self.type_values, {v: x for v, x in self.memory.items() if v[0] != head})

    def at(self, uniform: float) -> _State:
        return _State(self.types, self.type_values, self.memory, uniform)

    def asked(self, member: Mapping[str, float]) -> _State:
        return _State(self.types, self.type_values, self.memory, self.uniform, self.over, member)

    def supposing(self, name: str, rank: int) -> _State:
        return _State({**self.types, name: rank}, {**self.type_values, name: float(rank)}, self.memory, self.uniform)


def _bounded(p: float) -> float:
    return 1.0 if p >= 1.0 else (p if p > 0.0 else 0.0)


__all__ = ["Draw", "GameGraph", "InformationSet", "Start", "graph_of"]
