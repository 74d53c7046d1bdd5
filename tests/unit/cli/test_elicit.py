"""The command that asks for weights: statements on the command line, questions on a terminal, what it prints."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

from sim import resources
from sim.cli import elicit
from sim.model.explain import explain
from sim.model.load import load_scenario
from sim.model.reader import read_text

RANKING = "denuc > tests = relief > guar"


class Terminal(io.StringIO):
    """A person's answers."""

    def isatty(self) -> bool:
        return True


def test_statements_give_weights_with_ranges(call):
    answer = call("elicit", "summit", "USA", "--ranking", RANKING, "--prefers", "interim_yongbyon > status_quo", "--json")
    assert answer.code == 0
    data = json.loads(answer.out)
    weights = {item["name"]: item for item in data["weights"]}
    assert abs(sum(item["mean"] for item in data["weights"]) - 1.0) < 1e-9
    assert weights["denuc"]["low"] < weights["denuc"]["mean"] < weights["denuc"]["high"]
    liked = {item["name"]: item for item in data["packages"]}
    assert liked["interim_yongbyon"]["above_status_quo"] == 1.0
    assert call("elicit", "summit", "USA", "--ranking", RANKING, "--prefers", "interim_yongbyon > status_quo",
                "--json").out == answer.out  # fmt: skip


def test_the_printed_variant_can_be_pasted_and_run(call, place):
    answer = call("elicit", "summit", "USA", "--ranking", RANKING)
    assert answer.code == 0
    variant = answer.out[answer.out.index("# Paste") :]
    text = resources.scenario_path("summit").read_text("utf-8")
    (place / "mine.yaml").write_text(text.replace("\nvariants:\n", f"\nvariants:\n{variant}"), encoding="utf-8")
    spec = load_scenario(place / "mine.yaml", "elicited-usa")
    printed = read_text(variant.replace("  elicited-usa", "elicited-usa"), "variant").data["elicited-usa"]["set"]
    taste = spec.actors["USA"].utility.issues["denuc"]
    assert taste.weight.value == printed["actors.USA.utility.issues.denuc.weight"]["value"]
    assert taste.weight.range == tuple(printed["actors.USA.utility.issues.denuc.weight"]["range"])


def test_the_table_and_the_variant_say_the_same_and_sum_to_one(call):
    answer = call("elicit", "summit", "USA", "--ranking", RANKING, "--prefers", "interim_yongbyon > status_quo")
    table, _, variant = answer.out.partition("# Paste")
    written = {
        name: Decimal(value)
        for name, value in re.findall(r"issues\.(\w+)\.weight: \{value: ([0-9.]+),", variant)
    }
    shown = {name: Decimal(value) for name, value in re.findall(r"^  (\w+) .* (0\.\d{3})  .* to ", table, flags=re.M)}
    assert len(shown) == 7 and shown == written
    assert sum(written.values()) == 1


def test_the_printed_weights_are_not_grounded_by_what_grounded_the_old_ones(call, place):
    variant = call("elicit", "summit", "USA", "--ranking", RANKING).out.partition("# Paste")[2]
    text = resources.scenario_path("summit").read_text("utf-8")
    (place / "mine.yaml").write_text(text.replace("\nvariants:\n", f"\nvariants:\n# Paste{variant}"), encoding="utf-8")
    path = "actors.USA.utility.issues.guar.weight"
    (before,) = explain(load_scenario("summit"), path)
    assert before.source.startswith("judgement") and before.claims
    (after,) = explain(load_scenario(place / "mine.yaml", "elicited-usa"), path)
    assert (after.source, after.claims) == ("elicited from rankings and preferences", ())


def test_a_person_is_asked_on_a_terminal(call, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("nonsense\n1 > 2 = 3\n1\n?\n2\n\n\n\n\n"))
    answer = call("elicit", "summit", "USA")
    assert answer.code == 0
    assert "unknown name 'nonsense'" in answer.err and "Which would United States rather have?" in answer.err
    assert answer.out.startswith("Weights of USA, from denuc > tests = relief")
    assert answer.out.count(";") >= 1  # an answer about packages is among the statements


def test_numbers_of_the_list_stand_for_names():
    names = ["denuc", "tests", "relief"]
    assert elicit._by_number("3 1 2", names) == "relief > denuc > tests"
    assert elicit._by_number("2 = 3 > denuc", names) == "tests = relief > denuc"
    assert elicit._by_number("4 > 1", names) == "4 > denuc"


def test_bad_input_is_one_message(call):
    for words, message in (
        (("summit", "USB", "--ranking", RANKING), "no actor 'USB'"),
        (("summit", "USA"), "nothing was said"),
        (("summit", "USA", "--ranking", "denuc > nothing"), "unknown name 'nothing'"),
        (("summit", "USA", "--ranking", RANKING, "--seed", "-1"), "--seed"),
        (("sumit", "USA", "--ranking", RANKING), "unknown scenario"),
    ):
        answer = call("elicit", *words)
        assert answer.code == 2 and message in answer.err and answer.out == ""
        assert "Traceback" not in answer.err
