"""Crisis ladder: two sides concede, hold or escalate while each rung carries its own risk of slipping upwards.

Rungs run from 0 to ``last``; ``last`` is all-out fighting and absorbing, ``last - 1`` is a limited use of force,
``last - 2`` is the brink, from which the only deliberate step up is to use force. The mover values its three options
one step ahead and picks by logit; the chance that the other side concedes is what a logit opponent of the believed
types would do if it expected the mover to hold.

Reference games beside the ladder: a take-it-or-leave-it demand under uncertainty about the other's cost of fighting
(Fearon 1995, International Organization 49, 379-414), an attrition contest with audience costs (Fearon 1994,
American Political Science Review 88, 577-592) and brinkmanship (Schelling 1960, *The Strategy of Conflict*;
Powell 1990, *Nuclear Deterrence Theory*). The side that demands or threatens is "own", its rival is "other".
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import exp, log, sqrt
from sim.rule import rule

# Columns of the ladder table, one row a rung: ladder[rung * NUM_COLUMNS + column].
STEP_UP = 0  # chance of slipping to the next rung within one tick at this rung
AUDIENCE = 1  # multiplier on the audience cost of conceding at this rung
HOLDING = 2  # cost of staying at this rung for a tick
CLIMBING = 3  # one-off cost of climbing to this rung on purpose
NUM_COLUMNS = 4

# Positions in a side's numbers.
DISAGREEMENT = 0  # value of no agreement, without a crisis
STAKE = 1  # what conceding loses and the other's concession wins
AUDIENCE_COST = 2  # cost of backing down in public at multiplier one
FIGHT_VALUE = 3  # value of all-out fighting
FORCE_VALUE = 4  # value of stepping up from the brink
NUM_SIDE = 5

# Positions in the terms of the loss at a rung.
LOSS_SHARE = 0  # part of the loss of all-out fighting that limited force carries
LOSS_EXTRA = 1  # what limited force loses besides
LOSS_PER_RUNG = 2  # loss per rung below that

# Positions in the options' values.
CONCEDE = 0
HOLD = 1
ESCALATE = 2


@rule
def chance_within(rate: float, tick: float) -> float:
    """Chance that an event of constant ``rate`` happens within ``tick``: a slip upwards, or a crisis fading."""
    return 1.0 - exp(-rate * tick)


@rule
def rate_from_chance(chance: float, duration: float) -> float:
    """Constant rate under which an event happens within ``duration`` with probability ``chance`` < 1."""
    return -log(1.0 - chance) / duration


@rule
def fight_value(win_probability: float, benefit: float, cost: float) -> float:
    """Value of all-out fighting to the side that wins with ``win_probability``: its share of the benefit less cost."""
    return win_probability * benefit - cost


@rule
def strike_value(disagreement: float, damage: float, stays_limited: float, fight: float) -> float:
    """Value of limited force that costs ``damage`` with chance ``stays_limited``, and else leads to all-out fighting."""
    return stays_limited * (disagreement - damage) + (1.0 - stays_limited) * fight


@rule
def loss(rung: int, last: int, disagreement: float, fight: float, terms: Sequence[float]) -> float:
    """What a side loses by arriving at a rung, against no agreement; ``terms`` in the order ``LOSS_*``."""
    if rung >= last:
        return disagreement - fight
    if rung == last - 1:
        return terms[0] * (disagreement - fight) + terms[1]
    return terms[2] * rung


@rule
def crisis_values(
    rung: int,
    last: int,
    side: Sequence[float],
    ladder: Sequence[float],
    terms: Sequence[float],
    audience_scale: float,
    concession_now: float,
    concession_next: float,
    out: list[float],
) -> None:
    """Values of conceding, holding and escalating at a crisis tick, into ``out[CONCEDE]``, ``[HOLD]``, ``[ESCALATE]``.

    With d the value of no agreement, S the stake, F(r), k(r), m(r) the slip chance, holding and climbing cost of
    rung r, L(r) the loss and p(r) the chance that the other side concedes there:

        concede   d - S - audience cost * audience_scale
        hold      d - k(q) + p(q) S - F(q) L(q + 1)
        escalate  d - m(q + 1) - k(q + 1) + p(q + 1) S - (1 - p(q + 1)) F(q + 1) L(q + 2)

    From the brink escalating is worth ``side[FORCE_VALUE]``, from limited force ``side[FIGHT_VALUE]``.
    ``audience_scale`` is the rung's multiplier, or the time since the crisis began when audience costs grow with
    time. ``concession_now`` is p(q), ``concession_next`` p(q + 1) (unused from the brink on). F(q + 1) is over a tick
    of rung q + 1, whose ticks may be shorter. Call with rung < last; not for the absorbing rung.
    """
    d = side[0]
    stake = side[1]
    fight = side[3]
    row = rung * 4
    out[0] = d - stake - side[2] * audience_scale
    above = rung + 1
    if above >= last:
        lost = d - fight
    elif above == last - 1:
        lost = terms[0] * (d - fight) + terms[1]
    else:
        lost = terms[2] * above
    out[1] = d - ladder[row + 2] + concession_now * stake - ladder[row] * lost
    if above >= last:
        out[2] = fight
    elif above == last - 1:
        out[2] = side[4]
    else:
        if above == last - 2:
            lost = terms[0] * (d - fight) + terms[1]
        else:
            lost = terms[2] * (above + 1)
        out[2] = (
            d
            - ladder[row + 7]
            - ladder[row + 6]
            + concession_next * stake
            - (1.0 - concession_next) * ladder[row + 4] * lost
        )


@rule
def believed_concession(
    rung: int,
    last: int,
    side: Sequence[float],
    fights: Sequence[float],
    forces: Sequence[float],
    beliefs: Sequence[float],
    cells: int,
    ladder: Sequence[float],
    terms: Sequence[float],
    audience_scale: float,
    precision: float,
) -> float:
    """Chance that ``side`` concedes at a rung, averaged over what the mover believes about its cost of fighting.

    Cell c of the belief has probability ``beliefs[c]``, value of all-out fighting ``fights[c]`` and of stepping up
    from the brink ``forces[c]`` (these replace the side's own entries). In each cell the side chooses by logit with
    ``precision`` among the values of ``crisis_values`` with both concession chances zero: it expects the mover to
    hold (level 1).
    """
    d = side[0]
    row = rung * 4
    above = rung + 1
    concede = d - side[1] - side[2] * audience_scale
    staying = d - ladder[row + 2]
    slip = ladder[row]
    chance = 0.0
    if above < last - 2:
        # Neither value depends on the cost of fighting here: one logit serves all cells.
        hold = staying - slip * terms[2] * above
        escalate = d - ladder[row + 7] - ladder[row + 6] - ladder[row + 4] * (terms[2] * (above + 1))
        top = concede
        if hold > top:
            top = hold
        if escalate > top:
            top = escalate
        weight = exp(precision * (concede - top)) if concede != top else 1.0
        holding = exp(precision * (hold - top)) if hold != top else 1.0
        escalating = exp(precision * (escalate - top)) if escalate != top else 1.0
        for cell in range(cells):
            chance += beliefs[cell] * weight / (weight + holding + escalating)
        return chance
    for cell in range(cells):
        fight = fights[cell]
        if above >= last:
            hold = staying - slip * (d - fight)
            escalate = fight
        elif above == last - 1:
            hold = staying - slip * (terms[0] * (d - fight) + terms[1])
            escalate = forces[cell]
        else:
            hold = staying - slip * terms[2] * above
            lost = terms[0] * (d - fight) + terms[1]
            escalate = d - ladder[row + 7] - ladder[row + 6] - ladder[row + 4] * lost
        top = concede
        if hold > top:
            top = hold
        if escalate > top:
            top = escalate
        # The best option's weight is exp of 0.
        weight = exp(precision * (concede - top)) if concede != top else 1.0
        holding = exp(precision * (hold - top)) if hold != top else 1.0
        escalating = exp(precision * (escalate - top)) if escalate != top else 1.0
        chance += beliefs[cell] * weight / (weight + holding + escalating)
    return chance


@rule
def rung_after_concession(rung: int, last: int, settled: int, stepped_down: int) -> int:
    """Rung after one side concedes: ``settled``, but from limited force only down to ``stepped_down``."""
    return stepped_down if rung == last - 1 else settled


# Take-it-or-leave-it demand. Own side wins a fight with ``win_probability`` and demands that much plus a premium;
# the other side accepts iff its cost of fighting is at least the premium. All in shares of the pie.


@rule
def premium_uniform(win_probability: float, own_cost: float, low: float, high: float) -> float:
    """Best premium when the other's cost is uniform on [low, high]: ``(high - own_cost) / 2`` within bounds.

    Below ``low`` nobody would refuse, so at least ``low``; not above ``high``, nor above what makes the demand the
    whole pie. No risk of refusal iff ``high - 2 low <= own_cost`` (or the pie is exhausted).
    """
    premium = 0.5 * (high - own_cost)
    if premium < low:
        premium = low
    if premium > high:
        premium = high
    if premium > 1.0 - win_probability:
        premium = 1.0 - win_probability
    return premium


@rule
def refusal_uniform(premium: float, low: float, high: float) -> float:
    """Probability that a cost uniform on [low, high], low < high, falls short of the premium: then they fight."""
    if premium <= low:
        return 0.0
    return (premium - low) / (high - low) if premium < high else 1.0


@rule
def premium_exponential(win_probability: float, own_cost: float, mean_cost: float) -> float:
    """Best premium when the other's cost is exponential: ``mean_cost - own_cost``, within [0, rest of the pie]."""
    premium = mean_cost - own_cost
    if premium < 0.0:
        premium = 0.0
    return premium if premium < 1.0 - win_probability else 1.0 - win_probability


@rule
def refusal_exponential(premium: float, mean_cost: float) -> float:
    """Probability that an exponential cost with mean ``mean_cost`` > 0 falls short of the premium."""
    return 1.0 - exp(-premium / mean_cost) if premium > 0.0 else 0.0


@rule
def demand_value(win_probability: float, own_cost: float, premium: float, refusal: float) -> float:
    """Own payoff of a demand: ``(p + premium)(1 - refusal) + (p - own_cost) refusal``."""
    return (win_probability + premium) * (1.0 - refusal) + (win_probability - own_cost) * refusal


@rule
def premium_value(
    premium: float, own_cost: float, costs: Sequence[float], beliefs: Sequence[float], cells: int, scale: float
) -> float:
    """What demanding a premium is worth, in shares of the stake and against the winning chance (see ``grid_premium``)."""
    refusal = 0.0
    for cell in range(cells):
        if costs[cell] < premium * scale:
            refusal += beliefs[cell]
    return premium * (1.0 - refusal) - own_cost / scale * refusal


@rule
def grid_premium(
    own_cost: float, costs: Sequence[float], beliefs: Sequence[float], cells: int, scale: float, steps: int
) -> float:
    """Best premium among 1/steps, 2/steps, ..., 1 of the stake, against a discrete belief about the other's cost.

    Costs are in utility; ``cost / scale`` is the share of the stake. A cell accepts iff its share is at least the
    premium. Since the winning chance enters the payoff as a constant, ``premium (1 - refusal) - own share * refusal``
    is maximised. Ties go to the lower premium.
    """
    best = 1.0 / steps
    best_value = 0.0
    for step in range(1, steps + 1):
        premium = step / steps
        value = premium_value(premium, own_cost, costs, beliefs, cells, scale)
        if step == 1 or value > best_value:
            best = premium
            best_value = value
    return best


@rule
def refuses_premium(premium: float, cost: float, scale: float) -> bool:
    """Whether a side whose true cost of fighting is ``cost`` refuses the demand (see ``grid_premium``)."""
    return cost < premium * scale


# Attrition with audience costs: backing down at time t costs ``audience * t``; the value of fighting is private,
# uniform on [-width, 0]; whoever stays while the other quits wins ``prize``.


@rule
def lock_in_time(own_audience: float, other_audience: float, own_width: float, prize: float) -> float:
    """Time by which every own type has quit or would rather fight, if the contest starts with no rush to concede.

    Positive root of ``other_audience * x^2 + prize * x = prize * own_width / own_audience``: the share that would
    rather fight, ``own_audience x / own_width``, meets the survival ``prize / (prize + other_audience x)``.
    """
    inner = prize * prize + 4.0 * own_width * prize * other_audience / own_audience
    return (sqrt(inner) - prize) / (2.0 * other_audience)


@rule
def quit_hazard(rival_audience: float, prize: float, time: float) -> float:
    """Rate at which a side quits at ``time``, keeping its rival indifferent: ``a / (prize + a t)``, a the rival's."""
    return rival_audience / (prize + rival_audience * time)


@rule
def stay_probability(at_start: float, rival_audience: float, prize: float, time: float) -> float:
    """Probability that a side is still in at ``time``, having stayed at the start with probability ``at_start``."""
    return at_start * prize / (prize + rival_audience * time)


# Positions in the solution of the audience-cost contest.
CONTEST_HORIZON = 0  # time after which nobody backs down
CONTEST_STAY_ONE = 1  # probability that side one is still in at the horizon
CONTEST_STAY_TWO = 2
CONTEST_YIELD_ONE = 3  # probability that side one concedes at once
CONTEST_YIELD_TWO = 4
CONTEST_FIGHT = 5  # probability of fighting
NUM_CONTEST = 6


@rule
def audience_contest(
    audience_one: float, audience_two: float, width_one: float, width_two: float, prize: float, out: list[float]
) -> None:
    """Equilibrium of the attrition contest with linear audience costs, into ``out`` (positions ``CONTEST_*``).

    The horizon is the earlier of the two lock-in times; the slower side makes up by conceding at once with the
    probability that brings its survival to the share of its types that would rather fight. Types uniform, costs
    linear in time and positive. Sign: the side with higher audience cost concedes less often.
    """
    horizon = lock_in_time(audience_one, audience_two, width_one, prize)
    second = lock_in_time(audience_two, audience_one, width_two, prize)
    if second < horizon:
        horizon = second
    stay_one = audience_one * horizon / width_one
    stay_two = audience_two * horizon / width_two
    yield_one = 1.0 - stay_one * (prize + audience_two * horizon) / prize
    yield_two = 1.0 - stay_two * (prize + audience_one * horizon) / prize
    out[0] = horizon
    out[1] = stay_one
    out[2] = stay_two
    out[3] = yield_one if yield_one > 0.0 else 0.0
    out[4] = yield_two if yield_two > 0.0 else 0.0
    out[5] = stay_one * stay_two


# Brinkmanship: win W, submit S, disaster D with W > S > D.


@rule
def critical_risk(win: float, submit: float, disaster: float) -> float:
    """Largest risk of disaster worth running instead of submitting: ``(W - S) / (W - D)``."""
    return (win - submit) / (win - disaster)


@rule
def disaster_by_round(risk: float, rounds: int) -> float:
    """Chance of disaster within a number of rounds that each carry an independent autonomous risk."""
    safe = 1.0
    for _ in range(rounds):
        safe *= 1.0 - risk
    return 1.0 - safe


@rule
def brink_quit_rate(hazard: float, win: float, submit: float, disaster: float) -> float:
    """Rate at which each side quits when disaster strikes at ``hazard`` while both stay: ``h (S - D) / (W - S)``."""
    return hazard * (submit - disaster) / (win - submit)


@rule
def disaster_before_quitting(hazard: float, quit_rate: float) -> float:
    """Chance that disaster comes before either side quits: ``h / (h + 2 quit_rate)``.

    At the equilibrium quit rate it is ``1 / (1 + 2 (S - D) / (W - S))``, whatever the hazard: a riskier crisis is
    shorter, not more deadly.
    """
    return hazard / (hazard + 2.0 * quit_rate)
