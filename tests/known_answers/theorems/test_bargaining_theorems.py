"""T01 to T04, T08 to T10, T18 to T20, T25 against numerical searches that do not use the closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from sim.errors import ParameterError
from sim.games.theorems.theorem import theorem
from tests.known_answers.theorems.playing import Play, points

GRID = 200_001  # points of a search over an interval
FINE = 2.0 / GRID  # how near to the best point of a grid the best point is, in an interval of length 1


# T01


def backward(discount_1: float, discount_2: float, rounds: int) -> list[float]:
    """Player 1's share in the offer of each round, from the last round back; player 1 offers in the odd rounds."""
    shares = [0.0] * (rounds + 2)
    values = (0.0, 0.0)  # of both players, one round later
    for number in range(rounds, 0, -1):
        if number % 2 == 1:
            shares[number] = 1.0 - discount_2 * values[1]
        else:
            shares[number] = discount_1 * values[0]
        values = (shares[number], 1.0 - shares[number])
    return shares


@pytest.mark.parametrize("given", points(1, 20, discount_1=(0.0, 0.95), discount_2=(0.0, 0.95)))
def test_alternating_offers_are_the_limit_of_many_rounds(given):
    play = Play(theorem("rubinstein"), given)
    shares = backward(**given, rounds=1001)
    assert play["offer_1"] == pytest.approx(shares[1], abs=1e-12)
    assert play["offer_2"] == pytest.approx(shares[2], abs=1e-12)
    assert play["payoff_1_second"] == pytest.approx(shares[2], abs=1e-12)
    assert play("2.accepts", move={"offer": play("1.offer")}) and play("1.accepts", move={"offer": play("2.offer")})


@pytest.mark.parametrize("given", points(2, 20, discount_1=(0.0, 0.99), discount_2=(0.0, 0.99)))
def test_nobody_gains_by_one_deviation_in_alternating_offers(given):
    """Refusing one's cut-off and offering next is no better than accepting it, and not worse."""
    values = theorem("rubinstein").solve(**given).values
    assert values["cutoff_1"] == pytest.approx(given["discount_1"] * values["share_1"], abs=1e-12)
    assert values["cutoff_2"] == pytest.approx(given["discount_2"] * values["share_2"], abs=1e-12)
    assert values["payoff_1"] >= given["discount_1"] * values["cutoff_1"]  # offering too much and waiting


@pytest.mark.parametrize("given", points(3, 15, discount_1=(0.0, 0.99), discount_2=(0.0, 0.99), rounds=(1, 9)))
def test_offers_of_every_round_follow_the_rounds_left(given):
    play = Play(theorem("finite_bargaining"), given)
    shares = backward(**given)
    assert play["payoff_1"] == pytest.approx(shares[1], abs=1e-12)
    for number in range(1, int(given["rounds"]) + 1):
        mover, other = ("1", "2") if number % 2 == 1 else ("2", "1")
        offer = play(f"{mover}.offer", round=number)
        assert offer == pytest.approx(shares[number], abs=1e-12)
        assert play(f"{other}.accepts", round=number, move={"offer": offer})


@pytest.mark.parametrize(
    "given", points(4, 15, breakdown=(0.02, 1.0), payoff_if_broken_1=(0.0, 0.5), payoff_if_broken_2=(0.0, 0.5))
)
def test_breakdown_is_the_limit_of_many_rounds(given):
    p, b1, b2 = given["breakdown"], given["payoff_if_broken_1"], given["payoff_if_broken_2"]
    share = 1.0 - b2
    for number in range(2000, 0, -1):
        responder = b2 if number % 2 == 1 else b1
        share = 1.0 - (p * responder + (1.0 - p) * share)
    values = theorem("rubinstein_breakdown").solve(**given).values
    assert values["share_1"] == pytest.approx(1.0 - share if 2000 % 2 else share, abs=1e-10)


@pytest.mark.parametrize("given", points(5, 10, rate_1=(0.01, 3.0), rate_2=(0.01, 3.0), gap=(0.001, 4.0)))
def test_rates_are_discount_factors(given):
    by_rates = theorem("rubinstein_rates").solve(**given).values
    d1, d2 = (math.exp(-given[f"rate_{n}"] * given["gap"]) for n in (1, 2))
    by_factors = theorem("rubinstein").solve(discount_1=d1, discount_2=d2).values
    assert {name: by_rates[name] for name in by_factors} == pytest.approx(by_factors, abs=1e-12)


# T02


@pytest.mark.parametrize("given", points(6, 20, low=(0.0, 0.6), high=(0.6, 1.0)))
def test_no_offer_is_better_against_a_private_reservation_value(given):
    values = theorem("ultimatum_uniform").solve(**given).values
    offers = np.linspace(0.0, 1.0, GRID)
    accepted = np.clip((offers - given["low"]) / (given["high"] - given["low"]), 0.0, 1.0)
    payoffs = (1.0 - offers) * accepted
    assert values["offer"] == pytest.approx(offers[payoffs.argmax()], abs=FINE)
    assert values["payoff_proposer"] == pytest.approx(payoffs.max(), abs=1e-5)


@pytest.mark.parametrize("given", points(7, 20, outside=(0.0, 1.0), precision=(0.0, 40.0)))
def test_no_offer_is_better_to_a_logit_responder(given):
    play = Play(theorem("ultimatum_logit"), given)
    offers = np.linspace(0.0, 1.0, GRID)
    payoffs = (1.0 - offers) / (1.0 + np.exp(-given["precision"] * (offers - given["outside"])))
    assert play["offer"] == pytest.approx(offers[payoffs.argmax()], abs=FINE)
    assert play["payoff_proposer"] == pytest.approx(payoffs.max(), abs=1e-5)
    for shift, accepts in ((-1e-9, True), (1e-9, False)):
        assert play("responder.accepts", uniform=play["acceptance"] + shift, move={"offer": play["offer"]}) is accepts


# T03


def best_demand(p: float, cost_a: float, refused) -> tuple[float, float]:
    """Best premium and A's payoff, by search; ``refused`` gives the chance of refusal of an array of premiums."""
    premiums = np.linspace(-p, 1.0 - p, 200_001)
    chances = refused(premiums)
    payoffs = (p + premiums) * (1.0 - chances) + (p - cost_a) * chances
    return float(premiums[payoffs.argmax()]), float(payoffs.max())


@pytest.mark.parametrize("given", points(8, 30, p=(0.0, 1.0), cost_a=(0.0, 0.8), low=(0.0, 0.4), high=(0.4, 1.2)))
def test_no_demand_is_better_against_a_uniform_cost(given):
    low, high, p = given["low"], given["high"], given["p"]
    values = theorem("crisis_bargaining_uniform").solve(**given).values
    premium, payoff = best_demand(p, given["cost_a"], lambda y: np.clip((y - low) / (high - low), 0.0, 1.0))
    assert values["premium"] == pytest.approx(premium, abs=2e-5)
    assert values["payoff_a"] == pytest.approx(payoff, abs=1e-5)
    # B's payoff and the loss by integration over its cost
    y = values["premium"]

    def payoff_b(cost: float) -> float:
        return 1.0 - p - y if cost >= y else 1.0 - p - cost

    mean = quad(payoff_b, low, high, points=[min(max(y, low), high)])[0] / (high - low)
    assert values["payoff_b"] == pytest.approx(mean, abs=1e-9)


@pytest.mark.parametrize("given", points(9, 20, p=(0.0, 1.0), cost_a=(0.0, 0.8), mean_cost=(0.05, 1.2)))
def test_no_demand_is_better_against_an_exponential_cost(given):
    mean, p = given["mean_cost"], given["p"]
    values = theorem("crisis_bargaining_exponential").solve(**given).values
    premium, payoff = best_demand(p, given["cost_a"], lambda y: -np.expm1(-np.maximum(y, 0.0) / mean))
    assert values["premium"] == pytest.approx(premium, abs=2e-5)
    assert values["payoff_a"] == pytest.approx(payoff, abs=1e-5)
    y = values["premium"]
    fought = quad(lambda c: c * math.exp(-c / mean) / mean, 0.0, y)[0]
    war = 1.0 - math.exp(-y / mean)
    assert values["payoff_b"] == pytest.approx((1.0 - p - y) * (1.0 - war) + (1.0 - p) * war - fought, abs=1e-9)


def test_where_the_demand_lies_is_said():
    solve = theorem("crisis_bargaining_uniform").solve
    assert "interior" in solve(p=0.5, cost_a=0.1, low=0.0, high=0.4).notes[0]
    assert "without war" in solve(p=0.6, cost_a=0.15, low=0.2, high=0.5).notes[0]
    assert "whole pie" in solve(p=0.8, cost_a=0.05, low=0.0, high=0.6).notes[0]
    assert "most modest" in solve(p=0.9, cost_a=0.6, low=0.2, high=0.6).notes[0]


# T04


@pytest.mark.parametrize(
    "given",
    points(10, 40, p_now=(0.0, 1.0), p_later=(0.0, 1.0), discount=(0.05, 0.98), cost_a=(0.0, 6.0), cost_b=(0.0, 2.0)),
)
def test_a_power_shift_by_backward_recursion(given):
    """A long game without pies at its end; B leaves A what it needs, of at most the pie, or there is war."""
    d = given["discount"]
    stream = 1.0 / (1.0 - d)
    later_war = given["p_later"] * stream - given["cost_a"]
    later = 0.0
    for _ in range(3000):
        later = max(later_war, d * later)  # A's value when B holds it to the better of war and of taking nothing today
    now_war = given["p_now"] * stream - given["cost_a"]
    attacks = now_war > 1.0 + d * later
    values = theorem("power_shift").solve(**given).values
    assert values["attacks"] == attacks
    assert values["payoff_a"] == pytest.approx(max(now_war, d * later) if not attacks else now_war, abs=1e-9)
    total = stream - (given["cost_a"] + given["cost_b"] if attacks else 0.0)
    assert values["payoff_a"] + values["payoff_b"] == pytest.approx(total, abs=1e-9)
    assert 0.0 <= values["offer_now"] <= 1.0 and 0.0 <= values["offer_later"] <= 1.0
    # the threshold: a little below it there is war, a little above it there is not
    for shift in (-1e-6, 1e-6):
        p_later = values["threshold"] + shift
        if 0.0 <= p_later <= 1.0:
            assert theorem("power_shift").solve(**given | {"p_later": p_later}).values["attacks"] == (shift < 0.0)


# T08


@pytest.mark.parametrize("given", points(11, 25, low=(0.0, 0.5), high=(0.5, 1.0), foreign_value=(0.0, 1.0)))
def test_no_offer_is_better_for_the_foreign_state(given):
    values = theorem("ratification_uniform").solve(**given).values
    offers = np.linspace(0.0, 1.0, GRID)
    passed = np.clip((offers - given["low"]) / (given["high"] - given["low"]), 0.0, 1.0)
    payoffs = (1.0 - offers) * passed + given["foreign_value"] * (1.0 - passed)
    assert values["foreign_payoff"] == pytest.approx(payoffs.max(), abs=1e-5)
    if values["ratified"] > 0.0:
        assert values["offer"] == pytest.approx(offers[payoffs.argmax()], abs=FINE)


@pytest.mark.parametrize("given", points(12, 15, players=(1, 12), foreign_value=(0.0, 0.9)))
def test_no_offer_is_better_to_veto_players(given):
    values = theorem("veto_players").solve(**given).values
    offers = np.linspace(0.0, 1.0, GRID)
    payoffs = (1.0 - offers - given["foreign_value"]) * offers ** given["players"] + given["foreign_value"]
    assert values["offer"] == pytest.approx(offers[payoffs.argmax()], abs=FINE)
    assert values["foreign_payoff"] == pytest.approx(payoffs.max(), abs=1e-5)


@pytest.mark.parametrize("given", points(13, 25, setter=(-2.0, 2.0), ratifier=(-2.0, 2.0), fallback=(-2.0, 2.0)))
def test_no_proposal_is_better_for_the_setter(given):
    play = Play(theorem("setter"), given)
    proposals = np.linspace(-8.0, 8.0, 80_001)
    passes = np.abs(proposals - given["ratifier"]) <= abs(given["fallback"] - given["ratifier"])
    losses = np.where(passes, np.abs(proposals - given["setter"]), abs(given["fallback"] - given["setter"]))
    assert play["loss_setter"] == pytest.approx(losses.min(), abs=3e-4)
    assert play("ratifier.accepts", move={"proposal": play("setter.proposal")})


# T09


@pytest.mark.parametrize(
    "given",
    points(
        14, 25, exponent_1=(0.2, 1.0), exponent_2=(0.2, 1.0), shape=(1.0, 3.0), disagreement_1=(0.0, 0.3), disagreement_2=(0.0, 0.3),
        weight=(0.1, 0.9),
    ),
)  # fmt: skip
def test_bargaining_solutions_by_search(given):
    values = theorem("bargaining_points").solve(**given).values
    x = np.linspace(0.0, 1.0, 400_001)
    u1, u2 = x ** given["exponent_1"], (1.0 - x ** given["shape"]) ** given["exponent_2"]
    gain_1, gain_2 = u1 - given["disagreement_1"], u2 - given["disagreement_2"]
    both = (gain_1 >= 0.0) & (gain_2 >= 0.0)

    def best(height: np.ndarray) -> float:
        return float(x[np.where(both, height, -np.inf).argmax()])

    product = np.maximum(gain_1, 0.0) ** given["weight"] * np.maximum(gain_2, 0.0) ** (1.0 - given["weight"])
    best_1, best_2 = gain_1[both].max(), gain_2[both].max()
    near = 1e-4
    assert values["nash_x"] == pytest.approx(best(product), abs=near)
    assert values["kalai_smorodinsky_x"] == pytest.approx(best(np.minimum(gain_1 / best_1, gain_2 / best_2)), abs=near)
    assert values["egalitarian_x"] == pytest.approx(best(np.minimum(gain_1, gain_2)), abs=near)
    total = np.where(both, u1 + u2, -np.inf).max()
    assert values["utilitarian_1"] + values["utilitarian_2"] == pytest.approx(total, abs=1e-6)
    assert values["best_1"] == pytest.approx(u1[both].max(), abs=2e-3)


@pytest.mark.parametrize("given", points(15, 25, weight_1=(0.0, 1.0), weight_2=(0.0, 1.0)))
def test_no_trade_of_two_issues_has_a_higher_product(given):
    values = theorem("logrolling").solve(**given).values
    x1, x2 = np.meshgrid(np.linspace(0.0, 1.0, 401), np.linspace(0.0, 1.0, 401))
    a, b = given["weight_1"], given["weight_2"]
    products = (a * x1 + (1.0 - a) * x2) * (b * (1.0 - x1) + (1.0 - b) * (1.0 - x2))
    assert values["product"] >= products.max() - 1e-12
    assert values["product"] == pytest.approx(products.max(), abs=1e-4)
    found = a * values["x_1"] + (1.0 - a) * values["x_2"], b * (1.0 - values["x_1"]) + (1.0 - b) * (1.0 - values["x_2"])
    assert (values["utility_1"], values["utility_2"]) == pytest.approx(found, abs=1e-12)


def test_equal_weights_leave_nothing_to_trade():
    solution = theorem("logrolling").solve(weight_1=0.4, weight_2=0.4)
    assert solution.values["product"] == 0.25 and "not" in solution.uniqueness


# T10


@pytest.mark.parametrize("given", points(16, 8, weight=(0.0, 1.0)))
def test_bids_are_best_replies(given):
    """Against the other's linear bids, for some private values, by search over bids and a sum over the other's values."""
    play, k = Play(theorem("double_auction"), given), given["weight"]
    other = (np.arange(4000) + 0.5) / 4000.0
    asks = np.array([play("seller.ask", type={"cost": c}) for c in other])
    bids = np.array([play("buyer.bid", type={"value": v}) for v in other])
    tried = np.linspace(0.0, 1.0, 401)[:, None]
    for private in (0.15, 0.4, 0.62, 0.85, 0.97):
        gains = np.where(tried >= asks, private - (k * tried + (1.0 - k) * asks), 0.0).mean(axis=1)
        own = play("buyer.bid", type={"value": private})
        assert np.where(own >= asks, private - (k * own + (1.0 - k) * asks), 0.0).mean() >= gains.max() - 2e-4
        gains = np.where(bids >= tried, k * bids + (1.0 - k) * tried - private, 0.0).mean(axis=1)
        own = play("seller.ask", type={"cost": private})
        assert np.where(bids >= own, k * bids + (1.0 - k) * own - private, 0.0).mean() >= gains.max() - 2e-4


@pytest.mark.parametrize("given", points(17, 8, weight=(0.0, 1.0)))
def test_trade_and_gains_by_sums_over_both_values(given):
    play, k = Play(theorem("double_auction"), given), given["weight"]
    values = (np.arange(1000) + 0.5) / 1000.0
    bids = np.array([play("buyer.bid", type={"value": v}) for v in values])[:, None]
    asks = np.array([play("seller.ask", type={"cost": c}) for c in values])[None, :]
    trade, price = bids >= asks, k * bids + (1.0 - k) * asks
    assert play["trade"] == pytest.approx(trade.mean(), abs=2e-3)
    assert play["gain_buyer"] == pytest.approx(np.where(trade, values[:, None] - price, 0.0).mean(), abs=1e-3)
    assert play["gain_seller"] == pytest.approx(np.where(trade, price - values[None, :], 0.0).mean(), abs=1e-3)
    assert play["mean_price"] == pytest.approx(np.broadcast_to(price, trade.shape)[trade].mean(), abs=1e-3)
    assert play["gain_buyer"] + play["gain_seller"] == pytest.approx(play["gains"], abs=1e-12)


# T18


@pytest.mark.parametrize("given", points(18, 15, discount=(0.0, 0.99)))
def test_no_first_price_is_better_for_a_seller_without_commitment(given):
    """Buyers foresee the second price, which is best for the seller given who is left."""
    d = given["discount"]
    play = Play(theorem("two_period_screening"), given)

    def profit(price: float) -> float:
        low, high = 0.0, 1.0  # the value indifferent between now and later, by bisection on what later brings
        for _ in range(60):
            v = 0.5 * (low + high)
            rest = np.linspace(0.0, v, 201)
            second = rest[(rest * (v - rest)).argmax()]
            low, high = (v, high) if v - price < d * (v - second) else (low, v)
        rest = np.linspace(0.0, v, 201)
        return price * (1.0 - v) + d * (rest * (v - rest)).max()

    prices = np.linspace(max(0.0, play["price_1"] - 0.1), play["price_1"] + 0.1, 41)
    best = max(profit(price) for price in prices)
    assert play["profit"] == pytest.approx(best, abs=2e-4)
    assert play["price_2"] == pytest.approx(play("seller.price_2", move={"price_1": play("seller.price_1")}), abs=1e-12)
    values = (np.arange(2000) + 0.5) / 2000.0
    first = np.array([play("buyer.buys_1", type={"value": v}, move={"price_1": play["price_1"]}) for v in values])
    second = ~first & (values >= play["price_2"])
    assert (first.mean(), second.mean()) == pytest.approx((play["sales_1"], play["sales_2"]), abs=1e-3)
    surplus = np.where(first, values - play["price_1"], np.where(second, d * (values - play["price_2"]), 0.0)).mean()
    assert play["payoff_buyer"] == pytest.approx(surplus, abs=1e-3)


# T19


@pytest.mark.parametrize("rule", ["majority", "unanimity"])
@pytest.mark.parametrize("given", points(19, 12, members=(2, 15), discount=(0.0, 1.0)))
def test_group_division_by_iteration_of_values(rule, given):
    """Values that reproduce themselves: a proposer buys the cheapest votes at their continuation values."""
    n, d = given["members"], given["discount"]
    votes = n if rule == "unanimity" else next(v for v in range(1, n + 1) if 2 * v > n)
    value = 0.9  # of each member, wrong at first
    for _ in range(400):
        keeps = 1.0 - (votes - 1) * d * value
        value = 0.5 * value + 0.5 * (keeps / n + (n - 1) / n * (votes - 1) / (n - 1) * d * value)
    values = theorem(f"group_bargaining_{rule}").solve(**given).values
    assert values["value"] == pytest.approx(value, abs=1e-9)
    assert values["proposer_share"] == pytest.approx(1.0 - (votes - 1) * d * value, abs=1e-9)
    assert values["proposer_share"] + values["partners"] * values["partner_share"] == pytest.approx(1.0, abs=1e-12)
    assert values["proposer_share"] >= d * values["value"] - 1e-12  # offering what is refused is no better


# T20


@pytest.mark.parametrize("given", points(20, 20, beta_1=(0.05, 8.0), beta_2=(0.05, 8.0), horizon=(0.5, 30.0)))
def test_two_who_give_way_meet(given):
    play = Play(theorem("concession_tactics"), given)
    demands = [play(f"{side}.demand", move={"time": play["meeting_time"]}) for side in ("1", "2")]
    assert sum(demands) == pytest.approx(1.0, abs=1e-9)
    assert demands == pytest.approx([play["share_1"], play["share_2"]], abs=1e-9)


# T25


def test_concessions_end_at_the_highest_product_of_gains():
    """Lists drawn at random, dominated options and such below disagreement among them."""
    generator = np.random.default_rng(21)
    for _ in range(60):
        count = int(generator.integers(2, 9))
        one, two = generator.uniform(0.0, 1.0, (2, count))
        d1, d2 = generator.uniform(0.0, 0.4, 2)
        given = {f"u1_{n}": float(u) for n, u in enumerate(one, 1)} | {
            f"u2_{n}": float(u) for n, u in enumerate(two, 1)
        }
        given |= {"options": count, "disagreement_1": float(d1), "disagreement_2": float(d2)}
        gains = [(a - d1) * (b - d2) if a > d1 and b > d2 else 0.0 for a, b in zip(one, two, strict=True)]
        if max(gains) == 0.0:
            with pytest.raises(ParameterError, match="at least one option that both sides prefer"):
                theorem("zeuthen").solve(**given)
            continue
        values = theorem("zeuthen").solve(**given).values
        assert values["agreement"] == values["nash"] == 1 + int(np.argmax(gains))
        assert values["product"] == pytest.approx(max(gains), abs=1e-15)


def test_options_with_equal_products_are_all_listed():
    given = {"u1_1": 0.8, "u2_1": 0.2, "u1_2": 0.2, "u2_2": 0.8, "options": 2}
    solution = theorem("zeuthen").solve(**given)
    assert [found.values["agreement"] for found in solution.equilibria] == [1.0, 2.0]
    assert solution.values["agreement"] == 2.0  # side 1 concedes where risks are equal
