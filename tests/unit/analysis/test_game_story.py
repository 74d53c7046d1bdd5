"""The story of a game: types, moves with their chances, what they teach, payments, periods, the end."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sim.analysis.phrases import headline
from sim.analysis.story import tell
from sim.experiments.replay import Replay, replay
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

EVERY = Path(__file__).resolve().parents[2] / "spec" / "games" / "every_move.yaml"
FIRST = 40  # histories, among which every kind of move occurs


@cache
def played(number: int) -> Replay:
    return replay(compile_case(complete(load_scenario(EVERY))), number, 1)


def lines(number: int, full: bool = False) -> list[str]:
    return [line.text for line in tell(played(number), full=full).lines]


def moves(number: int) -> list[dict]:
    return [item.details for item in played(number).happenings if item.kind == "move"]


def test_types_are_told_with_who_knows_them():
    text = "\n".join(lines(1))
    row = played(1).row
    assert f"The besieger\u2019s strength is {row['type:strength']:.3f}".rstrip("0") in text and "only the besieger knows it" in text
    assert f"The city\u2019s resolve: \u201c{row['type:resolve']}\u201d (a chance of 60%)" in text
    assert "the others believe at first: \u201cweak\u201d 60%, \u201cfirm\u201d 40%" in text
    assert "The weather is" in text and "nobody knows it" in text
    assert "Each of the 3 members of the council has a reservation of its own" in text


def test_of_a_type_that_rests_on_another_no_first_belief_is_told(tmp_path):
    """The chance of the class that came depends on what the others do not know."""
    path = tmp_path / "resting.yaml"
    weak, firm = "if(type.strength > .5, .9, .2)", "if(type.strength > .5, .1, .8)"
    text = EVERY.read_text("utf-8").replace("{weak: .6, firm: .4}", f'{{weak: "{weak}", firm: "{firm}"}}')
    text = text.replace("if(belief.resolve.firm > .5, .2, .6)", ".5")
    path.write_text(text, "utf-8")
    again = replay(compile_case(complete(load_scenario(path))), 1, 1)
    (line,) = [line.text for line in tell(again).lines if "resolve: " in line.text]
    assert "(a chance of " in line and "believe at first" not in line


def test_a_choice_has_its_chance_the_other_option_and_what_it_teaches():
    """Bayes: of the weak .7 pay, of the firm .2, so that a payment makes weak .42 / .5."""
    (line,) = [text for text in lines(1) if text.startswith("The answer of the city")]
    assert "it pays (with 70%; else it refuses, 30%)" in line and "knowing that its resolve is \u201cweak\u201d" in line
    assert "the others now believe with 84% (before 60%) that the city\u2019s resolve is \u201cweak\u201d" in line
    assert "paid: the besieger 0.201, the city \u22120.201" in line


def test_every_kind_of_move_is_told():
    forms = {details["form"] for number in range(FIRST) for details in moves(number)}
    assert forms == {"number", "choice", "chance", "simultaneous", "vote", "division", "agreement"}
    text = "\n".join(text for number in range(FIRST) for text in lines(number))
    for words in (
        "A storm: there is none (by chance, 90%)",
        "The parade: the besieger",
        "(drawn at random, by its strategy); the city does not see it",
        "offers 0.3 to one other and keeps 0.7; 2 votes for it, 2 needed: it passes",
        "A vote of thanks: 3 votes for it, 2 needed: it passes",
        "Treaty: border 0.5 (the besieger and the city, by the Nash solution)",
        "1 period passed",
    ):
        assert words in text.replace("The council, a vote", "A vote"), words


def test_chances_told_are_those_that_the_choice_was_drawn_with():
    for number in range(FIRST):
        for details in moves(number):
            for choice in details["choices"]:
                if "chances" in choice:
                    assert sum(choice["chances"].values()) == pytest.approx(1.0)
                    assert choice["chances"][choice["option"]] > 0.0


def test_beliefs_before_a_move_are_those_after_the_last_one():
    for number in range(FIRST):
        held = next(item.details for item in played(number).happenings if item.kind == "types")["beliefs"]["resolve"]
        for details in moves(number):
            if "resolve" in details["beliefs"]:
                assert details["beliefs"]["resolve"]["before"] == held
                held = details["beliefs"]["resolve"]["after"]
                assert sum(held.values()) == pytest.approx(1.0)


def test_dates_are_periods_and_the_end_has_the_payoffs_of_the_row():
    for number in range(FIRST):
        again = played(number)
        told = tell(again).lines
        assert all(line.date == "start" or line.date.startswith("period ") for line in told)
        (end,) = [item for item in again.happenings if item.kind == "game"]
        assert end.details["payoffs"] == {name: again.row[f"payoff:{name}"] for name in ("besieger", "city", "council")}
        assert (end.details["moves"], end.details["periods"]) == (again.row["game:moves"], again.row["game:periods"])
        assert told[-1].text.startswith("The outcome:") and "deal" not in headline(again)


def test_moves_made_over_and_over_are_counted_and_all_told_in_full():
    number = max(range(FIRST), key=lambda n: sum(details["move"] == "answer" for details in moves(n)))
    made = sum(details["move"] == "answer" for details in moves(number))
    assert made > 5
    short = [text for text in lines(number) if text.startswith("The answer of the city")]
    assert len(short) == 4
    assert any(f"{made - 4} \u00d7 the answer of the city: it refuses" in text for text in lines(number))
    assert sum(text.startswith("The answer of the city") for text in lines(number, full=True)) == made


def test_a_game_that_stops_unfinished_is_told_so(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(EVERY.read_text("utf-8").replace("game:\n", "game:\n  most_moves: 2\n", 1), "utf-8")
    again = replay(compile_case(complete(load_scenario(path))), 1, 1)
    assert any(line.text.startswith("The game stops unfinished after 2 moves") for line in tell(again).lines)
