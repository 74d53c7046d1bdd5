"""One Chromium for all browser tests, and the pages they look at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from sim import resources
from sim.analysis import empirical_game
from sim.analysis.empirical_words import logit_of
from sim.analysis.stability.verdicts import StabilityResult
from sim.experiments.empirical import Sampler
from sim.experiments.engines import engine_for
from sim.experiments.profiles import profiles_of
from sim.model.load import load_document
from sim.model.reader import read_text
from sim.model.stability.load import conflict_from_text
from sim.reports.backtest_report import render_backtest
from sim.reports.calibration_report import render_calibration
from sim.reports.comparison_report import render_comparison
from sim.reports.equilibrium_report import render_equilibrium
from sim.reports.page import render, write_page
from sim.reports.pareto_report import render_pareto
from sim.reports.robustness_report import render_robustness
from sim.reports.sensitivity_report import render_sensitivity
from sim.reports.spatial_report import render_spatial
from sim.reports.stability_report import render_stability
from sim.reports.sweep_report import render_sweep
from sim.reports.threshold_report import render_threshold
from sim.reports.timeline import render_timeline
from sim.reports.what_if_report import render_what_if
from tests import swept, two_by_two
from tests.analysed import analysed
from tests.backtested import backtested
from tests.browser.chromium import Chromium, Page, find
from tests.calibrated import calibrated
from tests.compared import compared
from tests.pareto_case import searched as searched_levers
from tests.robust_case import judged
from tests.unit.reports import discovery_sample, sample, spatial_sample
from tests.wished import searched, two_inputs

Look = Callable[..., Page]

HOSTILE = (
    "</script><script>window.pwned=1</script><img src=x onerror='pwned=1'>\"%{y}{0}\u202e\u05d0\u05d1\u05d2 \U0001f4a5"
    + "w" * 200
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    if find() is None:
        pytest.skip("no Chromium on PATH (Debian: apt-get install chromium); no page was looked at")
    with Chromium() as browser:
        yield browser


class Pages(Mapping[str, str]):
    """Addresses of the pages, by name. A page is made when it is first asked for: two workers seldom need the same ones."""

    def __init__(self, folder: Path, makers: Mapping[str, Callable[[], str]]) -> None:
        self._folder, self._makers = folder, makers
        self._made: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._made:
            self._made[name] = write_page(self._makers[name](), self._folder / f"{name}.html").as_uri()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Addresses of the pages, by name."""
    new = tmp_path_factory.mktemp
    makers: dict[str, Callable[[], str]] = {
        "report": lambda: render(sample.content()),
        "timeline": lambda: render_timeline(sample.timeline()),
        "long-names": lambda: render(sample.hostile("Quite a long name of a thing that goes on and on, as such names do")),
        "hostile": lambda: render(sample.hostile(HOSTILE)),
        "spatial": lambda: render_spatial(spatial_sample.result(), "scenarios/spatial/ec-emissions.yaml"),
        "hostile-spatial": lambda: render_spatial(spatial_sample.hostile(HOSTILE.replace("\u202e", "")), "hostile.yaml"),
        "hostile-timeline": lambda: render_timeline(sample.hostile_timeline(HOSTILE)),
        "stability": lambda: _stability(),
        "hostile-stability": lambda: _stability(HOSTILE),
        "drivers": lambda: discovery_sample.drivers_page(),
        "drivers-of-a-class": lambda: discovery_sample.drivers_page(asked_about="clash"),
        "hostile-drivers": lambda: discovery_sample.drivers_page(HOSTILE, "clash"),
        "discovery": lambda: discovery_sample.discovery_page(),
        "hostile-discovery": lambda: discovery_sample.discovery_page(HOSTILE),
        "equilibrium": lambda: _equilibrium(),
        "hostile-equilibrium": lambda: _equilibrium(HOSTILE),
        "comparison": lambda: _comparison(new("compared")),
        "sensitivity": lambda: render_sensitivity(analysed(new("analysed"))),
        "hostile-sensitivity": lambda: render_sensitivity(analysed(new("analysed"), name=HOSTILE)),
        "backtest": lambda: _backtest(new("backtested")),
        "hostile-backtest": lambda: _backtest(new("backtested"), HOSTILE),
        "calibration": lambda: _calibration(new("calibrated")),
        "hostile-calibration": lambda: _calibration(new("calibrated"), HOSTILE),
        "sweep": lambda: _sweep(new("swept")),
        "hostile-sweep": lambda: _sweep(new("swept"), HOSTILE),
        "threshold": lambda: _threshold(new("sought")),
        "hostile-threshold": lambda: _threshold(new("sought"), HOSTILE),
        "what-if": lambda: render_what_if(searched(new("wished"), two_inputs(), "share(war) >= 0.4")),
        "hostile-what-if": lambda: render_what_if(searched(new("wished"), two_inputs(HOSTILE), "share(war) >= 0.4")),
        "robust": lambda: _robust(new("robust")),
        "hostile-robust": lambda: _robust(new("robust"), HOSTILE),
        "pareto": lambda: _pareto(new("pareto")),
        "hostile-pareto": lambda: _pareto(new("pareto"), HOSTILE),
        "hostile-comparison": lambda: _comparison(new("compared"), HOSTILE),
    }
    return Pages(new("pages"), makers)


def _stability(name: str = "") -> str:
    """The page of a shipped conflict; with a name, it stands wherever the file may have words of its own."""
    text = resources.conflict_path("elmira").read_text("utf-8")
    if name:
        quoted = json.dumps(name, ensure_ascii=False)
        text = re.sub(r"label: [^,}\n]+", lambda _: f"label: {quoted}", text)
        text = re.sub(r"^(title|question): .*$", lambda found: f"{found[1]}: {quoted}", text, flags=re.M)
        text = text.replace("appeal pending:", f"{quoted}:")
    return render_stability(StabilityResult(conflict_from_text(text).conflict), "conflict.yaml")


def _equilibrium(name: str = "") -> str:
    """The page of a game with three equilibria; with a name, it stands wherever the file may have words of its own."""
    text = two_by_two.SEXES
    if name:
        quoted = json.dumps(name, ensure_ascii=False)
        text = re.sub(r"label: [^,}\n]+", lambda _: f"label: {quoted}", text)
        text = re.sub(r"^(title): .*$", lambda found: f"{found[1]}: {quoted}", text, flags=re.M)
    profiles = profiles_of(load_document(read_text(text, "stage.yaml")))
    with Sampler(profiles, 1, engine_for("batch", 400), 50, None, 1) as sampler:
        found = empirical_game.find(sampler, root_seed=1, pilot=50, budget=400, confidence=0.95)
    return render_equilibrium(found, logit_of(found, 2.0), ["sim", "equilibrium", "stage.yaml"])


def _comparison(folder: Path, name: str = "") -> str:
    """The page of two arms of a game; with a name, it stands wherever the file may have words of its own."""
    return render_comparison(compared(folder, name), ["sim", "compare", "ultimatum.yaml"])


def _backtest(folder: Path, name: str = "") -> str:
    """The page of two cases; with a name, it stands wherever files may have words of their own."""
    return render_backtest(backtested(folder, 60, name=name), ["sim", "backtest", "cases"])


def _calibration(folder: Path, name: str = "") -> str:
    """The page of a fit whose truth is known; with a name, it stands wherever the file may have words of its own."""
    return render_calibration(calibrated(folder, name), ["sim", "calibrate", "case.yaml"])


def _sweep(folder: Path, name: str = "") -> str:
    """The page of a sweep over two inputs; with a name, it stands wherever the file may have words of its own."""
    return render_sweep(swept.played(folder, [f"{swept.X}=0:1:5", f"{swept.Y}=0:1:4"], name=name))


def _threshold(folder: Path, name: str = "") -> str:
    found, steps = swept.sought(folder, "0.8 * x", "share(war) >= 0.4", name=name)
    return render_threshold(found, steps, name or "X")


def _robust(folder: Path, name: str = "") -> str:
    """The page of three arms over the uncertainties; with a name, it stands wherever the file may have words of its own."""
    return render_robustness(judged(folder, name), ["sim", "robust", "planted.yaml"])


def _pareto(folder: Path, name: str = "") -> str:
    """The page of a search over two levers; with a name, it stands wherever the file may have words of its own."""
    return render_pareto(searched_levers(folder, name=name, points=16, histories=60, fresh=200), ["sim", "pareto", "planted.yaml"])


@pytest.fixture(scope="session")
def drawn(chromium: Chromium, pages: Pages) -> Look:
    """`drawn(name, width=1280)`: a light page with all its charts drawn, opened once; who changes it changes it back."""

    @cache
    def look(name: str, width: int = 1280) -> Page:
        page = chromium.open(pages[name], width=width)
        page.draw_all()
        return page

    return look


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, as npm installed it."""
    path = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("axe-core is not installed (npm ci in tests/browser); accessibility was not checked")
    return path.read_text(encoding="utf-8")
