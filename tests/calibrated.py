"""A small calibration whose truth is known: a war whose probability is 0.1 + 0.6 x, and a number that is larger in y."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.analysis.calibration import Calibration, calibration_of
from sim.experiments.calibration import study_of
from sim.experiments.calibration_run import Campaign, Fit, Size
from tests.planted import UNIFORM, planted, planted_scenario

TARGETS = [
    {"figure": "share:outcome=war", "low": 0.2, "high": 0.4, "label": "War breaks out", "date": "2029-03-01", "source": "invented"},
    {"figure": "share:metric:both>=1", "low": 0.3, "high": 0.5, "label": "Both", "tolerance": 0.06, "date": "2029-06-01"},
    {"figure": "share:metric:both>=2", "high": 0.1, "label": "Never", "date": "2030-06-01"},
]
METRICS = {"both": "if(luck < 0.2 + 0.6 * x * y, 1, 0)"}
NUMBERS = {"x": UNIFORM, "y": {"value": 0.5, "range": [0, 1]}, "z": UNIFORM, "luck": UNIFORM}


def parts(name: str = "", **others: Any) -> tuple[Any, ...]:
    """What makes the scenario; with a name, it stands wherever the file may have words of its own."""
    more: dict[str, Any] = {"uncertainties": [f"parameters.{item}.number" for item in ("x", "z")], "targets": TARGETS, **others}
    if name:
        more |= {"title": name, "question": name, "limits": [name], "targets": [{**target, "label": name} for target in TARGETS]}
    return NUMBERS, "0.1 + 0.6 * x", METRICS, more


def case(**others: Any) -> dict[str, Any]:
    """The scenario as a file has it."""
    numbers, chance, metrics, more = parts(**others)
    return planted(numbers, chance, metrics, **more)


def completed(name: str = "", **others: Any) -> dict[str, Any]:
    """The completed scenario."""
    numbers, chance, metrics, more = parts(name, **others)
    return planted_scenario(numbers, chance, metrics, **more)


def fitted(folder: Path, name: str = "", **asked: Any) -> Fit:
    """The fit, played into a folder."""
    study = study_of(completed(name), ["parameters.x", "parameters.y"], **asked)
    return Campaign(study, Size(2, 60, 40), 1, folder / "fit", engine="batch", workers=1).play()


def calibrated(folder: Path, name: str = "", **asked: Any) -> Calibration:
    """The answer, played into a folder."""
    return calibration_of(fitted(folder, name, **asked))
