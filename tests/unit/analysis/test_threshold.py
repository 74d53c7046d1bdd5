"""The search for a threshold: what it finds where the truth is known, what it says where there is none, and how its interval covers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.crossing import crossing
from sim.analysis.outputs import Output
from sim.analysis.sweep_words import threshold_findings
from sim.analysis.threshold import Target, search, target_of
from sim.errors import UsageError
from tests.counts import sample_size
from tests.swept import KINDS, scenario_xy

WAR = Output("war", "War", "class", "outcome", "war", 1.0)


def sought(chance, target, seed=1, histories=4_000, low=0.0, high=1.0):
    """A search over events with the same luck at each value, of which a part is the value's own."""
    steps = []
    shared = np.random.default_rng(seed).random(4 * histories)

    def play(name, values, first, repeats):
        steps.append((name, list(values), first, repeats))
        luck = shared[first : first + repeats]
        own = np.random.default_rng([seed, first, len(steps)]).random((repeats, len(values)))
        mixed = np.where(own < 0.5, luck[:, None], np.random.default_rng([seed, 1, len(steps)]).random((repeats, len(values))))
        return (mixed < chance(np.asarray(values))[None]).astype(float)

    return search(play, target, low, high, (), histories), steps


def least(level):
    return Target(WAR, True, level, f"share(war) >= {level}")


CURVES = [(lambda x: 0.8 * x, 0.4, 0.5), (lambda x: x * x, 0.1, math.sqrt(0.1)),
          (lambda x: 1 / (1 + np.exp(-12 * (x - 0.7))), 0.2, 0.7 - math.log(4.0) / 12)]  # fmt: skip


def test_intervals_cover_the_true_threshold():
    repetitions = sample_size("threshold_intervals")
    for chance, level, truth in CURVES:
        found = [sought(chance, least(level), seed)[0] for seed in range(repetitions)]
        assert {item.kind for item in found} == {"crossed"}
        held = sum(item.crossing.low <= truth <= item.crossing.high for item in found)
        # 92 to 98 %, with 4.1 standard errors where there are few repetitions
        slack = 4.1 * math.sqrt(0.95 * 0.05 / repetitions) if repetitions < 400 else 0.0
        assert 0.92 - slack <= held / repetitions <= 0.98 + slack


def test_the_last_step_has_draws_that_nothing_has_used_and_most_histories():
    found, steps = sought(CURVES[0][0], least(0.4))
    assert [name for name, *_ in steps] == ["scan", "closer", "closer-again", "there", "there-more"]
    used = max(first + repeats for name, _, first, repeats in steps if not name.startswith("there"))
    assert steps[3][2] >= used and steps[4][2] == steps[3][2] + steps[3][3]
    assert 0.9 * 4_000 <= found.histories <= 4_000 and found.steps[-1].histories > found.histories / 2


def test_which_side_meets_it():
    rising, _ = sought(CURVES[0][0], least(0.4))
    assert rising.is_met_above and "is at least 40% from 0." in threshold_findings(rising, "X")[0]
    falling, _ = sought(lambda x: 0.8 - 0.8 * x, least(0.4))
    assert not falling.is_met_above and "is at least 40% up to 0." in threshold_findings(falling, "X")[0]
    at_most = Target(WAR, False, 0.4, "share(war) <= 0.4")
    below, _ = sought(CURVES[0][0], at_most)
    assert not below.is_met_above and "is at most 40% up to 0." in threshold_findings(below, "X")[0]


def test_met_everywhere_and_nowhere_are_told():
    always, steps = sought(lambda x: 0.5 + 0.2 * x, least(0.1))
    assert always.kind == "everywhere" and always.is_sure and len(steps) == 1
    assert threshold_findings(always, "X")[0].startswith("The target is met everywhere: the share of “War” is at least 10% at all 9 values")
    never, _ = sought(lambda x: 0 * x, least(0.1))
    assert never.kind == "nowhere"
    assert "met nowhere" in threshold_findings(never, "X")[0] and "nearest 0.0% (0.0 to" in threshold_findings(never, "X")[0]


def test_a_curve_that_rises_and_falls_has_no_one_threshold():
    hill, _ = sought(lambda x: 0.9 * np.sin(np.pi * x), least(0.45))
    assert hill.kind == "several" and not hill.is_monotone
    (first, second) = hill.stretches
    assert first.low <= 1 / 6 <= first.high and first.is_met_above and second.low <= 5 / 6 <= second.high
    told = threshold_findings(hill, "X")
    assert len(told) == 1 and "no one threshold, for the curve is not monotone" in told[0] and "changes 2 times" in told[0]
    half, _ = sought(lambda x: 0.9 * np.sin(np.pi * x), least(0.45), high=0.8)
    assert half.kind == "crossed" and not half.is_monotone
    assert any("rises and falls" in text for text in threshold_findings(half, "X"))


def test_a_level_that_so_few_histories_cannot_tell_is_left_open():
    flat, steps = sought(lambda x: 0.4 + 0 * x, least(0.4), histories=2_000)
    assert flat.kind == "open" and [name for name, *_ in steps] == ["scan", "scan-again"]
    assert "do not tell from which value" in threshold_findings(flat, "X")[0]


def test_a_line_is_passed_where_it_is():
    rng = np.random.default_rng(11)
    noise = rng.normal(0, 0.1, 2_000)
    values = (0.2, 0.3, 0.4)
    at = crossing(values, [2 * x + noise for x in values], 0.62, (0.0, 1.0))
    assert at.at == pytest.approx(0.31 - noise.mean() / 2, abs=1e-6) and at.slope == pytest.approx(2.0)
    error = noise.std(ddof=1) / math.sqrt(2_000)
    assert (at.high - at.low) / 2 == pytest.approx(1.959964 * error / 2, rel=0.02)
    assert at.is_open == (False, False)
    assert crossing(values, [2 * x + noise for x in values], 9.0, (0.0, 1.0)) is None


@pytest.mark.parametrize(
    "text, message",
    [
        ("share(war)", "expected an output, a sign (>= or <=) and a level"),
        ("share(war) >= much", "expected a number after >=, found 'much'"),
        ("share(war) >= 1.5", "can never be: a share lies between 0 and 1"),
        ("share(war) >= 0", "is always so: a share lies between 0 and 1"),
        ("share(war) <= 120%", "is always so"),
        ("share(warr) >= .1", "expected a class of outcome"),
    ],
)
def test_a_target_that_says_nothing_is_refused(text, message):
    with pytest.raises(UsageError) as told:
        target_of(text, scenario_xy(), KINDS)
    assert message in str(told.value)


def test_a_target_is_read():
    target = target_of("share(war) >= 10%", scenario_xy(), KINDS)
    assert (target.output.name, target.is_least, target.level) == ("war", True, 0.1)
    target = target_of("mean(metric:line)<-2.5", scenario_xy(), KINDS)
    assert (target.output.name, target.is_least, target.level) == ("metric:line", False, -2.5)


def test_a_sign_the_wrong_way_round_is_named():
    with pytest.raises(UsageError, match="expected >= or <= before the level, found '=>'") as told:
        target_of("share(war) => 0.5", scenario_xy(), KINDS)
    assert told.value.hint == "write >="
