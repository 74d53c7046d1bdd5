"""Actors, veto players, the signals that tell of them, and how precisely they choose."""

from __future__ import annotations

from sim.errors import ScenarioError
from sim.model.check.checker import MAX_EXPONENT, Checker
from sim.model.check.values import point
from sim.model.diagnostics import Path, did_you_mean
from sim.model.expressions.kinds import Kind
from sim.model.spec.actors import Actor, Tactic, VetoPlayer
from sim.model.spec.base import Quantity
from sim.model.spec.tracks import AlternatingOffers, LeadersMeeting
from sim.own_tactics import function_of, registered

MAX_PRECISION = 10_000.0


def check_actor(checker: Checker, name: str, actor: Actor) -> None:
    base: Path = ("actors", name)
    weights: dict[str, Quantity] = {}
    for issue, taste in actor.utility.issues.items():
        path = (*base, "utility", "issues", issue)
        checker.issue_name(path, issue, at_key=True)
        weights[issue] = taste.weight
        checker.at_most((*path, "exponent"), taste.exponent, MAX_EXPONENT, "exponent")
        if taste.reads is not None:
            checker.name((*path, "reads"), taste.reads, checker.spec.derived, "derived quantity")
    survival = actor.utility.survival
    if survival is not None:
        path = (*base, "utility", "survival")
        checker.issue_name((*path, "arms"), survival.arms)
        checker.issue_name((*path, "guarantee"), survival.guarantee)
        checker.at_most((*path, "eta"), survival.eta, MAX_EXPONENT, "exponent")
        weights["survival"] = survival.weight
    checker.sums_to_one((*base, "utility"), weights, "the weights")
    if actor.types.commitment is not None:
        priors = {key: item.prior for key, item in actor.types.commitment.items()}
        checker.sums_to_one((*base, "types", "commitment"), priors, "the priors")
    for line_name, line in actor.red_lines.items():
        path = (*base, "red_lines", line_name)
        checker.issue_name((*path, "issue"), line.issue)
        if line.min is None and line.max is None:
            checker.add(path, "a red line needs a `max` or a `min`", hint="add the level that will not be crossed")
        elif line.min is not None and line.max is not None and line.min > line.max:
            checker.add((*path, "min"), f"the bounds contradict each other: min {line.min:g} > max {line.max:g}",
                        hint="exchange them")  # fmt: skip
        checker.condition((*path, "unless"), line.unless)
        for name in line.by_class:
            checker.name(
                (*path, "by_class", name), name, actor.types.commitment or {}, "class of commitment", at_key=True
            )
    _lines_together(checker, base, actor)
    for track, tactic in actor.tactics.items():
        path = (*base, "tactics", track)
        checker.name(path, track, checker.spec.tracks, "track", at_key=True)
        checker.at_most((*path, "beta"), tactic.beta, 100.0, "exponent")
        _tactic_acts(checker, path, track, tactic)
        _own_rule(checker, path, tactic)
    checker.at_most((*base, "risk", "curvature"), actor.risk.curvature, MAX_EXPONENT, "exponent")
    checker.at_most((*base, "patience"), actor.patience, 100.0, "discount rate")
    expectation = checker.spec.mechanisms.expectation
    hopes = expectation is not None and name == expectation.holder == checker.spec.sides[0]
    if actor.overconfidence.support()[1] > 0.0 and not hopes:
        checker.warn((*base, "overconfidence"), "this has no effect: maximal packages are the first side's, and confidence in "
                     "them is a share of what the holder of the expectation hopes for",
                     hint="let the first side be `mechanisms.expectation.holder`, or leave this out")  # fmt: skip
    for other, perception in actor.perceives.items():
        path = (*base, "perceives", other)
        checker.actor_name(path, other, at_key=True)
        if other == name:
            checker.add(path, "an actor knows its own tastes", hint="name another actor", at_key=True)
        checker.issue_keys((*path, "weights"), perception.weights)
        checker.issue_keys((*path, "ideals"), perception.ideals)


def _own_rule(checker: Checker, path: Path, tactic: Tactic) -> None:
    """A tactic of the user's own is named, registered and a function of the right numbers."""
    if tactic.family != "own":
        if tactic.rule is not None:
            checker.add((*path, "rule"), "`rule` names a tactic of the family own", found=f"family {tactic.family}",
                        hint="write `family: own`, or leave `rule` out")  # fmt: skip
        return
    if tactic.rule is None:
        checker.add(path, "`rule` is missing", expected="the name of a tactic that a package registers",
                    hint="docs/how-to/write-a-tactic.md shows how")  # fmt: skip
    elif tactic.rule not in registered():
        checker.add((*path, "rule"), f"no installed package registers the tactic '{tactic.rule}'",
                    expected=f"one of {', '.join(sorted(registered()))}" if registered() else "a registered tactic",
                    found=tactic.rule, hint=did_you_mean(tactic.rule, registered()))  # fmt: skip
    else:
        try:
            function_of(tactic.rule)
        except ScenarioError as error:
            checker.add((*path, "rule"), str(error), hint=error.hint or "")


def _tactic_acts(checker: Checker, path: Path, track: str, tactic: Tactic) -> None:
    """Concession rules are for offers in turn; leaders with one proposal and one reply weigh their whole menus."""
    how = checker.spec.tracks.get(track)
    if how is None or isinstance(how, AlternatingOffers) or (isinstance(how, LeadersMeeting) and tactic.family == "rational"):
        return
    hint = "write `family: rational`, or leave the entry out" if isinstance(how, LeadersMeeting) else "leave the entry out"
    checker.add((*path, "family"), f"'{tactic.family}' has no effect on '{track}'", expected="a track of alternating_offers",
                found=how.protocol, hint=hint)  # fmt: skip


def _lines_together(checker: Checker, base: Path, actor: Actor) -> None:
    """Lines that always bind leave some level on each issue."""
    ceilings: dict[str, tuple[float, str]] = {}
    floors: dict[str, tuple[float, str]] = {}
    for name, line in actor.red_lines.items():
        if line.unless is not None or line.by_class or line.probability.support()[0] < 1.0:
            continue
        if line.max is not None:
            ceilings[line.issue] = min(ceilings.get(line.issue, (line.max, name)), (line.max, name))
        if line.min is not None:
            floors[line.issue] = max(floors.get(line.issue, (line.min, name)), (line.min, name))
    for issue, (low, name) in floors.items():
        high, other = ceilings.get(issue, (1.0, name))
        if low > high and name != other:
            checker.add((*base, "red_lines", name, "min"), f"no level of '{issue}' is left: min {low:g} here, "
                        f"max {high:g} in '{other}'", hint="an actor with both lines signs nothing; change one")  # fmt: skip


def check_veto_player(checker: Checker, name: str, player: VetoPlayer) -> None:
    path: Path = ("veto_players", name)
    checker.actor_name((*path, "parent"), player.parent)
    checker.of_package((*path, "utility"), player.utility, Kind.NUMBER, parent=True)
    if player.reference is not None:
        checker.package_name((*path, "reference"), player.reference)
    if (player.prior is None) != (player.reference is None):
        there, absent = ("prior", "reference") if player.reference is None else ("reference", "prior")
        checker.add((*path, there), f"`{there}` needs `{absent}`", hint=f"add `{absent}:` or leave `{there}` out")
    ends = [] if player.prior is None else [x for x in (point(player.prior), *(player.prior.values or ())) if not 0.0 < x < 1.0]
    if ends:
        checker.add((*path, "prior"), expected="a probability between 0 and 1, not at its ends",
                    found=f"{ends[0]:g}", hint="0.01 is nearly never")  # fmt: skip


def check_signals(checker: Checker) -> None:
    for name, signal in checker.spec.signals.items():
        path: Path = ("signals", name)
        if not checker.actor_name((*path, "about"), signal.about):
            continue
        classes = checker.spec.actors[signal.about].types.commitment or {}
        if not classes:
            checker.add((*path, "about"), f"'{signal.about}' has no classes of commitment",
                        hint=f"add `types: {{commitment: ...}}` to actors.{signal.about}")  # fmt: skip
            continue
        for item in signal.likelihood:
            checker.name((*path, "likelihood", item), item, classes, "class", at_key=True)
        missing = [item for item in classes if item not in signal.likelihood]
        if missing:
            checker.add((*path, "likelihood"), f"no likelihood for the class '{missing[0]}'",
                        hint=f"add `{missing[0]}:`", at_key=True)  # fmt: skip
        elif all(point(value) == 0.0 for value in signal.likelihood.values()):
            checker.add((*path, "likelihood"), "the signal cannot occur: every likelihood is 0", hint="raise one",
                        at_key=True)  # fmt: skip


def check_choice(checker: Checker) -> None:
    for name in type(checker.spec.choice).model_fields:
        value = getattr(checker.spec.choice, name)
        if isinstance(value, Quantity):
            checker.at_most(("choice", name), value, MAX_PRECISION, "precision")
