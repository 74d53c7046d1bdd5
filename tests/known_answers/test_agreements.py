"""Agreements: repeated prisoner's dilemma with detection, salami tactics, inspection (``verification.md`` T16, T21)."""

from __future__ import annotations

import pytest

from sim.randomness import Stream, uniform, uniform_pair
from sim.rules import implementation, inspection
from tests.counts import planted_error, sample_size
from tests.printed_digits import assert_printed
from tests.statistics_helpers import assert_mean, assert_rate

SEED = 1984


@pytest.mark.parametrize(
    "temptation, reward, punishment, patience, detection",
    [(5, 3, 1, "0.500000", "0.111111"), (3, 2, 0, "0.333333", "0.055556"), (1.5, 1, 0, "0.333333", "0.055556")],
)
def test_grim_trigger_thresholds(temptation, reward, punishment, patience, detection):
    """Patience needed when cheating is seen, and detection needed per period at discount factor .9."""
    assert_printed(inspection.patience_needed(temptation, reward, punishment), patience)
    assert_printed(implementation.detection_needed(reward, temptation, punishment, 0.9), detection)


@pytest.mark.parametrize("lag, printed", [(1, "0.500000"), (2, "0.707107"), (4, "0.840896")])
def test_cheating_that_stays_unseen_needs_more_patience(lag, printed):
    assert_printed(inspection.patience_needed_with_lag(5, 3, 1, lag), printed)


def test_cheating_for_the_whole_lag_pays_the_same_at_the_threshold():
    """Indifference: T for L periods and P ever after equals R forever, in average form."""
    for lag in (1, 2, 4):
        d = inspection.patience_needed_with_lag(5.0, 3.0, 1.0, lag)
        assert (1.0 - d**lag) * 5.0 + d**lag * 1.0 == pytest.approx(3.0, rel=1e-12)


def test_comply_and_cheat_are_worth_the_same_at_the_detection_needed():
    """The milestone's average form has the same threshold as the summed one, without a bonus."""
    out = [0.0] * 3
    needed = implementation.detection_needed(3.0, 5.0, 1.0, 0.9)
    implementation.milestone_values(3.0, 5.0, 1.0, 0.9, needed, 0.0, out)
    assert out[implementation.COMPLY] == pytest.approx(out[implementation.CHEAT], rel=1e-14)
    assert out[implementation.SLIP] == pytest.approx(out[implementation.CHEAT], rel=1e-14)


def test_false_alarms():
    """Alarm .05, discount .9, payoffs 5, 3, 1: value 2.379310, mean life 20 periods."""
    assert_printed(inspection.value_with_false_alarms(3, 1, 0.9, 0.05), "2.379310")
    assert inspection.life_with_false_alarms(0.05) == 20.0


def lives(trials: int, alarm: float) -> list[float]:
    """Periods until the first false alarm, each period with its own draw."""
    found = []
    for replication in range(trials):
        periods = 1
        while uniform(SEED, replication, 0, Stream.SIGNAL, 1, 0, periods) >= alarm:
            periods += 1
        found.append(float(periods))
    return found


def discounted(periods: float) -> float:
    """Average value of an agreement that ends after so many periods: 3 until then, 1 from then on."""
    return 3.0 * (1.0 - 0.9**periods) + 1.0 * 0.9**periods


def test_agreements_played_live_and_pay_as_predicted():
    found = lives(sample_size("false_alarms"), 0.05)
    assert_mean(found, 20.0)
    assert_mean([discounted(periods) for periods in found], inspection.value_with_false_alarms(3, 1, 0.9, 0.05))


def test_alarms_slightly_too_rare_would_show():
    """Lives are longer by the error that the sample is made for."""
    with pytest.raises(AssertionError, match="standard errors"):
        assert_mean(lives(sample_size("false_alarms"), 0.05 / (1.0 + planted_error("false_alarms"))), 20.0)


def test_salami_reputation_thresholds():
    """Entrant gain one half: challengers stay out above .5, .25, .125, .0625, .03125 with 1 to 5 stages left."""
    assert [inspection.reputation_needed(0.5, stages) for stages in range(1, 6)] == [0.5, 0.25, 0.125, 0.0625, 0.03125]


def test_weak_defender_mixes_to_restore_reputation():
    """Reputation .1, three stages left: fights with 1/3 and is then thought tough with .25."""
    fights = inspection.weak_defender_fights(0.1, 0.5, 3)
    assert fights == pytest.approx(1.0 / 3.0, rel=1e-14)
    assert inspection.reputation_after_fight(0.1, fights) == pytest.approx(0.25, rel=1e-14)


def test_challenger_is_indifferent_where_the_defender_mixes():
    """At the reputation threshold the total chance of a fight is the entrant's gain."""
    for stages in (2, 3, 5):
        p = inspection.reputation_needed(0.5, stages)
        assert p + (1.0 - p) * inspection.weak_defender_fights(p, 0.5, stages) == pytest.approx(0.5, rel=1e-12)


GAMES = [
    ((2, 8, 0.2, 10, 3, 0.5), ("0.250000", "0.089286", "0.071429")),
    ((1, 4, 0.1, 5, 1, 0.2), ("0.222222", "0.055556", "0.044444")),
]


@pytest.mark.parametrize("game, printed", GAMES)
def test_inspection_equilibrium(game, printed):
    gain, penalty, miss, undetected, detected, effort = game
    watched = inspection.inspection_rate(gain, penalty, miss)
    violates = inspection.violation_rate(undetected, detected, miss, effort)
    assert_printed(watched, printed[0])
    assert_printed(violates, printed[1])
    assert_printed(inspection.undetected_violation(violates, watched, miss), printed[2])


@pytest.mark.parametrize("game", [game for game, _ in GAMES])
def test_inspection_makes_both_sides_indifferent(game):
    gain, penalty, miss, undetected, detected, effort = game
    caught = inspection.inspection_rate(gain, penalty, miss) * (1.0 - miss)
    assert (1.0 - caught) * gain - caught * penalty == pytest.approx(0.0, abs=1e-12)
    violates = inspection.violation_rate(undetected, detected, miss, effort)
    inspected_loss = effort + violates * (miss * undetected + (1.0 - miss) * detected)
    assert inspected_loss == pytest.approx(violates * undetected, rel=1e-12)


def play_inspections(trials: int, miss: float) -> tuple[int, int]:
    """Undetected violations, and inspections, in the first game; the miss chance may differ from the one reckoned."""
    watched = inspection.inspection_rate(2, 8, 0.2)
    violates = inspection.violation_rate(10, 3, 0.2, 0.5)
    undetected = inspections = 0
    for replication in range(trials):
        act, watch = uniform_pair(SEED, replication, 0, Stream.CHOICE, 2, 0, 0)
        inspections += watch < watched
        if act < violates:
            seen = watch < watched and uniform(SEED, replication, 0, Stream.SIGNAL, 2, 0, 0) >= miss
            undetected += not seen
    return undetected, inspections


def test_inspections_played():
    trials = sample_size("inspection_game")
    undetected, inspections = play_inspections(trials, miss=0.2)
    assert_rate(inspections, trials, 0.25)
    assert_rate(undetected, trials, 1.0 / 14.0)


def test_inspectors_who_miss_all_would_show():
    trials = sample_size("inspection_game")
    undetected, _ = play_inspections(trials, miss=1.0)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(undetected, trials, 1.0 / 14.0)


def test_inspectors_who_miss_slightly_too_much_would_show():
    """Undetected violations are more frequent by the error that the sample is made for."""
    trials = sample_size("inspection_game")
    miss = 1.0 - (1.0 - 0.8 * (1.0 + planted_error("inspection_game"))) / 0.25
    undetected, _ = play_inspections(trials, miss=miss)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(undetected, trials, 1.0 / 14.0)
