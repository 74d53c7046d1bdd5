"""What a log keeps of acts: hooks that plain Python calls and compiled code leaves out.

An act says what has happened in numbers; whoever listens (``w.log``) puts it into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rule import told

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World

# Why talks open or end, and what ended what.
WHY_MEETING = 0
WHY_REVIVED = 1
WHY_DEAL_SIGNED = 2
WHY_OFFER_ACCEPTED = 3
WHY_CANCELLED = 4
WHY_PRESSURE = 5
WHY_BREAKDOWN = 6
WHY_NO_SESSION = 7
WHY_FORCE = 8
WHY_DEAL_ENDED = 9


@told
def tell(w: World, c: Tables, what: str, *numbers: float) -> None:
    """An event has happened; what the numbers mean depends on what it is (`sim.engines.events_in_words`)."""
    if w.log is not None:
        w.log.event(w, c, what, numbers)


@told
def tell_decision(
    w: World, c: Tables, node: int, actor: int, track: int, values: Floats, allowed: Floats, size: int, chosen: int,
    one: int, two: int,
) -> None:  # fmt: skip
    """A choice by logit has been made; the probabilities of the options are in ``w.out``."""
    if w.log is not None:
        w.log.decision(w, c, node, actor, track, values, allowed, size, chosen, one, two)


@told
def tell_assent(w: World, c: Tables, node: int, actor: int, track: int, chance: float, yes: bool, one: int) -> None:
    """A yes or no has been drawn with a chance that a rule gives."""
    if w.log is not None:
        w.log.assent(w, c, node, actor, track, chance, yes, one)


@told
def tell_learned(w: World, c: Tables) -> None:
    """Others have learned from the last decision."""
    if w.log is not None:
        w.log.learned(w, c)
