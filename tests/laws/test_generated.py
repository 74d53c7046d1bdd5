"""Any valid scenario completes, compiles, runs and is classified, whatever it says."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings

from sim.engines import event_engine
from sim.errors import ScenarioError
from sim.model.compile import compile_case
from sim.model.complete import complete, spec_of, to_yaml
from sim.model.load import load_document
from sim.model.reader import read_text
from tests.counts import sample_size
from tests.played import SEED
from tests.strategies import accepted, scenarios


@settings(
    max_examples=sample_size("generated_scenarios"), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(scenarios())
def test_small_scenarios_of_any_kind_run(data):
    """What the checker accepts runs to its end; every figure is a number; completing again changes nothing."""
    spec = accepted(data)
    completed = complete(spec)
    assert complete(spec_of(completed)) == completed
    case = compile_case(completed)
    block = event_engine.run_block(case, range(2), SEED)
    classes = {outcome.id for outcome in spec.outcomes}
    results = block["results"]
    assert set(results["outcome"]) <= classes
    assert results["replication"].tolist() == [0, 1]
    assert len(block["paths"]["day"]) == 2 * (spec.grid + 1)
    for name, column in results.items():
        if column.dtype != object and not name.startswith(("time:", "first_deal", *UNMADE, *UNSHARED)):
            assert all(math.isfinite(value) or name in UNKNOWN for value in column), name
    for name in ("tension", "pressure", "expectation"):
        assert ((block["paths"][name] >= 0.0) & (block["paths"][name] <= 1.0)).all()
    row, _, history = event_engine.play(case, 1, SEED)
    assert history.now <= history.c.reading_time[-1]
    assert results["events"][1] == row["events"]


UNMADE = ("move:", "measure:")  # a number that has not been named; a history that does not count
UNSHARED = ("attribution", "nash_distance", "egalitarian_distance")  # where there is nothing by which both sides gain
UNKNOWN = {"gap", "expectation_at_meeting", "rounds_before_meeting", "force_probability"}  # where no meeting was held


def test_most_generated_scenarios_are_valid():
    """Else the law above would be about nothing."""
    seen = []

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(scenarios())
    def count(data):
        try:
            load_document(read_text(to_yaml(data, header=False), "generated.yaml"))
            seen.append(True)
        except ScenarioError as error:
            seen.append(False)
            refusals.append(str(error))

    refusals: list[str] = []
    count()
    assert sum(seen) > len(seen) / 2, pytest.fail(refusals[0])
