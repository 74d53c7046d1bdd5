"""Distributions that can be drawn from: their parameters make sense together, and no draw leaves what numbers can hold."""

from __future__ import annotations

from sim.errors import ParameterError
from sim.model.check.checker import Checker
from sim.model.distributions.factory import from_quantity
from sim.model.spec.base import BIG, Quantity

_EXTREMES = (2.0**-53, 1.0 - 2.0**-53)  # no draw of a history lies further out


def check_distributions(checker: Checker) -> None:
    for path, quantity in checker.grounded:
        if not isinstance(quantity, Quantity) or quantity.dist is None:
            continue
        try:
            drawn = from_quantity(quantity)
        except ParameterError as error:
            checker.add(path, str(error), hint=error.hint or "check the parameters and their units")
            continue
        far = max((drawn.quantile(u) for u in _EXTREMES), key=abs)
        if not abs(far) <= BIG:
            checker.add(path, f"a draw may be as large as {far:.3g}", expected=f"draws within {BIG:g}",
                        hint="make the spread smaller; the `sd` of a lognormal is that of the logarithm")  # fmt: skip
