"""Pages of sweeps and thresholds: the answer, a chart for each curve, its numbers."""

from __future__ import annotations

import pytest

from sim.reports.sweep_report import render_sweep
from sim.reports.threshold_report import render_threshold
from tests import swept

OVER = {"one": [f"{swept.X}=0:1:5"], "two": [f"{swept.X}=0:1:4", f"{swept.Y}=0:1:3"]}


@pytest.mark.parametrize("number, charts", [("one", 2), ("two", 6)])
def test_a_sweep_has_a_chart_for_each_output_and_factor_and_one_for_both(tmp_path, number, charts):
    page = render_sweep(swept.played(tmp_path, OVER[number]))
    assert page.count('class="chart"') == charts
    assert "All points have the same draws" in page and "Tango (1998)" in page
    assert page.index('id="answer"') < page.index('class="chart"') < page.index('id="method"') < page.index('id="limits"')


def test_a_design_over_ranges_says_that_it_is_sliced(tmp_path):
    page = render_sweep(swept.played(tmp_path, [swept.X], "lhs", 400))
    assert "slices of equally many histories" in page and "Latin hypercube" in page


def test_a_threshold_has_its_answer_its_picture_and_its_steps(tmp_path):
    found, steps = swept.sought(tmp_path / "sought", "0.8 * x", "share(war) >= 0.4")
    page = render_threshold(found, steps, "X")
    assert "is at least 40% from 0." in page and page.count('class="chart"') == 1
    assert all(f"Digest of {name}" in page for name in ("scan", "closer", "closer-again", "there", "there-more"))
    assert "<p>9 values, 0 to 1; " in page and "built-in" not in page
    assert "Fieller 1954" in page and "rgba(213,94,0,0.22)" in page
