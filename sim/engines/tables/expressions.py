"""Tables of expressions: programs over named quantities and over packages, and who reads which quantity."""

from __future__ import annotations

from sim.acts.codes import COMMITMENT
from sim.acts.quantities import QUANTITY_KINDS
from sim.engines.tables.games import of_game
from sim.engines.tables.maker import Maker, ragged
from sim.model.compile import PARENT, Condition
from sim.rules.expression import CONSTANT

_KIND = {name: n for n, name in enumerate(QUANTITY_KINDS)}
_OF_TRACK = {
    "in_force": "track.standing", "standing": "track.standing", "age": "track.age", "pending": "track.pending",
    "held": "track.held", "walked_out": "track.walked_out", "cancelled": "track.cancelled",
}  # fmt: skip



class _Code:
    """Programs one after another, with their constants in one list."""

    def __init__(self) -> None:
        self.code: list[int] = []
        self.constants: list[float] = []
        self.stack = 1

    def add(self, program: Condition) -> tuple[int, int]:
        """Where a program begins and ends; its constants are counted from the first of all."""
        offset = len(self.constants)
        start = len(self.code)
        self.code += [c - offset if c <= CONSTANT else c for c in program.code]
        self.constants += program.constants
        self.stack = max(self.stack, program.stack_size)
        return start, len(self.code)


def expressions(m: Maker) -> None:
    """Enter all tables of expressions; after everything that has conditions, and after the arrivals."""
    case = m.case
    names = {name for one in m.arrivals for name in one["reads"]}
    for name in sorted(names):
        case.names.setdefault(name, len(case.names))
    held = [_number(m, item.condition) for item in case.lasting if item.kind == "held"]
    remembered = [item for item in case.lasting if item.kind != "held"]
    followed = [_number(m, item.condition) for item in remembered]
    code = _Code()
    spans = [code.add(condition) for condition in m.conditions]
    m.add(
        condition_start=[start for start, _ in spans],
        condition_stop=[stop for _, stop in spans],
        held_condition=held,
        remembered_condition=followed,
        remembered_until=[item.until for item in remembered],
    )
    _package_programs(m, code)
    m.add(code=code.code, constants=code.constants)
    order = sorted(case.names, key=case.names.__getitem__)
    found = [_quantity(m, name) for name in order]
    m.add(
        quantity_kind=[kind for kind, _, _ in found],
        quantity_one=[one for _, one, _ in found],
        quantity_two=[two for _, _, two in found],
    )
    m.add(remembered_quantity=[case.names[f"{item.kind}.{n}"] for n, item in enumerate(case.lasting) if item.kind != "held"])
    _readers(m, order, held, followed, [kind for kind, _, _ in found])
    m.sizes.update(plain=_KIND["held"], quantities=len(order), conditions=len(m.conditions))
    m.sizes.update(held=len(held), remembered=len(remembered))
    programs = m.case.package_sources.values()
    m.sizes["numbers"] = max([code.stack + 1, 64, *(len(sources) for sources in programs)])


def _number(m: Maker, condition: Condition) -> int:
    """Number of a condition that must hold for some time, which is part of another one."""
    for n, known in enumerate(m.conditions):
        if known is condition:
            return n
    m.conditions.append(condition)
    return len(m.conditions) - 1


def _package_programs(m: Maker, code: _Code) -> None:
    case = m.case
    keys = [f"derived.{name}" for name in case.derived_order] + [f"veto.{name}" for name in m.veto_ids]
    spans, sources = [], []
    for key in keys:
        program, names = case.package_programs[key]
        spans.append(code.add(program))
        places = case.package_sources[key]
        sources.append([-1 if n == PARENT else k if k >= 0 else -2 - ~k for n, k in zip(names, places, strict=True)])
    starts, flat = ragged(sources)
    derived = len(case.derived_order)
    m.add(
        program_start=[start for start, _ in spans],
        program_stop=[stop for _, stop in spans],
        program_source=flat,
        program_source_start=starts,
        derived_program=list(range(derived)),
        veto_program=[derived + n for n in range(len(m.veto_ids))],
    )


def _quantity(m: Maker, name: str) -> tuple[int, int, int]:
    """Kind of a named quantity, and what it is about."""
    case, spec = m.case, m.spec
    if name in _KIND and _KIND[name] < _KIND["held"]:
        return _KIND[name], 0, 0
    if name.startswith(("held.", "ever.", "dated.")):
        kind, _, number = name.partition(".")
        before = case.lasting[: int(number)]
        return _KIND[kind], sum((item.kind == "held") == (kind == "held") for item in before), 0
    if name in spec.parameters:
        return _KIND["parameter"], case.slots.parameters[name].number, 0
    place = of_game(m, name)
    if place is not None:
        kind, one, two = place
        return _KIND[kind], one, two
    head, _, rest = name.partition(".")
    if head in ("count", "first") and rest in spec.hazards:
        return _KIND[f"hazard.{head}"], m.hazard_ids.index(rest), 0
    if name.startswith("deal.level."):
        return _KIND["deal.level"], case.issue(name[11:]), 0
    if head in ("level", "seen", "pledged"):
        return _KIND[head], case.issue(rest), 0
    if head == "derived":
        return _KIND["derived"], case.derived_order.index(rest), 0
    if head in ("enforcement", "credibility", "war_cost", "trust"):
        return _KIND[head], case.actor(rest), 0
    if head == "type":
        identifier, _, cls = rest.partition(".")
        return _KIND["type"], case.actor(identifier), _class(m, identifier, cls)
    if head == "belief":
        observer, identifier, cls = rest.split(".")
        pair = case.actor(observer) * len(case.actor_ids) + case.actor(identifier)
        b = m.tables["belief_at"][pair * 3 + COMMITMENT]
        place = -1 if b < 0 else m.tables["belief_start"][b] + _class(m, identifier, cls)
        return _KIND["belief"], place, 0
    return _KIND[_OF_TRACK[rest]], m.track_ids.index(head), 0


def _class(m: Maker, actor: str, cls: str) -> int:
    return sorted(m.spec.actors[actor].types.commitment).index(cls)


def _readers(m: Maker, order: list[str], held: list[int], followed: list[int], kinds: list[int]) -> None:
    """Which rates read which quantity, what must be known after every event, and what also where no rate has moved."""
    by_rates = {name for one in m.arrivals for name in one["reads"]}
    by_rates.update(name for n in m.rate_conditions for name in m.conditions[n].names)
    remembered = {name for n in followed for name in m.conditions[n].names}
    lasting = remembered | {name for n in held for name in m.conditions[n].names}
    needed = (by_rates | lasting) - set(m.spec.parameters)
    also = remembered - by_rates - set(m.spec.parameters)
    starts, readers = ragged([[n for n, one in enumerate(m.arrivals) if name in one["reads"]] for name in order])
    plain = range(_KIND["held"])
    watched = {kind: q for q, (name, kind) in enumerate(zip(order, kinds, strict=True)) if name in needed}
    moving = [q for q, kind in enumerate(kinds) if kind not in plain and kind != _KIND["parameter"]]
    of_conditions = [set(condition.names) for condition in m.conditions]
    condition_starts, conditions = ragged([[n for n, read in enumerate(of_conditions) if name in read] for name in order])
    m.add(condition_reader_start=condition_starts, condition_reader=conditions)
    in_game = [q for q in moving if QUANTITY_KINDS[kinds[q]].startswith("game.")]
    m.add(
        game_quantity=in_game,
        plain_kind=[kind for kind in plain if kind in kinds],
        plain_at=[kinds.index(kind) for kind in plain if kind in kinds],
        about_quantity=moving,
        rate_kind=[kind for kind in plain if kind in watched],
        rate_at=[watched[kind] for kind in plain if kind in watched],
        rate_about=[q for q in moving if order[q] in needed],
        reader_start=starts,
        reader=readers,
        read_by_held=[name in lasting for name in order],
        also_kind=[kind for kind in plain if kind in kinds and order[kinds.index(kind)] in also],
        also_at=[kinds.index(kind) for kind in plain if kind in kinds and order[kinds.index(kind)] in also],
        also_about=[q for q in moving if order[q] in also],
    )


