"""The table of draws in `docs/contracts.md`: which purpose has which address. A test records the draws that are made."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sim.randomness import Stream
from tools.sections import table, write_part

PAGE = "docs/contracts.md"


class Draw(NamedTuple):
    """One purpose: stream, kind of the entity whose key is used, first and last lane, what is drawn."""

    stream: Stream
    entity: str
    first: int
    last: int
    what: str


DRAWS = (
    Draw(Stream.TYPE, "actors", 0, 0, "class of commitment"),
    Draw(Stream.TYPE, "actors", 8, 255, "whether each red line is there, lines by name"),
    Draw(Stream.INPUT, "owner", 0, 0, "an input; counter is the hash of its path"),
    Draw(
        Stream.CHOICE,
        "tracks",
        0,
        23,
        "replies to an offer or draft and votes on a stage, by party; a bundle and its reply (0, a pair)",
    ),
    Draw(
        Stream.CHOICE,
        "tracks",
        0,
        5,
        "at a meeting: proposal, reply, last word, declaration, response, the other's response",
    ),
    Draw(Stream.CHOICE, "tracks", 8, 9, "invitation to a meeting and its answer"),
    Draw(Stream.CHOICE, "tracks", 24, 63, "an offer, by party"),
    Draw(Stream.CHOICE, "tracks", 64, 255, "opening a process of staged consent, by proposer"),
    Draw(Stream.CHOICE, "actors", 41, 41, "move in a crisis"),
    Draw(Stream.CHOICE, "actors", 48, 49, "offer to talk and its answer"),
    Draw(Stream.TIMING, "tracks", 0, 0, "gap between rounds; delay of a vote on a resolution"),
    Draw(Stream.TIMING, "tracks", 1, 2, "first round (1); duration of a stage, failure of the pending round (2)"),
    Draw(Stream.TIMING, "tracks", 16, 18, "revival of a cancelled meeting, its delay, date of a further meeting"),
    Draw(Stream.TIMING, "hazards", 32, 32, "whether a calendar event is called off"),
    Draw(Stream.TIMING, "veto_players", 33, 33, "time to a vote of ratification"),
    Draw(Stream.TIMING, "actors", 50, 50, "time to a later vote on a treaty"),
    Draw(Stream.HAZARD, "hazards", 0, 1, "gap to the next arrival; acceptance of a candidate (self-exciting)"),
    Draw(
        Stream.HAZARD, "tracks", 32, 35, "cancellation; end of a standing bundle; end of a multilateral text; contacts"
    ),
    Draw(Stream.HAZARD, "actors", 48, 48, "collapse of a deal for reasons outside it"),
    Draw(Stream.OUTCOME, "tracks", 0, 63, "breakdown after a rejection; votes on a resolution, by voter"),
    Draw(Stream.OUTCOME, "actors", 40, 41, "cooling of a rung; slide in a crisis (a pair)"),
    Draw(Stream.OUTCOME, "actors", 49, 49, "which party leaves a deal that ends"),
    Draw(Stream.VETO, "tracks", 0, 0, "block of a bundle"),
    Draw(Stream.VETO, "tracks", 48, 48, "block of a deal that has no life after signature"),
    Draw(Stream.VETO, "actors", 48, 48, "block of a signed deal"),
    Draw(Stream.VETO, "actors", 50, 50, "an ally's veto against a strike"),
    Draw(Stream.VETO, "veto_players", 33, 34, "a vote of ratification (33); a later vote on a treaty (34)"),
    Draw(Stream.SIGNAL, "actors", 0, 255, "detection at a milestone, by party (even lanes)"),
    Draw(Stream.EXECUTION, "actors", 0, 255, "keeping a milestone, by party (even lanes)"),
    Draw(Stream.REPAIR, "actors", 0, 1, "duration and repair of a dispute"),
    Draw(Stream.SHOCK, "hazards", 0, 0, "mark of an event"),
    Draw(Stream.DOMESTIC, "hazards", 0, 1, "whether a leader changes; the class of the new one"),
    Draw(Stream.DOMESTIC, "tracks", 2, 3, "the same, where a meeting or an accepted bundle brings it about"),
    Draw(Stream.DOMESTIC, "actors", 4, 7, "the same, where a signature (4, 5) or a strike (6, 7) does"),
    Draw(Stream.MEDIATION, "tracks", 0, 0, "a mediator's draft"),
    Draw(Stream.MOVE, "moves", 0, 3, "a choice or a number, of players who move at once by their order in the file; votes of members (1)"),
    Draw(Stream.MOVE, "game_types", 64, 64, "a private type of a game"),
    Draw(Stream.MOVE, "game_types", 65, 65, "the same of each member of a group, one after another"),
    Draw(Stream.MOVE, "moves", 66, 66, "lots of a division: who proposes, whose votes are bought"),
)


def is_listed(stream: int, entities: set[str], lane: int) -> bool:
    """Whether a draw is in the table."""
    return any(item.stream == stream and item.entity in entities and item.first <= lane <= item.last for item in DRAWS)


def write(root: Path) -> list[str]:
    """Write the page with this part made anew below ``root``; its path."""
    rows = [
        [
            f"{item.stream.value} {item.stream.name}",
            item.entity,
            f"{item.first}" if item.first == item.last else f"{item.first} to {item.last}",
            item.what,
        ]
        for item in DRAWS
    ]
    return write_part(root, PAGE, "draws", table(["stream", "key of", "lane", "what is drawn"], rows))
