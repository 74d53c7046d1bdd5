"""An empirical game and its equilibria as a self-contained HTML page: `sim equilibrium` writes it.

html = render_equilibrium(found, logit, ["sim", "equilibrium", "case.yaml"])
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from sim.analysis import empirical_words as told
from sim.analysis.empirical_game import EmpiricalGame
from sim.analysis.empirical_outcomes import Ending, endings
from sim.analysis.limits import limits_of
from sim.games.equilibrium import LogitEquilibrium
from sim.model.complete import complete
from sim.reports import equilibrium_figures as figures
from sim.reports import words
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template

MOST_ROWS = 64  # profiles of the table; beyond it those with the least regret


def render_equilibrium(found: EmpiricalGame, logit: LogitEquilibrium, command: Sequence[str]) -> str:
    """The HTML text of a report; ``command`` are the words that say which game it is."""
    regrets = found.regrets.max(axis=0)
    order = sorted(range(len(found.profiles)), key=lambda n: (float(regrets[n]), n))
    ranks = [0] * len(order)
    for rank, profile in enumerate(order, 1):
        ranks[profile] = rank
    every = endings(found)
    two = len(found.profiles.players) == 2
    is_drawn = len(found.profiles) <= figures.MOST_NODES
    return template("equilibrium.html.j2").render(
        **page_parts("equilibrium.css"),
        found=found,
        spec=found.profiles.spec,
        bounds=limits_part(limits_of(complete(found.profiles.spec))),
        findings=told.findings(found),
        maps=[_map(found, player) for player in range(2)] if two else [],
        graph_chart=_graph(found, ranks) if is_drawn else None,
        most_nodes=figures.MOST_NODES,
        rows=[_row(found, n, ranks[n]) for n in order[:MOST_ROWS]],
        left_out=max(0, len(order) - MOST_ROWS),
        equilibria=_equilibria(found),
        endings_chart=_endings(found, every) if found.equilibria else None,
        logit_sentence=told.logit_sentence(found, logit),
        logit=logit,
        menus=list(zip(found.profiles.labels, found.profiles.payoffs, found.profiles.menus, strict=True)),
        described=lambda choice: [f"{path}: {_value(value)}" for path, value in choice.set.items()],
        command=shlex.join([*command, "--seed", str(found.root_seed)]),
        longer=shlex.join([*command, "--seed", str(found.root_seed), "--budget", str(4 * found.budget)]),
        asked=shlex.join(["--pilot", str(found.pilot), "--budget", str(found.budget), "--confidence", f"{found.confidence:g}"]),
        percent=told.percent,
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _map(found: EmpiricalGame, player: int) -> Chart:
    label, column = found.profiles.labels[player], found.profiles.payoffs[player]
    first, second = found.profiles.labels
    reading = (
        f"Mean of {column} with its standard error. Rows are strategies of {first}, columns those of {second}; the stronger the colour, "
        f"the better for {label}. Framed: its best replies to each strategy of the other."
    )
    table = found.game.payoffs[player]
    errors = found.payoff_errors[player].reshape(table.shape)
    rows = [
        [choice.name, *(told.measured(float(table[r, c]), float(errors[r, c])) for c in range(table.shape[1]))]
        for r, choice in enumerate(found.profiles.menus[0])
    ]
    numbers = Table((first, *(choice.name for choice in found.profiles.menus[1])), rows)
    return chart(f"Payoffs of {label}", reading, lambda narrow: figures.payoff_map(found, player, narrow), numbers)


def _graph(found: EmpiricalGame, ranks: Sequence[int]) -> Chart:
    labels = found.profiles.labels
    rows, columns = told.listed(labels[0::2]), told.listed(labels[1::2])
    moves = figures.better_replies(found)
    unsure = sum(gain <= 2.0 * error for *_, gain, error in moves)
    reading = (
        f"A circle is a profile, numbered by regret; strategies of {rows} decide its row, those of {columns} its column. An arrow leads "
        "to the best reply of whoever would move, in that player's colour. Filled: equilibrium at the estimated payoffs. With a strong "
        f"ring: equilibrium in 5% of the bootstrap samples or more. Dotted: the gain is within two standard errors of nothing, {unsure} of "
        f"{len(moves)} arrows."
    )
    name = found.profiles.name
    lines = [
        [f"{ranks[profile]} {name(profile)}", labels[player], f"{ranks[target]} {name(target)}", told.measured(gain, error)]
        for profile, player, target, gain, error in sorted(moves, key=lambda move: (ranks[move[0]], move[1]))
    ]
    table = Table(("From", "Who moves", "To", "Gain"), lines)
    return chart("Who would leave which profile", reading, lambda narrow: figures.reply_graph(found, ranks, narrow), table)


def _row(found: EmpiricalGame, profile: int, rank: int) -> dict[str, Any]:
    """A profile with its payoffs, each shaded by its place between the least and the largest of its player."""
    flat = found.game.payoffs.reshape(len(found.profiles.players), -1)
    regret = float(found.regrets[:, profile].max())
    cells = []
    for player, payoffs in enumerate(flat):
        span = float(payoffs.max() - payoffs.min())
        shade = (float(payoffs[profile]) - float(payoffs.min())) / span if span > 0.0 else 0.0
        cells.append((told.measured(float(payoffs[profile]), float(found.payoff_errors[player, profile])), f"{50 * shade:.0f}%"))
    return {
        "rank": rank,
        "names": [menu[k].name for menu, k in zip(found.profiles.menus, found.profiles.choices(profile), strict=True)],
        "regret": told.measured(regret, float(found.regret_errors[profile])) if regret > 0.0 else "0",
        "cells": cells,
        "histories": words.integer(float(found.judgement.means.counts[profile])),
        "is_default": profile == 0,
        "is_one": any(
            tuple((k,) for k in found.profiles.choices(profile)) == support for support in found.judgement.supports
        ),
    }


def _equilibria(found: EmpiricalGame) -> list[dict[str, Any]]:
    return [
        {
            "words": told.strategies_in_words(found, one),
            "kind": one.kind,
            "survival": told.percent(lasting),
            "payoffs": [f"{value:.4f}" for value in one.payoffs],
        }
        for one, lasting in zip(found.equilibria, found.judgement.survival, strict=True)
    ]


def _endings(found: EmpiricalGame, every: Sequence[Sequence[Ending]]) -> Chart:
    classes = found.profiles.spec.outcomes
    names = ["Equilibrium"] if len(every) == 2 else [f"Equilibrium {k}" for k in range(1, len(every))]
    largest = max(range(len(classes)), key=lambda k: abs(every[1][k].difference))
    item = every[1][largest]
    label = classes[largest].label or classes[largest].id
    sure = "more than" if abs(item.difference) > 2.0 * item.error else "within"
    reading = (
        f"Shares of histories with 95% intervals. The largest change from the default play to {names[0].lower()}: \u201c{label}\u201d by "
        f"{words.number(100 * item.difference, 1)} \u00b1 {100 * item.error:.1f} percentage points (standard error of pairs with the same "
        f"draws), {sure} two standard errors from nothing."
    )
    if len(every) > 1 + figures.MOST_PLAYS:
        reading += f" Of {len(every) - 1} equilibria the first {figures.MOST_PLAYS} are drawn; the table has all."
    if any(one.kind != "pure" for one in found.equilibria):
        reading += " Mixed equilibria are taken at their estimated probabilities, whose own error the intervals leave out."
    headings = ["Outcome", "Default play", *(f"{name}{end}" for name in names for end in ("", ", difference"))]
    rows = []
    for k, outcome in enumerate(classes):
        cells = [outcome.label or outcome.id, _share(every[0][k])]
        for ending in every[1:]:
            cells += [_share(ending[k]), f"{words.number(100 * ending[k].difference, 1)} \u00b1 {100 * ending[k].error:.1f} points"]
        rows.append(cells)
    return chart(
        "How histories end", reading, lambda narrow: figures.endings_chart(found, every, narrow), Table(headings, rows)
    )


def _share(item: Ending) -> str:
    return f"{words.percent(item.share)} ({words.percent_interval(item.low, item.high)})"
