"""Figures of a run by name, as targets write them.

`share:CONDITION` is the share of histories; `share:CONDITION|CONDITION` the share among those of the second one. A
condition is `COLUMN=VALUE`, or with another sign; several hold together with `&` between them. `rate:COUNTER in talks`
and `rate:COUNTER outside talks` are events of a hazard's counter a year of such time.
"""

from __future__ import annotations

SIGNS = ("<=", ">=", "<", ">", "=")  # in the order in which they are looked for
IN_TALKS, OUTSIDE_TALKS = " in talks", " outside talks"


def comparison(text: str) -> tuple[str, str, str]:
    """Column, sign and value of a comparison; the last two are empty where there is no sign."""
    for sign in SIGNS:
        column, found, value = text.partition(sign)
        if found:
            return column.strip(), sign, value.strip()
    return text, "", ""


def conditions(subject: str) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """The comparisons of what a share is of, and of the condition under which it is read; a second one spoils its text."""
    what, _, given = subject.partition("|")
    return [comparison(term) for term in what.split("&")], [comparison(term) for term in given.split("&")] if given else []


def is_text(column: str) -> bool:
    """Whether a column of results holds words, which have no order."""
    return column.partition("@")[0] in ("outcome", "meeting_result", "first_deal")


def counter_of(subject: str) -> tuple[str, bool] | None:
    """Counter of a rate, and whether it is one in talks; nothing where the text is no rate."""
    for ending, in_talks in ((IN_TALKS, True), (OUTSIDE_TALKS, False)):
        if subject.endswith(ending):
            return subject.removesuffix(ending).strip(), in_talks
    return None
