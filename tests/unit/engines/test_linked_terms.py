"""Conditions that link issues: no package that breaks one is offered, accepted or signed on its track."""

from __future__ import annotations

import pytest

from sim.engines.event_engine import play
from sim.engines.log import Log
from sim.model.valuation import unmet_term
from tests.played import SEED, case_of

# The commentary's quarrel in one line: relief beyond waivers only against inspections.
TERM = {"verified_relief": "relief <= .2 or verif >= .7"}
HISTORIES = 6


@pytest.fixture(scope="module")
def linked():
    return case_of("summit", {"tracks.working.terms": TERM, "tracks.summit.terms": TERM})


def put_forward(case, tracks) -> set[int]:
    """Packages offered on some tracks in a few histories."""
    found = set()
    for replication in range(HISTORIES):
        log = Log()
        play(case, replication, SEED, log)
        found.update(
            entry.details["package"]
            for entry in log.happenings
            if entry.kind == "offer" and entry.details["track"] in tracks and entry.details["package"] >= 0
        )
    return found


def breaks(case, package: int) -> bool:
    levels = dict(zip(case.issue_ids, case.levels[package * len(case.issue_ids) :], strict=False))
    return levels["relief"] > 0.2 and levels["verif"] < 0.7


def test_no_offer_breaks_a_term_though_others_would(linked):
    free = case_of("summit", {})
    assert any(breaks(free, package) for package in put_forward(free, {"working", "summit"}))
    offered = put_forward(linked, {"working", "summit"})
    assert offered and not any(breaks(linked, package) for package in offered)


def test_the_term_that_is_not_met_is_named(linked):
    size = len(linked.issue_ids)
    row = [0.0] * size
    assert unmet_term(linked, "working", row) is None
    row[linked.issue("relief")] = 0.5
    assert unmet_term(linked, "working", row) == "verified_relief"
    row[linked.issue("verif")] = 0.7
    assert unmet_term(linked, "working", row) is None


def test_the_log_says_which_term_removed_a_package():
    """Leaders are not bound here, so that the package is on the menu and the officials' log has to say why not."""
    log = Log()
    play(case_of("summit", {"tracks.working.terms": TERM}), 0, SEED, log)
    reasons = {reason for decision in log.decisions for reason in decision.removed.values()}
    assert "term verified_relief" in reasons


def test_packages_that_no_track_can_sign_take_no_place_on_the_menu(linked):
    free = case_of("summit", {})
    generated = range(len(linked.named), linked.num_candidates)
    assert not any(breaks(linked, package) for package in generated)
    assert any(breaks(free, package) for package in range(len(free.named), free.num_candidates))
