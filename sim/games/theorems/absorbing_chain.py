"""T24: where a process ends that jumps between up to three passing situations, and after how many steps.

``stay_i_j`` is the chance of a jump from passing situation i to j, ``end_i_j`` into the final situation j. Numbers beyond
``transient`` and ``absorbing`` are 0.

As strategies, for nature, in situation i: one ``uniform`` picks the next one from the chances in their order.

Source: Kemeny and Snell (1960), Finite Markov Chains.
"""

from __future__ import annotations

from sim.errors import ParameterError
from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only
from sim.rules.chain import absorb

MOST = 3
NUMBERS = range(1, MOST + 1)
STAY = {
    (1, 1): 0.55,
    (1, 2): 0.20,
    (1, 3): 0.15,
    (2, 1): 0.10,
    (2, 2): 0.70,
    (2, 3): 0.05,
    (3, 1): 0.20,
    (3, 2): 0.05,
    (3, 3): 0.60,
}
END = {
    (1, 1): 0.05,
    (1, 2): 0.04,
    (1, 3): 0.01,
    (2, 1): 0.08,
    (2, 2): 0.06,
    (2, 3): 0.01,
    (3, 1): 0.01,
    (3, 2): 0.09,
    (3, 3): 0.05,
}
ROUNDING = 1e-9  # by which a sum of chances may differ from 1


def _solve(transient: int, absorbing: int, start: int, **chances: float) -> Solution:
    _check(transient, absorbing, chances)
    among = [chances[f"stay_{i}_{j}"] for i in range(1, transient + 1) for j in range(1, transient + 1)]
    into = [chances[f"end_{i}_{j}"] for i in range(1, transient + 1) for j in range(1, absorbing + 1)]
    columns = absorbing + 1
    out = [0.0] * (transient * columns)
    if not absorb(transient, absorbing, among, into, [0.0] * (transient * (columns + transient)), out):
        raise ParameterError(
            "absorbing_chain: expected a way to a final situation from every passing one; found some that are never left",
            hint="give an end_i_j above 0 to one of the situations that lead only to one another",
        )
    values: dict[str, float] = {}
    for i in NUMBERS:
        row = out[(i - 1) * columns : i * columns] if i <= transient else [0.0] * columns
        for j in NUMBERS:
            values[f"ends_{i}_{j}"] = row[j - 1] if j <= absorbing else 0.0
        values[f"steps_{i}"] = row[-1]
    values |= {f"ends_{j}": values[f"ends_{start}_{j}"] for j in NUMBERS} | {"steps": values[f"steps_{start}"]}
    return only(
        values, "The process ends somewhere, with these chances.", "No choice is left to anybody: the answer is unique."
    )


def _check(transient: int, absorbing: int, chances: dict[str, float]) -> None:
    for i in NUMBERS:
        used = [chances[f"stay_{i}_{j}"] for j in NUMBERS if j <= transient]
        used += [chances[f"end_{i}_{j}"] for j in NUMBERS if j <= absorbing]
        row = [chances[f"{kind}_{i}_{j}"] for kind in ("stay", "end") for j in NUMBERS]
        if i > transient and any(row):
            raise ParameterError(
                f"absorbing_chain: expected no chances from situation {i}, since transient = {transient}"
            )
        if sum(row) != sum(used) and any(row):
            raise ParameterError(
                f"absorbing_chain: expected no chance of a jump from {i} to a situation that there is not"
            )
        if i <= transient and abs(sum(used) - 1.0) > ROUNDING:
            raise ParameterError(
                f"absorbing_chain: expected chances from situation {i} that sum to 1, found {sum(used):.12g}"
            )


def _chance(kind: str, i: int, j: int, example: float) -> Symbol:
    where = f"passing situation {j}" if kind == "stay" else f"final situation {j}"
    return Symbol(
        f"{kind}_{i}_{j}",
        f"chance of a step from passing situation {i} to {where}",
        0.0,
        1.0,
        example=example,
        default=0.0,
    )


THEOREMS = (
    Theorem(
        name="absorbing_chain",
        title="Where a process ends",
        symbols=(
            Symbol("transient", "number of passing situations", 1, MOST, example=3, kind="whole", default=3),
            Symbol("absorbing", "number of final situations", 1, MOST, example=3, kind="whole", default=3),
            Symbol("start", "passing situation in which it starts", 1, MOST, example=1, kind="whole", default=1),
            *(_chance("stay", i, j, STAY[i, j]) for i in NUMBERS for j in NUMBERS),
            *(_chance("end", i, j, END[i, j]) for i in NUMBERS for j in NUMBERS),
        ),
        outputs=(
            *(Output(f"ends_{j}", f"probability that it ends in final situation {j}", "probability") for j in NUMBERS),
            Output("steps", "mean number of steps until it ends", "steps"),
            *(Output(f"ends_{i}_{j}", f"probability that from {i} it ends in {j}; 0 if there is none", "probability")
              for i in NUMBERS for j in NUMBERS),
            *(Output(f"steps_{i}", f"mean number of steps from {i}; 0 if there is none", "steps") for i in NUMBERS),
        ),
        formula=("B = (I - Q)^-1 R,  steps = (I - Q)^-1 1;  Q = (stay_i_j), R = (end_i_j)",),
        source="Kemeny and Snell (1960)",
        solver=_solve,
        requires=(Condition("start of at most transient", lambda start, transient: start <= transient),),
        assumptions=(
            "chances from each passing situation sum to 1",
            "from every passing situation there is a way to a final one",
        ),
    ),
)  # fmt: skip
