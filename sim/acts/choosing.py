"""Choices: logit over a menu, or a yes or no whose chance a rule gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.telling import tell_assent, tell_decision
from sim.rule import act
from sim.rules.choice import logit_choice

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World

# Nodes of decision, in the order of `NODES`.
NODES = (
    "offer", "reply", "invite", "invitation", "proposal", "answer", "declaration", "last_word", "response",
    "after_failure", "offer_talks", "answer_to_talks", "bundle", "bundle_reply", "open", "stage_vote",
    "resolution_vote", "treaty_vote", "repair", "milestone", "crisis", "demand", "answer_to_demand", "draft",
)  # fmt: skip
(
    OFFER, REPLY, INVITE, INVITATION, PROPOSAL, ANSWER, DECLARATION, LAST_WORD, RESPONSE, AFTER_FAILURE, OFFER_TALKS,
    ANSWER_TO_TALKS, BUNDLE, BUNDLE_REPLY, OPEN, STAGE_VOTE, RESOLUTION_VOTE, TREATY_VOTE, REPAIR, MILESTONE, CRISIS,
    DEMAND, ANSWER_TO_DEMAND, DRAFT,
) = range(24)  # fmt: skip


@act
def decide(
    w: World, c: Tables, node: int, actor: int, track: int, values: Floats, allowed: Floats, size: int,
    precision: float, u: float, fallback: int, one: int, two: int,
) -> int:  # fmt: skip
    """Position of the option chosen by logit, or ``fallback`` if constraints leave none; probabilities in ``w.out``.

    ``one`` and ``two`` say what the node's options are about, for the log.
    """
    chosen = logit_choice(values, allowed, size, precision, u, w.out)
    if chosen < 0:
        chosen = fallback
    w.last_choice = chosen
    tell_decision(w, c, node, actor, track, values, allowed, size, chosen, one, two)
    return chosen


@act
def choose_of_two(
    w: World, c: Tables, node: int, actor: int, track: int, value: float, otherwise: float, precision: float, u: float,
    one: int,
) -> int:  # fmt: skip
    """0 for the first of two free options, 1 for the other."""
    w.values[0] = value
    w.values[1] = otherwise
    return decide(w, c, node, actor, track, w.values, c.ones, 2, precision, u, -1, one, -1)


@act
def assents(w: World, c: Tables, node: int, actor: int, track: int, chance: float, u: float, one: int) -> int:
    """1 for yes where a rule gives the probability of yes, else 0."""
    yes = 1 if u < chance else 0
    w.last_choice = yes
    tell_assent(w, c, node, actor, track, chance, yes, one)
    return yes
