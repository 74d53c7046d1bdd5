"""Distributions of inputs: quantiles against closed-form CDFs, means, bins, shares, copulas, refusals."""

import math
import statistics
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.model.distributions.correlation import cholesky, correlated_uniforms
from sim.model.distributions.dirichlet import Dirichlet
from sim.model.distributions.factory import distribution, from_quantity
from sim.model.distributions.gamma_beta import Beta, Gamma
from sim.model.distributions.integration import conditional_mean_bins, mean_between
from sim.model.distributions.normal import Lognormal, Normal
from sim.model.distributions.simple import Choice, ClippedUniform, Constant, Exponential, Triangular, Uniform
from sim.randomness import Stream, uniform, uniform_pair

LEVELS = [1e-12, 1e-6, 1e-3, 0.01, *(k / 40 for k in range(1, 40)), 0.99, 0.999, 1.0 - 1e-6]

EXAMPLES = [
    Constant(3.0),
    Uniform(-1.0, 2.0),
    ClippedUniform(0.97, 1.07, 0.0, 1.0),
    ClippedUniform(-0.03, 0.07, 0.0, 1.0),
    Triangular(2.0, 3.0, 5.0),
    Triangular(2.0, 2.0, 5.0),
    Triangular(2.0, 5.0, 5.0),
    Normal(1.0, 2.0),
    Normal(1.0, 2.0, low=0.0),
    Normal(1.0, 2.0, high=-4.0),
    Normal(1.0, 2.0, low=8.0, high=9.0),
    Lognormal(90.0, 0.3),
    Exponential(21.0),
    Choice((3.0, 1.0, 7.0), (0.2, 0.8, 0.0)),
    Gamma.from_mean(21.0, 0.5),
    Gamma.from_shape(0.05),
    Beta(2.0, 11.0),
    Beta(0.1, 0.2),
    Beta(6.0, 5.0, 0.25),
    Beta(6.0, 5.0, -0.25),
]

examples = st.sampled_from(EXAMPLES)
uniforms = st.floats(2.0**-53, 1.0 - 2.0**-53)


def draws(given_distribution, count, key=1):
    return [given_distribution.quantile(uniform(12, i, 0, Stream.INPUT, key, 0, 0)) for i in range(count)]


def beta_cdf(a, b, x):
    """For whole numbers: the chance of at least a successes in a + b - 1 trials."""
    n = a + b - 1
    return math.fsum(math.comb(n, k) * x**k * (1.0 - x) ** (n - k) for k in range(a, n + 1))


def gamma_cdf(shape, x):
    """For a whole shape: the chance of at least that many Poisson events."""
    return -math.expm1(math.log(math.fsum(math.exp(k * math.log(x) - math.lgamma(k + 1)) for k in range(shape))) - x)


# Closed-form CDFs, among them shapes below one.
CLOSED_FORMS = {
    "beta 2 11": (Beta(2, 11), lambda x: beta_cdf(2, 11, x)),
    "beta 6 5": (Beta(6, 5), lambda x: beta_cdf(6, 5, x)),
    "beta 1 1": (Beta(1, 1), lambda x: x),
    "beta 30 3": (Beta(30, 3), lambda x: beta_cdf(30, 3, x)),
    "beta .5 .5": (Beta(0.5, 0.5), lambda x: 2.0 / math.pi * math.asin(math.sqrt(x))),
    "beta .02 1": (Beta(0.02, 1), lambda x: x**0.02),
    "beta 1 .3": (Beta(1, 0.3), lambda x: 1.0 - (1.0 - x) ** 0.3),
    "beta 1 1000": (Beta(1, 1000), lambda x: -math.expm1(1000 * math.log1p(-x))),
    "gamma 1": (Gamma(1, 1), lambda x: -math.expm1(-x)),
    "gamma 4": (Gamma(4, 1), lambda x: gamma_cdf(4, x)),
    "gamma 3 scaled": (Gamma(3, 20), lambda x: gamma_cdf(3, x / 20)),
    "gamma 60": (Gamma(60, 1), lambda x: gamma_cdf(60, x)),
    "gamma .5": (Gamma(0.5, 1), lambda x: math.erf(math.sqrt(x))),
    "gamma 1.5": (Gamma(1.5, 1), lambda x: math.erf(math.sqrt(x)) - 2.0 * math.sqrt(x / math.pi) * math.exp(-x)),
    "exponential": (Exponential(21), lambda x: -math.expm1(-x / 21)),
    "triangular": (Triangular(2, 3, 5), lambda x: (x - 2) ** 2 / 3 if x < 3 else 1 - (5 - x) ** 2 / 6),
    "normal": (Normal(1, 2), lambda x: 0.5 * math.erfc((1 - x) / math.sqrt(8))),
    "lognormal": (Lognormal(90, 0.3), lambda x: 0.5 * math.erfc(-math.log(x / 90) / 0.3 / math.sqrt(2))),
}


@pytest.mark.parametrize(("described", "cdf"), CLOSED_FORMS.values(), ids=CLOSED_FORMS)
def test_quantiles_undo_the_closed_form_cdf(described, cdf):
    """|error in u| < 1e-6, the promise of the module; far below it where the inverse is closed."""
    tabulated = isinstance(described, Beta | Gamma)
    quantiles = {u: described.quantile(u) for u in LEVELS}
    if isinstance(described, Beta):
        # Next to 0 and 1 the doubles themselves are too far apart for small shapes: u**50, say.
        quantiles = {u: x for u, x in quantiles.items() if 1e-300 < x < 1.0 - 1e-9}
    assert max(abs(cdf(x) - u) for u, x in quantiles.items()) < (3e-7 if tabulated else 1e-15)


@pytest.mark.parametrize(
    ("described", "cdf"), [CLOSED_FORMS["beta 2 11"], CLOSED_FORMS["gamma 4"]], ids=["beta", "gamma"]
)
def test_tables_keep_their_relative_accuracy_in_the_lower_tail(described, cdf):
    """A rare low draw must be as rare as it should be, not only rare within 1e-6."""
    for u in (1e-15, 1e-12, 1e-9):
        assert described.quantile(u) > 0.0
    if isinstance(described, Beta):
        assert cdf(described.quantile(1e-12)) == pytest.approx(1e-12, rel=1e-6, abs=0.0)
    else:
        x = described.quantile(1e-12)
        assert x**4 / 24 * (1 - 0.8 * x) == pytest.approx(1e-12, rel=1e-5, abs=0.0)


@pytest.mark.parametrize("shape", [1e4, 1e6])
def test_large_gamma_shapes_follow_the_cornish_fisher_expansion(shape):
    for u in (1e-6, 0.02, 0.3, 0.77, 0.9999):
        z = statistics.NormalDist().inv_cdf(u)
        expected = 1 + z / shape**0.5 + (z * z - 1) / (3 * shape) + (z**3 - 7 * z) / (36 * shape**1.5)
        expected -= (3 * z**4 + 7 * z * z - 16) / (810 * shape**2)
        assert Gamma.from_shape(shape).quantile(u) / shape == pytest.approx(expected, abs=1e-7 / shape**0.5)


@pytest.mark.parametrize("a", [1e-3, 0.02, 1.0, 40.0, 1e6])
def test_equal_beta_shapes_are_symmetric(a):
    for u in (1e-9, 0.01, 0.3):
        assert Beta(a, a).quantile(u) + Beta(a, a).quantile(1.0 - u) == pytest.approx(1.0, abs=1e-9)


@given(examples, uniforms, uniforms)
def test_quantiles_never_decrease(described, u, v):
    low, high = described.quantile(min(u, v)), described.quantile(max(u, v))
    assert low <= high or low == pytest.approx(high, rel=1e-14)


@given(examples, uniforms)
def test_quantiles_stay_within_bounds(described, u):
    low, high = described.bounds()
    assert low <= described.quantile(u) <= high


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), uniforms)
def test_uniform_quantiles_stay_within_bounds_whatever_the_rounding(low, width, u):
    if low < low + width:
        assert low <= Uniform(low, low + width).quantile(u) <= low + width


@pytest.mark.parametrize("described", EXAMPLES, ids=str)
def test_mean_is_the_integral_of_the_quantile(described):
    assert mean_between(described, 0.0, 1.0) == pytest.approx(described.mean(), rel=3e-6)


@pytest.mark.parametrize("described", EXAMPLES, ids=str)
def test_median_is_the_quantile_at_one_half(described):
    assert described.median() == pytest.approx(described.quantile(0.5), rel=1e-14)


@pytest.mark.parametrize(
    ("described", "mean"),
    [
        (Triangular(2, 3, 5), 10 / 3),
        (Lognormal(90, 0.3), 90 * math.exp(0.045)),
        (Gamma.from_mean(21, 0.5), 21),
        (Beta(2, 11), 2 / 13),
        (Beta(1, 1, 0.25), 0.25 + 0.5 - 0.25**2 / 2),
        (Beta(1, 1, -0.25), 0.5 - 0.25 + 0.25**2 / 2),
        (Beta(1, 1, 1.0), 1.0),
        (ClippedUniform(0.9, 1.1, 0.0, 1.0), 0.975),
        (ClippedUniform(1.5, 2.5, 0.0, 1.0), 1.0),
        (Normal(0, 1, low=0), math.sqrt(2 / math.pi)),
        (Choice((1, 2, 5), (0.5, 0.25, 0.25)), 2.25),
    ],
    ids=str,
)
def test_means_known_in_closed_form(described, mean):
    assert described.mean() == pytest.approx(mean, rel=1e-7)


def test_gamma_by_mean_and_cv_has_that_spread():
    """Clarification 17.1: cv .5 is shape 4, cv .577 shape 3."""
    assert Gamma.from_mean(21.0, 0.5).shape == 4.0
    sample = draws(Gamma.from_mean(21.0, 0.5), 4_000)
    assert statistics.stdev(sample) / 21.0 == pytest.approx(0.5, abs=4.1 * 0.5 * math.sqrt(2.25 / 4_000))


def test_hype_clips_the_share_of_draws_that_the_cdf_says():
    """Clarification 9.6: Beta(6, 5) + .25 passes 1 where the draw passes .75."""
    hyped = Beta(6.0, 5.0, 0.25)
    assert hyped.clipped_share() == pytest.approx(1.0 - beta_cdf(6, 5, 0.75), abs=1e-7)
    assert hyped.quantile(1.0 - 0.999 * hyped.clipped_share()) == 1.0
    assert hyped.quantile(1.0 - 1.01 * hyped.clipped_share()) < 1.0


@pytest.mark.parametrize("limits", [(8.0, 9.0), (-9.0, -8.0)])
def test_normal_truncated_far_out_keeps_its_shape(limits):
    """Between 8 and 9 sd, where chances near 1 would have lost every digit."""
    kept = Normal(0.0, 1.0, *limits)

    def tail(x):
        return 0.5 * math.erfc(abs(x) / math.sqrt(2.0))

    mass = tail(8.0) - tail(9.0)
    for u in (0.1, 0.5, 0.9):
        outside = (tail(8.0) - tail(kept.quantile(u))) / mass
        assert (outside if limits[0] > 0 else 1.0 - outside) == pytest.approx(u, abs=1e-10)


def test_choice_gives_each_value_its_share_of_the_unit_interval():
    choice = Choice((5.0, 1.0, 2.0), (0.2, 0.5, 0.3))
    assert [choice.quantile(u) for u in (0.001, 0.499, 0.501, 0.799, 0.801, 0.999)] == [1.0, 1.0, 2.0, 2.0, 5.0, 5.0]


def test_choice_never_gives_a_value_of_probability_zero():
    choice = Choice((0.0, 1.0, 9.0), (0.0, 1.0, 0.0))
    assert {choice.quantile(u) for u in (2.0**-53, 0.5, 1.0 - 2.0**-53)} == {1.0}
    assert choice.bounds() == (1.0, 1.0)
    # Ten tenths sum to less than one, which leaves the largest uniform without a value of its own.
    tenths = Choice((*range(10), 99), (0.1,) * 10 + (0.0,))
    assert tenths.quantile(1.0 - 2.0**-53) == 9.0


def test_choice_does_not_show_the_order_in_the_file():
    assert Choice((1.0, 2.0), (0.3, 0.7)) == Choice((2.0, 1.0), (0.7, 0.3))


# --- bins ---


def test_bins_of_beta_2_11_average_its_mean():
    """Clarification 5.4: conditional means give 2/13 = .1538 where mid-quantiles give .1513."""
    chi = Beta(2.0, 11.0)
    bins = conditional_mean_bins(chi, 7)
    assert statistics.fmean(bins) == pytest.approx(2 / 13, abs=1e-7)
    assert statistics.fmean(chi.quantile((k + 0.5) / 7) for k in range(7)) == pytest.approx(0.1513, abs=5e-5)


def test_bins_are_the_means_between_quantiles():
    """Partial expectation in closed form: the mean times the CDF with one more success."""
    for k, value in enumerate(conditional_mean_bins(Beta(2, 11), 7)):
        low, high = (Beta(2, 11).quantile(p) if 0 < p < 1 else p for p in (k / 7, (k + 1) / 7))
        assert value == pytest.approx(7 * (2 / 13) * (beta_cdf(3, 11, high) - beta_cdf(3, 11, low)), abs=1e-6)


@pytest.mark.parametrize("described", [d for d in EXAMPLES if not isinstance(d, Constant | Choice)], ids=str)
def test_bins_ascend_and_average_the_mean(described):
    bins = conditional_mean_bins(described, 5)
    assert all(low <= high for low, high in pairwise(bins))
    assert statistics.fmean(bins) == pytest.approx(described.mean(), rel=3e-6)


def test_bins_of_simple_distributions_are_exact():
    assert conditional_mean_bins(Uniform(0, 4), 4) == pytest.approx((0.5, 1.5, 2.5, 3.5), rel=1e-12)
    assert conditional_mean_bins(Constant(2.0), 3) == pytest.approx((2.0, 2.0, 2.0), rel=1e-14)
    assert conditional_mean_bins(Choice((0, 1), (0.25, 0.75)), 2) == pytest.approx((0.5, 1.0), rel=1e-9)
    assert conditional_mean_bins(Exponential(1), 2) == pytest.approx((1 - math.log(2), 1 + math.log(2)), rel=1e-9)


# --- shares ---

WEIGHTS = (("survival", 0.3), ("status", 0.5), ("relief", 0.2), ("prestige", 0.0))


@given(st.lists(uniforms, min_size=4, max_size=4), st.sampled_from([0.05, 1.0, 60.0]))
def test_shares_sum_to_one_and_a_weight_of_zero_stays_zero(drawn, concentration):
    """Also where all gammas of a small shape are below the smallest double."""
    group = Dirichlet(concentration, WEIGHTS)
    shares = group.shares(drawn)
    assert sum(shares) == pytest.approx(1.0, rel=1e-14)
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert shares[group.names.index("prestige")] == 0.0


def test_shares_do_not_show_the_order_in_the_file():
    assert Dirichlet(60.0, WEIGHTS) == Dirichlet(60.0, WEIGHTS[::-1])
    assert Dirichlet(60.0, WEIGHTS).names == ("prestige", "relief", "status", "survival")


def test_shares_have_the_moments_of_a_dirichlet():
    """sd of a share: sqrt(m (1 - m) / (concentration + 1)); its own standard error is near sd / sqrt(2 n)."""
    n = 1_500
    group = Dirichlet(60.0, WEIGHTS)
    sample = [
        group.shares([uniform(3, i, 0, Stream.INPUT, key, 0, 0) for key in range(4)])[group.names.index("status")]
        for i in range(n)
    ]
    sd = math.sqrt(0.5 * 0.5 / 61)
    assert statistics.fmean(sample) == pytest.approx(0.5, abs=4.1 * sd / math.sqrt(n))
    assert statistics.stdev(sample) == pytest.approx(sd, abs=4.1 * sd / math.sqrt(2 * n))


# --- copulas ---

MATRIX = [1.0, 0.5, 0.2, 0.5, 1.0, -0.3, 0.2, -0.3, 1.0]


def test_cholesky_factor_multiplies_back():
    factor = cholesky(MATRIX, 3)
    product = [sum(factor[r * 3 + k] * factor[c * 3 + k] for k in range(3)) for r in range(3) for c in range(3)]
    assert product == pytest.approx(MATRIX, rel=1e-14)
    assert (factor[1], factor[2], factor[5]) == (0.0, 0.0, 0.0)


def test_correlated_uniforms_have_the_correlation_of_the_copula():
    """Spearman's rho of a Gaussian copula: (6 / pi) asin(r / 2); standard error at most 1 / sqrt(n)."""
    n = 2_000
    factor = cholesky([1.0, 0.8, 0.8, 1.0], 2)
    pairs = [correlated_uniforms(uniform_pair(8, i, 0, Stream.INPUT, 1, 0, 0), factor) for i in range(n)]
    first, second = zip(*pairs, strict=True)
    expected = 6 / math.pi * math.asin(0.4)
    assert statistics.correlation(first, second) == pytest.approx(expected, abs=4.1 / math.sqrt(n))
    assert statistics.fmean(second) == pytest.approx(0.5, abs=4.1 * math.sqrt(1 / 12 / n))
    assert statistics.stdev(second) == pytest.approx(math.sqrt(1 / 12), abs=4.1 * 0.13 / math.sqrt(n))


@given(uniforms, uniforms)
def test_uncorrelated_members_of_a_group_keep_their_bits(u, v):
    assert correlated_uniforms((u, v), cholesky([1.0, 0.0, 0.0, 1.0], 2)) == (u, v)


@given(st.lists(uniforms, min_size=3, max_size=3))
def test_correlated_uniforms_stay_inside_the_unit_interval(drawn):
    result = correlated_uniforms(drawn, cholesky(MATRIX, 3))
    assert result[0] == drawn[0]
    assert all(0.0 < u < 1.0 for u in result)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1], "'delay': expected correlations that are possible together"),
        ([1, 0.6, 0, 0.6, 1, 0.8, 0, 0.8, 1], "'delay' contradicted by the rows before it (pivot"),
        ([1, 0.5, 0, 0.4, 1, 0, 0, 0, 1], "'cost' with 'resolve': expected the same number in both directions"),
        ([1, 1, 0, 1, 1, 0, 0, 0, 1], "'cost' with 'resolve': expected a number between -1 and 1, found 1"),
        ([1, 0, 0, 0, 2, 0, 0, 0, 1], "'cost': expected 1 on the diagonal, found 2"),
        ([1, 0, 0, 1], "expected 3 rows of 3 numbers, found 4 numbers"),
    ],
    ids=["impossible", "barely impossible", "asymmetric", "identical", "diagonal", "size"],
)
def test_what_is_no_correlation_matrix_is_refused(matrix, expected):
    with pytest.raises(ParameterError) as refused:
        cholesky(matrix, 3, names=("resolve", "cost", "delay"))
    assert expected in str(refused.value)


# --- names, texts, refusals ---


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("constant", {"value": 3}, "3"),
        ("uniform", {"low": 0, "high": 2.5}, "uniform(low=0, high=2.5)"),
        ("triangular", {"low": 2, "mode": 3, "high": 5}, "triangular(low=2, mode=3, high=5)"),
        ("normal", {"mean": 1, "sd": 2}, "normal(mean=1, sd=2)"),
        ("normal", {"mean": 1, "sd": 2, "high": 3}, "normal(mean=1, sd=2, high=3)"),
        ("lognormal", {"median": 90, "sd": 0.3}, "lognormal(median=90, sd=0.3)"),
        ("exponential", {"mean": 21}, "exponential(mean=21)"),
        ("gamma", {"mean": 21, "cv": 0.5}, "gamma(mean=21, cv=0.5)"),
        ("beta", {"a": 2, "b": 11}, "beta(a=2, b=11)"),
        ("beta", {"a": 6, "b": 5, "shift": 0.25}, "beta(a=6, b=5, shift=0.25)"),
        ("choice", {"values": [2, 1], "probabilities": [0.25, 0.75]}, "choice(1: 0.75, 2: 0.25)"),
    ],
)
def test_text_of_a_distribution_has_the_words_of_the_scenario_file(name, parameters, expected):
    assert str(distribution(name, **parameters)) == expected


def test_entry_of_a_scenario_becomes_its_distribution():
    absent = dict.fromkeys(("value", "low", "high", "mode", "mean", "sd", "median", "a", "b", "cv", "shift"))
    # With `dist`, `value` is what stands for it when sampling is off.
    entry = SimpleNamespace(**absent | {"dist": "beta", "a": 2.0, "b": 11.0, "value": 0.154})
    assert from_quantity(entry) == Beta(2.0, 11.0)
    assert from_quantity(SimpleNamespace(**absent | {"dist": None, "value": 4.0})) == Constant(4.0)
    entry = SimpleNamespace(**absent | {"dist": "normal", "mean": 0.0, "sd": 1.0, "high": 2.0})
    assert from_quantity(entry) == Normal(0.0, 1.0, None, 2.0)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("cauchy", {}, "expected one of constant, uniform"),
        ("uniform", {"low": 0}, "uniform: expected a value for high"),
        ("uniform", {"low": 0, "high": 1, "mode": 0}, "uniform: expected only low, high, found mode"),
        ("uniform", {"low": 1, "high": 1}, "uniform: expected low < high, found low 1, high 1"),
        ("uniform", {"low": 0, "high": math.inf}, "expected a finite number for high, found inf"),
        ("constant", {"value": math.nan}, "expected a finite number for value, found nan"),
        ("triangular", {"low": 0, "mode": 2, "high": 1}, "expected low <= mode <= high, found low 0, mode 2, high 1"),
        ("normal", {"mean": 0, "sd": 0}, "normal: expected sd above 0, found 0"),
        ("normal", {"mean": 0, "sd": 1, "low": 40}, "normal: expected limits that keep a measurable part"),
        ("lognormal", {"median": -1, "sd": 1}, "lognormal: expected a median above 0, found -1"),
        ("gamma", {"mean": 21, "cv": 0}, "gamma: expected a cv above 0, found 0"),
        ("gamma", {"mean": -21, "cv": 0.5}, "gamma: expected a mean above 0, found -21"),
        ("gamma", {"mean": 21, "cv": 1e-4}, "gamma: expected shape (1 / cv**2) in [0.001, 1e+06], found 1e+08"),
        ("exponential", {"mean": 0}, "exponential: expected a mean above 0, found 0"),
        ("beta", {"a": 0, "b": 1}, "beta: expected a in [0.001, 1e+06], found 0"),
        ("beta", {"a": 1, "b": 1, "shift": 2}, "beta: expected a shift in [-1, 1], found 2"),
        ("choice", {"values": [1, 2], "probabilities": [1]}, "2 values, 1 probabilities"),
        ("choice", {"values": [1, 2], "probabilities": [1.5, -0.5]}, "probabilities of at least 0, found -0.5"),
        ("choice", {"values": [1, 2], "probabilities": [0.5, 0.4]}, "probabilities that sum to 1, found 0.9"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(name, parameters, expected):
    with pytest.raises(ParameterError) as refused:
        distribution(name, **parameters)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: Dirichlet(60.0, (("a", 0.5), ("b", 0.4))), "means that sum to 1, found 0.9"),
        (lambda: Dirichlet(60.0, (("a", 0.5), ("a", 0.5))), "distinct names"),
        (lambda: Dirichlet(60.0, (("a", 1.5), ("b", -0.5))), "a mean in [0, 1] for a, found 1.5"),
        (lambda: Dirichlet(0.001, (("a", 0.5), ("b", 0.5))), "concentration times the mean of a in [0.001, 1e+06]"),
        (lambda: Dirichlet(60.0, WEIGHTS).shares([0.5]), "expected 4 uniforms, found 1"),
        (lambda: conditional_mean_bins(Uniform(0, 1), 0), "bins: expected at least 1, found 0"),
        (lambda: ClippedUniform(0, 1, 2, 1), "clipped uniform: expected least <= most"),
    ],
)
def test_groups_and_bins_that_make_no_sense_are_refused(make, expected):
    with pytest.raises(ParameterError) as refused:
        make()
    assert expected in str(refused.value)
