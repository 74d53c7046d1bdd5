"""Patterns and statements on options."""

from __future__ import annotations

import pytest

from sim.model.expressions.errors import ExpressionError
from sim.model.stability.statements import condition

OPTIONS = ("strike", "talk", "leave")


def meant(text):
    """The combinations that meet a text, as patterns."""
    holds = condition(text, OPTIONS).holds
    return {"".join("Y" if number >> place & 1 else "N" for place in range(3)) for number in range(8) if holds(number)}


@pytest.mark.parametrize(
    "text",
    ["YN-", "Y N -", " y n - ", "strike and not talk", "1 & -2", "not (talk or not strike)", "strike AND NOT talk"],
)
def test_ways_to_say_the_same(text):
    assert meant(text) == {"YNY", "YNN"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("strike if talk", {"NNN", "NNY", "YNN", "YNY", "YYN", "YYY"}),
        ("strike iff talk", {"NNN", "NNY", "YYN", "YYY"}),
        ("strike or talk and leave", {"YNN", "YNY", "YYN", "YYY", "NYY"}),
        ("leave if strike or talk", {"NNN", "NNY", "YNY", "NYY", "YYY"}),
        ("not not strike and talk and leave", {"YYY"}),
        ("- - -", {"NNN", "NNY", "NYN", "NYY", "YNN", "YNY", "YYN", "YYY"}),
        ("-3", {"NNN", "NYN", "YNN", "YYN"}),
    ],
)
def test_what_is_meant(text, expected):
    """`a if b` leaves out only b without a; `and` binds before `or`, `or` before `if` and `iff`."""
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "column", "hint"),
    [
        ("strke and talk", "unknown option 'strke'", 1, "did you mean 'strike'?"),
        ("strike nad talk", "expected an operator before 'nad'", 8, "write and, or, if or iff there"),
        ("strike and", "ends where an option is expected", 11, "complete it"),
        ("(strike", "a bracket is not closed", 1, "write ')'"),
        ("strike)", "')' closes nothing", 7, "delete it"),
        ("and talk", "expected an option before 'and'", 1, "write the name"),
        ("!strike", "'!' is not part of a statement", 1, "write 'not'"),
        ("strike = talk", "'=' is not part", 8, "write 'iff'"),
        ("4", "there is no option 4", 1, "numbered from 1 to 3"),
        ("0", "there is no option 0", 1, "numbered from 1 to 3"),
        ("YN", "expected a sign for each of the 3 options, found 2", 1, "their order is strike, talk, leave"),
        ("  ", "the statement is empty", 1, "write an option"),
        ("(" * 60 + "talk" + ")" * 60, "nested more than 50 deep", 51, "split it"),
        ("talk or " * 80 + "talk", "too long", 501, "split it"),
    ],
)
def test_a_fault_is_told_with_its_column_and_what_to_do(text, message, column, hint):
    with pytest.raises(ExpressionError) as error:
        condition(text, OPTIONS)
    assert message in str(error.value)
    assert error.value.column == column
    assert hint in error.value.hint
