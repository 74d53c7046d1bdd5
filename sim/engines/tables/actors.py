"""Tables of actors: tastes, types, beliefs about them, red lines, signals, veto players."""

from __future__ import annotations

from sim.acts.codes import COMMITMENT, CONSENTS, CREDIBILITY, RED_LINE, WAR_COST
from sim.engines.tables.maker import Maker, ragged, slot_or_none
from sim.engines.tables.packages import treaty_players

_GRIDS = {"credibility": CREDIBILITY, "war_cost": WAR_COST}


def actors(m: Maker) -> None:
    """Enter all tables of actors."""
    case, spec, slots = m.case, m.spec, m.slots
    ids = case.actor_ids
    m.add(num_actors=len(ids), side_one=m.actor(spec.sides[0]), side_two=m.actor(spec.sides[1]))
    m.sizes.update(actors=len(ids), actor_issues=len(ids) * len(case.issue_ids))
    m.sizes["actor_packages"] = len(ids) * len(case.package_names)
    fighting = {a: slots.actors[a].fighting for a in ids}
    m.per(
        ids,
        actor_key=case.keys["actors"].__getitem__,
        patience=lambda a: slots.actors[a].patience,
        overconfidence=lambda a: slots.actors[a].overconfidence,
        audience_cost=lambda a: slots.actors[a].audience_cost,
        harm_of_war=lambda a: slots.actors[a].harm_of_war,
        win_probability=lambda a: -1 if fighting[a] is None else fighting[a].win_probability,
        war_prize=lambda a: -1 if fighting[a] is None else fighting[a].prize,
        risk_aversion=lambda a: slots.actors[a].risk.loss_aversion,
        risk_curvature=lambda a: slots.actors[a].risk.curvature,
        war_cost_slot=lambda a: slot_or_none(slots.actors[a].types.war_cost),
        credibility_slot=lambda a: slot_or_none(slots.actors[a].types.credibility),
    )
    _tastes(m)
    _classes(m)
    _lines(m)
    _beliefs(m)
    _signals(m)
    _vetoes(m)


def _tastes(m: Maker) -> None:
    case, spec, slots = m.case, m.spec, m.slots
    pairs = [(a, k) for a in case.actor_ids for k in case.issue_ids]
    tastes = {(a, k): slots.actors[a].utility.issues.get(k) for a, k in pairs}
    m.per(
        pairs,
        taste_weight=lambda pair: -1 if tastes[pair] is None else tastes[pair].weight,
        taste_ideal=lambda pair: 0 if tastes[pair] is None else tastes[pair].ideal,
        taste_exponent=lambda pair: 0 if tastes[pair] is None else tastes[pair].exponent,
        taste_reads=lambda pair: _reads(m, tastes[pair]),
        taste_hidden=lambda pair: pair[0] in spec.issues[pair[1]].hidden_from,
    )
    survival = {a: slots.actors[a].utility.survival for a in case.actor_ids}
    m.per(
        case.actor_ids,
        survival_weight=lambda a: -1 if survival[a] is None else survival[a].weight,
        survival_eta=lambda a: -1 if survival[a] is None else survival[a].eta,
        survival_arms=lambda a: 0 if survival[a] is None else m.issue(survival[a].arms),
        survival_guarantee=lambda a: 0 if survival[a] is None else m.issue(survival[a].guarantee),
    )
    _perceptions(m)


def _reads(m: Maker, taste: object) -> int:
    """Number of the derived quantity that a taste reads; -1 for the issue's own level."""
    reads = getattr(taste, "reads", None)
    return -1 if reads is None else m.case.derived_order.index(reads)


def _perceptions(m: Maker) -> None:
    """Rows of estimates: one an actor, and one for every pair in which the observer misperceives the actor."""
    case, slots = m.case, m.slots
    ids = case.actor_ids
    rows: list[tuple[str, str] | None] = [None] * len(ids)
    believed = []
    for observer in ids:
        for n, actor in enumerate(ids):
            seen = slots.actors[observer].perceives.get(actor)
            if seen is not None and (seen.weights or seen.ideals):
                believed.append(len(rows))
                rows.append((observer, actor))
            else:
                believed.append(n)
    weights, ideals = [], []
    for pair in rows:
        seen = None if pair is None else slots.actors[pair[0]].perceives[pair[1]]
        weights += [-1 if seen is None else seen.weights.get(k, -1) for k in case.issue_ids]
        ideals += [-1 if seen is None else seen.ideals.get(k, -1) for k in case.issue_ids]
    m.add(believed_row=believed, perceived_weight=weights, perceived_ideal=ideals)
    m.sizes.update(believed=len(rows), believed_packages=len(rows) * len(case.package_names))


def _classes(m: Maker) -> None:
    """Classes of commitment, in order of name."""
    ids = m.case.actor_ids
    classes = {a: m.slots.actors[a].types.commitment or {} for a in ids}
    starts, flat = ragged([[(a, name) for name in sorted(classes[a])] for a in ids])
    m.add(class_start=starts, num_classes=[len(classes[a]) for a in ids])
    m.per(
        flat,
        class_prior=lambda item: classes[item[0]][item[1]].prior,
        class_bonus=lambda item: classes[item[0]][item[1]].comply_bonus,
        class_trusted=lambda item: 1.0 if m.spec.actors[item[0]].types.commitment[item[1]].trusted else 0.0,
    )


def _lines(m: Maker) -> None:
    """Red lines, actor by actor in order of name."""
    case, spec, slots = m.case, m.spec, m.slots
    size, count = len(case.issue_ids), len(case.package_names)
    starts, flat = ragged([[line for line in m.line_ids if line[0] == a] for a in case.actor_ids])
    beyond, by_class, class_slots = [], [], []
    for actor, name in flat:
        line, slot = spec.actors[actor].red_lines[name], slots.actors[actor].red_lines[name]
        low = 0.0 if line.min is None else line.min
        high = 1.0 if line.max is None else line.max
        k = case.issue(line.issue)
        beyond.append([p for p in range(count) if not low <= case.levels[p * size + k] <= high])
        classes = sorted(spec.actors[actor].types.commitment or {})
        by_class.append(len(class_slots) if slot.by_class and classes else -1)
        if slot.by_class and classes:
            class_slots += [slot.by_class.get(cls, slot.probability) for cls in classes]
    beyond_starts, packages = ragged(beyond)
    m.add(
        num_lines=len(flat),
        red_lines=m.mechanisms.red_lines,
        line_first=starts,
        line_by_class=by_class,
        line_class_slot=class_slots,
        beyond_start=beyond_starts,
        beyond_package=packages,
        beyond=[1.0 if p in set(row) else 0.0 for row in beyond for p in range(count)],
    )
    m.per(
        flat,
        line_probability=lambda line: slots.actors[line[0]].red_lines[line[1]].probability,
        line_unless=lambda line: m.condition(spec.actors[line[0]].red_lines[line[1]].unless or None, in_rates=True),
    )
    m.sizes["lines"] = len(flat)


def line_credibility(m: Maker) -> None:
    """Where the credibility stands, among named quantities, that decides whether a red line is lifted; -1 if it does not."""
    found = []
    for (actor, _), condition in zip(m.line_ids, m.tables["line_unless"], strict=True):
        name = f"credibility.{actor}"
        reads = condition >= 0 and name in m.conditions[condition].names
        found.append(m.case.names[name] if reads else -1)
    m.add(line_credibility=found)


def believers(m: Maker) -> list[tuple[int, int]]:
    """Who holds beliefs about whom: the two sides about each other, and declared observers."""
    case, spec = m.case, m.spec
    one, two = (case.actor(side) for side in spec.sides)
    pairs = {(one, two), (two, one)}
    if spec.mechanisms.learning is not None:
        for observer, observed in spec.mechanisms.learning.observers.items():
            pairs.update((case.actor(observer), case.actor(actor)) for actor in observed)
    return sorted(pairs)


def _beliefs(m: Maker) -> None:
    """One belief a pair and trait, one after another; points of continuous traits beside the probabilities."""
    case, spec = m.case, m.spec
    ids = case.actor_ids
    rows: list[tuple[int, int, int, int, int]] = []  # observer, actor, trait, line, size
    points: list[float] = []
    for observer, actor in believers(m):
        types = spec.actors[ids[actor]].types
        if types.commitment:
            rows.append((observer, actor, COMMITMENT, -1, len(types.commitment)))
            points += [0.0] * len(types.commitment)
        for trait, grid in sorted(case.grids[ids[actor]].items()):
            rows.append((observer, actor, _GRIDS[trait], -1, len(grid)))
            points += grid
        for n, (owner, _) in enumerate(m.line_ids):
            if owner == ids[actor]:
                rows.append((observer, actor, RED_LINE, n, 2))
                points += [0.0, 0.0]
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + row[4])
    at = [-1] * (len(ids) * len(ids) * 3)
    first = [-1] * (len(ids) * 3)
    line_belief = [-1] * (len(ids) * max(1, len(m.line_ids)))
    for b, (observer, actor, trait, line, _) in enumerate(rows):
        if trait == RED_LINE:
            line_belief[observer * len(m.line_ids) + line] = b
            continue
        at[(observer * len(ids) + actor) * 3 + trait] = b
        if first[actor * 3 + trait] < 0:
            first[actor * 3 + trait] = b
    m.add(
        belief_observer=[row[0] for row in rows],
        belief_actor=[row[1] for row in rows],
        belief_trait=[row[2] for row in rows],
        belief_line=[row[3] for row in rows],
        belief_size=[row[4] for row in rows],
        belief_start=starts[:-1],
        belief_at=at,
        first_belief=first,
        line_belief=line_belief,
        grid_point=points,
        grid_mean=[_grid_mean(case.grids[a], trait) for a in ids for trait in ("commitment", "credibility", "war_cost")],
    )
    classes = [len(spec.actors[a].types.commitment or {}) for a in ids]
    m.sizes.update(beliefs=starts[-1], types=max([1, 3, *classes, *(row[4] for row in rows)]))


def _grid_mean(grids: dict[str, tuple[float, ...]], trait: str) -> float:
    grid = grids.get(trait)
    if not grid:
        return 0.0
    total = 0.0
    for point in grid:
        total += point
    return total / len(grid)


def _signals(m: Maker) -> None:
    names = sorted(m.spec.signals)
    slots = m.slots.signals
    starts, flat = ragged([[slots[n].likelihood[cls] for cls in sorted(slots[n].likelihood)] for n in names])
    m.add(
        signal_about=[m.actor(m.spec.signals[n].about) for n in names],
        signal_size=[len(slots[n].likelihood) for n in names],
        signal_start=starts,
        signal_likelihood=flat,
    )


def _vetoes(m: Maker) -> None:
    spec, slots = m.spec, m.slots
    players, count = m.veto_ids, len(m.case.package_names)
    treaty = treaty_players(m)
    m.add(num_vetoes=len(players), veto_players=m.mechanisms.veto_players, num_treaty_players=len(treaty))
    m.per(
        players,
        veto_parent=lambda v: m.actor(spec.veto_players[v].parent),
        veto_weight=lambda v: slots.veto_players[v].weight,
        veto_spread=lambda v: slots.veto_players[v].spread,
        veto_prior=lambda v: slot_or_none(slots.veto_players[v].prior),
        veto_reference=lambda v: m.package(spec.veto_players[v].reference),
        veto_learning=lambda v: slots.veto_players[v].learning,
        veto_votes=lambda v: spec.veto_players[v].votes,
        veto_gap=lambda v: slots.veto_players[v].vote_gap,
        veto_key=m.case.keys["veto_players"].__getitem__,
        veto_kinds=lambda v: sum(CONSENTS[kind] for kind in set(spec.veto_players[v].consents_to)),
        veto_count=lambda v: m.counter(f"votes.{v}"),
        is_treaty_player=lambda v: v in treaty,
    )
    m.sizes.update(vetoes=len(players), veto_packages=len(players) * count, consents=4 * count)
