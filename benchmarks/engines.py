"""Compiled code, SimPy calling compiled acts and SimPy with plain Python, in turns on one core: `sim bench`, as data."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.measured import SIM, ran

TURNS = 9


def measure(turns: int = TURNS) -> dict[str, Any]:
    """Costs of a history and an event by engine, and ratios of the turns, as `sim bench --json` prints them."""
    return json.loads(ran([*SIM, "bench", "--json", "--turns", str(turns)]).output)
