"""Shares of a whole: several gammas, normalised. Not a `Distribution`, since a draw is a list of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.arithmetic import exp, normal_quantile
from sim.model.distributions.base import INFINITY, require
from sim.model.distributions.gamma_beta import require_shape
from sim.model.distributions.tables import gamma_table


@dataclass(frozen=True)
class Dirichlet:
    """Shares of a whole: proportional to independent gammas of shape ``concentration`` times mean.

    ``means`` are (name, mean share) pairs, kept in order of name, in which everything is summed. The
    standard deviation of a share is sqrt(mean (1 - mean) / (concentration + 1)). A share whose mean
    is zero is exactly zero in every draw.
    """

    concentration: float
    means: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        pairs = tuple(sorted((name, float(mean)) for name, mean in self.means))
        names = [name for name, _ in pairs]
        require(len(set(names)) == len(names) > 0, "dirichlet", "distinct names, at least one", ", ".join(names))
        total = 0.0
        for name, mean in pairs:
            require(0.0 <= mean <= 1.0 + 1e-9, "dirichlet", f"a mean in [0, 1] for {name}", f"{mean:g}")
            total += mean
        require(abs(total - 1.0) <= 1e-9, "dirichlet", "means that sum to 1", f"{total:.10g}")
        object.__setattr__(self, "means", pairs)
        for name, mean in pairs:
            if mean > 0.0:
                require_shape("dirichlet", f"concentration times the mean of {name}", self.concentration * mean)

    @property
    def names(self) -> tuple[str, ...]:
        """The order in which ``shares`` takes uniforms and gives shares."""
        return tuple(name for name, _ in self.means)

    def shares(self, uniforms: Sequence[float]) -> tuple[float, ...]:
        """One draw: shares in order of name, summing to 1 up to rounding.

        Parameters
        ----------
        uniforms : sequence of float, one a name
            Independent uniforms in (0, 1); those of components with mean zero are not read.

        Raises
        ------
        ParameterError
            Not as many uniforms as names.
        """
        require(len(uniforms) == len(self.means), "dirichlet", f"{len(self.means)} uniforms", f"{len(uniforms)}")
        logs = [
            gamma_table(self.concentration * mean).at(normal_quantile(u)) if mean > 0.0 else -INFINITY
            for (_, mean), u in zip(self.means, uniforms, strict=True)
        ]
        # Relative to the largest, so that small shapes, whose gammas all vanish at times, still have shares.
        largest = max(logs)
        parts = [exp(value - largest) if value > -INFINITY else 0.0 for value in logs]
        total = 0.0
        for part in parts:
            total += part
        return tuple(part / total for part in parts)

    def __str__(self) -> str:
        return f"dirichlet({self.concentration:g}; {', '.join(f'{name}: {mean:g}' for name, mean in self.means)})"
