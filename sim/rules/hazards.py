"""Hazards: when the next chance event comes, under rates that change.

Three ideas. *Next reaction*: arrival n of a hazard owns one unit exponential, ``-log(u)``; time spends it at the
current rate and the event is due when it is used up. Exact for piecewise constant rates, and a change of rate needs
no new draw (Gibson and Bruck 2000, J. Phys. Chem. A 104, 1876-1889). *Thinning*: a rate that only falls between
updates is bounded by its value at the last update; candidates come at the bound and are kept with probability rate /
bound (Lewis and Shedler 1979, Naval Research Logistics Quarterly 26, 403-413). *Self-excitation*: each event raises
the rate by ``branching * decay``, and the rise decays exponentially (Hawkes 1971, Biometrika 58, 83-90).

One unit of time throughout a call: rates per day with days, or per year with years.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import exp, log
from sim.rule import rule

NEVER = float("inf")  # due time of a hazard whose rate is zero


@rule
def unit_exponential(draw: float) -> float:
    """Exponential amount of mean one, ``-log(draw)``, from a uniform draw in (0, 1)."""
    return -log(draw)


@rule
def left_over(remaining: float, rate: float, elapsed: float) -> float:
    """What is left of a unit exponential after ``elapsed`` at ``rate``; not below zero."""
    left = remaining - rate * elapsed
    return left if left > 0.0 else 0.0


@rule
def due_time(now: float, remaining: float, rate: float) -> float:
    """Time at which ``remaining`` will be used up at ``rate``; ``NEVER`` when the rate is not positive."""
    return now + remaining / rate if rate > 0.0 else NEVER


@rule
def type_multiplier(likelihoods: Sequence[float], prior: Sequence[float], kinds: int, kind: int) -> float:
    """Factor on a signal's rate when the sender is of type ``kind``: its likelihood over the prior mean likelihood.

    With it, signals arrive as often per type as observers assume when they learn from them, and at the prior the
    mean rate is unchanged. ``likelihoods`` and ``prior`` hold one number a type. Where no type with a chance gives the
    signal, it does not occur: 0.
    """
    mean = 0.0
    for index in range(kinds):
        mean += prior[index] * likelihoods[index]
    return likelihoods[kind] / mean if mean > 0.0 else 0.0


# Self-exciting events


@rule
def excitation_after(excitation: float, decay: float, elapsed: float) -> float:
    """Excitation (a rate) left after ``elapsed`` without events: ``excitation * exp(-decay * elapsed)``."""
    return excitation * exp(-decay * elapsed)


@rule
def excitation_with_event(excitation: float, branching: float, decay: float) -> float:
    """Excitation just after one event; the step ``branching * decay`` brings ``branching`` events in expectation."""
    return excitation + branching * decay


@rule
def self_exciting_rate(
    baseline: float, multiplier: float, excitation: float, paused_rate: float, paused: bool
) -> float:
    """Rate now: ``baseline * multiplier + excitation``, or ``paused_rate`` while paused.

    The multiplier acts on the baseline only: on the whole rate it would multiply the branching number too, and the
    process would explode once ``multiplier * branching >= 1``. The caller lets excitation decay during a pause.
    Between updates only excitation moves, and it falls, so the value at the last update bounds the rate until the
    next one: it is the rate at which candidates for ``accepts_candidate`` arrive.
    """
    return paused_rate if paused else baseline * multiplier + excitation


@rule
def accepts_candidate(draw: float, rate: float, bound: float) -> bool:
    """Whether a candidate arriving at ``bound`` is an event of a process with rate ``rate <= bound`` (thinning)."""
    return draw * bound < rate


@rule
def mean_self_exciting_rate(baseline: float, branching: float) -> float:
    """Long-run events per unit of time, ``baseline / (1 - branching)``, for branching in [0, 1)."""
    return baseline / (1.0 - branching)


@rule
def expected_count_from_rest(baseline: float, branching: float, decay: float, window: float) -> float:
    """Expected events in ``window`` when excitation is zero at its start.

    With ``g = decay * (1 - branching)`` and ``m = baseline / (1 - branching)`` the expected rate is
    ``m - (m - baseline) exp(-g t)``; this is its integral.
    """
    g = decay * (1.0 - branching)
    m = baseline / (1.0 - branching)
    return m * window - (m - baseline) * (1.0 - exp(-g * window)) / g


@rule
def dispersion_when_stationary(branching: float, decay: float, window: float) -> float:
    """Variance over mean of the events in ``window`` of a process that has run forever.

    Hawkes (1971): the covariance density at lag u is ``m n b (2 - n) / (2 (1 - n)) exp(-g u)`` with branching n,
    decay b, ``g = b (1 - n)``, long-run rate m. Then ``Var = m T + 2 * integral of (T - u) * density``, which over
    ``m T`` gives ``1 + n (2 - n) / (1 - n)^2 * (1 - (1 - exp(-g T)) / (g T))``; the limit is ``1 / (1 - n)^2``.
    """
    x = decay * (1.0 - branching) * window
    return 1.0 + branching * (2.0 - branching) / ((1.0 - branching) * (1.0 - branching)) * (1.0 - (1.0 - exp(-x)) / x)


@rule
def dispersion_from_rest(branching: float, decay: float, window: float) -> float:
    """Variance over mean of the events in ``window`` when excitation is zero at its start; free of the baseline.

    Rate and count (L, N) form a Markov process. With branching n, decay b, ``a = n b``, ``g = b - a``, expected rate
    ``m - d exp(-g t)`` where ``m = baseline / (1 - n)`` and ``d = n m``, the moment equations are

        Var(L)' = -2 g Var(L) + a^2 E(L),  Cov(N, L)' = -g Cov(N, L) + Var(L) + a E(L),  Var(N)' = 2 Cov(N, L) + E(L)

    all starting from zero. Solved in turn: ``Var(L) + a E(L) = k0 + k1 exp(-g t) + k2 exp(-2 g t)``, so that
    ``Cov(N, L) = k0 (1 - e) / g + k1 t e + k2 (e - e^2) / g`` with ``e = exp(-g t)``, integrated once more below.
    Everything is proportional to the baseline, which is set to ``1 - n`` (m = 1).
    """
    n = branching
    a = n * decay
    g = decay - a
    k0 = a * a / (2.0 * g) + a
    k1 = -a * n * (a / g + 1.0)
    k2 = a * a * (n - 0.5) / g
    e = exp(-g * window)
    gone = (1.0 - e) / g
    covariance = k0 * (window - gone) / g + k1 * (gone - window * e) / g + k2 * (gone - (1.0 - e * e) / (2.0 * g)) / g
    mean = window - n * gone
    return 1.0 + 2.0 * covariance / mean


# Competing causes, closed forms


@rule
def first_cause_share(rates: Sequence[float], causes: int, cause: int) -> float:
    """Probability that ``cause`` strikes first among constant independent rates; zero when all rates are zero."""
    total = 0.0
    for index in range(causes):
        total += rates[index]
    return rates[cause] / total if total > 0.0 else 0.0


@rule
def mean_first_time(rates: Sequence[float], causes: int) -> float:
    """Expected time to the first event of any cause; ``NEVER`` when all rates are zero."""
    total = 0.0
    for index in range(causes):
        total += rates[index]
    return 1.0 / total if total > 0.0 else NEVER


@rule
def incidence(rates: Sequence[float], causes: int, cause: int, time: float) -> float:
    """Probability that the first event is of ``cause`` and comes by ``time`` (cumulative incidence)."""
    total = 0.0
    for index in range(causes):
        total += rates[index]
    return rates[cause] / total * (1.0 - exp(-total * time)) if total > 0.0 else 0.0


@rule
def piecewise_survival(rates: Sequence[float], durations: Sequence[float], pieces: int) -> float:
    """Probability of no event through consecutive pieces of constant rate."""
    spent = 0.0
    for index in range(pieces):
        spent += rates[index] * durations[index]
    return exp(-spent)


# Growth of a capability that erodes the rival's outside option


@rule
def capability_after(capability: float, rate: float, factor: float, elapsed: float) -> float:
    """Capability in [0, 1] after ``elapsed`` of development at ``rate * factor``, capped at one."""
    grown = capability + rate * factor * elapsed
    return grown if grown < 1.0 else 1.0


@rule
def capability_with_trial(capability: float, step: float) -> float:
    """Capability after one trial that adds ``step``, capped at one."""
    grown = capability + step
    return grown if grown < 1.0 else 1.0


@rule
def development_factor(restrained: bool, restrained_factor: float, open_share: float) -> float:
    """Pace of development against the free pace, in [0, 1].

    Self-restraint (a declared moratorium) multiplies it by ``restrained_factor``, an agreement in force by the share
    it leaves open (``sim/rules/implementation.py``, ``open_development``; 1 without an agreement).
    """
    return restrained_factor * open_share if restrained else open_share
