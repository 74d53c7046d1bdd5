"""What all distributions share: the questions each of them answers, and how parameters are refused."""

from __future__ import annotations

from sim.errors import ParameterError
from sim.rules.distributions import clipped as clip
from sim.rules.distributions import quantile as quantile_of

INFINITY = float("inf")


def require(condition: bool, where: str, expected: str, found: str, hint: str = "") -> None:
    """Refuse parameters with a `ParameterError` unless the condition holds."""
    if not condition:
        raise ParameterError(f"{where}: expected {expected}, found {found}", hint=hint)


def require_finite(where: str, **parameters: float) -> None:
    """Refuse infinite parameters and nan."""
    for name, value in parameters.items():
        require(-INFINITY < value < INFINITY, where, f"a finite number for {name}", f"{value}")


class Distribution:
    """What all distributions share; a subclass says ``coded``, ``mean`` and ``bounds``."""

    def coded(self) -> tuple[int, tuple[float, ...]]:
        """Kind and numbers, as `sim.rules.distributions` reads them."""
        raise NotImplementedError

    def quantile(self, u: float) -> float:
        """The value below which a draw falls with chance ``u``, for ``u`` in (0, 1)."""
        kind, numbers = self.coded()
        return quantile_of(kind, numbers, 0, u)

    def mean(self) -> float:
        """The expected value."""
        raise NotImplementedError

    def median(self) -> float:
        """The value at ``u = 1/2``."""
        return self.quantile(0.5)

    def bounds(self) -> tuple[float, float]:
        """Lowest and highest possible value, infinite where there is none."""
        raise NotImplementedError

    def breaks(self) -> tuple[float, ...]:
        """The ``u`` in (0, 1) at which ``quantile`` jumps or bends, so that integrals can stop there."""
        return ()


__all__ = ["INFINITY", "Distribution", "clip", "require", "require_finite"]
