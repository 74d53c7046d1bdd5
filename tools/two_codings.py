"""Two codings of the same actors side by side: how far they agree, and what comes of the case under each.

    .venv/bin/python -m tools.two_codings [--replications 2000] [--seed 1]

The table of agreement takes a value an actor and issue as a unit. Krippendorff's alpha for numbers is one less the mean squared
difference within units over that between any two values; 1 is full agreement, 0 what values dealt out at random would give. Its interval
is that of bootstrap samples of the units, which are not independent within an actor, since its weights sum to 1: read it as the least.
What comes of a case is compared over the same draws by the parts of `sim compare`.

Sources: Krippendorff (2019); Spearman (1904).
"""

from __future__ import annotations

import argparse
import hashlib
import math
import tempfile
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools import codings
from tools.codings import Coding, Value
from tools.sections import body_of, note_of, table, write_part

if TYPE_CHECKING:
    from sim.analysis.paired_differences import Difference

PAGE, PART = "docs/explanation/two-codings.md", "two-codings"
REPLICATIONS, SEED = 2000, 1
RESAMPLES = 2000
SHOWN = 10  # disagreements named in the page; the command prints all
KINDS = {
    "weight": "weights", "ideal": "ideals", "line": "red lines: level", "probability": "red lines: probability",
    "lifted_at": "red lines: lifted at a credibility of",
}  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """How far two codings agree on one kind of value; shares and distances are on the scale from 0 to 1."""

    kind: str
    number: int
    equal: int  # no further apart than one half of a hundredth
    mean: float  # absolute difference
    largest: float
    rank: float  # Spearman's correlation; nan where one coder gave all the same
    alpha: float
    low: float
    high: float


def alpha(first: Sequence[float], second: Sequence[float]) -> float:
    """Krippendorff's alpha of two coders for numbers, every unit coded by both; nan where all values are the same."""
    pairs = np.column_stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])
    values = pairs.ravel()
    number = len(values)
    observed = float(np.mean((pairs[:, 0] - pairs[:, 1]) ** 2))
    expected = 2.0 * float(np.sum((values - values.mean()) ** 2)) / (number - 1) if number > 1 else 0.0
    return 1.0 - observed / expected if expected > 0.0 else math.nan


def agreement(values: Sequence[Value], kind: str) -> Agreement:
    """Agreement on one kind of value."""
    from scipy.stats import spearmanr

    from sim.analysis.resampling import generator

    chosen = [item for item in values if item.kind == kind]
    first, second = (np.array([getattr(item, name) for item in chosen]) for name in ("first", "second"))
    apart = np.abs(first - second)
    constant = len(set(first)) < 2 or len(set(second)) < 2
    picks = generator(SEED, "codings", kind).integers(0, len(chosen), (RESAMPLES, len(chosen)))
    found = np.array([alpha(first[pick], second[pick]) for pick in picks]) if len(chosen) > 2 else np.array([math.nan])
    known = found[np.isfinite(found)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (math.nan, math.nan)
    return Agreement(
        kind, len(chosen), int(np.sum(apart < 0.005)), float(apart.mean()), float(apart.max()),
        math.nan if constant else float(spearmanr(first, second)[0]), alpha(first, second), float(low), float(high),
    )  # fmt: skip


def by(values: Sequence[Value], name: str) -> list[tuple[str, float, float]]:
    """By actor or issue (`actor`, `what`): mean absolute difference of weights and of ideals, the largest of weights first."""
    groups = dict.fromkeys(getattr(item, name) for item in values if item.kind in ("weight", "ideal"))
    found = []
    for group in groups:
        means = []
        for kind in ("weight", "ideal"):
            apart = [abs(item.difference) for item in values if item.kind == kind and getattr(item, name) == group]
            means.append(float(np.mean(apart)) if apart else math.nan)
        found.append((group, means[0], means[1]))
    return sorted(found, key=lambda row: -row[1])


def outcomes(coding: Coding, replications: int, seed: int, directory: Path) -> dict[str, list[Difference]]:
    """Shares of the classes of outcome under the second coding, and under parts of it alone, beside the first: over the same draws."""
    from sim.analysis.compared_measures import common_columns, measures_of
    from sim.analysis.paired_differences import difference
    from sim.experiments.arms import arms_of
    from sim.experiments.comparison import Campaign

    file = str(coding.data["scenario"])
    parts = [f"{name}: {'; '.join(sets)}" for name, sets in _parts(coding).items() if sets]
    arms = arms_of([(file, str(codings.ROOT / file))], variants=[codings.VARIANT], written=parts)
    played = Campaign(arms, seed, directory).play(replications)
    measures = [item for item in measures_of(arms, common_columns(played)) if item.group == "outcomes"]
    rows = {name: played.rows(name, ["outcome"]) for name in arms.names}
    first = rows[arms.reference]
    return {
        name: [difference(item, name, arms.reference, item.of(rows[name]), item.of(first)) for item in measures]
        for name in (codings.VARIANT, *(part.partition(":")[0] for part in parts))
    }


def _parts(coding: Coding) -> dict[str, list[str]]:
    """The changes of a coding kind by kind, as `sim compare --policy` takes them."""
    found: dict[str, list[str]] = {"weights": [], "ideals": [], "red-lines": []}
    for item in coding.values:
        if abs(item.difference) > 1e-9:
            name = {"weight": "weights", "ideal": "ideals"}.get(item.kind, "red-lines")
            found[name].append(f"{item.path}={coding.changes[item.path]}")
    return found


# In words ------------------------------------------------------------------------------------------------------------


def agreement_table(values: Sequence[Value]) -> str:
    """The agreement by kind, as Markdown."""
    rows = []
    for kind, label in KINDS.items():
        if not any(item.kind == kind for item in values):
            continue
        item = agreement(values, kind)
        whole = f"{item.alpha:.2f} ({item.low:.2f} to {item.high:.2f})" if math.isfinite(item.low) else "-"
        rank = f"{item.rank:.2f}" if math.isfinite(item.rank) else "-"
        rows.append([label, str(item.number), str(item.equal), f"{item.mean:.2f}", f"{item.largest:.2f}", rank, whole])
    return table(["values", "number", "the same", "mean distance", "largest", "rank correlation", "alpha, 95% interval"], rows)


def values_table(values: Sequence[Value]) -> str:
    """Values one below the other, as Markdown."""
    rows = [
        [
            item.actor, item.what, item.kind.replace("_", " "), f"{item.first:.2f}", f"{item.second:.2f}",
            f"{item.difference:+.2f}", item.ground.replace("_", " "), item.doubt,
        ]
        for item in values
    ]  # fmt: skip
    return table(["actor", "about", "value", "first", "second", "difference", "the second is", "doubt"], rows)


def ordered(values: Sequence[Value]) -> list[Value]:
    """The largest disagreements first."""
    return sorted(values, key=lambda item: (-abs(item.difference), item.path))


def all_values(coding: Coding) -> str:
    """Agreement and every value, the largest disagreement first, as Markdown."""
    return f"{agreement_table(coding.values)}\n\n{values_table(ordered(coding.values))}"


def _outcome_table(found: dict[str, list[Difference]]) -> str:
    second, *parts = found
    head = ["outcome", "first coding", "second coding", "difference in points, 95% interval"]
    rows = []
    for n, item in enumerate(found[second]):
        told = "*" if item.verdict in ("more", "less") else ""
        rows.append([
            item.measure.label, _percent(item.other_value), _percent(item.value),
            f"{_points(item.difference)} ({_points(item.low)} to {_points(item.high)}){told}",
            *(_percent(found[name][n].value) for name in parts),
        ])  # fmt: skip
    return table([*head, *(f"only its {name.replace('-', ' ')}" for name in parts)], rows)


def _percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def _points(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:+.1f}"  # never minus nothing


def _means_table(values: Sequence[Value], name: str, head: str) -> str:
    shown = [[group, *(f"{mean:.2f}" if math.isfinite(mean) else "-" for mean in means)] for group, *means in by(values, name)]
    return table([head, "weights", "ideals"], shown)


def section(coding: Coding, replications: int, seed: int, directory: Path) -> str:
    """What the page says of one case."""
    found = outcomes(coding, replications, seed, directory)
    looked = sum(item.ground == "looked_up" for item in coding.values)
    both = found[codings.VARIANT]
    moved = max(both, key=lambda item: abs(item.difference))
    apart = 50 * sum(abs(item.difference) for item in both)
    lines = [
        f"## {coding.title}",
        f"[The coding](../../{coding.file}): {len(coding.values)} values, {looked} looked up, {len(coding.values) - looked} from memory.",
        "### What came of it",
        _folded(
            f"{replications:,} histories under each coding, with the same draws, seed {seed}. As distributions the two are {apart:.0f} "
            f"points apart: so large a share of the histories would have to end otherwise. What moves most is “{moved.measure.label}”, by "
            f"{_points(moved.difference)} points. A star: the interval of the difference leaves out 0, read alone. The last columns have "
            "the first coding but for one part of the second."
        ),
        _outcome_table(found),
        f"```sh\n./dev sim compare {coding.data['scenario']} --variants {codings.VARIANT} --replications {replications}\n```",
    ]
    if remarks := _remarks(coding):
        lines.append(_folded(f"What `sim run` remarks on the second coding, and not on the first: {'; '.join(remarks)}."))
    lines += [
        "### How far the codings agree",
        agreement_table(coding.values),
        "Mean distance by actor, and by issue over all actors:",
        _means_table(coding.values, "actor", "actor"),
        _means_table(coding.values, "what", "issue"),
        "### Where they differ most",
        values_table(ordered(coding.values)[:SHOWN]),
    ]
    return "\n\n".join(lines)


def _remarks(coding: Coding) -> list[str]:
    from sim.model.load import load

    first, second = (
        [remark.text for remark in load(codings.ROOT / coding.data["scenario"], variant).warnings] for variant in (None, codings.VARIANT)
    )
    return [text for text in second if text not in first]


def _folded(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 128, break_long_words=False, break_on_hyphens=False))


def fingerprint() -> str:
    """Digest of what the page rests on: the values of both codings, and the first histories under each."""
    from sim.engines.event_engine import run_block
    from sim.experiments.digest import digest
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    parts = []
    for coding in codings.codings():
        parts += [repr(item) for item in coding.values]
        for variant in (None, codings.VARIANT):
            spec = load_scenario(codings.ROOT / coding.data["scenario"], variant)
            parts.append(digest(run_block(compile_case(complete(spec)), range(2), SEED)))
            parts += [f"{item.id}={item.label}" for item in spec.outcomes]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def body(replications: int = REPLICATIONS, seed: int = SEED) -> str:
    """The generated part of the page."""
    with tempfile.TemporaryDirectory(prefix="sim-codings-") as folder:
        return "\n\n".join(section(item, replications, seed, Path(folder) / item.name) for item in codings.codings())


def write(root: Path) -> list[str]:
    """Write the page with its figures made anew below ``root``; its path."""
    return write_part(root, PAGE, PART, body(), fingerprint())


def stale() -> list[str]:
    """The page, if its figures are those of other codings or other histories."""
    return [] if note_of(PAGE, PART) == fingerprint() else [PAGE]


def shown() -> str:
    """What the page shows now."""
    return body_of(PAGE, PART)


def main() -> None:
    """Read the arguments, play, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    print(body(arguments.replications, arguments.seed))


if __name__ == "__main__":
    main()
