"""`World`: the simulated situation at one moment, as one flat record.

Every field is a number or a fixed-length list of numbers, so that the same record can be a row
of a structured array in a compiled engine; `dtype_of` gives that layout and `to_record` the row.
Times are in the scenario's unit since the start; `NEVER` stands for "has not happened".
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.model.compile import Case

NEVER = -1.0e9  # a time so long ago that no window reaches it
NOT_YET = float("nan")

# name, default, meaning. A default that is text names the list's length: issues, actors or tracks.
FIELDS: tuple[tuple[str, float | str, str], ...] = (
    ("now", 0.0, "time of the last update"),
    ("tension", 0.0, "tension index in [0, 1]"),
    ("rung", 0, "rung of the escalation ladder"),
    ("max_rung", 0, "highest rung reached"),
    ("talks_on", 0, "whether the two sides are in talks"),
    ("talks_since", NEVER, "when the present talks began"),
    ("talks_ended", NEVER, "when talks last ended"),
    ("last_session", NEVER, "last session or agreed date between the two sides"),
    ("last_major", NEVER, "last major provocation"),
    ("unheard_since", NEVER, "last offer of the second side that was rejected or unanswered"),
    ("declaration", 0, "whether a signed declaration stands"),
    ("provocation", 0.0, "weighted count of provocations"),
    ("rivalry", 0.0, "great-power rivalry in [0, 1]"),
    ("capability", 0.0, "arms growth since the start"),
    ("expectation", 0.0, "expectation of a leaders' meeting on the triumph scale"),
    ("belief_talks", 0.0, "belief that talks can deliver"),
    ("belief_pressure", 0.0, "belief that pressure works"),
    ("sanctions_level", 0.0, "level of sanctions before relief and enforcement"),
    ("pressure", 0.0, "pressure that reaches the target"),
    ("stress", 0.0, "pressure as the target feels it, before relief"),
    ("enforcement_shift", 0.0, "shift of enforcement while the target courts its partners"),
    ("shift_until", NEVER, "until when that shift lasts"),
    ("moratorium", 0, "whether a test moratorium holds"),
    ("moratorium_until", NEVER, "deadline of a moratorium, if one was set"),
    ("pause_until", NEVER, "until when the launch pause outlasts talks"),
    ("pause_broken", 0, "whether the launch pause has been ended although talks go on"),
    ("recognised", 0, "whether a leaders' meeting has been held"),
    ("hostile_extra", 0.0, "hostile veto players added by elections"),
    ("leader_change", NEVER, "last change of a leader of the two sides"),
    ("text", -1, "package held as an agreed text, or -1"),
    ("text_since", NEVER, "when the text was agreed"),
    ("deal", -1, "package of the deal in force, or -1"),
    ("deal_since", NEVER, "when it was signed"),
    ("deal_milestones", 0, "milestones passed"),
    ("deal_disputed", 0, "whether it is in dispute"),
    ("deal_hostile", 0.0, "hostile veto players at the last review"),
    ("deal_treaty", 0, "whether the treaty vote has lifted the guarantee"),
    ("crisis", 0, "whether a crisis is active"),
    ("crisis_since", NEVER, "when it began"),
    ("crisis_mover", 0, "which side moves next: 0 or 1"),
    ("exercise_suspended", 0, "whether the last calendar event was called off"),
    ("level", "issues", "implemented levels"),
    ("seen", "issues", "levels as others see them"),
    ("granted", "issues", "what deals since the last collapse have added to the levels"),
    ("local", "issues", "what a standing local agreement has added to the levels"),
    ("pledged", "issues", "levels pledged in a signed text"),
    ("enforcement", "actors", "enforcement of sanctions"),
    ("commitment", "actors", "true class of commitment, by position in key order"),
    ("war_cost", "actors", "true cost of war"),
    ("credibility", "actors", "own belief in promises of protection"),
    ("pending", "tracks", "date of a pending meeting, or NEVER"),
    ("met", "tracks", "number of meetings or rounds held"),
    ("standing", "tracks", "whether a standing agreement or pact is in force"),
    ("standing_since", "tracks", "since when"),
    ("walked_out", "tracks", "number of meetings that ended without a signature"),
)

_SCALARS = tuple(name for name, default, _ in FIELDS if not isinstance(default, str))
_LISTS = tuple((name, default) for name, default, _ in FIELDS if isinstance(default, str))


class World:
    """The situation of one history; see `FIELDS` for what each number means."""

    __slots__ = (*(name for name, _, _ in FIELDS), "beliefs")

    def __init__(self, num_issues: int, num_actors: int, num_tracks: int, num_beliefs: int) -> None:
        length = {"issues": num_issues, "actors": num_actors, "tracks": num_tracks}
        for name, default, _ in FIELDS:
            setattr(self, name, [0.0] * length[default] if isinstance(default, str) else default)
        for name in ("pending", "standing_since"):
            setattr(self, name, [NEVER] * num_tracks)
        self.beliefs = [0.0] * num_beliefs

    def to_record(self) -> np.ndarray:
        """The world as an array of one structured row."""
        row = np.zeros(1, dtype=self.dtype())
        for name, _, _ in FIELDS:
            row[name][0] = getattr(self, name)
        row["beliefs"][0] = self.beliefs
        return row

    def dtype(self) -> np.dtype:
        """Layout of the record: everything float64, lists as fixed-length subarrays."""
        fields: list[tuple] = [(name, "<f8") for name in _SCALARS]
        fields += [(name, "<f8", (len(getattr(self, name)),)) for name, _ in _LISTS]
        fields.append(("beliefs", "<f8", (len(self.beliefs),)))
        return np.dtype(fields)

    def checksum(self) -> str:
        """Short hash of the whole situation, for traces that are compared event by event."""
        return hashlib.blake2b(self.to_record().tobytes(), digest_size=8).hexdigest()


def world_of(case: Case, num_beliefs: int) -> World:
    """A world at the scenario's start, before anything is drawn."""
    world = World(len(case.issue_ids), len(case.actor_ids), len(case.spec.tracks), num_beliefs)
    for k, name in enumerate(case.issue_ids):
        level = float(case.spec.issues[name].start)
        world.level[k] = level
        world.seen[k] = level
    return world
