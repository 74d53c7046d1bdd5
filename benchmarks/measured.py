"""What several benchmarks share: the conditions of a measurement, commands with their peak memory, tables of figures."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIM = (sys.executable, "-P", "-m", "sim")
VERSIONS = ("numpy", "numba", "llvmlite", "simpy", "duckdb")
QUIET = 0.5  # load average up to which nothing else counts as running
_LOOK_EVERY = 0.05  # seconds


def conditions() -> dict[str, Any]:
    """Machine, versions, day and what else the machine does, of a measurement that begins now."""
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": _processor(),
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
        "memory_gib": _memory_gib(),
        "load": _load(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in VERSIONS},
        "commit": _commit(),
    }


def busy() -> str | None:
    """A warning where other work is running now."""
    load = _load()
    if load is None or load <= QUIET:
        return None
    return f"other work is running (load {load:.2f}): figures of time are those of a busy machine"


def _load() -> float | None:
    """Processes that wanted to run, mean of the last minute."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal:"):
            return round(int(line.split()[1]) / 2**20, 1)
    return None


def _commit() -> str | None:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or None


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []


# Commands ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    seconds: float
    seconds_to_words: float  # until its output had the words that were waited for; of the whole command without any
    cpu_seconds: float  # of the process and its children
    peak_mib: float  # the most that the process and its children held at one time, as far as it was looked at
    output: str


def ran(words: Sequence[str], until: str = "", **environment: str) -> Ran:
    """Run a command to its end; a failure ends this program with the command's complaint.

    ``until`` is what its output is watched for, to tell when it came.
    """
    before = os.times()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaint:
        begun = time.perf_counter()
        process = subprocess.Popen(
            list(words), cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=complaint
        )
        watch = _Watch(process.pid)
        output, found = b"", None
        assert process.stdout is not None
        with process.stdout as pipe:
            while piece := os.read(pipe.fileno(), 1 << 16):
                output += piece
                if found is None and until and until.encode() in output:
                    found = time.perf_counter() - begun
        process.wait()
        seconds = time.perf_counter() - begun
        watch.end()
        complaint.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)}\n{complaint.read().strip()}")
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Ran(seconds, found or seconds, cpu, watch.peak_kib / 1024.0, output.decode("utf-8", "replace"))


class _Watch:
    """Looks at the memory of a process and its descendants until told to end. Linux; elsewhere it sees nothing."""

    def __init__(self, process: int) -> None:
        self.peak_kib = 0
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            family = [self._process, *_descendants(self._process)]
            together = sum(_kib(process, "VmRSS:") for process in family)
            alone = _kib(self._process, "VmHWM:")  # what the process itself held between two looks
            self.peak_kib = max(self.peak_kib, together, alone)


def _descendants(process: int) -> list[int]:
    found: list[int] = []
    try:
        tasks = list(Path(f"/proc/{process}/task").glob("*/children"))
    except OSError:  # it has just ended
        return []
    for task in tasks:
        for child in (int(word) for line in _lines(str(task)) for word in line.split()):
            found += [child, *_descendants(child)]
    return found


def _kib(process: int, entry: str) -> int:
    for line in _lines(f"/proc/{process}/status"):
        if line.startswith(entry):
            return int(line.split()[1])
    return 0


# Words ------------------------------------------------------------------------------------------------------------


def show(figures: dict[str, Any], as_json: bool) -> None:
    """Print figures, a line each or all in one line of JSON."""
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):32}{value}")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and largest."""
    return {"median": median(values), "least": min(values), "most": max(values)}


def told(found: dict[str, float], digits: int = 0, unit: str = "") -> str:
    """A spread in words: `12 s (11 to 14)`."""
    median, least, most = (f"{found[key]:,.{digits}f}" for key in ("median", "least", "most"))
    return f"{median}{unit} ({least} to {most})"
