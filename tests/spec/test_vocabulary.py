"""Every quantity that the checker lets an expression name is one that acts read, of the same kind and within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import resources
from sim.acts.quantities import look
from sim.model import vocabulary
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.expressions.kinds import Kind
from sim.model.load import load_scenario
from tests.played import steps

FILES = [
    *sorted((Path(__file__).parent / "valid").glob("*.yaml")),
    *(resources.scenario_path(name) for name in resources.list_scenarios()),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_checker_and_the_engine_know_the_same_quantities(path):
    spec = load_scenario(path)
    known = vocabulary.situation(spec)
    assert set(known.bounds) == set(known.kinds)
    # What a theorem gives is put into expressions as numbers; no act reads it.
    names = {name: kind for name, kind in known.kinds.items() if not name.startswith("solution.")}
    case = compile_case(complete(spec))
    for name in names:
        case.names.setdefault(name, len(case.names))  # as if some condition named it
    wrong, seen = set(), {name: set() for name in names}
    for replication in range(2):
        for history in steps(case, replication):
            look(history.w, history.c)
            for name, kind in names.items():
                value = history.w.quantities[case.names[name]]
                if name.startswith("move.") and value != value:
                    continue  # no number has been named yet
                seen[name].add(value)
                low, high = known.bounds[name]
                if not low - 1e-9 <= value <= high + 1e-9 or (kind is Kind.BOOLEAN and value not in (0.0, 1.0)):
                    wrong.add((name, value))
    assert wrong == set()
    moving = {name for name in names if len(seen[name]) > 1}
    assert "time" in moving and len(moving) > 2  # else nothing was looked at
