"""Borgonovo's delta from tables: what dummies and known dependences give, and that every random table is what it should be."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import delta as measures
from sim.analysis.delta import counted, delta, equal_slices, of_dummies, plain_delta, resampled
from sim.analysis.resampling import generator, uniforms
from tests.counts import sample_size


def random(about: str = "") -> np.random.Generator:
    return generator(5, "test", about)


def test_delta_of_a_known_table_is_the_distance_in_total_variation():
    """A half of the histories is surely in the first class, the other half surely in the second: 1/2 from the shares among all."""
    table = np.array([[[300, 0], [0, 300]]])
    assert plain_delta(table)[0] == 0.5
    assert delta(table, random())[0] == pytest.approx(0.5, abs=0.03)


def test_an_input_that_does_nothing_has_zero_on_average_where_the_plain_sum_is_far_above():
    tables = of_dummies(np.full(8, 125), np.array([500, 300, 150, 50]), 4_000, random("dummies"))
    found = delta(tables, random("signs"), (True, False))
    assert plain_delta(tables).mean() > 0.04
    assert abs(found.mean()) < 4.1 * found.std() / np.sqrt(len(found))


def test_a_weak_dependence_comes_out_too_small_rather_than_too_large():
    shares = np.array([[0.52, 0.48], [0.5, 0.5], [0.48, 0.52], [0.5, 0.5]])
    truth = float(plain_delta(1000 * shares[None])[0])
    tables = np.stack([np.stack([random(f"{n}{k}").multinomial(250, row) for k, row in enumerate(shares)]) for n in range(300)])
    found = delta(tables, random("weak"), (True, False))
    assert found.mean() < truth + 4.1 * found.std() / np.sqrt(len(found))
    assert plain_delta(tables).mean() > 2 * truth


def test_dummies_have_the_margins_of_the_sample_and_the_spread_of_a_dealt_pack():
    sizes, counts = np.array([30, 50, 20]), np.array([10, 60, 30])
    tables = of_dummies(sizes, counts, 4_000, random())
    assert (tables.sum(axis=2) == sizes).all() and (tables.sum(axis=1) == counts).all()
    expected = sizes[0] * counts[0] / 100
    spread = np.sqrt(sizes[0] * 0.1 * 0.9 * (100 - sizes[0]) / 99)
    assert abs(tables[:, 0, 0].mean() - expected) < 4.1 * spread / np.sqrt(4_000)
    assert tables[:, 0, 0].std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 200, 300])
def test_halves_are_binomial_however_they_are_drawn(count):
    """Up to four words the bits are counted, beyond the binomial distribution is drawn from."""
    found = measures._halved(np.full(20_000, count), random(str(count)))
    assert found.min() >= 0 and found.max() <= count
    assert abs(found.mean() - count / 2) <= 4.1 * np.sqrt(count / 4 / 20_000)
    assert found.var() == pytest.approx(count / 4, rel=0.06)


def test_equal_values_share_a_slice_and_few_values_are_slices_of_their_own():
    values = np.repeat([0.0, 1.0, 2.0, 3.0], [70, 10, 10, 10])
    assert equal_slices(values, 5).tolist() == np.repeat([0, 1, 2, 3], [70, 10, 10, 10]).tolist()
    many = np.concatenate([np.zeros(500), np.arange(1.0, 501.0)])
    slices = equal_slices(many, 10)
    assert len(set(slices[:500].tolist())) == 1
    assert (np.diff(slices[500:]) >= 0).all()
    assert set(slices.tolist()) == set(range(slices.max() + 1))
    assert np.bincount(equal_slices(np.arange(1000.0), 10)).tolist() == [100] * 10
    heap = np.concatenate([np.arange(30.0), np.full(60, 50.0), np.arange(60.0, 70.0)])  # lies where its middle lies
    assert np.bincount(equal_slices(heap, 5)).tolist() == [20, 10, 60, 10]


def test_resampled_tables_have_all_histories_and_the_shares_of_the_sample():
    table = np.array([[40, 10], [5, 45]])
    tables = resampled(table, 3_000, random())
    assert (tables.sum((1, 2)) == 100).all()
    assert tables.mean(axis=0) == pytest.approx(table, abs=0.6)


def test_the_same_address_gives_the_same_numbers_and_another_does_not():
    one = generator(1, "drivers", "a.b").random(4).tolist()
    assert one == generator(1, "drivers", "a.b").random(4).tolist()
    for other in (generator(2, "drivers", "a.b"), generator(1, "discovery", "a.b"), generator(1, "drivers", "a.c")):
        assert one != other.random(4).tolist()


def test_a_replication_keeps_its_number_when_the_run_grows_or_is_sampled():
    whole = uniforms(3, "discovery", np.arange(1_000))
    assert uniforms(3, "discovery", np.array([5, 77, 900])).tolist() == whole[[5, 77, 900]].tolist()
    assert 0.0 <= whole.min() and whole.max() < 1.0
    assert abs(whole.mean() - 0.5) < 4.1 / np.sqrt(12 * 1_000)


def test_dummies_stay_below_the_floor_in_the_stated_share_of_seeds():
    """Each seed: a dummy of its own against the floor that the same table of margins gives; a number against classes."""
    seeds = sample_size("dummy_seeds")
    below = 0
    for seed in range(seeds):
        numbers = np.random.Generator(np.random.Philox(1_000 + seed))
        outcome = numbers.choice(3, size=600, p=[0.7, 0.25, 0.05])
        table = counted(equal_slices(numbers.random(600), measures.num_slices(600)), outcome, 3)
        draws = generator(seed, "test")
        floor = np.quantile(delta(of_dummies(table.sum(axis=1), table.sum(axis=0), 400, draws), draws, (True, False)), 0.95)
        below += delta(table[None], draws, (True, False))[0] <= floor
    assert abs(below / seeds - 0.95) < 4.1 * np.sqrt(0.95 * 0.05 / seeds)
