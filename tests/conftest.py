"""What holds for every test: the mode of the run, floating-point errors as errors, reproducible examples."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from sim.compiled import cache
from tests import counts

ROOT = Path(__file__).resolve().parent.parent

# The same examples in every run: a law that fails must fail for whoever looks next. --full searches further.
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("full", max_examples=1_000, deadline=None, derandomize=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="full sample sizes: the second column of tests/counts.py")


def pytest_configure(config: pytest.Config) -> None:
    mode = "full" if config.getoption("--full") else "ci"
    counts.select(mode)
    settings.load_profile(mode)
    _compile_once(config)


def _compile_once(config: pytest.Config) -> None:
    """Rules are compiled before workers start, so that none waits for another; programs that tests start find them too."""
    os.environ.setdefault(cache.FOLDER_VARIABLE, str(cache.root()))
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        cache.stored()


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Ten thousand tests are kept to the end: looking for garbage among them takes a quarter of their collection."""
    gc.disable()
    yield
    gc.enable()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser its tests skip and say why; in CI they must run."""
    if os.environ.get("CI") or any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on PATH (Debian: apt-get install chromium)"))


@pytest.fixture(autouse=True)
def _floating_point_errors_raise() -> Iterator[None]:
    """Overflow, division by zero and invalid operations in arrays stop the test at the line that made them."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT
