"""Comparison of a computed number with one printed to a few digits in a table."""

from __future__ import annotations


def assert_printed(found: float, printed: str) -> None:
    """``found`` rounds to the number as printed: it lies within half a unit of its last digit."""
    digits = len(printed.partition(".")[2])
    half = 0.5 * 10.0**-digits * (1.0 + 1e-9)
    assert abs(found - float(printed)) <= half, f"expected {printed}, found {found:.{digits + 4}f}"


def agrees(found: float, printed: str) -> bool:
    """Whether ``assert_printed`` would pass; for wrong versions, which must not."""
    try:
        assert_printed(found, printed)
    except AssertionError:
        return False
    return True
