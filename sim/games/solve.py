"""What the layers above call: the equilibria of a game in either form, and its logit equilibrium at a precision.

Small games are solved at once in this process, everything else, and whatever goes through another library, in a child process
with a time limit. Every answer is verified by its regret and says whether it is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

import numpy as np

from sim.errors import ParameterError
from sim.games import behaviour as of_trees
from sim.games import methods, normal_form
from sim.games.child import DEFAULT_LIMIT, run_limited
from sim.games.equilibrium import Equilibrium, LogitEquilibrium, Mixture, Solutions, without_noise
from sim.games.extensive_form import ExtensiveForm, recall_fault
from sim.games.normal_form import NormalForm
from sim.games.reduction import behaviour_of, reduced_normal_form
from sim.games.solvers import backward_induction, gambit, logit_agent, logit_normal, sequence_form, subgame_perfection
from sim.games.solvers.logit_branch import follow, softmax_logs
from sim.games.verify import NEAR, TOLERANCE, absolute_tolerance

TREE_METHODS = ("backward induction", "subgame perfect", "sequence form", "normal form")
LIBRARIES = ("gambit", "lemke-howson")
QUICK_TREE = 60  # nodes up to which a tree is solved in this process
_SMALL_CURVE = 24  # options up to which a branch is followed in this process


def solve_normal_form(
    game: NormalForm, method: str = "auto", limit: float = DEFAULT_LIMIT, tolerance: float = TOLERANCE
) -> Solutions:
    """The equilibria of a normal-form game.

    Parameters
    ----------
    method : str
        ``auto``, or one of `sim.games.methods.METHODS`.
    limit : float
        Seconds, where a child process solves.
    tolerance : float
        Largest regret of an equilibrium, as a share of the span of the payoffs.

    Raises
    ------
    ParameterError
        A method that does not exist or does not take this game.
    EngineError
        The limit was reached, or the solver crashed.
    UsageError
        The method needs a package that is not there.
    """
    if method not in LIBRARIES and (method not in (*methods.METHODS, "auto") or methods.is_quick(game, method)):
        return methods.solve_here(game, method, tolerance)
    size = " x ".join(map(str, game.shape))
    return run_limited(
        "sim.games.methods:solve_here",
        game,
        method,
        tolerance,
        limit=limit,
        what=f"method '{method}' on {size} strategies",
    )


def solve_extensive_form(
    game: ExtensiveForm, method: str = "auto", limit: float = DEFAULT_LIMIT, tolerance: float = TOLERANCE
) -> Solutions:
    """The equilibria of a tree, as behaviours.

    ``auto`` is backward induction with perfect information, the sequence form where two players' payoffs add up to the same
    everywhere and the normal form would be large, and otherwise subgame by subgame. ``normal form`` gives all Nash equilibria
    of the reduced normal form, those that rest on empty threats among them.

    Raises as `solve_normal_form` does.
    """
    known = ("auto", *TREE_METHODS)
    if method not in known:
        near = get_close_matches(method, known, 1)
        raise ParameterError(
            f"method: expected one of {', '.join(known)}, found '{method}'"
            + (f"; did you mean '{near[0]}'?" if near else "")
        )
    if (
        len(game.nodes) <= QUICK_TREE
        or method == "backward induction"
        or (method == "auto" and game.has_perfect_information)
    ):
        return solve_tree_here(game, method, tolerance)
    return run_limited(
        "sim.games.solve:solve_tree_here",
        game,
        method,
        tolerance,
        limit=limit,
        what=f"method '{method}' on {len(game.nodes)} nodes",
    )


def solve_tree_here(game: ExtensiveForm, method: str = "auto", tolerance: float = TOLERANCE) -> Solutions:
    """`solve_extensive_form` in this process, without a limit."""
    chosen = _choose(game) if method == "auto" else method
    if chosen == "backward induction":
        return _by_induction(game, tolerance)
    if chosen == "sequence form":
        return _by_sequences(game, tolerance)
    if chosen == "normal form":
        return _by_normal_form(game, tolerance)
    return _by_subgames(game, tolerance)


def is_quick_tree(game: ExtensiveForm) -> bool:
    """Whether ``auto`` ends in a small part of a second on any tree of this size."""
    if len(game.nodes) > QUICK_TREE:
        return False
    chosen = _choose(game)
    if chosen != "subgame perfect":
        return chosen != "normal form"
    sizes = subgame_perfection.largest_stages(game)
    return all(methods.is_quick_size(shape) for shape in sizes)


def _choose(game: ExtensiveForm) -> str:
    if game.has_perfect_information:
        return "backward induction"
    if recall_fault(game):
        return "normal form"
    if sequence_form.is_zero_sum(game):
        try:
            table, _ = reduced_normal_form(game)
        except ParameterError:
            return "sequence form"
        small, _ = methods.without_idle(table)
        if methods.choose(small) != "enumeration" or not methods.is_quick(small, "enumeration"):
            return "sequence form"
    return "subgame perfect"


def _by_induction(game: ExtensiveForm, tolerance: float) -> Solutions:
    found = backward_induction.induce(game)
    behaviours = [
        {one.label: tuple(float(k == choice[one.label]) for k in range(len(one.actions))) for one in game.info_sets}
        for choice in found.solutions
    ]
    note = "Where options tie, mixing them gives further ones; those listed take one each time." if found.ties else ""
    if not found.is_complete:
        note += f" Only the first {backward_induction.MOST} are listed."
    return _verified(
        game, behaviours, tolerance, method=backward_induction.NAME, is_complete=found.is_complete, is_degenerate=bool(found.ties),
        sought="pure subgame-perfect equilibrium" if found.ties else "subgame-perfect equilibrium",
        near_ties=found.ties, notes=(note.strip(),) if note else (), in_subgames=True,
    )  # fmt: skip


def _by_subgames(game: ExtensiveForm, tolerance: float) -> Solutions:
    found = subgame_perfection.subgame_perfect(game, lambda table: methods.solve_here(table, "auto", tolerance))
    return _verified(
        game, found.behaviours, tolerance, method=subgame_perfection.NAME, is_complete=found.is_complete,
        is_degenerate=found.is_degenerate, sought="subgame-perfect equilibrium", components=found.components, notes=found.notes,
        in_subgames=True,
    )  # fmt: skip


def _by_sequences(game: ExtensiveForm, tolerance: float) -> Solutions:
    behaviour, value = sequence_form.optimal_behaviour(game)
    notes = (
        "All equilibria of a zero-sum game have the same value; one of them is listed.",
        "Where a player's own moves keep it from an information set, nothing follows about it, and a best reply is shown.",
    )
    return _verified(
        game,
        [behaviour],
        tolerance,
        method=sequence_form.NAME,
        is_complete=False,
        is_degenerate=None,
        value=value,
        notes=notes,
    )


def _by_normal_form(game: ExtensiveForm, tolerance: float) -> Solutions:
    table, plans = reduced_normal_form(game)
    answer = methods.solve_here(table, "auto", tolerance)
    if fault := recall_fault(game):
        note = (
            f"Strategies are those of the normal form, since {fault}; they need not be behaviours at information sets."
        )
        return replace(answer, notes=(*answer.notes, note))
    behaviours = [behaviour_of(game, [m.probabilities for m in one.profile], plans) for one in answer.equilibria]
    note = "Nash equilibria of the reduced normal form, also such as rest on threats that nobody would carry out."
    return _verified(
        game, behaviours, tolerance, method=f"reduced normal form, {answer.method}", is_complete=answer.is_complete,
        is_degenerate=answer.is_degenerate, value=answer.value, components=answer.components, notes=(*answer.notes, note),
    )  # fmt: skip


def _verified(
    game: ExtensiveForm,
    behaviours: Sequence[Mapping[str, Sequence[float]]],
    tolerance: float,
    *,
    method: str,
    is_complete: bool,
    is_degenerate: bool | None,
    sought: str = "equilibrium",
    value: float | None = None,
    components: Sequence[Sequence[int]] = (),
    near_ties: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    in_subgames: bool = False,
) -> Solutions:
    """Behaviours whose regret, in the game or in each of its subgames, is within the tolerance; each once."""
    largest = absolute_tolerance(game.span, tolerance)
    kept: list[Equilibrium] = []
    places: dict[int, int] = {}  # of a behaviour among those that are kept
    dropped = 0
    for number, one in enumerate(behaviours):
        regrets = of_trees.regrets(game, one)
        worst = of_trees.subgame_regret(game, one) if in_subgames else float(regrets.max())
        if worst > largest:
            dropped += 1
            continue
        profile = _mixtures(game, one)
        places[number] = next((k for k, other in enumerate(kept) if _same(profile, other.profile)), len(kept))
        if places[number] < len(kept):
            continue
        payoffs = tuple(without_noise(float(value), game.largest) for value in of_trees.expected_payoffs(game, one))
        is_pure = all(max(mixture.probabilities) == 1.0 for mixture in profile)
        kept.append(
            Equilibrium(game.players, profile, payoffs, tuple(map(float, regrets)), "pure" if is_pure else "behaviour")
        )
    near = tuple(
        told
        for number, one in enumerate(kept, start=1)
        for told in _tree_ties(game, one, number, largest, with_unreached=in_subgames, with_exact=not near_ties)
    )
    if value is None and kept and sequence_form.is_zero_sum(game):
        value = kept[0].payoffs[0]
    leaves_open = any(
        of_trees.open_sets(game, {mixture.at: mixture.probabilities for mixture in one.profile}, in_subgames=in_subgames)
        for one in kept
    )
    return Solutions(
        equilibria=tuple(kept), method=method, is_complete=is_complete and not dropped, is_degenerate=is_degenerate, tolerance=largest,
        components=_joined(components, places), near_ties=(*near_ties, *near), dropped=dropped, sought=sought, value=value, notes=notes,
        leaves_open=leaves_open, in_subgames=in_subgames,
    )  # fmt: skip


def _joined(components: Sequence[Sequence[int]], places: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    """Components by the places of what was kept; those that share one are one."""
    found: list[set[int]] = []
    for one in components:
        here = {places[k] for k in one if k in places}
        near = [other for other in found if other & here]
        found = [other for other in found if other not in near]
        if here:
            found.append(here.union(*near))
    return tuple(sorted(tuple(sorted(one)) for one in found))


def _tree_ties(
    game: ExtensiveForm, one: Equilibrium, number: int, largest: float, *, with_unreached: bool, with_exact: bool
) -> Iterator[str]:
    """Unused actions that bring nearly as much as the best at information sets to which play comes.

    Those to which it does not come count where everybody knows where he is (``with_unreached``): elsewhere beliefs would be a guess.
    """
    if not one.profile:  # nobody decides
        return
    behaviour = {mixture.at: mixture.probabilities for mixture in one.profile}
    reach = of_trees.reach_of_sets(game, behaviour)
    flat = np.concatenate([mixture.probabilities for mixture in one.profile])
    with np.errstate(divide="ignore"):
        logs = np.maximum(np.log(flat), -1e4)
    values = logit_agent.action_values(game, 1.0)(logs[None])[0]
    start = 0
    for info_set, mixture in zip(game.info_sets, one.profile, strict=True):
        worth = values[start : start + len(mixture.options)]
        start += len(mixture.options)
        if reach[info_set.label] < 1e-9 and not (with_unreached and len(info_set.nodes) == 1):
            continue
        for label, probability, short in zip(mixture.options, mixture.probabilities, worth.max() - worth, strict=True):
            if probability > 1e-7 or short > NEAR * game.span:
                continue
            if short > largest:
                yield f"In equilibrium {number} {label} falls only {short:.3g} short for {mixture.player} at {mixture.at}: a near tie."
            elif with_exact:
                yield f"In equilibrium {number} {mixture.player} could use {label} at {mixture.at} as well: it is exactly as good."


def _mixtures(game: ExtensiveForm, behaviour: Mapping[str, Sequence[float]]) -> tuple[Mixture, ...]:
    return tuple(
        Mixture(game.players[one.player], one.actions, tuple(map(float, behaviour[one.label])), one.label)
        for one in game.info_sets
    )


def _same(first: Sequence[Mixture], second: Sequence[Mixture]) -> bool:
    return all(
        np.allclose(a.probabilities, b.probabilities, atol=1e-7, rtol=0.0) for a, b in zip(first, second, strict=True)
    )


# --- quantal response ---


def logit_equilibrium(
    game: NormalForm | ExtensiveForm, precision: float, method: str = "auto", limit: float = DEFAULT_LIMIT
) -> LogitEquilibrium:
    """The logit equilibrium on the principal branch at a precision (per unit of payoff); of a tree, that of its agent form.

    ``method`` is ``auto`` or ``gambit``.

    Raises
    ------
    ParameterError
        A precision that is negative or not finite, a branch that cannot be followed so far, or no such method.
    EngineError, UsageError
        As for `solve_normal_form`.
    """
    if method not in ("auto", "gambit"):
        raise ParameterError(f"method: expected auto or gambit, found '{method}'")
    if not (np.isfinite(precision) and precision >= 0.0):
        raise ParameterError(f"precision: expected a finite number of at least 0, found {precision}")
    size = sum(game.shape) if isinstance(game, NormalForm) else sum(len(one.actions) for one in game.info_sets)
    if method == "auto" and size <= _SMALL_CURVE:
        return logit_here(game, precision, method)
    return run_limited(
        "sim.games.solve:logit_here", game, precision, method, limit=limit, what=f"the logit branch of {size} options"
    )


def logit_here(game: NormalForm | ExtensiveForm, precision: float, method: str = "auto") -> LogitEquilibrium:
    """`logit_equilibrium` in this process, without a limit."""
    is_tree = isinstance(game, ExtensiveForm)
    sizes = [len(one.actions) for one in game.info_sets] if is_tree else list(game.shape)
    unit = game.span
    values = logit_agent.action_values(game, unit) if is_tree else logit_normal.strategy_values(game, unit)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int).tolist()
    name = logit_agent.NAME if is_tree else logit_normal.NAME
    if method == "gambit":
        name = f"{gambit.NAME} {gambit.version()}, {name}"
        if is_tree:
            answer = gambit.agent_logit(game, precision)
            parts = [answer[one.label] for one in game.info_sets]
        else:
            parts = list(gambit.logit(game, precision))
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(np.concatenate(parts)), -1e4)
    else:
        logs = follow(values, sizes, precision=precision * unit).logs if sizes else np.zeros(0)
    response = np.exp(softmax_logs(precision * unit * values(logs[None]), starts))[0]
    residual = float(np.abs(np.exp(logs) - response).max(initial=0.0))
    chances = [np.exp(logs[a:b]) for a, b in zip(starts[:-1], starts[1:], strict=True)]
    chances = [one / one.sum() for one in chances]
    if isinstance(game, NormalForm):
        profile = tuple(
            Mixture(player, labels, tuple(map(float, one)))
            for player, labels, one in zip(game.players, game.strategies, chances, strict=True)
        )
        payoffs, regrets = normal_form.expected_payoffs(game, chances), normal_form.regrets(game, chances)
    else:
        behaviour = {one.label: tuple(map(float, p)) for one, p in zip(game.info_sets, chances, strict=True)}
        profile = _mixtures(game, behaviour)
        payoffs, regrets = of_trees.expected_payoffs(game, behaviour), of_trees.regrets(game, behaviour)
    told = tuple(without_noise(float(value), game.largest) for value in payoffs)
    return LogitEquilibrium(game.players, precision, profile, told, tuple(map(float, regrets)), residual, name)
