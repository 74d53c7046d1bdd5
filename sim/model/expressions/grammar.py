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
TIGHTNESS = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
NOT, COMPARE, MINUS, ATOM = 3, 4, 7, 8  # tightness of `not`, of any comparison, of a sign, of a single operand
