"""Verdicts on claims: figures with 95 % intervals, and on which side of its bound each whole interval lies.

A part of a check holds if its whole interval is on the asserted side, does not hold if it is wholly on the other, and is
undecided otherwise. A claim holds if all its parts do, and does not hold if one part does not. Nothing is rounded in a
claim's favour: a figure over too few histories is undecided.

Intervals: Wilson for a share; Agresti and Min (2005) for the difference of two shares over the same replications;
Newcombe (1998) for shares among different histories; order statistics for a median; otherwise normal, with the
influence of each replication on the figure, so that common draws narrow the interval of a difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.analysis.estimates import Z95, Columns, share
from sim.errors import ScenarioError, UsageError
from sim.experiments import claims as experiment
from sim.experiments.claims import ANSWER, Task, World, Worlds
from sim.experiments.probes import shape_of
from sim.model.diagnostics import did_you_mean
from sim.model.load import load_document
from sim.model.reader import Document
from sim.model.seed import (
    Claim,
    Figure,
    LoadedSeed,
    NormalGap,
    Part,
    Term,
    check_against,
    load_seed,
    seed_path_of,
    terms,
)
from sim.reports.content import ClaimRow
from sim.rules.expectation import gap_probability

Verdict = Literal["holds", "does not hold", "undecided", "not testable"]

FEWEST = 10  # histories that a mean or a difference of means must rest on
EXACT = 1e-12
_ASKED = ("share", "mean", "median", "variance", "entropy", "ratio", "given", "times")


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval. `replications` is None for what is computed without histories or draws."""

    value: float
    low: float
    high: float
    replications: int | None = None
    rows: int | None = None  # histories that the figure rests on, if only those that meet a condition
    influence: np.ndarray | None = field(default=None, repr=False)  # of each replication, in order
    hits: np.ndarray | None = field(default=None, repr=False)  # of each replication, for a share of all
    count: int | None = None  # hits, for any share
    values: np.ndarray | None = field(default=None, repr=False)  # of each draw, for a probe
    enough: bool = True

    @property
    def is_exact(self) -> bool:
        """Whether no sample entered."""
        return self.replications is None


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
        progress: experiment.Progress | None = None,
    ) -> list[ClaimResult]:
        """The verdicts on the claims, in their order."""
        missing = {
            task: number
            for task, number in self.wanted(claims).items()
            if len(self.tables.get(task, {}).get("replication", ())) < number
        }
        self.tables.update(
            experiment.simulate(self.worlds, missing, self.root_seed, workers=workers, progress=progress)
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


def _equal(one: np.ndarray, two: np.ndarray) -> bool:
    if one.dtype == object or two.dtype == object:
        return bool(np.array_equal(one.astype(str), two.astype(str)))
    return bool(np.array_equal(one, two, equal_nan=one.dtype.kind == "f"))


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


# Statistics over rows ----------------------------------------------------------------------------------------------


def meets(condition: Sequence[Term], rows: Columns) -> np.ndarray:
    """Which rows meet all comparisons; a comparison with nan is not met."""
    found = np.ones(len(next(iter(rows.values()))), dtype=bool)
    for term in condition:
        if term.column not in rows:
            raise UsageError(
                f"no result column '{term.column}'", hint=did_you_mean(term.column, list(rows), "result columns")
            )
        values = np.asarray(rows[term.column])
        if term.sign in ("has", "never"):
            finite = np.isfinite(values.astype(float))
            found &= finite if term.sign == "has" else ~finite
        elif values.dtype == object:
            equal = values.astype(str) == term.value
            found &= equal if term.sign == "=" else ~equal
        else:
            bound = float(term.value)
            with np.errstate(invalid="ignore"):
                found &= {
                    "=": values == bound, "!=": values != bound, "<": values < bound, "<=": values <= bound,
                    ">": values > bound, ">=": values >= bound,
                }[term.sign]  # fmt: skip
    return found


def over_rows(figure: Figure, rows: Columns) -> Estimate:
    """A figure over simulated histories."""
    n = len(next(iter(rows.values())))
    kept = np.ones(n, dtype=bool) if figure.given is None else meets(terms(figure.given), rows)
    conditional = figure.given is not None
    if figure.share is not None:
        hits = meets(terms(figure.share), rows)
        item = share(int(np.count_nonzero(hits & kept)), int(kept.sum()))
        return Estimate(
            item.share, item.low, item.high, n, item.trials if conditional else None,
            hits=None if conditional else hits, count=item.count, enough=item.trials >= FEWEST,
        )  # fmt: skip
    if figure.entropy is not None:
        return _entropy(np.asarray(rows[figure.entropy]).astype(str)[kept], n, conditional)
    if figure.ratio is not None:
        top = np.where(kept, np.asarray(rows[figure.ratio[0]], dtype=float), 0.0)
        bottom = np.where(kept, np.asarray(rows[figure.ratio[1]], dtype=float), 0.0)
        total = float(bottom.sum())
        if total <= 0.0:
            return unknown(n, 0)
        value = float(top.sum()) / total
        return normal(value, n * (top - value * bottom) / total, n, int(kept.sum()) if conditional else None)
    values = np.asarray(rows[str(figure.mean or figure.median or figure.variance)], dtype=float)
    kept = kept & np.isfinite(values)
    m = int(kept.sum())
    if m == 0:
        return unknown(n, 0)
    told = m if m < n else None
    if figure.median is not None:
        return _median(np.sort(values[kept]), n, told)
    centre = float(values[kept].mean())
    spread = np.where(kept, values, centre) - centre
    if figure.mean is not None:
        return normal(centre, spread * (n / m), n, told)
    variance = float((spread[kept] ** 2).sum() / max(1, m - 1))
    return normal(variance, np.where(kept, spread**2 - variance, 0.0) * (n / m), n, told)


def _median(values: np.ndarray, n: int, told: int | None) -> Estimate:
    m = len(values)
    # Ranks of the binomial(m, 1/2) interval, in its normal approximation.
    reach = Z95 * math.sqrt(m) / 2.0
    low, high = math.floor(m / 2.0 - reach) - 1, math.ceil(m / 2.0 + reach)
    enough = low >= 0 and high < m
    return Estimate(
        float(np.median(values)), float(values[max(0, low)]), float(values[min(m - 1, high)]), n, told, enough=enough
    )


def _entropy(values: np.ndarray, n: int, conditional: bool) -> Estimate:
    """Entropy with the correction of Miller and Madow, and its delta-method interval."""
    m = len(values)
    if m == 0:
        return unknown(n, 0)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shares = counts / m
    plain = float(-(shares * np.log2(shares)).sum())
    surprise = -np.log2(shares)[inverse]
    corrected = plain + (len(counts) - 1) / (2.0 * m * math.log(2.0))
    error = float(np.sqrt(np.var(surprise) / m))
    return Estimate(
        corrected, corrected - Z95 * error, corrected + Z95 * error, n, m if conditional else None, enough=m >= FEWEST
    )


def exact(value: float) -> Estimate:
    """A figure without any sample."""
    return Estimate(value, value, value)


def unknown(n: int, rows: int) -> Estimate:
    """A figure that no history has."""
    return Estimate(math.nan, -math.inf, math.inf, n, rows, enough=False)


def of_values(values: np.ndarray) -> Estimate:
    """The mean of a probe's answers."""
    mean = float(values.mean())
    found = normal(mean, values - mean, len(values), None)
    return Estimate(found.value, found.low, found.high, len(values), None, found.influence, values=values)


def normal(value: float, influence: np.ndarray, n: int, rows: int | None) -> Estimate:
    """A figure whose error is that of the mean of its influences."""
    error = float(influence.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf
    resting = n if rows is None else rows
    return Estimate(
        value, value - Z95 * error, value + Z95 * error, n, rows, influence, enough=resting >= min(FEWEST, n)
    )


def scaled(item: Estimate, factor: float) -> Estimate:
    """A figure times a number; nothing is left to chance where the number is 0."""
    if factor == 0.0:
        return exact(0.0)
    low, high = sorted((item.low * factor, item.high * factor))
    influence = None if item.influence is None else item.influence * factor
    values = None if item.values is None else item.values * factor
    return Estimate(item.value * factor, low, high, item.replications, item.rows, influence, None, None, values, item.enough)


def difference(one: Estimate, two: Estimate) -> Estimate:
    """The first figure less the second, with the interval that fits what both are."""
    if math.isnan(one.value) or math.isnan(two.value):
        return unknown(max(one.replications or 0, two.replications or 0), 0)
    value = one.value - two.value
    if one.is_exact and two.is_exact:
        return exact(value)
    enough = one.enough and two.enough
    if one.is_exact or two.is_exact:
        other = two if one.is_exact else one
        low = value - ((two.high - two.value) if one.is_exact else (one.value - one.low))
        high = value + ((two.value - two.low) if one.is_exact else (one.high - one.value))
        values = None if other.values is None else (one.value - two.values if one.is_exact else one.values - two.value)
        return Estimate(value, low, high, other.replications, other.rows, values=values, enough=enough)
    assert one.replications is not None and two.replications is not None
    n = min(one.replications, two.replications)
    rows = None if one.rows is None and two.rows is None else min(x for x in (one.rows, two.rows) if x is not None)
    if one.hits is not None and two.hits is not None:
        return _paired_shares(one.hits[:n], two.hits[:n], enough)
    if one.count is not None and two.count is not None:
        # Newcombe's hybrid of two Wilson intervals.
        low = value - math.hypot(one.value - one.low, two.high - two.value)
        high = value + math.hypot(one.high - one.value, two.value - two.low)
        return Estimate(value, low, high, n, rows, enough=enough)
    if one.influence is not None and two.influence is not None and one.replications == two.replications:
        found = normal(value, one.influence - two.influence, n, rows)
        values = None if one.values is None or two.values is None else one.values - two.values
        return Estimate(value, found.low, found.high, n, rows, found.influence, values=values, enough=enough)
    reach = math.hypot((one.high - one.low) / 2.0, (two.high - two.low) / 2.0)
    return Estimate(value, value - reach, value + reach, n, rows, enough=enough)


def _paired_shares(one: np.ndarray, two: np.ndarray, enough: bool) -> Estimate:
    """Difference of two shares over the same replications, with half a history added to each of the four cells."""
    n = len(one)
    more = int(np.count_nonzero(one & ~two)) + 0.5
    fewer = int(np.count_nonzero(two & ~one)) + 0.5
    total = n + 2.0
    centre = (more - fewer) / total
    error = math.sqrt(max(0.0, more + fewer - (more - fewer) ** 2 / total)) / total
    value = float(one.mean() - two.mean())
    return Estimate(
        value, min(value, centre - Z95 * error), max(value, centre + Z95 * error), n, None,
        influence=one.astype(float) - two - value, enough=enough,
    )  # fmt: skip


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
                    "value": _finite(part.value),
                    "low": _finite(part.low),
                    "high": _finite(part.high),
                    "replications": part.replications,
                    "rows": part.rows,
                    "note": part.note,
                }
                for part in item.parts
            ],
        }
        for item in results
    ]


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


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
