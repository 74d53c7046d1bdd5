"""Which algorithm solves which normal-form game, and what its answer is worth; in this process, without a time limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sim.errors import ParameterError
from sim.games.dominance import eliminate
from sim.games.equilibrium import Equilibrium, Mixture, Solutions
from sim.games.normal_form import NormalForm, Profile, constant_sum, expected_payoffs
from sim.games.solvers import extreme_points, gambit, lemke_howson, logit_limit, pure, supports, zero_sum
from sim.games.verify import TOLERANCE, absolute_tolerance, normalised, verify


@dataclass(frozen=True)
class Found:
    """What a method hands over before it is verified."""

    profiles: Sequence[Profile]
    name: str
    is_complete: bool
    is_degenerate: bool | None
    components: tuple[tuple[int, ...], ...] = ()
    notes: tuple[str, ...] = ()
    sought: str = "equilibrium"


def solve_here(game: NormalForm, method: str = "auto", tolerance: float = TOLERANCE) -> Solutions:
    """The equilibria that the method finds, verified.

    Raises
    ------
    ParameterError
        No such method, a game that it does not take, or a bad tolerance.
    UsageError
        The method needs a package that is not there.
    """
    largest = absolute_tolerance(game.span, tolerance)
    small, active = without_idle(game)
    chosen = choose(small) if method == "auto" else method
    if chosen not in METHODS:
        raise ParameterError(
            f"method: expected auto or one of {', '.join(METHODS)}, found '{method}'{_nearest(method)}"
        )
    found = METHODS[chosen if len(active) > 1 else "pure"](small)  # a single player only chooses
    checked = verify(small, found.profiles, tolerance)
    components = _renumbered(found, checked.profiles)
    is_degenerate = True if found.is_degenerate is False and checked.has_ties else found.is_degenerate
    total = constant_sum(game) if game.num_players == 2 else None
    value = checked.equilibria[0].payoffs[0] if total is not None and checked.equilibria and len(active) == 2 else None
    return Solutions(
        equilibria=tuple(_with_idle(game, one, active) for one in checked.equilibria),
        method=found.name,
        is_complete=found.is_complete and not checked.dropped,
        is_degenerate=is_degenerate,
        tolerance=largest,
        components=components,
        near_ties=checked.near_ties,
        dropped=checked.dropped,
        sought=found.sought,
        value=value,
        notes=found.notes,
    )


def choose(game: NormalForm) -> str:
    """The method that ``auto`` stands for: the one with the strongest guarantee that takes a game of this size."""
    if game.num_players == 1:
        return "pure"
    if extreme_points.fits(game):
        return "enumeration"
    if game.num_players == 2 and constant_sum(game) is not None:
        return "zero sum"
    if game.num_players > 2 and supports.fits(game):
        return "supports"
    return "several"


def is_quick(game: NormalForm, method: str) -> bool:
    """Whether the method ends in a small part of a second on any game of this size, so that no process is started for it."""
    small, _ = without_idle(game)
    chosen = choose(small) if method == "auto" else method
    if chosen in ("pure", "zero sum"):
        return True
    return chosen in ("enumeration", "supports") and is_quick_size(small.shape)


def is_quick_size(shape: Sequence[int]) -> bool:
    """Whether all equilibria of any game with so many strategies of each player are found in a small part of a second."""
    active = [size for size in shape if size > 1]
    return len(active) < 2 or (sum(active) <= 14 if len(active) == 2 else sum(active) - len(active) <= 4)


def without_idle(game: NormalForm) -> tuple[NormalForm, tuple[int, ...]]:
    """The game among those who have a choice (the first player where nobody has), and their numbers."""
    active = tuple(i for i, size in enumerate(game.shape) if size > 1) or (0,)
    if len(active) == game.num_players:
        return game, active
    table = game.payoffs[list(active)]
    table = table.reshape(len(active), *(game.shape[i] for i in active))
    return NormalForm(
        tuple(game.players[i] for i in active), tuple(game.strategies[i] for i in active), table, game.title
    ), active


def _with_idle(game: NormalForm, one: Equilibrium, active: tuple[int, ...]) -> Equilibrium:
    if len(active) == game.num_players:
        return one
    mixtures = dict(zip(active, one.profile, strict=True))
    regrets = dict(zip(active, one.regrets, strict=True))
    profile = tuple(
        mixtures.get(i, Mixture(game.players[i], game.strategies[i], (1.0,))) for i in range(game.num_players)
    )
    payoffs = expected_payoffs(game, [mixture.probabilities for mixture in profile])
    return Equilibrium(
        game.players,
        profile,
        tuple(map(float, payoffs)),
        tuple(regrets.get(i, 0.0) for i in range(game.num_players)),
        one.kind,
    )


def _renumbered(found: Found, kept: Sequence[Profile]) -> tuple[tuple[int, ...], ...]:
    """Components in the order of the verified list."""
    places = {profile: k for k, profile in enumerate(kept)}
    whole = [[places.get(_normalised(found.profiles[k])) for k in one] for one in found.components]
    return tuple(
        sorted(tuple(sorted(k for k in one if k is not None)) for one in whole if any(k is not None for k in one))
    )


def _normalised(profile: Profile) -> Profile:
    """As ``verify`` leaves it."""
    return tuple(tuple(map(float, normalised(one))) for one in profile)


def _nearest(method: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(method, [*METHODS, "auto"], 1)
    return f"; did you mean '{near[0]}'?" if near else ""


# --- the methods ---


def _pure(game: NormalForm) -> Found:
    profiles = pure.pure_equilibria(game)
    alone = game.num_players == 1
    notes = (
        ()
        if profiles or alone
        else ("That is a normal answer: every finite game has an equilibrium, but it may need mixing.",)
    )
    return Found(
        profiles, pure.NAME, True, len(profiles) > 1 if alone else None,
        components=(tuple(range(len(profiles))),) if alone else (),
        notes=notes if alone else (*notes, "Only equilibria in pure strategies were looked for; there may be mixed ones."),
        sought="equilibrium" if alone else "pure equilibrium",
    )  # fmt: skip


def _enumeration(game: NormalForm) -> Found:
    found = extreme_points.extreme_equilibria(game)
    return Found(found.profiles, extreme_points.NAME, True, found.is_degenerate, found.components)


def _supports(game: NormalForm) -> Found:
    found = supports.support_equilibria(game)
    told = ["{" + "} x {".join(", ".join(one) for one in used) + "}" for used in found.unsettled]
    notes = [f"Supports {'; '.join(told[:4])}{' and others' if len(told) > 4 else ''} hold a continuum of equilibria or a singular one; "
             "up to two points of each are listed."] if told else []  # fmt: skip
    return Found(found.profiles, supports.NAME, not told, bool(told), notes=tuple(notes))


def _zero_sum(game: NormalForm) -> Found:
    profile, _ = zero_sum.optimal_strategies(game)
    note = "All equilibria of a zero-sum game have the same value and may be mixed with one another; one of them is listed."
    return Found([profile], zero_sum.NAME, False, None, notes=(note,))


def _lemke_howson(game: NormalForm) -> Found:
    profiles, notes = lemke_howson.path_equilibria(game)
    return Found(profiles, lemke_howson.NAME, False, None, notes=notes)


def _logit_limit(game: NormalForm) -> Found:
    return Found([logit_limit.limit_equilibrium(game)], logit_limit.NAME, False, None, notes=(logit_limit.SELECTION,))


def _gambit(game: NormalForm) -> Found:
    profiles = gambit.equilibria(game)
    two = game.num_players == 2
    return Found(profiles, f"{gambit.NAME} {gambit.version()}", two, None)


def _several(game: NormalForm) -> Found:
    """Large games: dominated strategies go; what is left is small enough, or pure equilibria and one mixed are sought."""
    steps = eliminate(game)
    small = steps.game
    gone = (
        (f"{len(steps.steps)} strictly dominated strategies were left out first; no equilibrium uses them.",)
        if steps.steps
        else ()
    )
    if steps.steps and choose(without_idle(small)[0]) != "several":
        part, active = without_idle(small)
        found = METHODS[choose(part)](part)
        whole = [_grown(game, small, profile, active) for profile in found.profiles]
        return replace(found, profiles=whole, notes=(*found.notes, *gone))
    profiles = list(pure.pure_equilibria(small))
    notes = list(gone)
    try:
        profiles.append(logit_limit.limit_equilibrium(small))
        notes.append(
            "Pure equilibria are all listed; of the others only the limit of the principal logit branch was looked for."
        )
    except ParameterError as error:
        notes.append(f"Pure equilibria are all listed; no mixed one was found: {error}.")
    everyone = tuple(range(game.num_players))
    whole = [_grown(game, small, profile, everyone) for profile in profiles]
    return Found(whole, f"{pure.NAME} and {logit_limit.NAME}", False, None, notes=tuple(notes))


def _grown(game: NormalForm, small: NormalForm, profile: Profile, active: Sequence[int]) -> Profile:
    """A profile of the game with fewer strategies and players as one of the whole game."""
    of = dict(zip(active, profile, strict=True))
    whole = []
    for i in range(game.num_players):
        weights = dict(zip(small.strategies[i], of.get(i, (1.0,)), strict=True))
        whole.append(tuple(weights.get(name, 0.0) for name in game.strategies[i]))
    return tuple(whole)


METHODS: dict[str, Callable[[NormalForm], Found]] = {
    "pure": _pure,
    "enumeration": _enumeration,
    "supports": _supports,
    "zero sum": _zero_sum,
    "lemke-howson": _lemke_howson,
    "logit limit": _logit_limit,
    "several": _several,
    "gambit": _gambit,
}
