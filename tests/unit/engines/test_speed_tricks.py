"""Shortcuts of the engine give the bits of what they stand for."""

from __future__ import annotations

import math
import random
import struct

import numpy as np
import pytest

from sim import arithmetic
from sim.engines import arrays, event_engine
from sim.engines.draws import Ahead
from sim.model.translate import translated
from sim.randomness import Stream, uniform, uniform_pair
from sim.rules import choice, consent
from sim.rules import expression as machine
from tests.played import case_of

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


def test_expressions_of_any_length_can_be_translated():
    code = [0] + [1, machine.ADD] * 5000
    assert translated(code, [])([1.0, 0.5]) == machine.evaluate(code, [], [1.0, 0.5], [0.0] * 3)


@pytest.mark.parametrize("aversion", [1.0, 2.25])
def test_the_utility_of_one_package_is_that_of_the_whole_table(aversion):

    case = case_of("summit")
    changes = {f"actors.{name}.risk.loss_aversion": aversion for name in case.actor_ids}
    for seed in range(3):
        alone = event_engine.build(case_of("summit", changes), 0, seed).minds
        table = event_engine.build(case_of("summit", changes), 0, seed).minds
        assert all((risk is None) == (aversion == 1.0) for risk in table.risk)
        for actor in range(len(table.ids)):
            values = table.utilities(actor)
            for package in range(table.total):
                assert bits(alone.utility(actor, package)) == bits(values[package])
                assert bits(table.utility(actor, package)) == bits(values[package])


def test_inputs_drawn_at_once_have_the_uniforms_of_their_addresses():
    from sim.engines.inputs import _uniforms

    case = case_of("summit")
    for replication, seed, branch in ((0, 1, 0), (4_000_000_000, 2**64 - 1, 3), (17, 2**40 + 5, 0)):
        addresses = [(drawn.key, drawn.counter) for drawn in case.inputs]
        for shares in case.shares:
            addresses += zip(shares.keys, shares.counters, strict=True)
        expected = [uniform(seed, replication, branch, Stream.INPUT, key, 0, counter) for key, counter in addresses]
        assert _uniforms(case, replication, seed, branch) == expected


def test_the_best_option_weighs_what_the_exponential_of_zero_is():
    assert bits(arithmetic.exp(0.0)) == bits(arithmetic.exp(-0.0)) == bits(1.0)


def test_what_can_be_delivered_is_found_by_one_pass_or_by_a_search_for_every_type(monkeypatch):
    from sim.engines.minds import Minds
    from sim.engines.talks import deliverable_value

    for seed in range(12):
        h = event_engine.build(case_of("summit"), 0, seed)
        h.w.capability = 0.1 * seed  # moves what the other side would have without a deal
        one, two = h.side_indices
        assert h.minds.trust_helps(one, two)
        value = deliverable_value(h, one, two)
        monkeypatch.setattr(Minds, "trust_helps", lambda *_: False)
        assert bits(deliverable_value(h, one, two)) == bits(value)
        monkeypatch.undo()


def numbers_of_all_sizes(rng: random.Random, count: int) -> list[float]:
    return [0.0, -0.0, 40.0, -40.0, 40.1, -1e9, 1e9, 1e-300] + [
        rng.uniform(-1.0, 1.0) * 10.0 ** rng.uniform(-12.0, 3.0) for _ in range(count)
    ]


def test_logistics_of_arrays_have_the_bits_of_the_rules():
    rng = random.Random(7)
    values = numbers_of_all_sizes(rng, 20_000)
    array = np.array(values)
    assert list(map(bits, arrays.logistic(array).tolist())) == [bits(arithmetic.logistic(x)) for x in values]
    for spread in (0.08, 0.3, 7.0):
        assert arrays.consent(array, spread).tolist() == [consent.consent(x, spread) for x in values]
        expected = [consent.ratification(0.15, x, -0.02, spread) for x in values]
        assert arrays.ratification(0.15, array, -0.02, spread).tolist() == expected


@pytest.mark.parametrize("precision", [0.0, 20.0, 500.0, choice.INFINITE_PRECISION])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_acceptances_of_a_menu_have_the_bits_of_the_rule(precision, size):
    rng = random.Random(size)
    gains = numbers_of_all_sizes(rng, 200)
    slopes = [rng.choice([0.0, rng.uniform(0.0, 0.5)]) for _ in gains]
    points = sorted(rng.random() for _ in range(size))
    beliefs = [rng.choice([0.0, rng.random()]) for _ in range(size + 3)]
    found = arrays.Acceptances(np.array(gains), np.array(slopes), points, precision).averaged(beliefs, 3).tolist()
    one_by_one = [
        choice.expected_acceptance(gain, slope, points, beliefs, 3, size, precision)
        for gain, slope in zip(gains, slopes, strict=True)
    ]
    out = [0.0] * len(gains)
    choice.acceptance_probabilities(
        gains, slopes, [1.0] * len(gains), len(gains), 0.0, points, beliefs, 3, size, precision, out
    )
    assert list(map(bits, found)) == list(map(bits, one_by_one)) == list(map(bits, out))


@pytest.mark.parametrize("name", ["summit", "parliament_three_votes", "six_party_unanimity"])
@pytest.mark.parametrize("plain", [True, False])
def test_blocks_of_a_menu_have_the_bits_of_those_of_each_package(name, plain):

    for seed in range(3):
        minds = event_engine.build(case_of(name), 0, seed).minds
        allowed = [1.0] * minds.count
        for player in minds.h.veto_order:
            minds._vetoes[player] = minds._veto(player)._replace(plain=plain and minds._veto(player).plain)
        for kind in ("deal", "treaty", "deal+treaty", "bundle"):
            found = minds.block_probabilities(kind, allowed)
            assert found == [minds.block_probability(package, kind) for package in range(minds.count)]


def test_draws_made_ahead_are_those_made_one_by_one():
    counters = {(Stream.CHOICE << 24) | (65535 << 8) | 255: 9, (Stream.HAZARD << 24) | (7 << 8): 2, 5 << 24: 1}
    ahead = Ahead()
    assert ahead.draw(1, 1, 0) == {}
    for _ in range(Ahead.LAYOUTS[0]):
        ahead.learn(counters)
    for seed, replication, branch in ((2**64 - 1, 2**32 - 1, 2), (0, 0, 0), (20180309, 77, 1)):
        pairs = ahead.draw(seed, replication, branch)
        assert {word: len(found) for word, found in pairs.items()} == {
            word: int(1.25 * count + 0.75) for word, count in counters.items()
        }
        for word, found in pairs.items():
            stream, key, lane = word >> 24, (word >> 8) & 0xFFFF, word & 0xFF
            for n, pair in enumerate(found):
                assert pair == uniform_pair(seed, replication, branch, stream, key, lane, n)
                assert pair[0] == uniform(seed, replication, branch, stream, key, lane, n)


def test_a_history_is_the_same_whatever_was_played_before_it():
    case = case_of("summit")
    rows = []
    for before in (0, 6):
        case.__dict__.pop("_ahead", None)
        for replication in range(100, 100 + before):
            event_engine.play(case, replication, 1)
        rows.append([event_engine.play(case, replication, 1)[:2] for replication in (0, 1)])
    assert repr(rows[0]) == repr(rows[1])
