"""A negotiation that a scenario file and other simulators can both describe: alternating offers of Boulware conceders.

Parties offer in turn, each issue has five values, utilities are additive and linear in the values, and everybody holds out: with
a share t of the time gone a party asks for `1 - t**4` of what it could get. Whoever is offered no less than it would itself ask for
next accepts; the first package that all accept is the agreement. Nobody gets anything without one.

`scenario` writes it in the scenario language, `Talks` is the same in plain Python, for a test, and `benchmarks.negmas_side` gives it to
NegMAS.
"""

from __future__ import annotations

from dataclasses import dataclass
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


class Talks:
    """The same negotiation in plain Python: what each party would offer at a time, and what it makes of another's offer."""

    def __init__(self, case: Negotiation, packages: list[Package]) -> None:
        self.case = case
        self.packages = packages
        self._utilities = [[case.utility(party, package) for package in packages] for party in range(case.parties)]
        self._last: dict[int, int] = {}
        self._begun = 0

    def begin(self, now: int) -> None:
        """Talks begin anew."""
        self._begun = now
        self._last.clear()

    def note(self, party: int, package: int) -> None:
        """A party has made an offer."""
        self._last[party] = package

    def offer(self, party: int, now: int) -> int:
        """Of the packages worth its target to a party the one best for the others on average; of equal ones the nearest to its last."""
        share = min((now - self._begun) / (ROUNDS * self.case.parties), 1.0) ** EXPONENT
        own = self._utilities[party]
        target = MARGIN + (max(own) - MARGIN) * (1.0 - share)
        return max((p for p in range(len(own)) if own[p] >= target), key=lambda p: self._preference(party, p))

    def gain(self, party: int, package: int, now: int) -> float:
        """How much more an offer is to a party than what it would itself offer next; it accepts where that is not less."""
        return self._utilities[party][package] - self._utilities[party][self.offer(party, now)]

    def _preference(self, party: int, p: int) -> tuple[float, float, int]:
        others = sum(row[p] for n, row in enumerate(self._utilities) if n != party) / (self.case.parties - 1)
        last = self._last.get(party)
        change = 0.0 if last is None else sum(abs(a - b) for a, b in zip(self.packages[p], self.packages[last], strict=True))
        return others, -change, -p
