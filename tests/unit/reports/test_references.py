"""References are read as the grammar in sim.reports.content says, and refused in words where they do not follow it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.reports.references import recompute, wilson

ROWS = {
    "outcome": np.array(["calm", "calm", "storm", "calm"]),
    "time.meeting": np.array([10.0, 30.0, np.nan, 50.0]),
    "losses": np.array([0.0, 2.0, 9.0, 1.0]),
    "count:events.shot": np.array([5.0, 0.0, 3.0, 4.0]),
    "count:events_in_talks.shot": np.array([2.0, 0.0, 0.0, 1.0]),
    "count:talks_days": np.array([100.0, 300.0, 0.0, 0.0]),
    "days": np.array([400.0, 400.0, 400.0, 400.0]),
}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("share:outcome=calm", 0.75),
        ("count:outcome=calm", 3),
        ("share:has(time.meeting)", 0.75),
        ("share:has(time.meeting,1e9)", 0.75),
        ("share:has(time.meeting,-1)", 0.0),
        ("share:never(time.meeting,-1)", 1.0),
        ("share:never(time.meeting)", 0.25),
        ("share:outcome=calm|losses>=1", 2 / 3),
        ("share:outcome=calm&losses<1", 0.25),
        ("median:time.meeting", 30.0),
        ("mean:losses|outcome=calm", 1.0),
        ("quantile(0.25):time.meeting", 20.0),
        ("low:outcome=calm", wilson(3, 4)[0]),
        ("high:outcome=calm|has(time.meeting)", 1.0),
        ("share:outcome=calm,storm", 1.0),
        ("share:outcome=storm, rain", 0.25),
        ("inside:share:outcome=calm in 0.75 to 0.8;share:losses>1 in 0.6 to 1;share:has(time.meeting,20) in 0 to 0.25", 2),
        ("inside:share:outcome=calm|losses>=1 in 0.6 to 0.7;median:time.meeting in 0 to inf", 2),
        ("rate:shot in talks", 365.0 * 3 / 400),
        ("rate:shot outside talks", 365.0 * 9 / 1200),
        ("inside:rate:shot in talks in 2.7 to 2.8;rate:shot outside talks in 0 to 1", 1),
    ],
)
def test_reference_gives_the_number_computed_by_hand(reference: str, expected: float) -> None:
    assert expected == pytest.approx(recompute(reference, ROWS))


def test_condition_that_no_row_meets_gives_no_number() -> None:
    assert math.isnan(recompute("share:outcome=calm|losses>99", ROWS))
    assert math.isnan(recompute("median:time.meeting|outcome=storm", ROWS))


def test_wilson_interval_agrees_with_the_published_example() -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, Statistics in Medicine 17, table I)."""
    assert (0.2553, 0.3662) == pytest.approx(wilson(81, 263), abs=5e-5)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("share", "expected function:subject"),
        ("share:outcome", "cannot read the condition"),
        ("inside:share:outcome=calm", "cannot read the band"),
        ("inside:share:outcome=calm in 0 to many", "cannot read the band"),
        ("rate:shot", "expected COUNTER in talks"),
        ("rate:shot near talks", "expected COUNTER in talks"),
        ("share:weather=calm", "no column 'weather'"),
        ("mode:losses", "unknown function 'mode'"),
    ],
)
def test_unreadable_reference_says_why(reference: str, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        recompute(reference, ROWS)
