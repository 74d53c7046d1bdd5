"""Figures, intervals and verdicts of the audit, on rows whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.claims import judged
from sim.analysis.estimates import Z95
from sim.analysis.measures import Estimate, difference, exact, meets, over_rows, scaled
from sim.errors import UsageError
from sim.model.seed import Figure, Part, terms
from tests.counts import sample_size

ROWS = {
    "outcome": np.array(["a", "b", "a", "c"], dtype=object),
    "time:meeting": np.array([10.0, np.nan, 30.0, 40.0]),
    "utility:x": np.array([1.0, 2.0, 3.0, 6.0]),
}


def figure(**given) -> Figure:
    return Figure(**given)


def part(**given) -> Part:
    return Part(label="x", **{"figure": figure(mean="utility:x"), **given})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outcome=a", [True, False, True, False]),
        ("outcome!=a", [False, True, False, True]),
        ("time:meeting<=30", [True, False, True, False]),
        ("time:meeting>10", [False, False, True, True]),
        ("has(time:meeting)", [True, False, True, True]),
        ("never(time:meeting)", [False, True, False, False]),
        ("outcome=a & utility:x>=2", [False, False, True, False]),
    ],
)
def test_conditions_pick_rows(text, expected):
    assert expected == meets(terms(text), ROWS).tolist()


def test_a_column_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(UsageError, match="time:metting") as caught:
        meets(terms("time:metting<3"), ROWS)
    assert "time:meeting" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"share": "outcome=a"}, 0.5),
        ({"share": "outcome=a", "given": "has(time:meeting)"}, 2 / 3),
        ({"mean": "utility:x"}, 3.0),
        ({"mean": "utility:x", "given": "outcome=a"}, 2.0),
        ({"mean": "time:meeting"}, 80 / 3),
        ({"median": "utility:x"}, 2.5),
        ({"variance": "utility:x"}, 14 / 3),
        ({"ratio": ["utility:x", "time:meeting"], "given": "has(time:meeting)"}, 10 / 80),
        ({"entropy": "outcome"}, 1.5 + 2 / (8 * math.log(2))),
    ],
)
def test_figures_over_rows(given, value):
    assert over_rows(figure(**given), ROWS).value == pytest.approx(value)


def test_no_row_gives_no_figure():
    found = over_rows(figure(mean="utility:x", given="outcome=nobody"), ROWS)
    assert math.isnan(found.value) and not found.enough


COVERED = {
    "mean": ({"mean": "x"}, 0.5),
    "variance": ({"variance": "x"}, 1 / 12),
    "median": ({"median": "x"}, 0.5),
    "ratio": ({"ratio": ["x", "y"]}, 0.5),
    "given": ({"mean": "x", "given": "x>=0.5"}, 0.75),
    "entropy": ({"entropy": "class"}, -0.2 * math.log2(0.2) - 0.8 * math.log2(0.8)),
    "share": ({"share": "x<0.2"}, 0.2),
}


@pytest.mark.parametrize("name", COVERED)
def test_intervals_cover_the_truth_as_often_as_they_say(name):
    """95 % intervals, allowed 4.1 standard errors and two percentage points for what is asymptotic about them."""
    given, truth = COVERED[name]
    trials = sample_size("claim_intervals")
    generator = np.random.default_rng(7)
    hits = 0
    for _ in range(trials):
        x = generator.random(150)
        rows = {"x": x, "y": 0.5 + generator.random(150), "class": np.where(x < 0.2, "p", "q").astype(object)}
        found = over_rows(figure(**given), rows)
        hits += found.low <= truth <= found.high
    assert abs(hits / trials - 0.95) < 0.02 + 4.1 * math.sqrt(0.95 * 0.05 / trials)


@pytest.mark.parametrize("kind", ["paired shares", "shares of groups", "means"])
def test_intervals_of_differences_cover_the_truth(kind):
    trials = sample_size("claim_intervals")
    generator = np.random.default_rng(11)
    hits = 0
    for _ in range(trials):
        common, own, other = generator.random((3, 150))
        rows = {"x": 0.7 * common + 0.3 * own, "group": (own < 0.5).astype(float)}
        more = {"x": 0.7 * common + 0.3 * other + 0.05, "group": rows["group"]}
        if kind == "means":
            found, truth = difference(over_rows(figure(mean="x"), more), over_rows(figure(mean="x"), rows)), 0.05
        elif kind == "paired shares":
            one, two = ({"u": common, "v": column} for column in (own, other))
            shares = [over_rows(figure(share=text), rows) for text, rows in (("u<0.3", one), ("u<0.2 & v<0.5", two))]
            found, truth = difference(*shares), 0.2
        else:
            shares = [over_rows(figure(share="x<0.5", given=text), rows) for text in ("group=1", "group=0")]
            # P(.7 u + .3 v < .5) for v uniform on [0, .5) and on [.5, 1): .6071 and .3929.
            found, truth = difference(*shares), 0.2142857142857143
        hits += found.low <= truth <= found.high
    assert hits / trials > 0.93 - 4.1 * math.sqrt(0.93 * 0.07 / trials)


def test_common_draws_narrow_the_interval_of_a_difference():
    generator = np.random.default_rng(3)
    x = generator.random(200)
    one, two = over_rows(figure(mean="x"), {"x": x + 0.01}), over_rows(figure(mean="x"), {"x": x})
    assert difference(one, two).low == pytest.approx(0.01)


def test_no_difference_in_rare_events_is_no_proof():
    none = over_rows(figure(share="x>2"), {"x": np.zeros(200)})
    found = difference(none, none)
    assert 0.0 == found.value
    assert "undecided" == judged(part(above=0), found)
    assert "does not hold" == judged(part(above=0), found, same=True)


@pytest.mark.parametrize(
    ("bounds", "low", "high", "verdict"),
    [
        ({"above": 0}, 0.1, 0.3, "holds"),
        ({"above": 0}, -0.1, 0.3, "undecided"),
        ({"above": 0}, -0.3, -0.1, "does not hold"),
        ({"below": 0}, -0.3, -0.1, "holds"),
        ({"below": 0}, 0.1, 0.3, "does not hold"),
        ({"above": 0, "below": 1}, 0.1, 0.3, "holds"),
        ({"above": 0, "below": 1}, 0.9, 1.1, "undecided"),
        ({"equals": 0, "within": 0.1}, -0.05, 0.05, "holds"),
        ({"equals": 0, "within": 0.1}, -0.05, 0.15, "undecided"),
        ({"equals": 0, "within": 0.1}, 0.15, 0.25, "does not hold"),
        ({"reported": True}, -5, 5, "holds"),
        ({"reported": True}, -math.inf, math.inf, "does not hold"),
    ],
)
def test_a_verdict_needs_the_whole_interval(bounds, low, high, verdict):
    item = Estimate((low + high) / 2 if math.isfinite(low) else math.nan, low, high, 100)
    assert verdict == judged(part(**bounds), item)


def test_exact_figures_are_decided_on_the_bound():
    assert "does not hold" == judged(part(above=0), exact(0.0))
    assert "holds" == judged(part(equals=1), exact(1.0))
    assert "does not hold" == judged(part(equals=1), exact(0.8))


def test_never_is_refuted_by_one_row():
    rare = part(figure=figure(share="utility:x>5"), never=True)
    assert "does not hold" == judged(rare, over_rows(rare.figure, ROWS))
    empty = over_rows(figure(share="utility:x>9"), {"utility:x": np.ones(20)})
    assert "holds" == judged(rare, empty)


def test_a_figure_times_zero_is_nil():
    assert scaled(over_rows(figure(share="outcome=a"), ROWS), 0.0).is_exact


def test_a_share_has_its_wilson_interval():
    found = over_rows(figure(share="outcome=a"), ROWS)
    z2 = Z95 * Z95
    assert found.low == pytest.approx((0.5 + z2 / 8) / (1 + z2 / 4) - Z95 * math.sqrt(1 / 16 + z2 / 64) / (1 + z2 / 4))
