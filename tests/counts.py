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


class Planted(NamedTuple):
    """What a sample is made to catch: an error of this relative size in a rate or in a mean."""

    ci: float
    full: float
    rate: float | None = None  # the true rate
    spread: float | None = None  # of a mean: standard deviation of one value over its mean


class Count(NamedTuple):
    """The size of one sample in both modes, and for a frequency against a closed form what it must catch."""

    ci: int
    full: int
    catches: Planted | None = None


COUNTS: dict[str, Count] = {
    # the helpers themselves
    "helper_power": Count(ci=2_000, full=40_000),
    # small random trees that are judged by trying everything, and such that are solved too
    "random_trees": Count(ci=200, full=2_000),
    "random_trees_solved": Count(ci=90, full=1_500),
    # the four fixtures of the language: enough to see a class that comes in one history of eight
    "fixture_outcomes": Count(ci=80, full=800),
    # single features of the language, each on and off at the same draws in a case of two neighbours
    "language_features": Count(ci=240, full=1_200),
    "drawn_inputs": Count(ci=300, full=3_000),
    # histories of each fixture played with and without a log
    "replayed_histories": Count(ci=3, full=40),
    # histories of each scenario played with menus kept in order and without
    "kept_orders": Count(ci=4, full=100),
    # examples in README and docs: that they run
    "docs_histories": Count(ci=8, full=40),
    "docs_given": Count(ci=400, full=2_000),  # of which a tenth may fit
    "docs_studied": Count(ci=160, full=400),  # where inputs are studied
    "docs_positions": Count(ci=500, full=20_000),  # of a game that strategies are held against
    # the installed wheel
    "wheel_replications": Count(ci=20, full=200),
    # Known answers and known laws, played. `catches` names the relative error that the smallest such sample catches with
    # power .99 at 4.1 standard errors: 2 % in full; where that costs minutes, a larger one in CI. A test recomputes each.
    "demand_refusals": Count(172_558, 172_558, Planted(0.02, 0.02, rate=0.375)),
    "audience_contest": Count(45_632, 283_348, Planted(0.05, 0.02, rate=0.267949)),
    "brink_disasters": Count(25_503, 623_182, Planted(0.10, 0.02, rate=1 / 7)),
    "competing_causes": Count(98_168, 1_540_352, Planted(0.08, 0.02, rate=0.063212)),
    "changing_rate": Count(51_874, 51_874, Planted(0.02, 0.02, rate=0.667129)),
    "self_excitation": Count(10_705, 267_622, Planted(0.10, 0.02, spread=1.61)),  # spread of the ratio, not of a count
    "false_alarms": Count(4_130, 103_245, Planted(0.10, 0.02, spread=1.0)),
    "inspection_game": Count(55_442, 1_351_113, Planted(0.10, 0.02, rate=1 / 14)),
    "veto_players": Count(22_734, 141_746, Planted(0.05, 0.02, rate=0.421875)),
    "ratifications": Count(8_394, 51_981, Planted(0.05, 0.02, rate=2 / 3)),
    "ultimatums": Count(16_505, 103_230, Planted(0.05, 0.02, rate=0.5)),
    "logit_ultimatums": Count(7_630, 47_154, Planted(0.05, 0.02, rate=0.688273)),
    "cooperation": Count(38_927, 241_885, Planted(0.05, 0.02, rate=0.3)),
    "deterrence": Count(62_280, 386_299, Planted(0.05, 0.02, rate=0.211772)),
    "unfavourable_signals": Count(38_334, 935_153, Planted(0.10, 0.02, rate=0.1)),
    "expectation_gaps": Count(25_908, 161_376, Planted(0.05, 0.02, rate=0.390756)),
    "chain": Count(983, 151_837, Planted(0.25, 0.02, rate=0.405283)),  # each of three starts
    "race": Count(4_130, 103_245, Planted(0.10, 0.02, spread=1.0)),
    "stepped_rate": Count(8_377, 51_874, Planted(0.05, 0.02, rate=0.667129)),
    "clusters": Count(4_758, 267_622, Planted(0.15, 0.02, spread=1.61)),  # as self_excitation
    # games of the language, played; a hundredth of a rate of a half is found in CI
    "games_played": Count(ci=20_000, full=400_000),
    # textbook games held against their theorems: at least so many histories beyond what an error of 2 % asks for, and of variants
    "theory_least": Count(ci=1_000, full=200_000),
    "theory_variants": Count(ci=10_000, full=200_000),
    # splits of a variance between inputs and chance: repetitions of a cheap model, and points of a scenario played
    "split_coverage": Count(ci=400, full=4_000),
    "split_points": Count(ci=400, full=4_000),
    # Sobol indices of cheap functions: repetitions
    "sobol_coverage": Count(ci=60, full=400),
    "sobol_samples": Count(ci=500, full=10_000),  # base samples of a scenario with known indices, played
    # not more than the prototype it is compared with
    "ladder_figures": Count(ci=1_200, full=12_000),
    # the summit: decisions in worlds that are ready to run, and whole histories
    "response_node": Count(ci=40, full=1_000),
    "mechanisms": Count(ci=100, full=1_000),  # the unit; rows of the table take one or two
    "sign_worlds": Count(ci=25, full=500),
    "signs": Count(ci=125, full=1_000),  # whole histories of a year; some take twice as many
    # differences of a comparison: repetitions of 40 pairs each, over which intervals are counted
    "compare_coverage": Count(ci=400, full=4_000),
    # the summit's own truth: comparisons of 400 pairs held against ten million histories, and pairs of which sums are compared
    "truth_comparisons": Count(ci=15, full=500),
    "truth_block": Count(ci=100, full=2_000),
    # repetitions of a robust choice with known regrets, in each of which three arms are judged
    "robust_coverage": Count(ci=60, full=1_000),
    "signs_compared": Count(ci=250, full=4_000),  # whole histories of each of 31 policies
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
    # both engines event for event: SimPy with compiled acts, and with plain ones
    "equal_events_summit": Count(ci=10_000, full=10_000),
    "equal_events": Count(ci=300, full=10_000),
    "plain_events_summit": Count(ci=200, full=1_000),
    "plain_events": Count(ci=12, full=200),
    "equal_tables": Count(ci=8, full=200),
    # the back-test of a lottery and a crisis: enough that the chance of one in five is told from a half
    "backtest_histories": Count(ci=120, full=2_000),
    # cases of the back-test, in both engines event for event: with compiled acts and with plain ones
    "history_events": Count(ci=20, full=1_000),
    "history_plain_events": Count(ci=1, full=20),
    # and how they come out: enough to see what is no rare class
    "history_classes": Count(ci=200, full=4_000),
    # runs that are killed; a third each at any moment, in a chunk write and in a manifest write
    "kills": Count(ci=30, full=201),
    # empirical games: trials of three paired columns; histories of each of eight profiles
    "paired_means": Count(ci=200, full=4_000),
    "empirical_summit": Count(ci=60, full=1_000),
    # records played with a planted hazard, of 40 years each; counts of short records against their closed form
    "planted_hazards": Count(ci=45, full=450),
    "played_records": Count(ci=3_000, full=60_000),
    # sensitivity and discovery: seeds of dummies, of known functions, and of pure noise
    "dummy_seeds": Count(ci=200, full=4_000),
    "sensitivity_seeds": Count(ci=4, full=200),
    "noise_seeds": Count(ci=8, full=400),
    # calibration: truths of a rank check, and fits of planted parameters
    "rank_checks": Count(ci=300, full=3_000),
    "planted_fits": Count(ci=4, full=20),
    # thresholds of which the interval holds the truth, for each of three curves: 92 to 98 % in full
    "threshold_intervals": Count(ci=60, full=400),
    # smallest changes of planted cases: histories at each change
    "wished_histories": Count(ci=100, full=2_000),
    # intervals of the claims audit: coverage .95 to within two points and 4.1 standard errors
    "claim_intervals": Count(ci=1_000, full=20_000),
}

_mode: Mode = "ci"


def select(mode: Mode) -> None:
    """Use the column ``mode`` from now on; ``tests/conftest.py`` calls it once, at the start."""
    global _mode
    _mode = mode


def planted_error(name: str) -> float:
    """The relative error that the named sample catches in the mode of this test run."""
    catches = COUNTS[name].catches
    assert catches is not None, f"{name} has no closed form"
    return getattr(catches, _mode)


def sample_size(name: str) -> int:
    """The n of the named sample in the mode of this test run."""
    return getattr(COUNTS[name], _mode)
