"""The same verbs from Python: load a scenario, run it, sum it up; or play one history as a plain function.

    from sim import load_scenario, run, summarise

    scenario = load_scenario("border.yaml", policy="slow", overrides={"horizon": "2 years"})
    result = run(scenario, replications=2000, seed=7)
    result                      # in a notebook: the shares of the outcomes with their intervals
    result.results["outcome"]   # a row a history, as numpy arrays by column name
    result.to_pandas("paths")   # rows (replication, day)
    summarise(result).shares
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ParameterError

if TYPE_CHECKING:
    import numpy
    import pandas
    import pyarrow

    from sim.analysis.discovery.discover import Discovery
    from sim.analysis.drivers import DriverTable
    from sim.analysis.summary import Summary
    from sim.experiments.store import StoredRun
    from sim.model.compile import Case
    from sim.model.load import Loaded
    from sim.model.spec.scenario import ScenarioSpec

    Scenario = str | os.PathLike[str] | ScenarioSpec | Mapping[str, Any]


def load_scenario(
    path: str | os.PathLike[str],
    variant: str | None = None,
    policy: str | None = None,
    overrides: Iterable[str] | Mapping[str, Any] = (),
) -> ScenarioSpec:
    """The checked scenario of a file, or of a shipped scenario by its name, with changes applied.

    Parameters
    ----------
    path : str or path
        A file, or a name as `sim list` shows it.
    variant, policy : str, optional
        Named changes of the file, applied in this order.
    overrides : mapping of path to value, or texts ``path=value``
        Applied last.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault.
    ParameterError
        An argument of another type than these.
    """
    from sim.model.load import load_scenario

    _expect("path", path, (str, os.PathLike), "a file or the name of a shipped scenario")
    for name, value in (("variant", variant), ("policy", policy)):
        _expect(name, value, (str, type(None)), "a name")
    changes_like = isinstance(overrides, Iterable) and not isinstance(overrides, (str, bytes))
    if not changes_like:
        raise ParameterError(
            f"overrides: expected a mapping of paths to values, or a list of texts path=value, found {overrides!r}"
        )
    return load_scenario(_known(path), variant, policy, overrides)


def _expect(name: str, value: Any, types: tuple[type, ...], words: str) -> None:
    if not isinstance(value, types):
        raise ParameterError(f"{name}: expected {words}, found {value!r}"[:300])


def _known(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """The path; for a slip in the name of a shipped scenario the nearest name is the hint."""
    from sim import resources
    from sim.model.kinds import SCENARIO, meant

    shipped = resources.list_scenarios()
    is_name = isinstance(path, str) and not os.path.splitext(path)[1] and os.path.basename(path) == path
    if is_name and path not in shipped and not os.path.lexists(path):
        raise ParameterError(
            f"unknown scenario {path!r}: neither a file nor the name of a shipped scenario",
            hint=meant(path, SCENARIO),
        )
    return path


def run(
    scenario: Scenario,
    replications: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    *,
    cluster: str | None = None,
    design: str = "random",
    until_se: float | None = None,
    reports: str | os.PathLike[str] = "reports",
    directory: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    progress: Callable[[int, int, float], None] | None = None,
) -> Run:
    """A scenario simulated and stored, as `sim run` does it; an equal finished run is found, not repeated.

    Parameters
    ----------
    scenario : scenario, file, name or completed form
        What `load_scenario` returns or takes, or the completed form as plain data.
    replications : int, optional
        How many histories, by default 1000; with `until_se` the most there may be.
    seed : int
        Root seed, in [0, 2**64).
    workers : int, optional
        Processes, by default one a core. Never changes results.
    cluster : str, optional
        Compute with Dask instead: `local:4` starts four workers, `tcp://host:8786` uses a scheduler that runs.
    design : str
        How inputs are drawn: `random`, or `sobol` or `lhs`, points that fill their ranges evenly.
    until_se : float, optional
        Stop when the largest standard error of any outcome's share is at most this.
    reports, directory : path
        Folder for result directories, or this very directory.
    fresh : bool
        Compute again, beside the run that is there.
    progress : callable, optional
        Told replications done, asked for, and the rate a second after every block.

    Raises
    ------
    ScenarioError, UsageError, EngineError, StoreError
        As for `sim.experiments.replicate.run_scenario`.
    """
    from sim.experiments.replicate import run_scenario
    from sim.model.complete import content_hash

    for name, place in (("reports", reports), ("directory", directory)):
        _expect(name, place, (str, os.PathLike) if name == "reports" else (str, os.PathLike, type(None)), "a folder")
    if progress is not None and not callable(progress):
        raise ParameterError(f"progress: expected a function of (done, total, rate), found {progress!r}")
    completed = _completed(scenario)
    outcome = run_scenario(
        completed,
        scenario_hash=content_hash(completed),
        seed=seed,
        replications=replications,
        until_se=until_se,
        workers=workers,
        cluster=cluster,
        design=design,
        reports=Path(reports),
        directory=None if directory is None else Path(directory),
        fresh=fresh,
        progress=progress,
    )
    return Run(outcome.stored)


def open_run(directory: str | os.PathLike[str]) -> Run:
    """The run in a result directory."""
    from sim.experiments.store import open_run

    return Run(open_run(Path(directory)))


def summarise(found: Run | StoredRun | str | os.PathLike[str]) -> Summary:
    """Outcome shares with intervals, times, paths over time, drivers and conditional shares of a run.

    `found` is a run, or a result directory.
    """
    if isinstance(found, Run):
        return found.summary
    if isinstance(found, (str, os.PathLike)):
        return open_run(found).summary
    if not hasattr(found, "manifest"):
        raise ParameterError(f"expected a run or its result directory, found {found!r}"[:300])
    return Run(found).summary


class Run:
    """A stored run: its tables, its summary, its report."""

    def __init__(self, stored: StoredRun):
        self.stored = stored

    @property
    def directory(self) -> Path:
        """The result directory."""
        return self.stored.directory

    @property
    def scenario(self) -> dict[str, Any]:
        """The completed scenario."""
        return self.stored.case

    @property
    def seed(self) -> int:
        """The root seed."""
        return self.stored.seed

    @cached_property
    def results(self) -> Mapping[str, numpy.ndarray]:
        """One row a history: equally long read-only arrays by column name; nan is never or not known.

        Of a run of many histories a column is read when it is asked for.
        """
        return self.stored.results

    @cached_property
    def paths(self) -> Mapping[str, numpy.ndarray]:
        """Rows (replication, day) on the scenario's grid; of the first 10,000 histories where there are more."""
        return self.stored.paths

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all columns, in replication order; of a finished run, as its record has it."""
        return self.stored.recorded_digest or self.stored.digest()

    @cached_property
    def summary(self) -> Summary:
        """The run summed up."""
        from sim.analysis.summary import summary_of

        return summary_of(self.stored.manifest, self.results, self.paths)

    def to_pandas(self, table: str = "results") -> pandas.DataFrame:
        """A table (`results`, `paths`) as a data frame."""
        return self.stored.to_pandas(table)

    def to_arrow(self, table: str = "results") -> pyarrow.Table:
        """A table (`results`, `paths`) as an Arrow table."""
        return self.stored.to_arrow(table)

    def query(self, question: str) -> dict[str, numpy.ndarray]:
        """What one SELECT over the tables `results` and `paths` finds, as numpy arrays by column name.

        Raises
        ------
        UsageError
            Not one SELECT, or a fault in it; the hint has the nearest name.
        """
        return self.stored.query(question)

    def drivers(self, *, outcome: str | None = None, of: str | None = None, where: str | None = None) -> DriverTable:
        """Which inputs moved the class of outcome, or one class, a column or a condition, as `sim drivers` does.

        Raises
        ------
        UsageError
            A question that this run cannot answer; the hint says what would help.
        """
        from sim.analysis.questions import ask_drivers

        return ask_drivers(self.stored, outcome=outcome, of=of, where=where)[0]

    def discover(self, *, outcome: str | None = None, where: str | None = None, **settings: Any) -> Discovery:
        """At which values of the inputs something comes often, as `sim discover` does.

        `settings` are `boxes`, `limits`, `coverage` and `with_tree`; errors as for `drivers`.
        """
        from sim.analysis.questions import ask_discovery

        return ask_discovery(self.stored, outcome=outcome, where=where, **settings)

    @property
    def report_path(self) -> Path:
        """Where the report is, or would be written."""
        from sim.experiments.disk import REPORT

        return self.directory / REPORT

    def write_report(self, source: str | None = None) -> Path:
        """The report as one HTML file in the result directory; one that is there is left as it is.

        `source` is the scenario as a reader should name it to run it again.
        """
        from sim.analysis.claims import stored_rows
        from sim.analysis.histories import typical_histories
        from sim.experiments.disk import disk_errors
        from sim.reports.page import render, write_page
        from sim.reports.run_report import report_content

        if not self.report_path.exists():
            histories = typical_histories(self.stored, source=source)
            claims = stored_rows(self.stored.case, self.directory.parent, source)
            content = report_content(
                self.summary, histories=histories, claims=claims, digest=self.digest, source=source
            )
            page = render(content)
            with disk_errors(self.report_path, holds_chunks=False):
                write_page(page, self.report_path)
        return self.report_path

    def __len__(self) -> int:
        return self.stored.num_replications

    def __repr__(self) -> str:
        manifest = self.stored.manifest
        return (
            f"<Run of '{manifest['scenario_id']}' ({manifest['scenario_hash'][:8]}), seed {self.seed}, "
            f"{len(self)} histories, {self.stored.state}: {self.directory}>"
        )

    def _repr_html_(self) -> str:
        from sim.analysis.display import as_html

        return as_html(self.summary, str(self.directory))


def simulate(
    params: Mapping[str, Any] | None = None,
    seed: int = 1,
    *,
    scenario: Scenario | None = None,
    replication: int = 0,
) -> dict[str, float | int | str]:
    """The results of one history, as a plain function for optimisers, samplers and the like.

    Parameters
    ----------
    params : mapping of path to value
        Changes of the scenario, as for ``--set``. The key ``scenario`` may name the scenario.
    seed : int
        Root seed.
    scenario : scenario, file or name, optional
        By default the one named in `params`, else the only one that is shipped.
    replication : int
        Which history of the run with this seed.

    Returns
    -------
    dict
        The history's row of the table `results`: outcome, times in days (nan is never), counts, metrics, inputs.

    Nothing is written. The same arguments always give the same row, which is that of `run` with the same seed.

    Raises
    ------
    ScenarioError
        A path or value that does not fit the scenario.
    ParameterError
        No scenario named, a seed or a replication out of range.
    """
    from sim.engines.event_engine import play

    if params is not None:
        _expect("params", params, (Mapping,), "a mapping of paths to values")
    changes = dict(params or {})
    named = changes.pop("scenario", None)
    chosen = scenario if scenario is not None else named if named is not None else _only_shipped()
    for name, value, bits in (("seed", seed, 64), ("replication", replication, 32)):
        if isinstance(value, bool) or not hasattr(value, "__index__") or not 0 <= value < 2**bits:
            raise ParameterError(f"{name}: expected a whole number in [0, 2**{bits}), found {value!r}")
    row, _, _ = play(_case(chosen, changes), int(replication), int(seed))
    return row


def _only_shipped() -> str:
    from sim import resources

    names = [name for name in resources.list_scenarios() if "/" not in name]  # textbook games are asked for by name
    if len(names) != 1:
        raise ParameterError(
            f"which scenario? shipped are: {', '.join(names) or 'none'}", hint="simulate(params, seed, scenario=NAME)"
        )
    return names[0]


def _completed(scenario: Scenario) -> dict[str, Any]:
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    if isinstance(scenario, Mapping):
        return complete(_checked(scenario).spec)
    if isinstance(scenario, (str, os.PathLike)):
        return complete(load_scenario(_known(scenario)))
    if not hasattr(scenario, "model_dump"):
        raise ParameterError(f"scenario: expected a file, a name or what load_scenario returns, found {scenario!r}"[:300])
    return complete(scenario)


def _case(scenario: Scenario, changes: Mapping[str, Any]) -> Case:
    """The compiled case; kept for further calls with the same changes of the same file."""
    from sim.model.compile import compile_case

    plain = {str(path): _plain(str(path), value) for path, value in changes.items()}
    if not isinstance(scenario, (str, os.PathLike)):
        return compile_case(_completed(_changed(scenario, plain)))
    try:
        text = json.dumps(plain, sort_keys=True)
    except TypeError as error:
        raise ParameterError(f"params: expected numbers, texts, lists and mappings, found {error}") from None
    return _case_of_file(os.fspath(scenario), _age(scenario), text)


def _plain(path: str, value: Any) -> Any:
    """A number of numpy as one of Python; anything else as it is."""
    if not hasattr(value, "item"):
        return value
    if getattr(value, "size", 1) != 1:
        raise ParameterError(f"params: {path}: expected one number, found an array of {value.size}")
    return value.item()


@lru_cache(maxsize=16)
def _case_of_file(path: str, age: object, changes: str) -> Case:
    from sim.model.compile import compile_case

    return compile_case(_completed(load_scenario(path, overrides=json.loads(changes))))


def _age(path: str | os.PathLike[str]) -> object:
    """What changes when a file does; nothing for a shipped scenario."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _changed(scenario: ScenarioSpec | Mapping[str, Any], changes: Mapping[str, Any]) -> Scenario:
    """The scenario with changes, checked anew."""
    if not changes:
        return scenario
    from sim.model.complete import to_yaml
    from sim.model.load import load_document
    from sim.model.reader import read_text

    text = to_yaml(_completed(scenario), header=False)
    return load_document(read_text(text, "scenario"), overrides=changes).spec


def _checked(scenario: Mapping[str, Any]) -> Loaded:
    """A completed form, which anybody may have edited, checked as a file is."""
    import yaml

    from sim.model.complete import to_yaml
    from sim.model.load import load_document
    from sim.model.reader import read_text

    try:
        text = to_yaml(dict(scenario), header=False)
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise ParameterError(f"scenario: expected plain data, found something else: {error}"[:300]) from None
    return load_document(read_text(text, "scenario"))
