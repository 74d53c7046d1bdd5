"""Decisions and payoffs of a scenario's first day, asked of many sets of drawn inputs.

A probe builds a history without playing it, sets what the question wants set, and reads one number. Where the number is
the probability of an option, the engine's own decision is made with its log on, so that a probe cannot drift from what
runs do; a decision on a track that is switched off has probability 0. The history is thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from sim.acts import consent as home
from sim.acts import constraints, councils, happenings, invitations, meetings, offers, quantities, worth
from sim.engines.event_engine import build
from sim.engines.history import History
from sim.engines.log import Log
from sim.errors import UsageError
from sim.model.compile import Case
from sim.model.seed import Probe, Shape
from sim.rules import consent
from sim.rules.choice import binary_logit
from sim.world.fields import NEVER

STEPS = 20  # of an issue's scale, for slopes and bends


def ask(case: Case, probe: Probe, replications: Iterable[int], root_seed: int) -> np.ndarray:
    """The probe's number for the drawn inputs of each replication."""
    return np.array([_ask_one(case, probe, replication, root_seed) for replication in replications], dtype=float)


def shape_of(case: Case, shape: Shape, order: int, root_seed: int) -> float:
    """The smallest or largest slope (order 1) or second difference (order 2) of a utility along an issue.

    Taken at steps of a twentieth of the scale with the other issues as in each named package, at the point values of
    the case: compile it with sampling off.
    """
    h = build(case, 0, root_seed)
    actor, issue = case.actor(shape.actor), case.issue(shape.issue)
    width = shape.stop - shape.start
    steps = max(2, round(STEPS * width))
    found: list[float] = []
    for row in case.named.values():
        levels = h.row_of(row)
        values = []
        for n in range(steps + 1):
            levels[issue] = shape.start + width * n / steps
            values.append(h(worth.of_levels, actor, levels, 0))
        for _ in range(order):
            values = [(b - a) * steps / width for a, b in zip(values, values[1:], strict=False)]
        found += values
    return min(found) if shape.of == "smallest" else max(found)


def _ask_one(case: Case, probe: Probe, replication: int, root_seed: int) -> float:
    h = build(case, replication, root_seed, Log())
    for name, value in probe.world.items():
        setattr(h.w, name, type(getattr(h.w, name))(value))
    if probe.after is not None:
        h.w.deal = _package(h, probe.after)
        h.w.level[:] = h.w.seen[:] = h.row_of(h.w.deal)
    h(quantities.look)
    return float(_ANSWERS[probe.name](h, probe))


def _package(h: History, name: str | None) -> int:
    return h.package(str(name))


def _utility(h: History, probe: Probe) -> float:
    return h(worth.utility, h.actor(probe.actor), _package(h, probe.package))


def _disagreement(h: History, probe: Probe) -> float:
    return h(worth.disagreement, h.actor(probe.actor))


def _recognition(h: History, probe: Probe) -> float:
    return h.w.recognition_gain[h.actor(probe.actor)]


def _threshold(h: History, probe: Probe) -> float:
    """Credibility from which the package is worth more to the actor than the status quo of the start."""
    actor, package = h.actor(probe.actor), _package(h, probe.package)
    credibility = h.w.credibility[actor]
    h.w.credibility[actor] = 0.0
    low = h(worth.utility, actor, package)
    h.w.credibility[actor] = 1.0
    high = h(worth.utility, actor, package)
    h.w.credibility[actor] = credibility
    reserve = h(worth.disagreement, actor)
    return (reserve - low) / (high - low) if high != low else float("inf")


def _accept(h: History, probe: Probe) -> float:
    """Probability that the actor takes the package rather than have nothing, by the leaders' logit."""
    actor, package = h.actor(probe.actor), _package(h, probe.package)
    if h(constraints.crossed_line, actor, package) >= 0:
        return 0.0
    gain = h(worth.utility, actor, package) - h(worth.disagreement, actor)
    return binary_logit(gain, h.w.p[h.c.leaders])


def _meeting(h: History, probe: Probe) -> int:
    """Number of the track of leaders' meetings; -1 where they are switched off."""
    return _track(h, probe, "final_offer", "on which no leaders meet")


def _council(h: History, probe: Probe) -> int:
    """Number of the council's track; -1 where it is switched off."""
    return _track(h, probe, "staged_consent", "which is no council")


def _track(h: History, probe: Probe, protocol: str, otherwise: str) -> int:
    """Number of the probe's track, which must have the protocol; -1 where it is switched off."""
    name = str(probe.track)
    if h.case.spec.tracks[name].protocol != protocol:
        raise UsageError(
            f"the probe '{probe.name}' asks about '{name}', {otherwise}",
            hint=f"name a track with the protocol {protocol}",
        )
    return h.track(name) if h.case.spec.tracks[name].enabled else -1


def _probability(h: History, node: str, actor: int, option: int) -> float:
    identifier = h.case.actor_ids[actor]
    for decision in h.log.decisions if h.log is not None else ():
        if decision.node == node and decision.actor == identifier:
            return decision.probabilities[option]
    return 0.0


def _invitation(h: History, probe: Probe) -> float:
    """Probability that the proposer invites, or that the responder accepts an invitation."""
    meeting = _meeting(h, probe)
    if meeting < 0:
        return 0.0
    h.w.pending[meeting] = NEVER
    h.w.supposed = 1  # the proposer invites, so that the answer is reached
    h(invitations.invite, meeting, 0)
    actor = h.actor(probe.actor)
    return _probability(h, "invite" if actor == h.c.track_proposer[meeting] else "invitation", actor, 0)


def _answer(h: History, probe: Probe) -> float:
    """Probability that the package is accepted on the table of leaders, where a counter-offer is possible."""
    meeting = _meeting(h, probe)
    if meeting < 0:
        return 0.0
    h(meetings.answer_offer, meeting, _package(h, probe.package), h.w.p[h.c.leaders])
    return _probability(h, "answer", h.c.track_responder[meeting], 0)


def _maximal(h: History, probe: Probe) -> float:
    """Probability that the proposal at a meeting is a maximal demand."""
    meeting = _meeting(h, probe)
    if meeting < 0:
        return 0.0
    h(meetings.propose, meeting, h.w.p[h.c.leaders])
    proposer = h.c.track_proposer[meeting]
    least = h(offers.maximal_utility, proposer)
    assert h.log is not None
    decision = next(item for item in h.log.decisions if item.node == "proposal")
    chances = enumerate(decision.probabilities)
    return sum(chance for package, chance in chances if h(worth.utility, proposer, package) >= least)


_RESPONSES = ("continue", "pressure", "force")


def _response(h: History, probe: Probe) -> float:
    """Probability of a response to a first meeting that ended in nothing."""
    meeting = _meeting(h, probe)
    if meeting < 0:
        return 0.0
    if probe.option not in _RESPONSES:
        raise UsageError(f"a failed meeting has no response '{probe.option}'", hint=f"one of {', '.join(_RESPONSES)}")
    h.w.supposed = 1
    h(meetings.disappoint, h.w.expectation, 0.0)
    h(meetings.respond, meeting, 0.0, -1, True)
    return _probability(h, "response", h.c.track_proposer[meeting], _RESPONSES.index(probe.option))


def _talks(h: History, probe: Probe) -> float:
    """Probability that a side offers to talk where talks have ended; 0 where nobody could answer."""
    actor, sides = h.actor(probe.actor), (h.c.side_one, h.c.side_two)
    if actor not in sides:
        raise UsageError(
            f"the probe 'talks' asks '{probe.actor}', which is not one of the two sides",
            hint=f"one of {', '.join(h.case.actor_ids[side] for side in sides)}",
        )
    if h.c.clock_offers < 0:
        return 0.0
    h.w.talks_on = 0
    h.w.offers_turn = sides.index(actor)
    h(meetings.consider_talks)
    return _probability(h, "offer_talks", actor, 0)


def _vote(h: History, probe: Probe) -> float:
    """Probability of a member's yes to the package; of the whole council's where no member is named."""
    council = _council(h, probe)
    if council < 0:
        return 0.0
    h.w.terms[council] = _package(h, probe.package)
    h(councils.hold_vote, council)
    assert h.log is not None
    chances = {item.actor: item.probabilities[0] for item in h.log.decisions if item.node == "stage_vote"}
    if probe.actor is not None:
        return chances.get(probe.actor, 0.0)
    spec: Any = h.case.spec.tracks[str(probe.track)]
    required = 1.0
    for name in spec.required:
        required *= chances[name]
    others = [chances[name] for name in spec.any_of]
    return required * (consent.any_blocks(others, len(others)) if others else 1.0)


def _terms(h: History, probe: Probe) -> float:
    """Level of an issue in the text that a council would put to the vote."""
    council = _council(h, probe)
    if council < 0:
        return float("nan")
    return h.row_of(h(councils.find_terms, council))[h.case.issue(str(probe.issue))]


def _consent(h: History, probe: Probe) -> float:
    player = h.setup.veto_ids.index(str(probe.player))
    return h(home.consent_of, player, _package(h, probe.package), 0)


def _happen(h: History, probe: Probe) -> None:
    name = str(probe.hazard)
    if name not in h.setup.hazard_ids or not h.case.spec.hazards[name].enabled:
        raise UsageError(f"the hazard '{probe.hazard}' is switched off", hint="a probe needs it enabled")
    h(happenings.occur, h.hazard(name))


def _tension(h: History, probe: Probe) -> float:
    """How far an event raises tension."""
    before = h.w.tension
    _happen(h, probe)
    return h.w.tension - before


def _belief(h: History, probe: Probe) -> float:
    """How far an event moves what others believe about an actor: the largest total variation over its traits."""
    actor = h.actor(probe.actor)
    before = list(h.w.beliefs)
    _happen(h, probe)
    shifts = [0.0]
    for b, start in enumerate(h.c.belief_start):
        if h.c.belief_actor[b] == actor:
            places = range(start, start + h.c.belief_size[b])
            shifts.append(0.5 * sum(abs(h.w.beliefs[n] - before[n]) for n in places))
    return max(shifts)


def _taste(h: History, probe: Probe) -> float:
    """By how much an event changes an input of the history."""
    slot = h.case.slot_of[str(probe.path)]
    before = h.w.p[slot]
    _happen(h, probe)
    return h.w.p[slot] - before


_ANSWERS: dict[str, Callable[[History, Probe], float]] = {
    "utility": _utility,
    "disagreement": _disagreement,
    "recognition": _recognition,
    "threshold": _threshold,
    "accept": _accept,
    "invitation": _invitation,
    "answer": _answer,
    "maximal": _maximal,
    "response": _response,
    "talks": _talks,
    "vote": _vote,
    "terms": _terms,
    "consent": _consent,
    "tension": _tension,
    "belief": _belief,
    "taste": _taste,
}
