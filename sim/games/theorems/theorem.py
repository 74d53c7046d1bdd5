"""What a theorem is: symbols in, the equilibrium out, with formula, conditions and source; and the list of all of them.

Pure mathematics: nothing here knows of scenarios. Where a scenario plays a model, it takes its equilibrium from here by
expressions. `Theorem.strategies` has them, over these names:

* a bare name: a symbol of the theorem, or ``round``, the number of the round or stage from 1;
* ``type.X``: what only the one who moves knows; ``move.X``: a move that it has seen; ``belief.X``: a public belief;
* ``solution.OUTPUT``: an output of the theorem, a constant during play;
* ``uniform``: a fresh uniform number in (0, 1), for mixing;
* ``min max abs exp log sqrt logistic if power normal_cdf normal_quantile``.

Where a responder is indifferent in equilibrium, its expression compares with the very constant that the proposer
offers, so that rounding cannot turn consent into refusal.
"""

from __future__ import annotations

import importlib
import math
import numbers
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal

from sim.errors import ParameterError

ON_EDGE = 1e-12  # distance within which two computed numbers count as equal, so that rounding decides no knife-edge
SURE = "There is nothing to select."  # the selection rule of a model with one equilibrium


@dataclass(frozen=True)
class Symbol:
    """An input and what it may be.

    Attributes
    ----------
    low, high : float
        Range; infinite where there is no bound. The number itself is always finite.
    example : float
        A value at which the model shows what it is about.
    kind : "number" or "whole"
        Whole numbers are given to the solver as ``int``.
    open_low, open_high : bool
        Whether the end itself is excluded.
    default : float or None
        Taken when no value is given; None: one must be given.
    """

    name: str
    meaning: str
    low: float
    high: float
    example: float = field(kw_only=True)
    kind: Literal["number", "whole"] = "number"
    open_low: bool = False
    open_high: bool = False
    default: float | None = None

    @property
    def range(self) -> str:
        """The range in words: ``a number in [0, 1)``, ``a whole number of at least 1``, ``a number above 0``."""
        noun = "a whole number" if self.kind == "whole" else "a number"
        has_low, has_high = self.low > -math.inf, self.high < math.inf
        if has_low and has_high:
            return (
                f"{noun} in {'(' if self.open_low else '['}{self.low:g}, {self.high:g}{')' if self.open_high else ']'}"
            )
        if has_low:
            return f"{noun} {'above' if self.open_low else 'of at least'} {self.low:g}"
        if has_high:
            return f"{noun} {'below' if self.open_high else 'of at most'} {self.high:g}"
        return noun

    def holds(self, value: float) -> bool:
        """Whether the value is in the range."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below and (self.kind == "number" or value == math.floor(value))


@dataclass(frozen=True)
class Output:
    """A number that the theorem gives; ``stage`` says of which stage, where there are as many as the symbol `stages` says."""

    name: str
    meaning: str
    unit: str
    stage: int = 0

    def is_void(self, symbols: Mapping[str, float]) -> bool:
        """Whether it is of a stage that there is not."""
        return self.stage > symbols.get("stages", math.inf)


@dataclass(frozen=True)
class Condition:
    """What must hold between symbols: in words, and as a test that takes those symbols by their names."""

    words: str
    holds: Callable[..., bool]


@dataclass(frozen=True)
class Equilibrium:
    """One equilibrium: its numbers, whether it is the one that is played, and what happens in it."""

    values: dict[str, float]
    selected: bool
    words: str


@dataclass(frozen=True)
class Solution:
    """The answer at one point of the parameters.

    Attributes
    ----------
    values : dict
        Every output, in the selected equilibrium.
    equilibria : tuple of Equilibrium
        All that are known, the selected one among them.
    uniqueness, selection : str
        How many equilibria there are and by which rule one was selected, true at this point.
    notes : tuple of str
        What else a reader should know: corners, indifference, what does not matter.
    """

    values: dict[str, float]
    equilibria: tuple[Equilibrium, ...]
    uniqueness: str
    selection: str
    notes: tuple[str, ...] = ()


def only(values: dict[str, float], words: str, uniqueness: str, *notes: str, selection: str = SURE) -> Solution:
    """The solution of a model of which one equilibrium is known or wanted."""
    return Solution(values, (Equilibrium(values, True, words),), uniqueness, selection, tuple(filter(None, notes)))


def choose(
    equilibria: list[tuple[dict[str, float], str]], selected: int, uniqueness: str, selection: str, *notes: str
) -> Solution:
    """The solution of a model with several equilibria, each as values and words; one of them is selected by number."""
    listed = tuple(Equilibrium(values, n == selected, words) for n, (values, words) in enumerate(equilibria))
    return Solution(listed[selected].values, listed, uniqueness, selection, tuple(filter(None, notes)))


@dataclass(frozen=True)
class Theorem:
    """A model that can be solved at any admitted point of its parameters.

    Attributes
    ----------
    formula : tuple of str
        Lines as a person would write them on a board, in the names of symbols and outputs.
    strategies : mapping
        Move, as ``player.move``, to the expression that plays it (names: see the module).
    requires : tuple of Condition
        Checked for every call; ``assumptions`` are in words only.
    solver : callable
        Takes every symbol by name, already checked.
    """

    name: str
    title: str
    symbols: tuple[Symbol, ...]
    outputs: tuple[Output, ...]
    formula: tuple[str, ...]
    source: str
    solver: Callable[..., Solution]
    strategies: Mapping[str, str] = field(default_factory=dict)
    requires: tuple[Condition, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """What must hold, in words."""
        return (*(condition.words for condition in self.requires), *self.assumptions)

    @property
    def example(self) -> dict[str, float]:
        """An example's value for every symbol."""
        return {symbol.name: symbol.example for symbol in self.symbols}

    def solve(self, **numbers: float) -> Solution:
        """The solution at a point.

        Raises
        ------
        ParameterError
            A symbol that is missing, unknown, no finite number, out of its range or not whole, or a condition between
            symbols that fails. The message names the theorem, the symbol, what was expected and what was found.
        """
        return self.solver(**self.checked(numbers))

    def checked(self, given: Mapping[str, float]) -> dict[str, float]:
        """Every symbol's value, defaults filled in, as the solver takes them; raises as `solve` does."""
        known = {symbol.name: symbol for symbol in self.symbols}
        for name in given:
            if name not in known:
                raise ParameterError(f"{self.name}: there is no symbol '{name}'", hint=_did_you_mean(name, known))
        missing = [name for name, symbol in known.items() if name not in given and symbol.default is None]
        if missing:
            wanted = ", ".join(f"{name} ({known[name].range})" for name in missing)
            raise ParameterError(f"{self.name}: expected a value for {wanted}; found none")
        values = {name: self._value(known[name], given.get(name, known[name].default)) for name in known}
        for condition in self.requires:
            names = condition.holds.__code__.co_varnames[: condition.holds.__code__.co_argcount]
            if not condition.holds(*(values[name] for name in names)):
                found = ", ".join(f"{name} = {values[name]:g}" for name in names)
                raise ParameterError(f"{self.name}: expected {condition.words}; found {found}")
        return values

    def _value(self, symbol: Symbol, value: object) -> float:
        where = f"{self.name}: {symbol.name}"
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise ParameterError(f"{where}: expected {symbol.range}, found {value!r}")
        number = float(value)
        if not math.isfinite(number):
            raise ParameterError(f"{where}: expected {symbol.range}, found {number}, which is no finite number")
        if not symbol.holds(number):
            raise ParameterError(f"{where}: expected {symbol.range}, found {number:g}")
        return int(number) if symbol.kind == "whole" else number


def _did_you_mean(name: str, names: Mapping[str, object]) -> str:
    close = get_close_matches(name.casefold(), list(names), 1, 0.5)
    return f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(names)}"


# The module of each theorem, so that naming them all imports none.
_MODULES: dict[str, tuple[str, ...]] = {
    "alternating_offers": ("rubinstein", "rubinstein_rates", "rubinstein_breakdown", "finite_bargaining"),
    "ultimatum": ("ultimatum_known", "ultimatum_uniform", "ultimatum_logit"),
    "crisis_bargaining": ("crisis_bargaining_uniform", "crisis_bargaining_exponential"),
    "power_shift": ("power_shift",),
    "audience_costs": ("audience_costs",),
    "reassurance": ("reassurance", "reassurance_signal", "reassurance_belief"),
    "chicken": ("chicken", "chicken_logit"),
    "two_level": ("ratification_uniform", "veto_players", "setter"),
    "bargaining_points": ("bargaining_points", "logrolling"),
    "double_auction": ("double_auction",),
    "attrition": ("attrition_complete", "attrition_uniform", "attrition_exponential"),
    "deterrence": ("deterrence_logit", "deterrence_probit"),
    "two_by_two": ("two_by_two_logit", "two_by_two_nash"),
    "brinkmanship": ("brinkmanship_critical_risk", "autonomous_risk", "disaster_attrition"),
    "hazards": ("competing_hazards", "piecewise_hazard", "self_exciting"),
    "repeated_cooperation": ("grim_trigger", "detection", "undetected_cheating", "false_alarm"),
    "chain_store": ("chain_store",),
    "crisis_signalling": ("crisis_signalling",),
    "two_period_screening": ("two_period_screening",),
    "group_bargaining": ("group_bargaining_majority", "group_bargaining_unanimity"),
    "concession_tactics": ("concession_tactics",),
    "inspection": ("inspection",),
    "bayesian_signals": ("bayesian_signals",),
    "expectation_gap": ("expectation_gap",),
    "absorbing_chain": ("absorbing_chain",),
    "zeuthen": ("zeuthen",),
    "global_game": ("global_game",),
}  # fmt: skip


class _Registry(Mapping[str, Theorem]):
    """Theorems by name; a module is imported when one of its theorems is first asked for."""

    def __init__(self, modules: Mapping[str, tuple[str, ...]]):
        self._module = {name: module for module, names in modules.items() for name in names}

    def __getitem__(self, name: str) -> Theorem:
        module = importlib.import_module(f"{__package__}.{self._module[name]}")
        return next(theorem for theorem in module.THEOREMS if theorem.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._module)

    def __len__(self) -> int:
        return len(self._module)


_REGISTRY = _Registry(_MODULES)


def theorems() -> Mapping[str, Theorem]:
    """All theorems by name, in the order in which a course would take them."""
    return _REGISTRY


def theorem(name: str) -> Theorem:
    """The theorem of a name; `ParameterError` with the nearest name where there is none."""
    if name not in _REGISTRY:
        raise ParameterError(
            f"there is no theorem '{name}'", hint=_did_you_mean(name, MappingProxyType(_REGISTRY._module))
        )
    return _REGISTRY[name]
