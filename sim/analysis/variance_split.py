"""How much of what varies is our not knowing the inputs, and how much the world's chance.

Each of several points of the inputs is played with several draws: histories at one point differ by chance alone, means of points
by the inputs besides. In the one-way model with random effects, y = mean + a(point) + e(draw), the shares of the variances of a and e
are those two. With F the ratio of the mean square between points to that within, r draws each, the share of the inputs is
(F - 1) / (F - 1 + r). The interval is the jackknife's, over points, on the scale of log F, which asks for no normal distributions;
for a share of histories that few points have it is too narrow with few points (`FEW_POINTS`).

Sources: Searle, Casella and McCulloch (1992), Variance Components, ch. 3 (estimator); Arvesen and Schmitz (1970), Biometrics 26(4),
677-686 (jackknife of log F).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.outputs import Output, outputs_of
from sim.errors import UsageError

if TYPE_CHECKING:
    from sim.experiments.store import StoredRun

FEW_POINTS = 200  # below which the interval for a rare event is narrower than it says: 83 to 91 % in place of 95 with 50 to 200


@dataclass(frozen=True)
class VarianceSplit:
    """The share of a variance that comes from the inputs; the rest is chance.

    Attributes
    ----------
    mean, deviation : of single histories
    inputs, low, high : the share of the inputs with its 95 % interval; nan where nothing varies
    points, draws : how many points, each with how many draws
    """

    mean: float
    deviation: float
    inputs: float
    low: float
    high: float
    points: int
    draws: int

    @property
    def chance(self) -> float:
        """The share of the world's chance."""
        return 1.0 - self.inputs

    @property
    def varies(self) -> bool:
        """Whether there is anything to split."""
        return not math.isnan(self.inputs)


def variance_split(values: np.ndarray) -> VarianceSplit:
    """The split of the variance of a number that is known for several draws at each of several points.

    Parameters
    ----------
    values : float64, shape (points, draws), at least two of both
    """
    points, draws = values.shape
    if points < 2 or draws < 2:
        raise UsageError(f"a variance is split over two points with two draws each, at least; found {points} with {draws}")
    means = values.mean(axis=1)
    means = means - means.mean()  # the same split, and no cancellation
    within = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    mean = float(values.mean())
    total = float(values.std())
    if np.ptp(values) == 0.0:
        return VarianceSplit(mean, 0.0, math.nan, math.nan, math.nan, points, draws)
    if within.sum() == 0.0:
        return VarianceSplit(mean, total, 1.0, 1.0, 1.0, points, draws)
    ratio = _log_ratio(means.sum(), (means**2).sum(), within.sum(), points, draws)
    without = _log_ratio(
        means.sum() - means, (means**2).sum() - means**2, np.maximum(within.sum() - within, 0.0), points - 1, draws
    )
    low, high = _interval(ratio, without, points)
    shares = [_share(x, draws) for x in (ratio, low, high)]
    return VarianceSplit(mean, total, *shares, points, draws)


def split_of(stored: StoredRun, outputs: Sequence[str] = ()) -> dict[Output, VarianceSplit]:
    """The split of each output of a finished run with a nested design; of all classes of outcome by default.

    Raises
    ------
    UsageError
        The run has another design; no such output.
    """
    from sim.experiments.design import design_of, settings_of
    from sim.experiments.design.nested import Nested

    design = settings_of(stored.manifest)
    if not isinstance(design, Nested):
        raise UsageError(
            f"{stored.directory}: a variance is split over a nested design, and the run's is '{design_of(stored.manifest)}'"
        )
    chosen = outputs_of(outputs, stored.case, stored.kinds("results"))
    return {output: variance_split(output.values(stored.results).reshape(design.points, design.draws)) for output in chosen}


def _log_ratio(total: np.ndarray | float, squares: np.ndarray | float, within: np.ndarray | float, points: int, draws: int) -> np.ndarray:
    """Log of the mean square between points over that within; bounded where one of them is 0."""
    between = draws * (np.asarray(squares) - np.asarray(total) ** 2 / points) / max(points - 1, 1)
    inside = np.asarray(within) / (points * (draws - 1))
    least = np.finfo(float).tiny
    return np.log(np.maximum(between, least)) - np.log(np.maximum(inside, least))


def _interval(whole: np.ndarray, without: np.ndarray, points: int) -> tuple[float, float]:
    from scipy.special import stdtrit

    pseudo = points * whole - (points - 1) * without
    half = float(stdtrit(points - 1, 0.975)) * float(pseudo.std(ddof=1)) / math.sqrt(points)
    centre = float(pseudo.mean())
    return centre - half, centre + half


def _share(log_ratio: float | np.ndarray, draws: int) -> float:
    beyond = math.expm1(min(float(log_ratio), 700.0))
    return min(1.0, max(0.0, beyond / (beyond + draws)))
