"""Offers: what accepting, rejecting and offering are worth, and which package to put forward.

Utilities are average flow values, so delay and risk discount only the surplus over the
disagreement payoff, never the disagreement payoff itself. With disagreement 0 that is the
usual discounting of a pie. Menus are lists of packages in a fixed order; ties go to the lowest
index unless a rule says otherwise; -1 means that no package qualifies.

In the pie games player one moves first and shares are those of player one.

Sources: Rubinstein (1982); Binmore, Rubinstein and Wolinsky (1986); Nash (1950); Zeuthen (1930),
Harsanyi (1956); log-rolling offers after Faratin, Sierra and Jennings (1998).
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.arithmetic import exp
from sim.rule import rule

DAYS_PER_YEAR = 365.0
SMALLEST_STAKE = 1e-9  # a stake at or below this counts as none


@rule
def delay_discount(rate_per_year: float, days: float) -> float:
    """Discount factor over a delay in days: `exp(-rate * days / 365)`."""
    return exp(-rate_per_year * days / DAYS_PER_YEAR)


@rule
def accept_value(disagreement: float, block_probability: float, utility: float) -> float:
    """Value of accepting a package that a veto player blocks with the given probability."""
    return disagreement + (1.0 - block_probability) * (utility - disagreement)


@rule
def reject_value(
    disagreement: float,
    breakdown: float,
    discount: float,
    acceptance: float,
    block_probability: float,
    utility: float,
) -> float:
    """Value of rejecting: the chance that one's own next offer is made, accepted and not blocked.

    Talks break down with probability `breakdown`; otherwise after a delay (`discount`) the own
    offer worth `utility` is accepted with probability `acceptance`. All else yields disagreement.
    """
    chance = (1.0 - breakdown) * discount * acceptance * (1.0 - block_probability)
    return disagreement + chance * (utility - disagreement)


@rule
def offer_value(
    disagreement: float,
    perceived_acceptance: float,
    block_probability: float,
    utility: float,
    own_reject_value: float,
) -> float:
    """Value of offering a package: accepted and not blocked, or refused and one's own turn again."""
    return (
        disagreement
        + perceived_acceptance * (1.0 - block_probability) * (utility - disagreement)
        + (1.0 - perceived_acceptance) * (own_reject_value - disagreement)
    )


@rule
def offer_values(
    utilities: Sequence[float],
    perceived: Sequence[float],
    block_probabilities: Sequence[float],
    num_packages: int,
    disagreement: float,
    own_reject_value: float,
    out: MutableSequence[float],
) -> None:
    """`offer_value` of every package of a menu, written into `out`."""
    refusal = own_reject_value - disagreement
    for p in range(num_packages):
        chance = perceived[p]
        out[p] = (
            disagreement
            + chance * (1.0 - block_probabilities[p]) * (utilities[p] - disagreement)
            + (1.0 - chance) * refusal
        )


@rule
def perceived_acceptance(probability: float, overconfidence: float, expectation: float) -> float:
    """Acceptance of a maximal package as an overconfident proposer sees it.

    `P + overconfidence * (1 - P) * expectation`, the expectation clipped to [0, 1]: belief in a
    triumph closes part of the distance to certainty. Overconfidence 0 leaves P as it is.
    """
    if expectation < 0.0:
        expectation = 0.0
    elif expectation > 1.0:
        expectation = 1.0
    return probability + overconfidence * (1.0 - probability) * expectation


@rule
def perceived_acceptances(
    probabilities: Sequence[float],
    utilities: Sequence[float],
    num_packages: int,
    maximal_utility: float,
    overconfidence: float,
    expectation: float,
    out: MutableSequence[float],
) -> None:
    """`perceived_acceptance` of packages worth at least `maximal_utility` to the proposer, else P."""
    if expectation < 0.0:
        expectation = 0.0
    elif expectation > 1.0:
        expectation = 1.0
    bias = overconfidence * expectation
    for p in range(num_packages):
        chance = probabilities[p]
        out[p] = chance + bias * (1.0 - chance) if utilities[p] >= maximal_utility else chance


@rule
def highest_allowed(utilities: Sequence[float], allowed: Sequence[float], num_packages: int, otherwise: float) -> float:
    """Highest utility among allowed packages; `otherwise` if there is none."""
    best = otherwise
    found = False
    for p in range(num_packages):
        if allowed[p] and (not found or utilities[p] > best):
            best = utilities[p]
            found = True
    return best


@rule
def package_distance(levels: Sequence[float], one: int, two: int, num_issues: int) -> float:
    """Sum of absolute issue differences between packages `one` and `two` of a menu."""
    first = one * num_issues
    second = two * num_issues
    total = 0.0
    for k in range(num_issues):
        step = levels[first + k] - levels[second + k]
        total += step if step >= 0.0 else -step
    return total


@rule
def offer_for_target(
    own: Sequence[float],
    other: Sequence[float],
    allowed: Sequence[float],
    levels: Sequence[float],
    num_packages: int,
    num_issues: int,
    last_offer: int,
    target: float,
) -> int:
    """Package worth at least `target` to oneself that is best for the other as one estimates it.

    Ties by least change from the last offer (`last_offer` = -1: none made yet), then lowest
    index. -1 if no allowed package reaches the target.
    """
    best = -1
    top = 0.0
    change = -1.0  # distance of `best` from the last offer, computed only when a tie asks for it
    for p in range(num_packages):
        if not allowed[p] or own[p] < target:
            continue
        if best < 0 or other[p] > top:
            best = p
            top = other[p]
            change = -1.0
        elif other[p] == top and last_offer >= 0:
            if change < 0.0:
                change = package_distance(levels, best, last_offer, num_issues)
            distance = package_distance(levels, p, last_offer, num_issues)
            if distance < change:
                best = p
                change = distance
    return best


@rule
def rank_menu(
    own: Sequence[float],
    other: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    at: int,
    worth: MutableSequence[float],
    package: MutableSequence[int],
    liked: MutableSequence[float],
    best: MutableSequence[int],
    ties: MutableSequence[int],
    spare_values: MutableSequence[float],
    spare_items: MutableSequence[int],
) -> int:
    """Rank the allowed packages by falling `own`, for `ranked_offer`; returns how many there are.

    From place `at` on, by rank: what a package is worth to oneself and which it is; and of all packages up to that rank
    the highest `other`, the first package in menu order that has it, and how many have it. The spare lists are as long
    as the menu.
    """
    size = 0
    for p in range(num_packages):
        if allowed[p]:
            worth[at + size] = own[p]
            package[at + size] = p
            size += 1
    sort_falling(worth, package, at, size, spare_values, spare_items)
    top = 0.0
    first = -1
    count = 0
    for n in range(at, at + size):
        p = package[n]
        if first < 0 or other[p] > top:
            top = other[p]
            first = p
            count = 1
        elif other[p] == top:
            count += 1
            if p < first:
                first = p
        liked[n] = top
        best[n] = first
        ties[n] = count
    return size


@rule
def ranked_offer(
    worth: Sequence[float],
    package: Sequence[int],
    liked: Sequence[float],
    best: Sequence[int],
    ties: Sequence[int],
    at: int,
    size: int,
    other: Sequence[float],
    first_other: int,
    levels: Sequence[float],
    num_issues: int,
    last_offer: int,
    target: float,
) -> int:
    """`offer_for_target` of a menu that `rank_menu` has ranked, without a look at every package.

    `other[first_other + p]` is the estimate of package `p` by which it was ranked.
    """
    low = 0
    high = size
    while low < high:
        middle = (low + high) // 2
        if worth[at + middle] < target:
            high = middle
        else:
            low = middle + 1
    if low == 0:
        return -1
    last = at + low - 1
    if last_offer < 0 or ties[last] == 1:
        return best[last]
    chosen = -1
    change = 0.0
    for n in range(at, at + low):
        p = package[n]
        if other[first_other + p] == liked[last]:
            distance = package_distance(levels, p, last_offer, num_issues)
            if chosen < 0 or distance < change or (distance == change and p < chosen):
                chosen = p
                change = distance
    return chosen


@rule
def best_acceptable(
    own: Sequence[float], other: Sequence[float], allowed: Sequence[float], num_packages: int, reservation: float
) -> int:
    """Package best for oneself among those worth at least `reservation` to the other; -1 if none."""
    best = -1
    top = 0.0
    for p in range(num_packages):
        if allowed[p] and other[p] >= reservation and (best < 0 or own[p] > top):
            best = p
            top = own[p]
    return best


@rule
def best_nash(
    one: Sequence[float],
    two: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    disagreement_one: float,
    disagreement_two: float,
) -> int:
    """Package with the highest product of gains among those that harm neither side; -1 if none."""
    best = -1
    top = 0.0
    for p in range(num_packages):
        if not allowed[p]:
            continue
        gain_one = one[p] - disagreement_one
        gain_two = two[p] - disagreement_two
        if gain_one < 0.0 or gain_two < 0.0:
            continue
        if best < 0 or gain_one * gain_two > top:
            best = p
            top = gain_one * gain_two
    return best


@rule
def rubinstein_share(discount_one: float, discount_two: float) -> float:
    """Share of the first mover in alternating offers without end: `(1 - d2) / (1 - d1 * d2)`.

    What it has when the other moves first is `discount_one` times this. Not both factors may be 1.
    """
    return (1.0 - discount_two) / (1.0 - discount_one * discount_two)


@rule
def rubinstein_breakdown_share(breakdown: float, payoff_one: float, payoff_two: float) -> float:
    """First mover's share when talks end after each rejection with probability `breakdown`.

    Breakdown gives `payoff_one`, `payoff_two`; no discounting. As the probability goes to zero
    the share goes to the Nash solution `(1 + payoff_one - payoff_two) / 2`.
    """
    return (1.0 - payoff_two + (1.0 - breakdown) * payoff_one) / (2.0 - breakdown)


@rule
def patience_share(rate_one: float, rate_two: float) -> float:
    """Player one's share in the limit of quick offers: `rate_two / (rate_one + rate_two)`."""
    return rate_two / (rate_one + rate_two)


@rule
def alternating_offers_share(
    discount_one: float,
    discount_two: float,
    breakdown: float,
    disagreement_one: float,
    disagreement_two: float,
    num_rounds: int,
) -> float:
    """Player one's share when it opens a game of `num_rounds` offers, by backward induction.

    The last proposer leaves the other its disagreement payoff; before, a responder is offered
    exactly its `reject_value` and, being indifferent, accepts. Many rounds approach the games
    without end: `rubinstein_share` without breakdown, `rubinstein_breakdown_share` without delay.
    """
    one_proposes = True  # in the round looked at; first find out who makes the last offer
    for _ in range(num_rounds - 1):
        one_proposes = not one_proposes
    share = 1.0 - (disagreement_two if one_proposes else disagreement_one)  # of the last proposer
    for _ in range(num_rounds - 1):
        # the proposer of the later round is the responder of the round before it
        if one_proposes:
            share = 1.0 - reject_value(disagreement_one, breakdown, discount_one, 1.0, 0.0, share)
        else:
            share = 1.0 - reject_value(disagreement_two, breakdown, discount_two, 1.0, 0.0, share)
        one_proposes = not one_proposes
    return share


@rule
def risk_limit(own_utility: float, other_utility: float, disagreement: float) -> float:
    """Greatest risk of conflict worth running rather than accepting the other's offer (Zeuthen).

    `(own_utility - other_utility) / (own_utility - disagreement)`, both utilities one's own: of
    the own and of the other's offer. 0 where nothing is at stake, so that this side concedes.
    """
    stake = own_utility - disagreement
    if stake <= SMALLEST_STAKE:
        return 0.0
    return (own_utility - other_utility) / stake


@rule
def zeuthen_concession(
    own: Sequence[float],
    other: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    own_offer: int,
    other_offer: int,
    own_disagreement: float,
    other_disagreement: float,
    concedes_on_tie: bool,
    sufficient: bool,
) -> int:
    """The smallest concession from the present offer: package best for oneself that is better for the other.

    With `sufficient` it must also leave the other with the lower risk limit, so that the other
    concedes next, or be liked by the other no less than its own offer (agreement); without, the
    smallest step counts and the same side may have to move again. Equal limits oblige the side
    with the lower key, which `concedes_on_tie` marks. If no package will do, the other's offer
    is accepted.
    """
    best = other_offer
    top = own[other_offer]
    own_at_other = own[other_offer]
    other_at_other = other[other_offer]
    present = other[own_offer]
    for p in range(num_packages):
        if not allowed[p] or other[p] <= present or own[p] <= top:
            continue
        if sufficient and other[p] < other_at_other:
            mine = risk_limit(own[p], own_at_other, own_disagreement)
            theirs = risk_limit(other_at_other, other[p], other_disagreement)
            if mine < theirs or (mine == theirs and concedes_on_tie):
                continue
        best = p
        top = own[p]
    return best


@rule
def zeuthen_step(
    one: Sequence[float],
    two: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    disagreement_one: float,
    disagreement_two: float,
    sufficient: bool,
    offers: MutableSequence[int],
) -> int:
    """One concession: `offers[0]`, `offers[1]` (package indices) are updated in place.

    Returns who conceded, 0 or 1, or 2 if the offers already agree: one side likes the other's
    offer no less than its own, both entries then hold that package. Side one has the lower key:
    it concedes when the risk limits are equal. `sufficient` as in `zeuthen_concession`.
    """
    first = offers[0]
    second = offers[1]
    if two[first] >= two[second]:
        offers[1] = first
        return 2
    if one[second] >= one[first]:
        offers[0] = second
        return 2
    risk_one = risk_limit(one[first], one[second], disagreement_one)
    risk_two = risk_limit(two[second], two[first], disagreement_two)
    if risk_one <= risk_two:
        offers[0] = zeuthen_concession(
            one, two, allowed, num_packages, first, second, disagreement_one, disagreement_two, True, sufficient
        )
        return 0
    offers[1] = zeuthen_concession(
        two, one, allowed, num_packages, second, first, disagreement_two, disagreement_one, False, sufficient
    )
    return 1


@rule
def zeuthen_agreement(
    one: Sequence[float],
    two: Sequence[float],
    allowed: Sequence[float],
    num_packages: int,
    disagreement_one: float,
    disagreement_two: float,
    sufficient: bool,
    offers: MutableSequence[int],
) -> int:
    """Package agreed on when both sides concede in turn from `offers`, which is updated in place.

    Started from each side's best package it ends at the Nash solution of the menu, whichever
    concession is used: the lower risk limit marks the offer with the lower product of gains.
    Every step lowers the conceding side's own utility, so 2 * num_packages steps suffice.
    """
    for _ in range(2 * num_packages + 1):
        if zeuthen_step(one, two, allowed, num_packages, disagreement_one, disagreement_two, sufficient, offers) == 2:
            return offers[0]
    return -1


@rule
def sort_falling(
    values: MutableSequence[float],
    items: MutableSequence[int],
    at: int,
    size: int,
    spare_values: MutableSequence[float],
    spare_items: MutableSequence[int],
) -> None:
    """Sort `size` items from place `at` on by falling value, equals in the order in which they stand.

    Runs of doubled length are merged; the spare lists hold at least `size`.
    """
    run = 1
    while run < size:
        start = 0
        while start < size:
            middle = start + run if start + run < size else size
            stop = middle + run if middle + run < size else size
            left = start
            right = middle
            for n in range(start, stop):
                if right >= stop or (left < middle and values[at + left] >= values[at + right]):
                    spare_values[n] = values[at + left]
                    spare_items[n] = items[at + left]
                    left += 1
                else:
                    spare_values[n] = values[at + right]
                    spare_items[n] = items[at + right]
                    right += 1
            start = stop
        for n in range(size):
            values[at + n] = spare_values[n]
            items[at + n] = spare_items[n]
        run *= 2
