"""The table in ``docs/claims.md`` and the audit that is shipped for reports: what the audit of claims finds, from one run of it.

Making it plays some four thousand histories. Whether it is stale is judged as for the README's figures: by the first
few histories of the scenario, and by the seed file.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools import figures
from tools.sections import note_of, table, write_part

ROOT = Path(__file__).resolve().parent.parent
PAGE = "docs/claims.md"
AUDIT = "seeds/audits/summit.json"
SEED_FILE = "seeds/rp-2018-03.yaml"
HEAD = ["claim", "verdict", "deciding figure", "claimed", "value", "95% interval", "replications"]
ORDER = ("does not hold", "undecided", "holds")  # the part that decides is the first of the worst verdict


def fingerprint() -> str:
    """What the table depends on: the first histories and the claims."""
    claims = (ROOT / SEED_FILE).read_text("utf-8")
    return hashlib.sha256(f"{figures.fingerprint()}\n{claims}".encode()).hexdigest()[:12]


def _deciding(claim: dict[str, Any]) -> dict[str, Any]:
    return min(claim["parts"], key=lambda part: ORDER.index(part["verdict"]))


def _row(claim: dict[str, Any]) -> list[str]:
    name = claim["id"] + (" (implicit)" if claim["implicit"] else "")
    if not claim["parts"]:
        return [name, claim["verdict"], claim["reason"], "", "", "", ""]
    part = _deciding(claim)
    more = len(claim["parts"]) - 1
    count = str(part["replications"] or "")
    if part["rows"] is not None and part["rows"] != part["replications"]:
        count += f" ({part['rows']})"
    exact = part["replications"] is None
    interval = "exact" if exact else f"{part['low']:.3g} to {part['high']:.3g}"
    label = part["label"] + (f" (and {more} more)" if more else "")
    return [name, claim["verdict"], label, part["asserted"], f"{part['value']:.3g}", interval, count]


def write(root: Path) -> list[str]:
    """Audit the claims; write the audit, and the page with its table made anew, below ``root``; their paths."""
    words = [sys.executable, "-m", "sim", "claims", figures.SCENARIO, "--json", "--no-save"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    audit = json.loads(done.stdout)
    counts = ", ".join(f"{number} {verdict}" for verdict, number in audit["verdicts"].items())
    first = (
        f"Seed {audit['root_seed']}, {audit['histories']:,} histories in all, {len(audit['claims'])} claims: {counts}. "
        "In brackets how many replications\na figure rests on."
    )
    _write_audit(root / AUDIT, audit)
    return [AUDIT, *_write_page(root, first, audit)]


def _write_audit(place: Path, audit: dict[str, Any]) -> None:
    """The audit without the time it took, as reports of the unchanged scenario show it."""
    kept = {key: value for key, value in audit.items() if key != "timing"}
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8", newline="\n")


def _write_page(root: Path, first: str, audit: dict[str, Any]) -> list[str]:
    return write_part(root, PAGE, "claims", f"{first}\n\n{table(HEAD, [_row(c) for c in audit['claims']])}", fingerprint())


def stale() -> list[str]:
    """The page and the audit, if they are of other histories, other claims or another form of the scenario."""
    from sim.api import load_scenario
    from sim.model.complete import complete, content_hash

    place = ROOT / AUDIT
    kept = json.loads(place.read_text("utf-8")).get("scenario_hash") if place.is_file() else None
    fresh = note_of(PAGE, "claims") == fingerprint()
    same = kept == content_hash(complete(load_scenario(figures.SCENARIO)))
    return [*([] if fresh else [PAGE]), *([] if fresh and same else [AUDIT])]
