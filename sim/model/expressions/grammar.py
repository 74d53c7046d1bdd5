"""The operators, how tightly they bind, and the functions: what reading and writing must agree on."""

from __future__ import annotations

FUNCTIONS: dict[str, tuple[int, int]] = {  # the least and the greatest number of arguments
    "min": (2, 100),
    "max": (2, 100),
    "abs": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "logistic": (1, 1),
    "power": (2, 2),
    "normal_cdf": (1, 1),
    "normal_quantile": (1, 1),
    "if": (3, 3),
    "held": (2, 2),
}

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
DATED = ("at", "by")  # words between a quantity or condition and a date; names elsewhere
TIGHTNESS = {
    "or": 1, "and": 2, **dict.fromkeys(DATED, 4), **dict.fromkeys(COMPARISONS, 5), "+": 6, "-": 6, "*": 7, "/": 7
}  # fmt: skip
NOT, DATE, COMPARE, MINUS, ATOM = 3, 4, 5, 8, 9  # of `not`, of a date, of any comparison, of a sign, of a single operand
