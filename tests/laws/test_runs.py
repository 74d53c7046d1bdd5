"""What must hold for whole histories of any scenario: order, relabelling, idle actors, replay, beliefs, clock."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from sim import resources
from sim.acts.codes import CLOCK_RATIFICATION
from sim.engines import batch_engine, event_engine
from sim.engines.history import Wakeup
from sim.engines.inputs import inputs_of
from sim.engines.log import Log
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.model.reader import read
from sim.randomness import key_of
from tests.counts import sample_size
from tests.played import (
    FIXTURES,
    SEED,
    YEAR,
    bare_scenario,
    case_from,
    case_of,
    digest_of,
    play_block,
    play_logged,
    same,
    shuffled,
    steps,
)
from tests.statistics_helpers import assert_mean

SCENARIOS = [*FIXTURES, "summit"]
SHORT = {"summit": YEAR}  # the fixtures are short as they are


@pytest.fixture(params=SCENARIOS)
def name(request) -> str:
    """Each fixture and the summit in turn."""
    return request.param


def data_of(name: str) -> dict:
    data = read(FIXTURES.get(name) or resources.scenario_path(name)).data
    return {**data, **SHORT.get(name, {})}


def replications(name: str) -> int:
    """Few histories of the long scenario, more of the short ones."""
    return sample_size("laws_histories") // (4 if name == "summit" else 1)


# The file


def test_the_order_of_mappings_does_not_enter_the_results(name):
    """Actors, issues, tracks, hazards and everything else in another order: the same digest."""
    data = data_of(name)
    expected = digest_of(event_engine.run_block(case_from(data), range(replications(name)), SEED))
    for seed in (1, 2):
        case = case_from({"schema_version": 1, **shuffled(data, random.Random(seed))})
        assert digest_of(event_engine.run_block(case, range(replications(name)), SEED)) == expected


def relabelled(value, words: dict[str, str], pattern: re.Pattern):
    """Every name replaced, in keys and inside texts and expressions."""
    if isinstance(value, dict):
        return {relabelled(key, words, pattern): relabelled(item, words, pattern) for key, item in value.items()}
    if isinstance(value, list):
        return [relabelled(item, words, pattern) for item in value]
    if isinstance(value, str):
        return pattern.sub(lambda match: words[match.group()], value)
    return value


# Names that are words of the language as well (a hazard called crisis, say) stay.
NAMES_TO_CHANGE = {
    "crisis_13_days": ("issues", "actors", "tracks", "hazards"),
    "mediator_single_text": ("issues", "actors", "tracks"),
    "parliament_three_votes": ("actors", "tracks", "veto_players"),
    "six_party_unanimity": ("issues", "actors", "tracks", "hazards"),
    "summit": ("issues", "actors", "tracks", "hazards", "veto_players"),
}
RESERVED = {"crisis", "incident", "share", "fund", "table"}


def test_relabelled_entities_with_pinned_keys_give_the_same_digest(name):
    data = data_of(name)
    words = {
        old: f"{chr(122 - n % 20)}_{n}_new"
        for n, old in enumerate(key for kind in NAMES_TO_CHANGE[name] for key in data[kind] if key not in RESERVED)
    }
    pinned = dict(data)
    for kind in NAMES_TO_CHANGE[name]:
        pinned[kind] = {key: {**entity, "key": key_of(key)} for key, entity in data[kind].items()}
    # Claims and variants have names with dashes, of which these may be parts.
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, words)) + r")(?![\w-])")
    renamed = relabelled(pinned, words, pattern)
    assert set(renamed["actors"]).isdisjoint(data["actors"])
    before = event_engine.run_block(case_from(data), range(replications(name)), SEED)
    after = event_engine.run_block(case_from(renamed), range(replications(name)), SEED)
    back = {
        table: {
            relabelled(column, words, pattern): np.array([relabelled(item, words, pattern) for item in values.tolist()])
            if values.dtype == object
            else values
            for column, values in columns.items()
        }
        for table, columns in before.items()
    }
    for table, columns in back.items():
        back[table] = {
            column: values.astype(object) if values.dtype.kind == "U" else values for column, values in columns.items()
        }
    assert digest_of(after) == digest_of(back)


@pytest.mark.parametrize("newcomer", ["aaa_idle", "mmm_idle", "zzz_idle"])
def test_an_idle_actor_changes_nothing(name, newcomer):
    """No tastes, no track: the newcomer brings columns of its own and leaves all others alone."""
    data = data_of(name)
    before = event_engine.run_block(case_from(data), range(replications(name)), SEED)
    data["actors"] = {**data["actors"], newcomer: {"role": "bystander"}}
    after = event_engine.run_block(case_from(data), range(replications(name)), SEED)
    for table, columns in before.items():
        changed = [column for column, values in columns.items() if not same(values, after[table][column])]
        assert changed == []
    assert set(after["results"]) - set(before["results"]) == {f"utility:{newcomer}"}


# Replications


def test_a_replication_alone_equals_its_row_in_a_block(name):
    case = case_of(name, SHORT.get(name))
    block = event_engine.run_block(case, range(replications(name)), SEED)
    for replication in (0, replications(name) - 1):
        row, paths, _ = event_engine.play(case, replication, SEED, Log())
        for column, values in block["results"].items():
            assert same(values[[replication]], np.array([row[column]], dtype=values.dtype)), column
        mine = block["paths"]["replication"] == replication
        for column, values in block["paths"].items():
            assert same(values[mine], np.array([point[column] for point in paths], dtype=values.dtype)), column


def test_a_replication_does_not_depend_on_those_played_before_it():
    """With drawn parameters that a derived quantity reads: what an actor is believed to want is then each history's own."""
    shipped = load_scenario(resources.scenario_path("summit"), variant="all-ranges", overrides=YEAR)
    alone, after = (compile_case(complete(shipped)) for _ in range(2))
    event_engine.play(after, 3, SEED)
    for replication in (0, 1):
        assert repr(event_engine.play(alone, replication, SEED)[:2]) == repr(event_engine.play(after, replication, SEED)[:2])
        alone = compile_case(complete(shipped))


def test_blocks_cut_anywhere_and_run_in_any_order_give_the_same_digest(name):
    case = case_of(name, SHORT.get(name))
    count = replications(name)
    whole = event_engine.run_block(case, range(count), SEED)
    cuts = sorted({0, 1, count // 3, count - 1, count})
    pieces = [range(a, b) for a, b in zip(cuts, cuts[1:], strict=False)]
    blocks = {piece: event_engine.run_block(case, piece, SEED) for piece in reversed(pieces)}
    joined = {
        table: {column: np.concatenate([blocks[piece][table][column] for piece in pieces]) for column in columns}
        for table, columns in whole.items()
    }
    assert digest_of(joined) == digest_of(whole)


def test_another_seed_gives_another_digest(name):
    """Otherwise the laws about digests would hold for an engine that draws nothing."""
    case = case_of(name, SHORT.get(name))
    one, two = (event_engine.run_block(case, range(replications(name)), seed) for seed in (1, 2))
    assert digest_of(one) != digest_of(two)


# Inside a history


def test_beliefs_sum_to_one_and_the_clock_never_runs_back(name):
    """After every single event; the world's own clock is never ahead of the event loop's."""
    case = case_of(name, SHORT.get(name))
    for replication in range(max(1, replications(name) // 3)):
        now, events = 0.0, 0
        for h in steps(case, replication):
            events += 1
            assert now <= h.env.now
            assert h.w.now <= h.env.now
            now = h.env.now
            for start, size in zip(h.c.belief_start, h.c.belief_size, strict=True):
                shares = h.w.beliefs[start : start + size]
                assert min(shares) >= 0.0
                assert sum(shares) == pytest.approx(1.0, abs=1e-12)
            for index in ("tension", "pressure", "stress", "expectation", "rivalry", "belief_talks", "belief_pressure"):
                assert 0.0 <= getattr(h.w, index) <= 1.0, index
            assert 0 <= h.w.rung <= h.w.max_rung
            assert all(0.0 <= level <= 1.0 for level in (*h.w.level, *h.w.seen))
        assert events > 10


def test_the_log_is_in_order_of_time(name):
    case = case_of(name, SHORT.get(name))
    for replication in range(max(1, replications(name) // 3)):
        row, history, log = play_logged(case, replication)
        times = [entry.time for entry in log.entries]
        assert times == sorted(times)
        assert len(log.entries) == len(log.decisions) + len(log.happenings)


ALWAYS_BOUND = {
    **YEAR,
    "actors.PRK.red_lines.arsenal.probability": 1,
    "actors.PRK.red_lines.arsenal.unless": "false",
    # Its owner believes the guarantees and would like to go beyond; the mandate of officials would allow it.
    "actors.PRK.types.credibility": 0.95,
    "tracks.working.mandate.denuc.max": 1,
}


def package_of(decision) -> int:
    """Row of the package that the chosen option is about, or -1."""
    if decision.choice not in decision.options or not decision.packages:
        return -1
    package = decision.packages[decision.options.index(decision.choice)]
    return -1 if package is None else package


def test_no_option_outside_constraints_is_ever_chosen():
    """The red line and the mandate are looked up in the scenario, not taken from the log's own word."""
    case = case_of("summit", ALWAYS_BOUND)
    k, guarantee = case.issue("denuc"), case.issue("guar")
    size = len(case.issue_ids)
    removed = own_acts = 0
    for replication in range(sample_size("constraints_histories")):
        _, h, log = play_logged(case, replication)
        for decision in log.decisions:
            assert decision.choice not in decision.removed
            chances = dict(zip(decision.options, decision.probabilities, strict=True))
            assert all(chances.get(option, 0.0) == 0.0 for option in decision.removed)
            assert {option for option in chances if chances[option] == 0.0} <= set(decision.removed), decision.node
            removed += len(decision.removed)
            package = package_of(decision)
            if package < 0 or decision.node in ("bundle", "open", "stage_vote"):
                continue
            assert case.levels[package * size + guarantee] <= 0.6
            if decision.actor == "PRK":
                own_acts += 1
                assert case.levels[package * size + k] <= 0.7
        assert h.w.deal < 0 or case.levels[h.w.deal * size + k] <= 0.7
    assert removed > 0
    assert own_acts > 0


def test_the_red_line_is_what_keeps_large_concessions_out():
    """With the line switched off the same histories hold choices beyond it: the law above can fail."""
    case = case_of("summit", {**ALWAYS_BOUND, "mechanisms.red_lines": False})
    k, size = case.issue("denuc"), len(case.issue_ids)
    beyond = 0
    for replication in range(sample_size("constraints_histories")):
        for decision in play_logged(case, replication)[2].decisions:
            package = package_of(decision)
            beyond += decision.actor == "PRK" and package >= 0 and case.levels[package * size + k] > 0.7
    assert beyond > 0


# Time


def test_events_of_one_instant_run_in_the_order_of_clocks():
    """Whatever the order in which they were scheduled; of one clock in the order in which they were."""
    history = event_engine.build(case_of("mediator_single_text"), 0, SEED)
    env = history.env
    order = random.Random(3)
    planned = [(clock, n) for n in range(3) for clock in range(history.c.num_clocks)]
    order.shuffle(planned)
    seen = []
    for item in planned:
        Wakeup(env, 0.125, item[0]).callbacks.append(lambda _, item=item: seen.append(item))
    env.run(until=0.25)
    assert seen == sorted(planned, key=lambda item: (item[0], planned.index(item)))


def test_clocks_are_in_the_order_of_their_kinds_and_of_what_they_are_about():
    """The kinds as docs/explanation/how-a-history-runs.md lists them; tracks and hazards in the order of their keys."""
    for name in SCENARIOS:
        c = event_engine.build(case_of(name), 0, SEED).c
        kinds = c.clock_kind[: c.first_deferred]
        assert kinds == sorted(kinds)
        places = list(zip(c.clock_kind, c.clock_of, strict=True))[: c.first_deferred]
        single = [place for place in places if place[0] != CLOCK_RATIFICATION]
        assert single == sorted(set(single))
        assert c.track_key == sorted(c.track_key)
        assert c.hazard_key == sorted(c.hazard_key)


def test_a_reading_comes_before_events_of_the_same_instant():
    """A storm on the very day of the reading belongs to the time after it."""
    storm = {"storm": {"kind": "calendar", "at": ["1 year"], "effects": {"tension": 0.5}}}
    calm = {"tension": {"initial": 0, "rest": 0, "rest_in_talks": 0}}
    data = bare_scenario(hazards=storm, mechanisms=calm, horizon="2 years", readings=["1 year"])
    paths = event_engine.run_block(case_from(data), range(1), SEED)["paths"]
    assert paths["day"].tolist() == [0.0, 365.0, 730.0]
    assert paths["tension"][1] == 0.0
    assert paths["tension"][2] > 0.0


SLOPE = 1.5  # the steepest that the summit has, that of incidents


def cooling(pulse: str) -> dict:
    """Tension that only falls, and a hazard that follows it steeply: what the length of a pulse is about."""
    tension = {"initial": 0.9, "rest": 0, "rest_in_talks": 0, "half_life": "60 days"}
    # Eight alike, so that one history counts for eight.
    hazards = {f"alarm_{n}": {"kind": "poisson", "rate": 1, "factor": f"exp({SLOPE} * tension)"} for n in range(8)}
    return bare_scenario(mechanisms={"tension": tension}, hazards=hazards, pulse=pulse)


def alarms(pulse: str) -> np.ndarray:
    results = batch_engine.run_block(case_from(cooling(pulse)), range(sample_size("pulse")), SEED)["results"]
    return np.concatenate([results[f"count:events.alarm_{n}"] for n in range(8)])


def test_alarms_follow_the_falling_tension():
    """Against the integral of exp(1.5 h(t)) with h(t) = .9 * 2**(-t / 60): rates stand still for a day only."""
    times = np.linspace(0.0, 365.0, 20_001)
    rate = np.exp(SLOPE * 0.9 * 2.0 ** (-times / 60.0)) / 365.0
    assert_mean(alarms("1 day"), float(((rate[1:] + rate[:-1]) / 2.0).sum() * (times[1] - times[0])))


def assert_pulses_agree(one: np.ndarray, other: np.ndarray) -> None:
    """Within one standard error of a run of a thousand histories, and what the paired sample cannot resolve.

    A longer pulse is a coarser step of the rates: a small bias is accepted, one that a reader could see is not.
    """
    difference = one - other
    resolved = difference.std(ddof=1) / difference.size**0.5
    visible = other.std(ddof=1) / 1000**0.5
    assert abs(difference.mean()) <= visible + 4.1 * resolved


def test_daily_and_weekly_pulses_agree():
    assert_pulses_agree(alarms("1 day"), alarms("7 days"))
    n = sample_size("pulse")
    weekly = play_block("summit", n, YEAR)["results"]
    daily = play_block("summit", n, {**YEAR, "pulse": "1 day"})["results"]
    for column in ("tension", "pressure", "trust", "count:meetings", "count:rounds.working", "count:events.launch",
                   "count:events.crisis", "count:crisis_days", "count:bundles.inter_korean", "count:deals"):  # fmt: skip
        assert_pulses_agree(daily[column], weekly[column])


def test_a_pulse_of_months_would_show():
    with pytest.raises(AssertionError):
        assert_pulses_agree(alarms("1 day"), alarms("180 days"))


# Draws


SWITCHES = [
    "mechanisms.learning.enabled",
    "mechanisms.tension.enabled",
    "mechanisms.sanctions.enabled",
    "mechanisms.ladder.enabled",
    "mechanisms.expectation.enabled",
    "mechanisms.agreements.cheating",
    "mechanisms.red_lines",
    "tracks.working.enabled",
    "tracks.summit.enabled",
    "hazards.launch.enabled",
    "hazards.presidential.enabled",
]


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switched_off_mechanism_leaves_other_draws_alone(switch):
    """Inputs, private types and the arrivals of hazards at constant rates are the same, to the last bit."""
    on, off = case_of("summit", YEAR), case_of("summit", {**YEAR, switch: False})
    for replication in range(3):
        before, after = inputs_of(on, replication, SEED), inputs_of(off, replication, SEED)
        shared = set(on.slot_of) & set(off.slot_of)
        assert len(shared) > 300
        assert all(before[on.slot_of[path]] == after[off.slot_of[path]] for path in shared)
    n = replications("summit")
    with_it, without = (batch_engine.run_block(case, range(n), SEED)["results"] for case in (on, off))
    peaceful = (with_it["outcome"] != "war") & (without["outcome"] != "war")
    assert peaceful.sum() > n // 2
    for column in with_it:
        if column.startswith("input:"):
            assert same(with_it[column], without[column]), column
    for hazard in ("rivalry_shock", "spoiler", "us_leader_exit", "prk_leader_exit"):
        for column in (f"count:events.{hazard}", f"time:events.{hazard}"):
            assert same(with_it[column][peaceful], without[column][peaceful]), column
