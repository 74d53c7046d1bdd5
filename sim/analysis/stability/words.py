"""The same in sentences. States are numbered from 1, as in published tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.analysis.stability.verdicts import Improvement, Jump, StabilityResult, Verdict
from sim.games.stability.concepts import CONCEPTS, Concept
from sim.games.stability.graph import states_in
from sim.games.stability.joint import Move
from sim.model.stability.conflict import Conflict

LISTED = 12  # states that a sentence lists


def listed(items: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def states_words(states: Sequence[int]) -> str:
    """state 3; states 3, 5 and 8."""
    shown = [str(state + 1) for state in states[:LISTED]]
    if len(states) > LISTED:
        shown = [*shown, f"{len(states) - LISTED} more"]
    return f"{'state' if len(states) == 1 else 'states'} {listed(shown)}"


def state_name(conflict: Conflict, state: int) -> str:
    """What a state is: its name in the file, else the options that are taken in it."""
    if conflict.names[state]:
        return conflict.names[state]
    values = conflict.states[state].values
    taken = [label for label, value in zip(conflict.option_labels, values, strict=True) if value]
    either = [label for label, value in zip(conflict.option_labels, values, strict=True) if value is None]
    rest = "the rest either way" if either and taken else "anything" if either else ""
    return "; ".join(filter(None, [", ".join(taken), rest])) or "nothing done"


def named(conflict: Conflict, state: int) -> str:
    """A state with its number and what it is."""
    return f"state {state + 1} ({state_name(conflict, state)})"


def steps_words(conflict: Conflict, steps: Sequence[Move]) -> str:
    """Ministry moves to 6, then Uniroyal to 8."""
    parts = [
        f"{conflict.players[step.player]} {'moves ' if not place else ''}to {step.state + 1}"
        for place, step in enumerate(steps)
    ]
    return ", then ".join(parts)


def reasons(result: StabilityResult, verdict: Verdict) -> list[str]:
    """Why a state is or is not stable for a decision maker, a sentence or more for each improvement."""
    if not verdict.moves:
        return ["It can change nothing here, so the state is stable for it by every concept."]
    if not verdict.improvements:
        return [_stays(result, verdict)]
    lines = [_improvement_words(result, verdict, item) for item in verdict.improvements]
    return [*lines, _conclusion(verdict)]


def _stays(result: StabilityResult, verdict: Verdict) -> str:
    targets = list(states_in(verdict.moves))
    likes_less = all(result.conflict.model.prefers(verdict.player, verdict.state, target) for target in targets)
    judged = "likes less" if likes_less else "does not prefer"
    which = (
        f"which it {judged}"
        if len(targets) == 1
        else f"all of which it {judged}"
        if likes_less
        else "none of which it prefers"
    )
    return f"It can move to {states_words(targets)}, {which}, so it has no reason to move: the state is stable for it by every concept."


def _improvement_words(result: StabilityResult, verdict: Verdict, item: Improvement) -> str:
    conflict, here = result.conflict, verdict.state + 1
    start = f"It would gain by moving to {named(conflict, item.target)}."
    if not item.answers["GMR"]:
        why = (
            f"Whatever the others do from there, it ends better than at {here}"
            if item.others_can_move
            else "The others can do nothing from there"
        )
        return f"{start} {why}: nothing deters it."
    steps = item.answers["GMR"]
    end = steps[-1].state + 1
    parts = [start, f"But if {steps_words(conflict, steps)}, it is no better off than at {here} (GMR deters)."]
    if item.answers["SMR"]:
        parts.append(f"From {end} it has no way to anything better than {here} (SMR deters).")
    else:
        assert item.escape is not None
        way = f"from {end} to {item.escape + 1}"
        if item.num_answers > 1:
            told = f"Wherever such an answer leaves it, it could go on to something better than {here}, as {way}"
        else:
            told = f"But it could go on {way}, which it prefers to {here}"
        parts.append(f"{told} (SMR does not deter).")
    credible = item.answers["SEQ"]
    if credible and credible == steps:
        whom = (
            f"{conflict.players[steps[0].player]} would gain by that"
            if len(steps) == 1
            else "Each of them would gain by its step"
        )
        parts.append(f"{whom}, so the threat is credible (SEQ deters).")
    elif credible:
        parts.append(
            f"A credible answer, by improvements alone, is that {steps_words(conflict, credible)} (SEQ deters)."
        )
    else:
        assert item.unwilling is not None
        origin, step = item.unwilling
        prefers = conflict.model.prefers(step.player, origin, step.state)
        attitude = (
            f"prefers {origin + 1} to {step.state + 1}"
            if prefers
            else f"gains nothing by going from {origin + 1} to {step.state + 1}"
        )
        no_other = ", and no other answer is made of improvements" if item.num_answers > 1 else ""
        parts.append(
            f"The threat is not credible: {conflict.players[step.player]} {attitude}{no_other} (SEQ does not deter)."
        )
    return " ".join(parts)


def _conclusion(verdict: Verdict) -> str:
    kept = [concept for concept in CONCEPTS if verdict.holds[concept]]
    if not kept:
        return "So the state is unstable for it by every concept."
    lost = [concept for concept in CONCEPTS if not verdict.holds[concept]]
    return f"So the state is stable for it by {listed(kept)}, not by {listed(lost, 'or')}."


# Findings: the equilibria first ------------------------------------------------------------------------------------


def findings(result: StabilityResult) -> list[str]:
    """What the analysis found, in sentences: the first is the answer."""
    return [*_equilibria(result), *_status_quo(result), *_coalitions(result)]


def groups_of_equilibria(result: StabilityResult) -> list[tuple[tuple[Concept, ...], tuple[int, ...]]]:
    """Equilibria by the concepts that hold for them, those with most concepts first."""
    groups: dict[tuple[Concept, ...], list[int]] = {}
    for state in range(len(result.conflict.states)):
        if kept := result.concepts_of(state):
            groups.setdefault(kept, []).append(state)
    return [
        (kept, tuple(groups[kept]))
        for kept in sorted(groups, key=lambda kept: (-len(kept), [CONCEPTS.index(c) for c in kept]))
    ]


_MEANING: dict[tuple[Concept, ...], str] = {
    ("Nash", "GMR", "SMR", "SEQ"): "nobody gains by moving alone",
    ("GMR", "SMR", "SEQ"): "whoever could gain by moving alone is deterred, credibly and without a way out",
    ("GMR", "SEQ"): "whoever could gain by moving alone is credibly deterred, though somebody could move on again",
    ("GMR", "SMR"): "only threats hold somebody there that those who make them would not gain by carrying out",
    ("GMR",): "somebody is held there only by a threat that is not credible, and somebody only by one that it could slip",
}


def _equilibria(result: StabilityResult) -> list[str]:
    groups = groups_of_equilibria(result)
    if not groups:
        return ["No state is an equilibrium by any concept: from each, somebody would move and nothing deters it."]
    lines = []
    for kept, states in groups:
        which = "all four concepts" if len(kept) == len(CONCEPTS) else listed(kept)
        if len(states) <= 4:
            subject = listed(named(result.conflict, state) for state in states)
        else:
            subject = states_words(states)
        subject = subject[:1].upper() + subject[1:]
        verb = "is an equilibrium" if len(states) == 1 else "are equilibria"
        lines.append(f"{subject} {verb} by {which}: {_MEANING.get(kept, 'stable for all by these')}.")
    if not any("Nash" in kept for kept, _ in groups):
        lines.append("No state is a Nash equilibrium: in each, somebody could gain by moving if nobody answered.")
    return lines


def _status_quo(result: StabilityResult) -> list[str]:
    conflict = result.conflict
    start = conflict.status_quo
    if start is None:
        return []
    here = f"the status quo, {named(conflict, start)}"
    kept = result.concepts_of(start)
    if "Nash" in kept:
        return [f"Nobody would gain by leaving {here}, alone."]
    movers = [
        conflict.players[player]
        for player in range(conflict.model.num_players)
        if conflict.model.improvements[player][start]
    ]
    text = f"{listed(movers)} could gain by leaving {here}"
    text += (
        f", and is held there by {listed(kept)}"
        if kept and len(movers) == 1
        else f", held there by {listed(kept)}"
        if kept
        else ""
    )
    paths = result.paths(start)
    ends = [state for state in paths if {"Nash", "SEQ"} & set(result.concepts_of(state))]
    if not ends:
        return [f"{text}. Improvements lead from it to no equilibrium by Nash or SEQ."]
    first = min(ends, key=lambda state: (len(paths[state]), state))
    noun = "equilibrium" if len(ends) == 1 else "equilibria"
    text += f". Improvements lead from it to the {noun} {listed(str(state + 1) for state in ends)}"
    return [f"{text}; the shortest way: {steps_words(conflict, paths[first])}."]


def jump_words(conflict: Conflict, jump: Jump) -> str:
    """Ministry and Uniroyal could together leave state 5 for 8, which each of them prefers."""
    who = listed(conflict.players[player] for player in jump.coalition)
    every = "both prefer" if len(jump.coalition) == 2 else "all of them prefer"
    return f"{who} could together leave state {jump.start + 1} for {named(conflict, jump.target)}, which {every}."


def _coalitions(result: StabilityResult) -> list[str]:
    lines = []
    for kept, states in groups_of_equilibria(result):
        if "Nash" in kept or "SEQ" in kept:
            lines += [jump_words(result.conflict, jump) for state in states for jump in result.jumps(state)]
    more = len(lines) - 6
    return [*lines[:6], *([f"Coalitions have {more} more such move{'s' if more > 1 else ''}."] if more > 0 else [])]
