"""A comparison of arms as a self-contained HTML page: `sim compare` writes it.

html = render_comparison(found, ["sim", "compare", "case.yaml", "--policies", "slow,fast"])
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from sim.analysis.compared_measures import GROUPS
from sim.analysis.comparison import Compared
from sim.analysis.comparison_words import amount, change, digits_of, findings, percent, why
from sim.analysis.limits import Limits, limits_of
from sim.analysis.paired_differences import SAMPLES as LARGEST
from sim.analysis.paired_differences import Difference
from sim.analysis.phrases import sentence
from sim.analysis.ranking import SAMPLES
from sim.analysis.summary import summary_of
from sim.analysis.variance_split import VarianceSplit
from sim.experiments.arms import Arm
from sim.experiments.store import StoredRun
from sim.reports import comparison_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template

MOST_EXAMPLES = 4  # pairs of an arm whose parting is told in full
HEADINGS = ("Arm", "Share", "There", "Difference in points", "95% interval", "Among all", "p, corrected", "Pairs to settle it")


def render_comparison(found: Compared, command: Sequence[str]) -> str:
    """The HTML text of a report; ``command`` are the words that say what is compared."""
    played = found.played
    reference = played.arms[found.reference]
    told = findings(found)
    content = figures.ways(found)
    return template("comparison.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        played=played,
        title=reference.completed["title"],
        question=reference.completed.get("question") or "",
        scenario_id=reference.completed["id"],
        bounds=limits_part(_limits(found)),
        limits=reference.completed.get("limits") or (),
        findings=told,
        forest=_forest(found),
        ranks=None if found.ranking is None else _ranks(found),
        numbers=[(GROUPS[group], _numbers(found, group)) for group in found.groups if group != "outcomes"]
        + ([] if found.inputs is None else [("How much is not knowing the inputs", _splits(found))]),
        ways=None if content is None else _ways(found, content),
        partings=[_parting(found, item) for item in found.divergences if item.differing],
        arms=[_arm(found, arm) for arm in played.arms.arms],
        command=shlex.join([*command, "--replications", str(played.replications)]),
        longer=shlex.join([*command, "--replications", str(4 * played.replications)]),
        replay=_replay(found),
        samples=SAMPLES,
        largest=LARGEST,
    )


def _limits(found: Compared) -> Limits:
    """Those of the reference's own run, where each of its histories has draws of its own."""
    played = found.played
    if played.repeats > 1:
        return limits_of(played.arms[found.reference].completed)
    run = played.runs[found.reference]
    return summary_of(run.manifest, run.results, run.paths).limits


def _forest(found: Compared) -> Chart:
    drawn = figures.panels_of(found)
    sure = sum(item.holds_among_all for item in found.differences if item.measure.group == "outcomes")
    total = sum(item.measure.group == "outcomes" for item in found.differences)
    reading = (
        f"Differences from \u201c{found.reference}\u201d in percentage points of histories, over {found.played.replications:,} pairs with "
        "the same draws. Thick line: 95% interval of a difference read alone; thin line: wide enough for all of them to hold "
        f"together. Filled: told from nothing also among all, {sure} of {total}. Each outcome has a scale of its own."
    )
    if len(drawn) < total // max(1, len(found.others)):
        reading += " Outcomes of which no difference can be told are in the table."
    rows = [
        [f"{item.measure.label}: {item.arm}", *_cells(item)]
        for measure in found.measures
        if measure.group == "outcomes"
        for item in found.differences
        if item.measure.id == measure.id
    ]
    table = Table(("Outcome and arm", *HEADINGS[1:]), rows)
    return chart("How differently histories end", reading, lambda narrow: figures.forest(found, drawn, narrow), table)


def _cells(item: Difference, digits: int = 2) -> list[str]:
    form = item.measure.form
    settle = item.pairs_to_settle
    return [
        amount(item.value, form, digits),
        amount(item.other_value, form, digits),
        change(item.difference, form, digits),
        f"{change(item.low, form, digits)} to {change(item.high, form, digits)}",
        f"{change(item.joint_low, form, digits)} to {change(item.joint_high, form, digits)}",
        "-" if item.differing == 0 else "<0.001" if item.p_holm < 0.001 else f"{item.p_holm:.3f}",
        "" if settle is None else "more than 10 million" if settle > 1e7 else f"{settle:,.0f}",
    ]


def _numbers(found: Compared, group: str) -> Table:
    """The differences of a group of measures, arms as columns."""
    measures = [item for item in found.measures if item.group == group]
    by_place = {(item.arm, item.measure.id): item for item in found.differences}
    arms = [name for name in found.others if name not in found.twin_of] or found.others
    rows = []
    for measure in measures:
        items = [by_place[name, measure.id] for name in arms]
        digits = digits_of(items) if measure.form == "number" else 2
        cells = []
        for item in items:
            star = " *" if item.holds_among_all else ""
            ends = f"({change(item.low, item.measure.form, digits)} to {change(item.high, item.measure.form, digits)})"
            cells.append("the same" if item.verdict == "same" else f"{change(item.difference, item.measure.form, digits)} {ends}{star}")
        rows.append([sentence(measure.label), amount(items[0].other_value, measure.form, digits), *cells])
    return Table(("Measure", found.reference, *arms), rows)


def _splits(found: Compared) -> Table:
    """Shares of the inputs in what varies, in each arm and in its differences from the reference."""
    assert found.inputs is not None
    inputs, names = found.inputs, found.played.arms.names

    def told(item: VarianceSplit | None) -> str:
        if item is None or not item.varies:
            return "-"
        return f"{100 * item.inputs:.0f}% ({100 * item.low:.0f} to {100 * item.high:.0f})"

    there = {item.measure.id for item in inputs.splits}
    measures = [item for item in found.measures if item.id in there and item.group in ("outcomes", "utilities", "metrics", "also")]
    rows = [
        [
            sentence(measure.label),
            told(inputs.of(found.reference, measure.id).value),
            *(told(inputs.of(name, measure.id).difference) for name in names if name != found.reference),
        ]
        for measure in measures
        if all(any((item.arm, item.measure.id) == (name, measure.id) for item in inputs.splits) for name in names)
    ]
    return Table(("Measure", found.reference, *(f"difference of {name}" for name in names if name != found.reference)), rows)


def _ranks(found: Compared) -> Chart:
    ranking = found.ranking
    assert ranking is not None
    score = (
        "How often an arm does better than another one of these in the same history, ties counting a half, decides the rank"
        if ranking.goal.is_ordinal
        else "The mean decides the rank"
    )
    reading = (
        f"By {ranking.goal.label}. {score}; figures are the probability of each rank in percent, by {SAMPLES:,} bootstrap samples of the "
        "histories, all arms together."
    )
    rows = [
        [item.arm, f"{item.score:.3f}", f"{item.low:.3f} to {item.high:.3f}", percent(item.best), f"{item.mean_rank:.1f}"]
        for item in ranking.standings
    ]
    table = Table(("Arm", "Score", "95% interval", "Probability of being best", "Mean rank"), rows)
    duels = [
        [f"{duel.arm} against {duel.other}", percent(duel.better.share), percent(duel.worse.share), percent(duel.tied.share)]
        for duel in ranking.duels.values()
    ]
    more = ("pair by pair, in the same histories", Table(("Pair", "Does better in", "Worse in", "No differently in"), duels))
    return chart("Which arm is best", reading, lambda narrow: figures.ranks(ranking, narrow), table, more)


def _ways(found: Compared, content: Any) -> Chart:
    replayed = sum(len(item.sample) for item in found.divergences)
    reading = (
        f"{replayed} pairs of histories that end differently, at even distances among all of them, replayed side by side: the first "
        f"turning point at which an arm's history is another one than that of \u201c{found.reference}\u201d with the same draws, and how "
        "it ends then. A band is as wide as the number of pairs."
    )
    labels = {node.id: node.label for node in content.nodes}
    rows = [[labels[link.source], labels[link.target], f"{link.count:,}"] for link in content.links]
    return chart(
        "Where histories part", reading, lambda narrow: figures.sankey(content, found, narrow), Table(("From", "To", "Pairs"), rows)
    )


def _parting(found: Compared, item: Any) -> dict[str, Any]:
    labels = figures.outcome_labels(found)
    examples = [
        {
            "ends": f"{labels[pair.outcome]} instead of {labels[pair.other_outcome]}",
            "first": "" if pair.first is None else pair.first.sentence,
            "turn": "" if pair.turn is None or (pair.first and pair.turn.sentence == pair.first.sentence) else pair.turn.sentence,
            "command": _pair_command(found, item.arm, item.other, pair.replication),
        }
        for pair in item.sample[:MOST_EXAMPLES]
    ]
    firsts, turns = item.firsts(), item.turns()
    rows = [[label, f"{number}"] for label, number in firsts]
    more = [[label, f"{number}"] for label, number in turns]
    return {
        "arm": item.arm,
        "words": why(found, item),
        "firsts": Table(("What differs first", "Pairs"), rows),
        "turns": Table(("First turning point that differs", "Pairs"), more),
        "changes": Table(
            ("Ends as", "instead of", "Pairs"), [[labels[one], labels[two], f"{number:,}"] for two, one, number in item.changes]
        ),
        "examples": examples,
    }


def _pair_command(found: Compared, arm: str, other: str, replication: int) -> str:
    directory = found.played.directory.as_posix()
    return shlex.join(["sim", "replay", directory, "--pair", f"{arm},{other}", "--replication", str(replication)])


def _replay(found: Compared) -> str:
    for item in found.divergences:
        if item.sample:
            return _pair_command(found, item.arm, item.other, item.sample[0].replication)
    return ""


def _arm(found: Compared, arm: Arm) -> dict[str, Any]:
    parts = arm_parts(arm, found.played.runs[arm.name], found.twin_of.get(arm.name))
    return {**parts, "is_reference": arm.name == found.reference}


def arm_parts(arm: Arm, run: StoredRun, same_as: str | None = None) -> dict[str, Any]:
    """What a page says of an arm: what it sets, and the digest of its run."""
    return {
        "name": arm.name,
        "label": arm.label,
        "kind": arm.kind,
        "description": arm.description,
        "sets": [f"{path}: {_value(value)}" for path, value in arm.sets.items()],
        "same_as": same_as,
        "digest": run.recorded_digest or "",
    }


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
