"""The whole check, part by part in the order of the file."""

from __future__ import annotations

from typing import Any

from sim.model.check.actors import check_actor, check_choice, check_signals, check_veto_player
from sim.model.check.changes import check_changes
from sim.model.check.checker import Add, Checker
from sim.model.check.distributions import check_distributions
from sim.model.check.experiments import check_experiments
from sim.model.check.game import check_game
from sim.model.check.hazards import check_hazard
from sim.model.check.issues import check_derived, check_issues, is_about_something
from sim.model.check.mechanisms import check_mechanisms
from sim.model.check.names import check_keys, check_names_of_quantities
from sim.model.check.outcomes import check_base_rates, check_outcomes
from sim.model.check.sources import check_sources
from sim.model.check.theory import check_theory
from sim.model.check.times import check_repetitions, check_times
from sim.model.check.tracks import check_track
from sim.model.spec.scenario import ScenarioSpec


def check(spec: ScenarioSpec, data: Any, add: Add, warn: Add, file: str = "") -> None:
    """Hand every fault to ``add`` and every remark to ``warn``, called as ``add(path, message, hint=, ...)``."""
    checker = Checker(spec, data, add, warn, file)
    if not is_about_something(checker):
        return
    check_sources(checker)
    check_times(checker)
    check_repetitions(checker)
    check_distributions(checker)
    check_keys(checker)
    check_names_of_quantities(checker)
    check_issues(checker)
    check_derived(checker)
    for name, actor in spec.actors.items():
        check_actor(checker, name, actor)
    for name, player in spec.veto_players.items():
        check_veto_player(checker, name, player)
    check_signals(checker)
    check_choice(checker)
    for name, track in spec.tracks.items():
        check_track(checker, name, track)
    check_mechanisms(checker)
    for name, hazard in spec.hazards.items():
        check_hazard(checker, name, hazard)
    check_game(checker)
    check_theory(checker)
    check_outcomes(checker)
    check_base_rates(checker)
    check_experiments(checker)
    check_changes(checker)
