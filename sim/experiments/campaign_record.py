"""The record of a campaign: the JSON file in its directory that says what is played there, beside the ordinary runs.

A directory belongs to one campaign: the same command finds its record and goes on, another is refused, and so is a directory that
holds anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import StoreError
from sim.experiments.disk import disk_errors, replace_file

ELSEWHERE = "name another directory with --out"


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
