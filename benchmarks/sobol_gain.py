"""What Sobol points over the inputs gain: variance of a run's means under random inputs over that under `--design sobol`.

    .venv/bin/python -m benchmarks.sobol_gain [SCENARIO] [--seeds 64] [--replications 1024] [--columns NAME ...]

Each seed is a run of its own under either design, with draws of its own, played by compiled code. A gain of 2 means that
half as many histories give the same precision. It stands with its 95% interval, which takes the means of runs for about
normal (a ratio of variances is then a multiple of F). ``inputs`` is the part of a column's variance that the drawn inputs
explain: the correlation of histories that have their inputs in common and nothing else. No way of choosing inputs can
gain more than ``limit`` = 1 / (1 - inputs), for what is not drawn from inputs stays as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from scipy.stats import f as f_distribution

from sim.engines.batch_engine import run_block
from sim.errors import SimError, UsageError
from sim.experiments.design import Plan
from sim.experiments.design.sobol import Sobol
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.diagnostics import did_you_mean
from sim.model.load import load_scenario

FIRST_SEED = 1
FEWEST_SEEDS = 2  # that have a variance
PLAIN, AGAIN = 1_000_000, 2_000_000  # added to a seed: for runs that share no draw with its run
COVERAGE = 0.95
DRAWN = 0.999999  # explained by the inputs alone, up to rounding
WHOLE = ("tension", "pressure", "trust", "third_party_welfare", "nash_product", "events")
COUNTED = ("count:deals", "count:collapses", "count:crises")
HAPPENED = ("time:deal", "time:collapse", "time:crisis", "time:strike")
OF_INPUTS = ("expectation_at_meeting", "force_probability", "metric:guarantee_credibility")  # little else moves these
FAMILIES = ("utility:",)

Statistic = tuple[str, Callable[[Mapping[str, np.ndarray]], np.ndarray]]


def statistics_of(case: Case, results: Mapping[str, np.ndarray], named: Sequence[str]) -> Iterator[Statistic]:
    """What is averaged over the histories of a run, by name: outcome classes, dates that came at all, columns.

    Raises
    ------
    UsageError
        A column that is named is not there, or has no numbers; the message has the nearest name.
    """
    for name in named:
        _check_column(name, results)
    if not named:
        for item in case.spec.outcomes:
            yield f"share of {item.id}", lambda rows, name=item.id: (rows["outcome"] == name).astype(float)
        for name in HAPPENED:
            yield f"share with {name}", lambda rows, name=name: (~np.isnan(rows[name])).astype(float)
        named = [name for name in results if name in (*WHOLE, *COUNTED, *OF_INPUTS) or name.startswith(FAMILIES)]
        named += [name for name in results if name.startswith("input:")][:2]
    for name in named:
        yield name, lambda rows, name=name: np.asarray(rows[name], dtype=float)


def _check_column(name: str, results: Mapping[str, np.ndarray]) -> None:
    known = [key for key, values in results.items() if values.dtype.kind in "biuf"]
    if name in results and name not in known:
        raise UsageError(f"column '{name}': expected one of numbers, found one of words")
    if name not in results:
        raise UsageError(f"no column '{name}'", hint=did_you_mean(name, known, "columns of numbers"))


def measure(scenario: str, seeds: int, replications: int, named: Sequence[str]) -> None:
    """Print the table."""
    case = compile_case(complete(load_scenario(scenario)))
    numbers = range(replications)
    chosen: list[Statistic] = []
    means: dict[str, list[list[float]]] = {}
    pairs: dict[str, list[np.ndarray]] = {}
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        points = Plan(Sobol(), case, seed).block(0, replications)
        plain = run_block(case, numbers, seed + PLAIN, 0)["results"]
        even = run_block(case, numbers, seed, 0, points)["results"]
        again = run_block(case, numbers, seed + AGAIN, 0, points)["results"]
        chosen = chosen or list(statistics_of(case, plain, named))
        for name, value in chosen:
            means.setdefault(name, []).append([float(np.nanmean(value(rows))) for rows in (plain, even)])
            pairs.setdefault(name, []).append(np.stack([value(even), value(again)]))
    print(f"{scenario}: {seeds} seeds of {replications:,} histories under either design, {len(Plan(Sobol(), case, 1).axes)} drawn inputs")
    print(f"{'':<34} {'mean':>9} {'inputs':>7} {'limit':>7} {'gain':>8}   {COVERAGE:.0%} interval")
    factor = float(f_distribution.ppf(0.5 + COVERAGE / 2, seeds - 1, seeds - 1))
    for name, _ in chosen:
        found = np.array(means[name])
        variances = found.var(axis=0, ddof=1)
        mean = f"{name:<34.34} {found.mean():>9.4f}"
        if not variances.all():
            print(f"{mean}   never varies")
            continue
        explained = _explained(np.concatenate(pairs[name], axis=1))
        gain = variances[0] / variances[1]
        limit = f"{1.0 / (1.0 - explained):.2f}" if explained < DRAWN else "none"
        print(f"{mean} {explained:>7.3f} {limit:>7} {gain:>8.4g}   {gain / factor:.3g} to {gain * factor:.3g}")


def _explained(pair: np.ndarray) -> float:
    """Correlation of two rows of histories with the same inputs, where both are known; never below 0."""
    known = ~np.isnan(pair).any(axis=0)
    return max(0.0, float(np.corrcoef(pair[:, known])[0, 1]))


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", default="summit")
    parser.add_argument("--seeds", type=_whole_from(FEWEST_SEEDS), default=64, metavar="N")
    parser.add_argument("--replications", type=_whole_from(1), default=1024, metavar="N")
    parser.add_argument("--columns", nargs="*", default=(), metavar="NAME", help="columns of numbers instead of a choice of all")
    given = parser.parse_args()
    try:
        measure(given.scenario, given.seeds, given.replications, given.columns)
    except SimError as error:
        parser.error(f"{error}{f': {error.hint}' if error.hint else ''}")


def _whole_from(least: int) -> Callable[[str], int]:
    """What reads a whole number that is not too small."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected a whole number, found {text!r}") from None
        if number < least:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least}, found {number}")
        return number

    return read


if __name__ == "__main__":
    main()
