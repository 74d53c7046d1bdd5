"""Completed scenario -> `Case`: ordered indices, input slots, candidate packages, compiled expressions.

Everything that depends on the scenario alone is worked out here, once; a history then reads
numbers by slot. Actors, issues, tracks and hazards are put in order of their keys, so the order
in the file never shows. Every `Quantity` of the file owns one slot of the flat input list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
from pydantic import BaseModel

from sim.errors import ScenarioError
from sim.model.distributions.base import Distribution
from sim.model.distributions.correlation import cholesky
from sim.model.distributions.factory import from_quantity
from sim.model.distributions.integration import conditional_mean_bins
from sim.model.expressions.expression import Expression, to_text
from sim.model.expressions.program import compile_expression, value_of
from sim.model.expressions.reading import parse
from sim.model.expressions.rewriting import dependency_order, number, split_lasting, substitute
from sim.model.game.form import Form
from sim.model.game.played import PlayedGame
from sim.model.game.solving import SolvedGame
from sim.model.menu import build_menu
from sim.model.recurring import drawn_in_history
from sim.model.spec.base import Quantity
from sim.model.spec.scenario import ScenarioSpec, validation_context
from sim.model.translate import translated
from sim.model.valuation import derived_value
from sim.randomness import key_of, path_hash
from sim.rules.expression import evaluate

DAYS_PER_YEAR = 365.0
PARENT = "parent"  # in a veto player's utility: what the actor that it belongs to makes of a package


@dataclass(frozen=True)
class DrawnInput:
    """One input that every replication draws."""

    path: str
    slot: int
    distribution: Distribution
    key: int  # entity key in the draw address
    counter: int  # hash of the path, names replaced by keys


@dataclass(frozen=True)
class DrawnShares:
    """Inputs that are shares of one whole: gamma draws, normalised in order of their addresses."""

    paths: tuple[str, ...]
    slots: tuple[int, ...]
    total: float
    gammas: tuple[Distribution | None, ...]
    keys: tuple[int, ...]
    counters: tuple[int, ...]


@dataclass(frozen=True)
class CopulaGroup:
    """Drawn inputs whose uniforms are correlated: positions in `Case.inputs` and the Cholesky factor."""

    members: tuple[int, ...]
    factor: tuple[float, ...]


@dataclass(frozen=True)
class Condition:
    """A compiled expression over the named quantities."""

    text: str
    code: tuple[int, ...]
    constants: tuple[float, ...]
    stack_size: int
    constant: float | None = None  # its value, if no name occurs in it
    names: tuple[str, ...] = ()
    slot: int = -1  # where its value stands, if it is nothing but a name

    @cached_property
    def value_at(self) -> Callable[[Sequence[float]], float]:
        """The program as a function of the quantities: what `evaluate` gives, faster."""
        return translated(self.code, self.constants)


@dataclass(frozen=True)
class Lasting:
    """What a history remembers of a condition or quantity (`sim.model.expressions.rewriting.Lasting`)."""

    kind: str
    condition: Condition
    until: float


@dataclass(frozen=True)
class Column:
    """Levels of one issue or derived quantity over all packages: distinct values and who has which."""

    distinct: tuple[float, ...]
    index: tuple[int, ...]


@dataclass
class Case:
    """A scenario ready to be played. Read-only; shared by all replications of a worker."""

    spec: ScenarioSpec
    completed: dict[str, Any]
    base: list[float]  # one number an input slot; drawn ones hold their value when sampling is off
    slot_of: dict[str, int]  # path -> slot
    slots: Any  # mirror of the spec in which every Quantity is its slot
    inputs: list[DrawnInput]
    shares: list[DrawnShares]
    copulas: list[CopulaGroup]
    keys: dict[str, dict[str, int]]  # kind -> id -> key
    actor_ids: list[str]
    issue_ids: list[str]
    package_names: list[str]  # names of the candidate packages; generated ones are described
    levels: list[float]  # candidate packages row by row
    named: dict[str, int]  # package id -> row (all named packages, also those outside the menu)
    num_candidates: int
    written: list[int] = field(default_factory=list)  # rows that are texts known to all: named, their shifts and blends
    offered: dict[int, float] = field(default_factory=dict)  # package -> level that a treaty would lift it to
    names: dict[str, int] = field(default_factory=dict)  # quantity -> position
    lasting: list[Lasting] = field(default_factory=list)
    first_lasting: dict[str, int] = field(default_factory=dict)  # by text, the number of its first slot in `lasting`
    conditions: dict[str, Condition] = field(default_factory=dict)
    derived_order: list[str] = field(default_factory=list)
    package_programs: dict[str, tuple[Condition, list[str]]] = field(default_factory=dict)
    recurring: dict[int, Distribution] = field(default_factory=dict)  # slot -> what each occurrence draws
    columns: dict[str, Column] = field(default_factory=dict)  # issue or derived quantity -> its levels over packages
    grids: dict[str, dict[str, tuple[float, ...]]] = field(default_factory=dict)  # actor -> trait -> belief points
    readings: list[float] = field(default_factory=list)  # report times, ascending, the horizon among them
    grid_times: list[float] = field(default_factory=list)  # times at which paths are recorded

    @property
    def per_day(self) -> float:
        """Time units in a day."""
        return 24.0 if self.spec.time_unit == "hours" else 1.0

    @property
    def per_year(self) -> float:
        """Time units in a year of 365 days."""
        return DAYS_PER_YEAR * self.per_day

    def actor(self, identifier: str) -> int:
        """Index of an actor."""
        return self._actor_index[identifier]

    def issue(self, identifier: str) -> int:
        """Index of an issue."""
        return self._issue_index[identifier]

    @cached_property
    def _actor_index(self) -> dict[str, int]:
        return {identifier: n for n, identifier in enumerate(self.actor_ids)}

    @cached_property
    def _issue_index(self) -> dict[str, int]:
        return {identifier: n for n, identifier in enumerate(self.issue_ids)}

    @cached_property
    def level_columns(self) -> np.ndarray:
        """Levels of all packages, a row an issue."""
        return np.array(self.levels).reshape(-1, len(self.issue_ids)).T

    @cached_property
    def package_sources(self) -> dict[str, list[int]]:
        """Where each name of a package program is read: an issue's level, or with ``~`` the slot of an input."""
        return {
            key: [
                self.issue(n) if n in self.spec.issues else ~self.slots.parameters[n].number if n != PARENT else ~0
                for n in names
            ]
            for key, (_, names) in self.package_programs.items()
        }

    def compile(self, text: str) -> Condition:
        """The expression as a program over the named quantities; what needs a memory gets slots of its own."""
        if text in self.conditions:
            return self.conditions[text]
        self.first_lasting[text] = len(self.lasting)
        expression, lasting = split_lasting(self.read(text), len(self.lasting), self.spec.start)
        for item in lasting:
            self.lasting.append(Lasting(item.kind, self._program(item.operand), item.until))
        self.conditions[text] = self._program(expression)
        return self.conditions[text]

    def read(self, text: str) -> Expression:
        """The expression, with what the scenario's theorem gives as numbers."""
        expression = parse(text, self.spec.time_unit)
        if self.spec.theory is None or not self.spec.theory.solved:
            return expression
        given = {f"solution.{name}": number(value) for name, value in self.spec.theory.solved.items()}
        return substitute(expression, given)

    @cached_property
    def played_game(self) -> PlayedGame | None:
        """The scenario's game; none without one, or where it is switched off."""
        game = self.spec.game
        if game is None or not game.enabled:
            return None
        return PlayedGame(game, self.parameter_values, self.read, self.constant, self.measures)

    @property
    def game(self) -> Form | None:
        """The scenario's game as flat lists."""
        return None if self.played_game is None else self.played_game.form

    @property
    def agreed(self) -> dict[str, dict[str, float]]:
        """What players agree on at each agreement of the game, by number."""
        return {} if self.played_game is None else self.played_game.agreed

    @property
    def is_solved(self) -> bool:
        """Whether players play by algorithm, not by the strategies that the file writes."""
        return self.game is not None and self.game.points > 0

    @property
    def solved_game(self) -> SolvedGame:
        """The game solved by algorithm; of a scenario with a game."""
        return self.played_game.solved

    @property
    def parameter_values(self) -> dict[str, float]:
        """Parameters at their point values."""
        return {name: self.base[self.slots.parameters[name].number] for name in self.spec.parameters}

    @property
    def measures(self) -> dict[str, tuple[str, str | None]]:
        """What theory is compared with: value and condition by name."""
        theory = self.spec.theory
        return {} if theory is None else {name: (item.value, item.given) for name, item in theory.measures.items()}

    def constant(self, text: str) -> float:
        """The value of an expression over parameters at their point values."""
        return value_of(self.read(text), self.parameter_values)

    def _program(self, expression: Expression) -> Condition:
        names = sorted(expression.names())
        for name in names:
            self.names.setdefault(name, len(self.names))
        program = compile_expression(expression, self.names)
        constant = None
        if not names:
            constant = evaluate(program.code, program.constants, [], [0.0] * max(1, program.stack_size))
        return Condition(
            to_text(expression), program.code, program.constants, program.stack_size, constant, tuple(names),
            program.code[0] if len(program.code) == 1 and program.code[0] >= 0 else -1,
        )  # fmt: skip


def _mirror(value: Any, path: str, base: list[float], slot_of: dict[str, int], found: dict[str, Quantity]) -> Any:
    """The same tree with every Quantity replaced by its slot."""
    if isinstance(value, Quantity):
        slot_of[path] = len(base)
        found[path] = value
        base.append(point_value(value))
        return slot_of[path]
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return SimpleNamespace(
            **{
                name: _mirror(getattr(value, name), f"{path}.{name}" if path else name, base, slot_of, found)
                for name in fields
            }
        )
    if isinstance(value, dict):
        return {key: _mirror(item, f"{path}.{key}", base, slot_of, found) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mirror(item, f"{path}.{n}", base, slot_of, found) for n, item in enumerate(value)]
    return value


def point_value(quantity: Quantity) -> float:
    """Value of an input when it is not drawn: `value`, else the median (lognormal) or the mean."""
    if quantity.value is not None:
        return float(quantity.value)
    distribution = from_quantity(quantity)
    return distribution.median() if quantity.dist == "lognormal" else distribution.mean()


def keys_of(entities: Mapping[str, Any], kind: str) -> dict[str, int]:
    """Key of every entity of a kind: pinned or hashed; a collision is refused.

    Raises
    ------
    ScenarioError
        Two entities share a key; names both and says how to pin one.
    """
    keys: dict[str, int] = {}
    owner: dict[int, str] = {}
    for identifier, entity in entities.items():
        pinned = getattr(entity, "key", None)
        key = key_of(identifier) if pinned is None else pinned
        if key in owner:
            raise ScenarioError(
                f"{kind}: '{identifier}' and '{owner[key]}' have the same draw key {key}",
                hint=f"give one of them another key, for example `key: {(key + 1) & 0xFFFF}`",
            )
        owner[key] = identifier
        keys[identifier] = key
    return keys


_KEYED = ("actors", "issues", "tracks", "hazards", "veto_players", "packages", "parameters")


def _address(path: str, keys: dict[str, dict[str, int]]) -> tuple[int, int]:
    """(entity key, counter) of an input: names of keyed entities are replaced by their keys, so that a
    renamed entity with a pinned key keeps its draws."""
    parts = path.split(".")
    owner = 0
    for position, part in enumerate(parts):
        kinds = _KEYED if position != 1 else (parts[0],)
        for kind in kinds:
            table = keys.get(kind, {})
            if part in table and not (position == 0):
                parts[position] = f"#{table[part]}"
                if position == 1:
                    owner = table[part]
                break
    return owner, path_hash(".".join(parts))


def compile_case(completed: Mapping[str, Any]) -> Case:
    """The completed scenario, ready to be played.

    Raises
    ------
    ScenarioError
        Colliding keys, colliding addresses of inputs, a correlation matrix that is none.
    """
    data = dict(completed)
    spec = ScenarioSpec.model_validate(data, context=validation_context(data))
    keys = {kind: keys_of(getattr(spec, kind), kind) for kind in _KEYED}
    base: list[float] = []
    slot_of: dict[str, int] = {}
    found: dict[str, Quantity] = {}
    slots = _mirror(spec, "", base, slot_of, found)
    issue_ids = sorted(spec.issues, key=keys["issues"].__getitem__)
    actor_ids = sorted(spec.actors, key=keys["actors"].__getitem__)
    case = Case(
        spec=spec,
        completed=dict(completed),
        base=base,
        slot_of=slot_of,
        slots=slots,
        inputs=[],
        shares=[],
        copulas=[],
        keys=keys,
        actor_ids=actor_ids,
        issue_ids=issue_ids,
        package_names=[],
        levels=[],
        named={},
        num_candidates=0,
    )
    _compile_inputs(case, found)
    _compile_package_programs(case)
    build_menu(case)
    _compile_columns(case)
    _compile_grids(case, found)
    end = max([spec.horizon, *spec.readings])
    case.readings = sorted({*spec.readings, spec.horizon})
    case.grid_times = [end * n / spec.grid for n in range(spec.grid + 1)]
    return case


def _compile_columns(case: Case) -> None:
    """Distinct levels of every issue and derived quantity over the packages, at the point values."""
    size = len(case.issue_ids)
    count = len(case.package_names)
    rows = [case.levels[p * size : (p + 1) * size] for p in range(count)]
    for k, name in enumerate(case.issue_ids):
        case.columns[name] = _column([row[k] for row in rows])
    for name in case.derived_order:
        case.columns[name] = _column([derived_value(case, name, row, case.base) for row in rows])


def _column(values: list[float]) -> Column:
    distinct = sorted(set(values))
    position = {value: n for n, value in enumerate(distinct)}
    return Column(tuple(distinct), tuple(position[value] for value in values))


def _compile_grids(case: Case, found: dict[str, Quantity]) -> None:
    """Points of others' beliefs over each continuous trait: equally likely bins, conditional means."""
    for actor in case.actor_ids:
        types = case.spec.actors[actor].types
        case.grids[actor] = {}
        for trait in ("war_cost", "credibility"):
            quantity = getattr(types, trait)
            if quantity is None:
                continue
            if quantity.dist is None:
                case.grids[actor][trait] = (point_value(quantity),)
            else:
                case.grids[actor][trait] = tuple(conditional_mean_bins(from_quantity(quantity), types.grid))


def _compile_inputs(case: Case, found: dict[str, Quantity]) -> None:
    spec = case.spec
    for path, quantity in found.items():
        if quantity.dist is not None and drawn_in_history(spec, path):
            case.recurring[case.slot_of[path]] = from_quantity(quantity)
    if spec.sampling == "off":
        return
    in_shares: set[str] = set()
    tastes = spec.mechanisms.tastes
    if tastes is not None and tastes.enabled and tastes.weights is not None:
        for actor in case.actor_ids:
            members = [f"actors.{actor}.utility.issues.{k}.weight" for k in spec.actors[actor].utility.issues]
            if spec.actors[actor].utility.survival is not None:
                members.append(f"actors.{actor}.utility.survival.weight")
            members = [path for path in members if found[path].dist is None]
            if len(members) > 1:
                _add_shares(case, members, case.base[case.slots.mechanisms.tastes.weights])
                in_shares.update(members)
    for group in spec.shares.values():
        _add_shares(case, list(group.members), group.concentration)
        in_shares.update(group.members)
    addresses: dict[tuple[int, int], str] = {}
    for path, quantity in found.items():
        if path in in_shares:
            continue
        distribution = _distribution_of(case, path, quantity)
        if distribution is None:
            continue
        key, counter = _address(path, case.keys)
        if (key, counter) in addresses:
            raise ScenarioError(
                f"{path} and {addresses[key, counter]} have the same draw address",
                hint="pin another `key:` on the entity that owns one of them",
            )
        addresses[key, counter] = path
        case.inputs.append(DrawnInput(path, case.slot_of[path], distribution, key, counter))
    case.inputs.sort(key=lambda drawn: (drawn.key, drawn.counter))
    position = {drawn.path: n for n, drawn in enumerate(case.inputs)}
    for name, group in spec.correlations.items():
        size = len(group.members)
        matrix = group.matrix or [
            [1.0 if r == c else (group.correlation or 0.0) for c in range(size)] for r in range(size)
        ]
        missing = [path for path in group.members if path not in position]
        if missing:
            raise ScenarioError(
                f"correlations.{name}: '{missing[0]}' is not a drawn input", hint="give it a distribution first"
            )
        case.copulas.append(
            CopulaGroup(
                tuple(position[path] for path in group.members),
                cholesky([value for row in matrix for value in row], size, group.members),
            )
        )


def _add_shares(case: Case, members: list[str], concentration: float) -> None:
    from sim.model.distributions.gamma_beta import Gamma

    addressed = sorted((*_address(path, case.keys), path) for path in members)
    values = [case.base[case.slot_of[path]] for _, _, path in addressed]
    total = 0.0
    for value in values:
        total += value
    gammas = tuple(
        Gamma.from_shape(concentration * value / total) if value > 0.0 else None for value in values
    )
    case.shares.append(
        DrawnShares(
            tuple(path for _, _, path in addressed),
            tuple(case.slot_of[path] for _, _, path in addressed),
            total,
            gammas,
            tuple(key for key, _, _ in addressed),
            tuple(counter for _, counter, _ in addressed),
        )
    )


def _distribution_of(case: Case, path: str, quantity: Quantity) -> Distribution | None:
    """What the input is drawn from, or None for a constant."""
    from sim.model.distributions.normal import Lognormal
    from sim.model.distributions.simple import ClippedUniform, Triangular

    spec = case.spec
    if quantity.dist is not None:
        return None if drawn_in_history(spec, path) else from_quantity(quantity)
    tastes = spec.mechanisms.tastes
    if tastes is not None and tastes.enabled and path.startswith("actors.") and ".utility.issues." in path:
        value = case.base[case.slot_of[path]]
        if path.endswith(".ideal") and tastes.ideals is not None:
            width = case.base[case.slots.mechanisms.tastes.ideals]
            return ClippedUniform(value - width, value + width, 0.0, 1.0) if width > 0.0 else None
        if path.endswith(".exponent") and tastes.exponents is not None:
            sd = case.base[case.slots.mechanisms.tastes.exponents]
            return Lognormal(value, sd) if sd > 0.0 else None
    if spec.sampling == "ranges" and quantity.range is not None and quantity.range[0] < quantity.range[1]:
        low, high = quantity.range
        return Triangular(low, case.base[case.slot_of[path]], high)
    return None


def _compile_package_programs(case: Case) -> None:
    """Derived quantities and veto players' utilities as programs over package levels and parameters."""
    spec = case.spec
    definitions = {name: parse(derived.value) for name, derived in spec.derived.items()}
    order = dependency_order(definitions)
    inlined: dict[str, Expression] = {}
    for name in order:
        inlined[name] = substitute(definitions[name], inlined)
    case.derived_order = list(order)

    def program(expression: Expression) -> tuple[Condition, list[str]]:
        names = sorted(expression.names())
        compiled = compile_expression(expression, {name: n for n, name in enumerate(names)})
        return (
            Condition(to_text(expression), compiled.code, compiled.constants, compiled.stack_size),
            names,
        )

    for name in order:
        case.package_programs[f"derived.{name}"] = program(inlined[name])
    for name, player in spec.veto_players.items():
        expression = substitute(parse(player.utility), inlined)
        case.package_programs[f"veto.{name}"] = program(expression)
    for name, track in spec.tracks.items():
        for term, text in getattr(track, "terms", {}).items():
            case.package_programs[f"terms.{name}.{term}"] = program(substitute(parse(text, spec.time_unit), inlined))

