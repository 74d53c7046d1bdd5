"""Expectation and disappointment: hope before a meeting, the gap after it, and what the gap does.

Hope is measured on the triumph scale: 0 is the standing situation, 1 the most one could want.
A gap between hope and result works through two channels that can be switched off one by one:
belief in the alternatives collapses, and results are felt as losses against what was hoped for.
With both off an expectation changes no choice, as expected utility says it must.

Sources: Kahneman and Tversky (1979), Tversky and Kahneman (1992), Koszegi and Rabin (2006) for
the reference point; the collapse of beliefs after a failed meeting is the model's own.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.arithmetic import logistic, normal_cdf, powr, sqrt
from sim.rule import rule

# Order of the response menu, as `response_values` writes it.
CONTINUE = 0
PRESSURE = 1
FORCE = 2
SIGN_AND_SELL = 3
NUM_RESPONSES = 4

# Layout of the `constants` list of `response_values`.
PRESSURE_CHANCE = 0  # chance that pressure works if one fully believes in it
PRESSURE_GAIN = 1  # utility over disagreement when it works
FAILURE_LOSS = 2  # utility under disagreement when talks or pressure fail
LOSS_AVERSION = 3  # 1 switches reference dependence off, together with curvature 1
CURVATURE = 4
NUM_RESPONSE_CONSTANTS = 5


LEAST_TRIUMPH = 1e-6  # utility by which a triumph is above the baseline at least: it divides


@rule
def triumph_value(utility: float, baseline: float, top: float) -> float:
    """Place of a utility on the triumph scale: 0 at `baseline`, 1 at `top`.

    A scenario's triumph is above its baseline; where drawn tastes leave less than `LEAST_TRIUMPH` of that, this much.
    """
    gain = top - baseline
    return (utility - baseline) / (gain if gain > LEAST_TRIUMPH else LEAST_TRIUMPH)


@rule
def within_unit(value: float) -> float:
    """The value clipped to [0, 1]."""
    if value < 0.0:
        return 0.0
    return value if value < 1.0 else 1.0


@rule
def hyped(expectation: float, hype: float) -> float:
    """First expectation with hype added, clipped to [0, 1]."""
    return within_unit(expectation + hype)


@rule
def drift_toward(expectation: float, target: float, rate: float) -> float:
    """Expectation moved by `rate` of the distance to `target`, clipped to [0, 1].

    The target is the deliverable value for a round of preparation and the realised value after
    a meeting; it is 1 for broker reports and triumphal claims, which raise hope by
    `rate * (1 - expectation)`.
    """
    return within_unit(expectation + rate * (target - expectation))


@rule
def discounted_report(bias: float, bias_belief: float) -> float:
    """Pull of a broker's report on a listener who takes it for biased with `bias_belief` (Kydd 2003)."""
    return bias * (1.0 - bias_belief)


@rule
def deliverable_utilities(
    own: Sequence[float],
    intercepts: Sequence[float],
    slopes: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    reservation: float,
    otherwise: float,
    points: Sequence[float],
    num_points: int,
    out: MutableSequence[float],
) -> None:
    """Best own utility that each type of the other would sign, written into `out[:num_points]`.

    To type `points[t]` package `p` is worth `intercepts[p] + slopes[p] * points[t]`; it signs from
    `reservation` on. `otherwise` where a type signs nothing.
    """
    for t in range(num_points):
        point = points[t]
        best = otherwise
        found = False
        for p in range(num_packages):
            if allowed[p] and intercepts[p] + slopes[p] * point >= reservation and (not found or own[p] > best):
                best = own[p]
                found = True
        out[t] = best


@rule
def expected_deliverable(
    free: Sequence[float],
    bound: Sequence[float],
    points: Sequence[float],
    beliefs: Sequence[float],
    start: int,
    num_points: int,
    line_belief: float,
    line_waiver: float,
) -> float:
    """Mean deliverable utility over a type point and an independent red line.

    `free` and `bound` come from `deliverable_utilities` without and with the packages beyond the
    line barred. The line is believed with `line_belief`; types above `line_waiver` have none.
    """
    total = 0.0
    for t in range(num_points):
        line = line_belief if points[t] <= line_waiver else 0.0
        total += beliefs[start + t] * (line * bound[t] + (1.0 - line) * free[t])
    return total


@rule
def shock(gap: float, steepness: float, tolerance: float) -> float:
    """How hard a gap hits, in (0, 1): one half at `tolerance`, logistic with the given steepness."""
    return logistic(steepness * (gap - tolerance))


@rule
def collapsed(belief: float, strength: float, gap_shock: float, spin: float) -> float:
    """Belief in an alternative after a disappointment: `belief * (1 - strength * shock * (1 - spin))`.

    `spin` in [0, 1] is how far a signed text can be sold as success; strength 0 switches the
    channel off. Between meetings the belief returns to its prior (`sim.rules.relaxation.relaxed`).
    """
    return belief * (1.0 - strength * gap_shock * (1.0 - spin))


@rule
def reference_point(baseline: float, top: float, expectation: float) -> float:
    """Utility that an expectation on the triumph scale amounts to."""
    return baseline + expectation * (top - baseline)


@rule
def felt_value(utility: float, reference: float, loss_aversion: float, curvature: float) -> float:
    """Prospect value of a utility against a reference point.

    Gains `z ** curvature`, losses `-loss_aversion * (-z) ** curvature` with `z = utility -
    reference`. With both parameters 1 it is z, so the reference shifts all values alike and
    no choice depends on it.
    """
    z = utility - reference
    if z >= 0.0:
        return powr(z, curvature)
    return -loss_aversion * powr(-z, curvature)


@rule
def lottery_value(
    prospects: Sequence[float],
    num_prospects: int,
    cost: float,
    reference: float,
    loss_aversion: float,
    curvature: float,
) -> float:
    """Felt value of force: a lottery over ways it may go.

    `prospects` holds a triple for each: probability, utility gained, multiple of `cost` paid.
    These are perceived chances; what nature does is another matter.
    """
    total = 0.0
    for n in range(num_prospects):
        gain = prospects[3 * n + 1] - prospects[3 * n + 2] * cost
        total += prospects[3 * n] * felt_value(gain, reference, loss_aversion, curvature)
    return total


@rule
def response_values(
    talk_belief: float,
    pressure_belief: float,
    disagreement: float,
    settlement: float,
    signed: float,
    cost: float,
    reference: float,
    constants: Sequence[float],
    prospects: Sequence[float],
    num_prospects: int,
    out: MutableSequence[float],
) -> None:
    """Values of the four responses after a meeting, in menu order, into `out[:4]`.

    Parameters
    ----------
    talk_belief, pressure_belief : float
        Beliefs that talking on, or pressure, still leads somewhere.
    disagreement, settlement, signed : float
        Utility of no agreement, of what further talks may bring, and of the text at hand with
        what can be made of it at home. Without a text the caller bars the fourth option.
    cost : float
        Own cost of a fight; `prospects` takes multiples of it (see `lottery_value`).
    reference : float
        Utility hoped for (`reference_point`).
    constants : float list
        Laid out by the names at the top of the module.
    """
    aversion = constants[LOSS_AVERSION]
    curvature = constants[CURVATURE]
    failed = felt_value(disagreement - constants[FAILURE_LOSS], reference, aversion, curvature)
    worked = felt_value(disagreement + constants[PRESSURE_GAIN], reference, aversion, curvature)
    success = constants[PRESSURE_CHANCE] * pressure_belief
    settled = felt_value(settlement, reference, aversion, curvature)
    out[CONTINUE] = talk_belief * settled + (1.0 - talk_belief) * failed
    out[PRESSURE] = success * worked + (1.0 - success) * failed
    out[FORCE] = lottery_value(prospects, num_prospects, cost, reference, aversion, curvature)
    out[SIGN_AND_SELL] = felt_value(signed, reference, aversion, curvature)


@rule
def gap_probability(
    mean_expectation: float, sd_expectation: float, mean_value: float, sd_value: float, tolerance: float
) -> float:
    """P(expectation - value > tolerance) for independent normal expectation and value."""
    spread = sqrt(sd_expectation * sd_expectation + sd_value * sd_value)
    return 1.0 - normal_cdf((tolerance - (mean_expectation - mean_value)) / spread)
