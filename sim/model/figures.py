"""Figures of a run by name, as targets write them: `share:COLUMN=VALUE`, or with another sign."""

from __future__ import annotations

SIGNS = ("<=", ">=", "<", ">", "=")  # in the order in which they are looked for


def comparison(text: str) -> tuple[str, str, str]:
    """Column, sign and value of a comparison; the last two are empty where there is no sign."""
    for sign in SIGNS:
        column, found, value = text.partition(sign)
        if found:
            return column.strip(), sign, value.strip()
    return text, "", ""
