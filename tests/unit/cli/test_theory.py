"""`sim solve` and `sim verify`: theorems, games without one, comparative statics, Gambit's files, faults."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.played import game_scenario

STAGE = {
    "first": "stage",
    "moves": {
        "stage": {
            "kind": "simultaneous",
            "by": ["A", "B"],
            "options": {"A": ["give", "stand"], "B": ["give", "stand"]},
            "payoffs": {"A": [[0, -1], [1, -10]], "B": [[0, 1], [-1, -10]]},
        }
    },
}


@pytest.fixture
def stage(place):
    """A game without strategies and without a theorem."""
    path = place / "stage.yaml"
    theory = {"measures": {"stood": {"value": "move.stage.A.stand", "exact": 0.1}}}
    path.write_text(yaml.safe_dump(game_scenario(STAGE, theory=theory)), encoding="utf-8")
    return path


def test_solve_prints_the_theorem_with_formula_parameters_and_what_is_known_of_uniqueness(call):
    out = call("solve", "theory/crisis-bargaining").out
    for text in ("payoff_a = ", "0.55625", "highest cost of war", "unique", "Fearon (1995)", "another choice at one point is 0.00238"):
        assert text in out


def test_solve_follows_set(call):
    record = json.loads(call("solve", "theory/crisis-bargaining", "--set", "parameters.p=.8", "--set", "parameters.high=.6", "--json").out)
    assert record["symbols"]["p"] == 0.8
    assert record["solution"]["demand"] == 1.0  # no more than the whole pie


def test_all_equilibria_are_listed(call):
    """verification.md T17 has three."""
    record = json.loads(call("solve", "theory/crisis-signalling", "--set", "parameters.war_b=-2.9", "--json").out)
    assert [round(item["values"]["resist"], 6) for item in record["equilibria"]] == [0.251105, 0.594723, 0.813322]
    assert sum(item["selected"] for item in record["equilibria"]) == 1


def test_a_game_without_theorem_is_solved_by_algorithm(call, stage):
    out = call("solve", stage).out
    assert "stand (0.1)" in out and "There are 3" in out and "complete" in out and "count as one" in out
    assert "0.2242" in call("solve", stage, "--set", "game.play=logit", "--set", "game.precision=1").out


BREAKFAST = {
    "types": {"kind": {"of": "A", "classes": {"weak": 0.1, "surly": 0.9}}},
    "first": "breakfast",
    "moves": {
        "breakfast": {
            "kind": "choice", "by": "A",
            "options": {
                "beer": {"then": "answer", "payoffs": {"A": "if(type.kind.surly, 1, 0)"}},
                "quiche": {"then": "answer", "payoffs": {"A": "if(type.kind.weak, 1, 0)"}},
            },
        },
        "answer": {
            "kind": "choice", "by": "B",
            "options": {"duel": {"payoffs": {"B": "if(type.kind.weak, 1, -1)"}}, "let_be": {"payoffs": {"A": 2}}},
        },
    },
}  # fmt: skip


@pytest.fixture
def breakfast(place):
    """Cho and Kreps (1987), without strategies."""
    path = place / "breakfast.yaml"
    path.write_text(yaml.safe_dump(game_scenario(BREAKFAST)), encoding="utf-8")
    return path


def test_what_stands_behind_each_equilibrium_is_said(call, breakfast):
    out = " ".join(call("solve", breakfast).out.split())
    assert "the list of corners is complete" in out and "Numbers 1, 2 belong to one continuum" in out
    assert "Subgame perfect: yes. Perfect Bayesian: yes, for instance with the belief of B at answer (breakfast quiche): " in out
    assert "Intuitive criterion: failed, because whatever the reply, weak would not take beer" in out
    assert "Free, each by itself: B at answer (breakfast quiche) (duel from 0.5 to 1)." in out
    record = json.loads(call("solve", breakfast, "--json").out)["game"]
    assert [one["intuitive_criterion"] for one in record["refinements"]] == [True, True, False, False]
    assert all(one["subgame_perfect"] and one["perfect_bayesian"] for one in record["refinements"])


def test_an_empty_threat_in_a_gambit_file_is_told(call, place):
    file = place / "entry.efg"
    file.write_text(
        'EFG 2 R "Entry" { "E" "I" }\np "" 1 1 "e" { "out" "in" } 0\nt "" 1 "" { 0, 2 }\n'
        'p "" 2 1 "i" { "fight" "yield" } 0\nt "" 2 "" { -1, -1 }\nt "" 3 "" { 1, 1 }\n'
    )
    out = " ".join(call("solve", file, "--method", "normal form").out.split())
    assert "Subgame perfect: no, because after in I would gain 2 by yield at i." in out
    assert "Perfect Bayesian: no, because at i fight is worse for I than yield." in out
    sound = " ".join(call("solve", file).out.split())
    assert "Subgame perfect and perfect Bayesian: yes." in sound and "no, because" not in sound


def test_the_place_of_the_files_play_among_all_equilibria_is_told(call):
    chicken = call("solve", "theory/chicken").out
    assert "the file's play is number 2 of 3 subgame-perfect equilibria" in chicken and "There are 3 subgame-perfect" in chicken
    record = json.loads(call("solve", "theory/chicken", "--json").out)["game"]["all_equilibria"]
    assert record["place"].endswith("number 2 of 3 subgame-perfect equilibria of the game") and len(record["equilibria"]) == 3
    errs = " ".join(call("solve", "theory/matching-pennies").out.split())
    assert "the only subgame-perfect equilibrium of the game is not the file's play 1. searcher" in errs
    large = " ".join(call("solve", "theory/ultimatum").out.split())
    assert "are not listed: its tree has 1,344 nodes, and up to 60 are quick; to have them sought, add --set game.strategies={}" in large


def test_by_induction_it_is_said_whether_options_tie(call, place):
    """B gets the same by both replies to the low offer, or not."""
    for worth, told in (("2", "At one information set options tie, and the first is taken"), ("1", "No options tie, so the")):
        replies = {
            "low": {"yes": {"payoffs": {"A": 3, "B": worth}}, "no": {"payoffs": {"B": 2}}},
            "high": {"yes": {"payoffs": {"A": 1, "B": 3}}, "no": {"payoffs": {"B": 2}}},
        }
        moves = {name: {"kind": "choice", "by": "B", "options": options} for name, options in replies.items()}
        moves["offer"] = {"kind": "choice", "by": "A", "options": {name: {"then": name} for name in replies}}
        path = place / "offer.yaml"
        path.write_text(yaml.safe_dump(game_scenario({"first": "offer", "moves": moves})), encoding="utf-8")
        assert told in " ".join(call("solve", path).out.split())


def test_replies_that_are_never_asked_for_may_differ_from_the_equilibrium_that_is_played(call, place):
    """A stays out, for B would fight; the file lets B fight with chance .8, the corners do with 1 and with .5."""
    game = {
        "first": "enter",
        "moves": {
            "enter": {
                "kind": "choice", "by": "A",
                "options": {"out": {"payoffs": {"B": 2}}, "left": {"then": "reply"}, "right": {"then": "reply"}},
            },
            "reply": {
                "kind": "choice", "by": "B",
                "options": {
                    "fight": {"payoffs": {"A": "if(move.enter.left, -1, -2)", "B": -1}},
                    "share": {"payoffs": {"A": "if(move.enter.left, 1, .5)", "B": "if(move.enter.left, 1, 0)"}},
                },
            },
        },
        "strategies": {"enter": {"out": 1, "left": 0}, "reply": {"fight": 0.8}},
    }  # fmt: skip
    game["moves"]["enter"]["unseen_by"] = ["B"]
    path = place / "enter.yaml"
    path.write_text(yaml.safe_dump(game_scenario(game)), encoding="utf-8")
    out = " ".join(call("solve", path).out.split())
    assert "where play comes, the file's play is number" in out and "elsewhere its replies are others" in out
    assert "fight is worse for B than share whatever B believes" in out


def test_what_rounding_leaves_of_nothing_is_shown_as_nothing(call):
    """The inspected side's payoff is 0; sums of floats make it -2.8e-17, and a theorem's 6e-18."""
    for words in ((), ("--variant", "cheaper-inspections")):
        out = call("solve", "theory/inspection", *words).out
        assert "payoffs: inspected 0, inspector" in out and "e-1" not in out
    assert "e-1" not in call("solve", "theory/salami-tactics").out


def test_verify_tells_exact_played_and_standard_errors_apart(call, stage):
    answer = call("verify", stage, "-n", 4000, "--quiet")
    assert answer.code == 0 and "stood" in answer.out and " ok" in answer.out and "4,000 histories" in answer.out


def test_verify_fails_where_histories_differ(call, stage):
    answer = call("verify", stage, "-n", 4000, "--quiet", "--set", "game.strategies.stage={A: {stand: .2}, B: {stand: .1}}")
    assert answer.code == 1 and "NOT" in answer.out


def test_comparative_statics_as_table_data_and_page(call, place):
    words = ("solve", "theory/crisis-bargaining", "--over", "parameters.cost_a=0:.5:6", "--show", "demand,war_probability")
    answer = call(*words, "--out", "plots.html")
    assert "cost_a" in answer.out and "0.7" in answer.out
    page = (place / "plots.html").read_text("utf-8")
    assert "demand falls from 0.7 to 0.5" in page and "sim solve" in page
    record = json.loads(call(*words, "--json").out)
    assert record["outputs"]["war_probability"] == pytest.approx([0.5, 0.375, 0.25, 0.125, 0, 0])


def test_rows_and_points_at_which_the_solution_is_one_of_several_are_marked(call, place):
    words = ("solve", "theory/chicken", "--set", "game.strategies={}", "--over", "parameters.crash=-10:-4:2")
    out = " ".join(call(*words, "--out", "plots.html").out.split())
    assert "-10* " in out and "* At 2 of 2 values, between -10 and -4, there are several equilibria." in out
    assert "nearest to logit players of high precision" in out
    page = (place / "plots.html").read_text("utf-8")
    assert "there are several equilibria" in page and "Rings mark these values" in page
    record = json.loads(call(*words, "--json").out)
    assert record["multiplicity"] == ["several", "several"] and "nearest to logit" in record["selection"][0]


def test_stages_that_there_are_not_have_no_rows(call):
    words = ("solve", "theory/salami-tactics", "--set", "game.enabled=false")
    out = call(*words).out
    assert "cutoff_3 " in out and "entry_3 " in out and "cutoff_4 " not in out and "entry_4 " not in out
    assert json.loads(call(*words, "--json").out)["solution"]["cutoff_4"] == 0.0


def test_statics_of_written_strategies_without_a_theorem(call):
    record = json.loads(call("solve", "theory/kuhn-poker", "--over", "parameters.bluff=0:.3:3", "--show", "bluffs", "--json").out)
    assert record["outputs"]["bluffs"] == pytest.approx([0, 0.05, 0.1])


def test_a_course_that_turns_is_told(call, place):
    """verification.md T02: the offer to a logit responder rises and falls with precision."""
    call("solve", "theory/ultimatum-logit", "--over", "parameters.precision=1:50:25", "--show", "offer", "--out", "plots.html")
    assert "offer is highest" in (place / "plots.html").read_text("utf-8")


@pytest.mark.parametrize("suffix", [".efg", ".nfg"])
def test_a_game_goes_to_gambit_and_comes_back(call, place, stage, suffix):
    file = place / f"game{suffix}"
    assert call("solve", stage, "--export", file).out == f"{file}\n"
    out = call("solve", file).out
    assert "stand (0.1)" in out and "complete" in out
    assert "0.224159" in call("solve", file, "--precision", 1).out


def test_an_export_says_what_it_leaves_out(call, place):
    told = call("solve", "theory/chicken", "--export", place / "game.efg").err
    assert "left out, since the probability is 0: right_of_way a, right_of_way b" in told
    assert "left out" not in call("solve", "theory/chicken", "--set", "parameters.convention=.5", "--export", place / "game.efg").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("theory/crisis-bargaining", "--set", "parameters.low=.9"), "expected low below high"),
        (("theory/crisis-bargainin",), "theory/crisis-bargainin"),
        (("summit",), "there is nothing to solve"),
        ((), "expected a scenario"),
        (("theory/chicken", "--over", "parameters.p"), "expected path=low:high"),
        (("theory/crisis-bargaining", "--over", "parameters.p=1:0"), "a low end below"),
        (("theory/crisis-bargaining", "--over", "parameters.p=0:1:1"), "2 to 1,001 points"),
        (("theory/crisis-bargaining", "--over", "parameters.q=0:1"), "--over: parameters.q: there is no 'q' in parameters"),
        (("theory/crisis-bargaining", "--over", "parameters.cots_a=0:1"), "did you mean 'parameters.cost_a'?"),
        (("theory/crisis-bargaining", "--over", "cost_a=0:1"), "did you mean 'parameters.cost_a'?"),
        (("theory/chicken", "--over", "parameters.crash=5:9"), "choose another range of parameters.crash"),
        (("theory/chicken", "--over", "parameters.crash=-9:-5:3", "--out", "no/plots.html"), "error: no/plots.html: "),
        (("theory/chicken", "--export", "no/game.efg"), "there is no folder 'no'"),
        (("theory/crisis-bargaining", "--over", "parameters.p=0:1", "--show", "demnd"), "unknown output 'demnd'"),
        (("theory/crisis-bargaining", "--show", "demand"), "--show goes with --over"),
        (("theory/crisis-bargaining", "--precision", "1"), "are for Gambit files"),
        (("theory/crisis-bargaining", "--export", "game.txt"), "expected a file that ends in .nfg or .efg"),
        (("theory/rubinstein", "--export", "game.efg"), "a tree cannot show"),
        (("theory/rubinstein", "--export", "game.efg"), "a Gambit file holds a game that ends"),
        (("theory/attrition-exponential", "--export", "game.efg"), "as in --set game.points=10"),
        (("summit",), "`sim equilibrium` finds the equilibria among its menus of strategies"),
        (("nowhere.efg",), "nowhere.efg"),
    ],
)
def test_bad_input_gets_one_message_and_exit_code_2(call, words, message):
    answer = call("solve", *words)
    assert answer.code == 2 and message in answer.err and "Traceback" not in answer.err


def test_verify_of_a_scenario_without_measures_says_so(call):
    answer = call("verify", "summit")
    assert answer.code == 2 and "nothing to verify" in answer.err and "`sim run summit` plays it" in answer.err


def test_verify_of_a_game_without_measures_names_the_command_that_solves_it(call, place):
    (place / "stage.yaml").write_text(yaml.safe_dump(game_scenario(STAGE)), encoding="utf-8")
    answer = call("verify", "stage.yaml")
    assert answer.code == 2 and "nothing to verify" in answer.err and "`sim solve stage.yaml` solves it" in answer.err
    assert "`sim solve` finds the equilibria of its game" in call("equilibrium", "stage.yaml").err


def test_few_histories_are_not_called_a_difference(call):
    """Ten histories of chicken hardly ever have a crash, so that payoffs do not vary at all."""
    run = call("run", "theory/chicken", "-n", 10, "--workers", 1, "--no-report", "--quiet")
    block = run.out[run.out.index("Beside theory") :]
    assert "differs" not in run.out and " few" in block and "few: too few histories to tell" in " ".join(block.split())
    assert "cannot be told from so few histories" in " ".join(block.split()) and "one are" not in run.out
    verify = call("verify", "theory/chicken", "-n", 10, "--quiet")
    assert verify.code == 0 and " few" in verify.out and "NOT" not in verify.out


def test_one_measure_that_differs_is_named_in_the_singular(call):
    words = ("run", "theory/chicken", "--set", "theory.measures.stand_a.exact=.3", "-n", 300, "--workers", 1, "--no-report", "--quiet")
    assert "one is too far from it: A stands." in " ".join(call(*words).out.split())


def test_a_grid_is_told_only_where_something_stands_on_it(call, stage):
    """Chicken is a table of two options each; a demand in crisis bargaining is a number of a continuum."""
    for words in (("theory/chicken",), ("theory/deterrence",), ("theory/kuhn-poker",), (stage,)):
        out = call("solve", *words).out
        assert "grid" not in out and "points" not in out, words
    crisis = call("solve", "theory/crisis-bargaining").out
    assert "numbers and types on a grid of 21 points" in crisis and "measures on the grid: " in crisis


def test_what_rounding_has_left_of_nothing_is_nothing(call):
    out = " ".join(call("solve", "theory/inspection").out.split())
    assert "payoff of the inspected state 0;" in out and "e-17" not in out


def test_what_players_do_not_play_is_not_called_played(call):
    """Logit players play as an algorithm says, whatever the theorem selects."""
    logit = ("theory/chicken", "--set", "game.play=logit", "--set", "game.precision=1")
    as_written, by_algorithm = call("solve", "theory/chicken").out, call("solve", *logit).out
    assert "3. Both mix, each keeping the other indifferent. (played)" in as_written and "the equilibrium that is played" in as_written
    assert "(played)" not in by_algorithm and "(selected)" in by_algorithm and "Players do not play it" in by_algorithm
    run = call("run", *logit, "-n", 200, "--workers", 1, "--no-report", "--quiet")
    assert "exact: of the game as it is solved by algorithm" in run.out
    assert "by algorithm" not in call("run", "theory/chicken", "-n", 200, "--workers", 1, "--no-report", "--quiet").out
    assert "exact: of the game as it is solved by algorithm" in call("verify", *logit, "-n", 200, "--quiet").out


def outputs(call, *words):
    return json.loads(call("solve", *words, "--json").out)["outputs"]


def test_statics_are_those_of_the_files_measures(call):
    """The theorem of chicken knows no custom; the file does: with probability c one side stands by right, so c/2 + (1 - c)/10."""
    found = outputs(call, "theory/chicken", "--over", "parameters.convention=0:1:3")
    assert found["stand_a"] == pytest.approx([0.1, 0.3, 0.5]) and found["payoff_a"] == pytest.approx([-0.1, -0.05, 0])
    assert "stand_1" not in found
    words = ("theory/chicken", "--set", "parameters.convention=.5", "--over", "parameters.crash=-10:-4:2")
    assert outputs(call, *words)["crash"] == pytest.approx([0.005, 0.5 * 0.25**2])
    both = outputs(call, *words, "--show", "solution.crash_probability,crash,crash_probability")
    assert list(both) == ["solution.crash_probability", "crash", "crash_probability"]
    assert both["crash_probability"] == both["solution.crash_probability"] == pytest.approx([0.01, 0.25**2])


def test_statics_of_logit_players_are_theirs(call):
    words = ("theory/chicken", "--set", "game.play=logit", "--set", "game.precision=1", "--over", "parameters.crash=-10:-9:2")
    found = outputs(call, *words)
    assert found["stand_a"][0] == pytest.approx(0.224159, abs=1e-6) and found["payoff_A"][0] == pytest.approx(-0.502473, abs=1e-6)


def test_a_theorem_without_measures_that_move_shows_what_it_gives(call):
    """In a shift of power all that the file measures stays as it is until war breaks out; the theorem's threshold moves."""
    found = outputs(call, "theory/power-shift", "--set", "theory.measures={}", "--over", "parameters.p_later=.4:.5:3")
    assert "need_now" in found and not any(name.startswith("solution.") for name in found)
