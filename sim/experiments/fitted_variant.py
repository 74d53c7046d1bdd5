"""A posterior as a variant: equally likely values of each parameter, what goes together, and what the targets could know."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.estimation.likelihood_free.rejection import correlations
from sim.experiments.calibration_run import Fit
from sim.model.complete import to_yaml
from sim.model.load import load_document
from sim.model.paths import split, value_at
from sim.model.reader import read_text
from sim.model.spec.base import _SHAPE_FIELDS
from sim.model.spec.scenario import ScenarioSpec

VALUES = 20  # of a parameter, equally likely
GROUP = "fitted"  # name of the correlations of a variant
_LEAST = 0.15  # rank correlation below which two parameters are written as independent


def variant_of(fit: Fit, written: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The variant as a scenario file has it.

    Parameters
    ----------
    written : what the fit was made on top of, as values by path: those of a variant, for instance
    """
    assert fit.posterior is not None
    sets: dict[str, Any] = dict(written or {})
    for place, parameter in enumerate(fit.study.parameters):
        quantiles = fit.posterior.quantiles([(n + 0.5) / VALUES for n in range(VALUES)])[:, place]
        counts = Counter(float(f"{value:.4g}") for value in parameter.values(quantiles))
        levels = sorted(counts)
        shape = {"dist": "choice", "values": levels, "probabilities": [round(counts[value] / VALUES, 10) for value in levels]}
        stands = value_at(fit.study.stands, split(parameter.path))
        kept = dict(stands) if isinstance(stands, Mapping) else {}
        kept = {key: item for key, item in kept.items() if key not in _SHAPE_FIELDS and key not in ("dist", "range", "value")}
        sets[parameter.path] = kept | (shape if len(levels) > 1 else {"value": levels[0]})
    group = _correlated(fit)
    if group is not None:
        sets["correlations"] = {**(fit.study.stands.get("correlations") or {}), GROUP: group}
    before = fit.study.before
    data = f"data before {before}" if before else "all targets"
    fitted: dict[str, Any] = {} if before is None else {"before": before.isoformat()}
    fitted |= {"targets": [aim.figure for aim in fit.study.used], "paths": list(fit.study.paths), "seed": fit.seed}
    return {"label": f"Fitted to {data}", "fitted": fitted, "set": sets}


def _correlated(fit: Fit) -> dict[str, Any] | None:
    """The parameters that go together, with the correlations of their normal scores; None where none do."""
    assert fit.posterior is not None
    ranks = correlations(fit.posterior.points, fit.posterior.weights)
    apart = np.abs(ranks - np.eye(len(ranks)))
    members = [int(n) for n in np.flatnonzero(apart.max(axis=1) >= _LEAST)] if len(ranks) > 1 else []
    if not members:
        return None
    matrix = 2.0 * np.sin(np.pi / 6.0 * ranks[np.ix_(members, members)])
    np.fill_diagonal(matrix, 1.0)
    while np.linalg.eigvalsh(matrix).min() < 1e-3:  # of ranks one by one, so that together they may be no correlations
        matrix = 0.95 * matrix + 0.05 * np.eye(len(matrix))
    return {
        "members": [fit.study.paths[n] for n in members],
        "matrix": [[1.0 if i == j else round(float(x), 3) for j, x in enumerate(row)] for i, row in enumerate(matrix)],
    }


def snippet(name: str, variant: Mapping[str, Any]) -> str:
    """The variant as it stands under ``variants:`` of a file."""
    text = to_yaml({name: variant}, header=False)
    return "".join(f"  {line}\n" for line in text.splitlines())


def into_scenario(text: str, name: str, variant: Mapping[str, Any], file: str) -> str:
    """The text of a scenario file with the variant in it, checked.

    Raises
    ------
    UsageError
        ``variants:`` stands in one line.
    ScenarioError
        The variant does not bear being played.
    """
    part = snippet(name, variant)
    lines = text.splitlines(keepends=True)
    place = next((n for n, line in enumerate(lines) if re.match(r"variants\s*:", line)), None)
    if place is None:
        changed = text.rstrip("\n") + "\n\nvariants:\n" + part if not _is_json(text) else _in_json(text, name, variant)
    elif re.match(r"variants\s*:\s*(#.*)?$", lines[place]):
        changed = "".join([*lines[: place + 1], part, *lines[place + 1 :]])
    else:
        raise UsageError(f"{file}: its `variants:` stand in one line, where nothing can be added", hint="copy it, without --to")
    load_document(read_text(changed, file), name)
    return changed


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _in_json(text: str, name: str, variant: Mapping[str, Any]) -> str:
    data = json.loads(text)
    return json.dumps({**data, "variants": {**data.get("variants", {}), name: variant}}, ensure_ascii=False, indent=1) + "\n"


def check_name(spec: ScenarioSpec, name: str, file: str) -> None:
    """Raise ``UsageError`` where no variant can have this name."""
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name) is None:
        raise UsageError(f"--write-variant {name}: expected lower-case letters, digits, dots and dashes", hint="as in as-of-2018-03-09")
    if name in spec.variants:
        raise UsageError(f"--write-variant {name}: {file} has such a variant already", hint="choose another name")


def check_place(path: Path) -> None:
    """Raise ``UsageError`` where a file is there already: nothing is overwritten."""
    if path.exists():
        raise UsageError(f"--to {path}: there is such a file, and nothing is overwritten", hint="name another one")


__all__ = ["GROUP", "VALUES", "check_name", "check_place", "into_scenario", "snippet", "variant_of"]
