"""Sobol indices of the summit: what sampling and analysis cost beside the engine.

    .venv/bin/python -m benchmarks sensitivity

One thread plays the rows of a Saltelli design, a block at a time, and nothing is stored; the points of each block are made just before.
Analysis is first and total order of all classes of outcome with their intervals, at four numbers of samples.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from sim import resources
from sim.analysis.outputs import outputs_of
from sim.analysis.sensitivity import answer_of, why_silent
from sim.analysis.sobol_indices import sobol_indices
from sim.engines.batch_engine import run_block
from sim.experiments.design import Plan
from sim.experiments.sensitivity import study_of
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

INPUTS, SAMPLES = 20, 1024
BLOCK = 2_000  # rows
SEED = 1


def measure(samples: int = SAMPLES, inputs: int = INPUTS) -> dict[str, Any]:
    """Seconds of each part, and the share of sampling and analysis in them."""
    whole = complete(load_scenario(resources.scenario_path("summit")))
    every = [factor for factor in study_of(whole, "sobol", samples).factors if not factor.is_group]
    study = study_of(whole, "sobol", samples, [factor.paths[0] for factor in every[: inputs - 1]])
    case = compile_case(study.scenario)
    plan = Plan(study.design, case, SEED)
    run_block(case, range(2), SEED, 0, plan.block(0, 2))  # compiled code from the cache
    sobol_indices(np.eye(4), SEED, 2)  # imports
    rows = study.design.num_rows
    sampling = engine = 0.0
    parts: list[dict[str, np.ndarray]] = []
    for start in range(0, rows, BLOCK):
        numbers = range(start, min(start + BLOCK, rows))
        before = time.perf_counter()
        given = plan.block(numbers.start, numbers.stop)
        between = time.perf_counter()
        found = run_block(case, numbers, SEED, 0, given)["results"]
        engine += time.perf_counter() - between
        sampling += between - before
        parts.append({"outcome": found["outcome"]})
    results = {"outcome": np.concatenate([part["outcome"] for part in parts])}
    outputs = outputs_of((), study.scenario, [("outcome", "text")])
    before = time.perf_counter()
    values = [output.values(results).reshape(-1, study.design.rows_of_sample) for output in outputs]
    told = [(output, item) for output, item in zip(outputs, values, strict=True) if why_silent(output, item, True) is None]
    answered = len([answer_of(output, item, SEED) for output, item in told])
    analysis = time.perf_counter() - before
    return {
        "factors": len(study.factors) + 1,
        "samples": samples,
        "histories": rows,
        "outputs": answered,
        "sampling_seconds": sampling,
        "engine_seconds": engine,
        "analysis_seconds": analysis,
        "histories_a_second": rows / (sampling + engine + analysis),
        "overhead": (sampling + analysis) / engine,
    }
