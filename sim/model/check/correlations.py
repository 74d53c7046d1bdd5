"""Whether a matrix of correlations is one: its form, and that its entries are possible together."""

from __future__ import annotations

import math

from sim.model.check.checker import Checker
from sim.model.diagnostics import Path


def check_matrix(checker: Checker, path: Path, matrix: list[list[float]], size: int) -> None:
    if len(matrix) != size or any(len(row) != size for row in matrix):
        checker.add(path, f"expected {size} rows of {size} numbers", hint="one row and column for each member")
        return
    for r in range(size):
        for c in range(size):
            if abs(matrix[r][c] - matrix[c][r]) > 1e-12 or not -1.0 <= matrix[r][c] <= 1.0:
                checker.add(path, f"entry {r + 1}, {c + 1} is not a correlation matrix's", hint="make it symmetric")
                return
        if matrix[r][r] != 1.0:
            checker.add(path, f"entry {r + 1}, {r + 1} must be 1", found=f"{matrix[r][r]:g}", hint="set it to 1")
            return
    if not is_positive(matrix):
        checker.add(path, "these correlations contradict each other", hint="bring them nearer to 0")


def is_positive(matrix: list[list[float]]) -> bool:
    """Whether a symmetric matrix is positive definite (its Cholesky factor exists)."""
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for r in range(size):
        for c in range(r + 1):
            rest = matrix[r][c] - math.fsum(factor[r][k] * factor[c][k] for k in range(c))
            if r == c:
                if rest <= 1e-12:
                    return False
                factor[r][r] = math.sqrt(rest)
            else:
                factor[r][c] = rest / factor[c][c]
    return True
