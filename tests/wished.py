"""A small search for the smallest change whose answer is known: a war whose probability is a probit of two inputs.

With x and y standard normal and shifted by u and v, P(war) = Phi((-1.5 + .6 u + .6 v) / sqrt(1 + .72)).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import NormalDist
from typing import Any

from sim.analysis.what_if import what_if
from sim.analysis.what_if_found import Found
from sim.analysis.what_if_target import target_of
from sim.experiments.changes import Changes, candidates_of
from tests.planted import planted_scenario

NORMAL = {"dist": "normal", "mean": 0, "sd": 1, "low": -8, "high": 8}
_PHI = NormalDist()


def needed(share: float, start: float, slope: float, deviation: float) -> float:
    """The shift at which Phi((start + slope * shift) / deviation) is a share."""
    return (_PHI.inv_cdf(share) * deviation - start) / slope


def two_inputs(name: str = "") -> dict[str, Any]:
    """War by x and y alike, z for nothing; with a name, it stands wherever the file may have words of its own."""
    parts: dict[str, Any] = {}
    if name:
        parts |= {"title": name, "question": name, "limits": [name]}
        parts["outcomes"] = [{"class": "war", "when": "move.lot.war", "label": name}, {"class": "peace", "when": True, "label": name}]
    parameters = {letter: {"number": NORMAL, **({"label": f"{name} {letter}"} if name else {})} for letter in "xyz"}
    return planted_scenario(
        parameters, "normal_cdf(-1.5 + 0.6 * x + 0.6 * y)", {"line": "x + 0.5 * y"}, **parts
    )


def searched(
    folder: Path, scenario: Mapping[str, Any], target: str, histories: int = 100, at_most: int = 4, *, seed: int = 1, **candidates: Any
) -> Found:
    """The search, played into a folder."""
    wanted = target_of(target, scenario, 1)
    about = {"target": wanted.text, "histories": histories, "at_most": at_most}
    command = ["sim", "what-if", "case.yaml", "--target", target]
    changes = Changes(
        scenario, candidates_of(scenario, **candidates), seed, folder, about, engine="batch", workers=1, command=command
    )
    return what_if(changes, wanted, histories, at_most)
