"""The page of a calibration, and what is said of it in sentences."""

from __future__ import annotations

import html
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.calibration import as_data
from sim.analysis.calibration_conflicts import conflict_words, why_nothing
from sim.analysis.calibration_words import findings
from sim.estimation.likelihood_free.conflicts import conflicts
from sim.reports import calibration_figures as figures
from sim.reports.calibration_report import render_calibration
from tests.calibrated import calibrated


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return calibrated(tmp_path_factory.mktemp("runs"))


def test_the_page_tells_the_answer_first_and_then_everything_else(found):
    text = html.unescape(render_calibration(found, ["sim", "calibrate", "case.yaml"]))
    sections = ('id="targets"', 'id="parameters"', 'id="conflicts"', 'id="trust"', 'id="method"', 'id="limits"', 'id="again"')
    places = [text.index(part) for part in (*findings(found), *sections)]
    assert places == sorted(places)
    assert "What goes together" in text and "Does it find what is known?" in text and "sim calibrate case.yaml" in text
    assert render_calibration(found, []) == render_calibration(found, []), "the same fit gives the same page"


def test_targets_stand_on_the_scale_of_their_bands(found):
    figure = figures.targets(found)
    fitted, stands = figure["data"][-2:]
    war = found.targets[0]
    assert fitted["x"][0] == pytest.approx((war.mean - 0.2) / 0.2) and stands["x"][0] == pytest.approx((war.stands.value - 0.2) / 0.2)
    assert (fitted["name"], stands["name"]) == ("fitted", "as it stands")


def test_histograms_end_at_the_line_where_they_are_even():
    figure = figures.histograms([figures.Bars("even", "", [1.0] * 10, 1.0)], ("a", "b", "c"), "#0072b2")
    (bars,), (line,) = figure["data"], figure["layout"]["shapes"]
    assert bars["base"] + bars["y"][0] == pytest.approx(line["y0"])


def test_verdicts_and_widths_are_those_of_the_numbers(found):
    war, _, never = found.targets
    assert war.verdict(0.3) == "inside" and war.verdict(0.44) == "near" and war.verdict(0.46) == "outside"
    assert war.verdict(float("nan")) == "not read" and never.band == "at most 10%"
    x, y = found.parameters
    assert x.is_pinned and not y.is_pinned and x.width == pytest.approx(x.posterior.width / 0.9)
    assert sum(x.density) == pytest.approx(1.0) and x.prior.middle == pytest.approx(0.5)
    data = as_data(found)
    assert data["parameters"][1]["pinned"] is False and sum(data["parameters"][0]["ranks"]) == data["rank_check"]["checks"]
    told = " ".join(findings(found))
    assert "The targets narrow \u201cX\u201d" in told and "cannot pin down \u201cY\u201d" in told


def test_conflicts_are_told_by_name(found):
    far = np.array([[0.0, 9.0, 0.0], [9.0, 0.0, 0.0]])
    fit = replace(found.fit, conflicts=conflicts(far))
    told = conflict_words(fit)
    assert told[0] == (
        "\u201cWar breaks out\u201d and \u201cBoth\u201d conflict: each can be met, but not both (nearest 9.0 tolerances off)."
    )
    assert told[1] == "All other targets can be met without \u201cWar breaks out\u201d or \u201cBoth\u201d."
    message, hint = why_nothing(fit)
    assert "no parameters come near all 3 targets" in message and "widen a target" in hint
    message, hint = why_nothing(found.fit)
    assert message == "too few of 120 points meet all 3 targets for a posterior" and "--points" in hint
