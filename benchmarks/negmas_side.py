"""NegMAS's side of `benchmarks.negmas`: negotiations on demand, in a process and an environment of its own.

Reads requests from standard input, one line of JSON each, and answers each with one line. NegMAS is under the GNU Affero General
Public License: nothing of it is part of this project, and only this script, which is not part of the package, imports it.
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import sys
import time
import warnings
from typing import Any

from benchmarks.negotiation import EXPONENT, ROUNDS, VALUES, Negotiation, negotiation

warnings.simplefilter("ignore")


def world(case: Negotiation) -> tuple[Any, list[Any]]:
    """Outcome space and utilities."""
    from negmas import LinearAdditiveUtilityFunction, make_issue, make_os
    from negmas.preferences.value_fun import TableFun

    names = [f"v{n}" for n in range(len(VALUES))]
    space = make_os([make_issue(names, f"i{k}") for k in range(case.issues)])
    utilities = []
    for party in range(case.parties):
        tables = [
            TableFun({name: case.worth(party, k, value) for name, value in zip(names, VALUES, strict=True)})
            for k in range(case.issues)
        ]
        weights = list(case.weights[party])
        utilities.append(
            LinearAdditiveUtilityFunction(values=tables, weights=weights, outcome_space=space, reserved_value=0.0)
        )
    return space, utilities


def negotiate(case: Negotiation, made: tuple[Any, list[Any]], times: int) -> dict[str, float]:
    """So many negotiations, mechanism and negotiators made for each; offers, agreements, processor time of all and of the talks alone."""
    from negmas import SAOMechanism, TimeBasedConcedingNegotiator

    space, utilities = made
    offers = agreed = 0
    talking = 0.0
    gc.collect()
    begun = time.process_time()
    for _ in range(times):
        mechanism = SAOMechanism(outcome_space=space, n_steps=ROUNDS)
        for utility in utilities:
            mechanism.add(TimeBasedConcedingNegotiator(offering_curve=EXPONENT, stochastic=False), preferences=utility)
        before = time.process_time()
        state = mechanism.run()
        talking += time.process_time() - before
        offers += len(mechanism.extended_trace)
        agreed += state.agreement is not None
    return {"offers": offers, "agreed": agreed, "seconds": time.process_time() - begun, "seconds_of_talks": talking}


def main() -> None:
    """Answer requests until there are no more."""
    print(json.dumps({"version": importlib.metadata.version("negmas"), "python": sys.version.split()[0]}), flush=True)
    made: dict[tuple[int, int], tuple[Negotiation, Any]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        size = (request["parties"], request["issues"])
        if size not in made:
            case = negotiation(*size)
            made[size] = case, world(case)
            negotiate(*made[size], 1)
        print(json.dumps(negotiate(*made[size], request["negotiations"])), flush=True)


if __name__ == "__main__":
    main()
