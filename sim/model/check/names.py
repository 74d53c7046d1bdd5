"""No two things share a name in expressions, nor the address of their draws."""

from __future__ import annotations

from sim.model import vocabulary
from sim.model.check.checker import Checker
from sim.model.expressions.grammar import FUNCTIONS
from sim.randomness import key_of

WORDS = ("and", "or", "not", "true", "false")


def check_keys(checker: Checker) -> None:
    """No two entities of a kind share the address of their draws."""
    for kind in ("actors", "issues", "tracks", "hazards", "veto_players", "packages", "parameters"):
        owner: dict[int, str] = {}
        for name, entity in getattr(checker.spec, kind).items():
            key = key_of(name) if entity.key is None else entity.key
            if key in owner:
                path = (kind, name, "key") if entity.key is not None else (kind, name)
                checker.add(path, f"'{name}' and '{owner[key]}' have the same draw key {key}",
                            hint=f"pin another one, as in `key: {(key + 1) & 0xFFFF}`")  # fmt: skip
            owner.setdefault(key, name)


def check_names_of_quantities(checker: Checker) -> None:
    """No two things that an expression could mean share a name."""
    taken: dict[str, str] = dict.fromkeys(checker.spec.issues, "an issue")
    for group, kind in (("derived", "a derived quantity"), ("parameters", "a parameter")):
        for name in getattr(checker.spec, group):
            if name in taken or name == "parent":
                what = taken.get(name, "a quantity of the language")
                checker.add((group, name), f"the name '{name}' is taken by {what}", hint="choose another name",
                            at_key=True)  # fmt: skip
            taken.setdefault(name, kind)
    for group in ("issues", "derived", "parameters"):
        for name in getattr(checker.spec, group):
            if name in WORDS or (group != "parameters" and name in FUNCTIONS):
                checker.add((group, name), f"'{name}' is a word of the language of conditions", hint="choose another name",
                            at_key=True)  # fmt: skip
    without = vocabulary.situation(checker.spec.model_copy(update={"parameters": {}}))
    for name in checker.spec.parameters:
        if name in without.kinds or name in FUNCTIONS:
            checker.add(("parameters", name), f"the name '{name}' is taken by a quantity of the language",
                        hint="choose another name", at_key=True)  # fmt: skip
    for name in checker.spec.tracks:
        if name == "deal":
            checker.add(("tracks", name), "the name 'deal' is taken by a quantity of the language",
                        hint="choose another name", at_key=True)  # fmt: skip
