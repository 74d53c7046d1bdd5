"""What all campaigns share: the record in their directory, what an interruption says, progress over several runs.

A campaign plays several ordinary runs into one directory; its record, a JSON file beside them, says what is played there.

A directory belongs to one campaign: the same command finds its record and goes on, another is refused, and so is a directory that
holds anything else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import StoreError
from sim.experiments.disk import disk_errors, replace_file
from sim.experiments.replicate import Progress

ELSEWHERE = "name another directory with --out"


class Interrupted(KeyboardInterrupt):
    """A campaign stopped by Ctrl-C or SIGTERM; what was played is kept.

    Attributes
    ----------
    directory : Path
        Of the campaign; the same command goes on from there.
    hint : str
        What to do.
    """

    def __init__(self, directory: Path, done: int | None = None, total: int | None = None, part: str = ""):
        self.directory, self.hint = directory, "the same command goes on from there" if done != 0 else "the same command begins anew"
        of_all = "" if total is None else f" of {total:,}"
        if done is None:
            super().__init__(f"interrupted{f' in {part!r}' if part else ''}; what was played is kept in {directory}")
        elif done:
            super().__init__(f"interrupted after {done:,}{of_all} histories, which are kept in {directory}")
        else:
            super().__init__("interrupted; no history was finished")


class Clock:
    """Tells what is played in one run of a campaign as progress of all: how many histories there are, and how many a second."""

    def __init__(self, progress: Progress | None):
        self._progress, self._start, self._computed = progress, time.monotonic(), 0

    def of_run(self, before: int, total: int, most: int | None = None) -> Progress | None:
        """Progress of the next run, of which at most ``most`` histories count; ``before`` of ``total`` are there already."""
        if self._progress is None:
            return None
        tell = self._progress
        found: int | None = None  # histories of that run that were there when it began
        earlier = self._computed

        def told(done: int, _asked: int, _rate: float) -> None:
            nonlocal found
            found = done if found is None else found
            self._computed = earlier + done - found
            rate = self._computed / max(time.monotonic() - self._start, 1e-9)
            tell(min(before + (done if most is None else min(done, most)), total), total, rate)

        return told


def begin(path: Path, identity: str, what: str) -> bool:
    """Make the directory of a record, unless it is there; True where the record is still to be written.

    Parameters
    ----------
    path : of the record
    identity : of the campaign, as in its record
    what : the kind of campaign in a word, for messages

    Raises
    ------
    StoreError
        The directory cannot be written, holds something else or another campaign, or the record cannot be read.
    """
    directory = path.parent
    with disk_errors(directory, holds_chunks=False):
        directory.mkdir(parents=True, exist_ok=True)
        others = sorted(one.name for one in directory.iterdir() if one.name != f"{path.name}.partial")
    record = read(path)
    if record is None and others:
        raise StoreError(f"{directory}: holds other things already ({', '.join(others[:3])})", hint=ELSEWHERE)
    if record is not None and record.get("identity") != identity:
        raise StoreError(f"{directory}: holds another {what}, and nothing is overwritten", hint=ELSEWHERE)
    return record is None


def read(path: Path) -> dict[str, Any] | None:
    """The record; none where there is no such campaign. Raises ``StoreError`` where it cannot be read."""
    try:
        record = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}", hint="delete the directory; the same command plays anew") from None
    return record if isinstance(record, dict) else {}


def write(path: Path, record: Mapping[str, Any]) -> None:
    """Write the record, whole or not at all."""
    with disk_errors(path.parent, holds_chunks=False):
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        replace_file(path, text.encode("utf-8"))
