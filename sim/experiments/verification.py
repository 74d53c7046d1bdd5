"""A scenario held against its theory: measures played in many histories, beside their exact values.

How many histories: the fewest with which an error of 2 % in a measure is found with a probability of .99 at 4.1 standard
errors, from a trial of some hundreds; a measure that never varies needs none.

The standard error of a small sample says little: what is rare has not come yet, and nothing varies. A measure that is a condition is
then judged by the binomial distribution under its exact value. A mean that is further off than 4.1 of its standard errors is left
open (`Check.few`) below `FEW` histories, and as long as an event to which theory gives a chance has not been met at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.experiments.replicate import Crew
from sim.experiments.workers import Block, EngineSpec, Job, Stopper
from sim.model.compile import Case
from sim.model.expressions.kinds import Kind, check
from sim.model.vocabulary import situation

SIGMAS = 4.1  # standard errors apart that are still put down to chance
PLANTED = 0.02  # relative error to be found
POWER_QUANTILE = 2.3263478740408408  # normal quantile of .99, the probability of finding it
TRIAL = 4_000  # histories from which the spread of a measure is estimated
FEWEST = 1_000
MOST = 2_000_000
BLOCK = 20_000
FEW = 100  # an event with a chance of 10 % stays out of so many histories as rarely as 4.1 standard errors come by chance
ROUNDING = 1e-9  # of what does not vary: relative, and absolute below 1


@dataclass(frozen=True)
class Check:
    """A measure as played, beside its exact value."""

    name: str
    label: str
    exact: float
    estimate: float
    standard_error: float
    counted: int  # histories that count
    within: float  # systematic difference allowed
    note: str | None = None
    few: bool = False  # beyond 4.1 standard errors of the sample, which may be due to how few histories there are

    @property
    def apart(self) -> float:
        """Standard errors between the two, beyond what is allowed; 0 within rounding, infinite where nothing varies."""
        gap = abs(self.estimate - self.exact) - self.within - ROUNDING * max(1.0, abs(self.exact))
        if not math.isfinite(gap):
            return math.inf  # where no history counts nothing has been verified
        gap = max(0.0, gap)
        return gap / self.standard_error if self.standard_error > 0.0 else (math.inf if gap > 0.0 else 0.0)

    @property
    def holds(self) -> bool:
        """Whether the difference can be put down to chance."""
        return self.apart <= SIGMAS

    @property
    def differs(self) -> bool:
        """Whether it cannot, and the histories are enough to say so."""
        return self.counted > 0 and not (self.holds or self.few)


def verify(
    case: Case,
    root_seed: int,
    engine: EngineSpec,
    replications: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> list[Check]:
    """The checks of a scenario's measures.

    Parameters
    ----------
    replications : histories to play; none: as many as the scenario says, or as the smallest error to be found asks for.

    Raises
    ------
    UsageError
        The scenario has no measures.
    """
    theory = case.spec.theory
    if theory is None or not theory.measures:
        raise UsageError(f"{case.spec.id}: nothing to verify", hint="the scenario has no `theory:` with `measures:`")
    played = _Played(case, root_seed, engine, workers)
    if replications is None:
        replications = theory.replications
    if replications is None:
        played.up_to(TRIAL, progress)
        replications = max([FEWEST, *(histories_needed(values, len(values)) for values in played.measures().values())])
    played.up_to(replications, progress)
    measures = played.measures()
    return checks_of(case, measures)


def histories_needed(values: np.ndarray, histories: int, planted: float = PLANTED) -> int:
    """Histories with which a relative error in a mean is found, from a sample; nan where a history does not count.

    Bounded by `MOST`; a value that does not vary needs the fewest.
    """
    counted = values[~np.isnan(values)]
    if len(counted) < 2:
        return FEWEST  # so rare that no sample would tell
    mean, spread = float(counted.mean()), float(counted.std(ddof=1))
    if spread == 0.0:
        return FEWEST
    size = abs(mean)
    if not set(np.unique(counted)) <= {0.0, 1.0}:
        size = max(size, spread / 2.0)  # of a mean that is small beside its spread no relative error can be asked for
    needed = ((SIGMAS + POWER_QUANTILE) * spread / (planted * size)) ** 2
    return min(MOST, math.ceil(needed * histories / len(counted)))


class _Played:
    """Columns of measures of the histories so far."""

    def __init__(self, case: Case, root_seed: int, engine: EngineSpec, workers: int | None) -> None:
        self.case = case
        scenario = json.dumps(case.completed, ensure_ascii=False).encode("utf-8")
        self.job = Job(scenario, root_seed, engine, 0)
        self.crew = Crew.of(workers, None)
        self.parts: dict[int, dict[str, np.ndarray]] = {}
        self.done = 0

    def up_to(self, histories: int, progress: Callable[[int, int, float], None] | None) -> None:
        """Play on to so many histories."""
        import time

        starts = list(range(self.done, histories, BLOCK))
        blocks = [Block(n, start, min(start + BLOCK, histories)) for n, start in enumerate(starts)]
        began, first = time.perf_counter(), self.done
        with Stopper() as stopper:
            for block, tables in self.crew.computed(self.job, blocks, histories - self.done, stopper):
                columns = {name: tables["results"][f"measure:{name}"] for name in self.case.spec.theory.measures}
                self.parts[block.start] = columns
                self.done += block.stop - block.start
                if progress is not None:
                    progress(self.done, histories, (self.done - first) / max(time.perf_counter() - began, 1e-9))
        if stopper.asked:
            raise KeyboardInterrupt

    def measures(self) -> dict[str, np.ndarray]:
        """Values by measure, in order of histories."""
        order = sorted(self.parts)
        return {name: np.concatenate([self.parts[start][name] for start in order]) for name in self.case.spec.theory.measures}


def checks_of(case: Case, columns: Mapping[str, np.ndarray]) -> list[Check]:
    """The measures of the case's theory that have a column, by their values in the same histories; nan where one does not count."""
    measures: Mapping[str, Any] = {} if case.spec.theory is None else case.spec.theory.measures
    found = {name: check_of(case, name, columns[name]) for name in measures if name in columns}
    kinds = situation(case.spec).kinds
    events = {name for name in found if found[name].counted and check(case.read(measures[name].value), kinds) is Kind.BOOLEAN}
    for name in events:
        found[name] = _judged(found[name])
    unmet = any(_is_unmet(found[name]) for name in events)
    for name in found.keys() - events:
        item = found[name]
        found[name] = replace(item, few=item.counted > 0 and not item.holds and (item.counted < FEW or unmet))
    return list(found.values())


def _judged(event: Check) -> Check:
    """A share judged by what its exact value lets expect: what never happens, or always, needs no sample to be refuted."""
    if not ROUNDING < event.exact < 1.0 - ROUNDING:
        return replace(event, standard_error=0.0)
    return replace(event, few=not event.holds and _comes_by_chance(event))


def _is_unmet(event: Check) -> bool:
    """Whether what theory says to happen now and then has always or never happened so far, which may be chance."""
    return event.estimate in (0.0, 1.0) and ROUNDING < event.exact < 1.0 - ROUNDING and not event.differs


def _comes_by_chance(event: Check) -> bool:
    """Whether so many or so few hits come as often as 4.1 standard errors of a normal quantity, by the exact distribution."""
    from scipy.special import bdtr, bdtrc

    nearest = min(max(event.estimate, event.exact - event.within), event.exact + event.within)
    hits = round(event.counted * event.estimate)
    tail = min(bdtr(hits, event.counted, nearest), bdtrc(hits - 1, event.counted, nearest))
    return bool(2.0 * tail >= math.erfc(SIGMAS / math.sqrt(2.0)))


def check_of(case: Case, name: str, values: np.ndarray) -> Check:
    """A measure of the case's theory by its values in histories, nan where one does not count."""
    measure: Any = case.spec.theory.measures[name]
    counted = values[~np.isnan(values)]
    if len(counted) == 0:
        estimate, error = math.nan, 0.0
    elif measure.statistic == "dispersion":
        estimate, error = dispersion(counted)
    else:
        estimate = float(counted.mean())
        spread = float(counted.std(ddof=1)) if np.ptp(counted) > 0.0 else 0.0  # of equal numbers rounding would leave a trace
        error = spread / math.sqrt(len(counted))
    exact = case.solved_game.exact[name] if case.is_solved else case.constant(measure.exact)
    error = max(error, _least_error(exact, counted)) if set(np.unique(counted)) <= {0.0, 1.0} else error
    return Check(name, measure.label or name, exact, estimate, error, len(counted), measure.within, measure.note)


def _least_error(exact: float, counted: np.ndarray) -> float:
    """The standard error of a share under the exact probability: what a sample of all zeros or ones cannot tell."""
    if len(counted) == 0 or not 0.0 < exact < 1.0:
        return 0.0
    return math.sqrt(exact * (1.0 - exact) / len(counted))


def dispersion(values: np.ndarray) -> tuple[float, float]:
    """Variance over mean, with its standard error by the delta method."""
    n, mean, variance = len(values), float(values.mean()), float(values.var(ddof=1)) if len(values) > 1 else 0.0
    if n < 2 or mean == 0.0:
        return math.nan, 0.0
    ratio = variance / mean
    influence = ((values - mean) ** 2 - variance) / mean - ratio / mean * (values - mean)
    return ratio, float(influence.std(ddof=1)) / math.sqrt(n)
