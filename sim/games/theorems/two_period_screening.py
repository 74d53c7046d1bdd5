"""T18: a seller who cannot commit sells over two periods to a buyer whose value is private: delay as screening.

The value is uniform on [0, 1], the seller's cost 0, and both discount the second period alike.

As strategies: the seller asks ``solution.price_1``, and in period 2 half of the cut-off that the first price implies,
``min(1, move.price_1 / (1 - discount / 2)) / 2``. The buyer buys in period 1 iff ``type.value * (1 - discount / 2) >=
move.price_1`` (on the path: iff ``type.value >= solution.cutoff``) and in period 2 iff ``type.value >= move.price_2``.

Source: Fudenberg and Tirole (1983), Review of Economic Studies 50, 221-247.
"""

from __future__ import annotations

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only


def _solve(discount: float) -> Solution:
    cutoff = (2.0 - discount) / (4.0 - 3.0 * discount)
    price_1, price_2 = cutoff * (1.0 - 0.5 * discount), 0.5 * cutoff
    first, second = 1.0 - cutoff, 0.5 * cutoff
    # surplus: mean of (value - price) over those who buy
    surplus = first * (0.5 * (1.0 + cutoff) - price_1) + discount * second * (0.75 * cutoff - price_2)
    values = {
        "cutoff": cutoff, "price_1": price_1, "price_2": price_2, "sales_1": first, "sales_2": second,
        "no_sale": 1.0 - first - second, "profit": price_1 * first + discount * price_2 * second,
        "payoff_buyer": surplus,
    }  # fmt: skip
    return only(
        values,
        "Buyers with high values buy at once, others wait for the lower price.",
        "The perfect Bayesian equilibrium is unique.",
    )


THEOREMS = (
    Theorem(
        name="two_period_screening",
        title="Screening by delay",
        symbols=(
            Symbol("discount", "discount factor of both for the second period", 0.0, 1.0, example=0.5, open_high=True),
        ),
        outputs=(
            Output("cutoff", "least value that buys in period 1", "value"),
            Output("price_1", "price in period 1", "price"),
            Output("price_2", "price in period 2", "price"),
            Output("sales_1", "probability of a sale in period 1", "probability"),
            Output("sales_2", "probability of a sale in period 2", "probability"),
            Output("no_sale", "probability of none", "probability"),
            Output("profit", "seller's payoff", "utility"),
            Output("payoff_buyer", "buyer's payoff, before it knows its value", "utility"),
        ),
        formula=(
            "cutoff = (2 - discount) / (4 - 3 * discount)",
            "price_1 = cutoff * (1 - discount / 2),  price_2 = cutoff / 2",
            "profit = price_1 * (1 - cutoff) + discount * price_2 * cutoff / 2",
        ),
        source="Fudenberg and Tirole (1983)",
        solver=_solve,
        strategies={
            "seller.price_1": "solution.price_1",
            "buyer.buys_1": "type.value * (1 - discount / 2) >= move.price_1",
            "seller.price_2": "min(1, move.price_1 / (1 - discount / 2)) / 2",
            "buyer.buys_2": "type.value >= move.price_2",
        },
        assumptions=("value uniform on [0, 1]", "the seller cannot commit to its second price"),
    ),
)
