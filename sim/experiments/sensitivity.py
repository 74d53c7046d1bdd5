"""What a sensitivity analysis plays: a scenario in which the chosen inputs vary, and the design over them and chance.

By default all declared uncertainties, all private types and all levers that are numbers with a range are factors of their own; whatever
else is drawn is one more, "all other inputs".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.errors import UsageError
from sim.experiments.design.factors import Factor, factors_of
from sim.experiments.design.morris import Morris
from sim.experiments.design.saltelli import Saltelli
from sim.experiments.evidence import refuse_evidence
from sim.experiments.varied import levers_that_vary, path_of, varied

Method = Literal["sobol", "morris"]
METHODS: dict[Method, int] = {
    "sobol": 1000,
    "morris": 100,
}  # with the base samples, or trajectories, that are played by default
FEWEST: dict[Method, int] = {"sobol": 32, "morris": 10}  # with which an interval says anything


@dataclass(frozen=True)
class Study:
    """A scenario that is ready to be played, and its design."""

    scenario: dict[str, Any]
    design: Saltelli | Morris

    @property
    def factors(self) -> tuple[Factor, ...]:
        """All factors but chance."""
        return self.design.factors


def study_of(
    scenario: Mapping[str, Any],
    method: str,
    samples: int | None = None,
    inputs: Sequence[str] = (),
    ranges: bool = False,
) -> Study:
    """The study that is asked for.

    Parameters
    ----------
    scenario : a completed one
    method : ``sobol`` or ``morris``
    samples : base samples or trajectories; by default those of `METHODS`
    inputs : paths or names of levers; by default all declared uncertainties, private types and numeric levers
    ranges : whether values of judgement vary too, each within its range in the file

    Raises
    ------
    UsageError
        No such method; too few samples; a name that leads nowhere or to nothing that can vary; nothing that is uncertain;
        something given: rows that do not fit it leave gaps in a design, and an index rests on all of its rows.
    """
    from sim.engines.tables.inputs import type_axes_of
    from sim.model.compile import compile_case

    name, number = _checked(method, samples)
    refuse_evidence(
        scenario,
        "a sensitivity analysis needs all histories, also those that do not fit what is given",
        "`sim run --given ...` and then `sim drivers` on its directory tell what moves the histories that fit",
    )
    if ranges and scenario.get("sampling") == "off":
        raise UsageError(
            "--ranges: the scenario has `sampling: off`, which draws nothing",
            hint="set it to `inputs`, or leave --ranges out",
        )
    before = {**scenario, "sampling": "ranges"} if ranges else dict(scenario)
    drawn = set(_drawn(before))
    named = [path if path in drawn else path_of(scenario, path) for path in inputs]
    chosen = {path: None for path in named if path not in drawn} if inputs else _levers(before)
    played = varied(before, chosen)
    case = compile_case(played)
    if not inputs:
        declared = [path for path in (*scenario.get("uncertainties", []), *chosen) if path in set(_drawn_by(case))]
        types = [path for path in type_axes_of(case) if path not in declared]
        named = [] if ranges else [*declared, *types]
    factors = factors_of(case, named)
    design = Saltelli(number, factors) if name == "sobol" else Morris(number, factors)
    return Study(played, design)


def _checked(method: str, samples: int | None) -> tuple[Method, int]:
    from sim.model.diagnostics import did_you_mean

    name = next((known for known in METHODS if known == method), None)
    if name is None:
        raise UsageError(
            f"--method {method}: expected sobol or morris", hint=did_you_mean(method, list(METHODS), "methods")
        )
    number = METHODS[name] if samples is None else samples
    if number < FEWEST[name]:
        what = (
            "base samples, for first and total order with intervals"
            if name == "sobol"
            else "trajectories, for effects with intervals"
        )
        raise UsageError(
            f"-n {number}: expected at least {FEWEST[name]} {what}", hint=f"{METHODS[name]:,} is a beginning"
        )
    return name, number


def _levers(scenario: Mapping[str, Any]) -> dict[str, None]:
    return {} if scenario.get("sampling") == "off" else dict.fromkeys(levers_that_vary(scenario))


def _drawn(scenario: Mapping[str, Any]) -> tuple[str, ...]:
    from sim.model.compile import compile_case

    return _drawn_by(compile_case(scenario))


def _drawn_by(case: Any) -> tuple[str, ...]:
    from sim.engines.tables.inputs import axes_of

    return axes_of(case)
