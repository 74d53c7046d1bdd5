"""Beliefs that make replies best, against trying all plans on a grid of beliefs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.behaviour import reach_probabilities
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm
from sim.games.sequential_rationality import rationality
from tests.counts import sample_size
from tests.random_trees import random_tree, ways, worth

TOLERANCE = 1e-9
STEP = 0.05


def grid(size: int) -> list[np.ndarray]:
    """Beliefs over so many nodes."""
    if size == 1:
        return [np.ones(1)]
    count = round(1.0 / STEP)
    if size == 2:
        return [np.array([k, count - k]) / count for k in range(count + 1)]
    rng = np.random.default_rng(size)
    return [*np.eye(size), *rng.dirichlet(np.ones(size), 60)]


def test_gains_at_beliefs_are_those_of_trying_everything():
    """On random trees, pure and mixed behaviours: the belief told is as good as any on a grid, and the gain there is right."""
    rng = np.random.default_rng(5)
    off, needed = 0, 0
    for _ in range(sample_size("random_trees")):
        game = random_tree(rng, players=int(rng.integers(2, 4)))
        behaviour = {one.label: rng.dirichlet(np.full(len(one.actions), 0.3)) for one in game.info_sets}
        if rng.random() < 0.85:
            behaviour = {label: np.eye(len(p))[int(rng.integers(len(p)))] for label, p in behaviour.items()}
        reach = reach_probabilities(game, behaviour)
        for item in rationality(game, behaviour, TOLERANCE):
            one = game.info_sets[item.info_set]
            weights = reach[list(one.nodes)]
            every, stay = ways(game, one.nodes, behaviour, one.player)
            assert item.gain == pytest.approx(((every - stay) @ item.belief).max(), abs=1e-9)
            assert sum(item.belief) == pytest.approx(1.0)
            if item.is_reached:
                assert np.allclose(item.belief, weights / weights.sum())
                continue
            off += len(one.nodes) > 1
            least = min(((every - stay) @ belief).max() for belief in grid(len(one.nodes)))
            assert item.gain <= max(least, TOLERANCE) + 1e-9
            needed += len(one.nodes) > 1 and item.gain > TOLERANCE
            for used, better in item.better:
                sure, other = ({**behaviour, one.label: np.eye(len(one.actions))[k]} for k in (used, better))
                assert all(
                    worth(game, node, other)[one.player] > worth(game, node, sure)[one.player] for node in one.nodes
                )
    assert off > 15 and needed > 3, (off, needed)  # there was something to test


def middling(best: float) -> ExtensiveForm:
    """A reply that is best between beliefs of one in seven and one in three only, and never where ``best`` is low."""

    def reply(kind: str, left: float, middle: float, right: float) -> Decision:
        return Decision("B", "reply", ("left", "middle", "right"), tuple(End((-1.0, x)) for x in (left, middle, right)))

    sent = Decision("A", "bad", ("stay", "go"), (End((0, 0)), reply("bad", 0.0, 0.3, 1.0)))
    other = Decision("A", "good", ("stay", "go"), (End((0, 0)), reply("good", 1.0, best, 0.6)))
    return ExtensiveForm(("A", "B"), Chance(("bad", "good"), (0.5, 0.5), (sent, other)))


def test_a_belief_in_the_middle_is_found_and_its_absence_told():
    behaviour = {"bad": (1, 0), "good": (1, 0), "reply": (0, 1, 0)}
    found = {item.info_set: item for item in rationality(middling(0.95), behaviour, TOLERANCE)}
    assert found[1].gain <= TOLERANCE and 1 / 7 - 1e-9 <= found[1].belief[0] <= 1 / 3 + 1e-9
    none = {item.info_set: item for item in rationality(middling(0.65), behaviour, TOLERANCE)}
    assert none[1].gain > 0.1 and not none[1].better  # left is better against one belief, right against another


def test_a_reply_is_held_against_plans_and_not_only_against_single_moves():
    """To go on pays only with the right move later; the later set is off the way too, and each set is judged by itself."""
    later = Decision("A", "later", ("wrong", "right"), (End((0,)), End((2,))))
    game = ExtensiveForm(("A",), Decision("A", "now", ("stop", "go"), (End((1,)), later)))
    now, then = rationality(game, {"now": (1, 0), "later": (1, 0)}, TOLERANCE)
    assert (now.is_reached, now.gain, now.better) == (True, 1.0, ())
    assert (then.is_reached, then.gain, then.better) == (False, 2.0, ((0, 1),))


def test_beliefs_that_follow_from_play_are_those_of_bayes():
    """Where the reply is asked for, kindness to it does not help: the share of the bad is one half."""
    found = rationality(middling(0.95), {"bad": (0, 1), "good": (0, 1), "reply": (0, 1, 0)}, TOLERANCE)[1]
    assert found.is_reached and found.belief == (0.5, 0.5)
    assert found.gain == pytest.approx(0.8 - 0.625)


def test_who_forgets_is_refused():
    game = ExtensiveForm(
        ("A",), Decision("A", "x", ("a", "b"), (Decision("A", "x", ("a", "b"), (End((1,)), End((2,)))), End((0,))))
    )
    with pytest.raises(ParameterError, match="perfect recall"):
        rationality(game, {"x": (1, 0)}, TOLERANCE)
