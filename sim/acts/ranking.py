"""Menus in order of their worth to a party, kept as long as nothing that they rest on moves.

Most tactics ask again and again for the package that is worth a target to oneself and best for the others. While neither
side's view of the menu changes, packages are ranked once and the answer is found by halving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import mean_type
from sim.acts.codes import CREDIBILITY
from sim.acts.constraints import waived
from sim.acts.worth import feels_risk, pressed
from sim.rule import act, rule
from sim.rules import offers

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World

OWN_PARTS = 3  # of what a ranking rests on: an actor's credibility, the pressure it feels, its red lines
NOT_NOTED, NOTED, SEEN_AGAIN, RANKED = range(4)  # what is known about a party's menu


@rule
def _note(w: World, place: int, value: float) -> bool:
    """Note something that a ranking rests on; whether it was the same before."""
    same = w.rank_key[place] == value
    w.rank_key[place] = value
    return same


@rule
def _lines_in_force(w: World, c: Tables, actor: int) -> float:
    """Which of an actor's red lines forbid packages now, as one number."""
    number = 0.0
    if c.red_lines:
        for line in range(c.line_first[actor], c.line_first[actor + 1]):
            number = 2.0 * number + (1.0 if w.line_present[line] and not waived(w, c, line) else 0.0)
    return number


@act
def view_stands_still(w: World, c: Tables, t: int, actor: int, place: int) -> bool:
    """Whether an actor sees its menu at a table as it did the last two times; how it sees it now is noted.

    Two, because a view that has stood still once often moves before the next look, and a ranking costs several looks.
    Tastes and others' estimates of them do not move within a history, and of some parties nothing else does. A menu
    whose worth depends on the disagreement payoff, by the actor's attitude to risk, counts as seen anew each time.
    """
    if feels_risk(w, actor):
        return False
    if c.view_fixed[place] and w.rank_known[place] >= SEEN_AGAIN:
        return True
    at = place * (OWN_PARTS + 2 * c.most_parties)
    same = w.rank_known[place] != NOT_NOTED
    same = _note(w, at, w.credibility[actor]) and same
    same = _note(w, at + 1, pressed(w, c, actor)) and same
    same = _note(w, at + 2, _lines_in_force(w, c, actor)) and same
    at += OWN_PARTS
    for n in range(c.num_parties[t]):
        other = c.party[t * c.most_parties + n]
        if other != actor:
            same = _note(w, at + 2 * n, mean_type(w, c, actor, other, CREDIBILITY)) and same
            same = _note(w, at + 2 * n + 1, pressed(w, c, other)) and same
    if not same:
        w.rank_known[place] = NOTED
    elif w.rank_known[place] == NOTED:
        w.rank_known[place] = SEEN_AGAIN
        return False
    return same


@act
def rank(w: World, c: Tables, place: int, own: Floats, other: Floats, allowed: Floats) -> None:
    """Rank a party's menu by what its packages are worth to it now."""
    at = place * c.num_candidates
    for p in range(c.num_candidates):
        w.rank_other[at + p] = other[p]
    w.rank_size[place] = offers.rank_menu(
        own, other, allowed, c.num_candidates, at, w.rank_worth, w.rank_package, w.rank_liked, w.rank_best, w.rank_ties,
        w.spare_worth, w.spare_package,
    )  # fmt: skip
    w.rank_known[place] = RANKED


@act
def ranked_offer(w: World, c: Tables, place: int, last: int, target: float) -> int:
    """The package of a ranked menu that is worth the target and best for the others; -1 if none is."""
    at = place * c.num_candidates
    return offers.ranked_offer(
        w.rank_worth, w.rank_package, w.rank_liked, w.rank_best, w.rank_ties, at, w.rank_size[place], w.rank_other, at,
        c.levels, c.num_issues, last, target,
    )  # fmt: skip
