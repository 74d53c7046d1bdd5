"""The run record: what a reader needs to repeat a run, and when and how it was done.

Everything that may differ between two runs with equal results (times, workers, the words typed) is under the single
key ``timing``; the rest is the same for any number of workers.
"""

from __future__ import annotations

import functools
import hashlib
import platform
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

# Options that change how a run is carried out or shown, never what it finds; True where a value follows.
_CIRCUMSTANCES = {
    "--workers": True,
    "-w": True,
    "--cluster": True,
    "--out": True,
    "--reports": True,
    "--resume": True,
    "--quiet": False,
    "-q": False,
    "--json": False,
    "--fresh": False,
}


def run_record(command: Sequence[str] | None = None) -> dict[str, Any]:
    """Versions, platform and command of a run, as plain data.

    ``command`` is the command line in words (``["sim", "run", "strait"]``); left out, there is none (a run from
    Python). Options that cannot change results are dropped from it; the words as typed are under ``timing``.
    """
    return {
        "versions": versions(),
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "python": platform.python_implementation(),
        },
        "command": None if command is None else reproducing(command),
        "timing": {"typed": None if command is None else shlex.join(command)},
    }


def scenario_named(manifest: Mapping[str, Any]) -> str | None:
    """The scenario as it was named on the command line that made a run; none where there was no such command."""
    try:
        words = shlex.split(str(manifest.get("command") or ""))
    except ValueError:
        return None  # somebody edited the record
    named = words[:2] == ["sim", "run"] and len(words) > 2 and not words[2].startswith("-")
    return words[2] if named else None


def versions() -> dict[str, str]:
    """Version of Python, of the simulator and of the packages whose work shows in results or files."""
    import sim

    found = {"python": ".".join(map(str, sys.version_info[:3])), "sim": sim.__version__}
    for package in ("numpy", "simpy", "numba", "duckdb"):
        found |= version_of(package)
    return found


def version_of(package: str) -> dict[str, str]:
    """A package and its version, for `versions`."""
    try:
        return {package: metadata.version(package)}
    except metadata.PackageNotFoundError:
        return {package: "not installed"}


@functools.cache
def simulator() -> tuple[str, str]:
    """Version of the simulator, and SHA-256 over its Python sources: two processes with equal ones compute equally.

    Over the path, size and content of every ``.py`` file of the package, in the order of their paths; as they were when this
    was first asked.
    """
    import sim

    package = Path(sim.__file__).parent
    sources = hashlib.sha256()
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).as_posix()):
        text = path.read_bytes().replace(b"\r\n", b"\n")  # a checkout on Windows may end lines in its own way
        sources.update(f"{path.relative_to(package).as_posix()}\0{len(text)}\0".encode())
        sources.update(text)
    return sim.__version__, sources.hexdigest()


def reproducing(command: Sequence[str]) -> str:
    """A command line without the options that cannot change results, quoted for a shell."""
    kept: list[str] = []
    words = iter(command)
    for word in words:
        option, has_value, _ = word.partition("=")
        if option not in _CIRCUMSTANCES:
            kept.append(word)
        elif _CIRCUMSTANCES[option] and not has_value:
            next(words, None)
    return shlex.join(kept)


class Stopwatch:
    """Times of one or several sessions of work on the same run.

    Of a session that was killed, counted is the time up to the last chunk that it stored.
    """

    def __init__(self, before: dict[str, Any] | None = None):
        before = before or {}
        self._first_start = before.get("started") or _now()
        self._seconds_before = float(before.get("seconds") or 0.0)
        self._sessions_before = int(before.get("sessions") or 0)
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of this session."""
        return time.monotonic() - self._start

    def reading(self) -> dict[str, Any]:
        """The entries for ``timing`` as of now: first start and last change (UTC, ISO 8601), seconds of work in all
        sessions, without the pauses between them, and in this one, and the number of sessions.
        """
        return {
            "started": self._first_start,
            "updated": _now(),
            "seconds": round(self._seconds_before + self.seconds, 3),
            "session_seconds": round(self.seconds, 3),
            "sessions": self._sessions_before + 1,
        }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
