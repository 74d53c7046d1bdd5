"""All measurements, one after the other, into `benchmarks/figures.json` and the tables of `benchmarks/README.md`.

    .venv/bin/python -m benchmarks [NAME...] [--ten-million] [--peer PYTHON]
    .venv/bin/python -m benchmarks [NAME...] --quick [--write]

``--quick`` takes small sizes, prints the tables and leaves the page and the kept figures alone, unless ``--write`` is given.
The engines' figures go into the main README too, when they are not small.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from benchmarks import cluster, compare, engines, memory, negmas, page, profile, scaling, sensitivity, start
from benchmarks.measured import ROOT, busy, conditions
from sim import resources
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tools import benchmark

Options = argparse.Namespace


def _engines(options: Options) -> dict[str, Any]:
    return engines.measure(2) if options.quick else engines.measure()


def _memory(options: Options) -> dict[str, Any]:
    sizes = [1_000, 5_000, 10_000] if options.quick else [*memory.SIZES]
    return memory.measure([*sizes, *([memory.TEN_MILLION] if options.ten_million else [])])


def _scaling(options: Options) -> dict[str, Any]:
    return scaling.measure(2, seconds=0.1) if options.quick else scaling.measure()


def _negmas(options: Options) -> dict[str, Any]:
    return negmas.measure(options.peer, turns=2, offers=40_000) if options.quick else negmas.measure(options.peer)


def _start(options: Options) -> dict[str, Any]:
    return start.measure(1, 0) if options.quick else start.measure(7, 3)


def _profile(options: Options) -> dict[str, Any]:
    case = compile_case(complete(load_scenario(resources.scenario_path("summit"))))
    return profile.measure(case, 2_000 if options.quick else 40_000)[0]


def _cluster(options: Options) -> dict[str, Any]:
    number, repeats = (4_000, 1) if options.quick else (cluster.REPLICATIONS, 3)
    return cluster.measure(str(resources.scenario_path("summit")), 2, number, repeats)


def _sensitivity(options: Options) -> dict[str, Any]:
    return sensitivity.measure(64) if options.quick else sensitivity.measure()


def _compare(options: Options) -> dict[str, Any]:
    return compare.measure(2_000, 1) if options.quick else compare.measure()


MEASUREMENTS: dict[str, Callable[[Options], dict[str, Any]]] = {
    "engines": _engines,
    "profile": _profile,
    "start": _start,
    "scaling": _scaling,
    "negmas": _negmas,
    "memory": _memory,
    "cluster": _cluster,
    "sensitivity": _sensitivity,
    "compare": _compare,
}


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, measure, keep the figures and write the pages, or print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, a minute in all, to see that it works; printed only")
    parser.add_argument("--write", action="store_true", help="keep figures of small sizes too, and write them into the page")
    parser.add_argument("--ten-million", action="store_true", help="memory: a run of that size too")
    parser.add_argument("--peer", default=os.environ.get(negmas.PEER), metavar="PYTHON", help="interpreter with NegMAS")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in MEASUREMENTS]:
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(MEASUREMENTS)}")
    if warning := busy():
        print(f"warning: {warning}", file=sys.stderr)
    is_kept = options.write or not options.quick
    found: page.Measured = {}
    for name in options.names or MEASUREMENTS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        at = {**conditions(), **({"quick": True} if options.quick else {})}
        found[name] = {"conditions": at, "figures": MEASUREMENTS[name](options)}
        if is_kept:
            page.keep(name, **found[name])
    if not is_kept:
        print(page.shown(found))
        return
    paths = page.write(ROOT)
    if "engines" in found and not options.quick:
        paths += benchmark.write(ROOT)
    for path in paths:
        print(path)


if __name__ == "__main__":
    main()
