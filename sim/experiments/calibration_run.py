"""A calibration played and kept: the scenario as it stands, waves of points, and the posterior played again, each an ordinary run.

Every point is played so many times, with draws that no other point has. A wave lies where the earlier ones have not ruled the parameters
out; its points follow from their rows, so that the same command goes on where it was interrupted, and finds what is there::

    reports/calibrate-strait-1a2b3c4d-s7/
      start/             the scenario as it stands
      wave-1/ wave-2/    points of the prior, and of what the waves before have left of it
      check/             points of the posterior
      calibration.json   what this is, and what was found
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.estimation.likelihood_free.conflicts import Conflicts, conflicts
from sim.estimation.likelihood_free.emulator import fitted
from sim.estimation.likelihood_free.history_matching import Region, sampled
from sim.estimation.likelihood_free.rejection import Posterior, density_weights, posterior
from sim.experiments import campaign_record, provenance, replicate
from sim.experiments.calibration import Aim, Study
from sim.experiments.campaign_record import Interrupted
from sim.experiments.design import RANDOM, Design
from sim.experiments.design.addressed import design_uniforms
from sim.experiments.design.scatter import Scatter
from sim.experiments.disk import as_json
from sim.experiments.engines import AUTO, Tell
from sim.experiments.figure_counts import counted
from sim.experiments.replicate import Progress, run_scenario
from sim.experiments.store import StoredRun, content_hash, slug
from sim.own_tactics import source_hashes

RECORD = "calibration.json"
FORMAT = 1
WAVES, POINTS, HISTORIES = 3, 120, 250  # by default
FEWEST_POINTS, FEWEST_HISTORIES = 40, 20  # of a wave and of a point, with which anything can be said
CHECKED = 60  # points of the posterior that are played again
UNREAD = 0.5  # part of the points at which a figure may be missing
_OWNER = "calibration"  # of its uniforms
_RESAMPLED = 200  # lane of the draw that picks points of the posterior; waves have those of their numbers


@dataclass(frozen=True)
class Size:
    """How much is played: waves, points in each, histories at each."""

    waves: int = WAVES
    points: int = POINTS
    histories: int = HISTORIES

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("--waves", self.waves, 1, 20),
            ("--points", self.points, FEWEST_POINTS, 100_000),
            ("--histories", self.histories, FEWEST_HISTORIES, 1_000_000),
        ):
            if not low <= value <= high:
                raise UsageError(f"{name} {value}: expected from {low:,} to {high:,}")

    @property
    def start(self) -> int:
        """Histories of the scenario as it stands."""
        return max(400, self.histories * self.points // 8)


@dataclass(frozen=True)
class Wave:
    """Points that were played, and their figures.

    Attributes
    ----------
    region : from which they were drawn
    points : float64, shape (points, parameters), in (0, 1)
    figures : float64, shape (points, targets), of all targets, used or not; nan where one could not be read
    """

    region: Region
    points: np.ndarray
    figures: np.ndarray
    stored: StoredRun


@dataclass(frozen=True)
class Fit:
    """A calibration that was played.

    Attributes
    ----------
    posterior : of the points of all waves, in their order; None where no parameters come near all bands
    conflicts : of the used targets, by all points
    check : points drawn from the posterior, played anew
    counts : of the scenario as it stands, by target: what its histories count and among what
    """

    study: Study
    size: Size
    seed: int
    directory: Path
    start: StoredRun
    counts: tuple[tuple[np.ndarray, np.ndarray], ...]
    waves: tuple[Wave, ...]
    conflicts: Conflicts
    posterior: Posterior | None
    check: Wave | None
    stopped: str = ""  # why there are fewer waves than asked for

    @property
    def used(self) -> list[int]:
        """Places of the targets that parameters are fitted to."""
        return [n for n, aim in enumerate(self.study.aims) if aim.is_used]

    @property
    def points(self) -> np.ndarray:
        """Of all waves, float64, shape (points, parameters)."""
        return np.concatenate([wave.points for wave in self.waves])

    @property
    def figures(self) -> np.ndarray:
        """Of all waves, float64, shape (points, targets)."""
        return np.concatenate([wave.figures for wave in self.waves])

    @property
    def num_histories(self) -> int:
        """All that count."""
        runs = [self.start, *(wave.stored for wave in self.waves), *([self.check.stored] if self.check else [])]
        return sum(run.num_replications for run in runs)


class Campaign:
    """Plays a calibration into one directory.

    Parameters
    ----------
    engine, workers, cluster : as for ``run_scenario``; never change results
    command : the words of the command, for the records of its runs

    Raises
    ------
    StoreError
        The directory cannot be written, or holds something else.
    """

    def __init__(
        self,
        study: Study,
        size: Size,
        seed: int,
        directory: Path,
        *,
        command: Sequence[str] | None = None,
        engine: str = AUTO,
        workers: int | None = None,
        cluster: str | None = None,
        progress: Progress | None = None,
        tell: Tell | None = None,
    ):
        self.study, self.size, self.seed, self.directory = study, size, seed, directory
        self.identity = identity(study, size, seed)
        self.num_computed = 0  # histories played by this process
        self._command = None if command is None else provenance.reproducing(command)
        self._circumstances: dict[str, Any] = {"engine": engine, "workers": workers, "cluster": cluster, "tell": tell}
        self._progress = progress
        self._clock = time.monotonic()
        self._begin()

    def play(self) -> Fit:
        """All of it; runs that are there are not played again.

        Raises
        ------
        Interrupted, EngineError, StoreError
            What was played is kept.
        UsageError
            A used target cannot be read from the results, or hardly ever.
        """
        study, size = self.study, self.size
        start = self._play("start", study.stands, self.seed, RANDOM, size.start)
        counts = tuple(_counts(start, aim) for aim in study.aims)
        used = [n for n, aim in enumerate(study.aims) if aim.is_used]
        bands = study.bands
        waves: list[Wave] = []
        region, stopped = Region((), bands), ""
        for number in range(1, size.waves + 1):
            region, points = sampled(region, size.points, lambda low, high, number=number: self._candidates(number, low, high))
            if len(points) < FEWEST_POINTS:
                stopped = (
                    f"After wave {number - 1} hardly any parameters are left that could meet all targets: {len(points)} of "
                    f"{'all' if not len(points) else 'the'} candidates tried."
                )
                break
            waves.append(self._wave(f"wave-{number}", region, points))
            if number == 1:
                _check_read(study, waves[0].figures, size)
            region = Region((*region.emulators, fitted(points, waves[-1].figures[:, used])), bands)
        points, figures = (np.concatenate([getattr(wave, name) for wave in waves]) for name in ("points", "figures"))
        weights = density_weights(points, [(wave.region, len(wave.points)) for wave in waves])
        found = posterior(points, figures[:, used], bands, weights)
        check = None
        if found is not None:
            start_at = float(design_uniforms(self.seed, _RESAMPLED, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), _OWNER)[0, 0])
            drawn = found.points[found.drawn(min(CHECKED, size.points), start_at)]
            check = self._wave("check", region, np.clip(drawn, 2.0**-40, 1.0 - 2.0**-40))
        return Fit(
            study, size, self.seed, self.directory, start, counts, tuple(waves), conflicts(bands.distances(figures[:, used])), found, check,
            stopped,
        )  # fmt: skip

    def _candidates(self, wave: int, low: int, high: int) -> np.ndarray:
        return design_uniforms(self.seed, wave, np.arange(low, high), np.arange(len(self.study.parameters)), _OWNER)

    def _wave(self, name: str, region: Region, points: np.ndarray) -> Wave:
        histories = self.size.histories
        design = Scatter(self.study.paths, tuple(map(tuple, points.tolist())), histories)
        stored = self._play(name, self.study.scenario, seed_of(self.seed, name), design, len(points) * histories)
        columns = []
        for aim in self.study.aims:
            part, whole = (item.reshape(-1, histories).sum(axis=1) for item in _counts(stored, aim))
            with np.errstate(invalid="ignore", divide="ignore"):
                columns.append(np.where(whole > 0.0, part / whole, np.nan))
        return Wave(region, points, np.column_stack(columns), stored)

    def _play(self, name: str, scenario: Mapping[str, Any], seed: int, design: str | Design, replications: int) -> StoredRun:
        progress = self._progress
        try:
            outcome = run_scenario(
                scenario, scenario_hash=content_hash(scenario), seed=seed, replications=replications, design=design,
                directory=self.directory / name, command=self._command, progress=progress, **self._circumstances,
            )  # fmt: skip
        except replicate.Interrupted:
            raise Interrupted(self.directory, part=name) from None
        self.num_computed += outcome.num_computed
        self._circumstances["tell"] = None  # what is to be said of the engine is said once
        return outcome.stored

    # The record

    def _begin(self) -> None:
        if campaign_record.begin(self.directory / RECORD, self.identity, "calibration"):
            self.note({})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record: what is fitted to what, and whatever is to be said of it."""
        record = {
            "format": FORMAT,
            "identity": self.identity,
            "seed": self.seed,
            "command": self._command,
            "versions": provenance.versions(),
            "before": None if self.study.before is None else self.study.before.isoformat(),
            **entries,
        }
        campaign_record.write(self.directory / RECORD, record)


def seed_of(seed: int, part: str) -> int:
    """Root seed of a part, so that no two have the same draws: a hash of the calibration's."""
    return int.from_bytes(hashlib.blake2b(f"{_OWNER}/{seed}/{part}".encode(), digest_size=8).digest(), "big")


def _counts(stored: StoredRun, aim: Aim) -> tuple[np.ndarray, np.ndarray]:
    """What the histories that fit the evidence count of a target, and among what: 0 for all others."""
    from sim.engines.tables.results import GIVEN

    results = stored.results
    found = counted(results, aim.figure)
    if found is None:
        if aim.is_used:
            raise UsageError(
                f"the target '{aim.label}' cannot be read from the results: {aim.figure}",
                hint="`sim query DIR` lists the columns that there are; correct it, or leave it out",
            )
        nothing = np.zeros(stored.num_replications)
        return nothing, nothing
    if GIVEN not in results:
        return found
    fits = np.asarray(results[GIVEN]) != 0.0
    return found[0] * fits, found[1] * fits


def _check_read(study: Study, figures: np.ndarray, size: Size) -> None:
    for aim, column in zip(study.aims, figures.T, strict=True):
        if aim.is_used and np.mean(np.isnan(column)) > UNREAD:
            raise UsageError(
                f"the target '{aim.label}' can be read at {int(np.sum(~np.isnan(column)))} of {len(column)} points only: its condition "
                f"hardly ever holds in {size.histories:,} histories",
                hint="play more histories at each point (--histories), or leave the target out",
            )


def identity(study: Study, size: Size, seed: int) -> str:
    """SHA-256 of all that the histories and the fit depend on."""
    told = {
        "stands": content_hash(study.stands),
        "scenario": content_hash(study.scenario),
        "paths": list(study.paths),
        "used": [[aim.figure, aim.is_used] for aim in study.aims],
        "size": [size.waves, size.points, size.histories],
        "seed": seed,
        "sim": provenance.versions()["sim"],
        "own_tactics": source_hashes(study.scenario),
    }
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


def directory_name(study: Study, size: Size, seed: int) -> str:
    """``calibrate-<scenario>-<hash8>-s<seed>``."""
    return f"calibrate-{slug(str(study.stands['id']))}-{identity(study, size, seed)[:8]}-s{seed}"


def read_record(directory: Path) -> dict[str, Any] | None:
    """The record of a directory; none where there is no calibration in it."""
    return campaign_record.read(directory / RECORD)
