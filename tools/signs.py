"""Figures behind `docs/model/signs.md`: two settings of one thing, the same histories, the paired difference.

    .venv/bin/python -m tools.signs [NAME...] [--replications 400] [--seed 1]

Prints for each contrast the means under both settings and the difference in standard errors. What is asserted of these
in tests is less: decisions and figures that a short run resolves.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim import resources
from sim.engines import event_engine
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

ONE = {"horizon": "1 year", "readings": ["1 year"]}
THREE = {"horizon": "3 years", "readings": ["3 years"]}
M = "mechanisms"
CHINA = f"{M}.sanctions.enforcers.CHN"
EARLY_PACT = {
    "tracks.pact.stage_duration": "20 days",
    "tracks.pact.first_round": "30 days",
    "tracks.pact.every": "30 days",
    "tracks.pact.eligible": "talks_on",
    "parameters.pact_sympathy.number": 0.1,
}


@dataclass(frozen=True)
class Contrast:
    """What is changed, under which circumstances, and the figures that should move: `+` up, `-` down, `=` not."""

    title: str
    low: Mapping[str, Any]
    high: Mapping[str, Any]
    figures: Mapping[str, str]
    under: Mapping[str, Any] = field(default_factory=lambda: ONE)


CONTRASTS = {
    "credibility": Contrast(
        "credibility of guarantees .10 -> .60",
        {"actors.PRK.types.credibility": 0.1},
        {"actors.PRK.types.credibility": 0.6},
        {"full_denuclearisation": "+", "promised_denuc": "+", "level:denuc": "+"},
        THREE,
    ),
    "war_cost": Contrast(
        "median cost of war to the USA .55 -> 1.10",
        {"actors.USA.types.war_cost.median": 0.55},
        {"actors.USA.types.war_cost.median": 1.1},
        {"force_probability": "-", "war": "-", "attribution": "-"},
    ),
    "rounds": Contrast(
        "rounds of officials every 40 -> 7 days",
        {"tracks.working.gap": "40 days", "tracks.working.first_round": "60 days"},
        {"tracks.working.gap": "7 days", "tracks.working.first_round": "7 days"},
        {"gap": "-", "expectation_at_meeting": "-"},
    ),
    "enforcement": Contrast(
        "enforcement by China .40 -> .95, constant",
        {f"{CHINA}.enforcement": 0.4, f"{CHINA}.relaxes": False},
        {f"{CHINA}.enforcement": 0.95, f"{CHINA}.relaxes": False},
        {"path:talks_on": "+", "promised_denuc": "+", "count:events.launch": "="},
    ),
    "veto": Contrast(
        "no veto players -> veto players",
        {f"{M}.veto_players": False},
        {f"{M}.veto_players": True},
        {"signed": "-", "utility:USA": "+", "attribution": "+"},
    ),
    "audience": Contrast(
        "audience cost of the USA .05 -> .40",
        {"actors.USA.audience_cost": 0.05},
        {"actors.USA.audience_cost": 0.4},
        {"count:concessions": "-", "count:crisis_days": "+"},
    ),
    "meeting": Contrast(
        "no meeting of the leaders -> meeting",
        {"tracks.summit.enabled": False},
        {"tracks.summit.enabled": True},
        {"variance:utility:USA": "+", "utility:USA": "", "war": "+"},
        THREE,
    ),
    "risk": Contrast(
        "autonomous risk at two dangerous rungs x 100",
        {f"{M}.ladder.rungs.6.risk": 0.0003, f"{M}.ladder.rungs.7.risk": 0.001},
        {f"{M}.ladder.rungs.6.risk": 0.03, f"{M}.ladder.rungs.7.risk": 0.1},
        {"count:crisis_days": "-", "war": "="},
        {**ONE, "hazards.incident.rate": 3},
    ),
    "impatience": Contrast(
        "discount rate of the USA .10 -> .80",
        {"actors.USA.patience": 0.1},
        {"actors.USA.patience": 0.8},
        {"attribution": "-", "utility:USA": "-"},
    ),
    "patience": Contrast(
        "both sides more patient (.80 and .30 -> .10 and .03)",
        {"actors.USA.patience": 0.8, "actors.PRK.patience": 0.3},
        {"actors.USA.patience": 0.1, "actors.PRK.patience": 0.03},
        {"nash_product": "+", "third_party_welfare": "+"},
    ),
    "capability": Contrast(
        "growth of arms 0 -> .003 a week, erosion .3",
        {f"{M}.capability.growth": 0},
        {f"{M}.capability.growth": 0.003},
        {"count:invitations.summit": "+", "count:meetings": "+", "war": "+"},
        {**THREE, f"{M}.capability.erosion": 0.3},
    ),
    "threat": Contrast(
        "perceived threat of China 0 -> 1, quick pact, sympathy .10",
        {"parameters.threat_perception_chn.number": 0},
        {"parameters.threat_perception_chn.number": 1},
        {"count:in_force.pact": "+"},
        {**ONE, **EARLY_PACT},
    ),
}


def figure(block: dict[str, dict[str, np.ndarray]], name: str) -> np.ndarray:
    """One number a history: a column, the mean of a path, a class of outcome, or a squared deviation."""
    results = block["results"]
    if name.startswith("variance:"):
        values = figure(block, name.removeprefix("variance:"))
        return (values - values.mean()) ** 2
    if name.startswith("path:"):
        return block["paths"][name.removeprefix("path:")].reshape(len(results["outcome"]), -1).mean(axis=1)
    if name == "signed":
        return np.isfinite(results["time:deal"]).astype(float)
    if name == "promised_denuc":
        return np.nan_to_num(results["first_deal_level:denuc"])
    if name not in results:
        return (results["outcome"] == name).astype(float)
    return results[name]


def report(contrast: Contrast, replications: int, seed: int) -> None:
    """Play both settings and print a line a figure."""
    blocks = []
    for change in (contrast.low, contrast.high):
        spec = load_scenario(resources.scenario_path("summit"), overrides={**contrast.under, **change})
        blocks.append(event_engine.run_block(compile_case(complete(spec)), range(replications), seed))
    print(f"{contrast.title}  (n = {replications}, {contrast.under['horizon']})")
    for name, wanted in contrast.figures.items():
        low, high = (figure(block, name) for block in blocks)
        known = np.isfinite(low) & np.isfinite(high)
        difference = (high - low)[known]
        error = difference.std(ddof=1) / known.sum() ** 0.5
        moved = difference.mean() / error if error > 0.0 else 0.0
        print(f"  {wanted} {name:28}{low[known].mean():12.5g}{high[known].mean():12.5g}{moved:+8.1f} se", flush=True)


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CONTRASTS))
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name in arguments.names or CONTRASTS:
        report(CONTRASTS[name], arguments.replications, arguments.seed)


if __name__ == "__main__":
    main()
