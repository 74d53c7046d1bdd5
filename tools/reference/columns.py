"""The reference of the result columns. Names come from the engine, meanings and units from the tables here.

A column that the engine writes for any scenario at hand and that has no meaning here stops the page from being made,
and so does a meaning without a column.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tools.sections import table, write_page

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "docs/reference/columns.md"

# pattern: (meaning, unit). Words in capitals stand for names of the scenario.
GENERAL = {
    "replication": ("Number of the history, from 0; key of the table.", ""),
    "outcome": ("Class of outcome at the horizon.", "text"),
    "outcome@DAYS": ("Class of outcome read after so many days; one column a report date.", "text"),
    "max_rung": ("Highest rung of the ladder reached.", "rung"),
    "meeting_result": (
        "How the first leaders' meeting ended: package, declaration, walk_out; `none` without one.",
        "text",
    ),
    "failed_meeting": ("Whether any leaders' meeting ended without package and declaration on offer.", "0 or 1"),
    "gap": ("Expectation at the first meeting less what was on the table.", "triumph scale"),
    "expectation_at_meeting": ("What its holder expected of the first meeting.", "triumph scale"),
    "expectation_clipped": ("1 if hype put the first expectation beyond its scale, where it is cut off.", "0 or 1"),
    "rounds_before_meeting": ("Rounds of officials' talks before the first meeting.", "count"),
    "force_probability": (
        "Probability with which force was chosen at the first response to a meeting without a signed package.",
        "probability",
    ),
    "first_deal": ("Package of the first deal in force; empty without one.", "text"),
    "first_deal_level:ISSUE": ("Its level on an issue.", "0 to 1"),
    "war_loss": ("Loss of all actors from major war; 0 without it.", "utility"),
    "utility:ACTOR": ("Payoff of the actor at the horizon: of the world then, or of major war if that has come.", "utility"),
    "third_party_welfare": ("Sum of these over actors other than the two sides.", "utility"),
    "attribution": ("First side's share of both sides' gains over having no deal; missing if one has lost.", "share"),
    "nash_product": ("Product of both sides' gains over having no deal; the smaller gain if a side has lost.", "utility squared"),
    "nash_distance": (
        "Distance of both sides' gains from those of the package with the highest product of gains, among those that some "
        "table may agree to; missing if none is better for both.",
        "utility",
    ),
    "egalitarian_distance": ("The same from the package whose smaller gain is largest.", "utility"),
    "level:ISSUE": ("Implemented level of the issue at the horizon.", "0 to 1"),
    "given": ("Of a scenario that says what has happened (`given`): 1 where it has in the history, else 0.", "truth"),
    "metric:NAME": ("A metric of the scenario at the horizon.", "its own"),
    "pressure": ("Sanctions pressure that reaches the target at the horizon.", "0 to 1"),
    "tension": ("Tension at the horizon.", "0 to 1"),
    "trust": ("Mutual trust of the two sides at the horizon.", "0 to 1"),
    "days": ("How long the history lasted: to its last reading, or to major war.", "days"),
    "events": ("Number of events of the history: how often the situation was brought up to date.", "count"),
    "measure:NAME": ("A measure of `theory:` at the horizon; missing where its `given:` does not hold.", "its own"),
    "payoff:PLAYER": ("Payoff of a player of the game, discounted to its start; of a group that of its first member.", "its own"),
    "move:MOVE": ("Number named last at a move of the game, or share offered to each partner; missing before.", "its own"),
    "option:MOVE": (
        "Option taken last at a move: `passes` or `fails` at a vote or a division; empty where the move was never made.", "text",
    ),
    "option:MOVE.PLAYER": ("The same of a player at a move at which several move at once.", "text"),
    "type:TYPE": ("Private type: a number, or the class as text; missing or empty of groups, whose members each have one.", "its own"),
    "game:periods": ("Periods that the game took.", "periods"),
    "game:moves": ("Moves made in it.", "count"),
    "game:over": ("1 where the game came to its end; 0 where `most_moves` or the horizon cut it off.", "0 or 1"),
    "input:PATH": (
        "What was drawn for an input listed under `uncertainties:`; where numbers were made to vary, of these and of levers too.",
        "its own",
    ),
    "point:PATH": ("Coordinate from which an input or a private type was drawn; only of those that a design sets.", "(0, 1)"),
    "draws": ("Replication whose draws the history has, last of all columns; only with designs in which it is another.", "number"),
}
TIMES = {
    "meeting": "A leaders' meeting is held.",
    "cancellation": "A pending meeting is cancelled.",
    "text": "Officials agree on a text.",
    "signed": "A package is signed with domestic consent, or subject to ratification.",
    "deal": "A deal comes into force.",
    "declaration": "A declaration is signed.",
    "collapse": "A deal or multilateral agreement collapses.",
    "walk_out": "A meeting ends in a walk-out.",
    "talks_ended": "Talks between the two sides end.",
    "talks_resumed": "Talks between the two sides open again.",
    "major": "A major provocation.",
    "crisis": "A crisis begins.",
    "strike": "A limited strike.",
    "major_war": "Major war.",
    "opened.TRACK": "A process of staged consent is opened.",
    "in_force.TRACK": "Its text enters into force.",
    "standing.TRACK": "A lasting bundle of the track comes into force.",
    "events.COUNTER": "The hazard with this counter occurs.",
    "events.COUNTER.MARK": "The same, with this mark.",
}
COUNTS = {
    "meetings": "Leaders' meetings held.",
    "failed_meetings": "Meetings that ended without package and without a declaration to sign.",
    "force_after_failure": "Those of them that were answered by force.",
    "walk_outs": "Meetings that ended in a walk-out.",
    "declarations": "Declarations signed.",
    "texts": "Texts agreed by officials.",
    "deals": "Deals that came into force.",
    "collapses": "Deals that collapsed.",
    "disputes": "Disputes about a deal.",
    "repairs": "Disputes that were repaired.",
    "milestones": "Milestones passed.",
    "cheats": "Times that a party secretly broke its word at a milestone, detected or not.",
    "slips": "Times that a party delivered part of a milestone, noticed or not.",
    "false_alarms": "Accusations without a breach.",
    "blocked": "Packages stopped by veto players.",
    "treaties": "Later votes on a treaty that were won and lifted what a deal promises.",
    "offers": "Offers made by officials and leaders.",
    "maximal_offers": "Offers of the first side worth at least its maximal package to it.",
    "rejected_offers": "Offers rejected.",
    "crises": "Crises.",
    "crisis_days": "Days spent in crises that ended.",
    "demands": "Demands to take or leave, made once a crisis where the scenario asks for them.",
    "slides": "Rungs climbed because events ran out of control.",
    "strikes": "Limited strikes.",
    "strikes_attempted": "Strikes decided on after a meeting or in a crisis.",
    "strikes_vetoed": "Those of them that a protected ally stopped.",
    "concessions": "Concessions in a crisis.",
    "turned_to_pressure": "Meetings after which the proposer turned to pressure.",
    "resumed_tests": "Meetings after which the other side resumed tests.",
    "broker_reports": "Reports of a broker that raised the expectation of a meeting.",
    "talks_resumed": "Times that talks opened again.",
    "talks_days": "Days during which talks between the two sides were on.",
    "occasions_passed": "Occasions at which a side chose not to offer talks.",
    "offers_to_talk": "Offers to talk that were declined.",
    "events.COUNTER": "Arrivals of the hazards with this counter.",
    "events_in_talks.COUNTER": "Those while talks between the two sides are on.",
    "events.COUNTER.MARK": "Those with this mark.",
    "suspended.HAZARD": "Dates of a calendar hazard that were called off.",
    "leader_changes.ACTOR": "Changes of leader.",
    "contacts.TRACK": "Contacts in a back channel.",
    "bundles_proposed.TRACK": "Small bundles proposed.",
    "bundles.TRACK": "Small bundles accepted.",
    "standing_ended.TRACK": "Lasting bundles that ended.",
    "opened.TRACK": "Processes of staged consent opened.",
    "votes.TRACK": "Votes held on the track.",
    "votes.VETO_PLAYER": "Votes of a veto player that may vote repeatedly.",
    "postponed.TRACK": "Votes on a stage put off because of a crisis or a break of talks.",
    "broken_off.TRACK": "Texts given up before their last vote: in a dangerous crisis, or because a vote waited too long.",
    "in_force.TRACK": "Texts of the track that entered into force.",
    "collapsed.TRACK": "Those that collapsed.",
    "cancellations.TRACK": "Meetings cancelled.",
    "revivals.TRACK": "Cancelled meetings revived.",
    "invitation_nodes.TRACK": "Occasions to invite to a further meeting.",
    "invitations.TRACK": "Invitations sent.",
    "invitations_accepted.TRACK": "Invitations accepted.",
    "passed.TRACK": "Resolutions passed.",
    "rounds.TRACK": "Rounds of talks.",
    "breakdowns.TRACK": "Breakdowns of talks.",
}
PATHS = {
    "replication": ("Number of the history.", ""),
    "day": ("Time since the start; with `replication` the key of the table.", "days"),
    "outcome": ("Class of outcome if it were read now.", "text"),
    "tension": ("Tension.", "0 to 1"),
    "rung": ("Rung of the ladder.", "rung"),
    "pressure": ("Sanctions pressure that reaches the target.", "0 to 1"),
    "expectation": ("Expectation of a leaders' meeting.", "triumph scale"),
    "talks_on": ("Whether the two sides are in talks.", "0 or 1"),
    "belief_talks": ("Belief that talks can deliver.", "0 to 1"),
    "belief_pressure": ("Belief that pressure works.", "0 to 1"),
    "moratorium": ("Whether a test moratorium holds.", "0 or 1"),
    "deal": ("Whether a deal is in force.", "0 or 1"),
    "declaration": ("Whether a signed declaration stands.", "0 or 1"),
}

HEAD = """\
# Result columns

Made by `./dev refresh` from what the engine writes and from the meanings in `tools/reference/columns.py`; do not edit.

A run keeps two tables: `results`, a row a history, and `paths`, a row a history and point of the scenario's grid. They
are the Parquet files of a result directory, the rows of `sim export DIR --csv`, and `run(...).results` in Python.
Numbers are float64, `replication` is int64, text is text. A time that never comes is missing (nan in Python, an empty
cell in CSV). Words in CAPITALS stand for names of the scenario. Times and counts run to the horizon, or to the last
reading where that is later.
"""


@cache
def found() -> tuple[dict[str, list[str]], list[str]]:
    """Columns of `results` by scenario file, and those of `paths`, as the engine writes them now."""
    from sim.engines.event_engine import play
    from sim.engines.tables.inputs import axes_of
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    results, paths = {}, {}
    folders = ("scenarios", "tests/spec/valid", "tests/spec/games")
    for file in (path for folder in folders for path in sorted((ROOT / folder).glob("*.yaml"))):
        case = compile_case(complete(load_scenario(file, overrides={"given": ["time >= 0"]})))  # so that it has all columns
        row, path, _ = play(case, 0, 1, point=[0.5] * len(axes_of(case)), draws=0)
        results[file.name] = list(row)
        paths |= dict.fromkeys(path[0])
    return results, list(paths)


def patterns() -> dict[str, tuple[str, str]]:
    """(meaning, unit) by pattern, in order."""
    times = {f"time:{name}": (f"First time: {text[0].lower()}{text[1:]}", "days") for name, text in TIMES.items()}
    counts = {f"count:{name}": (text, "days" if name.endswith("_days") else "count") for name, text in COUNTS.items()}
    return GENERAL | times | counts


def regex(pattern: str) -> re.Pattern[str]:
    """What matches a column of the pattern."""
    open_end = {"PATH": ".+", "DAYS": r"[0-9.e+]+"}
    words = re.split(r"([A-Z][A-Z_]+)", pattern)
    parts = [
        open_end.get(word, r"[^.:@]+") if re.fullmatch(r"[A-Z][A-Z_]+", word) else re.escape(word) for word in words
    ]
    return re.compile("".join(parts))


def undocumented() -> list[str]:
    """Columns without a meaning, and meanings without a column."""
    results, paths = found()
    columns = {name for names in results.values() for name in names}
    known = [(pattern, regex(pattern)) for pattern in patterns()]
    wrong = [name for name in sorted(columns) if not any(item.fullmatch(name) for _, item in known)]
    wrong += [f"paths: {name}" for name in sorted(set(paths) ^ set(PATHS))]
    return wrong + [pattern for pattern, item in known if not any(item.fullmatch(name) for name in columns)]


def write(root: Path) -> list[str]:
    """Write the page below ``root``; its path."""
    return write_page(root, PAGE, text())


def text() -> str:
    """The page.

    Raises
    ------
    LookupError
        A column without a meaning in this module, or a meaning without a column.
    """
    if wrong := undocumented():
        raise LookupError(f"tools/reference/columns.py: no meaning, or no column any more: {', '.join(wrong)}")
    known = patterns()
    groups = (
        ("General", [name for name in known if not name.startswith(("time:", "count:"))]),
        ("Times", [name for name in known if name.startswith("time:")]),
        ("Counts", [name for name in known if name.startswith("count:")]),
    )
    parts = [HEAD.rstrip(), "## The table `results`"]
    for heading, names in groups:
        rows = [[f"`{name}`", *known[name]] for name in names]
        parts.append(f"### {heading}\n\n" + table(["column", "meaning", "unit"], rows))
    paths = [[f"`{name}`", *PATHS[name]] for name in found()[1]]
    parts.append("## The table `paths`\n\n" + table(["column", "meaning", "unit"], paths))
    return "\n\n".join(parts)
