"""Signalling games in trees, replies that some belief makes best, and types that could speak up."""

from __future__ import annotations

import numpy as np
import pytest

from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node
from sim.games.intuitive_criterion import best_replies, failure, signalling_game
from tests.counts import sample_size


def test_best_replies_are_those_of_a_grid_of_beliefs():
    rng = np.random.default_rng(3)
    shares = np.arange(0, 41) / 40.0
    two = np.stack([shares, 1.0 - shares])
    for _ in range(sample_size("random_trees")):
        payoffs = rng.integers(0, 5, (2, 4)).astype(
            float
        )  # they cross at multiples of 1/8 and at others between those of 1/40
        worth = two.T @ payoffs
        seen = set(np.flatnonzero((worth >= worth.max(axis=1, keepdims=True) - 1e-9).any(axis=0)).tolist())
        found = set(best_replies(payoffs, 1e-9))
        assert seen <= found
        for reply in found - seen:  # best between two points of the grid: nearly so at one of them
            assert (worth.max(axis=1) - worth[:, reply]).min() < 0.1


def test_a_reply_that_only_a_belief_between_three_types_makes_best_is_found():
    payoffs = np.array([[1.0, 0.0, 0.0, 0.4], [0.0, 1.0, 0.0, 0.4], [0.0, 0.0, 1.0, 0.4]])
    assert best_replies(payoffs, 1e-9) == [0, 1, 2, 3]
    assert best_replies(payoffs - np.array([0, 0, 0, 0.1]), 1e-9) == [0, 1, 2]


def tree(make) -> ExtensiveForm:
    """Two types who say x or y; ``make`` gives what follows a message of a type."""
    sent = [Decision("A", kind, ("x", "y"), (make(kind, "x"), make(kind, "y"))) for kind in ("low", "high")]
    return ExtensiveForm(("A", "B"), Chance(("low", "high"), (0.5, 0.5), tuple(sent)))


def reply(kind: str, message: str) -> Node:
    return Decision("B", message, ("l", "r"), (End((1.0, float(kind == "low"))), End((0.0, float(kind == "high")))))


def test_types_messages_and_payoffs_are_read_from_a_tree():
    found = signalling_game(tree(reply))
    assert found is not None and found.types == ("low", "high")
    assert [(one.label, one.types) for one in found.messages] == [("x", (0, 1)), ("y", (0, 1))]
    assert found.messages[0].receiver.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert found.messages[0].sender.tolist() == [[1.0, 0.0], [1.0, 0.0]]


def lottery(kind: str, message: str) -> Node:
    return Decision(
        "B",
        message,
        ("l", "r"),
        (Chance(("u", "d"), (0.25, 0.75), (End((4.0, 0.0)), End((0.0, 0.0)))), End((0.0, 1.0))),
    )


def test_what_chance_does_after_the_reply_is_expected_and_a_message_may_end_the_game():
    found = signalling_game(tree(lambda kind, message: lottery(kind, message) if message == "x" else End((2.0, 0.0))))
    assert found is not None
    assert found.messages[0].sender.tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert (found.messages[1].reply_set, found.messages[1].sender.tolist()) == (-1, [[2.0], [2.0]])


@pytest.mark.parametrize(
    "make",
    [
        lambda kind, message: Decision(
            "B", f"{kind} {message}", ("l", "r"), (End((1, 0)), End((0, 1)))
        ),  # the receiver knows the type
        lambda kind, message: Decision(
            "B", "any", ("l", "r"), (End((1, 0)), End((0, 1)))
        ),  # and here not even the message
        lambda kind, message: Decision("A", f"again {kind} {message}", ("l", "r"), (End((1, 0)), End((0, 1)))),
        lambda kind, message: Decision(
            "B", message, ("l", "r"), (End((1, 0)), Decision("A", f"{kind}{message}", ("u",), (End((0, 1)),)))
        ),
        lambda kind, message: End((0, 0)) if (kind, message) == ("low", "x") else reply(kind, message),
    ],
    ids=["type known", "message unknown", "sender again", "moves after the reply", "ends for one type"],
)
def test_other_trees_are_none(make):
    assert signalling_game(tree(make)) is None


def test_a_message_that_every_type_left_gains_by_fails_and_one_that_pays_nobody_passes():
    """High alone can gain by y, if it is then met by l, which is best against high; without the gain nothing is to be said."""

    def make(gain: float):
        def after(kind: str, message: str) -> Node:
            if message == "x":
                return End((1.0, 0.0))
            worth = gain if kind == "high" else 0.5
            return Decision(
                "B", "y", ("l", "r"), (End((worth, float(kind == "high"))), End((0.0, float(kind == "low"))))
            )

        return tree(after)

    behaviour = {"low": (1, 0), "high": (1, 0), "y": (0, 1)}
    game = make(2.0)
    found = failure(game, signalling_game(game), behaviour, 1e-9)
    assert found is not None and (found.message, found.excluded, found.gains) == ("y", ("low",), "high")
    game = make(0.9)
    assert failure(game, signalling_game(game), behaviour, 1e-9) is None
