"""Golden traces: a few histories event by event, so that a change of results shows, and where it begins.

They are change detectors and nothing more: a trace says what came out once, not what is right. Whoever changes one
writes an entry under "Results change" in the changelog, with the reason.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "tests/golden"
SEED = 1
SHIPPED, FIXTURE = 3, 2  # histories of each

HEAD = """\
# A change detector, not a specification: what came out once, event by event, not what is right.
# Made by `./dev refresh golden`. To change it is a "Results change": it needs an entry in CHANGELOG.md with the reason.
# history NUMBER, its number of events, a digest of its rows of results and paths; then a line an event: its time, the option
# chosen last in it (-1: none), a checksum of the whole state after it, and whose event it is.
"""


class Trace(NamedTuple):
    """One history: digest of its rows, and (time, choice, checksum, process) of each event."""

    replication: int
    digest: str
    events: tuple[tuple[str, ...], ...]


def scenarios() -> dict[str, tuple[str, int]]:
    """File and number of histories by name of the trace."""
    found = {path.stem: (path.relative_to(ROOT).as_posix(), SHIPPED) for path in (ROOT / "scenarios").glob("*.yaml")}
    fixtures = (ROOT / "tests" / "spec" / "valid").glob("*.yaml")
    found |= {path.stem: (path.relative_to(ROOT).as_posix(), FIXTURE) for path in fixtures}
    return dict(sorted(found.items()))


@cache
def traces(file: str, number: int) -> tuple[Trace, ...]:
    """The first histories of a scenario as they are played now."""
    from sim.engines import trace
    from sim.engines.event_engine import run_block
    from sim.experiments.digest import digest
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    case = compile_case(complete(load_scenario(ROOT / file)))
    found = []
    for replication in range(number):
        rows = digest(run_block(case, [replication], SEED))
        events = tuple(
            (repr(event.time), str(event.choice), trace.checksum(event.words), trace.process_of(case, event.clock))
            for event in trace.events_of(case, replication, SEED)
        )
        found.append(Trace(replication, rows[:16], events))
    return tuple(found)


def to_text(file: str, found: tuple[Trace, ...]) -> str:
    """Traces as the text of their file."""
    lines = [HEAD + f"scenario {file} seed {SEED}"]
    for trace in found:
        lines.append(f"history {trace.replication} events {len(trace.events)} rows {trace.digest}")
        lines += [" ".join(event) for event in trace.events]
    return "\n".join(lines) + "\n"


def read(name: str) -> tuple[str, tuple[Trace, ...]]:
    """Scenario file and traces as they are kept."""
    file, found, events = "", [], []
    for line in (ROOT / FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        words = line.split()
        if words[0] == "scenario":
            file = words[1]
        elif words[0] == "history":
            events = []
            found.append((int(words[1]), words[5], events))
        elif words[0] != "#":
            events.append((*words[:3], " ".join(words[3:])))
    return file, tuple(Trace(number, digest, tuple(events)) for number, digest, events in found)


def write(root: Path) -> list[str]:
    """Write all traces below ``root``; their paths."""
    made = []
    for name, (file, number) in scenarios().items():
        target = root / FOLDER / f"{name}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(to_text(file, traces(file, number)), "utf-8", newline="\n")
        made.append(f"{FOLDER}/{name}.txt")
    return made
