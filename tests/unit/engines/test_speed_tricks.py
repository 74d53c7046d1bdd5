"""Shortcuts of the engine give the bits of what they stand for."""

from __future__ import annotations

import math
import random
import struct

import pytest

from sim import arithmetic, resources
from sim.acts import constraints, draws, offers, ranking, talks, worth
from sim.acts.beliefs import belief_of
from sim.acts.codes import CREDIBILITY, DEAL, TREATY
from sim.acts.consent import block_probabilities, block_probability
from sim.engines import event_engine
from sim.engines.history import History
from sim.engines.inputs import inputs_of
from sim.engines.tables import whole
from sim.model.reader import read
from sim.model.translate import translated
from sim.randomness import Stream, uniform, uniform_pair
from sim.rules import choice
from sim.rules import expression as machine
from tests.played import SEED, case_from, case_of

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.3, 2.5, -7.25, 1e-300, 1e300, math.inf, -math.inf, math.nan, 708.9]
BINARY = range(machine.MAX, 0)
KEEP = range(machine.KEEP_NOT_EQUAL, machine.MAX)
UNARY = range(machine.LOGISTIC, machine.KEEP_NOT_EQUAL)


def bits(value: float) -> bytes:
    return struct.pack("<d", value) if value == value else b"nan"


def random_program(rng: random.Random, steps: int) -> list[int]:
    """A program that leaves one number, made of steps that find their operands on the stack."""
    code: list[int] = []
    depth = 0
    while len(code) < steps or depth != 1:
        ending = len(code) >= steps
        choices = [] if ending else ["load", "load", "constant"]
        if depth >= 1 and not ending:
            choices.append("unary")
        if depth >= 2:
            choices += ["binary", "binary", "keep"] if not ending else ["binary"]
        if depth >= 3:
            choices.append("if")
        match rng.choice(choices or ["load"]):
            case "load":
                code.append(rng.randrange(6))
                depth += 1
            case "constant":
                code.append(machine.CONSTANT - rng.randrange(4))
                depth += 1
            case "unary":
                code.append(rng.choice(UNARY))
            case "binary":
                code.append(rng.choice(BINARY))
                depth -= 1
            case "keep":
                code.append(rng.choice(KEEP))
            case "if":
                code.append(machine.IF)
                depth -= 2
    return code


@pytest.mark.parametrize("steps", [1, 3, 8, 20, 400])
def test_translated_programs_give_the_bits_of_the_rule(steps):
    rng = random.Random(steps)
    for _ in range(400 if steps < 100 else 20):
        code = random_program(rng, steps)
        constants = rng.choices(NUMBERS, k=4)
        program = translated(code, constants)
        for _ in range(5):
            quantities = rng.choices(NUMBERS, k=6)
            expected = machine.evaluate(code, constants, quantities, [0.0] * (len(code) + 1))
            assert bits(program(quantities)) == bits(expected), (code, constants, quantities)
            # The same program in the midst of others, as the tables of a scenario hold it.
            among = [0, 0, *code, machine.ADD]
            stack = [math.nan] * (len(code) + 1)
            part = machine.evaluate_part(among, 2, 2 + len(code), constants, quantities, stack)
            assert bits(part) == bits(expected), (code, constants, quantities)


def test_expressions_of_any_length_can_be_translated():
    code = [0] + [1, machine.ADD] * 5000
    assert translated(code, [])([1.0, 0.5]) == machine.evaluate(code, [], [1.0, 0.5], [0.0] * 3)


@pytest.mark.parametrize("aversion", [1.0, 2.25])
def test_the_utility_of_one_package_is_that_of_the_whole_table(aversion):
    changes = {f"actors.{name}.risk.loss_aversion": aversion for name in case_of("summit").actor_ids}
    for seed in range(3):
        alone = event_engine.build(case_of("summit", changes), 0, seed)
        table = event_engine.build(case_of("summit", changes), 0, seed)
        count = table.c.num_packages
        for actor in range(table.c.num_actors):
            assert worth.feels_risk(table.w, actor) == (aversion != 1.0)
            values = [0.0] * count
            table(worth.utilities, actor, count, values)
            alone.w.has_table[actor] = 0
            for package in range(count):
                assert bits(alone(worth.utility, actor, package)) == bits(values[package])
                assert bits(table(worth.utility, actor, package)) == bits(values[package])
            assert not alone.w.has_table[actor]
            assert table.w.has_table[actor]


def test_inputs_are_quantiles_of_the_uniforms_of_their_addresses():
    """What the tables of a scenario hold of a distribution gives what the distribution itself gives."""
    case = case_of("summit")
    together = {member for group in case.copulas for member in group.members}
    for replication, seed, branch in ((0, 1, 0), (4_000_000_000, 2**64 - 1, 3), (17, 2**40 + 5, 0)):

        def drawn_at(key, counter, seed=seed, replication=replication, branch=branch):
            return uniform(seed, replication, branch, Stream.INPUT, key, 0, counter)

        found = inputs_of(case, replication, seed, branch)
        for n, drawn in enumerate(case.inputs):
            if n not in together:
                expected = drawn.distribution.quantile(drawn_at(drawn.key, drawn.counter))
                assert bits(found[drawn.slot]) == bits(expected), drawn
        for shares in case.shares:
            amounts = [
                0.0 if gamma is None else gamma.quantile(drawn_at(key, counter))
                for gamma, key, counter in zip(shares.gammas, shares.keys, shares.counters, strict=True)
            ]
            assert [found[slot] for slot in shares.slots] == [shares.total * x / sum(amounts) for x in amounts]


def test_the_best_option_weighs_what_the_exponential_of_zero_is():
    assert bits(arithmetic.exp(0.0)) == bits(arithmetic.exp(-0.0)) == bits(1.0)


def test_what_can_be_delivered_is_found_by_one_pass_or_by_a_search_for_every_type(monkeypatch):
    for seed in range(12):
        h = event_engine.build(case_of("summit"), 0, seed)
        h.w.capability = 0.1 * seed  # moves what the other side would have without a deal
        one, two = h.c.side_one, h.c.side_two
        assert talks._trust_helps(h.w, h.c, h(worth.make_believed, one, two))
        value = h(talks.deliverable_value, one, two)
        with monkeypatch.context() as patch:
            patch.setattr(talks, "_trust_helps", lambda *_: False)
            assert bits(h(talks.deliverable_value, one, two)) == bits(value)


@pytest.mark.parametrize("precision", [0.0, 20.0, 500.0, choice.INFINITE_PRECISION])
def test_acceptances_of_a_menu_are_those_of_each_package(precision):
    """To the last bit without red lines; with them the menu multiplies by a share, which rounds once more."""
    for lines in (False, True):
        h = event_engine.build(case_of("summit", {"mechanisms.red_lines": lines}), 0, 1)
        for observer, actor in ((h.c.side_one, h.c.side_two), (h.c.side_two, h.c.side_one)):
            reject = h(worth.disagreement, actor)
            out = [0.0] * h.c.num_candidates
            h(constraints.acceptance, observer, actor, reject, precision, h.c.any_mandate, out)
            one_by_one = [
                h(constraints.accepts, observer, actor, p, reject, precision) if h.c.any_mandate[p] else 0.0
                for p in range(h.c.num_candidates)
            ]
            assert out == (pytest.approx(one_by_one, rel=1e-12, abs=1e-300) if lines else one_by_one)


@pytest.mark.parametrize("name", ["summit", "parliament_three_votes", "six_party_unanimity"])
def test_blocks_of_a_menu_are_those_of_each_package(name):
    """What is remembered of a package is what would be worked out anew."""
    for seed in range(3):
        h = event_engine.build(case_of(name), 0, seed)
        size = h.c.num_candidates
        for kinds in (DEAL, TREATY, DEAL | TREATY):
            out = [0.0] * size
            h(block_probabilities, kinds, [1.0] * size, out)
            for package in range(size):
                h.w.block_known = [0] * len(h.w.block_known)
                h.w.veto_known = [0] * len(h.w.veto_known)
                assert bits(h(block_probability, package, kinds)) == bits(out[package])


def _own_promises(w, c):
    w.credibility[c.side_two] += 0.01


def _pressure(w, c):
    w.stress += 0.01


def _own_red_line(w, c):
    w.line_present[0] = 1 - w.line_present[0]


def _belief_in_the_other(w, c):
    start = c.belief_start[belief_of(c, c.side_one, c.side_two, CREDIBILITY)]
    w.beliefs[start] += 0.01
    w.beliefs[start + 1] -= 0.01


@pytest.mark.parametrize(
    ("moved", "by_whom"),
    [
        (_own_promises, (False, True)), (_pressure, (True, True)), (_own_red_line, (False, True)),
        (_belief_in_the_other, (True, False)),
    ],
)  # fmt: skip
def test_a_menu_is_seen_anew_twice_when_what_its_worth_rests_on_has_moved(moved, by_whom):
    """By whom of two sides: the first has no red line and feels no pressure itself, and has a belief about the second."""
    h = History(case_of("summit", {"actors.PRK.red_lines.arsenal.unless": "tension < 0"}), 0, SEED)
    t = h.setup.track_ids.index("working")
    assert h.c.target == h.c.side_two and list(h.c.line_first)[h.c.side_two] < list(h.c.line_first)[h.c.side_two + 1]

    def seen_anew() -> tuple[bool, bool]:
        return tuple(  # type: ignore[return-value]
            not h(ranking.view_stands_still, t, actor, offers.place_of(h.c, t, actor))
            for actor in (h.c.side_one, h.c.side_two)
        )

    assert [seen_anew() for _ in range(3)] == [(True, True), (True, True), (False, False)]
    moved(h.w, h.c)
    assert [seen_anew() for _ in range(3)] == [by_whom, by_whom, (False, False)]


def test_the_menu_of_an_actor_that_weighs_gains_and_losses_is_always_seen_anew():
    """What it gains is against its disagreement payoff, which moves with nearly everything."""
    h = History(case_of("summit"), 0, SEED)
    t = h.setup.track_ids.index("working")
    place = offers.place_of(h.c, t, h.c.side_one)
    looks = [h(ranking.view_stands_still, t, h.c.side_one, place) for _ in range(3)]
    assert looks == [False, False, True]
    h.w.loss_aversion[h.c.side_one] = 2.0
    assert not h(ranking.view_stands_still, t, h.c.side_one, place)


def test_draws_are_counted_by_address_whatever_else_draws():
    """As many addresses as the table of a history holds, drawn from in any order, a hundred times the same one."""
    rng = random.Random(5)
    for seed, replication, branch in ((2**64 - 1, 2**32 - 1, 2), (20180309, 77, 1)):
        h = History(case_of("summit"), replication, seed, None, branch)
        begun = h.w.num_drawn
        free = len(h.w.drawn_word) // 2 - begun
        addresses = [(Stream.CHOICE, key, key % 256) for key in rng.sample(range(65536), free)]
        before = dict.fromkeys(addresses, 0)
        for address in [*addresses, *rng.choices(addresses, k=2 * free), *addresses[:1] * 100]:
            count = before[address]
            before[address] += 1
            if count % 2:
                assert h(draws.draw, *address) == uniform(seed, replication, branch, *address, count)
            else:
                expected = uniform_pair(seed, replication, branch, *address, count)
                assert h(draws.draw_pair, *address) == expected
        assert not h.w.full
        assert h.w.num_drawn == begun + free


def test_a_history_that_runs_out_of_room_is_played_again_with_more(monkeypatch):
    """With the same result as where there was enough at once."""
    data = read(resources.scenario_path("summit")).data
    usual = event_engine.play(case_from(data), 3, SEED)[:2]
    rooms = []

    def power_of_two(least):
        rooms.append(least)
        return usual_power(least)

    usual_power = whole._power_of_two
    monkeypatch.setattr(whole, "ADDRESSES", 8)
    monkeypatch.setattr(whole, "_words", lambda m: 2)
    monkeypatch.setattr(whole, "_power_of_two", power_of_two)
    assert repr(event_engine.play(case_from(data), 3, SEED)[:2]) == repr(usual)
    assert rooms[:2] == [8, 32]


def test_a_history_is_the_same_whatever_was_played_before_it():
    rows = []
    for before in (0, 6):
        case = case_from(read(resources.scenario_path("summit")).data)
        for replication in range(100, 100 + before):
            event_engine.play(case, replication, 1)
        rows.append([event_engine.play(case, replication, 1)[:2] for replication in (0, 1)])
    assert repr(rows[0]) == repr(rows[1])
