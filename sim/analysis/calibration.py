"""What a calibration found: the posterior, what it does to the targets, what they do not pin down, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis.input_names import input_label
from sim.analysis.resampling import generator
from sim.analysis.targets import Measured, band_words, measured_of
from sim.errors import UsageError
from sim.estimation.likelihood_free.emulator import fitted
from sim.estimation.likelihood_free.rank_check import RankCheck, rank_check
from sim.estimation.likelihood_free.rejection import Posterior, correlations
from sim.experiments.calibration import Aim, Parameter
from sim.experiments.calibration_run import Fit

PINNED = 0.8  # of the prior's width; a posterior wider than this says that targets do not pin the parameter down
CHECKS = 200  # truths of the rank check
ENOUGH = 60  # of them, below which a histogram has no shape
EMULATED = 4_000  # points that the emulator plays for it where the first wave has too few
UNEVEN = 0.01  # chance of ranks as uneven, below which it is remarked on; divided by the number of parameters
TELLING = 0.3  # rank correlation from which two parameters are said to go together
_CHANCES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Spread:
    """The middle and the central 90 % of a distribution."""

    low: float
    middle: float
    high: float

    @property
    def width(self) -> float:
        """Of the central 90 %."""
        return self.high - self.low


@dataclass(frozen=True)
class FittedParameter:
    """A parameter before and after.

    Attributes
    ----------
    mean, deviation : of the posterior
    density : float64, shape (bins,)
        Posterior weight of each tenth of the prior.
    """

    parameter: Parameter
    label: str
    prior: Spread
    posterior: Spread
    mean: float
    deviation: float
    density: tuple[float, ...]

    @property
    def width(self) -> float:
        """Width of the posterior over that of the prior; 1 where the prior has a single value."""
        return self.posterior.width / self.prior.width if self.prior.width > 0.0 else 1.0

    @property
    def is_pinned(self) -> bool:
        """Whether targets say something of it."""
        return bool(self.width <= PINNED)


@dataclass(frozen=True)
class FittedTarget:
    """A target, and the figure as the scenario stands, over the prior and over the posterior.

    Attributes
    ----------
    stands : with its 95 % interval; None where it cannot be read
    prior, posterior : over points, with the noise of their histories
    mean : of the posterior's points
    """

    aim: Aim
    stands: Measured | None
    prior: Spread
    posterior: Spread
    mean: float

    @property
    def band(self) -> str:
        """The band in words."""
        return band_words(self.aim.low, self.aim.high, self.aim.is_share)

    def verdict(self, value: float) -> str:
        """`inside`, `near` (within a tolerance beyond an end), `outside`, or `not read`."""
        if value != value:
            return "not read"
        beyond = max(self.aim.low - value, value - self.aim.high, 0.0)
        return "inside" if beyond == 0.0 else "near" if beyond <= self.aim.tolerance else "outside"

    @property
    def before(self) -> str:
        """Verdict on the scenario as it stands."""
        return "not read" if self.stands is None else self.verdict(self.stands.value)

    @property
    def after(self) -> str:
        """Verdict on the posterior."""
        return self.verdict(self.mean)


@dataclass(frozen=True)
class Calibration:
    """The whole answer.

    Attributes
    ----------
    correlations : float64, shape (parameters, parameters)
        Rank correlations of the posterior.
    """

    fit: Fit
    posterior: Posterior
    parameters: tuple[FittedParameter, ...]
    targets: tuple[FittedTarget, ...]
    correlations: np.ndarray

    @cached_property
    def ranks(self) -> RankCheck:
        """The rank check, with points of the first wave as truths; where these are too few, with points that its emulator plays."""
        wave, bands = self.fit.waves[0], self.fit.study.bands
        figures = wave.figures[:, self.fit.used]
        found = rank_check(wave.points, figures, bands, CHECKS, generator(self.fit.seed, "calibration", "ranks"))
        return self._emulated if len(found.ranks) < ENOUGH else found

    @cached_property
    def _emulated(self) -> RankCheck:
        wave = self.fit.waves[0]
        figures = wave.figures[:, self.fit.used]
        rng = generator(self.fit.seed, "calibration", "emulated ranks")
        points = rng.random((EMULATED, wave.points.shape[1]))
        emulator = fitted(wave.points, figures)
        noise = np.where(np.isfinite(emulator.spread), emulator.spread, 0.0)
        made = emulator.predict(points) + noise * rng.standard_normal((EMULATED, len(noise)))
        return rank_check(points, made, self.fit.study.bands, CHECKS, rng)

    @property
    def is_emulated(self) -> bool:
        """Whether the rank check was played by the emulator."""
        return self.ranks is self._emulated

    @property
    def used(self) -> list[FittedTarget]:
        """Targets that parameters were fitted to."""
        return [item for item in self.targets if item.aim.is_used]

    def together(self) -> list[tuple[int, int, float]]:
        """Pairs of parameters that go together in the posterior, the closest first."""
        size = len(self.parameters)
        found = [(i, j, float(self.correlations[i, j])) for i in range(size) for j in range(i + 1, size)]
        return sorted((item for item in found if abs(item[2]) >= TELLING), key=lambda item: -abs(item[2]))


def calibration_of(fit: Fit) -> Calibration:
    """The answer of a fit.

    Raises
    ------
    UsageError
        No parameters come near all bands: says which targets cannot be met, and what would work.
    """
    if fit.posterior is None or fit.check is None:
        from sim.analysis.calibration_conflicts import why_nothing

        message, hint = why_nothing(fit)
        raise UsageError(message, hint=hint)
    post = fit.posterior
    quantiles = post.quantiles(_CHANCES)
    parameters = tuple(_parameter(fit, post, n, quantiles[:, n]) for n in range(len(fit.study.parameters)))
    first, check = fit.waves[0].figures, fit.check.figures
    targets = tuple(
        FittedTarget(
            aim, measured_of(*fit.counts[n], aim.figure) if fit.counts[n][1].any() else None, _spread(first[:, n]), _spread(check[:, n]),
            _mean(check[:, n]),
        )
        for n, aim in enumerate(fit.study.aims)
    )  # fmt: skip
    return Calibration(fit, post, parameters, targets, correlations(post.points, post.weights))


def _parameter(fit: Fit, post: Posterior, place: int, quantiles: Sequence[float]) -> FittedParameter:
    parameter = fit.study.parameters[place]
    column = post.points[:, place]
    values = parameter.values(column)
    mean = float(post.weights @ values)
    deviation = float(np.sqrt(max(post.weights @ (values - mean) ** 2, 0.0)))
    density, _ = np.histogram(column, 10, (0.0, 1.0), weights=post.weights)
    return FittedParameter(
        parameter, input_label(fit.study.stands, parameter.path), _three(parameter.values(np.array(_CHANCES))),
        _three(parameter.values(np.asarray(quantiles))), mean, deviation, tuple(map(float, density)),
    )  # fmt: skip


def _spread(figures: np.ndarray) -> Spread:
    known = figures[~np.isnan(figures)]
    return _three(np.quantile(known, _CHANCES)) if len(known) else Spread(np.nan, np.nan, np.nan)


def _three(numbers: np.ndarray) -> Spread:
    return Spread(*map(float, numbers))


def _mean(figures: np.ndarray) -> float:
    known = figures[~np.isnan(figures)]
    return float(known.mean()) if len(known) else float("nan")


def as_data(found: Calibration) -> dict[str, Any]:
    """Everything as plain data."""
    fit, ranks = found.fit, found.ranks
    aims = fit.study.used
    return {
        "scenario": str(fit.study.stands["id"]),
        "seed": fit.seed,
        "before": None if fit.study.before is None else fit.study.before.isoformat(),
        "histories": fit.num_histories,
        "effective": found.posterior.effective,
        "widened": found.posterior.widened,
        "adjusted": found.posterior.is_adjusted,
        "waves": [
            {"points": len(wave.points), "left": wave.region.volume, "directory": wave.stored.directory.as_posix()} for wave in fit.waves
        ],
        "parameters": [
            {
                "name": item.parameter.name, "path": item.parameter.path, "label": item.label, "mean": item.mean, "sd": item.deviation,
                "prior": _spread_data(item.prior), "posterior": _spread_data(item.posterior), "width": item.width, "pinned": item.is_pinned,
                "ranks": ranks.histograms[n].tolist(), "uneven": _number(float(ranks.uneven()[n])) if len(ranks.ranks) else None,
                "covered": _number(float(ranks.covered[n])), "explained": _number(float(ranks.explained[n])),
            }
            for n, item in enumerate(found.parameters)
        ],
        "correlations": [[round(float(x), 4) for x in row] for row in found.correlations],
        "targets": [
            {
                "figure": item.aim.figure, "label": item.aim.label, "low": _number(item.aim.low), "high": _number(item.aim.high),
                "tolerance": item.aim.tolerance, "date": None if item.aim.date is None else item.aim.date.isoformat(),
                "used": item.aim.is_used, "left_out": item.aim.left_out or None,
                "stands": None if item.stands is None else {key: _number(getattr(item.stands, key)) for key in ("value", "low", "high")},
                "before": item.before, "after": item.after, "prior": _spread_data(item.prior),
                "posterior": {"mean": _number(item.mean), **_spread_data(item.posterior)},
            }
            for item in found.targets
        ],
        "conflicts": {
            "together": _number(fit.conflicts.together),
            "unreached": [aims[n].figure for n in fit.conflicts.unreached],
            "pairs": [{"one": aims[i].figure, "other": aims[j].figure, "distance": _number(d)} for i, j, d in fit.conflicts.pairs],
            "without": [{"figure": aims[n].figure, "distance": _number(d)} for n, d in fit.conflicts.without],
        },
        "rank_check": {"checks": len(ranks.ranks), "left_out": ranks.left_out, "emulated": found.is_emulated},
    }  # fmt: skip


def _spread_data(item: Spread) -> dict[str, float | None]:
    return {"low": _number(item.low), "median": _number(item.middle), "high": _number(item.high)}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
