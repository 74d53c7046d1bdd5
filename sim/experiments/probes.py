"""Decisions and payoffs of a scenario's first day, asked of many sets of drawn inputs.

A probe builds a history without playing it, sets what the question wants set, and reads one number. Where the number is
the probability of an option, the engine's own decision is made with its log on, so that a probe cannot drift from what
runs do; a decision on a track that is switched off has probability 0. The history is thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from sim.engines.event_engine import build
from sim.engines.history import History
from sim.engines.log import Log
from sim.errors import UsageError
from sim.model.compile import Case
from sim.model.seed import Probe, Shape
from sim.model.world import NEVER
from sim.rules import consent
from sim.rules.choice import binary_logit

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
        levels = h.minds.row(row)
        values = []
        for n in range(steps + 1):
            levels[issue] = shape.start + width * n / steps
            values.append(h.minds.of_levels(actor, levels))
        for _ in range(order):
            values = [(b - a) * steps / width for a, b in zip(values, values[1:], strict=False)]
        found += values
    return min(found) if shape.of == "smallest" else max(found)


def _ask_one(case: Case, probe: Probe, replication: int, root_seed: int) -> float:
    h = build(case, replication, root_seed, Log())
    for name, value in probe.world.items():
        setattr(h.w, name, value)
    if probe.after is not None:
        h.w.deal = _package(h, probe.after)
        h.w.level = h.minds.row(h.w.deal)
        h.w.seen = list(h.w.level)
    h.look()
    return float(_ANSWERS[probe.name](h, probe))


def _package(h: History, name: str | None) -> int:
    return h.case.named[str(name)]


def _utility(h: History, probe: Probe) -> float:
    return h.minds.utility(h.case.actor(probe.actor), _package(h, probe.package))


def _disagreement(h: History, probe: Probe) -> float:
    return h.minds.disagreement(h.case.actor(probe.actor))


def _recognition(h: History, probe: Probe) -> float:
    return h.recognition_gain(h.case.actor(probe.actor))


def _threshold(h: History, probe: Probe) -> float:
    """Credibility from which the package is worth more to the actor than the status quo of the start."""
    actor, package = h.case.actor(probe.actor), _package(h, probe.package)
    credibility = h.w.credibility[actor]
    h.w.credibility[actor] = 0.0
    low = h.minds.utility(actor, package)
    h.w.credibility[actor] = 1.0
    high = h.minds.utility(actor, package)
    h.w.credibility[actor] = credibility
    reserve = h.minds.disagreement(actor)
    return (reserve - low) / (high - low) if high != low else float("inf")


def _accept(h: History, probe: Probe) -> float:
    """Probability that the actor takes the package rather than have nothing, by the leaders' logit."""
    actor, package = h.case.actor(probe.actor), _package(h, probe.package)
    if h.minds.crosses_line(actor, package):
        return 0.0
    gain = h.minds.utility(actor, package) - h.minds.disagreement(actor)
    return binary_logit(gain, h.p[h.slots.choice.leaders])


def _first_options(h: History) -> None:
    """Every draw takes the first option: a later decision of the same act is reached."""
    h.draw = lambda stream, key, lane=0: 1.0e-9  # type: ignore[method-assign]


def _meeting(h: History, probe: Probe) -> Any:
    """The leaders' meetings of the track; None where they are switched off."""
    return h.meetings.get(_track(h, probe, "final_offer", "on which no leaders meet"))


def _council(h: History, probe: Probe) -> Any:
    """The council of the track; None where it is switched off."""
    return h.councils.get(_track(h, probe, "staged_consent", "which is no council"))


def _track(h: History, probe: Probe, protocol: str, otherwise: str) -> str:
    """The name of the probe's track, which must have the protocol."""
    name = str(probe.track)
    if h.spec.tracks[name].protocol != protocol:
        raise UsageError(
            f"the probe '{probe.name}' asks about '{name}', {otherwise}",
            hint=f"name a track with the protocol {protocol}",
        )
    return name


def _probability(h: History, node: str, actor: int, option: int) -> float:
    identifier = h.case.actor_ids[actor]
    for decision in h.log.decisions if h.log is not None else ():
        if decision.node == node and decision.actor == identifier:
            return decision.probabilities[option]
    return 0.0


def _invitation(h: History, probe: Probe) -> float:
    """Probability that the proposer invites, or that the responder accepts an invitation."""
    meeting = _meeting(h, probe)
    if meeting is None:
        return 0.0
    meeting.set_pending(NEVER)
    _first_options(h)
    meeting.invite("probe")
    actor = h.case.actor(probe.actor)
    return _probability(h, "invite" if actor == meeting.proposer else "invitation", actor, 0)


def _answer(h: History, probe: Probe) -> float:
    """Probability that the package is accepted on the table of leaders, where a counter-offer is possible."""
    meeting = _meeting(h, probe)
    if meeting is None:
        return 0.0
    meeting.answer(_package(h, probe.package), h.p[h.slots.choice.leaders])
    return _probability(h, "answer", meeting.responder, 0)


def _maximal(h: History, probe: Probe) -> float:
    """Probability that the proposal at a meeting is a maximal demand."""
    meeting = _meeting(h, probe)
    if meeting is None:
        return 0.0
    meeting.propose(h.p[h.slots.choice.leaders])
    own, least = h.minds.utilities(meeting.proposer), h.maximal_utility(meeting.proposer)
    decision = next(item for item in h.log.decisions if item.node == "proposal")
    return sum(chance for package, chance in enumerate(decision.probabilities) if own[package] >= least)


_RESPONSES = ("continue", "pressure", "force")


def _response(h: History, probe: Probe) -> float:
    """Probability of a response to a first meeting that ended in nothing."""
    meeting = _meeting(h, probe)
    if meeting is None:
        return 0.0
    if probe.option not in _RESPONSES:
        raise UsageError(f"a failed meeting has no response '{probe.option}'", hint=f"one of {', '.join(_RESPONSES)}")
    _first_options(h)
    meeting.disappoint(h.w.expectation, 0.0)
    meeting.respond(0.0, -1, True)
    return _probability(h, "response", meeting.proposer, _RESPONSES.index(probe.option))


def _talks(h: History, probe: Probe) -> float:
    """Probability that a side offers to talk where talks have ended; 0 where nobody could answer."""
    actor = h.case.actor(probe.actor)
    if actor not in h.side_indices[:2]:
        raise UsageError(
            f"the probe 'talks' asks '{probe.actor}', which is not one of the two sides",
            hint=f"one of {', '.join(h.case.actor_ids[side] for side in h.side_indices[:2])}",
        )
    if getattr(h, "offers_to_talk", None) is None:
        return 0.0
    h.w.talks_on = 0
    h.offers_to_talk.turn = h.side_indices.index(actor)
    h.offers_to_talk.occasion()
    return _probability(h, "offer_talks", actor, 0)


def _vote(h: History, probe: Probe) -> float:
    """Probability of a member's yes to the package; of the whole council's where no member is named."""
    council = _council(h, probe)
    if council is None:
        return 0.0
    council.terms = _package(h, probe.package)
    council.vote(0)
    chances = {item.actor: item.probabilities[0] for item in h.log.decisions if item.node == "stage_vote"}
    if probe.actor is not None:
        return chances.get(probe.actor, 0.0)
    required = 1.0
    for name in council.spec.required:
        required *= chances[name]
    others = [chances[name] for name in council.spec.any_of]
    return required * (consent.any_blocks(others, len(others)) if others else 1.0)


def _terms(h: History, probe: Probe) -> float:
    """Level of an issue in the text that a council would put to the vote."""
    council = _council(h, probe)
    return h.minds.row(council.find_terms())[h.case.issue(str(probe.issue))] if council is not None else float("nan")


def _consent(h: History, probe: Probe) -> float:
    return h.minds.consent_of(str(probe.player), _package(h, probe.package))


def _happen(h: History, probe: Probe) -> None:
    hazard = h.hazards.get(str(probe.hazard))
    if hazard is None:
        raise UsageError(f"the hazard '{probe.hazard}' is switched off", hint="a probe needs it enabled")
    hazard.occur()


def _tension(h: History, probe: Probe) -> float:
    """How far an event raises tension."""
    before = h.w.tension
    _happen(h, probe)
    return h.w.tension - before


def _belief(h: History, probe: Probe) -> float:
    """How far an event moves what others believe about an actor: the largest total variation over its traits."""
    actor = h.case.actor(probe.actor)
    before = list(h.w.beliefs)
    _happen(h, probe)
    shifts = [0.0]
    for belief in h.minds.beliefs:
        if belief.actor == actor:
            places = range(belief.start, belief.start + belief.size)
            shifts.append(0.5 * sum(abs(h.w.beliefs[n] - before[n]) for n in places))
    return max(shifts)


def _taste(h: History, probe: Probe) -> float:
    """By how much an event changes an input of the history."""
    slot = h.case.slot_of[str(probe.path)]
    before = h.p[slot]
    _happen(h, probe)
    return h.p[slot] - before


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
