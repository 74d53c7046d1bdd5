"""Tracks: who talks under which protocol, within which bounds, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.model import vocabulary
from sim.model.check.checker import MAX_RATE, Checker
from sim.model.check.effects import check_effects
from sim.model.check.values import point
from sim.model.diagnostics import Path
from sim.model.expressions.kinds import Kind
from sim.model.expressions.ranges import Truth, interval
from sim.model.spec.tracks import (
    AlternatingOffers,
    Bundles,
    Contacts,
    LeadersMeeting,
    Resolutions,
    SingleText,
    StagedConsent,
    Track,
)


def check_track(checker: Checker, name: str, track: Track) -> None:
    path: Path = ("tracks", name)
    if isinstance(track, (AlternatingOffers, SingleText, LeadersMeeting)):
        _bounds(checker, (*path, "mandate"), track.mandate)
        _terms(checker, (*path, "terms"), track.terms)
        end = max([checker.spec.horizon, *checker.spec.readings])
        opens = getattr(track, "opens", 0.0) or 0.0
        if track.deadline is not None and track.deadline <= opens:
            checker.add((*path, "deadline"), f"the deadline {track.deadline:g} is not after the opening {opens:g}",
                        hint="choose a later date")  # fmt: skip
        if opens >= end:
            checker.add(
                (*path, "opens"), f"the track opens at {opens:g}, after the end {end:g}", hint="open it earlier"
            )
    if isinstance(track, (AlternatingOffers, SingleText)):
        checker.actors_in((*path, "participants"), track.participants)
    if isinstance(track, AlternatingOffers) and track.feeds is not None:
        checker.meeting((*path, "feeds"), track.feeds)
    if isinstance(track, (AlternatingOffers, SingleText)) and track.outcome_on_agreement == "text":
        if not any(isinstance(other, LeadersMeeting) for other in checker.spec.tracks.values()):
            checker.add((*path, "outcome_on_agreement"), "nobody would sign the text: no leaders meet",
                        hint="write `deal`, or add a track with `protocol: final_offer`")  # fmt: skip
    if isinstance(track, SingleText):
        checker.actor_name((*path, "mediator"), track.mediator)
    if isinstance(track, LeadersMeeting):
        _leaders_meeting(checker, path, track)
    if isinstance(track, Bundles):
        checker.different(path, "proposer", track.proposer, "responder", track.responder)
        for bundle_name, bundle in track.menu.items():
            place = (*path, "menu", bundle_name)
            checker.issue_keys((*place, "add"), bundle.add)
            checker.issue_keys((*place, "at_least"), bundle.at_least)
            checker.issue_keys((*place, "up_to"), bundle.up_to)
            if not bundle.add and not bundle.at_least:
                checker.add(place, "the bundle changes nothing", hint="add `add:` or `at_least:`")
        check_effects(checker, (*path, "effects"), track.effects)
        if track.reports_to is not None:
            checker.meeting((*path, "reports_to"), track.reports_to)
        checker.condition((*path, "when"), track.when)
    if isinstance(track, Contacts):
        checker.actors_in((*path, "participants"), track.participants)
        checker.at_most((*path, "rate"), track.rate, MAX_RATE, "rate")
    if isinstance(track, StagedConsent):
        _staged_consent(checker, path, track)
    if isinstance(track, Resolutions):
        for voter in track.voters:
            checker.actor_name((*path, "voters", voter), voter, at_key=True)
        if track.threshold_in_talks is not None and point(track.threshold_in_talks) < point(track.threshold):
            checker.add((*path, "threshold_in_talks"), "talks would make a vote more likely",
                        expected=f"at least the threshold {point(track.threshold):g}",
                        found=f"{point(track.threshold_in_talks):g}", hint="exchange the two")  # fmt: skip


def _bounds(checker: Checker, path: Path, mandate: Mapping[str, Any]) -> None:
    for issue, bound in mandate.items():
        checker.issue_name((*path, issue), issue, at_key=True)
        if bound.min > bound.max:
            checker.add((*path, issue), f"the bounds contradict each other: min {bound.min:g} > max {bound.max:g}",
                        hint="exchange them")  # fmt: skip


def _terms(checker: Checker, path: Path, terms: Mapping[str, str]) -> None:
    bounds = vocabulary.package(checker.spec).bounds
    for name, text in terms.items():
        parsed = checker.of_package((*path, name), text, Kind.BOOLEAN)
        if parsed is not None and interval(parsed, bounds) is Truth.NEVER:
            hint = "levels run from 0 to 1; look at each comparison"
            checker.add((*path, name), "no package can meet this condition", hint=hint)


def _leaders_meeting(checker: Checker, path: Path, track: LeadersMeeting) -> None:
    checker.different(path, "proposer", track.proposer, "responder", track.responder)
    place = (*path, "cancellation")
    checker.factor((*place, "factor"), track.cancellation.factor)
    checker.at_most((*place, "rate"), track.cancellation.rate, MAX_RATE, "rate")
    if track.cancellation.revival_needs is not None:
        checker.name((*place, "revival_needs"), track.cancellation.revival_needs, checker.spec.tracks, "track")
    if track.declaration is not None:
        checker.package_name((*path, "declaration"), track.declaration)
    for number, issue in enumerate(track.declaration_pledges):
        checker.issue_name((*path, "declaration_pledges", number), issue)
    if track.recognition is not None:
        checker.issue_name((*path, "recognition", "issue"), track.recognition.issue)
    for name in ("announced_effects", "held_effects", "walk_out_effects"):
        check_effects(checker, (*path, name), getattr(track, name))


def _staged_consent(checker: Checker, path: Path, track: StagedConsent) -> None:
    for name in ("proposers", "required", "any_of"):
        checker.actors_in((*path, name), getattr(track, name))
    checker.condition((*path, "eligible"), track.eligible)
    for name in ("packages", "blended_with"):
        for number, package in enumerate(getattr(track, name)):
            checker.package_name((*path, name, number), package)
    _bounds(checker, (*path, "bounds"), track.bounds)
    for actor, text in track.sympathy.items():
        checker.actor_name((*path, "sympathy", actor), actor, at_key=True)
        checker.expression((*path, "sympathy", actor), text, Kind.NUMBER)
    for number, stage in enumerate(track.stages):
        if stage in track.stages[:number]:
            checker.add((*path, "stages", number), f"the stage '{stage}' is named twice", hint="give it another name")
