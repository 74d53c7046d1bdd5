"""Small sweeps whose truth is known: a war whose probability is .8 x y, and numbers made of x and y alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.analysis.sweep import Swept, swept
from sim.analysis.threshold import Threshold, target_of
from sim.analysis.threshold_of import threshold_of
from sim.experiments.replicate import run_scenario
from sim.experiments.steps import Steps
from sim.experiments.sweep import sweep_of
from sim.experiments.varied import varied
from tests.planted import planted_scenario

X, Y = "parameters.x.number", "parameters.y.number"
RANGE = {"value": 0.5, "range": [0, 1]}
KINDS = [("outcome", "text"), ("metric:line", "float64")]


def scenario_xy(probability: str = "0.8 * x * y", name: str = "", **parts: Any) -> dict[str, Any]:
    """The scenario; with a name, it stands wherever the file may have words of its own."""
    if name:
        parts |= {"title": name, "question": name, "limits": [name]}
        parts["outcomes"] = [{"class": "war", "when": "move.lot.war", "label": name}, {"class": "peace", "when": True, "label": name}]
        parts["levers"] = {"x": {"label": name, "path": X, "range": [0, 1]}}
    return planted_scenario({"x": RANGE, "y": RANGE}, probability, {"line": "3 * x + y"}, **parts)


def played(
    folder: Path,
    over: Sequence[str],
    design: str = "grid",
    histories: int = 40,
    outputs: Sequence[str] = ("war", "metric:line"),
    name: str = "",
    probability: str = "0.8 * x * y",
) -> Swept:
    """The sweep, played into a folder."""
    asked = sweep_of(scenario_xy(probability, name), over, design, histories)
    stored = run_scenario(
        asked.scenario, design=asked.design, replications=asked.replications, reports=folder, workers=1, engine="simpy"
    ).stored
    return swept(stored, asked.paths, outputs)


def sought(
    folder: Path, probability: str, target: str, seed: int = 1, histories: int = 1_000, name: str = "", engine: str = "simpy"
) -> tuple[Threshold, Steps]:
    """The threshold over x between 0 and 1, played into a folder."""
    scenario = varied(scenario_xy(probability, name), {X: (0.0, 1.0)})
    steps = Steps(scenario, X, (0.0, 1.0), seed, folder, {"target": target}, histories, engine=engine, workers=1)
    return threshold_of(steps, target_of(target, scenario, KINDS), (), histories), steps
