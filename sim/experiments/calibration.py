"""What a calibration fits, and to what: parameters with their priors, targets with their bands and dates.

Parameters are numbers that are drawn once a history by a distribution of their own, and numbers that have a range: of a lever, or in the
file. That is their prior. Targets are those that the scenario declares and that are dated before a day, where one is named.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.estimation.likelihood_free.bands import Bands
from sim.experiments.varied import path_of, varied
from sim.model.distributions.base import Distribution
from sim.model.figures import conditions

MOST_PARAMETERS = 20  # beyond which no polynomial of a few hundred points says anything


@dataclass(frozen=True)
class Parameter:
    """A number that is fitted.

    Attributes
    ----------
    name : as it was asked for, the name of a lever or a path
    prior : how it is drawn
    """

    name: str
    path: str
    prior: Distribution

    def values(self, coordinates: np.ndarray) -> np.ndarray:
        """Values at probabilities under the prior, float64 of their shape."""
        return np.array([self.prior.quantile(float(u)) for u in np.ravel(coordinates)]).reshape(np.shape(coordinates))


@dataclass(frozen=True)
class Aim:
    """A target.

    Attributes
    ----------
    low, high : ends of the band; 0, and 1 or infinity, where the file has none
    tolerance : standard deviation beyond them, in the unit of the figure
    left_out : why it is not used; empty where it is
    """

    figure: str
    label: str
    low: float
    high: float
    tolerance: float
    date: dt.date | None
    source: str
    left_out: str = ""

    @property
    def is_share(self) -> bool:
        """Whether it is a share; else a rate a year."""
        return not self.figure.startswith("rate:")

    @property
    def is_used(self) -> bool:
        """Whether parameters are fitted to it."""
        return not self.left_out


@dataclass(frozen=True)
class Study:
    """A calibration that is ready to be played.

    Attributes
    ----------
    stands : the completed scenario as it is
    scenario : the same with the parameters drawn from their priors
    aims : all targets with a band, those that are left out too
    """

    stands: dict[str, Any]
    scenario: dict[str, Any]
    parameters: tuple[Parameter, ...]
    aims: tuple[Aim, ...]
    before: dt.date | None

    @property
    def used(self) -> list[Aim]:
        """The targets that parameters are fitted to."""
        return [aim for aim in self.aims if aim.is_used]

    @property
    def bands(self) -> Bands:
        """Their bands."""
        used = self.used
        return Bands(*(np.array([getattr(aim, name) for aim in used]) for name in ("low", "high", "tolerance")))

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the parameters."""
        return tuple(parameter.path for parameter in self.parameters)


def study_of(scenario: Mapping[str, Any], fit: Sequence[str] = (), before: dt.date | None = None) -> Study:
    """The calibration that is asked for.

    Parameters
    ----------
    scenario : a completed one
    fit : paths or names of levers; by default the declared uncertainties that are numbers
    before : only targets dated before this day are used

    Raises
    ------
    UsageError
        No targets, none dated before the day, such as contradict each other; a name that leads nowhere or to nothing that can be
        fitted; nothing to fit.
    """
    aims = aims_of(scenario, before)
    check_agreement([aim for aim in aims if aim.is_used], [str(item["class"]) for item in scenario["outcomes"]])
    if scenario.get("sampling") == "off":
        raise UsageError(
            f"the scenario '{scenario.get('id')}' has `sampling: off`, which draws nothing, so nothing has a prior",
            hint="leave it out, or set it to `inputs`",
        )
    played, parameters = _parameters(dict(scenario), list(fit))
    return Study(dict(scenario), played, parameters, aims, before)


def _parameters(scenario: dict[str, Any], fit: list[str]) -> tuple[dict[str, Any], tuple[Parameter, ...]]:
    from sim.model.compile import compile_case

    groups = [(kind, group) for kind in ("shares", "correlations") for group in (scenario.get(kind) or {}).values()]
    bound = {member: kind for kind, group in groups for member in group["members"]}
    if not fit:
        case = compile_case(scenario)
        own = {drawn.path for drawn in case.inputs} - set(bound)
        fit = [path for path in scenario.get("uncertainties", []) if path in own]
        if not fit:
            raise UsageError(
                "nothing to fit: the scenario declares no uncertainty that is a number with a distribution of its own",
                hint="name numbers or levers that have a range, as in --fit PATH,PATH",
            )
    paths = []
    for name in fit:
        path = path_of(scenario, name)
        if path in bound:
            raise UsageError(
                f"--fit {name}: it is drawn together with others (`{bound[path]}`), so that it has no prior of its own",
                hint="fit another number, or give this one a distribution of its own",
            )
        if path in paths:
            raise UsageError(f"--fit: '{name}' is there twice, under another name too", hint="keep one of them")
        paths.append(path)
    if len(paths) > MOST_PARAMETERS:
        raise UsageError(
            f"{len(paths)} parameters are more than {MOST_PARAMETERS}, which targets hardly ever tell apart",
            hint="name the few that matter with --fit; `sim sensitivity` tells which do",
        )
    played = varied(scenario, dict.fromkeys(paths))
    priors = {drawn.path: drawn.distribution for drawn in compile_case(played).inputs}
    missing = [name for name, path in zip(fit, paths, strict=True) if path not in priors]
    if missing:
        raise UsageError(f"--fit {missing[0]}: it is not drawn once a history by a distribution of its own", hint="fit another number")
    return played, tuple(Parameter(name, path, priors[path]) for name, path in zip(fit, paths, strict=True))


# Targets -------------------------------------------------------------------------------------------------------------


def aims_of(scenario: Mapping[str, Any], before: dt.date | None = None) -> tuple[Aim, ...]:
    """The targets of a scenario that have a band, and whether each is used; errors as for `study_of`."""
    declared = list(scenario.get("targets") or ())
    if not declared:
        raise UsageError(
            f"the scenario '{scenario.get('id')}' declares no targets, so there is nothing to fit to",
            hint='declare some, as in targets: [{figure: "share:outcome=CLASS", low: .1, high: .2}]',
        )
    aims = tuple(aim for aim in (_aim(item, before, scenario) for item in declared) if aim is not None)
    if not any(aim.is_used for aim in aims):
        dates = sorted(aim.date for aim in aims if aim.date is not None)
        if before is None:
            raise UsageError("no target has a band, so there is nothing to fit to", hint="give one `low`, `high` or both")
        if not dates:
            raise UsageError(
                f"--before {before}: no target of the scenario has a date, so none is known to be earlier",
                hint="write `date:` beside each: the day on which its band could be stated",
            )
        raise UsageError(
            f"--before {before}: no target is dated before that day; they are of {dates[0]} to {dates[-1]}",
            hint=f"--before {dates[0] + dt.timedelta(days=1)} has the earliest",
        )
    return aims


def _aim(item: Mapping[str, Any], before: dt.date | None, scenario: Mapping[str, Any]) -> Aim | None:
    figure = str(item["figure"])
    low, high = item.get("low"), item.get("high")
    if low is None and high is None:
        return None
    is_share = not figure.startswith("rate:")
    label = str(item.get("label") or figure)
    tolerance = item.get("tolerance")
    if tolerance is None:
        tolerance = _quarter(low, high, is_share)
        if not tolerance > 0.0:
            raise UsageError(
                f"the target '{label}' has a band without width, and no tolerance", hint="write `tolerance:`, or a lower and an upper end"
            )
    date = None if item.get("date") is None else dt.date.fromisoformat(str(item["date"]))
    left_out = ""
    if before is not None and (date is None or date >= before):
        left_out = "it has no date" if date is None else f"it is of {date}"
    sources = scenario.get("sources") or {}
    source = str(item.get("source") or "")
    return Aim(
        figure, label, 0.0 if low is None else float(low), (1.0 if is_share else math.inf) if high is None else float(high),
        float(tolerance), date, str(sources[source]["title"]) if source in sources else source, left_out,
    )  # fmt: skip


def _quarter(low: float | None, high: float | None, is_share: bool) -> float:
    """A quarter of the band; of one with a single end, of the way from there to the nearer end of all that is possible."""
    if low is not None and high is not None:
        return (high - low) / 4.0
    end = high if low is None else low
    assert end is not None
    return (min(end, 1.0 - end) if is_share else end) / 4.0


def check_agreement(aims: Sequence[Aim], classes: Sequence[str]) -> None:
    """Raise ``UsageError`` where targets contradict each other whatever the parameters: no simulation is needed to see it."""
    for one, other in combinations(aims, 2):
        gap = max(one.low, other.low) - min(one.high, other.high)
        if one.figure == other.figure and gap > one.tolerance + other.tolerance:
            raise UsageError(
                f"two targets contradict each other: '{one.label}' and '{other.label}' are the same figure, {one.figure}, and their bands "
                "lie apart",
                hint="keep one of them, or widen a band or its `tolerance`",
            )
    shares: dict[str, list[tuple[Aim, set[str]]]] = {}
    for aim in aims:
        terms, given = conditions(aim.figure.partition(":")[2])
        if aim.is_share and not given and len(terms) == 1 and terms[0][1] == "=" and terms[0][0].partition("@")[0] == "outcome":
            column, named = terms[0][0], {name.strip() for name in terms[0][2].split(",")}
            kept = shares.setdefault(column, [])
            if all(not named & others for _, others in kept):
                kept.append((aim, named))
    for kept in shares.values():
        room = sum(aim.tolerance for aim, _ in kept)
        least, most = sum(aim.low for aim, _ in kept), sum(aim.high for aim, _ in kept)
        labels = ", ".join(f"'{aim.label}'" for aim, _ in kept)
        if least > 1.0 + room:
            raise UsageError(
                f"the targets {labels} contradict each other: their lower ends add up to {100 * least:.3g}% of all histories",
                hint="lower some of them",
            )
        if set(classes) <= set().union(*(named for _, named in kept)) and most < 1.0 - room:
            raise UsageError(
                f"the targets {labels} contradict each other: they are all classes of outcome, and their upper ends add up to "
                f"{100 * most:.3g}% of all histories",
                hint="raise some of them",
            )
