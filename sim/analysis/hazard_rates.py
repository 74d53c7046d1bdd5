"""What dated events say of a hazard: rates in and outside of spells, a self-exciting hazard, how well it fits, and a scenario's values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.estimates import number_or_none
from sim.errors import ParameterError, UsageError
from sim.estimation.rates import RateEstimate, RateRatio, exact_rate, rate_ratio, upper_bound
from sim.estimation.rescaling import SAMPLES, Assessment, assess
from sim.estimation.self_exciting import Parameter, SelfExcitingFit, fit
from sim.model.datasets.records import DatedRecord
from sim.model.diagnostics import did_you_mean
from sim.model.quantities import HOURS_IN
from sim.model.spec.effects import PoissonHazard, SelfExcitingHazard

if TYPE_CHECKING:
    from sim.model.spec.base import Quantity
    from sim.model.spec.scenario import ScenarioSpec

YEAR = 365.0  # days


@dataclass(frozen=True)
class HazardRates:
    """Estimates from one record; rates per year, half-lives in days.

    Attributes
    ----------
    dated : DatedRecord
    everywhere, outside, inside : RateEstimate
        In the whole window, outside of spells and in them; the last two are None without spells.
    inside_upper : float or None
        One-sided upper bound of the rate in spells.
    ratio : RateRatio or None
        Rate in spells over that outside.
    exciting : SelfExcitingFit or None
        The self-exciting hazard, off in spells, with its rates per day; None where it was not asked for or cannot be told.
    why_not : str
        Why not.
    assessment : Assessment or None
    """

    dated: DatedRecord
    everywhere: RateEstimate
    outside: RateEstimate | None
    inside: RateEstimate | None
    inside_upper: float | None
    ratio: RateRatio | None
    exciting: SelfExcitingFit | None
    why_not: str
    assessment: Assessment | None

    @property
    def free(self) -> RateEstimate:
        """The rate where nothing pauses it."""
        return self.everywhere if self.outside is None else self.outside


def estimate(
    dated: DatedRecord, exciting: bool = True, confidence: float = 0.95, samples: int = SAMPLES, root_seed: int = 1
) -> HazardRates:
    """All that a record says of a hazard.

    Parameters
    ----------
    dated : DatedRecord
    exciting : bool
        Whether a self-exciting hazard is fitted besides constant rates.
    confidence : float
        Of all intervals.
    samples : int
        Records played for each test of the self-exciting hazard; 0 for no tests.
    root_seed : int
        Of their draws.

    Raises
    ------
    ParameterError
        A confidence outside (0, 1).
    """
    record = dated.record
    num_inside = int(record.is_paused.sum())
    everywhere = _yearly(record.times.size, record.end - record.start, confidence)
    outside = inside = ratio = upper = None
    if record.paused_exposure > 0.0:
        inside = _yearly(num_inside, record.paused_exposure, confidence)
        upper = upper_bound(num_inside, record.paused_exposure / YEAR, confidence)
        if record.exposure > 0.0:
            outside = _yearly(record.times.size - num_inside, record.exposure, confidence)
            ratio = rate_ratio(inside, outside, confidence)
    found, why_not = None, ""
    if exciting:
        try:
            found = fit(record, confidence)
        except ParameterError as error:
            why_not = str(error)
    told = assess(record, found, root_seed, samples) if found is not None and samples else None
    return HazardRates(dated, everywhere, outside, inside, upper, ratio, found, why_not, told)


def _yearly(num_events: int, days: float, confidence: float) -> RateEstimate:
    return exact_rate(num_events, days / YEAR, confidence)


# Beside a scenario's hazard -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A value of a scenario beside its estimate.

    ``agrees`` is whether the value lies in the interval, None where the file says no number; ``range_holds`` whether the range that
    the file gives holds the whole interval, None without a range.
    """

    path: str
    value: float | None
    range: tuple[float, float] | None
    estimate: float
    low: float
    high: float | None
    agrees: bool | None
    range_holds: bool | None


def beside(found: HazardRates, spec: ScenarioSpec, name: str) -> tuple[list[Compared], list[str]]:
    """The values of a hazard of a scenario beside the estimates, and what keeps the two from being the same quantity.

    Raises
    ------
    UsageError
        No such hazard, or one on fixed dates.
    """
    if name not in spec.hazards:
        raise UsageError(f"{spec.id} has no hazard '{name}'", hint=did_you_mean(name, spec.hazards, "hazards"))
    hazard = spec.hazards[name]
    if isinstance(hazard, PoissonHazard):
        rows = [_rate(f"hazards.{name}.rate", hazard.rate, found.free)]
    elif isinstance(hazard, SelfExcitingHazard):
        rows = _exciting_rows(name, hazard, found, HOURS_IN[spec.time_unit] / 24.0)
    else:
        raise UsageError(f"hazard '{name}' of {spec.id} comes on fixed dates and has no rate")
    return rows, _differences(hazard, found)


def _exciting_rows(name: str, hazard: SelfExcitingHazard, found: HazardRates, days: float) -> list[Compared]:
    rows = []
    if found.exciting is not None:
        fitted = found.exciting
        rows += [
            _parameter(f"hazards.{name}.baseline", hazard.baseline, fitted.baseline.per(YEAR)),
            _parameter(f"hazards.{name}.branching", hazard.branching, fitted.branching),
            _parameter(f"hazards.{name}.half_life", hazard.half_life, fitted.half_life.per(1.0 / days)),
        ]
    if found.inside is not None:
        rows.append(_rate(f"hazards.{name}.paused_rate", hazard.paused_rate, found.inside))
    return rows


def _differences(hazard: PoissonHazard | SelfExcitingHazard, found: HazardRates) -> list[str]:
    told = []
    what = "baseline" if isinstance(hazard, SelfExcitingHazard) else "rate"
    if hazard.factor != "1":
        told.append(f"the scenario multiplies its {what} by {hazard.factor}; the estimate is of the product")
    if hazard.when is not None:
        told.append(f"in the scenario it can come only while {hazard.when}; the estimate is of all the time")
    if isinstance(hazard, SelfExcitingHazard) and hazard.paused != "false" and found.inside is not None:
        told.append(f"in the scenario it pauses while {hazard.paused}; the record, in the spells that were given")
    return told


def _rate(path: str, quantity: Quantity, estimate: RateEstimate) -> Compared:
    return _compared(path, quantity, estimate.rate, estimate.low, estimate.high)


def _parameter(path: str, quantity: Quantity, parameter: Parameter) -> Compared:
    return _compared(path, quantity, parameter.value, parameter.low or 0.0, parameter.high)


def _compared(path: str, quantity: Quantity, value: float, low: float, high: float | None) -> Compared:
    given = quantity.value if quantity.dist is None else None
    top = float("inf") if high is None else high
    agrees = None if given is None else low <= given <= top
    holds = None if quantity.range is None else quantity.range[0] <= low and top <= quantity.range[1]
    return Compared(path, given, quantity.range, value, low, high, agrees, holds)


# As data --------------------------------------------------------------------------------------------------------------


def as_data(found: HazardRates) -> dict[str, Any]:
    """The estimates as plain data; absent ends of intervals are null."""
    record = found.dated.record
    return {
        "start": str(found.dated.start),
        "end": str(found.dated.end),
        "events": int(record.times.size),
        "earlier_events": int(record.earlier.size),
        "remarks": list(found.dated.remarks),
        "confidence": found.everywhere.confidence,
        "rates": {
            name: _rate_data(rate)
            for name, rate in (("everywhere", found.everywhere), ("outside", found.outside), ("inside", found.inside))
            if rate is not None
        },
        "inside_upper": found.inside_upper,
        "ratio": None if found.ratio is None else _ratio_data(found.ratio),
        "self_exciting": None if found.exciting is None else _exciting_data(found.exciting),
        "why_not": found.why_not,
        "assessment": None if found.assessment is None else _assessment_data(found.assessment),
    }


def _rate_data(rate: RateEstimate) -> dict[str, Any]:
    return {"events": rate.num_events, "years": rate.exposure, "rate": rate.rate, "low": rate.low, "high": rate.high}


def _ratio_data(ratio: RateRatio) -> dict[str, Any]:
    return {
        "ratio": number_or_none(ratio.ratio), "low": ratio.low, "high": number_or_none(ratio.high), "p_value": ratio.p_value,
    }  # fmt: skip


def _exciting_data(fitted: SelfExcitingFit) -> dict[str, Any]:
    parameters = (
        ("baseline", fitted.baseline.per(YEAR)), ("branching", fitted.branching), ("half_life", fitted.half_life),
    )  # fmt: skip
    return {
        **{
            name: {"value": item.value, "standard_error": item.standard_error, "low": item.low, "high": item.high}
            for name, item in parameters
        },
        "long_run_rate": fitted.long_run_rate * YEAR,
        "log_likelihood": fitted.log_likelihood,
        "likelihood_ratio": fitted.likelihood_ratio,
    }


def _assessment_data(told: Assessment) -> dict[str, Any]:
    return {
        "samples": told.samples, "excitation_p": told.excitation_p, "distance": told.distance, "distance_p": told.distance_p,
        "constant_distance": told.constant_distance, "mean_gap": told.mean_gap, "correlation": told.correlation,
        "again": {"baseline": told.again.baseline * YEAR, "branching": told.again.branching, "half_life": told.again.half_life},
    }  # fmt: skip


def compared_as_data(rows: list[Compared], differences: list[str]) -> dict[str, Any]:
    """The comparison with a scenario as plain data."""
    return {
        "values": [
            {
                "path": row.path, "value": row.value, "range": None if row.range is None else list(row.range), "estimate": row.estimate,
                "low": row.low, "high": row.high, "agrees": row.agrees, "range_holds": row.range_holds,
            }
            for row in rows
        ],
        "differences": differences,
    }  # fmt: skip
