"""What a command leaves in its result directory beside the runs: its findings as JSON, and a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def keep_json(path: Path, data: Mapping[str, Any]) -> Path:
    """Write the data as a file that is never half there; numbers that are none become null."""
    from sim.experiments.disk import disk_errors, replace_file

    text = json.dumps(_finite(data), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    with disk_errors(path, holds_chunks=False):
        replace_file(path, text.encode("utf-8"))
    return path


def keep_page(path: Path, html: str) -> Path:
    """Write a page."""
    from sim.experiments.disk import disk_errors
    from sim.reports.page import write_page

    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if (isinstance(value, float) and value in (float("inf"), float("-inf"))) or value != value else value
