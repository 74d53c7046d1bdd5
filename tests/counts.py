"""How many histories, trials or examples each statistical test uses: one table for both modes.

Every test with a sample takes its n from here, so that ``./dev test`` and ``./dev test --full`` run the same tests and
differ in nothing but size. Add a row for a new test; never a test for one mode only.

    from tests.counts import sample_size

    def test_refusals_follow_the_closed_form():
        trials = sample_size("refusals_closed_form")
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Mode = Literal["ci", "full"]


class Count(NamedTuple):
    """The size of one sample in both modes."""

    ci: int
    full: int


COUNTS: dict[str, Count] = {
    # the helpers themselves
    "helper_power": Count(ci=2_000, full=40_000),
}

_mode: Mode = "ci"


def select(mode: Mode) -> None:
    """Use the column ``mode`` from now on; ``tests/conftest.py`` calls it once, at the start."""
    global _mode
    _mode = mode


def sample_size(name: str) -> int:
    """The n of the named sample in the mode of this test run."""
    return getattr(COUNTS[name], _mode)
