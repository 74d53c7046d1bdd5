"""Records of what solvers find, and the sentences that say how far to trust it.

A list of equilibria alone misleads: whether it is complete, whether there is a continuum of which it shows the corners, and
how near other strategies come are part of the answer, and `Solutions.sentences` always says them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["pure", "mixed", "behaviour"]

NOISE = 2e-15  # share of the largest payoff below which a number is what rounding leaves of 0

_SHOWN = 5e-7  # probabilities below are left out of words
_OPEN = "replies that a player's own moves never call for, which may be any"
_TIES_SHOWN = 12  # sentences about ties; the record has all


def without_noise(value: float, scale: float) -> float:
    """The value, or 0 where it is no more than rounding leaves; ``scale`` is the largest number that it was made of."""
    return 0.0 if abs(value) <= NOISE * abs(scale) else value


@dataclass(frozen=True)
class Mixture:
    """A player's distribution over labelled options: all strategies, or the actions at one information set (``at``)."""

    player: str
    options: tuple[str, ...]
    probabilities: tuple[float, ...]
    at: str = ""

    def __str__(self) -> str:
        played = [(name, p) for name, p in zip(self.options, self.probabilities, strict=True) if p > _SHOWN]
        sure = len(played) == 1
        told = " or ".join(name if sure else f"{name} ({p:.6g})" for name, p in played)
        return f"{self.player}{f' at {self.at}' if self.at else ''}: {told}"


@dataclass(frozen=True)
class Equilibrium:
    """One profile from which nobody gains by deviating alone.

    Attributes
    ----------
    profile : tuple of Mixture
        One for each player (normal form) or for each information set (extensive form).
    payoffs : tuple of float
        Expected, one for each player.
    regrets : tuple of float
        What each player could still gain, computed from the payoffs of the game, not taken from the solver.
    kind : str
        ``pure``, ``mixed`` or ``behaviour`` (mixed, in a tree).
    """

    players: tuple[str, ...]
    profile: tuple[Mixture, ...]
    payoffs: tuple[float, ...]
    regrets: tuple[float, ...]
    kind: Kind

    @property
    def regret(self) -> float:
        """The largest of the players' regrets."""
        return max(self.regrets)

    @property
    def words(self) -> str:
        payoffs = ", ".join(f"{name} {value:.6g}" for name, value in zip(self.players, self.payoffs, strict=True))
        return f"{'; '.join(map(str, self.profile)) or 'Nobody chooses'}. Payoffs: {payoffs}."


@dataclass(frozen=True)
class Credibility:
    """What stands behind an equilibrium of a tree (`sim.games.credibility`).

    Attributes
    ----------
    is_subgame_perfect : bool
        It is an equilibrium in every subgame.
    is_perfect_bayesian : bool
        With some beliefs, which follow Bayes' rule where play comes, every reply is a best one (weak perfect Bayesian).
    is_intuitive : bool or None
        It passes the intuitive criterion; None where the game is no signalling game, or it is not perfect Bayesian anyway.
    beliefs : tuple of str
        Beliefs that would do where play does not come.
    free : tuple of str or None
        Replies that may vary each by itself, with how far; None where finding them would take too long.
    """

    is_subgame_perfect: bool
    is_perfect_bayesian: bool
    is_intuitive: bool | None
    why_not_subgame_perfect: str = ""
    why_not_bayesian: str = ""
    why_not_intuitive: str = ""
    beliefs: tuple[str, ...] = ()
    free: tuple[str, ...] | None = ()

    @property
    def is_sound(self) -> bool:
        """Whether there is nothing to tell but that it holds: no objection, no beliefs or replies that are open."""
        holds = self.is_subgame_perfect and self.is_perfect_bayesian and self.is_intuitive is not False
        return holds and not self.beliefs and self.free == ()

    def sentences(self) -> list[str]:
        """One for each question."""
        found = [
            f"Subgame perfect: {_yes(self.is_subgame_perfect, self.why_not_subgame_perfect)}.",
            f"Perfect Bayesian: {_yes(self.is_perfect_bayesian, self.why_not_bayesian)}"
            + (f", for instance with the belief of {'; of '.join(self.beliefs)}." if self.beliefs else "."),
        ]
        if self.is_intuitive is not None:
            found.append(f"Intuitive criterion: {'passed' if self.is_intuitive else f'failed, because {self.why_not_intuitive}'}.")
        if self.free is None:
            found.append("Whether replies may vary was not looked into: the tree is large.")
        elif self.free:
            found.append(f"Free, each by itself: {'; '.join(self.free)}.")
        return found


def _yes(holds: bool, why_not: str) -> str:
    return "yes" if holds else f"no, because {why_not}"


@dataclass(frozen=True)
class LogitEquilibrium:
    """A logit quantal response equilibrium: everybody answers everybody's errors with errors of the same precision.

    ``residual`` is the largest distance of a probability from the logit response to the profile. ``regrets`` are not zero: errors cost.
    ``method`` says how it was found; it lies on the principal branch, which starts where all options are equally likely.
    """

    players: tuple[str, ...]
    precision: float
    profile: tuple[Mixture, ...]
    payoffs: tuple[float, ...]
    regrets: tuple[float, ...]
    residual: float
    method: str

    def sentences(self) -> list[str]:
        payoffs = ", ".join(f"{name} {value:.6g}" for name, value in zip(self.players, self.payoffs, strict=True))
        return [
            f"Logit equilibrium at precision {self.precision:g} ({self.method}).",
            f"{'; '.join(map(str, self.profile))}. Payoffs: {payoffs}.",
            "It lies on the principal branch, followed from precision 0, where every option is equally likely. "
            "At this precision there may be others, which do not connect to that start.",
            f"Each probability is within {self.residual:.1e} of the logit response.",
        ]


@dataclass(frozen=True)
class Solutions:
    """What a solver found, verified, and what is known about the rest.

    Attributes
    ----------
    is_complete : bool
        The list has every equilibrium of the kind that ``sought`` names; of a continuum its extreme points.
    is_degenerate : bool or None
        Some strategy has more best replies than it uses strategies, so that equilibria may form a continuum; None where the
        method does not tell.
    components : tuple of tuples of int
        Numbers (from 0) of equilibria that are joined by equilibria; singletons are isolated. Empty where not known.
    near_ties : tuple of str
        Options that nobody uses and that fall short by little, or by nothing, of those in use.
    dropped : int
        Answers of the method whose regret exceeded the tolerance.
    tolerance : float
        Largest regret that is taken for none, in units of payoff.
    notes : tuple of str
        Further sentences: rules of selection, supports that could not be settled, what a library said.
    leaves_open : bool
        Of a tree: some listed equilibrium has an information set from which its player's own moves keep it, where any reply will do.
    in_subgames : bool
        Of a tree: equilibria in every subgame were sought, and the tolerance holds in each.
    """

    equilibria: tuple[Equilibrium, ...]
    method: str
    is_complete: bool
    is_degenerate: bool | None
    tolerance: float
    components: tuple[tuple[int, ...], ...] = ()
    near_ties: tuple[str, ...] = ()
    dropped: int = 0
    sought: str = "equilibrium"
    value: float | None = None  # to the first player, where the game is one of two players with a constant sum
    notes: tuple[str, ...] = ()
    leaves_open: bool = False
    in_subgames: bool = False

    def sentences(self) -> list[str]:
        """How many there are, whether that is all, whether the game is degenerate, what is nearly tied, within what tolerance."""
        return [
            self._how_many(),
            *self._joined(),
            self._degeneracy(),
            *([f"The value of the game to its first player is {self.value:.9g}."] if self.value is not None else []),
            *self._ties(),
            f"Method: {self.method}. A regret of at most {self.tolerance:.3g} in units of payoff counts as none.",
            *(
                [f"{counted(self.dropped, 'answer')} of the method had a larger regret and went."]
                if self.dropped
                else []
            ),
            *self.notes,
        ]

    def _ties(self) -> list[str]:
        if not self.equilibria:
            return []
        more = len(self.near_ties) - _TIES_SHOWN
        rest = [f"So it is in {more} further cases."] if more > 0 else []
        return [*self.near_ties[:_TIES_SHOWN], *rest] or ["No unused option comes near those in use."]

    def _how_many(self) -> str:
        count = len(self.equilibria)
        if not count:
            if self.is_complete:
                return f"There is no {self.sought}, and that is certain."
            return f"No {self.sought} was found, which does not show that there is none."
        if not self.is_complete:
            some = f"{counted(count, self.sought)} {'was' if count == 1 else 'were'} found"
            return f"{some}. The list may be incomplete: whether there are others is not known."
        but = f" but for {_OPEN}" if self.leaves_open else ""
        if count == 1:
            return f"The {self.sought} is unique{but}."
        if not any(len(one) > 1 for one in self.components):
            return f"There are {counted(count, self.sought)}, and the list is complete{but}. Nothing in the game chooses among them."
        return (
            f"There are {counted(count, self.sought)} at the corners of the sets in which they lie, and the list of corners is "
            f"complete{but}. Nothing in the game chooses among them."
        )

    def _joined(self) -> list[str]:
        return [
            f"Numbers {', '.join(str(k + 1) for k in one)} belong to one continuum: those that share a player's strategy are joined by "
            "a line of equilibria."
            for one in self.components
            if len(one) > 1
        ]

    def _degeneracy(self) -> str:
        if self.is_degenerate is None:
            return "Whether the game is degenerate was not determined by this method."
        if self.is_degenerate:
            return "The game is degenerate: some strategy has more best replies than it uses strategies, or options tie exactly."
        but = f" but for {_OPEN}" if self.leaves_open else ""
        return f"The game is not degenerate: its equilibria are isolated{but}."


def counted(count: int, noun: str) -> str:
    """`1 equilibrium`, `3 equilibria`."""
    return f"{count} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    return f"{noun.removesuffix('um')}a" if noun.endswith("um") else f"{noun}s"
