"""M01, M02: the summit scenario's golden utilities and the credibility that full dismantlement needs."""

from __future__ import annotations

import pytest

from sim.rules.utility import (
    along_line,
    net_of_pressure,
    net_of_pressure_utilities,
    package_utilities,
    package_utility,
    survival_line,
    threshold_credibility,
)
from tests.known_answers.summit_tables import (
    ACTORS,
    ETA,
    GOLDEN,
    INDEX,
    ISSUES,
    NUM_ISSUES,
    NUM_PACKAGES,
    PACKAGES,
    PREFERENCES,
    SURVIVAL_WEIGHT,
    preference_tables,
    seen_levels,
    utilities,
    utility,
    written_levels,
)

LAST_PRINTED = 5e-5  # four digits are printed


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("actor", ACTORS)
def test_package_is_worth_its_golden_value(actor, package):
    assert utility(actor, package) == pytest.approx(GOLDEN[package][ACTORS.index(actor)], abs=LAST_PRINTED)


def test_golden_table_is_complete():
    assert list(PACKAGES) == list(GOLDEN)
    assert {6} == {len(row) for row in GOLDEN.values()}


@pytest.mark.parametrize("actor", ACTORS)
def test_weights_sum_to_one(actor):
    weights = sum(weight for weight, _, _ in PREFERENCES[actor].values())
    assert weights + (SURVIVAL_WEIGHT if actor == "PRK" else 0.0) == pytest.approx(1.0, abs=1e-12)


def test_menu_and_single_package_give_the_same_bits():
    levels, out = seen_levels(), [0.0] * NUM_PACKAGES
    for row in range(len(ACTORS)):
        package_utilities(levels, NUM_PACKAGES, *preference_tables(), row, NUM_ISSUES, out)
        for p in range(NUM_PACKAGES):
            assert package_utility(levels, p * NUM_ISSUES, *preference_tables(), row, NUM_ISSUES) == out[p]


@pytest.mark.parametrize("credibility", [0.0, 0.15, 0.4, 1.0])
def test_line_in_credibility_agrees_with_survival(credibility):
    without_survival, intercepts, slopes, out = ([0.0] * NUM_PACKAGES for _ in range(4))
    levels, row = written_levels(), ACTORS.index("PRK")
    package_utilities(levels, NUM_PACKAGES, *preference_tables(), row, NUM_ISSUES, without_survival)
    arms, guarantee = ISSUES.index("denuc"), ISSUES.index("guar")
    survival_line(
        levels, NUM_PACKAGES, NUM_ISSUES, arms, guarantee, SURVIVAL_WEIGHT, ETA, without_survival, intercepts, slopes
    )
    along_line(intercepts, slopes, NUM_PACKAGES, credibility, out)
    assert out == pytest.approx(utilities("PRK", credibility), abs=1e-14)


@pytest.mark.parametrize(
    ("pressure_cost", "threshold"), [(0.0, 0.3434), (0.05, 0.2347), (0.07, 0.1912), (0.10, 0.1260)]
)
def test_guarantee_compensates_full_dismantlement_from_this_credibility_on(pressure_cost, threshold):
    """Full pressure at home, none left in the package; both sides of the comparison pay on what remains."""
    package = PACKAGES["cvid_for_everything"]
    eased = package[ISSUES.index("relief")]
    reservation = net_of_pressure(utility("PRK", "sq_march_2018"), pressure_cost, 1.0, 0.0)
    unsecured = net_of_pressure(utility("PRK", "cvid_for_everything", credibility=0.0), pressure_cost, 1.0, eased)
    found = threshold_credibility(
        unsecured, reservation, SURVIVAL_WEIGHT, package[ISSUES.index("denuc")], package[ISSUES.index("guar")], ETA
    )
    assert found == pytest.approx(threshold, abs=LAST_PRINTED)
    at_threshold = net_of_pressure(utility("PRK", "cvid_for_everything", credibility=found), pressure_cost, 1.0, eased)
    assert at_threshold == pytest.approx(reservation, abs=1e-14)


def test_pressure_cost_of_a_menu_falls_on_what_remains():
    """The largest cost that keeps full dismantlement below the standing situation at credibility .15 is .089."""
    base, out = utilities("PRK"), [0.0] * NUM_PACKAGES
    for pressure_cost, acceptable in ((0.0885, False), (0.0895, True)):
        net_of_pressure_utilities(
            written_levels(), NUM_PACKAGES, NUM_ISSUES, ISSUES.index("relief"), pressure_cost, 1.0, base, out
        )
        assert acceptable == (out[INDEX["cvid_for_everything"]] > out[INDEX["sq_march_2018"]])
        assert out[INDEX["deep_cap"]] == pytest.approx(base[INDEX["deep_cap"]] - pressure_cost * 0.3, abs=1e-15)


def test_concave_variant_of_the_relief_exponent():
    """With exponent 1.2 instead of .8 on relief the interim package is worth .6572 instead of .6347."""
    weights, ideals, exponents = preference_tables()
    place = ACTORS.index("PRK") * NUM_ISSUES + ISSUES.index("relief")
    before = utility("PRK", "interim_yongbyon")
    start = INDEX["interim_yongbyon"] * NUM_ISSUES
    plain = package_utility(written_levels(), start, weights, ideals, exponents, 1, NUM_ISSUES)
    exponents[place] = 1.2
    concave = package_utility(written_levels(), start, weights, ideals, exponents, 1, NUM_ISSUES)
    assert before - plain + concave == pytest.approx(0.6572, abs=LAST_PRINTED)


def test_both_reported_requests_fail_and_the_interim_package_beats_both_standing_situations():
    standing_us, standing_dprk = utility("USA", "sq_march_2018"), utility("PRK", "sq_march_2018")
    assert utility("USA", "dprk_hanoi_ask") < standing_us
    assert utility("PRK", "us_hanoi_ask") < standing_dprk
    assert utility("USA", "interim_yongbyon") > standing_us
    assert utility("PRK", "interim_yongbyon") > standing_dprk
