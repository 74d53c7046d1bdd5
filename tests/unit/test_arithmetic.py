"""House arithmetic: accuracy against 40-digit references, behaviour at the edges, order."""

import math
import statistics
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import arithmetic
from sim.arithmetic import exp, log, logistic, normal_cdf, normal_quantile, powr, sqrt

SAMPLE = 2_500
GOLDEN = 0.6180339887498949  # a low-discrepancy step: spreads arguments without a generator


def spread(low, high, count=SAMPLE):
    return [low + (high - low) * ((i * GOLDEN) % 1.0) for i in range(1, count + 1)]


def error_in_ulp(found, exact):
    return abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact)))


def worst_error(function, reference, arguments):
    with localcontext() as context:
        context.prec = 40
        return max(error_in_ulp(function(x), reference(Decimal(x))) for x in arguments)


@pytest.mark.parametrize(("low", "high"), [(-745.1, 709.7), (-2.0, 2.0), (2.0, 12.0), (-1e-3, 1e-3), (-745.1, -700.0)])
def test_exp_is_within_one_ulp_and_a_bit_of_the_exact_value(low, high):
    assert worst_error(exp, Decimal.exp, spread(low, high)) < 1.1


@pytest.mark.parametrize(("low", "high"), [(0.0, 4.0), (0.98, 1.02), (1.0 - 1e-9, 1.0), (1e300, 1.79e308)])
def test_log_is_within_one_ulp_and_a_bit_of_the_exact_value(low, high):
    assert worst_error(log, Decimal.ln, [x for x in spread(low, high) if x != 1.0]) < 1.1


def test_log_keeps_its_accuracy_over_all_exponents_and_subnormal_numbers():
    arguments = [math.ldexp(m, k) for k, m in zip(range(-1073, 1024), spread(0.5, 1.0, 2097), strict=True)]
    assert worst_error(log, Decimal.ln, arguments) < 1.1


def test_log_keeps_its_accuracy_where_the_table_changes_entry():
    """Half-way between two 128ths the neighbours' errors are largest and the sum may cancel."""
    arguments = [(j + 0.5 + side) / 128 for j in range(88, 184) for side in (-1e-13, 0.0, 1e-13)]
    assert worst_error(log, Decimal.ln, arguments) < 1.1


def test_exp_and_log_are_exact_where_the_answer_is():
    assert (exp(0.0), log(1.0)) == (1.0, 0.0)


@given(st.floats(-745.0, 709.7), st.floats(0.0, 5.0))
def test_exp_never_decreases(x, step):
    assert exp(x) <= exp(x + step)


@given(st.floats(0.0, exclude_min=True, allow_infinity=False), st.floats(1.0, 1.5))
def test_log_never_decreases(x, factor):
    assert log(x) <= log(x * factor)


def test_exp_is_bounded_at_both_ends():
    assert [exp(-math.inf), exp(-745.14), exp(-745.1)] == [0.0, 0.0, 5e-324]
    assert exp(math.inf) == exp(1e6) == exp(arithmetic.EXP_MAX) < math.inf


def test_log_is_bounded_at_both_ends():
    assert [log(0.0), log(-0.0), log(-3.0), log(-math.inf)] == [arithmetic.LOG_ZERO] * 4
    assert log(5e-324) > arithmetic.LOG_ZERO
    assert log(1.7976931348623157e308) == pytest.approx(arithmetic.LOG_MAX, rel=1e-15)
    assert log(math.inf) == arithmetic.LOG_MAX


def test_exp_of_the_log_of_zero_is_zero():
    assert exp(log(0.0)) == 0.0


@pytest.mark.parametrize("function", [exp, log, sqrt, logistic, normal_cdf, normal_quantile], ids=lambda f: f.__name__)
def test_nan_stays_nan(function):
    assert math.isnan(function(math.nan))


def test_power_of_nothing_or_less_is_zero():
    """Clarification 4.8: also for exponents of zero and below, where other conventions say 1 or inf."""
    assert [powr(0.0, 0.8), powr(-2.0, 2.0), powr(0.0, 0.0), powr(0.0, -1.0)] == [0.0] * 4


@pytest.mark.parametrize("x", [0.7390851332151607, 0.1, 1.7])
def test_whole_powers_are_products(x):
    assert [powr(x, 1.0), powr(x, 2.0), powr(x, 3.0), powr(1.0, 0.3)] == [x, x * x, x * x * x, 1.0]
    assert powr(x, 4.0) == (x * x) * (x * x)


@given(st.floats(1e-3, 1e3), st.floats(-5.0, 5.0))
def test_powers_agree_with_the_platform(x, a):
    assert powr(x, a) == pytest.approx(math.pow(x, a), rel=2e-14, abs=0.0)


def test_square_root_is_bounded_below_zero_and_exact_above():
    assert [0.0, 0.0, 1.5, math.sqrt(2.0)] == [sqrt(-1.0), sqrt(0.0), sqrt(2.25), sqrt(2.0)]


def test_logistic_is_clipped_at_forty():
    assert logistic(1e9) == logistic(40.0) == 1.0
    assert 0.0 < logistic(-1e9) == logistic(-40.0) < 5e-18


@given(st.floats(-30.0, 30.0))
def test_logistic_of_opposite_arguments_adds_to_one(x):
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=3e-16)


@pytest.mark.parametrize("x", [0.0, 1.5, -2.999, 2.999, 3.001, -3.001, -6.0, -20.0, -37.0, 8.0])
def test_normal_cdf_agrees_with_the_complementary_error_function(x):
    assert normal_cdf(x) == pytest.approx(0.5 * math.erfc(-x / math.sqrt(2.0)), rel=4e-13, abs=0.0)


@given(st.floats(-39.0, 39.0), st.floats(0.0, 1.0))
def test_normal_cdf_never_decreases_by_more_than_rounding(x, step):
    assert normal_cdf(x + step) >= normal_cdf(x) - 3e-16


@given(st.floats(1e-300, 1.0 - 1e-16))
def test_normal_quantile_agrees_with_the_standard_library(p):
    """The same published algorithm, over the platform's log: a wrong coefficient would show."""
    assert normal_quantile(p) == pytest.approx(statistics.NormalDist().inv_cdf(p), rel=2e-15, abs=1e-16)


@pytest.mark.parametrize("p", [1e-300, 1e-20, 1e-11, 1e-5, 0.0749, 0.0751, 0.3, 0.5, 0.9, 0.9251, 0.999])
def test_normal_cdf_undoes_the_quantile(p):
    """Independent of the above: the integral knows nothing of the rational approximation."""
    assert normal_cdf(normal_quantile(p)) == pytest.approx(p, rel=1e-12, abs=0.0)


def test_normal_quantile_is_bounded_outside_the_open_unit_interval():
    assert [normal_quantile(p) for p in (0.0, -1.0, 1.0, 2.0)] == [-38.5, -38.5, 38.5, 38.5]


def test_tables_are_the_correctly_rounded_numbers():
    """A change detector for the import-time arithmetic: every stored run depends on these bits."""
    with localcontext() as context:
        context.prec = 40
        assert [float(Decimal(2) ** (Decimal(j) / 128)) for j in range(128)] == list(arithmetic._POWERS)
        logs = [float((Decimal(j) / 128).ln()) for j in range(90, 183)]
    assert logs == [high + low for high, low in zip(arithmetic._LOG_HIGH, arithmetic._LOG_LOW, strict=True)]
    assert all((high * 2.0**42).is_integer() for high in (*arithmetic._LOG_HIGH, arithmetic._LN2_HIGH))
