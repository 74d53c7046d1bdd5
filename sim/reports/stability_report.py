"""The analysis of a conflict in option form as a self-contained HTML page: `sim stability` writes it.

html = render_stability(result, "conflict.yaml")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.analysis.stability import words
from sim.analysis.stability.verdicts import StabilityResult
from sim.games.stability.concepts import CONCEPTS
from sim.games.stability.graph import states_in
from sim.games.stability.options import ordered
from sim.reports import stability_figures
from sim.reports.page import Chart, Table, chart, page_parts, template

MOST_TOLD = 64  # states whose reasons a page tells; beyond it those of equilibria and of the status quo
MARKS = dict(zip(CONCEPTS, "NGSQ", strict=True))

MEANINGS = (
    ("N", "Nash", "It has no move that it would gain by."),
    (
        "G",
        "GMR",
        "General metarationality: to each gainful move the others have an answer that leaves it no better off.",
    ),
    ("S", "SMR", "Symmetric metarationality: the same, and it cannot slip away from where the answer leaves it."),
    ("Q", "SEQ", "Sequential stability: the others have such an answer, each step of which they would gain by."),
)


@dataclass(frozen=True)
class StateRow:
    """A state as the page shows it."""

    number: int
    name: str
    signs: tuple[str, ...]  # per decision maker, its options
    marks: tuple[
        tuple[tuple[str, bool], ...], ...
    ]  # per decision maker and then for all: letters, and whether they hold
    kept: str  # concepts by which it is an equilibrium, in words
    is_status_quo: bool
    reasons: tuple[tuple[str, tuple[str, ...]], ...]  # per decision maker: name, sentences
    together: tuple[str, ...]


def render_stability(result: StabilityResult, file: str) -> str:
    """The HTML text of a report; ``file`` is the name of the conflict's file, as commands call it."""
    conflict = result.conflict
    told = _told(result)
    rows = [_row(result, state) for state in told]
    return template("stability.html.j2").render(
        **page_parts("stability.css"),
        spec=conflict.spec,
        findings=words.findings(result),
        makers=_makers(result),
        rows=rows,
        left_out=len(conflict.states) - len(rows),
        num_states=len(conflict.states),
        meanings=MEANINGS,
        graph_chart=_graph(result) if len(conflict.states) <= stability_figures.MOST_NODES else None,
        most_nodes=stability_figures.MOST_NODES,
        paths=_paths(result),
        status_quo="" if conflict.status_quo is None else words.named(conflict, conflict.status_quo),
        sources=[_source(item) for item in conflict.spec.sources.values()],
        file=file,
    )


def _told(result: StabilityResult) -> list[int]:
    states = range(len(result.conflict.states))
    if len(states) <= MOST_TOLD:
        return list(states)
    return [state for state in states if result.concepts_of(state) or state == result.conflict.status_quo]


def _row(result: StabilityResult, state: int) -> StateRow:
    conflict = result.conflict
    signs = conflict.signs(state)
    kept = result.concepts_of(state)
    marks = [
        tuple((letter, result.stability.holds(concept, player, state)) for concept, letter in MARKS.items())
        for player in range(len(conflict.players))
    ]
    marks.append(tuple((letter, concept in kept) for concept, letter in MARKS.items()))
    return StateRow(
        state + 1,
        words.state_name(conflict, state),
        tuple(
            "".join(sign for sign, (owner, _, _) in zip(signs, conflict.options, strict=True) if owner == player)
            for player in range(len(conflict.players))
        ),
        tuple(marks),
        words.listed(kept),
        state == conflict.status_quo,
        tuple(
            (name, tuple(words.reasons(result, result.verdict(player, state))))
            for player, name in enumerate(conflict.players)
        ),
        tuple(words.jump_words(conflict, jump) for jump in result.jumps(state)),
    )


def _makers(result: StabilityResult) -> list[dict[str, Any]]:
    """Each decision maker with its options, what it wants, and the states in its order."""
    conflict = result.conflict
    found = []
    for player, (name, entry) in enumerate(zip(conflict.players, conflict.spec.decision_makers.values(), strict=True)):
        groups = ordered(conflict.model.ranks[player])
        found.append(
            {
                "name": name,
                "description": entry.description or "",
                "options": [
                    (
                        key,
                        option.label or "",
                        {"taken": "for good once done", "dropped": "never again once left"}.get(
                            option.irreversible or ""
                        ),
                    )
                    for key, option in entry.options.items()
                ],
                "prefers": list(entry.prefers or ()),
                "order": " \u203a ".join(" ~ ".join(str(state + 1) for state in group) for group in groups),
            }
        )
    return found


def _graph(result: StabilityResult) -> Chart:
    conflict = result.conflict
    model = conflict.model
    merged = any(len(state.combinations) > 1 for state in conflict.states)
    reading = (
        f"A circle is a state, an arrow a move. Moves of {conflict.players[0]} run sideways, those of {conflict.players[1]} up and down"
        + (", those of others between the blocks" if len(conflict.players) > 2 else "")
        + ("; merged states stand below" if merged else "")
        + ". Strong lines lead where their mover gains, with a small pale head where it could go back. Filled circles are equilibria by "
        "all four concepts, those with a strong ring by some."
    )
    moves = []
    for state in range(model.num_states):
        for player, name in enumerate(conflict.players):
            for target in states_in(model.moves[player][state]):
                gain = (
                    "gains"
                    if model.prefers(player, target, state)
                    else "loses"
                    if model.prefers(player, state, target)
                    else "neither"
                )
                moves.append([str(state + 1), name, str(target + 1), gain])
    table = Table(("From", "Who moves", "To", "Its mover"), moves)
    return chart(
        "Who can move where",
        reading,
        lambda narrow: stability_figures.move_graph(result, narrow),
        None,
        more=("every move", table),
    )


def _paths(result: StabilityResult) -> list[tuple[str, str, str]]:
    """What improvements reach from the status quo: state, steps, and what kind of equilibrium it is."""
    conflict = result.conflict
    if conflict.status_quo is None:
        return []
    found = sorted(result.paths(conflict.status_quo).items(), key=lambda item: (len(item[1]), item[0]))
    return [
        (
            f"{state + 1} {words.state_name(conflict, state)}",
            words.steps_words(conflict, steps),
            words.listed(result.concepts_of(state)) or "none",
        )
        for state, steps in found[:MOST_TOLD]
    ]


def _source(item: Any) -> str:
    author = f"{item.author.rstrip('.')}" if item.author else ""
    head = " ".join(filter(None, [author, f"({item.year})." if item.year else ""]))
    return " ".join(
        filter(None, [head, f"{item.title.rstrip('.')}.", f"{item.reference.rstrip('.')}." if item.reference else ""])
    )
