"""A small sensitivity analysis whose truth is known: a war whose probability is 0.8 x, and numbers made of x and y alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.analysis.sensitivity import Sensitivity, sensitivity_of
from sim.experiments.replicate import run_scenario
from sim.experiments.sensitivity import study_of
from tests.planted import UNIFORM, planted_scenario

METRICS = {"line": "3 * x + y", "product": "x * y", "never": "0 * x", "rare": "if(x > 0.99, 1, 0)"}


def scenario_xy(name: str = ""):
    """The scenario; with a name, it stands wherever the file may have words of its own."""
    parts = {"uncertainties": ["parameters.x.number", "parameters.y.number"]}
    if name:
        parts |= {"title": name, "question": name, "limits": [name]}
        parts["outcomes"] = [{"class": "war", "when": "move.lot.war", "label": name}, {"class": "peace", "when": True, "label": name}]
    parameters = {letter: {"number": UNIFORM, **({"label": f"{letter} {name}"} if name else {})} for letter in "xy"}
    return planted_scenario(parameters, "0.8 * x", METRICS, **parts)


def analysed(
    folder: Path, method: str = "sobol", samples: int = 100, outputs: Sequence[str] = ("war", "metric:line"), name: str = ""
) -> Sensitivity:
    """The analysis, played into a folder."""
    study = study_of(scenario_xy(name), method, samples)
    stored = run_scenario(study.scenario, design=study.design, reports=folder, workers=1, engine="simpy").stored
    return sensitivity_of(stored, outputs)
