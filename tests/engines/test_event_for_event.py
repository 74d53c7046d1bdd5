"""Both engines play the same history: every event, its time, its process, its choice and the whole state after it.

SimPy calls the compiled acts here, so that many histories can be looked at; that compiled acts do what plain ones do is
looked at on fewer. States are compared word by word, which is more than a checksum says.
"""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sim import resources
from sim.acts import quantities
from sim.compiled.memory import state_words
from sim.engines import batch_engine, event_engine, trace
from sim.engines.batch_engine import CompiledActs
from sim.engines.history import History
from sim.engines.room import Full, with_room_enough
from sim.engines.tables.whole import setup_of
from sim.experiments.digest import digest
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.world.fields import IDENTITY, KEPT, STATE
from tests.counts import sample_size
from tests.strategies import accepted, scenarios

SEED = 20180612
GRID = 5.0  # days; forces ties
FIXTURES = sorted((Path(__file__).parent.parent / "spec" / "valid").glob("*.yaml"))
PARTS = 8  # of the summit's histories, so that workers share them


@lru_cache(maxsize=1)
def worlds() -> list[tuple[str, str | None, str | None]]:
    """Every shipped scenario with each variant and policy, and every fixture: file, variant, policy."""
    found: list[tuple[str, str | None, str | None]] = [(str(path), None, None) for path in FIXTURES]
    for name in resources.list_scenarios():
        path = str(resources.scenario_path(name))
        spec = load_scenario(path)
        found.append((path, None, None))
        found += [(path, variant, None) for variant in spec.variants]
        found += [(path, None, policy) for policy in spec.policies]
    return found


@lru_cache(maxsize=2)
def case_of(path: str, variant: str | None = None, policy: str | None = None) -> Case:
    return compile_case(complete(load_scenario(path, variant=variant, policy=policy)))


def name_of(world: tuple[str, str | None, str | None]) -> str:
    return "-".join(filter(None, [Path(world[0]).stem, *world[1:]]))


@pytest.fixture(scope="module", params=worlds(), ids=name_of)
def world(request: pytest.FixtureRequest) -> tuple[str, str | None, str | None]:
    """Each world; all tests of one come one after another, so that its case is made once."""
    return request.param


class Pair:
    """The compiled acts under SimPy and in a plain loop, each with a record of its own."""

    def __init__(self, case: Case, room: int = 1) -> None:
        self.case = case
        self.room = room
        self.setup = setup_of(case, room)
        self.simpy, self.loop = CompiledActs(self.setup), CompiledActs(self.setup)

    def differences(self, replication: int, grid: float) -> list[str]:
        """What differs between the two engines in a history; nothing, if all is well."""
        loop, found = self.loop, []
        w, c = loop.records(self.setup, SEED, replication, 0, None)
        w.grid = grid
        loop.begin(w, c)
        numbers, lists = state_words(w)

        def step(h: History, clock: int) -> None:
            next_clock = loop.next_clock(w, c)
            loop.happen(w, c, next_clock)
            if next_clock != clock:
                found.append(f"{h.w.now}: clock {clock} under SimPy, {next_clock} in the loop")
            # The present and the last choice are among the numbers. Comparing bytes is faster than array_equal.
            elif numbers.tobytes() != their_numbers.tobytes() or lists.tobytes() != their_lists.tobytes():
                found.append(f"{h.w.now}: the states differ after clock {clock}")

        h = History(self.case, replication, SEED, room=self.room, acts=self.simpy, grid=grid)  # type: ignore[arg-type]
        their_numbers, their_lists = state_words(h.w)
        h.trace = step
        try:
            h.run()
        except Full:
            return Pair(self.case, self.room * 4).differences(replication, grid)
        if not loop.has_ended(w):
            found.append("the loop goes on after SimPy has ended")
        return found


def check(case: Case, replications: range, grid: float) -> None:
    pair = Pair(case)
    for replication in replications:
        assert pair.differences(replication, grid) == [], replication


@pytest.mark.parametrize("part", range(PARTS))
def test_the_summit_event_for_event(part):
    number = sample_size("equal_events_summit") // PARTS
    case = case_of(str(resources.scenario_path("summit")))
    tied = number // 10
    check(case, range(part * number, (part + 1) * number - tied), 0.0)
    check(case, range((part + 1) * number - tied, (part + 1) * number), GRID)


def test_every_scenario_variant_and_policy_event_for_event(world):
    number = sample_size("equal_events")
    case = case_of(*world)
    check(case, range(number // 2), 0.0)
    check(case, range(number // 2, number), GRID)


@pytest.mark.parametrize("name", ["chicken", "crisis-bargaining", "finite-bargaining", "reassurance"])
def test_games_that_are_solved_event_for_event(name):
    """Logit players, whose tables of probabilities the game is played by, on its grid of numbers and types."""
    changes = {"game.play": "logit", "game.precision": 3, "game.points": 5}
    case = compile_case(complete(load_scenario(f"theory/{name}", overrides=changes)))
    check(case, range(sample_size("equal_events") // 2), 0.0)
    acts: dict[int, CompiledActs] = {}
    for replication in range(sample_size("plain_events")):
        assert_plain_is_compiled(case, replication, GRID if replication % 4 == 3 else 0.0, acts)


def test_compiled_acts_do_what_plain_ones_do(world):
    """Plain Python under SimPy against compiled acts in a loop: times, clocks, choices, every word of the state."""
    case = case_of(*world)
    many = world[1:] == (None, None) and world[0] == str(resources.scenario_path("summit"))
    acts: dict[int, CompiledActs] = {}
    for replication in range(sample_size("plain_events_summit" if many else "plain_events")):
        assert_plain_is_compiled(case, replication, GRID if replication % 4 == 3 else 0.0, acts)


def assert_plain_is_compiled(case: Case, replication: int, grid: float, kept: dict[int, CompiledActs]) -> None:
    """One memory serves all histories of a case, by room: what one leaves behind must not be seen by the next."""
    plain = trace.events_of(case, replication, SEED, grid)

    def attempt(room: int) -> tuple[int, list[trace.Event]]:
        if room not in kept:
            kept[room] = CompiledActs(setup_of(case, room))
        acts = kept[room]
        events = list(trace.compiled_events(acts, setup_of(case, room), replication, SEED, grid))
        if acts.w.full:
            raise Full
        return room, events

    room, compiled = with_room_enough(attempt, replication)
    assert len(plain) == len(compiled)
    for one, other in zip(plain, compiled, strict=True):
        assert one[:3] == other[:3]
        # A place of a list that has more room in one is nothing that either has written.
        assert room > 1 or np.array_equal(one.words, other.words), (one.time, trace.process_of(case, one.clock))


def test_both_engines_write_the_same_tables(world):
    """Every column of results and paths, and so the digest."""
    case = case_of(*world)
    numbers = range(sample_size("equal_tables"))
    assert digest(batch_engine.run_block(case, numbers, SEED)) == digest(event_engine.run_block(case, numbers, SEED))


@settings(
    max_examples=sample_size("generated_scenarios"), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(scenarios())
def test_generated_scenarios_event_for_event(data):
    case = compile_case(complete(accepted(data)))
    acts: dict[int, CompiledActs] = {}
    for replication, grid in ((0, 0.0), (1, 0.0), (2, GRID)):
        assert_plain_is_compiled(case, replication, grid, acts)
    numbers = range(3)
    assert digest(batch_engine.run_block(case, numbers, SEED)) == digest(event_engine.run_block(case, numbers, SEED))


def test_a_single_bit_of_difference_would_be_found():
    """The comparison above sees one bit of one number of the state."""
    pair = Pair(case_of(str(resources.scenario_path("summit"))))
    assert pair.differences(0, 0.0) == []
    begin = pair.loop.begin

    def begin_otherwise(w, c):
        begin(w, c)
        w.line_prior[0] = np.nextafter(w.line_prior[0], 2.0)  # read at the start only

    pair.loop.begin = begin_otherwise  # type: ignore[method-assign]
    assert pair.differences(0, 0.0)


def test_ties_are_forced_by_the_grid():
    """Else the second setting would say nothing."""
    case = case_of(str(resources.scenario_path("summit")))
    events = trace.events_of(case, 0, SEED, GRID)
    times = [event.time for event in events]
    assert all(time % GRID == 0.0 for time in times)
    assert sum(one == other for one, other in zip(times, times[1:], strict=False)) > len(times) / 3


def test_histories_do_not_depend_on_the_block_they_are_played_in():
    case = case_of(str(resources.scenario_path("summit")))
    whole = batch_engine.run_block(case, range(40), SEED)["results"]
    alone = batch_engine.run_block(case, [31], SEED)["results"]
    shuffled = batch_engine.run_block(case, [31, 7, 39, 8], SEED)["results"]
    for name, column in whole.items():
        assert repr(column[31]) == repr(alone[name][0]) == repr(shuffled[name][0]), name


def test_a_seed_of_64_bits_is_one_seed_in_both_engines():
    case = case_of(str(FIXTURES[0]))
    seed = 2**64 - 3
    assert digest(batch_engine.run_block(case, range(5), seed)) == digest(event_engine.run_block(case, range(5), seed))
    assert digest(batch_engine.run_block(case, range(5), seed)) != digest(batch_engine.run_block(case, range(5), 3))


def test_what_a_quantity_reads_begins_each_history_blank():
    """Else its value before the first event that sets it would be that of another history, played before in the same memory."""
    renewed = {field.name for field in (*STATE, *KEPT, *IDENTITY)}
    readers = (quantities.read_quantity, quantities._read_of_game, quantities._fill_plain, quantities.felt_pressure)
    read = {name for reader in readers for name in re.findall(r"\bw\.(\w+)", inspect.getsource(reader))} - {"plain"}
    assert {"uniform", "member_now", "tension"} <= read and read <= renewed
