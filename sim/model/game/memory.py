"""What a position of a game must remember, and what its players see of that.

That is what an expression further on may read, and every choice that may tell of something that is hidden from somebody who
moves later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.model.game.form import FlatResult, Form, Unit
from sim.model.spec.game import ChanceMove, DivisionMove, NumberMove, VoteMove

Reader = Callable[[str], Any]  # text -> expression with the theorem's numbers put in

# What a position may remember: ("number", move), ("option", unit), ("made", move), ("count", unit, place),
# ("votes", move), ("periods",), ("moves",), ("payoff", player), ("belief", type), ("type", name).
Variable = tuple[Any, ...]


def remembered(
    form: Form, read: Reader, *, as_written: bool, measures: Mapping[str, tuple[str, str | None]]
) -> dict[str, set[Variable]]:
    """By move, what must be remembered when it is made.

    Parameters
    ----------
    as_written : whether the strategies of the scenario are followed, so that what they read counts.
    measures : by name, expressions that are worked out at the ends: the value, and a condition under which it counts.
    """
    at_end = {
        v for value, given in measures.values() for text in (value, given) for v in variables_of(form, read, text)
    }
    before: dict[str, set[Variable]] = {}
    after: dict[str, set[Variable]] = {}
    made: dict[str, set[Variable]] = {}
    results: dict[str, list[FlatResult]] = {name: [] for name in form.moves}
    for result in form.results:
        results[result.move].append(result)
    for name in form.moves:
        move = form.game.moves[name]
        texts: list[str | None] = []
        units = [unit for unit in form.units if unit.move == name]
        if isinstance(move, NumberMove):
            texts += move.between
        if isinstance(move, ChanceMove) or as_written or isinstance(move, (VoteMove, DivisionMove)):
            texts += [program for unit in units for program in unit.programs]
        if isinstance(move, VoteMove):
            texts.append(move.already)
        before[name] = {v for text in texts for v in variables_of(form, read, text)}
        read_after = [t for result in results[name] for t in (*result.payoffs.values(), result.takes, result.until)]
        after[name] = {v for text in read_after for v in variables_of(form, read, text)}
        made[name] = {("number", name), ("votes", name), *(("option", unit.name) for unit in units)}
    followed = {name: [result.then for result in results[name] if result.then is not None] for name in form.moves}
    ending = {
        name for name in form.moves if any(result.then is None or result.until is not None for result in results[name])
    }

    def needed(told: set[Variable]) -> dict[str, set[Variable]]:
        live = {name: set(before[name]) for name in form.moves}
        changed = True
        while changed:
            changed = False
            for name in form.moves:
                ends = at_end if name in ending else set()
                wanted = (
                    before[name]
                    | ((after[name] | ends | set().union(*(live[then] for then in followed[name]))) - made[name])
                    | told
                )
                if not wanted <= live[name]:
                    live[name] |= wanted
                    changed = True
        return live

    told: set[Variable] = set()
    while True:
        live = needed(told)
        more = telling(form, read, live)
        if more <= told:
            return live
        told |= more


def counted_votes(form: Form, read: Reader, measures: Mapping[str, tuple[str, str | None]]) -> set[str]:
    """Votes of which something reads the number."""
    texts: list[str | None] = [text for pair in measures.values() for text in pair]
    texts += [text for result in form.results for text in (*result.payoffs.values(), result.takes, result.until)]
    texts += [text for unit in form.units for text in unit.programs]
    for move in form.game.moves.values():
        texts += move.between if isinstance(move, NumberMove) else [move.already] if isinstance(move, VoteMove) else []
    return {variable[1] for text in texts for variable in variables_of(form, read, text) if variable[0] == "votes"}


def variables_of(form: Form, read: Reader, text: str | None) -> set[Variable]:
    """What an expression reads of the past."""
    found: set[Variable] = set()
    for name in () if text is None else read(text).names():
        head, _, rest = name.partition(".")
        first, _, last = rest.partition(".")
        if name in ("game.periods", "game.moves"):
            found.add((rest,))
        elif head == "payoff":
            found |= {("payoff", rest), ("periods",)}
        elif head == "belief":
            found.add(("belief", first))
        elif head == "votes":
            found.add(("votes", first))
        elif head == "times" and not last:
            found.add(("made", first))
        elif head == "move" and not last:
            found.add(("number", first))
        elif head in ("move", "times"):
            for unit in form.units:
                if unit.move == first and last in unit.names():
                    found.add(
                        ("option", unit.name) if head == "move" else ("count", unit.name, unit.names().index(last))
                    )
    return found


def telling(form: Form, read: Reader, live: Mapping[str, set[Variable]]) -> set[Variable]:
    """Choices that may tell of something that is hidden from somebody who moves.

    A player's choice does where it knows a type, or has seen an earlier move that still matters, that another mover does not
    know; a draw of chance and a group's vote do where their probabilities rest on such things.

    Parameters
    ----------
    live : by move, what is remembered when it is made.
    """
    moves = form.game.moves
    owners = {kind.of for kind in form.types.values() if kind.of is not None and kind.of not in form.members}
    movers = {unit.player for unit in form.units if unit.player is not None}
    secret = {name for name, move in moves.items() if movers & set(move.unseen_by)}
    later = {name: _later(form, name) for name in secret}
    found: set[Variable] = set()
    for unit in form.units:
        if isinstance(moves[unit.move], (ChanceMove, VoteMove)):
            names = [name for text in unit.programs if text is not None for name in read(text).names()]
            tells = any(_may_be_secret(form, name, secret) for name in names)
        else:
            others = movers - {unit.player}
            seen = {
                name for name in secret
                if unit.move in later[name] and others & set(moves[name].unseen_by) and sees(form, unit.player, ("made", name))
            }  # fmt: skip
            still = {str(v[1]).split(".")[0] for v in live[unit.move] if len(v) > 1}
            if any(v[0] == "payoff" for v in live[unit.move]):  # payoffs so far may rest on any move
                still = seen
            tells = (unit.player in owners and bool(others)) or bool(seen & still)
        if tells:
            found.add(("option", unit.name) if unit.options else ("number", unit.move))
    return found


def _may_be_secret(form: Form, name: str, secret: set[str]) -> bool:
    """Whether a quantity that chance reads may be hidden from somebody; payoffs may tell of what is."""
    head, _, rest = name.partition(".")
    if head == "payoff":
        return bool(secret or form.types)
    return head == "type" or (head in ("move", "times", "votes") and rest.split(".")[0] in secret)


def _later(form: Form, name: str) -> set[str]:
    """Moves that may be made after a move."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        nexts = {result.then for result in form.results if result.move == one and result.then is not None} - found
        found |= nexts
        waiting += nexts
    return found


def sees(form: Form, player: str | None, variable: Variable) -> bool:
    """Whether a player knows something that a position remembers; what it chose itself it does."""
    if variable[0] in ("periods", "moves"):
        return True
    unit: Unit | None = None
    if variable[0] in ("option", "count"):
        unit = next(one for one in form.units if one.name == variable[1])
    move = form.game.moves[unit.move if unit is not None else variable[1]]
    own = unit.player if unit is not None else getattr(move, "by", None)
    return player == own or player not in move.unseen_by
