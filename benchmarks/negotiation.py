"""A negotiation that a scenario file and other simulators can both describe: alternating offers of Boulware conceders.

Parties offer in turn, each issue has five values, utilities are additive and linear in the values, and everybody holds out: with
a share t of the time gone a party asks for `1 - t**4` of what it could get. Whoever is offered no less than it would itself ask for
next accepts; the first package that all accept is the agreement. Nobody gets anything without one.

`scenario` writes it in the scenario language, `played` plays it in a plain loop, `benchmarks.negmas` gives it to NegMAS.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

VALUES = (0.0, 0.25, 0.5, 0.75, 1.0)
ROUNDS = 100  # in which every party makes an offer; then a party asks for (nearly) nothing
EXPONENT = 4.0  # of the concession, which NegMAS calls Boulware
MARGIN = 1e-6  # of what a party asks for above no agreement at the end
NEGOTIATIONS = 10  # about as many in a history: a new one begins when one has ended
PRECISION = 10_000  # of choices, the most that the language knows: only what is within a thousandth is left to chance
IDEALS = (1.0, 0.5, 0.75)  # nobody is content with the status quo, which is value 0 on each issue

Package = tuple[float, ...]


@dataclass(frozen=True)
class Negotiation:
    """Who wants what: weights and best values by party and issue."""

    weights: tuple[tuple[float, ...], ...]
    ideals: tuple[tuple[float, ...], ...]

    @property
    def parties(self) -> int:
        """How many talk."""
        return len(self.weights)

    @property
    def issues(self) -> int:
        """How many things they talk about."""
        return len(self.weights[0])

    def worth(self, party: int, issue: int, value: float) -> float:
        """What one value of one issue is to a party, from 0 to 1."""
        ideal = self.ideals[party][issue]
        return 1.0 - abs(value - ideal) / max(ideal, 1.0 - ideal)

    def utility(self, party: int, package: Package) -> float:
        """What a package is to a party, from 0 to 1."""
        total = 0.0
        for issue, value in enumerate(package):
            total += self.weights[party][issue] * self.worth(party, issue, value)
        return total

    def packages(self) -> list[Package]:
        """Every package but the status quo, in the order of their values."""
        return [package for package in product(VALUES, repeat=self.issues) if any(package)]


def negotiation(parties: int, issues: int) -> Negotiation:
    """A negotiation in which each party cares most for another issue, and no two packages are worth the same to a party."""
    weights, ideals = [], []
    for party in range(parties):
        raw = [1.0 + 0.37 * ((party * 3 + issue * 5) % 7) + 0.011 * issue + 0.017 * party for issue in range(issues)]
        weights.append(tuple(number / sum(raw) for number in raw))
        ideals.append(tuple(IDEALS[(party + issue) % (3 if parties > 2 else 2)] for issue in range(issues)))
    return Negotiation(tuple(weights), tuple(ideals))


def scenario(case: Negotiation, whole: bool = True) -> dict[str, Any]:
    """The negotiation as data of a scenario file, in a history about ten times.

    With ``whole`` every package stands on the menu; without, those that the simulator's search for trades between the first two
    parties finds, which is what it does unless told otherwise.
    """
    names = [f"party_{n + 1}" for n in range(case.parties)]
    issues = [f"issue_{n + 1}" for n in range(case.issues)]
    rounds = ROUNDS * case.parties
    actors = {
        name: {
            "role": "principal",
            "utility": {
                "issues": {
                    issue: {"weight": case.weights[n][k], "ideal": case.ideals[n][k]} for k, issue in enumerate(issues)
                }
            },
            "patience": 0,
            "tactics": {"table": {"family": "time", "beta": 1.0 / EXPONENT, "period": f"{rounds} days", "margin": MARGIN}},
        }
        for n, name in enumerate(names)
    }
    return {
        "schema_version": 1,
        "id": f"negotiation-{case.parties}-{case.issues}",
        "title": "Boulware conceders at one table",
        "description": "A negotiation to measure with.",
        "start": "2030-01-01",
        "horizon": f"{rounds * NEGOTIATIONS} days",
        "pulse": f"{rounds * NEGOTIATIONS} days",
        "grid": 2,
        "sources": {"invented": {"title": "An invented case for measurements", "kind": "judgement"}},
        "sides": names[:2],
        "issues": {
            name: {"conceder": [names[k % 2]], "start": 0, "levels": {value: f"value {value}" for value in VALUES}}
            for k, name in enumerate(issues)
        },
        "packages": {"middle": {"levels": dict.fromkeys(issues, 0.5)}},
        "menu": {"grid": len(VALUES), **({"neighbours": False, "cap": 4096} if whole else {})},
        "actors": actors,
        "choice": {"officials": PRECISION},
        "tracks": {
            "table": {
                "protocol": "alternating_offers", "participants": names, "first_round": "0 days", "gap": "1 day",
                "outcome_on_agreement": "text",
            },
            # Where agreements wait for a signature that never comes: so talks begin anew from the same point.
            "signature": {
                "protocol": "final_offer", "proposer": names[0], "responder": names[1], "announced": False, "delay": "1 day",
            },
        },
        "outcomes": [{"class": "signed", "when": "deal.exists"}, {"class": "open", "when": True}],
    }  # fmt: skip


def played(case: Negotiation, packages: list[Package], offers: int) -> list[tuple[int, Package, bool]]:
    """The first so many offers in a plain loop: party, package, whether all accepted it. After an agreement talks begin anew."""
    utilities = [[case.utility(party, package) for package in packages] for party in range(case.parties)]
    tops = [max(row) for row in utilities]
    period = float(ROUNDS * case.parties)
    found: list[tuple[int, Package, bool]] = []
    begun, turn = 0, 0
    last: dict[int, int] = {}

    def next_offer(party: int, now: int) -> int:
        share = min((now - begun) / period, 1.0) ** EXPONENT
        target = MARGIN + (tops[party] - MARGIN) * (1.0 - share)
        return _best(case, utilities, packages, party, target, last.get(party))

    for now in range(offers):
        party = turn % case.parties
        turn += 1
        offer = next_offer(party, now)
        last[party] = offer
        agreed = True
        for other in range(case.parties):
            if other != party and agreed:
                agreed = utilities[other][offer] >= utilities[other][next_offer(other, now)]
        found.append((party, packages[offer], agreed))
        if agreed:
            begun, turn = now, 0
            last.clear()
    return found


def _best(
    case: Negotiation, utilities: list[list[float]], packages: list[Package], party: int, target: float, last: int | None
) -> int:
    """Of the packages worth the target to a party the one best for the others on average; of equal ones the nearest to its last."""
    others = [row for n, row in enumerate(utilities) if n != party]

    def preference(p: int) -> tuple[float, float, int]:
        change = 0.0 if last is None else sum(abs(a - b) for a, b in zip(packages[p], packages[last], strict=True))
        return sum(row[p] for row in others) / len(others), -change, -p

    return max((p for p in range(len(packages)) if utilities[party][p] >= target), key=preference)
