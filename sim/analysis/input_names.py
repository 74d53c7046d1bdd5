"""Names of inputs as readers know them: labels of the scenario, and words for the keys of its language.

A key of the language that says little by itself (`eta`, `gap`, `hold`) has its phrase in `PHRASES`; one that is plain
English stands as it is, without underscores. No name shows a path or an underscore: the path stands beside it as code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Parts of a path that only say where the rest is found.
_PLACES = frozenset(
    ("actors", "utility", "issues", "types", "mechanisms", "tracks", "hazards", "effects", "parameters", "veto_players",
     "risk", "fighting", "rungs")
)  # fmt: skip
_OF_AN_ISSUE = {"weight": "weight", "ideal": "ideal", "exponent": "curvature of the value"}
# What stands behind these is a name that the scenario's author gave, however much it looks like a key of the language.
_GROUPS = frozenset(
    ("actors", "issues", "tracks", "hazards", "parameters", "packages", "veto_players", "derived", "red_lines", "tactics",
     "enforcers", "signals", "split", "mark_effects", "menu", "stages", "commitment")
)  # fmt: skip
QUOTE, QUOTE_END = "\u201c\u201d"
_LABELLED = ("issues", "packages", "tracks", "actors")  # what other parts of a scenario name by key

# The end of a path, longest first, and what a reader calls it.
PHRASES = {
    # actors
    "survival.weight": "weight of survival",
    "survival.eta": "how far survival rests on the last weapons",
    "prior": "share at the start",
    "comply_bonus": "gain from keeping its word",
    "types.war_cost": "cost of war",
    "types.credibility": "trust in promises",
    "risk.loss_aversion": "loss aversion",
    "risk.curvature": "curvature of gains and losses",
    "fighting.win_probability": "chance to win a war",
    "fighting.prize": "prize of a won war",
    "weight_of_own_view": "weight of its own view",
    "beta": "how early it concedes",
    "period": "time until it asks for least",
    "margin": "least gain that it asks for",
    "stress": "haste under pressure",
    # veto players
    "veto_players.*.weight": "weight in decisions",
    "veto_players.*.prior": "consent at the start",
    "spread": "noise of its consent",
    "vote_gap": "time between votes",
    "veto_players.*.learning": "gain at each repeated vote",
    # tracks
    "first_round": "time to the first round",
    "gap": "time between rounds",
    "breakdown": "chance of breakdown after a rejection",
    "tracks.*.delay": "waiting time",
    "cancellation.rate": "cancellations a year",
    "cancellation.revival": "chance that a cancelled meeting is revived",
    "cancellation.revival_delay": "time until it is revived",
    "cancellation.rate_after_revival": "cancellations a year after a revival",
    "invitations.delay": "time to a further meeting",
    "invitations.spectacle_first": "worth of the first meeting as a spectacle",
    "invitations.spectacle_later": "worth of later meetings as a spectacle",
    "spin_first": "how well a first declaration sells at home",
    "spin_later": "how well a later declaration sells at home",
    "recognition.transfer": "recognition gained by a meeting",
    "recognition.irreversible": "part of that recognition that a failure leaves",
    "atmosphere": "worth of a good atmosphere",
    "agreement_collapse": "collapses of a standing agreement a year",
    "tracks.*.rate": "contacts a year",
    "stage_duration": "time of a stage",
    "collapse_factor": "factor on collapses once in force",
    "threshold_in_talks": "severity that is put to the vote during talks",
    "tracks.*.threshold": "severity that is put to the vote",
    "tracks.*.step": "pressure added by a resolution",
    "intercept": "leaning without further grounds",
    "announced_effects": "on announcement",
    "held_effects": "when held",
    "walk_out_effects": "after a walk-out",
    "signed_effects": "on signature",
    "strike_effects": "after a strike",
    # what events do
    "tension_factor": "factor on tension",
    "raises_expectation": "upward push on expectation",
    "effects.capability": "gain in capability",
    "effects.provocation": "weight as a provocation",
    "effects.severity": "severity put to the vote",
    "fails_round": "chance that the pending round fails",
    "hostile_vetoes": "added hostile veto players",
    "leader.probability": "chance that the leader changes",
    "leader.credibility_factor": "factor on trust after a change of leader",
    "hazards.*.rate": "events a year",
    "baseline": "events a year without earlier ones",
    "branching": "further events that one sets off",
    "paused_rate": "events a year in a pause",
    "suspended_probability": "chance that it is called off",
    # mechanisms
    "choice": "precision of choice",
    "choice.aftermath_reference": "precision of choice, after a meeting that is judged against expectation",
    "tastes": "scatter of preferences",
    "learning.kappa": "weight of the evidence",
    "learning.noise": "noise in reading signals",
    "tension.rest": "tension at rest",
    "tension.rest_in_talks": "tension at rest during talks",
    "contact_cost": "cost of offering talks",
    "saturation": "count at which it is full",
    "capability.growth": "growth of capability a day",
    "factor_in_moratorium": "factor on growth under a moratorium",
    "capability.erosion": "loss that capability brings the other side",
    "initial": "at the start",
    "felt_after": "time until it is felt",
    "adaptation": "adaptation of the target a year",
    "turn_shift": "shift of enforcement when the target turns to its partners",
    "turn_gain": "gain that the target sees in turning to its partners",
    "time_constant": "time of adjustment",
    "fear": "fear of war",
    "fear_rungs": "rung at which the fear of war is full",
    "oversell": "upward push of a broker's report",
    "bias_belief": "bias that is believed of the broker",
    "aftermath": "after a meeting",
    "audience": "factor on audience costs",
    "climb": "cost of climbing to it",
    "hold": "cost of holding there",
    "rungs.*.risk": "risk of sliding on, a day",
    "tick": "time between moves",
    "fast_tick": "time between moves at dangerous rungs",
    "stake": "worth of a concession",
    "fade": "rate at which a crisis cools",
    "cooling": "rate at which a calm rung falls",
    "counter_blow": "own loss from a counter-strike",
    "counter_success": "chance that a counter-strike succeeds",
    "loss_share": "part of the loss of major war at the rung below it",
    "loss_extra": "further loss at that rung",
    "loss_per_rung": "loss a rung",
    "ladder": "escalation ladder",
    "snapback_rate": "return of sanctions a quarter",
    "detection.slope": "effect of verification",
    "split": "shares of its kinds",
    "mark_effects": "kind",
    "red_lines": "red line",
    "signals": "signal",
    "half_life": "half-life",
    "belief_talks": "belief in talks",
    "belief_pressure": "belief in pressure",
    "belief_half_life": "half-life of these beliefs",
}  # fmt: skip


def input_label(scenario: Mapping[str, Any], path: str) -> str:
    """A path in words: `North Korea: weight of survival`. Things with a label of their own stand in quotation marks."""
    parts = path.split(".")
    words: list[str] = []
    place: Any = scenario
    position = 0
    while position < len(parts):
        phrase, taken = _phrase(parts, position)
        part = parts[position]
        for key in parts[position : position + taken]:
            place = _inside(place, key)
        label = place.get("label") if isinstance(place, Mapping) else None
        if label is None and phrase is None and part not in _PLACES:
            label = _label_of(scenario, part)
        if label or phrase or part not in _PLACES:
            quoted = label and words and part not in scenario.get("actors", ())
            words.append(f"{QUOTE}{label}{QUOTE_END}" if quoted else str(label or phrase or part.replace("_", " ")))
        position += taken
    if parts[0] == "parameters" and parts[-1] == "number" and len(words) > 1:
        words = words[:-1]
    if parts[0] == "actors" and parts[-1] in _OF_AN_ISSUE and "issues" in parts and len(words) > 2:
        *owner, thing, _ = words
        text = f"{', '.join(owner)}: {_OF_AN_ISSUE[parts[-1]]} of {thing if thing[0] == QUOTE else QUOTE + thing + QUOTE_END}"
    elif parts[0] == "actors" and len(words) > 1:
        text = f"{words[0]}: {', '.join(words[1:])}"
    else:
        text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _phrase(parts: list[str], position: int) -> tuple[str | None, int]:
    """The phrase for what begins at a position, and how many parts of the path it stands for; none for an author's id."""
    if position and parts[position - 1] in _GROUPS:
        return None, 1
    for taken in (2, 1):
        here = parts[position : position + taken]
        if len(here) < taken:
            continue
        before = parts[max(0, position - 2) : position]
        for lead in ([*before[:1], "*"] if len(before) == 2 else None, before[-1:], []):
            found = None if lead is None else PHRASES.get(".".join([*lead, *here]))
            if found is not None:
                return found, taken
    return None, 1


def _inside(place: Any, part: str) -> Any:
    if isinstance(place, Mapping):
        return place.get(part)
    if isinstance(place, (list, tuple)) and part.isdecimal() and int(part) < len(place):
        return place[int(part)]
    return None


def _label_of(scenario: Mapping[str, Any], name: str) -> str | None:
    """Label of an issue, package or track that a path names below something else, as a weight does its issue."""
    for group in _LABELLED:
        entry = (scenario.get(group) or {}).get(name)
        if isinstance(entry, Mapping) and entry.get("label"):
            return str(entry["label"])
    return None
