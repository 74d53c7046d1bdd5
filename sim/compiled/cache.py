"""Compiled acts on disk: made once for these sources, this numba and this processor, then loaded in milliseconds.

numba's own cache does not see changes in other files than the one of the function that is compiled; here the folder is
named by a hash of all sources and versions, so that what is stale is never found.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sim.compiled.tidying import mark, tidy
from sim.errors import SimError

PACKAGE = Path(__file__).resolve().parent.parent
SOURCES = ("arithmetic.py", "randomness.py", "rule.py", "rules", "acts", "world/fields.py", "compiled")
MANIFEST = "acts.json"
FOLDER_VARIABLE = "GEOSIM_CACHE_DIR"
MOST_PROCESSES = 4  # that compile at once: a rule is lowered by each of them that needs it
MOST_TOLD = 300  # characters of a complaint
SECONDS_TO_COMPILE = 14.0  # about, on two cores; what a run must be worth to wait for it

Tell = Callable[[str], None]


class CompileError(SimError):
    """Acts cannot be compiled here; the message says why."""


def why_not() -> str | None:
    """Why nothing can be compiled here, in words; None where it can."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return "NUMBA_DISABLE_JIT is set"
    missing = [name for name in ("numba", "llvmlite") if importlib.util.find_spec(name) is None]
    return f"{missing[0]} is not installed" if missing else None


def is_ready() -> bool:
    """Whether compiled acts are there, so that nobody waits for a compiler."""
    return why_not() is None and (folder() / MANIFEST).is_file()


def stored(tell: Tell | None = None) -> tuple[Path, ...]:
    """Object files of all acts from the cache; compiled now, with a word about it, where they are not there.

    Raises
    ------
    CompileError
        numba is missing, switched off, or fails.
    """
    reason = why_not()
    if reason is not None:
        mend = "unset it" if "NUMBA_DISABLE_JIT" in reason else "pip install numba"
        raise CompileError(f"rules cannot be compiled: {reason}", hint=f"{mend}, or use --engine simpy")
    for place in _places():
        mark(place)
        found = _read(place)
        if found is not None:
            return found
    if tell is not None:
        tell(f"compiling the rules, once for this version and machine (about {SECONDS_TO_COMPILE:.0f} s)")
    return _make(_place_to_write(tell))


# Where -----------------------------------------------------------------------------------------------------------


@cache
def folder() -> Path:
    """Where compiled acts of these sources, versions and this processor are kept."""
    return root() / "compiled" / _key()


def root() -> Path:
    """The folder of everything that may be made again."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(base or Path.home() / ".cache") / "geosim"
    except RuntimeError:  # nobody's home
        return Path(tempfile.gettempdir()) / "geosim"


@cache
def _spare() -> Path:
    """A folder for this process alone, where nothing can be kept for the next one; removed at its end."""
    place = Path(tempfile.mkdtemp(prefix="geosim-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def _places() -> list[Path]:
    """Where compiled acts may be found."""
    spare = [_spare() / folder().name] if _spare.cache_info().currsize else []
    return [folder(), *spare]


def _place_to_write(tell: Tell | None = None) -> Path:
    """Where compiled acts go: the cache, or a folder for this process alone where that cannot be written."""
    place = folder()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place.parent):
            return place
    except OSError as error:
        if tell is not None:
            why = error.strerror or error
            tell(f"{place.parent}: compiled rules cannot be kept there ({why}), so the next run compiles them again")
        return _spare() / place.name


def _key() -> str:
    running = hashlib.blake2b(digest_size=12)
    for source in SOURCES:
        path = PACKAGE / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            running.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    running.update(json.dumps(_circumstances(), sort_keys=True).encode())
    return running.hexdigest()


def _circumstances() -> dict[str, Any]:
    """What machine code depends on besides the sources."""
    import llvmlite.binding as llvm

    versions = {name: importlib.metadata.version(name) for name in ("numba", "llvmlite")}
    return {
        **versions,
        "python": platform.python_version(),
        "system": [platform.system(), platform.machine()],
        "processor": [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()],
    }


# Reading ---------------------------------------------------------------------------------------------------------


def _read(place: Path) -> tuple[Path, ...] | None:
    """The object files in a folder; None where they are not there or not whole."""
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(place / name for name in manifest["files"])
        for file, checksum in zip(files, manifest["checksums"], strict=True):
            if _checksum(file) != checksum:
                return None
        return files
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checksum(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()


# Making ----------------------------------------------------------------------------------------------------------


def _make(place: Path) -> tuple[Path, ...]:
    """Compile all acts into a folder that takes its place when it is whole; two that do so at once do no harm."""
    try:
        with tempfile.TemporaryDirectory(prefix=f"{place.name}-", dir=place.parent) as scratch:
            made = Path(scratch) / "acts"
            made.mkdir()
            _compile(made)
            if _read(place) is None:
                shutil.rmtree(place, ignore_errors=True)
                os.replace(made, place)
    except OSError as error:
        raise CompileError(
            f"{place}: compiled rules cannot be kept: {error.strerror or error}",
            hint=f"make room, or let {FOLDER_VARIABLE} name another folder; --engine simpy needs none",
        ) from error
    tidy(place.parent, place.name)
    found = _read(place)
    if found is None:
        raise CompileError(f"{place}: compiled rules cannot be read back", hint="--engine simpy does without them")
    return found


def stored_tactic(name: str) -> Path:
    """The object file of a tactic that a package registers; compiled now where it is not there.

    Raises
    ------
    CompileError
        numba cannot compile the tactic; says why in its words.
    """
    from sim.own_tactics import source_hash

    file = f"{folder().name}-tactic-{source_hash(name)}.o"
    for place in _places():
        kept = place.with_name(file)
        if kept.is_file():
            mark(kept, kept.with_suffix(".json"))
            return kept
    target = _place_to_write().with_name(file)
    try:
        with tempfile.TemporaryDirectory(prefix="tactic-", dir=target.parent) as scratch:
            made = Path(scratch) / file
            _run(["--tactic", name, str(made)], f"the tactic '{name}' cannot be compiled")
            for suffix in (".json", ".o"):  # the object last: where it is, both are
                os.replace(made.with_suffix(suffix), target.with_suffix(suffix))
    except OSError as error:
        raise CompileError(f"{target}: the tactic '{name}' cannot be kept: {error.strerror or error}") from error
    return target


def _run(arguments: list[str], what: str) -> None:
    """Let a process compile, and raise what it complains about last."""
    done = _start(arguments)
    _, complaint = done.communicate()
    if done.returncode:
        raise CompileError(f"{what}: {_last_line(complaint, done.returncode)}", hint="--engine simpy does without")


def _last_line(complaint: str, code: int) -> str:
    """The heart of what a compiler complains about: numba says where it failed, then why, of which types, and in which line."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    told = [n for n, line in enumerate(lines) if "Error" in line and not line.startswith(("Traceback", "File"))]
    if not told:
        return (lines or [f"exit code {code}"])[-1][:MOST_TOLD]
    rest = lines[told[-1] :]
    found = rest[1:2] if rest[0].startswith("numba.") and len(rest) > 1 else rest[:1]
    found += [line for line in rest[2:] if line.startswith(">>>")][:1]
    found += [line.rstrip(":") for line in rest[2:] if line.startswith("File ") and "/numba/" not in line][-1:]
    return " ".join(found)[:MOST_TOLD]


def _start(arguments: list[str]) -> subprocess.Popen[str]:
    paths = [str(PACKAGE.parent), *filter(None, sys.path), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, paths)))}
    return subprocess.Popen(
        [sys.executable, "-m", "sim.compiled.building", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip


def _processes() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return min(MOST_PROCESSES, len(affinity(0)) if affinity else os.cpu_count() or 1)


def _compile(made: Path) -> None:
    """Let processes compile parts of the acts, and write down what they have made."""
    parts = _processes()
    running = [_start([str(n), str(parts), str(made)]) for n in range(parts)]
    try:
        complaints = [process.communicate()[1] for process in running]
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
    for process, complaint in zip(running, complaints, strict=True):
        if process.returncode:
            last = _last_line(complaint, process.returncode)
            raise CompileError(f"rules cannot be compiled: {last}", hint="--engine simpy does without")
    files = [made / f"acts-{n}.o" for n in range(parts)]
    manifest = {"files": [file.name for file in files], "checksums": [_checksum(file) for file in files], **_circumstances()}
    (made / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")  # last of all: where it is, all is
