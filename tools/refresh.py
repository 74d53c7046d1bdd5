"""Makes every generated file again, or says which are stale: ``./dev refresh [--check] [NAME...]``.

One table holds what is generated. Each row names a function that writes the files of that row under a given root; to
check, the same function writes into an empty folder and the results are compared. Add a row for anything generated.
"""

from __future__ import annotations

import argparse
import filecmp
import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# name: ("module:function", compare). The function takes a root folder, writes below it and returns the paths written,
# relative to that root. `compare` is True for what comes out the same everywhere, False for what is made and never
# compared, and "module:function" for what is costly or differs from machine to machine (pictures): that function
# returns the paths that are stale by a cheaper sign, such as a fingerprint kept with them.
GENERATED: dict[str, tuple[str, bool | str]] = {
    "history": ("tools.history:write", True),
    "schema": ("sim.model.schema:write", True),
    "language": ("tools.reference.language:write", True),
    "commands": ("tools.reference.commands:write", True),
    "columns": ("tools.reference.columns:write", True),
    "quantities": ("tools.reference.quantities:write", True),
    "theorems": ("tools.reference.theorems:write", True),
    "world": ("tools.reference.world:write", True),
    "model": ("tools.reference.model:write", True),
    "draws": ("tools.reference.draws:write", True),
    "golden": ("tools.golden:write", True),
    "picture": ("tools.picture:write", "tools.picture:stale"),
    "figures": ("tools.figures:write", "tools.figures:stale"),
    "thesis": ("tools.thesis:write", "tools.thesis:stale"),
    "codings": ("tools.two_codings:write", "tools.two_codings:stale"),
    "claims": ("tools.claims_table:write", "tools.claims_table:stale"),
    "benchmark": ("tools.benchmark:write", "tools.benchmark:stale"),
    "measurements": ("benchmarks.page:write", True),  # tables of what `python -m benchmarks` has measured
    "story": ("tools.figures:write_story", True),
    "seminar": ("tools.seminar:write", False),  # compared where its commands are carried out, in tests/docs/test_seminar.py
}


def _called(place: str, *arguments: Any) -> list[Path]:
    module, function = place.split(":")
    return [Path(path) for path in getattr(importlib.import_module(module), function)(*arguments)]


def make(name: str, root: Path) -> list[Path]:
    """Write the files of one row below ``root``; their relative paths."""
    return _called(GENERATED[name][0], root)


def stale(name: str) -> list[Path]:
    """Generated files of one row that are missing in the checkout or differ from what would be made now."""
    compare = GENERATED[name][1]
    if isinstance(compare, str):
        return _called(compare)
    if not compare:
        return []
    with tempfile.TemporaryDirectory() as folder:
        return [
            path
            for path in make(name, Path(folder))
            if not (ROOT / path).is_file() or not filecmp.cmp(ROOT / path, Path(folder) / path, shallow=False)
        ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev refresh", description="Make every generated file again.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if something is stale")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(GENERATED) or 'none yet'}")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in GENERATED]:
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(GENERATED)}")
    found = []
    for name in options.names or GENERATED:
        if options.check:
            found += stale(name)
        else:
            for path in make(name, ROOT):
                print(path.as_posix())
    for path in found:
        print(f"stale: {path.as_posix()} (./dev refresh makes it again)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
