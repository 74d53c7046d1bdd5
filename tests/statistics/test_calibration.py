"""Calibration finds what is known: even ranks on a model without simulation, and planted parameters of a scenario that is played."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from sim.estimation.likelihood_free.bands import Bands
from sim.estimation.likelihood_free.rank_check import rank_check
from sim.experiments.calibration import study_of
from sim.experiments.calibration_run import Campaign, Size
from tests.counts import sample_size
from tests.planted import UNIFORM, planted_scenario

HISTORIES = 400  # of a figure


def shares(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two shares that hang on two of three parameters, as so many histories show them."""
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([rng.binomial(HISTORIES, chance) / HISTORIES for chance in (0.1 + 0.8 * x, 0.2 + 0.5 * x * y)])


BANDS = Bands(np.array([0.30, 0.25]), np.array([0.34, 0.28]), np.array([0.01, 0.02]))


def test_ranks_of_known_parameters_are_even_and_intervals_hold_them():
    number = sample_size("rank_checks")
    rng = np.random.default_rng(11)
    points = rng.random((2 * number, 3))
    found = rank_check(points, shares(points, rng), BANDS, number, rng)
    assert len(found.ranks) > 0.5 * number
    assert min(found.uneven()) > 1e-3
    error = np.sqrt(0.9 * 0.1 / len(found.ranks))
    assert found.covered == pytest.approx(np.full(3, 0.9), abs=4.1 * error + 0.02)
    assert found.explained[0] > 0.8 and 0.2 < found.explained[1] < 0.9 and abs(found.explained[2]) < 0.1


def test_a_procedure_that_is_too_sure_shows_in_the_ranks():
    """Bands told half as wide as they are: intervals no longer hold, and ranks pile up at both ends."""
    number = sample_size("rank_checks")
    rng = np.random.default_rng(11)
    points = rng.random((2 * number, 3))
    figures = shares(points, rng)
    noisy = figures + rng.normal(0.0, 0.06, figures.shape)  # of which the points know nothing
    others = rank_check(np.concatenate([points[:number], points]), np.concatenate([noisy[:number], figures]), BANDS, number, rng)
    assert others.uneven()[0] < 1e-6 and others.covered[0] < 0.8


PLANTED = (0.3, 0.7)


@pytest.fixture(scope="module")
def fits(tmp_path_factory):
    """Fits to the figures that planted parameters have, each with another seed."""
    x, y = PLANTED
    truth = {"share:outcome=war": 0.1 + 0.6 * x, "share:metric:both>=1": 0.2 + 0.6 * x * y}
    targets = [{"figure": figure, "low": value - 0.04, "high": value + 0.04, "tolerance": 0.03} for figure, value in truth.items()]
    scenario = planted_scenario(
        {"x": UNIFORM, "y": UNIFORM, "z": UNIFORM, "luck": UNIFORM},
        "0.1 + 0.6 * x",
        {"both": "if(luck < 0.2 + 0.6 * x * y, 1, 0)"},
        targets=targets,
    )
    study = study_of(scenario, [f"parameters.{name}" for name in "xyz"])
    folder = tmp_path_factory.mktemp("planted")
    return [
        Campaign(study, Size(2, 90, 120), seed, folder / str(seed), engine="batch", workers=1).play()
        for seed in range(1, sample_size("planted_fits") + 1)
    ]


def test_planted_parameters_are_found(fits):
    """Each fit's values have the planted ones among them; how near and how narrow they are is told of the mean over the fits."""
    for fit in fits:
        assert fit.posterior is not None
        least, most = fit.posterior.points.min(axis=0), fit.posterior.points.max(axis=0)
        assert np.all(least < PLANTED + (0.5,)) and np.all(PLANTED + (0.5,) < most)
    # The first figure moves by .6 over x: three deviations of tolerance and noise, sqrt(.03^2 + .041^2), beyond a band of .08 are .39
    # of that, or .65 of x; the second rules out a little more.
    assert np.mean([fit.waves[-1].region.volume for fit in fits]) < 0.66
    low, middle, high = np.mean([fit.posterior.quantiles([0.05, 0.5, 0.95]) for fit in fits], axis=0)
    assert middle[0] == pytest.approx(PLANTED[0], abs=0.1) and high[0] - low[0] < 0.5
    assert high[2] - low[2] > 0.75  # nothing hangs on it


def test_intervals_of_fits_hold_the_planted_parameters(fits):
    """Of so many fits, at least as many as 90 % intervals do with a chance of one in a thousand."""
    low, high = np.stack([fit.posterior.quantiles([0.05, 0.95])[:, :2] for fit in fits], axis=1)
    held = np.sum((low <= PLANTED) & (high >= PLANTED), axis=0)
    assert np.all(held >= binom.ppf(1e-3, len(fits), 0.9))


def test_the_posterior_played_anew_meets_the_targets(fits):
    """On the mean over the fits; the bands are .04 wide on either side."""
    assert np.mean([fit.check.figures.mean(axis=0) for fit in fits], axis=0) == pytest.approx([0.28, 0.326], abs=0.04)
