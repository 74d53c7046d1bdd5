"""What the moves of a game tell, put into the log: types drawn, moves with chances and beliefs, payments, the end.

A move is told in parts, by those who take part in it, and becomes one happening when its result is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.acts.games import row_of_table
from sim.model.game.form import types_named

if TYPE_CHECKING:
    from sim.engines.telling import Teller
    from sim.model.game.form import Unit


class MoveParts:
    """What has been told of the move that is being made, and what was believed before."""

    def __init__(self) -> None:
        self.public: list[float] = []
        self.clear()

    def clear(self) -> None:
        """Nothing has been told of the next move."""
        self.choices: list[dict[str, Any]] = []
        self.ballots: list[tuple[int, float, bool]] = []
        self.beliefs: dict[str, dict[str, list[float]]] = {}
        self.details: dict[str, Any] = {}


def _types(t: Teller, w: Any, c: Any) -> None:
    form = t.case.game
    if form is None:
        return
    t.parts.public = list(w.public)
    drawn: dict[str, Any] = {}
    chances: dict[str, float] = {}  # of the class that was drawn
    beliefs: dict[str, dict[str, float]] = {}
    for n, name in enumerate(form.type_names):
        classes = form.classes(name)
        if c.type_members[n] > 0:
            first = c.type_member_first[n]
            values = [float(x) for x in w.member_type[first : first + c.type_members[n]]]
            drawn[name] = [classes[int(x)] for x in values] if classes else values
        else:
            drawn[name] = classes[int(w.type_value[n])] if classes else float(w.type_value[n])
            if classes:
                held = _belief(t, c, w.public, n)
                chances[name] = held[drawn[name]]
                if not types_named(form.types[name]):  # else what others would believe depends on what they do not know
                    beliefs[name] = held
    if drawn:
        what = ", ".join(f"{name} {_brief(value)}" for name, value in drawn.items())
        t.note(w, "types", "", what, drawn=drawn, chances=chances, beliefs=beliefs)


def _belief(t: Teller, c: Any, public: Any, n: int) -> dict[str, float]:
    first = c.type_belief[n]
    classes = t.case.game.classes(t.case.game.type_names[n])
    return {name: float(public[first + k]) for k, name in enumerate(classes)}


def _brief(value: Any) -> str:
    return f"of {len(value)} members" if isinstance(value, list) else value if isinstance(value, str) else f"{value:.4g}"


def _option_taken(t: Teller, w: Any, c: Any, unit: int, chosen: int) -> None:
    item = t.case.game.units[unit]
    chances = {name: float(w.chance[n]) for n, name in enumerate(item.options)}
    t.parts.choices.append({"player": item.player, "option": item.options[chosen], "chances": chances, "knows": _own(t, w, item)})


def _own(t: Teller, w: Any, unit: Unit) -> dict[str, Any]:
    """What the player who moves knows and nobody else: its own types."""
    form = t.case.game
    found: dict[str, Any] = {}
    for n, name in enumerate(form.type_names):
        if unit.player is not None and form.types[name].of == unit.player and unit.player not in form.members:
            classes = form.classes(name)
            found[name] = classes[int(w.type_value[n])] if classes else float(w.type_value[n])
    return found


def _number_named(t: Teller, w: Any, c: Any, unit: int, value: float) -> None:
    item = t.case.game.units[unit]
    chance = None
    if item.table is not None:
        size = item.size
        first = c.unit_point[unit] + row_of_table(w, c, unit) * size
        chance = sum(float(w.chance[n]) for n in range(size) if c.game_point[first + n] == value)
    mixed = item.table is None and "uniform" in (item.programs[0] or "")
    t.parts.choices.append({"player": item.player, "number": value, "chance": chance, "mixed": mixed, "knows": _own(t, w, item)})


def _learned(t: Teller, w: Any, c: Any, n: int) -> None:
    before, after = _belief(t, c, t.parts.public, n), _belief(t, c, w.public, n)
    if before != after:
        t.parts.beliefs[t.case.game.type_names[n]] = {"before": before, "after": after}
    t.parts.public = list(w.public)


def _ballot(t: Teller, w: Any, c: Any, member: int, chance: float, yes: bool) -> None:
    t.parts.ballots.append((member, float(chance), bool(yes)))


def _division(t: Teller, w: Any, c: Any, m: int, proposer: int, share: float, pie: float) -> None:
    partners = c.move_needed[m] - 1
    t.parts.details = {
        "proposer": proposer, "share": share, "partners": partners, "keeps": pie - share * partners,
    }  # fmt: skip


def _move(t: Teller, w: Any, c: Any, m: int, result: int) -> None:
    form, parts = t.case.game, t.parts
    name = form.moves[m]
    move = form.game.moves[name]
    details: dict[str, Any] = {"move": name, "form": move.kind, "choices": parts.choices, **parts.details}
    if name in form.needed:
        unit = form.first_unit[name]
        chances = [chance for _, chance, _ in parts.ballots]
        details |= {
            "votes": int(w.votes_for[m]), "needed": int(c.move_needed[m]), "asked": len(parts.ballots),
            "result": form.units[unit].options[w.option_chosen[unit]],
            "chance": sum(chances) / len(chances) if any(0.0 < chance < 1.0 for chance in chances) else None,
        }  # fmt: skip
    if name in form.agreed:
        details["agreed"] = {number: float(text) for number, text in form.agreed[name].items()}
    paid = range(c.paid_start[result], c.paid_start[result + 1])
    details["paid"] = {form.players[c.paid_to[n]]: float(w.paid_now[c.paid_to[n]]) for n in paid}
    details["discounts"] = {player: float(w.game_discount[n]) for n, player in enumerate(form.players)}
    details["beliefs"] = parts.beliefs
    details["periods"] = float(w.game_periods[0])
    details["unseen_by"] = list(move.unseen_by)
    who = move.by if isinstance(getattr(move, "by", None), str) else ""
    t.note(w, "move", who, f"{name}: {_words(details)}", **details)
    parts.clear()


def _words(details: dict[str, Any]) -> str:
    """What came of a move, by names."""
    found = [f"{choice['number']:.4g}" if "number" in choice else choice["option"] for choice in details["choices"]]
    found += [f"{name} {value:.4g}" for name, value in details.get("agreed", {}).items()]
    return ", ".join([*found, details["result"]] if "result" in details else found)


def _over(t: Teller, w: Any, c: Any) -> None:
    _end(t, w, "is over")


def _stops(t: Teller, w: Any, c: Any) -> None:
    _end(t, w, "stops unfinished")


def _end(t: Teller, w: Any, act: str) -> None:
    payoffs = {player: float(w.game_payoff[n]) for n, player in enumerate(t.case.game.players)}
    t.note(
        w, "game", "", f"the game {act}", act=act, moves=int(w.game_moves[0]), periods=float(w.game_periods[0]), payoffs=payoffs
    )  # fmt: skip


GAME_EVENTS: dict[str, Callable[..., None]] = {
    "types": _types,
    "option taken": _option_taken,
    "number named": _number_named,
    "learned of type": _learned,
    "ballot": _ballot,
    "division": _division,
    "move": _move,
    "game over": _over,
    "game stops": _stops,
}
