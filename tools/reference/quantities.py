"""The reference of the names that expressions may use, with the functions and units of the expression language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tools.sections import table, write_page

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "docs/reference/quantities.md"

MEANINGS = {
    "time": "Time since the start.",
    "tension": "Tension index.",
    "rung": "Rung of the escalation ladder.",
    "max_rung": "Highest rung reached so far.",
    "crisis_active": "Whether a crisis is active.",
    "talks_on": "Whether the two sides are in talks.",
    "talks_recent": "Whether they had a session within `mechanisms.talks.window`.",
    "meeting_pending": "Whether a leaders' meeting has a date.",
    "days_since_meeting": "Days since the last session or agreed date of the two sides; 1e9 if never.",
    "major_recent": "Whether a major provocation lies within `mechanisms.talks.window`.",
    "days_since_major": "Days since the last major provocation; 1e9 if never.",
    "declaration": "Whether a signed declaration stands.",
    "moratorium": "Whether a test moratorium holds.",
    "launch_pause": "Whether the short pause that goes with talks holds.",
    "unheard": "Whether the second side's last offer was rejected or unanswered, not long ago, and talks are off.",
    "exercise_suspended": "Whether the last calendar event was called off.",
    "provocation": "Provocation index.",
    "rivalry": "Great-power rivalry.",
    "capability": "Growth of arms since the start.",
    "expectation": "Expectation of a leaders' meeting, on the triumph scale.",
    "belief_talks": "The first side's belief that talks can deliver.",
    "belief_pressure": "Its belief that pressure works.",
    "sanctions_level": "Level of sanctions before relief and enforcement.",
    "pressure": "Sanctions pressure that reaches the target.",
    "stress": "Pressure as the target feels it: later, and less with time.",
    "deal.exists": "Whether a deal has ever come into force.",
    "deal.in_force": "Whether a deal is in force.",
    "deal.disputed": "Whether it is in dispute.",
    "deal.age": "How long it has been in force; 0 without one.",
    "deal.milestones": "Milestones passed.",
    "deal.level.ISSUE": "Level of an issue in the deal in force; 0 without one.",
    "level.ISSUE": "Implemented level of an issue.",
    "seen.ISSUE": "The level as others see it.",
    "pledged.ISSUE": "The level pledged in a signed text.",
    "derived.NAME": "A derived quantity at the implemented levels.",
    "trust.ACTOR": "Trust in the actor: that of the other side or, in an actor that is neither side, of the first side.",
    "enforcement.ACTOR": "How strictly an enforcer of sanctions enforces them.",
    "credibility.ACTOR": "How far the actor believes promises of protection.",
    "war_cost.ACTOR": "True cost of war to the actor.",
    "type.ACTOR.CLASS": "Whether the actor's true class of commitment is this one.",
    "belief.OBSERVER.ACTOR.CLASS": "The observer's probability that it is.",
    "TRACK.pending": "Whether a meeting on the track has a date.",
    "TRACK.held": "Meetings or rounds held on the track.",
    "TRACK.cancelled": "Whether a meeting on the track has ever been cancelled.",
    "TRACK.walked_out": "Meetings on the track that ended without a signature.",
    "TRACK.in_force": "Whether the text of a track of staged consent is in force.",
    "TRACK.age": "How long it has been in force.",
    "TRACK.standing": "Whether a lasting bundle of the track is in force.",
    "count.HAZARD": "Arrivals of a hazard so far.",
    "first.HAZARD": "Time of its first arrival; 1e9 before.",
    "PARAMETER": "A number under `parameters:`.",
    "move.MOVE": "Of a game: the number named last at a move; of a division the share offered to each partner.",
    "move.MOVE.OPTION": "Whether the option was taken last; at a vote or a division `passes` and `fails`.",
    "move.MOVE.PLAYER.OPTION": "The same of a player at a move at which several move at once.",
    "move.MOVE.NUMBER": "What an agreement came to.",
    "times.MOVE": "How often the move was made.",
    "times.MOVE.OPTION": "How often the option was taken.",
    "times.MOVE.PLAYER.OPTION": "The same of a player at a move at which several move at once.",
    "votes.MOVE": "Votes for it at the last vote.",
    "type.TYPE": "A private number of a game.",
    "type.TYPE.CLASS": "Whether a private type of a game is of the class.",
    "member.TYPE": "In the strategy of a group: the type of the member who is asked.",
    "belief.TYPE.CLASS": "What everybody believes about a type: Bayes' rule from the choices and strategy of whoever has it.",
    "payoff.PLAYER": "Payoff so far, discounted to the start of the game; of a group that of its first member.",
    "game.periods": "Periods of the game so far.",
    "game.moves": "Moves so far.",
    "game.over": "Whether the game is over.",
    "uniform": "In a strategy for a number: a fresh uniform number in (0, 1), for mixing.",
}

HEAD = """\
# Quantities and expressions

Made by `./dev refresh` from the checker's vocabulary and the meanings in `tools/reference/quantities.py`; do not edit.

Conditions, factors, outcome classes and metrics of a scenario are expressions: texts that the simulator parses, checks
against the scenario's names when it is loaded, and compiles. They are never given to Python.

## Grammar

From loosest to tightest:

| | |
| --- | --- |
| `a or b` | at least one is true |
| `a and b` | both are true |
| `not a` | is false |
| `a by DATE`, `a at DATE` | the condition was true at some time up to the end of that day; what `a` was at its end |
| `a < b`, `<=`, `>`, `>=`, `==`, `!=` | comparison of numbers; may be chained: `0 <= x <= 1` |
| `a + b`, `a - b` | sum, difference |
| `a * b`, `a / b` | product, quotient |
| `-a` | sign |

Numbers may carry a unit of time (`180 days`, `36 hours`). `true` and `false` are the truth values. There are two kinds,
number and boolean, and no conversion between them: `talks_on` is a condition by itself, and `talks_on * 2` is an error;
write `if(talks_on, 2, 0)`.

`summit.held >= 1 by 2018-06-15` and `(rung at 2018-06-15) > 3` look back: what happens on the day itself counts. Before the date has come,
`by` asks about the time so far and `at` about the present. Both are noted at each event, so that asking changes no history; a quantity
that fades between events, such as tension, is as the last event left it.

| function | value |
| --- | --- |
| `min(a, b)`, `max(a, b)` | the smaller, the larger |
| `abs(a)`, `sqrt(a)` | absolute value, square root |
| `exp(a)`, `log(a)`, `logistic(a)` | exponential, natural logarithm, 1 / (1 + exp(-a)) |
| `power(a, b)` | a to the power b |
| `normal_cdf(a)`, `normal_quantile(a)` | the standard normal: chance of a value below a; the value below which it falls with chance a |
| `if(condition, a, b)` | a if the condition holds, else b |
| `held(condition, duration)` | whether the condition has held without a break for that long |

Every expression has a value, also where mathematics gives none, so that no history stops in its middle. A quotient with 0 below is 0, so is
the square root of a number below 0 and any power of a number that is 0 or less; the logarithm of such a number is -745.2, `exp` stays below
1.8e308, and `normal_quantile` outside 0 to 1 is -38.5 or 38.5. A ratio of counts is therefore 0 where nothing was counted below: write
`if(count.x > 0, talks.held / count.x, 0)` to say what is meant, or keep both counts and divide in a query.

## Names

Words in CAPITALS stand for names of the scenario. Which names a scenario has depends on its actors, issues, tracks and
mechanisms; a name that it lacks is an error with the nearest one that it has. Times are in the scenario's `time_unit`.
"""
TAIL = """\
## Expressions over packages

`derived:` and the `utility` of veto players are read for a package under discussion, not for the world: there, issue
levels, parameters and derived quantities stand by their bare names (`arms * verification`), and `parent` is the utility
of the actor that a veto player constrains.
"""


@cache
def found() -> dict[str, str]:
    """Kind by name for every quantity that the scenarios at hand may name, generalised."""
    from sim.model.load import load_scenario
    from sim.model.vocabulary import situation

    names: dict[str, str] = {}
    folders = ("scenarios", "tests/spec/valid", "tests/spec/games")
    for file in (path for folder in folders for path in sorted((ROOT / folder).glob("*.yaml"))):
        spec = load_scenario(file)
        for name, kind in situation(spec).kinds.items():
            names[_general(name, spec)] = kind.value
    return names


def _general(name: str, spec: object) -> str:
    """A name with what the scenario has named itself in capitals."""
    if name in MEANINGS:
        return name
    head, _, rest = name.partition(".")
    if spec.game is not None and (of_game := _of_game(name, spec.game)) is not None:
        return of_game
    if name in spec.parameters:
        return "PARAMETER"
    if head in spec.tracks:
        return f"TRACK.{rest}"
    if head == "derived":
        return "derived.NAME"
    if name.startswith("deal.level."):
        return "deal.level.ISSUE"
    if head in ("level", "seen", "pledged"):
        return f"{head}.ISSUE"
    parts = {"type": "ACTOR.CLASS", "belief": "OBSERVER.ACTOR.CLASS", "count": "HAZARD", "first": "HAZARD"}.get(head, "ACTOR")
    return f"{head}.{parts}" if rest else name


def _of_game(name: str, game: object) -> str | None:
    """The same of a name that belongs to a game."""
    head, _, rest = name.partition(".")
    first, *others = rest.split(".")
    if head in ("move", "times", "votes") and first in game.moves:
        number = head == "move" and game.moves[first].kind == "agreement"
        return ".".join([head, "MOVE", *(["NUMBER"] if number else ["PLAYER", "OPTION"][2 - len(others) :])])
    if head in ("type", "belief", "member") and first in game.types:
        return ".".join([head, "TYPE", *(["CLASS"] if others else [])])
    return "payoff.PLAYER" if head == "payoff" and first in game.players else None


def undocumented() -> list[str]:
    """Names without a meaning, and meanings of names that no scenario at hand may use."""
    return sorted(set(found()) ^ set(MEANINGS))


def write(root: Path) -> list[str]:
    """Write the page below ``root``; its path."""
    return write_page(root, PAGE, text())


def text() -> str:
    """The page.

    Raises
    ------
    LookupError
        A quantity without a meaning in this module, or a meaning without a quantity.
    """
    if wrong := undocumented():
        raise LookupError(f"tools/reference/quantities.py: no meaning, or no quantity any more: {', '.join(wrong)}")
    kinds = found()
    rows = [[f"`{name}`", kinds[name], meaning] for name, meaning in MEANINGS.items()]
    own = [row for row in rows if re.search(r"[A-Z]", row[0])]
    common = [row for row in rows if row not in own]
    head = ["name", "kind", "meaning"]
    return "\n\n".join(
        [HEAD.rstrip(), "### Of every scenario", table(head, common), "### By what it names", table(head, own), TAIL]
    )
