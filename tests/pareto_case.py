"""A scenario whose front is known: more pressure brings more deals and more wars, and noise other than .5 only harms both."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sim.analysis.pareto import Pareto, objectives_of, search
from sim.experiments.lever_runs import LeverRuns, levers_of
from sim.model.complete import complete
from sim.model.load import load_document
from sim.model.reader import read_text

OBJECTIVES = ("max share(deal)", "min share(war)")

TEXT = """\
schema_version: 1
id: planted-front
title: Pressure and noise
question: What can be had together?
description: More pressure brings more deals and more wars; noise harms both.
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
  push: {label: Pressure, number: 0.5}
  noise: {label: Noise, number: 0.9}
  nothing: {label: Nothing, number: 0.5}
levers:
  push: {path: parameters.push.number, label: Pressure, range: [0, 1]}
  noise: {path: parameters.noise.number, label: Noise, range: [0, 1]}
  nothing: {path: parameters.nothing.number, label: Nothing, range: [0, 1]}
game:
  players: {A: {}, B: {}}
  first: lot
  moves:
    lot:
      kind: chance
      options:
        deal: {probability: "0.3 + 0.3 * push - (noise - 0.5) * (noise - 0.5)", payoffs: {A: 1, B: 1}}
        war: {probability: "0.05 + 0.2 * push + 0.6 * (noise - 0.5) * (noise - 0.5)", payoffs: {A: -1, B: -1}}
        calm: {payoffs: {A: 0, B: 0}}
outcomes:
  - {class: deal, label: A deal, when: move.lot.deal, tone: good}
  - {class: war, label: War, when: move.lot.war, tone: worst}
  - {class: calm, label: Calm, when: "true", tone: mixed}
metrics:
  effort: push + noise
limits:
  - Invented.
"""


def truth(push: float, noise: float) -> tuple[float, float]:
    """Share of deals and of wars."""
    apart = (noise - 0.5) ** 2
    return 0.3 + 0.3 * push - apart, 0.05 + 0.2 * push + 0.6 * apart


def searched(
    folder: Path, levers: tuple[str, ...] = ("push", "noise"), objectives: tuple[str, ...] = OBJECTIVES, name: str = "",
    points: int = 32, histories: int = 150, fresh: int = 600,
) -> Pareto:  # fmt: skip
    """The search, played into a folder; with a name, it stands wherever the file may have words of its own."""
    text = TEXT
    if name:
        quoted = json.dumps(name, ensure_ascii=False)
        text = re.sub(r"label: [^,}\n]+", lambda _: f"label: {quoted}", text)
        text = re.sub(r"^(title|question): .*$", lambda found: f"{found[1]}: {quoted}", text, flags=re.M)
        text = text.replace("  - Invented.", f"  - {quoted}")
    scenario = complete(load_document(read_text(text, "planted.yaml")).spec)
    runs = LeverRuns(scenario, levers_of(scenario, levers), 1, folder / "pareto", {}, engine="batch", workers=1)
    return search(runs, objectives_of(objectives, scenario, 1), points, 2, histories, fresh)
