"""What single mechanisms do to a history: each test fails if its mechanism is read by no code."""

from __future__ import annotations

import pytest

from sim.engines.event_engine import play
from sim.engines.log import Decision, Log
from tests.played import SEED, case_of


def happenings(changes: dict, histories: int, kind: str) -> list:
    """All happenings of a kind in some histories of the summit."""
    case = case_of("summit", changes)
    found = []
    for replication in range(histories):
        log = Log()
        play(case, replication, SEED, log)
        found += [entry for entry in log.happenings if entry.kind == kind]
    return found


def acts(entries: list, act: str) -> list:
    return [entry for entry in entries if entry.details.get("act") == act]


OFTEN = {"hazards.crisis.rate": 3, "hazards.crisis.factor": "1"}


def test_a_demand_is_made_at_most_once_a_crisis():
    assert not acts(happenings(OFTEN, 4, "crisis"), "demands")
    entries = happenings(OFTEN | {"mechanisms.ladder.demands": True}, 6, "crisis")
    demands = acts(entries, "demands")
    assert demands
    assert len(demands) <= len(acts(entries, "begins"))
    assert all(0.0 < entry.details["premium"] <= 1.0 for entry in demands)


def test_a_vetoed_strike_is_none():
    always = OFTEN | {"mechanisms.aftermath.strike_veto": 1, "choice.brink": 0, "choice.crisis": 0}
    case = case_of("summit", always)
    rows = [play(case, replication, SEED)[0] for replication in range(12)]
    assert sum(row["count:strikes_vetoed"] for row in rows) > 0
    # What is left are strikes of the other side and slips.
    assert all(row["count:strikes_vetoed"] <= row["count:strikes_attempted"] for row in rows)


def test_no_crisis_begins_within_a_crisis():
    entries = [e for e in happenings(OFTEN, 4, "crisis") if e.details.get("act") in ("begins", "ends")]
    order = [entry.details["act"] for entry in entries]
    assert all(one != two or one == "begins" for one, two in zip(order, order[1:], strict=False))


def test_treaty_votes_lift_only_what_was_offered():
    case = case_of("summit", {})
    k = case.issue("guar")
    size = len(case.issue_ids)
    assert case.offered
    assert all(case.levels[p * size + k] <= 0.6 + 1e-9 for p in range(case.num_candidates))
    assert all(level > 0.6 for level in case.offered.values())
    votes = happenings({}, 6, "treaty")
    assert votes
    assert all(entry.details["level"] > 0.6 for entry in votes)


def test_without_treaty_players_nothing_is_capped():
    assert not case_of("summit", {"mechanisms.veto_players": False}).offered


@pytest.mark.parametrize("aversion", [1.0, 3.0])
def test_loss_aversion_lowers_the_worth_of_war_and_of_bad_packages(aversion):
    case = case_of("summit", {"actors.USA.risk.loss_aversion": aversion})
    _, _, h = play(case, 0, SEED)
    actor = case.actor("USA")
    d = h.minds.disagreement(actor)
    felt = h.minds.felt(actor, d - 0.1, d)
    assert felt == pytest.approx(d - 0.1 * aversion)
    assert h.minds.felt(actor, d + 0.1, d) == pytest.approx(d + 0.1)


def test_red_lines_by_class_keep_the_mean_and_follow_the_class():
    line = "actors.PRK.red_lines.arsenal.by_class"
    case = case_of("summit", {line: {"dealer": 0, "hedger": 1, "deceiver": 1}})
    actor = case.actor("PRK")
    for replication in range(12):
        _, _, h = play(case, replication, SEED)
        held = h.lines[actor]["arsenal"]
        assert held.prior == pytest.approx(0.8)
        dealer = sorted(case.spec.actors["PRK"].types.commitment)[h.first_commitment[actor]] == "dealer"
        assert held.present is not dealer


def test_an_empty_consent_lets_every_text_pass():
    blocked = {"tracks.summit.consent": [], "tracks.working.consent": []}
    case = case_of("summit", blocked)
    assert all(play(case, replication, SEED)[0]["count:blocked"] == 0 for replication in range(4))


@pytest.mark.parametrize("family", ["rational", "behaviour", "resource", "zeuthen", "maximalist"])
def test_every_family_of_tactics_can_be_played(family):
    changes = {f"actors.{side}.tactics.working.family": family for side in ("USA", "PRK")}
    case = case_of("summit", changes)
    log = Log()
    play(case, 1, SEED, log)
    offers = [e for e in log.entries if isinstance(e, Decision) and e.node == "offer"]
    assert offers
    if family == "rational":
        assert max(len(entry.options) for entry in offers) > 1


def test_a_pact_survives_the_end_of_a_deal():
    case = case_of("summit", {})
    _, _, h = play(case, 0, SEED)
    row = h.minds.row(case.named["multilateral_pact"])
    h.treaties[0] = row
    h.w.level = list(row)
    k = case.issue("relief")
    h.w.granted = [0.0] * len(row)
    h.w.granted[k] = 0.3
    h.take_back(h.w.granted)
    assert h.w.level == row
    h.treaties.clear()
    h.w.granted[k] = 0.3
    h.take_back(h.w.granted)
    assert h.w.level[k] == pytest.approx(row[k] - 0.3)


def test_credibility_and_beliefs_about_it_move_by_one_line():
    case = case_of("summit", {})
    _, _, h = play(case, 0, SEED)
    actor, observer = case.actor("PRK"), case.actor("USA")
    belief = h.minds.index[observer, actor, "credibility"]
    truth, points = h.w.credibility[actor], list(belief.points)
    h.raise_credibility(actor, 0.1)
    assert h.w.credibility[actor] == pytest.approx(truth + 0.1 * (1 - truth))
    assert belief.points == pytest.approx([p + 0.1 * (1 - p) for p in points])
