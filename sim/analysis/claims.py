"""Verdicts on claims: figures with 95 % intervals, and on which side of its bound each whole interval lies.

A part of a check holds if its whole interval is on the asserted side, does not hold if it is wholly on the other, and is
undecided otherwise. A claim holds if all its parts do, and does not hold if one part does not. Nothing is rounded in a
claim's favour: a figure over too few histories is undecided. How figures come by their intervals: `sim.analysis.measures`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.analysis.estimates import Columns, number_or_none
from sim.analysis.measures import Estimate, difference, exact, of_values, over_rows, scaled
from sim.errors import ScenarioError
from sim.experiments import claims as experiment
from sim.experiments.claims import ANSWER, Task, World, Worlds
from sim.experiments.probes import shape_of
from sim.model.load import load_document
from sim.model.reader import Document
from sim.model.seed import (
    Claim,
    Figure,
    LoadedSeed,
    NormalGap,
    Part,
    check_against,
    load_seed,
    seed_path_of,
)
from sim.reports.content import ClaimRow
from sim.rules.expectation import gap_probability

Verdict = Literal["holds", "does not hold", "undecided", "not testable"]

EXACT = 1e-12
_ASKED = ("share", "mean", "median", "variance", "entropy", "ratio", "given", "times")


@dataclass(frozen=True)
class PartResult:
    """What a part of a check gave."""

    label: str
    asserted: str
    verdict: Verdict
    value: float
    low: float
    high: float
    replications: int | None
    rows: int | None
    note: str = ""


@dataclass(frozen=True)
class ClaimResult:
    """What the audit says about one claim."""

    claim: Claim
    verdict: Verdict
    parts: Sequence[PartResult] = ()

    @property
    def leading(self) -> PartResult | None:
        """The part that decides: the first that fails, else the first that is undecided, else the first."""
        for verdict in ("does not hold", "undecided"):
            for part in self.parts:
                if part.verdict == verdict:
                    return part
        return self.parts[0] if self.parts else None


# Planning and simulating -------------------------------------------------------------------------------------------


class Auditor:
    """Runs the checks of a seed on a scenario, sharing worlds and draws between claims.

    Parameters
    ----------
    document, loaded
        The scenario and its seed.
    root_seed
        Of all histories and draws.
    scale
        Factor on all numbers of histories.
    base, variant
        Changes and variant applied to the scenario before anything else: the counter-scenario, in tests.
    """

    def __init__(
        self,
        document: Document,
        loaded: LoadedSeed,
        *,
        root_seed: int = 1,
        scale: float = 1.0,
        base: Mapping[str, Any] | None = None,
        variant: str | None = None,
        worlds: Worlds | None = None,
    ) -> None:
        self.loaded = loaded
        self.seed = loaded.seed
        self.root_seed = root_seed
        self.scale = scale
        self.base = dict(base or {})
        self.variant = variant
        self.worlds = worlds or Worlds(document)
        self.tables: dict[Task, Columns] = {}

    def world(self, figure: Figure, *, point: bool = False) -> World:
        """The world in which a figure is taken; with `point` nothing is drawn."""
        layers = [self.seed.audit.set if figure.over_rows else {}, self.base, figure.set]
        if point:
            layers.append({"sampling": "off"})
        return World.of(figure.variant or self.variant, *layers)

    def replications(self, figure: Figure) -> int:
        """Histories or draws of a figure."""
        if figure.over_rows:
            return max(2, round((figure.replications or self.seed.audit.replications) * self.scale))
        return figure.replications or self.seed.audit.draws

    def task(self, figure: Figure) -> Task | None:
        """What has to be played for a figure; None for what is computed at once."""
        if figure.over_rows:
            return Task(self.world(figure))
        if figure.probe is None:
            return None
        # One answer is taken at the point values: nothing is drawn, so it has no interval.
        point = figure.replications == 1
        return Task(self.world(figure, point=point), figure.probe.model_dump_json(exclude_defaults=True))

    def wanted(self, claims: Sequence[Claim]) -> dict[Task, int]:
        """Replications of every task that the claims' checks need, the longest first."""
        found: dict[Task, int] = {}
        for claim in claims:
            for part in claim.check.parts if claim.check is not None else ():
                for figure in (part.figure, part.minus):
                    task = self.task(figure) if figure is not None else None
                    if task is not None:
                        found[task] = max(found.get(task, 0), self.replications(figure))
        return dict(sorted(found.items(), key=lambda item: (item[0].probe is not None, -item[1])))

    def check_names(self) -> None:
        """Compare all names in the seed with the scenario, and column names with those of a first history.

        Raises
        ------
        ScenarioError
            With a diagnostic for every unknown name.
        """
        plain = World.of(None, {**self.seed.audit.set})
        first = experiment.histories(self.worlds.case(plain), [0], self.root_seed)
        spec = load_document(self.worlds.document).spec
        check_against(self.loaded, spec, self.worlds.document.data, first)

    def run(
        self,
        claims: Sequence[Claim],
        *,
        workers: int | None = None,
        cluster: str | None = None,
        progress: experiment.Progress | None = None,
    ) -> list[ClaimResult]:
        """The verdicts on the claims, in their order."""
        missing = {
            task: number
            for task, number in self.wanted(claims).items()
            if len(self.tables.get(task, {}).get("replication", ())) < number
        }
        self.tables.update(
            experiment.simulate(
                self.worlds, missing, self.root_seed, workers=workers, cluster=cluster, progress=progress
            )
        )
        return [self.judge(claim) for claim in claims]

    def judge(self, claim: Claim) -> ClaimResult:
        """The verdict on one claim whose worlds have been played."""
        if claim.check is None:
            return ClaimResult(claim, "not testable")
        parts = [self.part(part) for part in claim.check.parts]
        verdicts = [part.verdict for part in parts]
        verdict: Verdict = "holds"
        if "does not hold" in verdicts:
            verdict = "does not hold"
        elif "undecided" in verdicts:
            verdict = "undecided"
        return ClaimResult(claim, verdict, parts)

    # Figures

    def part(self, part: Part) -> PartResult:
        """One part measured and judged."""
        first = self.estimate(part.figure)
        second = self.estimate(part.minus) if part.minus is not None else None
        estimate = first if second is None else difference(first, second)
        note = ""
        same = part.minus is not None and self._same_world(part.figure, part.minus)
        verdict = judged(part, estimate, same)
        if same:
            note = "both are taken in the same scenario"
        elif verdict == "undecided" and not estimate.enough:
            note = "too few histories meet the condition"
        return PartResult(
            part.label, asserted(part), verdict, estimate.value, estimate.low, estimate.high,
            estimate.replications, estimate.rows, note,
        )  # fmt: skip

    def _same_world(self, one: Figure, two: Figure) -> bool:
        """Whether two figures are the same question to the same scenario, so that nothing can come between them."""
        first, second = self.task(one), self.task(two)
        if first is None or second is None or one.measure != two.measure or first.probe != second.probe:
            return False
        if [getattr(one, name) for name in _ASKED] != [getattr(two, name) for name in _ASKED]:
            return False
        return self._content(first.world) == self._content(second.world)

    def _content(self, world: World) -> dict[str, Any]:
        return {key: value for key, value in self.worlds.completed(world).items() if key != "applied"}

    def estimate(self, figure: Figure) -> Estimate:
        """One figure."""
        if figure.over_rows:
            table = self.tables[Task(self.world(figure))]
            rows = {name: column[: self.replications(figure)] for name, column in table.items()}
            found = over_rows(figure, rows)
        else:
            found = self._computed(figure)
        if figure.times:
            case = self.worlds.case(self.world(figure, point=True))
            factor = sum(case.base[case.slot_of[path]] for path in figure.times)
            found = scaled(found, factor)
        return found

    def _computed(self, figure: Figure) -> Estimate:
        if figure.normal_gap is not None:
            return exact(_gap(figure.normal_gap))
        if figure.parameter is not None:
            case = self.worlds.case(self.world(figure))
            slot = case.slot_of.get(figure.parameter)
            if slot is None:
                return exact(_plain(case.completed, figure.parameter))
            return exact(case.base[slot])
        if figure.slope is not None or figure.bend is not None:
            case = self.worlds.case(self.world(figure, point=True))
            order = 1 if figure.slope is not None else 2
            return exact(shape_of(case, figure.slope or figure.bend, order, self.root_seed))  # type: ignore[arg-type]
        task = self.task(figure)
        assert task is not None
        answers = np.asarray(self.tables[task][ANSWER])[: self.replications(figure)]
        if figure.replications == 1:
            return exact(float(answers[0]))
        if figure.probe is not None and figure.probe.of != "mean":
            value = float(answers.min() if figure.probe.of == "smallest" else answers.max())
            return Estimate(value, value, value, len(answers), values=np.array([value]))
        return of_values(answers)


def _plain(data: Any, path: str) -> float:
    """A number of the completed scenario that is not an input of the inputs' list."""
    value = data
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) and part.isdigit() else value[part]
    if isinstance(value, list):
        return float(len(value))
    return float(value)


def _gap(item: NormalGap) -> float:
    return gap_probability(
        item.mean_expectation, item.sd_expectation, item.mean_value, item.sd_value, item.tolerance
    )


# Verdicts ----------------------------------------------------------------------------------------------------------


def asserted(part: Part) -> str:
    """What the claim says about the figure, in words."""
    if part.never:
        return "never"
    if part.reported:
        return "told with its interval"
    if part.equals is not None:
        return f"{part.equals:g}" + (f" within {part.within:g}" if part.within else " exactly")
    bounds = []
    if part.above is not None:
        bounds.append(f"above {part.above:g}")
    if part.below is not None:
        bounds.append(f"below {part.below:g}")
    return " and ".join(bounds)


def judged(part: Part, item: Estimate, same: bool = False) -> Verdict:
    """The verdict on a part: holds, does not hold, or undecided."""
    if part.reported:
        told = math.isfinite(item.low) and math.isfinite(item.high) and item.enough
        return "holds" if told else "does not hold"
    if part.never:
        if item.count:
            return "does not hold"
        return "holds" if item.enough else "undecided"
    if part.equals is not None:
        return _at(part.equals, part.within, item, same)
    if same:
        item = exact(0.0)
    if math.isnan(item.value) or not item.enough:
        return "undecided"
    constant = item.values is not None and float(np.ptp(item.values)) <= EXACT
    verdicts: list[Verdict] = []
    for bound, sign in ((part.above, 1.0), (part.below, -1.0)):
        if bound is None:
            continue
        low, high = sorted((sign * (item.low - bound), sign * (item.high - bound)))
        if low > 0.0:
            verdicts.append("holds")
        elif high < 0.0 or ((item.is_exact or constant) and high <= EXACT):
            verdicts.append("does not hold")
        else:
            verdicts.append("undecided")
    if "does not hold" in verdicts:
        return "does not hold"
    return "undecided" if "undecided" in verdicts else "holds"


def _at(target: float, within: float, item: Estimate, same: bool) -> Verdict:
    if same:
        return "holds" if abs(target) <= within + EXACT else "does not hold"
    if within == 0.0:
        if item.values is not None:
            return "holds" if float(np.abs(item.values - target).max()) <= EXACT else "does not hold"
        if item.is_exact:
            return "holds" if abs(item.value - target) <= EXACT else "does not hold"
        return "does not hold" if item.low > target or item.high < target or item.value != target else "undecided"
    if math.isnan(item.value) or not item.enough:
        return "undecided"
    if abs(item.low - target) <= within and abs(item.high - target) <= within:
        return "holds"
    return "does not hold" if item.low > target + within or item.high < target - within else "undecided"


# Records -----------------------------------------------------------------------------------------------------------


def record_of(results: Sequence[ClaimResult]) -> list[dict[str, Any]]:
    """Verdicts as plain data; what is not finite is absent."""
    return [
        {
            "id": item.claim.id,
            "claim": item.claim.claim,
            "implicit": item.claim.implicit,
            "verdict": item.verdict,
            "reason": item.claim.not_testable or "",
            "parts": [
                {
                    "label": part.label,
                    "asserted": part.asserted,
                    "verdict": part.verdict,
                    "value": number_or_none(part.value),
                    "low": number_or_none(part.low),
                    "high": number_or_none(part.high),
                    "replications": part.replications,
                    "rows": part.rows,
                    "note": part.note,
                }
                for part in item.parts
            ],
        }
        for item in results
    ]


def figure_in_words(part: Mapping[str, Any]) -> str:
    """A part of a stored verdict in one line."""
    value = "not known" if part["value"] is None else f"{part['value']:.4g}"
    text = f"{part['label']}: {value} (claimed: {part['asserted']})"
    if part["note"]:
        text += f"; {part['note']}"
    return text


def leading_part(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The part of a stored verdict that decides it."""
    for verdict in ("does not hold", "undecided"):
        for part in entry["parts"]:
            if part["verdict"] == verdict:
                return part
    return entry["parts"][0] if entry["parts"] else None


def claims_rows(
    record: Mapping[str, Any] | None, claims: Sequence[tuple[str, str]] = (), command: str = ""
) -> list[ClaimRow]:
    """Rows for a report: of a stored audit, or `not run` for each claim (id, words) with the command that runs it."""
    if record is None:
        return [ClaimRow(name, words, "not run", command) for name, words in claims]
    rows = []
    for entry in record["claims"]:
        part = leading_part(entry)
        if part is None:
            rows.append(ClaimRow(entry["id"], entry["claim"], entry["verdict"], entry["reason"]))
            continue
        rows.append(
            ClaimRow(
                entry["id"], entry["claim"], entry["verdict"], figure_in_words(part), part["low"], part["high"],
                part["replications"],
            )
        )  # fmt: skip
    return rows


def stored_rows(
    scenario: Mapping[str, Any], reports: str | Path, source: str | Path | None = None
) -> list[ClaimRow]:
    """Claims audit of a completed scenario as kept by `sim claims` or shipped; `not run` where none is kept.

    Nothing where the scenario names no seed file or one that cannot be found any more.
    """
    named = scenario.get("claims")
    if not named:
        return []
    try:
        loaded = load_seed(seed_path_of(source, str(named)))
    except ScenarioError:
        return []
    record = experiment.load_audit(reports, experiment.content_hash(scenario))
    command = f"sim claims {source or scenario['id']}"
    return claims_rows(record, [(item.id, item.claim) for item in loaded.seed.claims], command)


def audit_record(
    auditor: Auditor, results: Sequence[ClaimResult], *, seconds: float, complete: bool
) -> dict[str, Any]:
    """An audit as it is kept and printed by `--json`."""
    from sim import __version__

    completed = auditor.worlds.completed(World.of(auditor.variant, auditor.base))
    counted = dict.fromkeys(("holds", "does not hold", "undecided", "not testable"), 0)
    for item in results:
        counted[item.verdict] += 1
    return {
        "schema": 1,
        "scenario_id": completed["id"],
        "scenario_hash": experiment.content_hash(completed),
        "seed_id": auditor.seed.id,
        "root_seed": auditor.root_seed,
        "scale": auditor.scale,
        "complete": complete,
        "version": __version__,
        "histories": sum(
            number for task, number in auditor.wanted([item.claim for item in results]).items() if task.probe is None
        ),
        "verdicts": counted,
        "claims": record_of(results),
        "timing": {"seconds": round(seconds, 2)},
    }
