"""T16, second part: a reputation for toughness, and salami tactics.

Challengers come one after another. Each stays out, or enters and is fought or not. A challenger gets 0 outside, the
``entrant_gain`` b if it is not fought, b - 1 if it is. The defender is tough with probability ``reputation`` and then fights
always; a weak one gets 0 where it gives in, -1 where it fights, ``deterred_gain`` a where the challenger stays out.

As strategies, with ``round`` from 1 and ``belief.tough`` the public probability that the defender is tough; the number of
stages left, this one among them, is n = stages - round + 1, and beliefs that stand exactly on a cut-off are told from others
with a small tolerance because they are computed:

* a challenger enters with probability 0 above ``power(entrant_gain, n)``, 1 below it, ``1 - 1 / deterred_gain`` on it;
* a weak defender never fights with n = 1; else with c = ``power(entrant_gain, n - 1)`` iff ``uniform < (1 - c) / c *
  belief.tough / (1 - belief.tough)``, which is for sure where the belief is at least c;
* after a fight ``belief.tough = max(belief.tough, c)``, after giving in 0, and as it was when nobody entered.

Source: Kreps and Wilson (1982), Journal of Economic Theory 27, 253-279.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only
from sim.rules import inspection

MOST = 12  # stages that have outputs of their own; there may be more
ON_CUTOFF = 1e-9  # relative distance at which a computed belief counts as standing on the cut-off


def _enters(belief: float, cutoff: float, deterred_gain: float) -> float:
    if belief > cutoff * (1.0 + ON_CUTOFF):
        return 0.0
    return 1.0 if belief < cutoff * (1.0 - ON_CUTOFF) else 1.0 - 1.0 / deterred_gain


def _solve(reputation: float, entrant_gain: float, deterred_gain: float, stages: int) -> Solution:
    cutoffs = {left: inspection.reputation_needed(entrant_gain, left) for left in range(stages + 1)}
    entry = dict.fromkeys(range(1, max(MOST, stages) + 1), 0.0)  # by number of the stage; weights of both types below
    # beliefs that may be reached -> probability of it and the defender being weak, being tough
    reached = {reputation: (1.0 - reputation, reputation)}
    payoff_weak = payoff_tough = fights = entries = 0.0
    first: tuple[float, float, float] = (0.0, 0.0, 0.0)
    for stage in range(1, stages + 1):
        left = stages - stage + 1
        following: dict[float, tuple[float, float]] = {}
        for belief, (weak, tough) in reached.items():
            enters = _enters(belief, cutoffs[left], deterred_gain)
            fought = inspection.weak_defender_fights(belief, entrant_gain, left)
            after = max(belief, cutoffs[left - 1]) if left > 1 else 1.0
            if belief == 0.0:
                fought, after = 0.0, 0.0
            if stage == 1:
                first = (enters, fought, max(belief, after) if belief > 0.0 else 0.0)
            entry[stage] += enters * (weak + tough)
            entries += enters * (weak + tough)
            fights += enters * (weak * fought + tough)
            payoff_weak += (1.0 - enters) * deterred_gain * weak - enters * fought * weak
            payoff_tough += (1.0 - enters) * tough
            for new, mass in (
                (belief, ((1.0 - enters) * weak, (1.0 - enters) * tough)),
                (after, (enters * fought * weak, enters * tough)),
                (0.0, (enters * (1.0 - fought) * weak, 0.0)),
            ):
                had = following.get(new, (0.0, 0.0))
                following[new] = (had[0] + mass[0], had[1] + mass[1])
        reached = {belief: masses for belief, masses in following.items() if sum(masses) > 0.0}
    enters, fought, after = first
    values = {
        "cutoff": cutoffs[stages], "enters": enters, "fights": fought, "posterior": after,
        "fought_first": enters * ((1.0 - reputation) * fought + reputation),
        "mean_entries": entries, "mean_fights": fights,
        "payoff_weak": payoff_weak / (1.0 - reputation), "deterred_tough": payoff_tough / reputation,
        **{f"cutoff_{left}": cutoffs.get(left, 0.0) for left in range(1, MOST + 1)},
        **{f"entry_{stage}": entry[stage] for stage in range(1, MOST + 1)},
    }  # fmt: skip
    knife = abs(reputation - cutoffs[stages]) <= ON_CUTOFF * cutoffs[stages]
    if knife:
        words = "The reputation is exactly at the cut-off: the first challenger is indifferent."
    elif enters == 0.0:
        words = "The first challenger stays out: the reputation is above the cut-off."
    else:
        words = "The first challenger enters: the reputation is below the cut-off."
    return only(
        values,
        words,
        "The first challenger may enter with any probability here; otherwise the sequential equilibrium is unique."
        if knife
        else "The sequential equilibrium is unique, if a fight is never taken as a sign of weakness.",
        f"A weak defender fights a first challenge with probability {fought:.6g}.",
        selection="The first challenger mixes as later ones do at their cut-offs."
        if knife
        else "There is nothing to select.",
    )


_LEFT = "(stages - round + 1)"
_CUT = f"power(entrant_gain, {_LEFT})"
_NEXT = "power(entrant_gain, (stages - round))"

THEOREMS = (
    Theorem(
        name="chain_store",
        title="Reputation against a row of challengers",
        symbols=(
            Symbol("reputation", "probability that the defender is tough", 0.0, 1.0, example=0.1, open_low=True, open_high=True),
            Symbol("entrant_gain", "b: what a challenger gains unopposed; opposed it gets b - 1", 0.0, 1.0, example=0.5,
                   open_low=True, open_high=True),
            Symbol("deterred_gain", "a: what the defender has where a challenger stays out", 1.0, math.inf, example=2.0,
                   default=2.0, open_low=True),
            Symbol("stages", "number of challengers", 1, 200, example=3, kind="whole"),
        ),
        outputs=(
            Output("cutoff", "reputation above which the first challenger stays out", "probability"),
            Output("enters", "probability that the first challenger enters", "probability"),
            Output("fights", "probability that a weak defender fights the first challenger if it enters", "probability"),
            Output("posterior", "reputation after that fight", "probability"),
            Output("fought_first", "probability of a fight at the first stage", "probability"),
            Output("mean_entries", "mean number of challengers that enter", "count"),
            Output("mean_fights", "mean number of fights", "count"),
            Output("payoff_weak", "payoff of a weak defender over all stages", "utility"),
            Output("deterred_tough", "mean number of challengers that stay out from a tough defender", "count"),
            *(Output(f"cutoff_{n}", f"cut-off with {n} stages left, this one among them; 0 if there are fewer", "probability", n)
              for n in range(1, MOST + 1)),
            *(Output(f"entry_{n}", f"probability that challenger {n} enters; 0 if there are fewer", "probability", n)
              for n in range(1, MOST + 1)),
        ),
        formula=(
            "with n stages left a challenger stays out if reputation p > b^n, enters if p < b^n,",
            "    and at p = b^n stays out with probability 1 / a",
            "a weak defender fights for sure if p >= c = b^(n - 1), else with probability (1 - c) / c * p / (1 - p); n = 1: never",
            "after a fight p becomes max(p, c), after giving in 0",
        ),
        source="Kreps and Wilson (1982)",
        solver=_solve,
        strategies={
            "challenger.enters": f"uniform < if(belief.tough > {_CUT} * 1.000000001, 0, if(belief.tough < {_CUT} * 0.999999999, 1, "
            "1 - 1 / deterred_gain))",
            "weak.fights": f"uniform < if(round >= stages, 0, (1 - {_NEXT}) / {_NEXT} * "
            "belief.tough / max(1 - belief.tough, 0.000000000001))",
            "tough.fights": "true",
            "belief.tough_after_fight": f"if(round >= stages, 1, max(belief.tough, {_NEXT}))",
            "belief.tough_after_giving_in": "0",
        },
        assumptions=("a tough defender always fights", "no discounting"),
    ),
)  # fmt: skip
