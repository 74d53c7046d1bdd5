"""What is no longer used leaves the cache of compiled code, which checkouts and versions of the simulator may share.

Whoever uses code marks it by its time of change, at most once a day. When new code is written, what nobody has used for
`DAYS_KEPT` days goes: a version that was replaced, a processor of another machine, what a killed compiler left half-made.
A process that uses code has read it into memory, so removing it harms nobody; at worst it is compiled again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections import defaultdict
from pathlib import Path

DAYS_KEPT = 30.0
DAYS_BETWEEN_MARKS = 1.0
_DAY = 86_400.0
# A folder or a tactic's two files are named by a hash, what is being made by that and a dash, or as a tactic; all else is not ours.
_OURS = re.compile(r"[0-9a-f]{24}(-[A-Za-z0-9_-]+)?|tactic-[A-Za-z0-9_]+")


def mark(*places: Path) -> None:
    """Note that these are used now; silently not where that cannot be written."""
    for place in places:
        with contextlib.suppress(OSError):
            if time.time() - place.stat().st_mtime > DAYS_BETWEEN_MARKS * _DAY:
                os.utime(place)


def tidy(cache: Path, keep: str) -> None:
    """Remove from a folder of compiled code what nobody has used for long, but for what ``keep`` names; silently not what resists."""
    with contextlib.suppress(OSError):
        groups: defaultdict[str, list[Path]] = defaultdict(list)
        for path in cache.iterdir():
            groups[path.stem if path.suffix in (".o", ".json") else path.name].append(path)
        for name, paths in groups.items():
            if name != keep and _OURS.fullmatch(name) and _is_forgotten(paths):
                for path in paths:
                    _remove(path)


def _is_forgotten(paths: list[Path]) -> bool:
    """Whether none of what belongs together has been used, or written, for long; what cannot be looked at is left alone."""
    try:
        times = [part.lstat().st_mtime for path in paths for part in (path, *(path.iterdir() if path.is_dir() else ()))]
    except OSError:
        return False
    return time.time() - max(times) > DAYS_KEPT * _DAY


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
