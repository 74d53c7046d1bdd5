"""T19: a group divides a pie of one. In each round one member, drawn by lot, proposes; enough votes, its own included, decide.

As strategies: the proposer offers ``solution.partner_share`` to ``solution.partners`` others drawn by lot and nothing to the
rest; a member votes for a proposal iff ``move.share >= solution.partner_share``.

Sources: Baron and Ferejohn (1989), American Political Science Review 83, 1181-1206; Eraslan (2002), Journal of Economic Theory
103, 11-30, for uniqueness.
"""

from __future__ import annotations

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only


def _values(members: int, discount: float, votes: int) -> dict[str, float]:
    partner = discount / members
    proposer = 1.0 - (votes - 1) * partner
    included = (votes - 1) / (members - 1)
    return {
        "proposer_share": proposer, "partner_share": partner, "partners": float(votes - 1), "votes": float(votes),
        "value": 1.0 / members, "cutoff": partner, "included": included,
        "paid": 1.0 / members + (1.0 - 1.0 / members) * included, "agreement_round": 1.0,
    }  # fmt: skip


def _majority(members: int, discount: float) -> Solution:
    return only(
        _values(members, discount, members // 2 + 1),
        "The first proposal passes with the fewest votes that suffice.",
        "Payoffs are unique among stationary equilibria. Without stationarity many divisions can be sustained.",
        "Which members are partners does not matter, if all are chosen equally often.",
        "The last vote needed in an even group makes the proposer pay half of the members." if members % 2 == 0 else "",
        selection="The stationary equilibrium, with partners drawn by lot.",
    )


def _unanimity(members: int, discount: float) -> Solution:
    return only(
        _values(members, discount, members),
        "The first proposal passes: everybody gets just enough to accept.",
        "Unique among stationary equilibria.",
        selection="The stationary equilibrium.",
    )


SYMBOLS = (
    Symbol("members", "number of members", 2, 1000, example=3, kind="whole"),
    Symbol("discount", "discount factor from round to round", 0.0, 1.0, example=0.9),
)
OUTPUTS = (
    Output("proposer_share", "what the proposer keeps", "share"),
    Output("partner_share", "what each partner gets", "share"),
    Output("partners", "number of partners", "count"),
    Output("votes", "votes that are needed, the proposer's included", "count"),
    Output("value", "what each member expects before the proposer is drawn", "share"),
    Output("cutoff", "least share that a member votes for", "share"),
    Output("included", "probability that a member who does not propose is a partner", "probability"),
    Output("paid", "probability that a member is proposer or partner", "probability"),
    Output("agreement_round", "round of the agreement", "round"),
)
PLAY = {
    "proposer.partner_share": "solution.partner_share",
    "proposer.partners": "solution.partners",
    "member.accepts": "move.share >= solution.partner_share",
}
COMMON = ("every member is equally likely to be drawn in each round, without end", "who is indifferent votes yes")

THEOREMS = (
    Theorem(
        name="group_bargaining_majority",
        title="Division by majority",
        symbols=SYMBOLS,
        outputs=OUTPUTS,
        formula=(
            "partner_share = discount / members, for as many others as a majority needs",
            "members odd: proposer_share = 1 - discount * (members - 1) / (2 * members)",
            "members even: proposer_share = 1 - discount / 2",
        ),
        source="Baron and Ferejohn (1989); Eraslan (2002)",
        solver=_majority,
        strategies=PLAY,
        assumptions=(*COMMON, "a majority is more than half of the members"),
    ),
    Theorem(
        name="group_bargaining_unanimity",
        title="Division by unanimity",
        symbols=SYMBOLS,
        outputs=OUTPUTS,
        formula=("proposer_share = 1 - discount * (members - 1) / members,  partner_share = discount / members",),
        source="Baron and Ferejohn (1989)",
        solver=_unanimity,
        strategies=PLAY,
        assumptions=COMMON,
    ),
)
