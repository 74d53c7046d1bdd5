"""Every quantity that the checker lets an expression name is one that the engine can read, of the same kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import resources
from sim.engines.tables.expressions import kinds_of
from sim.model import vocabulary
from sim.model.load import load_scenario

FILES = [
    *sorted((Path(__file__).parent / "valid").glob("*.yaml")),
    *(resources.scenario_path(name) for name in resources.list_scenarios()),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_checker_and_the_engine_know_the_same_quantities(path):
    spec = load_scenario(path)
    known = vocabulary.situation(spec)
    readable = kinds_of(spec)
    assert {name: kind.value for name, kind in known.kinds.items()} == {
        name: kind for name, kind in readable.items() if name in known.kinds
    }
    # What the engine reads besides makes no sense in this scenario: an age of what has none, a belief nobody holds.
    beyond = set(readable) - set(known.kinds)
    assert all(
        name.rpartition(".")[2] in ("in_force", "standing", "age") or name.startswith(("belief.", "enforcement."))
        for name in beyond
    ), beyond
    assert set(known.bounds) == set(known.kinds)
