"""A scenario whose regrets are known: the chance of war is a line in Anna's need, another line under patience, and level in between."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.analysis.robustness import Robust, cardinal_goal, level_of, robust
from sim.experiments.arms import arms_of
from sim.experiments.comparison import Campaign
from sim.experiments.design.nested import Nested

LINES = {"base": (0.2, 0.5), "patient": (0.6, -0.4), "middle": (0.38, 0.0)}  # chance of war at no need, and what need adds

TEXT = """\
schema_version: 1
id: planted-robust
title: Two policies and a middle way
question: Whom would one follow without knowing Anna's need?
description: War is likely under firmness where need is large, and under patience where it is small.
start: 2030-01-01
horizon: 1 day
grid: 2
sources:
  invented: {title: An invented case, kind: judgement}
sides: [A, B]
actors:
  A: {role: principal, label: Anna}
  B: {role: principal, label: Bert}
parameters:
  need: {label: Anna's need, number: {dist: uniform, low: 0, high: 1, source: invented}}
  weather: {label: Weather, number: {dist: uniform, low: 0, high: 1, source: invented}}
  chance: {label: Chance at no need, number: 0.2}
  slope: {label: What need adds, number: 0.5}
uncertainties:
  - parameters.need.number
  - parameters.weather.number
levers:
  chance: {path: parameters.chance.number, label: Chance at no need, range: [0.1, 0.9]}
  slope: {path: parameters.slope.number, label: Slope, range: [-0.5, 0.5]}
game:
  players: {A: {}, B: {}}
  first: spark
  moves:
    spark:
      kind: chance
      options:
        war: {probability: "chance + slope * need", payoffs: {A: -1, B: -1}}
        calm: {payoffs: {A: 1, B: 1}}
outcomes:
  - {class: war, label: War, when: move.spark.war, tone: worst}
  - {class: calm, label: Calm, when: "true", tone: good}
metrics:
  risk: chance + slope * need
policies:
  patient: {label: Patience, set: {parameters.chance.number: 0.6, parameters.slope.number: -0.4}}
  middle: {label: A middle way, set: {parameters.chance.number: 0.38, parameters.slope.number: 0}}
limits:
  - Invented.
"""


def true_regrets() -> dict[str, tuple[float, float, float]]:
    """Mean regret of each arm, that in its worst tenth, and the largest."""
    need = (np.arange(100_000) + 0.5) / 100_000
    risks = np.stack([start + slope * need for start, slope in LINES.values()])
    regret = risks - risks.min(axis=0)
    tenth = len(need) // 10
    return {
        name: (float(row.mean()), float(np.sort(row)[-tenth:].mean()), float(row.max()))
        for name, row in zip(LINES, regret, strict=True)
    }


def judged(
    folder: Path, name: str = "", draws: int = 120, repeats: int = 10, by: str | None = None, level: float | None = 0.4,
    policies: Sequence[str] = ("patient", "middle"),
) -> Robust:  # fmt: skip
    """The arms played into a folder and judged; with a name, it stands wherever the file may have words of its own."""
    text = TEXT
    if name:
        quoted = json.dumps(name, ensure_ascii=False)
        text = re.sub(r"label: [^,}\n]+", lambda _: f"label: {quoted}", text)
        text = re.sub(r"^(title|question): .*$", lambda found: f"{found[1]}: {quoted}", text, flags=re.M)
        text = text.replace("  - Invented.", f"  - {quoted}")
    path = folder / "planted.yaml"
    path.write_text(text, encoding="utf-8")
    arms = arms_of([("planted.yaml", str(path))], policies=policies)
    nested = Nested(draws, repeats)
    played = Campaign(arms, 1, folder / "robust", engine="batch", workers=1, nested=nested).play(nested.num_rows)
    from sim.analysis.compared_measures import common_columns

    goal = cardinal_goal(arms, common_columns(played), by)
    return robust(played, goal, level_of(goal, None, level, True))
