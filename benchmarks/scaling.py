"""What an event costs as a scenario grows: generated scenarios with 2 to 12 actors and 1 to 16 issues, compiled, on one core.

    .venv/bin/python -m benchmarks.scaling [--repeats 5] [--no-profile] [--json]
    .venv/bin/python -m benchmarks.scaling --write DIR

Every actor sits at one table, is the author of chance events and meets its neighbour for talks that commit nobody; the first two are
the sides, with private types and beliefs about each other. Issues, their packages and what is traded between these are generated too.
Sizes take turns. With perf, the smallest and the largest scenarios are profiled as `benchmarks.profile` does it.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import profile
from benchmarks.measured import spread
from sim.compiled import cache
from sim.engines import batch_engine
from sim.engines.tables.whole import setup_of
from sim.model.compile import Case, compile_case
from sim.model.complete import complete, to_yaml
from sim.model.load import load_document
from sim.model.reader import read_text

ACTORS = (2, 4, 6, 8, 12)
ISSUES = (1, 4, 8, 16)
MIDDLE = (6, 4)  # actors, issues: from here the profiles go up and down
SECONDS = 0.4  # of a turn of one size, about
SEED = 1
NUM_SHARES = 8  # of a profile that are told


def scenario(actors: int, issues: int) -> dict[str, Any]:
    """A scenario of this size, as data of a file."""
    names = [f"actor_{n:02}" for n in range(actors)]
    issue_names = [f"issue_{n:02}" for n in range(issues)]
    sides = names[:2]
    tracks: dict[str, Any] = {
        "table": {
            "protocol": "alternating_offers", "participants": names, "first_round": "20 days",
            "gap": {"dist": "gamma", "mean": "20 days", "cv": 0.5}, "breakdown": 0.05,
        }
    }  # fmt: skip
    for n in range(actors if actors > 2 else 1):
        pair = [names[n], names[(n + 1) % actors]]
        tracks[f"contacts_{n:02}"] = {"protocol": "contacts", "participants": pair, "rate": 4}
    return {
        "schema_version": 1,
        "id": f"scaling-{actors}-{issues}",
        "title": f"{actors} actors, {issues} issues",
        "description": "A generated scenario, to measure with.",
        "start": "2030-01-01",
        "horizon": "3 years",
        "sources": {"invented": {"title": "An invented case for measurements", "kind": "judgement"}},
        "sides": sides,
        "issues": {
            name: {"conceder": [names[k % actors]], "start": 0.1, "levels": {0: "none", 0.5: "half", 1: "full"}}
            for k, name in enumerate(issue_names)
        },
        "packages": {
            name: {"levels": {issue: _level(base, k) for k, issue in enumerate(issue_names)}}
            for name, base in (("modest", 0.3), ("balanced", 0.5), ("ambitious", 0.8))
        },
        "actors": {name: _actor(n, name, actors, issue_names) for n, name in enumerate(names)},
        "tracks": tracks,
        "mechanisms": {
            "tastes": {"weights": 30, "ideals": 0.1},
            "learning": {"observers": {sides[0]: [sides[1]], sides[1]: [sides[0]]}},
            "tension": {"initial": 0.3, "rest": 0.2, "half_life": "60 days"},
            "talks": {"contact_every": "60 days", "lapse": "120 days"},
            "agreements": {
                "parties": sides, "milestones": 4, "every": "60 days", "dispute": {"duration": "60 days"}, "collapse": {"base": 0.3},
            },
        },
        "hazards": {
            f"event_{n:02}": {
                "kind": "poisson", "actor": name, "rate": 3, "factor": "1 + tension", "effects": {"tension": 0.1},
            }
            for n, name in enumerate(names)
        },
        "outcomes": [{"class": "deal", "when": "deal.exists"}, {"class": "none", "when": True}],
    }  # fmt: skip


def _level(base: float, issue: int) -> float:
    return round(base + 0.1 * (issue % 3 - 1), 3)


def _actor(n: int, name: str, actors: int, issues: Sequence[str]) -> dict[str, Any]:
    raw = [1.0 + (n * 3 + k * 5) % 7 for k in range(len(issues))]
    tastes = {
        issue: {"weight": raw[k] / sum(raw), "ideal": (0, 1, 0.7, 0.3)[(n + k) % 4]} for k, issue in enumerate(issues)
    }
    return {
        "role": "principal",
        "utility": {"issues": tastes},
        "tactics": {"table": {"family": "time", "beta": 0.5, "period": "1 year"}},
        **({"types": {"grid": 3, "war_cost": {"dist": "lognormal", "median": 0.6, "sd": 0.3}}} if n < 2 else {}),
    }


def case_of(actors: int, issues: int) -> Case:
    """A scenario of this size, written as a file is, read, checked and compiled."""
    text = to_yaml(scenario(actors, issues), header=False)
    return compile_case(complete(load_document(read_text(text, "scaling.yaml")).spec))


def measure(
    repeats: int = 5,
    actors: Sequence[int] = ACTORS,
    issues: Sequence[int] = ISSUES,
    seconds: float = SECONDS,
    with_profiles: bool = True,
) -> dict[str, Any]:
    """Nanoseconds an event, events and microseconds a history, packages and clocks of every size."""
    cache.stored()
    cases = {(a, k): case_of(a, k) for a in actors for k in issues}
    numbers = {size: _number(case, seconds) for size, case in cases.items()}
    costs: dict[tuple[int, int], list[float]] = {size: [] for size in cases}
    events: dict[tuple[int, int], float] = {}
    for _ in range(repeats):
        for size, case in cases.items():
            spent, happened = _timed(case, numbers[size])
            costs[size].append(spent / happened * 1e9)
            events[size] = happened / numbers[size]
    sizes = [
        {
            "actors": size[0],
            "issues": size[1],
            "packages": case.num_candidates,
            "clocks": len(setup_of(case).tables["clock_kind"]),
            "events_a_history": round(events[size], 1),
            "nanoseconds_an_event": spread(costs[size]),
        }
        for size, case in cases.items()
    ]
    figures: dict[str, Any] = {"repeats": repeats, "sizes": sizes}
    if with_profiles and shutil.which("perf"):
        figures["profiles"] = _profiles(cases, numbers, actors, issues)
    return figures


def _number(case: Case, seconds: float) -> int:
    """Histories that take about so long."""
    batch_engine.run_block(case, range(5), SEED, 0)
    spent, _ = _timed(case, 20)
    return max(20, round(seconds / (spent / 20)))


def _timed(case: Case, number: int) -> tuple[float, float]:
    """Seconds of processor time, and events."""
    gc.collect()
    begun = time.process_time()
    happened = float(batch_engine.run_block(case, range(number), SEED, 0)["results"]["events"].sum())
    return time.process_time() - begun, happened


def _profiles(
    cases: dict[tuple[int, int], Case], numbers: dict[tuple[int, int], int], actors: Sequence[int], issues: Sequence[int]
) -> list[dict[str, Any]]:
    """Nanoseconds an event in each act, of the sizes at the ends of both scales and in the middle."""
    middle = (MIDDLE[0] if MIDDLE[0] in actors else actors[0], MIDDLE[1] if MIDDLE[1] in issues else issues[0])
    wanted = [(actors[0], middle[1]), (middle[0], issues[0]), middle, (actors[-1], middle[1]), (middle[0], issues[-1])]
    found = []
    for size in dict.fromkeys(wanted):
        figures, _ = profile.measure(cases[size], numbers[size])
        acts = {name: told["nanoseconds_an_event"] for name, told in figures["shares"].items()}
        found.append({"actors": size[0], "issues": size[1], "nanoseconds_an_event": acts})
    return found


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--no-profile", action="store_true")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the scenario files there, and measure nothing")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    if arguments.write is not None:
        for actors in ACTORS:
            for issues in ISSUES:
                file = arguments.write / f"scaling-{actors}-{issues}.yaml"
                file.write_text(to_yaml(scenario(actors, issues), header=False), "utf-8")
                print(file)
        return
    figures = measure(arguments.repeats, with_profiles=not arguments.no_profile)
    json.dump(figures, sys.stdout, indent=None if arguments.json else 2)
    print()


if __name__ == "__main__":
    main()
