"""Values at single decision nodes, worked out by hand beside the engine, and who may do what when."""

from __future__ import annotations

import math

import pytest

from sim.acts import constraints, meetings, offers, relations, worth
from sim.acts.councils import find_terms
from sim.acts.invitations import invite
from sim.acts.ladder import begin_crisis
from sim.acts.telling import WHY_BREAKDOWN
from sim.engines import event_engine
from sim.engines.history import History
from sim.model.menu import blended_pairs
from sim.world.fields import NEVER
from tests.played import SEED, case_of, first_options


def ready(changes: dict | None = None, replication: int = 0) -> History:
    """A history that is ready to run."""
    return event_engine.build(case_of("summit", changes or {}), replication, SEED)


# Offers to talk


@pytest.mark.parametrize("cost", [0.005, 0.05])
def test_the_cost_of_an_offer_to_talk_is_paid_whatever_the_answer(cost):
    """Clarified 8.6: d + P(answer) * discount * P(y) * (U(y) - d) - cost; the answer is the same without P(answer)."""
    h = ready({"mechanisms.talks.contact_cost": cost})
    table, one, two = h.track("working"), h.c.side_one, h.c.side_two

    def talks(side: int, other: int, answered: float) -> float:
        d = h(worth.disagreement, side)
        own = h(offers.choose_offer, table, side, 0, 1, h.c.depth)
        chance = h(constraints.accepts, side, other, own, h(worth.disagreement, other), 20.0)
        discount = math.exp(-h.w.p[h.c.patience[side]] * 21.0 / 365.0)
        return d + answered * discount * chance * (h(worth.utility, side, own) - d) - cost

    reply = talks(two, one, 1.0)
    answered = 1.0 / (1.0 + math.exp(-40.0 * (reply - h(worth.disagreement, two))))
    seen = first_options(h)
    h(meetings.consider_talks)
    assert [node for node, _, _ in seen] == ["offer_talks", "answer_to_talks"]
    assert seen[0][2] == pytest.approx([talks(one, two, answered), h(worth.disagreement, one)], rel=1e-12)
    assert seen[1][2] == pytest.approx([reply, h(worth.disagreement, two)], rel=1e-12)


@pytest.mark.parametrize(("rung", "asked"), [(3, True), (5, True), (6, False)])
def test_talks_may_be_offered_in_a_crisis_that_is_not_too_dangerous(rung, asked):
    h = ready()
    h(relations.end_talks, WHY_BREAKDOWN)
    h(begin_crisis, rung, -1)
    assert h.w.crisis
    seen = first_options(h)
    h(meetings.consider_talks)
    assert bool(seen) == asked
    assert bool(h.w.talks_on) == asked


def test_accepted_talks_end_a_crisis():
    h = ready({"hazards.crisis.rate": 0, "hazards.incident.rate": 0})
    h(relations.end_talks, WHY_BREAKDOWN)
    h(begin_crisis, 5, -1)
    first_options(h)
    h(meetings.consider_talks)
    assert h.w.rung == 1
    h.run_until(8.0)
    assert not h.w.crisis


# Terms of a pact


def test_terms_of_a_pact_are_the_pact_or_its_blends_with_another():
    h = ready()
    council = h.track("pact")
    rows = [h.row_of(p) for p in h.c.text_package[h.c.text_first[council] : h.c.text_first[council + 1]]]
    assert h.row_of(h(find_terms, council)) in rows
    pact, deep = (h.row_of(h.package(name)) for name in ("multilateral_pact", "deep_cap"))
    expected = [[a + share * (b - a) for a, b in zip(pact, deep, strict=True)] for share in (0.0, 0.25, 0.5, 0.75)]
    assert len(rows) == 4
    for row in expected:
        assert any(other == pytest.approx(row, abs=1.1e-3) for other in rows)


def test_pairs_to_blend():
    track = case_of("summit").spec.tracks["pact"].model_copy(
        update={"packages": ["one", "two"], "blended_with": ["three"]}
    )
    assert blended_pairs(track) == [("one", "two"), ("one", "three"), ("two", "three")]


# Disappointment


@pytest.mark.parametrize("kind", ["package", "declaration", "walk_out"])
def test_every_meeting_shakes_the_beliefs_once(kind, monkeypatch):
    """pi * (1 - b * zeta * (1 - spin)); spin .55 for a signed text, none for a walk-out."""
    h = ready()
    meeting = h.track("summit")
    package = h.package("interim_yongbyon")
    declared = h.package("hollow_declaration")
    signed, text = {"package": (package, -1), "declaration": (-1, declared), "walk_out": (-1, -1)}[kind]

    def negotiate(w, c, t):
        w.declared = text
        return signed

    monkeypatch.setattr(meetings, "negotiate", negotiate)
    monkeypatch.setattr(meetings, "other_responds", lambda *_: None)
    h.w.expectation = 0.7
    beliefs = h.w.belief_talks, h.w.belief_pressure
    reached = max(signed, text)
    gap = 0.7 - (h(meetings.triumph, h.c.track_proposer[meeting], reached) if reached >= 0 else 0.0)
    spin = 0.55 if reached >= 0 else 0.0
    hit = 1.0 / (1.0 + math.exp(-6.0 * (gap - 0.3)))
    h(meetings.hold, meeting)
    left = 1.0 - 0.8 * hit * (1.0 - spin)
    assert h.w.belief_talks == pytest.approx(beliefs[0] * left)
    assert h.w.belief_pressure == pytest.approx(beliefs[1] * left)


def test_who_lives_by_arms_measures_triumph_with_what_promises_are_worth_to_it():
    """The scale of a holder with a survival term: 1 is the triumph at its own credibility, for the hope and the reference."""
    h = ready(
        {
            "mechanisms.expectation.holder": "PRK",
            "mechanisms.expectation.counterpart": "USA",
            "mechanisms.expectation.triumph": "deep_cap",
            "tracks.summit.proposer": "PRK",
            "tracks.summit.responder": "USA",
        }
    )
    prk = h.actor("PRK")
    top = h.package("deep_cap")
    base, slope = h(worth.line_at, prk, h.row_of(top), 0)
    assert slope * h.w.credibility[prk] > 1e-3
    h.w.expectation = 1.0
    h(meetings._frame_response, prk)
    assert h.w.frame_point == pytest.approx(base + slope * h.w.credibility[prk])
    assert h(meetings.triumph, prk, top) == pytest.approx(1.0)


# Overconfidence


def proposals(changes: dict) -> list[float]:
    """Values of all proposals that officials of either side, and leaders, would weigh."""
    tactics = {f"actors.{side}.tactics.working.family": "rational" for side in ("USA", "PRK")}
    swapped = {"tracks.summit.proposer": "PRK", "tracks.summit.responder": "USA"}
    h = ready(tactics | swapped | {"tracks.working.mandate.denuc.max": 1} | changes)
    seen = first_options(h)
    for side in (h.c.side_one, h.c.side_two):
        h(offers.choose_offer, h.track("working"), side, 1, 0, h.c.depth)
    h(meetings.propose, h.track("summit"), 40.0)
    assert [node for node, _, _ in seen] == ["offer", "offer", "proposal"]
    return [value for _, _, values in seen for value in values] + h.w.chances


def test_only_the_side_whose_hopes_are_followed_is_overconfident():
    """The bias is a share of an expectation, and only that of the United States is followed."""
    plain = proposals({"actors.USA.overconfidence": 0})
    assert proposals({"actors.USA.overconfidence": 0.5}) != plain
    assert proposals({"actors.USA.overconfidence": 0, "actors.PRK.overconfidence": 0.9}) == plain


# Hype beyond the scale


def test_hype_that_is_cut_off_is_counted():
    high = [ready({"mechanisms.expectation.hype": 0.25}, n) for n in range(40)]
    cut = [h.w.expectation_clipped for h in high]
    assert cut == [1.0 if h.w.p[h.c.hope_initial] > 0.75 else 0.0 for h in high]
    assert 0 < sum(cut) < 40
    assert all(h.w.expectation == 1.0 for h, was in zip(high, cut, strict=True) if was)
    assert not any(ready({}, n).w.expectation_clipped for n in range(40))


def test_no_invitation_of_leaders_in_a_crisis():
    h = ready()
    meeting = h.track("summit")
    h.w.pending[meeting] = NEVER
    h(begin_crisis, 4, -1)
    seen = first_options(h)
    assert not h(invite, meeting, 0)
    assert not seen
