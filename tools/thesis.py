"""The commentary's thesis as an experiment: does an expectation talked up make force likelier after a meeting that fails?

    .venv/bin/python -m tools.thesis [--replications 2000] [--seed 1] [--out DIR]

Three things are varied and all combinations compared over the same draws, with the parts of `sim compare`: how the meeting is talked up
or down, how much officials prepare it, and through which channels a disappointment acts. Figure: the probability with which force is
chosen at the first answer to a meeting without a signed package, over the histories in which there is one.

Of a plain difference between shares of failed meetings it could not be said what it shows, since other meetings fail. So the effect of
talking up is taken within pairs of histories in both of which the first such meeting came.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools import figures
from tools.sections import body_of, note_of, write_part

PAGE, PART = "README.md", "thesis"
SCENARIO = "scenarios/summit.yaml"
REPLICATIONS, SEED = 2000, 1
FIGURE = "force_probability"
HYPE = {"down": "-.15", "up": ".15"}  # up to a mean of .70: beyond it losses alone turn round
OFFICIALS = {
    "little": "tracks.working.first_round=60 days; tracks.working.gap=40 days",
    "much": "tracks.working.first_round=7 days; tracks.working.gap=7 days",
}
OFF = "mechanisms.{}.enabled=false"
CHANNELS = {
    "neither": f"{OFF.format('belief_collapse')}; {OFF.format('reference_dependence')}",
    "beliefs": OFF.format("reference_dependence"),
    "losses": OFF.format("belief_collapse"),
    "both": "",
}
LABELS = {"neither": "neither channel", "beliefs": "lower belief in talks and pressure", "losses": "losses weigh more", "both": "both"}


def written(channel: str, officials: str, hype: str) -> str:
    """A cell of the experiment as `sim compare --policy` takes it."""
    sets = [f"mechanisms.expectation.hype={HYPE[hype]}", OFFICIALS[officials], CHANNELS[channel]]
    return f"{channel}-{officials}-{hype}: {'; '.join(filter(None, sets))}"


CELLS = [written(*cell) for cell in itertools.product(CHANNELS, OFFICIALS, HYPE)]


@dataclass(frozen=True)
class Row:
    """Both expectations under one channel and one preparation: mean chance of force, and what talking up adds, with its interval."""

    channel: str
    officials: str
    down: float
    up: float
    added: float
    low: float
    high: float
    failed: int  # pairs of histories in both of which a meeting ended without a package


def rows(replications: int, seed: int, directory: Path) -> list[Row]:
    """All cells, played into a directory that `sim` commands can read."""
    from sim.analysis.compared_measures import common_columns, measures_of
    from sim.analysis.paired_differences import difference
    from sim.experiments.arms import arms_of
    from sim.experiments.comparison import Campaign

    arms = arms_of([(SCENARIO, str(figures.ROOT / SCENARIO))], written=CELLS)
    played = Campaign(arms, seed, directory).play(replications)
    measure = next(item for item in measures_of(arms, common_columns(played), [FIGURE]) if item.id == FIGURE)
    values = {name: np.asarray(played.rows(name, [FIGURE])[FIGURE], dtype=float) for name in arms.names}
    found = []
    for channel, officials in itertools.product(CHANNELS, OFFICIALS):
        down, up = (f"{channel}-{officials}-{hype}" for hype in HYPE)
        item = difference(measure, up, down, values[up], values[down])
        found.append(Row(channel, officials, item.other_value, item.value, item.difference, item.low, item.high, item.pairs))
    return found


def table(found: list[Row]) -> str:
    """The rows as a table for readers; probabilities in percent."""
    told = ["| a disappointment acts through | officials meet | talked down | talked up | difference in points, 95% interval |"]
    told.append("| --- | --- | --- | --- | --- |")
    for row in found:
        meet = {"little": "from day 60, every 40 days", "much": "from day 7, every 7 days"}[row.officials]
        ends = f"{_points(row.added)} ({_points(row.low)} to {_points(row.high)})"
        told.append(f"| {LABELS[row.channel]} | {meet} | {100 * row.down:.2f}% | {100 * row.up:.2f}% | {ends} |")
    return "\n".join(told)


def _points(value: float) -> str:
    return f"{round(100 * value, 2) + 0.0:+.2f}"  # never minus nothing


def write(root: Path) -> list[str]:
    """Write the README with the table made anew below ``root``; its path."""
    with tempfile.TemporaryDirectory(prefix="sim-thesis-") as folder:
        body = table(rows(REPLICATIONS, SEED, Path(folder) / "thesis"))
    return write_part(root, PAGE, PART, body, figures.fingerprint())


def stale() -> list[str]:
    """The README, if the table in it is that of other histories."""
    return [] if note_of(PAGE, PART) == figures.fingerprint() else [PAGE]


def shown() -> str:
    """What the README shows now."""
    return body_of(PAGE, PART)


def main() -> None:
    """Read the arguments, play, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, help="keep the runs here; by default they are thrown away")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sim-thesis-") as folder:
        print(table(rows(arguments.replications, arguments.seed, arguments.out or Path(folder) / "thesis")))


if __name__ == "__main__":
    main()
