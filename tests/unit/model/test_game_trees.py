"""Games of scenarios as graphs and trees: what a position remembers, what is merged, what a tree for others shows."""

from __future__ import annotations

import pytest

from sim.analysis.gambit import exported
from sim.games.extensive_form import Chance, Decision
from sim.games.files.efg import parse_efg, write_efg
from sim.games.files.nfg import parse_nfg
from sim.games.solve import solve_extensive_form
from sim.model.game.form import form_of
from sim.model.game.graph import graph_of
from sim.model.game.memory import remembered
from sim.model.game.trees import tree_of
from sim.model.load import load_scenario
from tests.played import case_from, game_scenario

# A works unseen; a report tells of it with errors; B pays for work alone.
REPORT = {
    "first": "work",
    "moves": {
        "work": {
            "kind": "choice", "by": "A", "unseen_by": ["B"],
            "options": {"high": {"payoffs": {"A": -1}, "then": "report"}, "low": {"then": "report"}},
        },
        "report": {
            "kind": "chance",
            "options": {"good": {"probability": "if(move.work.high, .9, .2)", "then": "reply"}, "bad": {"then": "reply"}},
        },
        "reply": {
            "kind": "choice", "by": "B",
            "options": {"pay": {"payoffs": {"A": 3, "B": "if(move.work.high, 1, -1)"}}, "refuse": {}},
        },
    },
}  # fmt: skip
# A coin that both see and that changes no payoff, one side of which may never come; then both choose at once.
COIN = {
    "first": "coin",
    "moves": {
        "coin": {
            "kind": "chance",
            "options": {"heads": {"probability": "fair / 2", "then": "stage"}, "tails": {"then": "stage"}},
        },
        "stage": {
            "kind": "simultaneous", "by": ["A", "B"],
            "options": {"A": ["give", "stand"], "B": ["give", "stand"]},
            "payoffs": {"A": [[0, -1], [1, -10]], "B": [[0, 1], [-1, -10]]},
        },
    },
}  # fmt: skip


def graph(game, parameters=None, **options):
    case = case_from(game_scenario(game, parameters))
    form = form_of(case.spec.game, case.constant, case.agreed, {})
    return graph_of(form, case.parameter_values, case.read, case.spec.game.points, as_written=False, **options)


def live(game) -> dict[str, set]:
    case = case_from(game_scenario(game))
    return remembered(form_of(case.spec.game, case.constant, case.agreed, {}), case.read, as_written=False, measures={})


def test_a_report_that_tells_of_what_was_unseen_is_not_forgotten():
    """By hand: B pays on a good report alone, and half of the time: A is then indifferent where .7 of 3 y is 1, so y = 10/21."""
    found = solve_extensive_form(tree_of(graph(REPORT)))
    replies = [{m.at: m.probabilities[0] for m in one.profile} for one in found.equilibria]
    assert len(replies) == 3 and found.is_complete
    mixed = next(one for one in replies if 0.0 < one["reply (report good)"] < 1.0)
    assert mixed["reply (report good)"] == pytest.approx(10 / 21) and mixed["reply (report bad)"] == 0.0
    assert mixed["work"] == pytest.approx(2 / 11)  # B is indifferent where .9 x = .2 (1 - x)


def test_a_choice_of_one_who_has_seen_what_another_has_not_is_remembered():
    """C sees what A did and acts; from that B may learn."""
    moves = {
        "work": REPORT["moves"]["work"] | {"options": {"high": {"then": "wink"}, "low": {"then": "wink"}}},
        "wink": {"kind": "choice", "by": "C", "options": {"left": {"then": "reply"}, "right": {"then": "reply"}}},
        "reply": REPORT["moves"]["reply"],
    }
    game = {"players": {"A": {}, "B": {}, "C": {}}, "first": "work", "moves": moves}
    assert ("option", "wink") in live(game)["reply"]
    seen = {**game, "moves": {**moves, "work": {**moves["work"], "unseen_by": ["B", "C"]}}}
    assert ("option", "wink") not in live(seen)["reply"]


def test_what_tells_nothing_and_changes_nothing_is_merged():
    assert [item.known for item in graph(COIN, {"fair": 1}).sets] == [(), ()]
    assert len(graph(COIN, {"fair": 1}, merged=False).sets) == 4


def test_where_nothing_is_merged_players_know_all_that_they_have_seen():
    found = graph(COIN, {"fair": 1}, merged=False)
    assert sorted(item.known for item in found.sets) == [((("option", "coin"), k),) for k in (0.0, 1.0) for _ in "AB"]
    unseen = {**REPORT, "moves": {**REPORT["moves"], "report": {**REPORT["moves"]["report"], "unseen_by": ["B"]}}}
    assert [item.known for item in graph(unseen, merged=False).sets] == [(), ()]
    assert len(graph(REPORT, merged=False).graph.roots) == 7  # work, two reports, four replies


def test_an_exported_tree_has_the_files_moves_and_names():
    """The coin is there with its sides, as is a type with its classes, the number of a type, and every information set."""
    types = {
        "kind": {"of": "A", "classes": {"weak": 0.25, "strong": 0.75}},
        "cost": {"of": "B", "dist": "uniform", "low": 0, "high": 1},
    }
    game = {**COIN, "types": types, "points": 3}
    tree = parse_efg(exported(case_from(game_scenario(game, {"fair": 1})).spec, ".efg").text)
    kind = tree.root
    assert isinstance(kind, Chance) and (kind.label, kind.outcomes, kind.probabilities) == (
        "kind",
        ("weak", "strong"),
        (0.25, 0.75),
    )
    cost = kind.children[0]
    assert isinstance(cost, Chance) and (cost.label, cost.outcomes[0]) == ("cost", "0.166666667")
    coin = cost.children[0]
    assert isinstance(coin, Chance) and (coin.label, coin.outcomes, coin.probabilities) == (
        "coin",
        ("heads", "tails"),
        (0.5, 0.5),
    )
    assert isinstance(coin.children[0], Decision) and coin.children[0].info_set == "stage.A (kind weak, coin heads)"
    assert len(tree.info_sets) == 2 * 2 + 3 * 2


def test_what_never_comes_is_left_out_and_told():
    found = exported(case_from(game_scenario(COIN, {"fair": 0})).spec, ".efg")
    assert found.remarks == ("left out, since the probability is 0: coin heads",)
    assert '"coin" { "tails" 1 }' in found.text
    assert exported(case_from(game_scenario(COIN, {"fair": 1})).spec, ".efg").remarks == ()


def test_a_table_that_is_too_large_is_that_of_merged_positions_and_says_so():
    """Four tosses that both see: 16 courses, each with a choice of its own, though it is one game."""
    toss = {"kind": "chance", "options": {"heads": {"probability": 0.5, "then": ""}, "tails": {"then": ""}}}
    moves = {
        f"toss_{n}": {**toss, "options": {k: {**v, "then": f"toss_{n + 1}"} for k, v in toss["options"].items()}}
        for n in range(4)
    }
    game = {"first": "toss_0", "moves": {**moves, "toss_4": COIN["moves"]["stage"]}}
    found = exported(case_from(game_scenario(game)).spec, ".nfg")
    assert parse_nfg(found.text).shape == (2, 2)
    assert len(found.remarks) == 1 and "too large" in found.remarks[0] and "are one in the file" in found.remarks[0]


@pytest.mark.parametrize(
    "name", ["chicken", "kuhn-poker", "trust", "indivisible-prize", "reassurance", "ultimatum-logit", "veto-players"]
)
def test_shipped_games_come_back_from_their_files(name):
    """The tree that is read is the tree that was written: chances, sets, payoffs; and written again it is the same text."""
    changes = ["parameters.convention=.5"] if name == "chicken" else []
    spec = load_scenario(f"theory/{name}", overrides=changes)
    text = exported(spec, ".efg").text
    assert write_efg(parse_efg(text)) == text
    if name == "chicken":
        assert '"right_of_way" { "a" 1/4 "b" 1/4 "nobody" 1/2 }' in text
        assert '"meeting.A (right_of_way nobody)"' in text


def test_equilibria_that_turn_on_a_signal_are_in_the_exported_game_and_not_in_the_merged_one():
    """With a fair coin the game has nine equilibria of subgames, of which the merged positions show three."""
    spec = case_from(game_scenario(COIN, {"fair": 1})).spec
    assert len(solve_extensive_form(parse_efg(exported(spec, ".efg").text)).equilibria) == 9
    assert len(solve_extensive_form(tree_of(graph(COIN, {"fair": 1}))).equilibria) == 3


# Votes of a group

VOTE = {
    "players": {"A": {}, "C": {"members": "3"}},
    "first": "ask",
    "moves": {
        "ask": {"kind": "choice", "by": "A", "options": {"yes": {"then": "vote"}, "no": {}}},
        "vote": {"kind": "vote", "by": "C", "rule": "majority", "already": "1", "passes": {"then": "pay"}, "fails": {"then": "pay"}},
        "pay": {
            "kind": "chance",
            "options": {
                "many": {"probability": "if(votes.vote >= 3, 1, 0)", "payoffs": {"A": "votes.vote"}},
                "few": {"payoffs": {"A": "0"}},
            },
        },
    },
    "strategies": {"ask": {"yes": 1}, "vote": ".8"},
}  # fmt: skip


def test_votes_are_counted_where_something_reads_their_number():
    """Three members with a yes of .8 each, and one vote that is certain."""
    (equilibrium,) = solve_extensive_form(tree_of(graph(VOTE))).equilibria
    assert equilibrium.payoffs[0] == pytest.approx(3 * 3 * 0.8**2 * 0.2 + 4 * 0.8**3)
