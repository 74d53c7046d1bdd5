"""Sources and claims that the scenario cites exist."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as FilePath

from sim.errors import ScenarioError
from sim.model.check.checker import Checker
from sim.model.diagnostics import did_you_mean


def check_sources(checker: Checker) -> None:
    """Sources and claims that are cited exist."""
    claims = _known_claims(checker)
    for path, model in checker.grounded:
        for name in ("source", "form"):
            text = getattr(model, name)
            # A text of several words is a citation; a single word is meant as a key.
            if text is not None and text not in checker.spec.sources and not any(map(str.isspace, text.strip())):
                checker.name((*path, name), text, checker.spec.sources, "source")
        cited = [model.claim] if isinstance(model.claim, str) else model.claim or []
        for number, claim in enumerate(cited):
            place = (*path, "claim") if isinstance(model.claim, str) else (*path, "claim", number)
            if checker.spec.claims is None:
                checker.add(place, f"unknown claim '{claim}'", hint="name the seed file under `claims:`")
            elif claims is not None:
                checker.name(place, claim, claims, "claim")


def _known_claims(checker: Checker) -> list[str] | None:
    """Ids of the seed file's claims; None if there is no seed file, or it cannot be read (a fault)."""
    if checker.spec.claims is None:
        return None
    from sim import resources
    from sim.model.reader import MAX_BYTES, file_content

    wanted = FilePath(checker.spec.claims)
    near = FilePath(checker.file).parent
    places = [near / wanted, near.parent / wanted]
    found = next((place for place in places if place.is_file()), None)
    if found is None and wanted.stem in resources.list_seeds():
        found = resources.seed_path(wanted.stem)
    if found is None:
        hint = did_you_mean(wanted.stem, resources.list_seeds(), "shipped seeds")
        checker.add(("claims",), f"there is no seed file '{checker.spec.claims}'", hint=hint)
        return None
    try:
        return _ids_in(file_content(found, str(found), MAX_BYTES))
    except ScenarioError:
        checker.add(("claims",), f"the seed file '{checker.spec.claims}' cannot be read", hint="check it by itself")
        return None


@lru_cache(maxsize=4)
def _ids_in(seed: bytes) -> list[str]:
    """Ids of the claims of a seed file: a scenario is loaded once for each of its variants, always with the same seed."""
    from sim.model.reader import document_in

    content = document_in(seed, "seed").data
    entries = content.get("claims", []) if isinstance(content, dict) else []
    return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]
