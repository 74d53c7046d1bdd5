"""Gambit's files: order of payoffs, exact numbers, labels, both forms, messages about wrong files."""

from __future__ import annotations

import io
import re
from fractions import Fraction

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node
from sim.games.files.efg import parse_efg, read_efg, write_efg
from sim.games.files.nfg import parse_nfg, read_nfg, write_nfg
from sim.games.files.text import chance_texts, number_text, plain, plain_labels
from sim.games.normal_form import NormalForm, bimatrix
from tools.gambit_answers import kuhn_poker

PAYOFF_FORM = """NFG 1 R "Prisoners" { "A" "B" }
{ { "c" "d" } { "c" "d" "x" } }
"a comment"
1 2 3 4 5 6
7 8 9 10 -1.5 1/4
"""
OUTCOME_FORM = """NFG 1 D "By outcomes" { "A" "B" }
{ 2 2 }
"" {
{ "good" 3, 3 }
{ "bad" -1e-1, .5 }
}
1 2 0 1
"""


def test_player_ones_strategy_changes_fastest():
    game = parse_nfg(PAYOFF_FORM)
    assert game.payoffs[0].tolist() == [[1, 5, 9], [3, 7, -1.5]]
    assert game.payoffs[1].tolist() == [[2, 6, 10], [4, 8, 0.25]]
    assert (game.title, game.players, game.strategies) == ("Prisoners", ("A", "B"), (("c", "d"), ("c", "d", "x")))
    assert write_nfg(game).splitlines()[-6:] == ["1 2", "3 4", "5 6", "7 8", "9 10", "-1.5 0.25"]


def test_three_players_come_back_in_their_places():
    payoffs = np.arange(3 * 2 * 3 * 2).reshape(3, 2, 3, 2)
    game = NormalForm(("A", "B", "C"), (("0", "1"), ("0", "1", "2"), ("0", "1")), payoffs)
    assert write_nfg(game).splitlines()[-11].split() == [str(payoffs[i, 1, 0, 0]) for i in range(3)]
    assert parse_nfg(write_nfg(game)) == game


def test_outcomes_and_strategies_without_names_are_read():
    game = parse_nfg(OUTCOME_FORM)
    assert game.strategies == (("1", "2"), ("1", "2"))
    assert game.payoffs.tolist() == [[[3, 0], [-0.1, 3]], [[3, 0], [0.5, 3]]]


@pytest.mark.parametrize("value", [0.1, -1 / 3, 1e-7, 123456789.25, 2**53 + 2.0, 5e-324, 1.7976931348623157e308, 3.0])
def test_numbers_are_exact_as_text(value):
    text = number_text(value)
    assert float(text) == value and "e" not in text
    game = bimatrix([[value]], [[0]])
    assert parse_nfg(write_nfg(game)) == game


def test_chances_add_up_to_one_exactly():
    assert chance_texts([1 / 3, 1 / 3, 1 / 3]) == ["1/3", "1/3", "1/3"]
    assert chance_texts([0.1] * 10) == ["1/10"] * 10
    assert chance_texts([0.25, 0.75]) == ["1/4", "3/4"]
    assert chance_texts([0.9, 1.0 - 0.9]) == ["9/10", "1/10"]  # one less .9 is not .1 to the last bit
    assert chance_texts([0.2, 1.0 - 0.2 - 0.1, 0.1]) == ["1/5", "7/10", "1/10"]
    odd = [0.1234567 + 0.2, 1.0 - (0.1234567 + 0.2)]  # their decimals add up to a little more than one
    assert sum(map(Fraction, map(repr, odd))) != 1 == sum(map(Fraction, chance_texts(odd)))


def test_labels_come_out_as_gambit_accepts_them():
    assert plain('Größe – "a\\b"\n  x ') == 'Grosse - "a/b" x'
    assert plain("日本") == "??"
    assert plain_labels(["é", "e", "e_2", "", "ok"]) == ["e", "e_3", "e_2", "_2", "ok"]
    odd = bimatrix([[1, 2]], [[3, 4]], ('the "first"', "second"), (("a  b",), ("x", "{y}")), 'Say "no", twice')
    back = parse_nfg(write_nfg(odd))
    assert (back.players, back.strategies, back.title) == (
        ('the "first"', "second"),
        (("a b",), ("x", "{y}")),
        'Say "no", twice',
    )


def test_empty_and_repeated_names_in_a_file_are_made_different():
    game = parse_nfg('NFG 1 R "" { "" "" } { { "x" "x" } { "y" } } 1 2 3 4')
    assert game.players == ("_1", "_2") and game.strategies == (("x_1", "x_2"), ("y",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "g.nfg:1: expected NFG, found the end of the file"),
        ("EFG 2 R", "g.nfg:1: expected NFG, found EFG"),
        ("NFG 2 R", "g.nfg:1: expected 1, found 2"),
        ("NFG 1 R title", "g.nfg:1: expected the title in quotes, found title"),
        ('NFG 1 R "t" "A"', 'g.nfg:1: expected { .before the name of a player., found "A"'),
        ('NFG 1 R "t\n', 'g.nfg:1: expected a closing ", found the end'),
        ('NFG 1 R "t"\n{ "A" }\n{ 0 }', "g.nfg:3: expected a whole number of at least 1 .number of strategies., found 0"),
        (PAYOFF_FORM.replace("10", "ten"), r"g.nfg:5: expected a number .payoff of player 2 in profile 5 of 6., found ten"),
        (PAYOFF_FORM.replace("1/4", "1/0"), "g.nfg:5: expected a number .*, found 1/0"),
        (PAYOFF_FORM.replace("1/4", ""), "g.nfg:6: expected a number .*, found the end of the file"),
        (PAYOFF_FORM + "7", "g.nfg:6: expected the end of the file after 6 profiles, found 7"),
        (OUTCOME_FORM.replace("1 2 0 1", "1 2 0 3"), r"g.nfg:7: expected the number of an outcome .0 to 2. for profile 4 of 4, found 3"),
        ('NFG 1 R "t" { "A" } { 3000000 }', "g.nfg:1: expected a number .payoff of player 1 in profile 1"),
        ('NFG 1 R "t" { "A" "B" } { 3000 3000 }', "a game of 3000 x 3000 strategies has 18,000,000 payoffs"),
        ("NFG 1 R \"t\" { \"A\" } { 1 } nan", "g.nfg:1: expected a number .*, found nan"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_line_expected_and_found(text, message):
    with pytest.raises(ParameterError, match=message):
        parse_nfg(text, "g.nfg")


def test_files_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(ParameterError, match=r"none.nfg: No such file"):
        read_nfg(tmp_path / "none.nfg")
    (tmp_path / "bytes.efg").write_bytes(b"\xff\xfe")
    with pytest.raises(ParameterError, match="expected a text file"):
        read_efg(tmp_path / "bytes.efg")
    (tmp_path / "good.efg").write_text(write_efg(kuhn_poker()), "utf-8")
    assert read_efg(tmp_path / "good.efg") == kuhn_poker()


# --- trees ---

TREE = """EFG 2 R "Poker" { "A" "B" }
"comment"
c "deal" 1 "cards" { "red" 1/2 "black" 0.5 } 0
p "" 1 1 "A red" { "raise" "fold" } 3 "ante" { 1 -1 }
p "" 2 1 "B" { "meet" "pass" } 0
t "" 1 "won" { 2, -2 }
t "" 2 "taken" { 1, -1 }
t "" 0
p "" 1 2 "A black" { "raise" "fold" } 0
p "" 2 1 0
t "" 4 "lost" { -2, 2 }
t "" 2
t "" 5 "" { -1, 1 }
"""


def test_a_tree_is_read_with_sets_outcomes_and_payments_on_the_way():
    tree = parse_efg(TREE)
    assert [one.label for one in tree.info_sets] == ["A red", "B", "A black"]
    assert tree.info_sets[1].nodes == (2, 7)
    ends = [node.payoffs for node in tree.nodes if isinstance(node, End)]
    assert ends == [(3, -3), (2, -2), (1, -1), (-2, 2), (1, -1), (-1, 1)]
    assert tree.nodes[0].probabilities == (0.5, 0.5)
    assert parse_efg(write_efg(tree)) == tree


def test_nodes_of_chance_have_labels_of_their_own_in_a_file():
    """Gambit refuses two that are alike; empty ones it takes, and where there are very many all are."""

    def toss(left: int, label: str) -> Node:
        return Chance(("h", "t"), (0.5, 0.5), (toss(left - 1, label), toss(left - 1, label)), label) if left else End((1.0,))

    labels = re.findall(r'^c "" \d+ "(.*?)"', write_efg(ExtensiveForm(("A",), toss(2, "toss"))), re.MULTILINE)
    assert labels == ["toss", "toss_2", "toss_3"]
    assert re.findall(r'^c "" \d+ "(.*?)"', write_efg(ExtensiveForm(("A",), toss(2, ""))), re.MULTILINE) == [""] * 3
    assert set(re.findall(r'^c "" \d+ "(.*?)"', write_efg(ExtensiveForm(("A",), toss(10, "toss"))), re.MULTILINE)) == {""}


def test_information_sets_of_two_players_may_share_a_name_in_a_file():
    tree = parse_efg(TREE.replace('"A red"', '"B"').replace('"A black"', '""'))
    assert [one.label for one in tree.info_sets] == ["B", "B:2.1", "A:1.2"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("EFG 2", "EFG 1", "g.efg:1: expected 2, found 1"),
        ('c "deal"', 'x "deal"', "g.efg:3: expected c or p or t, found x"),
        ('p "" 1 1', 'p "" 3 1', "expected after a player's number from 1 to 2, not 3"),
        ("{ 2, -2 }", "{ 2 }", "g.efg:6: expected a number .payoff of player 2., found }"),
        ("{ 2, -2 }", "{ 2, -2, 0 }", "g.efg:6: expected } .after 2 payoffs., found 0"),
        (
            'p "" 2 1 0',
            'p "" 2 7 0',
            "g.efg:10: expected name and actions of information set 7 of player 2, which is new, found 0",
        ),
        ('t "" 2\n', 't "" 9\n', "g.efg:13: expected name and payoffs of outcome 9, which is new, found t"),
        ('t "" 5 "" { -1, 1 }\n', "", "g.efg:13: expected c or p or t, found the end of the file"),
        (
            't "" 5 "" { -1, 1 }\n',
            't "" 5 "" { -1, 1 }\nt',
            "g.efg:14: expected the end of the file after the last node, found t",
        ),
        ("0.5", "0.6", "the root: expected probabilities of chance that add up to 1"),
    ],
)
def test_a_wrong_tree_is_told_by_line_expected_and_found(old, new, message):
    assert old in TREE
    with pytest.raises(ParameterError, match=message):
        parse_efg(TREE.replace(old, new, 1), "g.efg")


# --- Gambit itself, where it is installed ---


def odd_tree() -> ExtensiveForm:
    blind = Decision("B", 'did he "go"?', ("ja – ja", "nein"), (End((1 / 3, 0.1), "end"), End((1e-7, -2.5), "end")))
    chance = Chance(("a", "b", "c"), (1 / 3, 1 / 3, 1 / 3), (End((0, 0)), blind, End((5, 5), "é")), "weather")
    return ExtensiveForm(("A", "B"), Decision("A", "go\\stay", ("go", "stay"), (chance, blind)), "A title with ü")


def test_gambit_reads_our_files_and_we_read_gambits():
    gbt = pytest.importorskip("pygambit", reason="the extra `gambit` is not installed")
    rng = np.random.default_rng(11)
    for shape in ((2, 3), (3, 1), (2, 3, 2)):
        labels = tuple(tuple(f"s–{k}" for k in range(n)) for n in shape)
        game = NormalForm(tuple("ABC"[: len(shape)]), labels, rng.normal(size=(len(shape), *shape)) * 1e-3)
        theirs = gbt.read_nfg(io.BytesIO(write_nfg(game).encode()))
        for profile in np.ndindex(*shape):
            outcome = theirs[tuple(int(k) for k in profile)]
            assert [float(outcome[player]) for player in theirs.players] == game.payoffs[
                (slice(None), *profile)
            ].tolist()
        assert np.array_equal(parse_nfg(theirs.to_nfg()).payoffs, game.payoffs)
    for tree in (kuhn_poker(), odd_tree()):
        theirs = gbt.read_efg(io.BytesIO(write_efg(tree).encode()))
        again = parse_efg(theirs.to_efg())
        assert [node.payoffs for node in again.nodes if isinstance(node, End)] == [
            node.payoffs for node in tree.nodes if isinstance(node, End)
        ]
        assert [one.nodes for one in again.info_sets] == [one.nodes for one in tree.info_sets]
