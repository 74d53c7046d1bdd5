"""Pages of drivers and of discovery over histories with a planted truth; a name stands wherever a file may have its own words."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis import driver_words
from sim.analysis.asked import Asked, Kind
from sim.analysis.by_input import course
from sim.analysis.discovery.discover import discover
from sim.analysis.drivers import effects_on
from sim.analysis.given_data import GivenData, Input
from sim.analysis.limits import limits_of
from sim.reports.content import Meta
from sim.reports.discovery_report import render_discovery
from sim.reports.drivers_report import render_drivers

HISTORIES = 1_500
LABELS = {"clash": "Open clash", "drift": "Long drift", "accord": "First-step accord"}
TONES = {"clash": "worst", "drift": "mixed", "accord": "good"}


def scenario(name: str = "") -> dict[str, Any]:
    outcomes = [{"class": key, "label": name or label, "tone": TONES[key]} for key, label in LABELS.items()]
    return {"id": "sample", "title": name or "A border quarrel", "outcomes": outcomes}


def meta() -> Meta:
    return Meta("sample", "ab" * 32, 7, HISTORIES, "batch", [("numpy", "2")], digest="cd" * 32)


def data(name: str = "") -> tuple[GivenData, np.ndarray, np.ndarray]:
    """Inputs, the class of outcome and a time: a clash where patience is low and the mood is tense."""
    random = np.random.Generator(np.random.Philox(11))
    patience, erosion, rate = random.random((3, HISTORIES))
    votes = random.integers(0, 3, HISTORIES).astype(float)
    mood = np.array(random.choice([name or "calm", "very_tense"], HISTORIES).tolist(), dtype=object)
    clash = random.random(HISTORIES) < np.where((patience < 0.35) & (mood == "very_tense"), 0.7, 0.05)
    accord = random.random(HISTORIES) < 0.2 + 0.4 * erosion
    outcome = np.array(np.where(clash, "clash", np.where(accord, "accord", "drift")).tolist(), dtype=object)
    days = np.where(random.random(HISTORIES) < 0.2, np.nan, 300 + 600 * rate + 100 * random.random(HISTORIES))
    told = lambda label: f"{label} {name}" if name else label  # noqa: E731
    inputs = (
        Input("actors.B.patience", told("B-land: patience"), patience),
        Input("actors.B.mood", told("B-land: mood"), mood),
        Input("sanctions.erosion", told("Monthly erosion of enforcement"), erosion),
        Input("hazards.incident.rate", told("Deadly border incidents a year"), rate),
        Input("votes", told("Hostile votes"), votes),
    )
    return GivenData(np.arange(HISTORIES), 2 * HISTORIES, "random", inputs, ("actors.A.patience",)), outcome, days


def drivers_page(name: str = "", asked_about: str = "outcome") -> str:
    given, outcome, days = data(name)
    labels = dict.fromkeys(LABELS, name) if name else LABELS
    asked = {
        "outcome": Asked("outcome", "the outcome", Kind.CLASSES, outcome, labels),
        "clash": Asked("outcome=clash", f"\u201c{labels['clash']}\u201d", Kind.EVENT, outcome == "clash", labels),
        "time": Asked("time:deal", "time until first deal in force", Kind.TIME, days),
    }[asked_about]
    table = effects_on(asked, given, 7)
    by_path = {item.path: item for item in given.inputs}
    courses = [course(asked, by_path[item.path]) for item in table.clear[:4]]
    findings = driver_words.findings(table, asked, labels, courses[0] if courses else None)
    case, command = scenario(name), ["sim", "drivers", "reports/sample"]
    return render_drivers(table, asked, courses, findings, case, meta(), command, limits_of(case))


def discovery_page(name: str = "", noise: bool = False) -> str:
    given, outcome, _ = data(name)
    hits = np.arange(HISTORIES) % 7 < 2 if noise else outcome == "clash"
    label = name or LABELS["clash"]
    found = discover(Asked("outcome=clash", f"\u201c{label}\u201d", Kind.EVENT, hits), given, 7)
    case, command = scenario(name), ["sim", "discover", "reports/sample", "--outcome", "clash"]
    return render_discovery(found, case, meta(), command, limits_of(case))
