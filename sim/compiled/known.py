"""All rules and acts that there are."""

from __future__ import annotations

import importlib
import pkgutil

import sim.acts
import sim.rules


def load_all() -> None:
    """Import every module of rules and acts, and the entry, so that all of them are known."""
    for package in (sim.rules, sim.acts):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    importlib.import_module("sim.compiled.entry")
