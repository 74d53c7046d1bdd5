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
    # the four fixtures of the language: enough to see a class that comes in one history of eight
    "fixture_outcomes": Count(ci=80, full=800),
    # single features of the language, each on and off at the same draws in a case of two neighbours
    "language_features": Count(ci=240, full=1_200),
    "drawn_inputs": Count(ci=300, full=3_000),
    # histories of each fixture played with and without a log
    "replayed_histories": Count(ci=3, full=40),
    # examples in README and docs: that they run
    "docs_histories": Count(ci=8, full=40),
    # the installed wheel
    "wheel_replications": Count(ci=20, full=200),
    # crises, hazards, agreements, consent: smallest_n(p) catches a planted error with power .99; ci / full error named
    "demand_refusals": Count(ci=172_558, full=689_281),  # p = .375: 2 %, 1 %
    "audience_contest": Count(ci=45_632, full=283_348),  # p = .268: 5 %, 2 %
    "brink_disasters": Count(ci=25_503, full=623_182),  # p = 1/7: 10 %, 2 %
    "ladder_figures": Count(ci=1_200, full=12_000),  # not more than the prototype it is compared with
    "competing_causes": Count(ci=103_247, full=1_540_664),  # mean of an exponential, (6.43 / .02)^2; p = .0632: 2 %
    "changing_rate": Count(ci=51_874, full=206_794),  # p = .667: 2 %, 1 %
    "self_excitation": Count(ci=10_768, full=269_200),  # ratio of sd 1.61: (6.43 * 1.61 / error)^2; 10 %, 2 %
    "false_alarms": Count(ci=4_130, full=103_247),  # mean of a geometric, (6.43 / error)^2: 10 %, 2 %
    "inspection_game": Count(ci=55_442, full=1_351_113),  # p = 1/14: 10 %, 2 %
    "veto_players": Count(ci=22_734, full=141_746),  # p = .421875: 5 %, 2 %
    # known laws played by the event loop
    "chain": Count(ci=1_000, full=152_000),  # p = .405: 25 %, 2 %; each of three starts
    "race": Count(ci=4_134, full=103_247),  # mean of an exponential, (6.43 / error)^2: 10 %, 2 %
    "stepped_rate": Count(ci=8_200, full=51_874),  # p = .667: 5 %, 2 %
    "clusters": Count(ci=4_800, full=269_200),  # as self_excitation: 15 %, 2 %
    # the summit: decisions in worlds that are ready to run, and whole histories
    "response_node": Count(ci=40, full=1_000),
    "mechanisms": Count(ci=100, full=1_000),  # the unit; rows of the table take one or two
    "sign_worlds": Count(ci=25, full=500),
    "signs": Count(ci=125, full=1_000),  # whole histories of a year; some take twice as many
    "hype_histories": Count(ci=16, full=400),
    "menu_cap": Count(ci=40, full=3_000),  # paired histories at the cap and at twice the cap
    "belief_grid": Count(ci=24, full=3_000),  # paired histories with 7 and with 14 points a belief
    # laws of whole histories: exact, so a few histories of each scenario are enough; a quarter as many of the summit
    "laws_histories": Count(ci=12, full=200),
    "constraints_histories": Count(ci=6, full=100),
    "pulse": Count(ci=60, full=2_000),
    "generated_scenarios": Count(ci=50, full=1_000),
    # processes of the engine
    "engine_histories": Count(ci=24, full=200),
    "stress_histories": Count(ci=12, full=100),
    "fixture_histories": Count(ci=60, full=600),
    "node_histories": Count(ci=60, full=200),  # at most; it stops when all nodes have been seen
    # intervals of the claims audit: coverage .95 to within two points and 4.1 standard errors
    "claim_intervals": Count(ci=1_000, full=20_000),
}

_mode: Mode = "ci"


def select(mode: Mode) -> None:
    """Use the column ``mode`` from now on; ``tests/conftest.py`` calls it once, at the start."""
    global _mode
    _mode = mode


def sample_size(name: str) -> int:
    """The n of the named sample in the mode of this test run."""
    return getattr(COUNTS[name], _mode)
