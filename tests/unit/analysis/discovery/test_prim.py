"""Peeling, pasting and simplifying on data whose box is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.discovery.boxes import Box, Limit, box_words, limit_words, round_bound, rounded
from sim.analysis.discovery.prim import FOLDS, Search, chosen, planned
from sim.analysis.given_data import Input


def sample(seed: int, histories: int = 2_000, columns: int = 6) -> tuple[list[np.ndarray], np.ndarray]:
    """Hits in 70 % where x0 is below .3 and x1 above .6, in 4 % elsewhere."""
    random = np.random.Generator(np.random.Philox(seed))
    x = random.random((histories, columns))
    inside = (x[:, 0] < 0.3) & (x[:, 1] > 0.6)
    return list(x.T), random.random(histories) < np.where(inside, 0.7, 0.04)


def search_of(seed: int, **sizes: int) -> Search:
    columns, hits = sample(seed, **sizes)
    return Search(columns, hits, [False] * len(columns))


def test_each_step_of_the_trajectory_counts_what_its_box_holds_and_holds_less_than_the_one_before():
    search = search_of(1)
    steps = search.trajectory()
    assert len(steps) > 20 and not steps[0].box.limits
    for step in steps:
        inside = step.box.holds(search.columns)
        assert (int(inside.sum()), int(search.hits[inside].sum())) == (step.histories, step.hits)
    assert all(after.histories < before.histories for before, after in zip(steps, steps[1:], strict=False))
    assert max(step.density for step in steps) > 0.65
    assert steps[-1].histories >= 25


def test_a_step_cuts_off_about_a_twentieth_and_equal_values_go_together():
    search = search_of(1)
    steps = search.trajectory()
    assert all(0.9 < (b.histories - a.histories) / (0.05 * b.histories) < 1.1 for b, a in zip(steps[:10], steps[1:11], strict=False))
    values = np.repeat([0.0, 1.0, 2.0], [600, 200, 200])
    hits = np.arange(1000) % 10 < np.repeat([1, 1, 8], [600, 200, 200])
    found = Search([values], hits, [False]).trajectory()
    assert [step.histories for step in found] == [1000, 400, 200]
    assert [step.box.limit(0).low for step in found[1:]] == [0.5, 1.5]


def test_words_are_cut_off_one_by_one():
    codes = np.tile([0, 1, 2, 3], 100)
    hits = (codes == 2) | ((codes == 1) & (np.arange(400) % 8 < 4))
    found = Search([codes], hits, [True]).trajectory()
    assert found[-1].box.limit(0).words == frozenset({2})
    assert found[-1].density == 1.0


def test_a_strip_is_judged_by_what_it_costs():
    """Half of the histories have a word with 40 % hits beside 60 %; the lowest twentieth of the number has none."""
    number = np.linspace(0.0, 1.0, 1_000)
    word = np.arange(1_000) % 2
    hits = (np.arange(1_000) % 10 < np.where(word == 1, 6, 4)) & (number > 0.05)
    first = Search([number, word], hits, [False, True]).trajectory()[1]
    assert first.box.limits[0].column == 0 and first.histories == 950


def test_the_inputs_of_the_planted_box_come_first():
    for seed in range(5):
        assert set(search_of(seed).ranked_columns(2)) == {0, 1}


def test_the_planned_box_is_the_planted_one():
    for seed in range(3):
        search = search_of(seed, histories=3_000)
        plan = planned(search, np.arange(3_000) % FOLDS, 4)
        assert plan.limits == 2 and plan.mass == pytest.approx(0.12, abs=0.04)
        steps = search.trajectory(search.ranked_columns(4)[: plan.limits])
        box = search.simplified(search.pasted(steps[chosen(steps, len(search), plan.mass, None)].box))
        assert {limit.column for limit in box.limits} == {0, 1}
        assert box.limit(0).low == -math.inf and box.limit(0).high == pytest.approx(0.3, abs=0.03)
        assert box.limit(1).high == math.inf and box.limit(1).low == pytest.approx(0.6, abs=0.03)


def test_the_densest_box_with_a_coverage_is_chosen_where_one_is_asked_for():
    search = search_of(2)
    steps = search.trajectory([0, 1])
    found = steps[chosen(steps, len(search), 0.5, 0.6)]
    assert found.hits >= 0.6 * steps[0].hits
    assert all(found.density >= step.density for step in steps if step.hits >= 0.6 * steps[0].hits)


def test_pasting_widens_a_box_that_was_cut_too_small_and_leaves_a_right_one():
    search = search_of(3, histories=4_000)
    small = Box((Limit(0, high=0.2), Limit(1, low=0.75)))
    wide = search.pasted(small)
    assert wide.limit(0).high == pytest.approx(0.3, abs=0.03) and wide.limit(1).low == pytest.approx(0.6, abs=0.03)
    assert search.quality(search.pasted(wide)) == search.quality(wide)


def test_limits_that_carry_nothing_are_dropped():
    search = search_of(4, histories=4_000)
    box = Box((Limit(0, 0.001, 0.3), Limit(1, low=0.6), Limit(2, low=0.03), Limit(5, high=0.98)))
    found = search.simplified(box)
    assert [limit.column for limit in found.limits] == [0, 1]
    assert found.limit(0).low == -math.inf


def test_quasi_p_values_are_binomial():
    """Bryant and Lempert (2010): of 20 histories in the box 15 hits, where 40 % of the wider box are hits."""
    values = np.concatenate([np.zeros(20), np.ones(80)])
    hits = np.concatenate([np.arange(20) < 15, np.arange(80) < 25])
    search = Search([values], hits, [False])
    chance = sum(math.comb(20, k) * 0.4**k * 0.6 ** (20 - k) for k in range(15, 21))
    assert search.quasi_p(Box((Limit(0, high=0.5),)), 0) == pytest.approx(chance)


def test_bounds_are_told_with_few_digits_and_counted_as_told():
    values = np.random.Generator(np.random.Philox(1)).random(1_000)
    assert round_bound(0.30123, values) == 0.3
    assert round_bound(-math.inf, values) == -math.inf
    assert round_bound(0.12345, np.repeat([0.1, 0.1469], 500)) == 0.12345
    assert round_bound(123_456.0, 1e6 * values) == 120_000.0
    box = rounded(Box((Limit(0, 0.30123, 0.711),)), [values])
    assert box == Box((Limit(0, 0.3, 0.71),))
    assert int(box.holds([values]).sum()) == int(((values > 0.3) & (values < 0.71)).sum())


def test_limits_are_told_in_words():
    number = Input("a", "Cost of war", np.linspace(0, 1, 101))
    few = Input("b", "Votes", np.tile([0.0, 1.0, 2.0, 3.0], 25))
    kind = Input("c", "Mood", np.array(["calm", "very_tense"], dtype=object))
    assert limit_words(Limit(0, high=0.3), number, []) == "Cost of war is below 0.3"
    assert limit_words(Limit(0, low=0.6), number, []) == "Cost of war is above 0.6"
    assert limit_words(Limit(0, 0.1, 0.3), number, []) == "Cost of war is between 0.1 and 0.3"
    assert limit_words(Limit(1, low=1.5), few, []) == "Votes is at least 2"
    assert limit_words(Limit(1, high=2.5), few, []) == "Votes is at most 2"
    assert limit_words(Limit(1, 0.5, 1.5), few, []) == "Votes is 1"
    assert limit_words(Limit(2, words=frozenset({1})), kind, ["calm", "very_tense"]) == "Mood is \u201cvery tense\u201d"
    told = box_words(Box((Limit(0, high=0.3), Limit(1, low=1.5))), [number, few], [[], []])
    assert told == "Cost of war is below 0.3 and Votes is at least 2"
