"""The table of speed and size in the README, measured on the machine that makes it; never compared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tools.sections import table, write_part

ROOT = Path(__file__).resolve().parent.parent
PAGE = "README.md"
WORDS = (
    ("cpu_ms_per_replication", "processor time a history, milliseconds"),
    ("events_per_replication_median", "events a history, median"),
    ("cpu_us_per_event", "processor time an event, microseconds"),
    ("replication_in_waits", "processor time a history, in bare waits of SimPy on the same machine"),
    ("load_ms", "reading and checking the scenario, milliseconds"),
    ("peak_memory_mib", "peak memory, MiB"),
)


def write(root: Path) -> list[str]:
    """Measure and write the README with this part made anew below ``root``; its path."""
    if not (ROOT / "benchmarks" / "event_engine.py").is_file():
        print("no benchmarks/event_engine.py: the table of speed stays as it is", file=sys.stderr)
        return []
    words = [sys.executable, "-m", "benchmarks.event_engine", "--json", "--replications", "100", "--repeats", "2"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    # Of processor time: by the clock it depends on what else the machine does.
    rows = [["histories a second of one core", f"{1000 / figures['cpu_ms_per_replication']:.0f}"]]
    rows += [[meaning, f"{figures[name]:g}"] for name, meaning in WORDS]
    rows.append(["versions", f"Python {figures['python']}, NumPy {figures['numpy']}, SimPy {figures['simpy']}"])
    return write_part(root, PAGE, "benchmark", table([f"`scenarios/{figures['scenario']}.yaml`", ""], rows))
