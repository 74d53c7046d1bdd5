"""Tables of a game: players, types, moves, units of play, results; where each of its quantities stands."""

from __future__ import annotations

from typing import Any

from sim.acts.codes import CLASS_TYPE, GAME_TYPES, MOVES
from sim.acts.games import AXES
from sim.engines.tables.maker import Maker, ragged
from sim.model.game.form import Axis, Form, Unit
from sim.model.spec.game import NEEDS

_NO_GAME: dict[str, Any] = {
    "num_players": 0, "num_game_types": 0, "first_move": 0, "most_moves": 0, "game_starts": 0.0, "game_period": 1.0,
}  # fmt: skip
_LISTS = (
    "player_discount", "game_type_kind", "game_type_key", "type_points", "type_members", "type_member_first", "type_classes",
    "type_belief", "type_first", "type_term", "move_kind", "move_key", "move_actor", "move_by", "move_players",
    "move_unit", "move_low", "move_high", "move_needed", "move_already", "move_result", "agreed_program",
    "unit_size", "unit_first", "unit_program", "unit_table", "unit_point", "unit_count", "unit_reveals",
    "axis_source", "axis_place", "result_takes", "result_then", "result_until", "result_effects", "paid_to",
    "paid_program", "axis_point", "game_probability", "game_point",
)  # fmt: skip
_STARTS = ("agreed_start", "unit_axis", "axis_start", "paid_start")
_SIZES = ("game_moves", "game_types", "member_types", "public", "agreed", "players", "game", "units", "game_options", "widest")


def games(m: Maker) -> None:
    """Enter all tables of a game; empty ones without."""
    if m.game is None:
        m.add(**_NO_GAME, **{name: [] for name in _LISTS}, **{name: [0] for name in _STARTS})
        m.sizes.update(dict.fromkeys(_SIZES, 0))
        return
    form, game = m.game, m.spec.game
    m.add(
        num_players=len(form.players), num_game_types=len(form.types), first_move=form.moves.index(game.first),
        most_moves=game.most_moves, game_starts=float(game.starts), game_period=float(game.period),
        player_discount=[m.condition(game.players[name].discount) for name in form.players],
    )  # fmt: skip
    _types(m, form)
    _moves(m, form)
    _units(m, form)
    _results(m, form)
    m.sizes.update(game=1, players=len(form.players), game_moves=len(form.moves), units=len(form.units))


def _types(m: Maker, form: Form) -> None:
    members = [form.members[form.types[name].of or ""] if form.types[name].of in form.members else 0 for name in form.types]
    kinds, terms, classes = [], [], []
    for kind in form.types.values():
        if kind.classes is not None:
            kinds.append(CLASS_TYPE)
            terms.append([m.condition(text) for text in kind.classes.values()])
            classes.append(len(kind.classes))
        else:
            kinds.append(GAME_TYPES.index(kind.dist))
            terms.append([m.condition(getattr(kind, name)) for name in ("low", "high", "mean", "sd") if name in NEEDS[kind.dist]])
            classes.append(0)
    starts, flat = ragged(terms)
    m.add(
        type_points=[0 if kind.classes is not None else form.points for kind in form.types.values()],
        game_type_kind=kinds, game_type_key=[form.type_keys[name] for name in form.types], type_members=members,
        type_member_first=_offsets(members), type_classes=classes, type_belief=_offsets(classes), type_first=starts,
        type_term=flat,
    )  # fmt: skip
    m.sizes.update(game_types=len(form.types), member_types=sum(members), public=sum(classes))


def _offsets(sizes: list[int]) -> list[int]:
    """Where each of some parts begins, one after another."""
    return [sum(sizes[:n]) for n in range(len(sizes))]


def _moves(m: Maker, form: Form) -> None:
    spec = m.spec.game.moves
    ids = form.moves

    def by(name: str) -> Any:
        return getattr(spec[name], "by", None)

    def one(name: str) -> str | None:
        return by(name) if isinstance(by(name), str) else None

    def low(name: str) -> str | None:
        if spec[name].kind == "number":
            return spec[name].between[0]
        return spec[name].pie if spec[name].kind == "division" else None

    m.per(
        ids,
        move_kind=lambda name: MOVES.index(spec[name].kind),
        move_key=form.move_keys.__getitem__,
        move_actor=lambda name: m.actor(one(name)),
        move_by=lambda name: form.players.index(one(name)) if one(name) is not None else -1,
        move_players=lambda name: form.members[one(name)] if one(name) in form.members else len(by(name) or ""),
        move_unit=lambda name: form.first_unit[name],
        move_low=lambda name: m.condition(low(name)),
        move_high=lambda name: m.condition(spec[name].between[1] if spec[name].kind == "number" else None),
        move_needed=lambda name: form.needed.get(name, 0),
        move_already=lambda name: m.condition(spec[name].already if spec[name].kind == "vote" else None),
        move_result=lambda name: form.first_result[name],
    )
    starts, flat = ragged([[m.condition(text) for text in form.agreed.get(name, {}).values()] for name in ids])
    m.add(agreed_start=starts, agreed_program=flat)
    m.sizes["agreed"] = len(flat)


def _units(m: Maker, form: Form) -> None:
    units = form.units
    starts, programs = ragged([[m.condition(text) for text in unit.programs] for unit in units])
    tables = [unit.table for unit in units]
    axes = [[] if table is None else list(table.axes) for table in tables]
    axis_starts, flat_axes = ragged(axes)
    point_starts, points = ragged([axis.points for axis in flat_axes])
    probability_starts, probabilities = ragged([[] if table is None else table.flat() for table in tables])
    number_starts, numbers = ragged([[] if table is None else [x for row in table.numbers for x in row] for table in tables])
    counts = _offsets([len(unit.options) for unit in units])
    m.add(
        unit_size=[unit.size for unit in units],
        unit_first=starts[:-1],
        unit_program=programs,
        unit_table=[-1 if table is None else at for table, at in zip(tables, probability_starts, strict=False)],
        unit_point=number_starts[:-1],
        unit_count=counts,
        unit_reveals=[-1 if unit.reveals is None else form.type_names.index(unit.reveals) for unit in units],
        unit_axis=axis_starts,
        axis_source=[AXES.index(axis.source) for axis in flat_axes],
        axis_place=[_place_of(form, counts, axis) for axis in flat_axes],
        axis_start=point_starts,
        axis_point=[float(x) for x in points],
        game_probability=[float(x) for x in probabilities],
        game_point=[float(x) for x in numbers],
    )
    widest = max([8, *(unit.size for unit in units)])
    m.sizes.update(game_options=sum(len(unit.options) for unit in units), widest=widest)


def _place_of(form: Form, counts: list[int], axis: Axis) -> int:
    """Where an axis reads."""
    if axis.source == "type":
        return form.type_names.index(axis.name)
    if axis.source in ("number", "made", "votes"):
        return form.moves.index(axis.name)
    if axis.source == "option":
        return form.unit_names.index(axis.name)
    if axis.source == "count":
        return counts[form.unit_names.index(axis.name)] + axis.option
    return 0


def _results(m: Maker, form: Form) -> None:
    results = form.results
    m.add(
        result_takes=[m.condition(result.takes) for result in results],
        result_then=[-1 if result.then is None else form.moves.index(result.then) for result in results],
        result_until=[m.condition(result.until) for result in results],
        result_effects=[0 if result.effects is None else m.effect(*_effects(m, result)) for result in results],
    )
    paid = [[(form.players.index(name), m.condition(text)) for name, text in result.payoffs.items()] for result in results]
    starts, flat = ragged(paid)
    m.add(paid_start=starts, paid_to=[player for player, _ in flat], paid_program=[text for _, text in flat])


def _effects(m: Maker, result: Any) -> tuple[Any, Any]:
    slots = m.slots.game.moves[result.move]
    for name in result.path:
        slots = slots[name] if isinstance(slots, dict) else getattr(slots, name)
    return slots.effects, result.effects


# Quantities and columns


def of_game(m: Maker, name: str) -> tuple[str, int, int] | None:
    """Kind and place of a quantity of the game; none for any other name."""
    form = m.game
    if form is None:
        return None
    if name in ("game.periods", "game.over", "game.moves"):
        return name, 0, 0
    if name == "uniform":
        return "game.uniform", 0, 0
    head, _, rest = name.partition(".")
    first, _, last = rest.partition(".")
    if head == "move" and first in form.moves:
        if not last:
            return "game.move", form.moves.index(first), 0
        if first in form.agreed:
            places = [(move, number) for move in form.moves for number in form.agreed.get(move, {})]
            return "game.agreed", places.index((first, last)), 0
        unit, option = _option(form, first, last)
        return "game.option", unit, option
    if head == "times" and first in form.moves:
        if not last:
            return "game.made", form.moves.index(first), 0
        unit, option = _option(form, first, last)
        return "game.count", m.tables["unit_count"][unit] + option, 0
    if head == "votes" and rest in form.moves:
        return "game.votes", form.moves.index(rest), 0
    if head == "type" and first in form.types:
        n = form.type_names.index(first)
        return ("game.class", n, form.classes(first).index(last)) if last else ("game.type", n, 0)
    if head == "belief" and first in form.types:
        n = form.type_names.index(first)
        return "game.belief", m.tables["type_belief"][n] + form.classes(first).index(last), 0
    if head == "member" and rest in form.types:
        return "game.member", form.type_names.index(rest), 0
    if head == "payoff" and rest in form.players:
        return "game.payoff", form.players.index(rest), 0
    return None


def _option(form: Form, move: str, rest: str) -> tuple[int, int]:
    """Unit and place of an option named as `option` or `player.option`."""
    for n, unit in enumerate(form.units):
        if unit.move == move and rest in unit.names():
            return n, unit.names().index(rest)
    raise KeyError(f"{move}.{rest}")


def game_columns(m: Maker) -> dict[str, tuple[str, ...] | None]:
    """Columns of the game in the order in which `sim.acts.readings` enters their numbers; words of those of text.

    Every move has a place; `is_named` tells those at which a number is named.
    """
    form = m.game
    if form is None:
        return {}
    found: dict[str, tuple[str, ...] | None] = {f"payoff:{name}": None for name in form.players}
    found |= {f"move:{name}": None for name in form.moves}
    found |= {f"option:{name}": (*unit.options, "") for name, unit in zip(form.unit_names, form.units, strict=True)}
    found |= {f"type:{name}": (*form.classes(name), "") if form.classes(name) else None for name in form.types}
    return found | {"game:periods": None, "game:moves": None, "game:over": None}


def is_named(m: Maker, column: str) -> bool:
    """Whether a column of the game ever holds anything: no number is named at a choice, and members have types each of their own."""
    head, _, name = column.partition(":")
    if head == "move":
        return m.spec.game.moves[name].kind in ("number", "division")
    return head != "type" or m.game.types[name].of not in m.game.members


__all__ = ["Unit", "game_columns", "games", "is_named", "of_game"]
