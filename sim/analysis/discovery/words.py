"""Boxes and tree in plain words: where it comes, how often, against how often over all, and how much of it that holds."""

from __future__ import annotations

from typing import Any

from sim.analysis.discovery.boxes import Box, box_data, box_words
from sim.analysis.discovery.discover import LEVEL, Discovery, FoundBox, Held
from sim.analysis.discovery.tree import Node
from sim.analysis.driver_words import REPEATED, percent
from sim.analysis.estimates import Share, number_or_none
from sim.analysis.result_names import OUTCOME
from sim.experiments.design import RANDOM, SOBOL

LITTLE = 1.4  # times as often as overall, below which a box is said to tell little


def thing(found: Discovery) -> str:
    """What is asked about, as the subject of a sentence."""
    if found.asked.name.startswith(f"{OUTCOME}="):
        return found.asked.label
    return f"What is asked about ({found.asked.label})"


def findings(found: Discovery) -> list[str]:
    """Sentences, the answer first."""
    if not found.boxes:
        return [_nothing(found), *_tree_words(found)]
    told = [_box_sentence(found, 0)]
    told += [_further(found, number) for number in range(1, len(found.boxes))]
    if len(found.boxes) > 1 and found.together is not None:
        one = found.together
        told.append(
            f"Together the {len(found.boxes)} boxes hold {percent(one.of_hits.share)} of its histories in {percent(one.of_all.share)} of "
            f"all; in them it comes in {_with(one.inside)}, outside them in {percent(_outside(one, found.base))}."
        )
    if found.boxes[0].held.inside.share < LITTLE * found.base.share:
        told.append(
            "That is little more than overall: most of what decides it is the chance within histories, or inputs that are not recorded."
        )
    told.append(_check(found))
    return told + _tree_words(found)


def interval(item: Share) -> str:
    """The interval of a share, in brackets."""
    digits = 0 if item.high >= 0.2 else 1
    return f"({100 * item.low:.{digits}f} to {100 * item.high:.{digits}f}%)"


def _with(item: Share) -> str:
    return f"{percent(item.share)} of histories {interval(item)}"


def _outside(one: Held, base: Share) -> float:
    left = base.trials - one.inside.trials
    return (base.count - one.inside.count) / left if left else 0.0


def place_words(found: Discovery, box: Box) -> str:
    """The limits of a box."""
    return box_words(box, found.data.inputs, found.words)


def _box_sentence(found: Discovery, number: int) -> str:
    one = found.boxes[number]
    return (
        f"{thing(found)} came in {percent(one.held.inside.share)} {interval(one.held.inside)} of the "
        f"histories in which {place_words(found, one.box)}, against {percent(one.base.share)} overall; these are "
        f"{percent(one.held.of_all.share)} of all histories and hold {percent(one.held.of_hits.share)} of those in which it came."
    )


def _further(found: Discovery, number: int) -> str:
    one = found.boxes[number]
    return (
        f"Outside {'it' if number == 1 else 'these'}, where it comes in {percent(one.base.share)}, it came in "
        f"{percent(one.held.inside.share)} {interval(one.held.inside)} of the histories in which {place_words(found, one.box)}; these hold "
        f"{percent(one.held.of_hits.share)} of those left in which it came."
    )


def _check(found: Discovery) -> str:
    first = found.boxes[0]
    searched, held = first.searched.inside, first.held.inside
    fell = searched.share - held.share
    text = (
        f"All shares are counted in the half of the histories ({found.base.trials:,}) that was not searched; in the half that was, the "
        f"first box has {percent(searched.share)}"
    )
    if fell > 0.15 * searched.share:
        return f"{text}: the search has taken some luck for a pattern, and the smaller number is the one to quote."
    return f"{text}, so the search has not taken luck for a pattern."


def _nothing(found: Discovery) -> str:
    text = f"Nothing was found: no box on the {len(found.data.inputs)} recorded inputs in which {found.asked.label} comes more often"
    if found.refused is None:
        return f"{text} than the {percent(found.base.share)} overall."
    one = found.refused
    return (
        f"{text} is confirmed by the half of the histories that was not searched. The best has {percent(one.searched.inside.share)} in "
        f"the half that was and {_with(one.held.inside)} in the other, against {percent(found.base.share)} overall: what chance would do."
    )


def _tree_words(found: Discovery) -> list[str]:
    if found.tree is None:
        return [f"No tree is shown: {found.no_tree}."]
    leaves = list(found.tree.leaves())
    top = max(leaves, key=lambda leaf: leaf.held.share)
    least = min(leaves, key=lambda leaf: leaf.held.share)
    return [
        f"A tree of {len(leaves)} parts says it another way: it comes most often, in {_with(top.held)}, where "
        f"{place_words(found, top.box)}; least often, in {_with(least.held)}, where {place_words(found, least.box)}."
    ]


def notes(found: Discovery) -> list[str]:
    """What must be said beside the numbers."""
    told = []
    if found.data.sample:
        told.append(f"Found {found.data.sample}.")
    if found.data.design not in (RANDOM, SOBOL):
        told.append(REPEATED)
    if found.data.constant:
        told.append(f"Inputs that are the same in all histories are left out: {', '.join(found.data.constant[:5])}.")
    return told


# Plain data ----------------------------------------------------------------------------------------------------------


def as_data(found: Discovery) -> dict[str, Any]:
    """Everything that was found."""
    return {
        "asked": {"name": found.asked.name, "label": found.asked.label},
        "replications": found.data.num_rows,
        "of_replications": found.data.of_rows,
        "searched": int(found.searched.sum()),
        "overall": share_data(found.base),
        "level": LEVEL,
        "findings": findings(found),
        "notes": notes(found),
        "boxes": [_box_data(found, one) for one in found.boxes],
        "together": None if found.together is None else _held_data(found.together),
        "not_confirmed": None if found.refused is None else _box_data(found, found.refused),
        "tree": None if found.tree is None else _node_data(found, found.tree),
        "tree_chance": found.tree_chance,
        "no_tree": found.no_tree or None,
    }


def _box_data(found: Discovery, one: FoundBox) -> dict[str, Any]:
    limits = box_data(one.box, found.data.inputs, found.words)
    return {
        "words": place_words(found, one.box),
        "limits": [
            {**limit, "share_without": number_or_none(adds), "quasi_p": quasi}
            for limit, adds, quasi in zip(limits, one.adds, one.quasi_p, strict=True)
        ],
        "overall": share_data(one.base),
        "held": _held_data(one.held),
        "searched": _held_data(one.searched),
        "chance": one.chance,
        "trajectory": [
            {"limits": step.limits, "held": _held_data(step.held), "searched": _held_data(step.searched)} for step in one.steps
        ],
    }


def _held_data(one: Held) -> dict[str, Any]:
    return {"density": share_data(one.inside), "coverage": share_data(one.of_hits), "mass": share_data(one.of_all)}


def share_data(item: Share) -> dict[str, Any]:
    """A share with its interval."""
    return {"share": number_or_none(item.share), "low": item.low, "high": item.high, "count": item.count, "of": item.trials}


def _node_data(found: Discovery, node: Node) -> dict[str, Any]:
    return {
        "limits": box_data(node.box, found.data.inputs, found.words),
        "held": share_data(node.held),
        "searched": share_data(node.searched),
        "parts": [_node_data(found, part) for part in node.parts],
    }
