"""A small comparison whose truth is known: the offer of an ultimatum, .5 or .3, to a responder who holds out for U(0, 1)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sim import resources
from sim.analysis.comparison import Compared, compare
from sim.experiments.arms import arms_of
from sim.experiments.comparison import Campaign

LOW, SAME = "low: game.strategies.offer=.3", "same: parameters.low=0"


def compared(folder: Path, name: str = "", replications: int = 200) -> Compared:
    """The comparison, played into a folder; with a name, it stands wherever the file may have words of its own."""
    text = resources.scenario_path("theory/ultimatum").read_text("utf-8")
    if name:
        quoted = json.dumps(name, ensure_ascii=False)
        text = re.sub(r"label: [^,}\n]+", lambda _: f"label: {quoted}", text)
        text = re.sub(r"^(title|question): .*$", lambda found: f"{found[1]}: {quoted}", text, flags=re.M)
    path = folder / "ultimatum.yaml"
    path.write_text(text, encoding="utf-8")
    arms = arms_of([("ultimatum.yaml", str(path))], written=[LOW, SAME])
    played = Campaign(arms, 1, folder / "compared", engine="simpy", workers=1).play(replications)
    return compare(played, pairs=4, workers=1)
