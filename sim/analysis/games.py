"""What histories of a game came to: payoffs, numbers named, options taken, length, measures beside theory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.estimates import Z95, Columns, Share, share
from sim.analysis.game_names import GameNames, names_whom, stands_alone

if TYPE_CHECKING:
    from sim.experiments.verification import Check
    from sim.model.spec.game import Game
    from sim.model.spec.scenario import ScenarioSpec

MOST_VALUES = 30  # different values up to which each has a bar of its own
BY_ALGORITHM = "of the game as it is solved by algorithm for how players play here, not by a theorem"
FEW_HISTORIES = "too few histories to tell; what is rare may not have come yet"
BINS = 30  # bars of what has more


@dataclass(frozen=True)
class Bars:
    """How often values were met: middle and width of each bar, and the share of histories in it."""

    middles: Sequence[float]
    widths: Sequence[float]
    shares: Sequence[float]


@dataclass(frozen=True)
class Spread:
    """A number over the histories in which it is known: mean with standard error, quartiles."""

    name: str
    label: str
    count: int  # histories in which it is known
    mean: float
    standard_error: float
    q25: float
    median: float
    q75: float
    low: float  # the least
    high: float  # the most
    bars: Bars

    @property
    def interval(self) -> tuple[float, float]:
        """95 % normal interval of the mean."""
        return self.mean - Z95 * self.standard_error, self.mean + Z95 * self.standard_error

    @property
    def is_constant(self) -> bool:
        """Whether it never varied."""
        return self.high - self.low <= 1e-9 * max(1.0, abs(self.high))


@dataclass(frozen=True)
class Choice:
    """Shares of the options taken at a move, among the histories in which it was made; the last time where it was repeated."""

    name: str
    label: str
    made: int
    options: Sequence[tuple[str, str, Share]]  # id, label, share


@dataclass(frozen=True)
class Unfinished:
    """Histories in which the game did not come to its end."""

    most_moves: int  # after which it stops
    stopped: Share  # by them
    going_on: Share  # at the horizon


@dataclass(frozen=True)
class GameSummary:
    """A run's histories of a game, summed up."""

    alone: bool  # whether the scenario is nothing but the game
    payoffs: Sequence[Spread]
    numbers: Sequence[Spread]
    choices: Sequence[Choice]
    lengths: Sequence[Spread]  # periods if any pass; moves if their number varies
    checks: Sequence[Check]  # measures beside their exact values
    repeated: bool  # whether a move is made more than once
    unfinished: Unfinished | None = None  # where some history was; none also where the rows do not tell
    by_algorithm: bool = False  # whether what is exact is of the game as an algorithm solves it, for instance for logit players

    @property
    def passes(self) -> bool:
        """Whether time passes in it."""
        return any(item.name == "periods" for item in self.lengths)


def game_summary(spec: ScenarioSpec, scenario: Mapping[str, Any], results: Columns) -> GameSummary | None:
    """What the rows say of the game, and of measures of theory; none for a scenario without either.

    Parameters
    ----------
    scenario : the completed form of ``spec``.
    results : equally long columns, one row a history.
    """
    checks, by_algorithm = _checks(spec, scenario, results)
    if spec.game is None or not spec.game.enabled or "game:moves" not in results:
        return GameSummary(False, (), (), (), (), checks, repeated=False) if checks else None
    names = GameNames(spec)
    numbers = [name for name, move in spec.game.moves.items() if move.kind in ("number", "division")]
    lengths = [spread("periods", "periods", results["game:periods"]), spread("moves", "moves", results["game:moves"])]
    return GameSummary(
        alone=stands_alone(spec),
        payoffs=[spread(name, _payoff(names, name), results[f"payoff:{name}"]) for name in spec.game.players],
        numbers=[
            item for item in (spread(name, _of_move(names, name), results[f"move:{name}"]) for name in numbers) if item.count
        ],
        choices=[item for name in spec.game.moves for item in _choices(names, name, results) if item.made],
        lengths=[item for item in lengths if item.high > 0.0 and (item.name == "periods" or not item.is_constant)],
        checks=checks,
        repeated=leads_back(spec.game),
        unfinished=unfinished(spec.game.most_moves, results),
        by_algorithm=by_algorithm,
    )


def unfinished(most_moves: int, results: Columns) -> Unfinished | None:
    """How often the game did not come to its end; none where it always did, and for rows of an earlier version."""
    if "game:over" not in results:
        return None
    is_open = np.asarray(results["game:over"]) == 0.0
    if not is_open.any():
        return None
    full = np.asarray(results["game:moves"]) >= most_moves
    counts = (int((is_open & full).sum()), int((is_open & ~full).sum()))
    return Unfinished(most_moves, *(share(count, len(is_open)) for count in counts))


def leads_back(game: Game) -> bool:
    """Whether some move may be made more than once."""
    following = {name: _following(move.model_dump()) for name, move in game.moves.items()}
    for name in following:
        reached, waiting = set(), list(following[name])
        while waiting:
            other = waiting.pop()
            if other == name:
                return True
            if other not in reached:
                reached.add(other)
                waiting += following.get(other, ())
    return False


def _following(part: Any) -> list[str]:
    """The moves that `then` names anywhere in a move."""
    if not isinstance(part, dict):
        return []
    here = [part["then"]] if isinstance(part.get("then"), str) else []
    return here + [name for item in part.values() for name in _following(item)]


def spread(name: str, label: str, values: Any) -> Spread:
    """A column summed up over its finite values."""
    found = np.asarray(values, dtype=float)
    found = found[np.isfinite(found)]
    if not len(found):
        return Spread(name, label, 0, *(7 * [math.nan]), Bars((), (), ()))
    low, high = float(found.min()), float(found.max())
    error = float(found.std(ddof=1)) / math.sqrt(len(found)) if len(found) > 1 and high > low else 0.0
    q25, median, q75 = (float(x) for x in np.quantile(found, [0.25, 0.5, 0.75]))
    return Spread(name, label, len(found), float(found.mean()), error, q25, median, q75, low, high, bars_of(found))


def bars_of(values: np.ndarray) -> Bars:
    """Bars for finite values: one each where they are few, else of equal width."""
    different, counts = np.unique(np.round(values, 9), return_counts=True)
    if len(different) <= MOST_VALUES:
        gap = float(np.diff(different).min()) if len(different) > 1 else max(0.05, 0.05 * abs(float(different[0])))
        gap = max(gap, 0.01 * float(np.ptp(different)))
        return Bars([float(x) for x in different], [0.5 * gap] * len(different), [float(n) / len(values) for n in counts])
    counts, edges = np.histogram(values, BINS)
    middles = [float(x) for x in (edges[1:] + edges[:-1]) / 2.0]
    return Bars(middles, [float(x) for x in np.diff(edges)], [float(n) / len(values) for n in counts])


def _payoff(names: GameNames, player: str) -> str:
    return names.player(player) + (" (first member)" if names.members(player) else "")


def _of_move(names: GameNames, move: str) -> str:
    """A move with who makes it, where its label does not say so."""
    label, by = names.move(move), getattr(names.game.moves[move], "by", None)
    if not isinstance(by, str) or names_whom(label, names.player(by)):
        return label
    who = names.player(by)
    return f"{label}: {who}" if "(" in who else f"{label} ({who})"


def _choices(names: GameNames, move: str, results: Columns) -> list[Choice]:
    """The choices made at a move: one, or one of each of the players who move at once."""
    spec: Any = names.game.moves[move]
    if spec.kind == "simultaneous":
        return [
            _choice(names, move, f"{move}.{player}", f"{names.move(move)}: {names.player(player)}", spec.options[player], results)
            for player in spec.by
        ]
    options = ("passes", "fails") if spec.kind in ("vote", "division") else tuple(getattr(spec, "options", ()))
    label = f"{names.move(move)} (by chance)" if spec.kind == "chance" else _of_move(names, move)
    return [_choice(names, move, move, label, options, results)] if options else []


def _choice(
    names: GameNames, move: str, column: str, label: str, options: Sequence[str], results: Columns
) -> Choice:
    taken = np.asarray(results[f"option:{column}"])
    made = int(np.count_nonzero(taken != ""))
    shares = [(name, names.option(move, name), share(int(np.count_nonzero(taken == name)), made)) for name in options]
    return Choice(column, label, made, shares)


def _checks(spec: ScenarioSpec, scenario: Mapping[str, Any], results: Columns) -> tuple[list[Check], bool]:
    """Measures beside theory, and whether their exact values are those of the game as an algorithm solves it.

    None where inputs are drawn, for then each history has exact values of its own.
    """
    if spec.theory is None or not spec.theory.measures:
        return [], False
    from sim.experiments.verification import checks_of
    from sim.model.compile import compile_case

    case = compile_case(scenario)
    if case.inputs or case.shares:
        return [], False
    names = [name for name in spec.theory.measures if f"measure:{name}" in results]
    return checks_of(case, {name: np.asarray(results[f"measure:{name}"], dtype=float) for name in names}), case.is_solved


def apart(check: Check) -> str:
    """How far a measure is from its exact value, in standard errors, or a word for what is no number."""
    if check.counted == 0:
        return "-"
    if check.few:
        return "few"
    if check.standard_error == 0.0:
        return "0" if check.holds else "differs"
    return f"{check.apart:.1f}"
