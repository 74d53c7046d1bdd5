"""Preferences and packages of the 2018 summit scenario, as printed in the model specification.

Typed from its tables, not read from the scenario file, so that file (``test_shipped_summit.py``) and rules are checked against
the same numbers independently. `GOLDEN` was computed there at credibility .15, eta 3 and weight .4
of unverified dismantlement.
"""

from __future__ import annotations

from sim.rules.utility import package_utilities, survival_utilities

ISSUES = ("denuc", "verif", "relief", "guar", "status", "exer", "tests", "cbm")
NUM_ISSUES = len(ISSUES)
ACTORS = ("USA", "PRK", "ROK", "CHN", "JPN", "RUS")

CREDIBILITY = 0.15
ETA = 3.0
UNVERIFIED_WORTH = 0.4
SURVIVAL_WEIGHT = 0.46

# weight, ideal, exponent; an issue that is not listed has weight zero
PREFERENCES: dict[str, dict[str, tuple[float, float, float]]] = {
    "USA": {
        "denuc": (0.40, 1.0, 0.8),
        "tests": (0.17, 1.0, 1.0),
        "relief": (0.13, 0.0, 1.2),
        "guar": (0.08, 0.2, 1.5),
        "status": (0.09, 0.1, 1.5),
        "exer": (0.08, 0.1, 1.2),
        "cbm": (0.05, 1.0, 1.0),
    },
    "PRK": {
        "tests": (0.03, 0.0, 1.0),
        "relief": (0.20, 1.0, 0.8),
        "guar": (0.04, 1.0, 1.0),
        "status": (0.14, 1.0, 0.8),
        "exer": (0.08, 1.0, 1.0),
        "verif": (0.05, 0.0, 1.0),
    },
    "ROK": {
        "denuc": (0.22, 1.0, 1.0),
        "tests": (0.22, 1.0, 1.0),
        "relief": (0.12, 0.6, 1.0),
        "guar": (0.12, 0.8, 1.0),
        "status": (0.04, 0.4, 1.0),
        "exer": (0.06, 0.4, 1.0),
        "cbm": (0.22, 1.0, 1.0),
    },
    "CHN": {
        "denuc": (0.16, 1.0, 1.0),
        "tests": (0.20, 1.0, 1.0),
        "relief": (0.18, 0.7, 1.0),
        "guar": (0.18, 0.8, 1.0),
        "status": (0.04, 0.5, 1.0),
        "exer": (0.20, 0.8, 1.0),
        "cbm": (0.04, 1.0, 1.0),
    },
    "JPN": {
        "denuc": (0.34, 1.0, 0.8),
        "tests": (0.24, 1.0, 0.9),
        "relief": (0.12, 0.0, 1.0),
        "guar": (0.06, 0.3, 1.0),
        "status": (0.08, 0.1, 1.0),
        "exer": (0.06, 0.1, 1.0),
        "cbm": (0.10, 1.0, 1.0),
    },
    "RUS": {
        "denuc": (0.12, 1.0, 1.0),
        "tests": (0.16, 1.0, 1.0),
        "relief": (0.20, 0.8, 1.0),
        "guar": (0.20, 0.8, 1.0),
        "status": (0.08, 0.6, 1.0),
        "exer": (0.20, 0.8, 1.0),
        "cbm": (0.04, 1.0, 1.0),
    },
}

PACKAGES: dict[str, tuple[float, ...]] = {
    "sq_max_pressure": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "sq_march_2018": (0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.4, 0.1),
    "dual_suspension": (0.15, 0.2, 0.0, 0.2, 0.2, 0.5, 0.5, 0.3),
    "hollow_declaration": (0.15, 0.2, 0.05, 0.4, 0.3, 0.5, 0.5, 0.6),
    "small_deal_liaison": (0.25, 0.4, 0.2, 0.4, 0.4, 0.5, 0.55, 0.6),
    "interim_yongbyon": (0.35, 0.6, 0.35, 0.4, 0.4, 0.5, 0.6, 0.7),
    "dprk_hanoi_ask": (0.35, 0.4, 0.60, 0.4, 0.4, 0.5, 0.5, 0.5),
    "us_hanoi_ask": (0.85, 0.8, 0.35, 0.6, 0.4, 0.3, 0.8, 0.8),
    "multilateral_pact": (0.40, 0.6, 0.60, 0.8, 0.65, 0.6, 0.8, 0.8),
    "deep_cap": (0.60, 0.8, 0.7, 0.8, 0.6, 0.7, 0.9, 0.9),
    "cvid_for_everything": (1.0, 1.0, 1.0, 1.0, 0.8, 0.6, 1.0, 1.0),
    "cvid_for_paper_guarantee": (1.0, 1.0, 0.5, 0.6, 0.4, 0.4, 1.0, 1.0),
}
NUM_PACKAGES = len(PACKAGES)
INDEX = {name: p for p, name in enumerate(PACKAGES)}

# columns: ACTORS
GOLDEN: dict[str, tuple[float, ...]] = {
    "sq_max_pressure": (0.3609, 0.5400, 0.0333, 0.0000, 0.2787, 0.0000),
    "sq_march_2018": (0.4430, 0.5473, 0.1600, 0.1170, 0.3927, 0.1063),
    "dual_suspension": (0.4716, 0.5844, 0.2998, 0.3105, 0.4386, 0.3030),
    "hollow_declaration": (0.4669, 0.6123, 0.4125, 0.3883, 0.4538, 0.3909),
    "small_deal_liaison": (0.4792, 0.6324, 0.4782, 0.4580, 0.4614, 0.4595),
    "interim_yongbyon": (0.5102, 0.6347, 0.5645, 0.5276, 0.4954, 0.5218),
    "dprk_hanoi_ask": (0.4355, 0.6933, 0.5393, 0.5571, 0.4099, 0.5552),
    "us_hanoi_ask": (0.7276, 0.3722, 0.7666, 0.6437, 0.7030, 0.6156),
    "multilateral_pact": (0.4518, 0.7236, 0.7222, 0.7529, 0.4721, 0.7698),
    "deep_cap": (0.5355, 0.6700, 0.7888, 0.8675, 0.5620, 0.8734),
    "cvid_for_everything": (0.6888, 0.4584, 0.8433, 0.8039, 0.7244, 0.8233),
    "cvid_for_paper_guarantee": (0.8764, 0.2295, 0.9500, 0.7956, 0.8676, 0.7483),
}


def written_levels() -> list[float]:
    """All packages as one flat table of written levels."""
    return [level for package in PACKAGES.values() for level in package]


def seen_levels() -> list[float]:
    """The same table with dismantlement discounted for what nobody verifies: what all but PRK value."""
    table = []
    for package in PACKAGES.values():
        credited = package[0] * (UNVERIFIED_WORTH + (1.0 - UNVERIFIED_WORTH) * package[1])
        table.extend((credited, *package[1:]))
    return table


def preference_tables() -> tuple[list[float], list[float], list[float]]:
    """Weights, ideals and exponents as flat tables, one row an actor in the order of `ACTORS`."""
    weights, ideals, exponents = [], [], []
    for actor in ACTORS:
        for issue in ISSUES:
            weight, ideal, exponent = PREFERENCES[actor].get(issue, (0.0, 0.0, 1.0))
            weights.append(weight)
            ideals.append(ideal)
            exponents.append(exponent)
    return weights, ideals, exponents


def utilities(actor: str, credibility: float = CREDIBILITY) -> list[float]:
    """Utility of every package for the actor, survival included, before any cost of pressure."""
    out = [0.0] * NUM_PACKAGES
    levels = written_levels() if actor == "PRK" else seen_levels()
    package_utilities(levels, NUM_PACKAGES, *preference_tables(), ACTORS.index(actor), NUM_ISSUES, out)
    if actor == "PRK":
        survival_utilities(
            levels,
            NUM_PACKAGES,
            NUM_ISSUES,
            ISSUES.index("denuc"),
            ISSUES.index("guar"),
            SURVIVAL_WEIGHT,
            credibility,
            ETA,
            out,
            out,
        )
    return out


def utility(actor: str, package: str, credibility: float = CREDIBILITY) -> float:
    """Utility of one package for the actor."""
    return utilities(actor, credibility)[INDEX[package]]
