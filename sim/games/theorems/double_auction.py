"""T10: a buyer and a seller with private values bid at once; they trade iff the bid is at least the ask.

Value and cost are independent and uniform on [0, 1]. The price is ``weight * bid + (1 - weight) * ask``.

As strategies: ``bid = min(type.value, solution.buyer_intercept + solution.buyer_slope * type.value)`` and
``ask = max(type.cost, solution.seller_intercept + solution.seller_slope * type.cost)``; where the bounds bind there is no
trade anyway. Trade iff ``move.bid >= move.ask``.

Sources: Chatterjee and Samuelson (1983), Operations Research 31, 835-851; Myerson and Satterthwaite (1983), Journal of
Economic Theory 29, 265-281.
"""

from __future__ import annotations

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only

FIRST_BEST = 1.0 / 6.0  # mean of max(0, value - cost)


def _solve(weight: float) -> Solution:
    buyer_slope, seller_slope = 1.0 / (1.0 + weight), 1.0 / (2.0 - weight)
    buyer_intercept = 0.5 * weight * (1.0 - weight) / (1.0 + weight)
    seller_intercept = 0.5 * (1.0 - weight)
    trade = (1.0 + weight) * (2.0 - weight) / 8.0
    # Trade happens in a triangle of (value, cost), on which everything is linear: means are values at its centre.
    least_value, most_cost = 0.5 * (1.0 - weight), 1.0 - 0.5 * weight
    value, cost = (least_value + 2.0) / 3.0, most_cost / 3.0
    price = weight * (buyer_intercept + buyer_slope * value) + (1.0 - weight) * (seller_intercept + seller_slope * cost)
    values = {
        "buyer_slope": buyer_slope, "buyer_intercept": buyer_intercept, "seller_slope": seller_slope,
        "seller_intercept": seller_intercept, "least_value": least_value, "most_cost": most_cost, "trade": trade,
        "mean_price": price, "gains": trade * (value - cost), "gain_buyer": trade * (value - price),
        "gain_seller": trade * (price - cost), "first_best": FIRST_BEST, "efficiency": trade * (value - cost) / FIRST_BEST,
    }  # fmt: skip
    return only(
        values,
        "Both bids are linear in what is private, and each shades its own.",
        "Unique among equilibria in linear bids; there are many others, and one without any trade.",
        "No mechanism in which nobody is forced or subsidised does better (Myerson and Satterthwaite)."
        if weight == 0.5
        else "",
        selection="The linear equilibrium.",
    )


THEOREMS = (
    Theorem(
        name="double_auction",
        title="Sealed bids of a buyer and a seller",
        symbols=(Symbol("weight", "weight of the bid in the price", 0.0, 1.0, example=0.5, default=0.5),),
        outputs=(
            Output("buyer_slope", "slope of the bid in the value", "per value"),
            Output("buyer_intercept", "intercept of the bid", "price"),
            Output("seller_slope", "slope of the ask in the cost", "per cost"),
            Output("seller_intercept", "intercept of the ask", "price"),
            Output("least_value", "buyers with lower values never trade", "value"),
            Output("most_cost", "sellers with higher costs never trade", "cost"),
            Output("trade", "probability of trade", "probability"),
            Output("mean_price", "mean price where there is trade", "price"),
            Output("gains", "mean gains from trade", "utility"),
            Output("gain_buyer", "buyer's mean gain", "utility"),
            Output("gain_seller", "seller's mean gain", "utility"),
            Output("first_best", "mean gains if all worthwhile trades happened", "utility"),
            Output("efficiency", "gains as a share of the first best", "share"),
        ),
        formula=(
            "bid = value / (1 + weight) + weight * (1 - weight) / (2 * (1 + weight))",
            "ask = cost / (2 - weight) + (1 - weight) / 2",
            "trade iff value >= (1 + weight) / (2 - weight) * cost + (1 - weight) / 2",
            "P(trade) = (1 + weight) * (2 - weight) / 8,  gains = P(trade) / 2",
        ),
        source="Chatterjee and Samuelson (1983); Myerson and Satterthwaite (1983)",
        solver=_solve,
        strategies={
            "buyer.bid": "min(type.value, solution.buyer_intercept + solution.buyer_slope * type.value)",
            "seller.ask": "max(type.cost, solution.seller_intercept + solution.seller_slope * type.cost)",
        },
        assumptions=("value and cost independent and uniform on [0, 1]",),
    ),
)
