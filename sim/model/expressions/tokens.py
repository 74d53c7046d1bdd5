"""Cutting a text into words and signs, with an answer to what people write from habit of other languages."""

from __future__ import annotations

import re
from typing import NamedTuple

from sim.model.expressions.errors import ExpressionError

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9.]))
    |(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)
    |(?P<operator><=|>=|==|!=|\*\*|&&|\|\||<>|[-+*/<>(),])
    """,
    re.VERBOSE,
)

# What people write from habit -> what to do. The text is looked up as it stands at the fault.
_HABITS = (
    ("**", "powers are not part of the language", "multiply, or write exp(a * log(x))"),
    ("^", "powers are not part of the language", "multiply, or write exp(a * log(x))"),
    ("&&", "'&&' is not an operator", "write 'and'"),
    ("&", "'&' is not an operator", "write 'and'"),
    ("||", "'||' is not an operator", "write 'or'"),
    ("|", "'|' is not an operator", "write 'or'"),
    ("!", "'!' is not an operator", "write 'not'"),
    ("<>", "'<>' is not an operator", "write '!='"),
    ("=", "'=' is not an operator", "write '==' to compare"),
    ("%", "percentages are not part of the language", "write 0.05 for 5 percent"),
    ("'", "text is not part of the language", "compare numbers or boolean names"),
    ('"', "text is not part of the language", "compare numbers or boolean names"),
    ("[", "lists are not part of the language", "name an entry with dots, as in actors.usa.resolve"),
    ("≤", "'≤' is not an operator", "write '<='"),
    ("≥", "'≥' is not an operator", "write '>='"),
    ("≠", "'≠' is not an operator", "write '!='"),
    ("−", "'−' is a typographic minus", "write '-'"),
    ("–", "'–' is a dash", "write '-' for minus"),
    ("×", "'×' is not an operator", "write '*'"),
    ("·", "'·' is not an operator", "write '*'"),
    ("÷", "'÷' is not an operator", "write '/'"),
    (":", "':' is not part of the language", "write if(condition, a, b) for a choice"),
    ("?", "'?' is not part of the language", "write if(condition, a, b) for a choice"),
)

_HABIT = re.compile("|".join(re.escape(habit) for habit, _, _ in _HABITS))  # the first in the list that fits, not the longest
_ABOUT = {habit: (message, hint) for habit, message, hint in reversed(_HABITS)}


class Token(NamedTuple):
    """A word, a number or a sign where it stands in the text."""

    kind: str  # number, date, name, operator, end
    text: str
    column: int


def tokens(text: str) -> list[Token]:
    """The words, numbers and signs of a text and its end, or the fault of the first that is none."""
    found = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        habit = _HABIT.match(text, place)
        if match is None or (habit is not None and match.group() not in ("!=", "==", "<", "<=")):
            if habit is not None:
                message, hint = _ABOUT[habit.group()]
                raise ExpressionError(message, place + 1, hint, text)
            character = text[place]
            what = f"'{character}' is not part of the language"
            hint = "names use the letters a to z, digits, '_' and '.'" if character.isalpha() else ""
            raise ExpressionError(what, place + 1, hint, text)
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup or "", match.group(), place + 1))
        place = match.end()
    found.append(Token("end", "", len(text.rstrip()) + 1))
    return found
