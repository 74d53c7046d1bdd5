"""Whether a solution is one of several: as the solver that found it knows, without any further search."""

from __future__ import annotations

from dataclasses import dataclass

from sim.games.equilibrium import Solutions

SEVERAL, CONTINUUM, TIES, UNKNOWN = "several", "continuum", "ties", "unknown"
PLAYED = "Played is the one nearest to logit players of high precision, on the branch from even mixing."
FIRST = "Where options tie, the first is taken; other choices there give further equilibria."


@dataclass(frozen=True)
class Multiplicity:
    """What there is beside the solution whose numbers are given.

    Attributes
    ----------
    kind : str
        ``several`` equilibria apart from each other, a ``continuum`` of them, ``ties`` of options in backward induction,
        or ``unknown``: one was found, and whether there are others the method does not tell.
    selection : str
        How the one whose numbers are given is chosen, in a sentence.
    """

    kind: str
    selection: str


def of_solutions(solutions: Solutions) -> Multiplicity | None:
    """Of the equilibria that a solver lists; none where it lists one and knows that there is no other."""
    if len(solutions.equilibria) < 2:
        return None if solutions.is_complete else Multiplicity(UNKNOWN, "")
    joined = any(len(part) > 1 for part in solutions.components)
    return Multiplicity(CONTINUUM if joined else SEVERAL, PLAYED)
