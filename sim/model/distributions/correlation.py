"""Inputs that move together: the factor of a correlation matrix, and the Gaussian copula it makes."""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import normal_quantile, sqrt
from sim.model.distributions.base import require
from sim.rules.distributions import correlated_uniform

LEAST_PIVOT = 1e-10  # of a Cholesky factor: below it rounding decides whether the matrix is one


def cholesky(matrix: Sequence[float], size: int, names: Sequence[str] = ()) -> tuple[float, ...]:
    """The lower triangular L with L L' = ``matrix``, a correlation matrix.

    Parameters
    ----------
    matrix : sequence of float, shape (size, size), row by row
        Symmetric, ones on the diagonal, positive definite.
    size : int
    names : sequence of str, optional
        What the rows stand for, for messages.

    Returns
    -------
    tuple of float, shape (size, size), row by row
        Zeros above the diagonal.

    Raises
    ------
    ParameterError
        Not a correlation matrix; names the entry, or the first row that the rows before it rule out.
    """

    def row(r: int) -> str:
        return f"'{names[r]}'" if r < len(names) else f"row {r + 1}"

    require(len(matrix) == size * size, "correlations", f"{size} rows of {size} numbers", f"{len(matrix)} numbers")
    for r in range(size):
        require(
            abs(matrix[r * size + r] - 1.0) <= 1e-12,
            f"correlations: {row(r)}",
            "1 on the diagonal",
            f"{matrix[r * size + r]:g}",
        )
        for c in range(r):
            there, back = matrix[r * size + c], matrix[c * size + r]
            where = f"correlations: {row(r)} with {row(c)}"
            require(
                -1.0 < there < 1.0,
                where,
                "a number between -1 and 1",
                f"{there:g}",
                "inputs that always move together are one input",
            )
            require(abs(there - back) <= 1e-12, where, "the same number in both directions", f"{there:g} and {back:g}")
    factor = [0.0] * (size * size)
    for r in range(size):
        for c in range(r + 1):
            rest = matrix[r * size + c]
            for k in range(c):
                rest -= factor[r * size + k] * factor[c * size + k]
            if c < r:
                factor[r * size + c] = rest / factor[c * size + c]
                continue
            require(
                rest > LEAST_PIVOT,
                f"correlations: {row(r)}",
                "correlations that are possible together (a positive definite matrix)",
                f"{row(r)} contradicted by the rows before it (pivot {rest:.3g})",
                "weaken its correlations, or those among the rows before it",
            )
            factor[r * size + r] = sqrt(rest)
    return tuple(factor)


def correlated_uniforms(uniforms: Sequence[float], factor: Sequence[float]) -> tuple[float, ...]:
    """Uniforms with a Gaussian copula, made of independent ones.

    Parameters
    ----------
    uniforms : sequence of float, shape (n,)
        Independent, in (0, 1).
    factor : sequence of float, shape (n, n), row by row
        From ``cholesky``: the correlations are those of the underlying normals.

    Returns
    -------
    tuple of float, shape (n,)
        In (0, 1). One that depends on no earlier one keeps its bits, the first always.
    """
    n = len(uniforms)
    normals = [normal_quantile(u) for u in uniforms]
    return tuple(correlated_uniform(uniforms, normals, factor, r * n, r) for r in range(n))
