"""The menu of a case: what stands on it, in which order it grows, and that small trades are not missed."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from sim.model import menu, valuation
from sim.model.frontier import Scales, search, shortfalls, spread, undominated
from tests.played import YEAR, bare_scenario, case_from, case_of, play_logged

LABELS = [[0.0, 0.5, 1.0], [0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]]


def point_utilities(case, row):
    return [valuation.utility_at(case, side, row, case.base, valuation.point_credibility(case, side)) for side in case.spec.sides]


def rows_of(case):
    size = len(case.issue_ids)
    return [tuple(case.levels[p * size : (p + 1) * size]) for p in range(case.num_candidates)]


def small_trades(case, row):
    """Written out: every package that differs on one or two issues, by the next labelled level up or down."""
    steps = []
    for k, issue in enumerate(case.issue_ids):
        labels = sorted(float(level) for level in case.spec.issues[issue].levels)
        steps += [(k, level) for level in [x for x in labels if x < row[k]][-1:] + [x for x in labels if x > row[k]][:1]]
    for moves in [*combinations(steps, 1), *combinations(steps, 2)]:
        if len({k for k, _ in moves}) == len(moves):
            moved = list(row)
            for k, level in moves:
                moved[k] = level
            yield tuple(moved)


def test_a_small_trade_on_an_offer_is_on_the_menu_or_something_on_it_is_better_for_both():
    """For each package that officials may agree on; the cap is wide enough for all that nothing else beats."""
    case = case_of("summit", {"menu.cap": 1024})
    on_menu = set(rows_of(case))
    values = np.array([point_utilities(case, row) for row in on_menu])
    within = case.spec.tracks["working"].mandate
    treaty, cap = menu.treaty_bound(case)
    looked_at = 0
    for row in sorted(on_menu)[::60]:
        for trade in small_trades(case, row):
            if trade[treaty] > cap or trade == valuation.start_row(case):
                continue
            if any(not bound.min <= trade[case.issue(k)] <= bound.max for k, bound in within.items()):
                continue
            looked_at += 1
            if trade not in on_menu:
                one, two = point_utilities(case, trade)
                assert ((values[:, 0] >= one) & (values[:, 1] >= two)).any(), trade
    assert looked_at > 200


def test_what_is_on_the_menu_could_be_signed_and_stands_there_once():
    case = case_of("summit")
    rows = rows_of(case)
    assert len(rows) == len(set(rows)) == case.spec.menu.cap
    mandates = [case.spec.tracks[name].mandate for name in ("working", "summit")]
    assert all(
        any(all(b.min <= row[case.issue(k)] <= b.max for k, b in mandate.items()) for mandate in mandates) for row in rows
    )
    for name, package in case.named.items():
        assert package >= 0 or name == "sq_march_2018"


def test_no_decision_offers_more_than_the_cap():
    case = case_of("summit", YEAR | {"actors.USA.tactics.working.family": "rational"})
    _, _, log = play_logged(case, 0)
    sizes: dict[str, int] = {}
    for decision in log.decisions:
        sizes[decision.node] = max(len(decision.options), sizes.get(decision.node, 0))
    assert max(sizes.values()) == sizes["proposal"] == sizes["offer"] == case.spec.menu.cap <= 256


@pytest.mark.parametrize("neighbours", [True, False])
def test_shifts_of_many_packages_do_not_pass_the_cap(neighbours):
    shifts = ["interim_yongbyon", "deep_cap", "us_hanoi_ask"]
    case = case_of("summit", {"menu.cap": 24, "menu.shifts_of": shifts, "menu.neighbours": neighbours})
    assert case.num_candidates == 24


def test_a_taste_may_read_a_constant():
    actors = bare_scenario()["actors"]
    actors["two"]["utility"]["issues"]["pie"]["reads"] = "half"
    case = case_from(bare_scenario(actors=actors, derived={"half": {"value": ".5"}}, menu={"grid": 5, "neighbours": True}))
    assert case.num_candidates > 0


def test_a_longer_menu_contains_a_shorter_one():
    assert set(rows_of(case_of("summit", {"menu.cap": 96}))) < set(rows_of(case_of("summit")))
    assert set(rows_of(case_of("summit"))) < set(rows_of(case_of("summit", {"menu.cap": 256})))


def test_every_table_has_its_share():
    """Officials may not settle the last of the arms: what they can trade is looked for within their own bounds."""
    case = case_of("summit")
    k = case.issue("denuc")
    officials = [row for row in rows_of(case) if row[k] <= 0.6]
    leaders = [row for row in rows_of(case) if row[k] > 0.6]
    assert len(officials) > 0.4 * case.num_candidates
    assert len(leaders) > 0.2 * case.num_candidates


@pytest.mark.parametrize("largest", [valuation.LARGEST_TABLE, 1])
def test_values_of_many_packages_are_those_of_each(largest, monkeypatch):
    """With a table of what levels add, and without one where it would be too large."""
    monkeypatch.setattr(valuation, "LARGEST_TABLE", largest)
    case = case_of("summit")
    rows = rows_of(case)
    labelled = [[float(level) for level in case.spec.issues[issue].levels] for issue in case.issue_ids]
    scales = Scales.of(labelled, rows)
    codes = scales.codes(rows)
    assert [scales.row(row) for row in codes] == rows
    for n, side in enumerate(case.spec.sides):
        at_once = valuation.point_values(case, side, scales)(codes)
        assert at_once == pytest.approx([point_utilities(case, row)[n] for row in rows], abs=1e-12)


def test_without_neighbours_only_what_was_written_stands_on_the_menu():
    wide = {"menu.neighbours": False, "menu.cap": 4096}
    case = case_of("summit", wide)
    assert set(case.package_names[: case.num_candidates]) <= {*case.named, "blend", "interim_yongbyon shifted"}
    assert case_of("summit", {"menu.neighbours": False}).num_candidates == 128


def pie_scenario(**parts):
    """Two issues that both care about differently: the efficient trades are known by looking at all of them."""
    issues = {
        "bread": {"conceder": ["two"], "levels": {0: "none", 0.5: "half", 1: "all"}},
        "wine": {"conceder": ["one"], "levels": {0: "none", 0.25: "some", 0.5: "half", 0.75: "most", 1: "all"}},
    }
    actors = {
        "one": {"role": "principal", "utility": {"issues": {"bread": {"weight": 0.8, "ideal": 1}, "wine": {"weight": 0.2, "ideal": 0}}}},
        "two": {"role": "principal", "utility": {"issues": {"bread": {"weight": 0.3, "ideal": 0}, "wine": {"weight": 0.7, "ideal": 1}}}},
    }  # fmt: skip
    return bare_scenario(issues=issues, actors=actors, **parts)


@pytest.mark.parametrize("cap", [8, 64])
def test_the_search_finds_all_efficient_packages_from_one(cap):
    case = case_from(
        pie_scenario(packages={"middle": {"levels": {"bread": 0.5, "wine": 0.5}}}, menu={"blends": [], "cap": cap})
    )
    everything = [
        row for row in product(*([float(x) for x in case.spec.issues[k].levels] for k in case.issue_ids))
        if row != valuation.start_row(case)
    ]  # fmt: skip
    values = {row: point_utilities(case, row) for row in everything}
    efficient = {
        row
        for row, (u, v) in values.items()
        if not any(a >= u and b >= v and (a, b) != (u, v) for a, b in values.values())
    }
    found = set(rows_of(case))
    assert efficient <= found
    assert len(efficient) < len(found) <= cap  # what is left of the room is for the nearest to these


def test_what_is_hoped_for_is_written_down_but_a_grid_is_not_written_out():
    names = case_of("summit").package_names
    assert {names[p] for p in case_of("summit").written} == {*case_of("summit").named, "blend", "interim_yongbyon shifted"} - {
        "sq_march_2018"
    }
    hopes = {"mechanisms": {"expectation": {"holder": "one", "counterpart": "two", "triumph": "all", "initial": 0.5}}}
    packages = {"all": {"levels": {"bread": 1, "wine": 0}}}
    case = case_from(pie_scenario(packages=packages, menu={"grid": 9, "cap": 8}, **hopes))
    assert len(case.package_names) == 8
    assert {case.package_names[p] for p in case.written} == {"all"}


def test_the_front_and_the_distance_to_it_by_looking_at_all_pairs():
    points = np.array([[0.1, 0.9], [0.5, 0.5], [0.5, 0.5], [0.4, 0.4], [0.9, 0.1], [0.9, 0.05], [0.2, 0.6]])
    one, two = points.T
    codes = np.arange(len(points)).reshape(-1, 1)
    front = undominated(one, two, codes)
    assert sorted(front.tolist()) == [0, 1, 4, 6]
    expected = [max(max(min(a - u, b - v) for a, b in points), 0.0) for u, v in points]
    assert shortfalls(one, two, one[front], two[front]) == pytest.approx(expected)


def test_neighbours_are_one_label_away_on_at_most_two_issues():
    scales = Scales.of(LABELS, [[0.5, 0.3, 0.2]])
    found = {scales.row(row) for row in scales.neighbours(scales.codes([[0.5, 0.3, 0.2]]))}
    assert (0.5, 0.25, 0.2) in found  # from between two labels to the nearer ones on either side
    assert (0.5, 0.5, 0.4) in found
    assert (1.0, 0.3, 0.0) in found
    assert all(sum(a != b for a, b in zip(row, (0.5, 0.3, 0.2), strict=True)) <= 2 for row in found)
    assert len(found) == 6 + 3 * 4


def test_a_search_from_nowhere_finds_nothing():
    scales = Scales.of(LABELS, [])
    nothing = scales.codes([])
    assert len(search(scales, nothing, [(0, 2), (0, 4), (0, 5)], [], 10)) == 0


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 100])
def test_every_beginning_of_a_spread_order_is_even(count):
    order = spread(count)
    assert sorted(order) == list(range(count))
    for length in range(2, count + 1):
        places = sorted(order[:length])
        gaps = [b - a for a, b in zip(places, places[1:], strict=False)]
        assert max(gaps) <= 2 * (min(gaps) + 1)
