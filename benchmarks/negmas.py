"""Offers a second beside NegMAS: the same negotiations, in turns, each on one core by processor time, and ours on two as runs do.

    python3 -m venv ../negmas && ../negmas/bin/python -m pip install -r benchmarks/requirements.txt
    .venv/bin/python -m benchmarks.negmas --peer ../negmas/bin/python [--turns 7] [--json]

NegMAS lives in an environment of its own and is asked over a pipe (`benchmarks.negmas_side`). `benchmarks.negotiation` says what is
negotiated, and the README what differs. Our side plays a scenario file with the compiled engine.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import profile
from benchmarks.measured import ROOT, spread
from benchmarks.negotiation import negotiation, scenario
from sim.compiled import cache
from sim.engines import batch_engine
from sim.model.compile import Case, compile_case
from sim.model.complete import complete, to_yaml
from sim.model.load import load_document
from sim.model.reader import read_text

PEER = "GEOSIM_NEGMAS_PYTHON"  # names the interpreter that has NegMAS, where no option does
SIZES = ((2, 3), (2, 5), (6, 3), (6, 5))  # parties, issues
GOAL = 800.0  # times NegMAS's offers a second
OUR_OFFERS = 400_000  # about, in a turn
THEIR_OFFERS = 1_500
SEED = 1
THREADS = 2  # of a run on the machine that the goal is for; NegMAS negotiates in one


@dataclass(frozen=True)
class Peer:
    """A process that negotiates with NegMAS."""

    process: subprocess.Popen[str]
    version: str

    @classmethod
    def start(cls, python: str) -> Peer:
        """Start it; ends this program with a word where the interpreter has no NegMAS."""
        process = subprocess.Popen(
            [python, "-m", "benchmarks.negmas_side"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        said = process.stdout.readline() if process.stdout else ""
        if not said:
            process.communicate()
            raise SystemExit(f"{python}: has no NegMAS; python -m pip install -r benchmarks/requirements.txt")
        return cls(process, json.loads(said)["version"])

    def negotiate(self, parties: int, issues: int, number: int) -> dict[str, float]:
        """So many negotiations; as `benchmarks.negmas_side.negotiate` counts them."""
        assert self.process.stdin is not None and self.process.stdout is not None
        asked = {"parties": parties, "issues": issues, "negotiations": number}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        """Let it go."""
        self.process.communicate()


def case_of(parties: int, issues: int, whole: bool) -> Case:
    """The scenario of a negotiation, written as a file is, read, checked and compiled."""
    text = to_yaml(scenario(negotiation(parties, issues), whole), header=False)
    return compile_case(complete(load_document(read_text(text, "negotiation.yaml")).spec))


def ours(case: Case, histories: int) -> dict[str, float]:
    """Histories of a negotiation: offers, agreements, processor time."""
    gc.collect()
    begun = time.process_time()
    rows = batch_engine.run_block(case, range(histories), SEED, 0)["results"]
    seconds = time.process_time() - begun
    return {"offers": float(rows["count:offers"].sum()), "agreed": float(rows["count:texts"].sum()), "seconds": seconds}


def ours_in_threads(case: Case, histories: int) -> dict[str, float]:
    """So many histories in each of two threads, as `sim run` plays them: offers, and seconds that pass."""
    gc.collect()
    with ThreadPoolExecutor(THREADS) as pool:
        begun = time.perf_counter()
        parts = [range(n * histories, (n + 1) * histories) for n in range(THREADS)]
        played = list(pool.map(lambda part: batch_engine.run_block(case, part, SEED, 0)["results"], parts))
        seconds = time.perf_counter() - begun
    return {"offers": float(sum(rows["count:offers"].sum() for rows in played)), "seconds": seconds}


def measure(
    python: str | None,
    turns: int = 7,
    offers: int = OUR_OFFERS,
    their_offers: int = THEIR_OFFERS,
    with_profiles: bool = True,
) -> dict[str, Any]:
    """Offers a second of both by size of the negotiation, and how many times ours are; medians and extremes of the turns.

    Without an interpreter that has NegMAS, our side alone. With perf, where our time goes.
    """
    cache.stored()
    peer = Peer.start(python) if python else None
    try:
        sizes = [_compare(peer, parties, issues, turns, offers, their_offers) for parties, issues in SIZES]
    finally:
        if peer is not None:
            peer.end()
    figures: dict[str, Any] = {"negmas": peer.version if peer is not None else None, "turns": turns, "sizes": sizes}
    if with_profiles and shutil.which("perf"):
        figures["profiles"] = [_profile(parties, issues, offers) for parties, issues in SIZES]
    return figures


def _profile(parties: int, issues: int, offers: int) -> dict[str, Any]:
    """Nanoseconds of an offer in each act, the whole outcome space on the menu."""
    case = case_of(parties, issues, True)
    histories = max(1, round(offers / ours(case, 1)["offers"]))
    told, _ = profile.measure(case, histories)
    acts = {name: found["nanoseconds_an_event"] for name, found in told["shares"].items()}
    return {"parties": parties, "issues": issues, "nanoseconds_an_event": acts}


def _compare(
    peer: Peer | None, parties: int, issues: int, turns: int, offers: int, their_offers: int
) -> dict[str, Any]:
    cases = {"whole": case_of(parties, issues, True), "found": case_of(parties, issues, False)}
    histories = {}
    for name, case in cases.items():
        first = ours(case, 1)  # the first fills in what later ones share
        second = ours(case, 1)
        fast = second["seconds"] / second["offers"] < 5e-6
        histories[name] = max(1, round(offers * (1.0 if fast else 0.1) / first["offers"]))
    number = 1
    if peer is not None:
        number = max(1, round(their_offers / peer.negotiate(parties, issues, 1)["offers"]))
    speeds: dict[str, list[float]] = {"whole": [], "found": [], "negmas": [], "negmas_talks": []}
    in_threads: dict[str, list[float]] = {name: [] for name in cases}
    found: dict[str, Any] = {
        "parties": parties, "issues": issues,
        "packages": {name: case.num_candidates for name, case in cases.items()},
    }  # fmt: skip
    for _ in range(turns):
        if peer is not None:
            theirs = peer.negotiate(parties, issues, number)
            speeds["negmas"].append(theirs["offers"] / theirs["seconds"])
            speeds["negmas_talks"].append(theirs["offers"] / theirs["seconds_of_talks"])
            found["offers_a_negotiation_negmas"] = round(theirs["offers"] / number, 1)
            found["agreed_negmas"] = theirs["agreed"] / number
        for name, case in cases.items():
            mine = ours(case, histories[name])
            speeds[name].append(mine["offers"] / mine["seconds"])
            found[f"offers_a_negotiation_{name}"] = round(mine["offers"] / mine["agreed"], 1)
            together = ours_in_threads(case, histories[name])
            in_threads[name].append(together["offers"] / together["seconds"])
    found["offers_a_second"] = {name: spread(values) for name, values in speeds.items() if values}
    found["offers_a_second_in_threads"] = {name: spread(values) for name, values in in_threads.items()}
    if peer is not None:
        for kind, mine in (("times_negmas", speeds), ("times_negmas_in_threads", in_threads)):
            ratios = {name: [a / b for a, b in zip(mine[name], speeds["negmas"], strict=True)] for name in cases}
            found[kind] = {name: spread(values) for name, values in ratios.items()}
    return found


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peer", default=os.environ.get(PEER), metavar="PYTHON", help="interpreter that has NegMAS")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--write", type=Path, metavar="DIR", help="write our scenario files there, and measure nothing")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    if arguments.write is not None:
        for parties, issues in SIZES:
            for whole in (True, False):
                file = arguments.write / f"negotiation-{parties}-{issues}-{'whole' if whole else 'found'}.yaml"
                file.write_text(to_yaml(scenario(negotiation(parties, issues), whole), header=False), "utf-8")
                print(file)
        return
    figures = measure(arguments.peer, arguments.turns)
    json.dump(figures, sys.stdout, indent=None if arguments.json else 2)
    print()


if __name__ == "__main__":
    main()
