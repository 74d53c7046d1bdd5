"""Boxes and tree in one half, checked in the other: planted truth is found and told, noise gives nothing."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from sim.analysis.asked import Asked, Kind
from sim.analysis.discovery import words
from sim.analysis.discovery.boxes import Box, Limit
from sim.analysis.discovery.discover import Discovery, discover
from sim.analysis.discovery.tree import Node
from sim.analysis.given_data import GivenData, Input
from sim.errors import UsageError
from tests.counts import sample_size

N = 2_000


def data_of(columns: np.ndarray, design: str = "random") -> GivenData:
    inputs = tuple(Input(f"x{j}", f"X{j}", column) for j, column in enumerate(columns.T))
    return GivenData(np.arange(len(columns)), len(columns), design, inputs)


def asked(hits: np.ndarray) -> Asked:
    return Asked("outcome=war", "\u201cWar\u201d", Kind.EVENT, hits)


def planted(seed: int, histories: int = N) -> tuple[Asked, GivenData]:
    """In 70 % where x0 is below .3 and x1 above .6, in 4 % elsewhere."""
    random = np.random.Generator(np.random.Philox(seed))
    x = random.random((histories, 6))
    inside = (x[:, 0] < 0.3) & (x[:, 1] > 0.6)
    return asked(random.random(histories) < np.where(inside, 0.7, 0.04)), data_of(x)


@pytest.fixture(scope="module")
def found() -> Discovery:
    return discover(*planted(1), 1)


def test_the_planted_box_is_found_and_nothing_else(found):
    assert len(found.boxes) == 1
    box = found.boxes[0].box
    assert [limit.column for limit in box.limits] == [0, 1]
    assert box.limit(0).high == pytest.approx(0.3, abs=0.03) and box.limit(1).low == pytest.approx(0.6, abs=0.03)


def test_what_is_told_is_counted_in_the_half_that_was_not_searched(found):
    one = found.boxes[0]
    held = ~found.searched
    hits = np.asarray(found.asked.values)
    inside = one.box.holds(found.columns)
    assert (one.held.inside.count, one.held.inside.trials) == (int((hits & inside & held).sum()), int((inside & held).sum()))
    assert (one.held.of_hits.count, one.held.of_hits.trials) == (one.held.inside.count, int((hits & held).sum()))
    assert (one.held.of_all.count, one.held.of_all.trials) == (one.held.inside.trials, int(held.sum()))
    assert one.searched.inside.trials == int((inside & found.searched).sum())
    assert one.held.inside.low < 0.7 < one.held.inside.high
    assert found.base.trials == int(held.sum())


def test_the_sentence_names_limits_density_mass_and_coverage(found):
    one = found.boxes[0]
    first = words.findings(found)[0]
    low, high = 100 * one.held.inside.low, 100 * one.held.inside.high
    limits = f"X0 is below {one.box.limit(0).high:g} and X1 is above {one.box.limit(1).low:g}"
    density = f"{100 * one.held.inside.share:.1f}% ({low:.0f} to {high:.0f}%)"
    assert first.startswith(f"\u201cWar\u201d came in {density} of the histories in which {limits}, against {100 * found.base.share:.1f}% ")
    assert first.endswith(f"hold {100 * one.held.of_hits.share:.1f}% of those in which it came.")


def test_the_tree_asks_the_same_two_questions(found):
    leaves = list(found.tree.leaves())
    top = max(leaves, key=lambda leaf: leaf.held.share)
    assert {limit.column for limit in top.box.limits} == {0, 1}
    assert sum(leaf.held.trials for leaf in leaves) == found.base.trials
    for leaf in leaves:
        inside = leaf.box.holds(found.columns)
        assert int((inside & ~found.searched).sum()) == leaf.held.trials
    assert "A tree of " in " ".join(words.findings(found))


def test_noise_gives_no_box_and_no_tree_and_says_so():
    """One in a hundred would; the seeds are fixed."""
    seeds = sample_size("noise_seeds")
    boxes, trees = 0, 0
    for seed in range(seeds):
        random = np.random.Generator(np.random.Philox(500 + seed))
        none = discover(asked(random.random(600) < 0.2), data_of(random.random((600, 5))), seed)
        boxes += bool(none.boxes)
        trees += none.tree is not None
        if not none.boxes:
            assert words.findings(none)[0].startswith("Nothing was found: no box on the 5 recorded inputs in which \u201cWar\u201d comes")
    most = 0.01 * seeds + 4.1 * np.sqrt(0.01 * 0.99 * seeds) + 1
    assert boxes <= most and trees <= most


def test_a_tree_that_the_other_half_does_not_confirm_is_not_shown(monkeypatch):
    from sim.analysis.discovery import discover as module

    monkeypatch.setattr(module, "chance_of", lambda root: 0.02)
    found = discover(*planted(1), 1)
    assert found.tree is None and found.tree_chance == 0.02
    assert words.findings(found)[-1] == "No tree is shown: the half of the histories that was not searched does not confirm it."


def test_two_planted_boxes_are_both_found_and_their_joint_share_is_told():
    random = np.random.Generator(np.random.Philox(9))
    x = random.random((3_000, 4))
    inside = ((x[:, 0] < 0.2) & (x[:, 1] > 0.5)) | ((x[:, 2] > 0.85) & (x[:, 0] > 0.5))
    found = discover(asked(random.random(3_000) < np.where(inside, 0.8, 0.03)), data_of(x), 1)
    assert [sorted(limit.column for limit in one.box.limits) for one in found.boxes] in ([[0, 1], [0, 2]], [[0, 2], [0, 1]])
    told = words.findings(found)
    assert told[1].startswith("Outside it, where it comes in ")
    assert told[2].startswith("Together the 2 boxes hold ")
    assert found.together.inside.trials == found.boxes[0].held.inside.trials + found.boxes[1].held.inside.trials


def test_words_and_few_values_are_limited_as_such():
    random = np.random.Generator(np.random.Philox(3))
    kind = np.array(random.choice(["dove", "hawk", "owl"], 2_000).tolist(), dtype=object)
    votes = random.integers(0, 4, 2_000).astype(float)
    hits = random.random(2_000) < np.where((kind == "hawk") & (votes >= 2), 0.6, 0.05)
    inputs = (Input("k", "Mood", kind), Input("v", "Votes", votes), Input("z", "Idle", random.random(2_000)))
    found = discover(asked(hits), GivenData(np.arange(2_000), 2_000, "random", inputs), 1)
    assert "Mood is \u201chawk\u201d and Votes is at least 2" in words.findings(found)[0]
    top = max(found.tree.leaves(), key=lambda leaf: leaf.held.share)
    assert "Mood is \u201chawk\u201d" in words.place_words(found, top.box)


def test_coverage_decides_where_the_first_box_ends():
    question, data = planted(2, 1_500)
    wide, narrow = (discover(question, data, 1, coverage=share, with_tree=False).boxes[0] for share in (0.95, 0.3))
    assert wide.searched.of_hits.share >= 0.93 and narrow.searched.of_hits.share < 0.7
    assert narrow.held.inside.share > wide.held.inside.share


def test_most_limits_and_boxes_are_kept_to():
    question, data = planted(3)
    found = discover(question, data, 1, most_boxes=1, most_limits=1, with_tree=False)
    assert len(found.boxes) == 1 and len(found.boxes[0].box.limits) == 1
    assert found.tree is None and found.no_tree == "it was not asked for"


def test_each_history_stays_in_its_half_when_the_run_grows():
    question, data = planted(4, 2_000)
    whole = discover(question, data, 5, with_tree=False)
    part = discover(
        Asked(question.name, question.label, question.kind, question.values[:1_000]),
        data_of(np.stack([item.values[:1_000] for item in data.inputs], axis=1)), 5, with_tree=False,
    )  # fmt: skip
    assert whole.searched[:1_000].tolist() == part.searched.tolist()
    assert 0.45 < whole.searched.mean() < 0.55


def test_rows_that_share_a_point_are_in_one_half():
    random = np.random.Generator(np.random.Philox(6))
    x = np.repeat(random.random((400, 3)), 5, axis=0)
    hits = random.random(2_000) < np.where(x[:, 0] < 0.3, 0.6, 0.1)
    found = discover(asked(hits), data_of(x, "nested"), 1, with_tree=False)
    assert (found.searched.reshape(400, 5) == found.searched.reshape(400, 5)[:, :1]).all()
    assert any("not independent" in note for note in words.notes(found))


@pytest.mark.parametrize(("came", "message"), [(12, "came in only 12 of 500"), (490, "stayed away in only 10 of 500")])
def test_too_few_to_search_and_check_is_said(came, message):
    with pytest.raises(UsageError, match=message) as caught:
        discover(asked(np.arange(500) < came), data_of(np.random.Generator(np.random.Philox(1)).random((500, 2))), 1)
    assert "more histories" in caught.value.hint


def test_no_inputs_is_said():
    with pytest.raises(UsageError, match="no inputs are recorded"):
        discover(asked(np.arange(500) < 100), GivenData(np.arange(500), 500, "random", ()), 1)


def test_without_the_library_boxes_are_told_and_the_tree_says_what_is_missing(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("sklearn"):
            raise ImportError("No module named 'sklearn'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    found = discover(*planted(1), 1)
    assert len(found.boxes) == 1 and found.tree is None
    assert "the tree needs the package scikit-learn" in found.no_tree and "geosim[discover]" in found.no_tree
    assert words.findings(found)[-1].startswith("No tree is shown: the tree needs the package scikit-learn")


def test_parts_of_a_tree_part_its_histories(found):
    def check(node: Node) -> None:
        if node.parts:
            assert sum(part.held.trials for part in node.parts) == node.held.trials
            assert sum(part.searched.count for part in node.parts) == node.searched.count
            for part in node.parts:
                check(part)

    check(found.tree)
    assert found.tree.box == Box() and isinstance(found.tree.parts[0].limit, Limit)
