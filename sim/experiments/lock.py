"""One writer a directory.

The operating system's own file lock decides: it ends with the process that held it, so a run killed without warning
leaves nothing that must be judged stale. Where a file system has no such locks (some network drives), the process
number and start time written into the lock file are compared with the processes that live.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

LOCK_NAME = "run.lock"
_LOCKED_BYTE = 1 << 20  # far behind the text, because Windows forbids others to read what is locked


class Locked(Exception):
    """Somebody else writes here; ``owner`` is what is known of them."""

    def __init__(self, owner: dict[str, Any]):
        self.owner = owner
        super().__init__(describe(owner))


class DirectoryLock:
    """The right to write into a directory, held until ``release`` or the end of the process."""

    def __init__(self, directory: Path):
        """Take the lock at once or raise ``Locked``; ``OSError`` where the directory cannot be written."""
        self._path = directory / LOCK_NAME
        self._file: BinaryIO | None = self._take()

    def _take(self) -> BinaryIO:
        patience = 5
        while True:
            file = open(self._path, "a+b", buffering=0)  # noqa: SIM115 - held as long as the lock
            try:
                supported = _lock(file)
                file.seek(0)
                owner = _parsed(file.read())
                if not supported and is_alive(owner):
                    raise Locked(owner)
                # The file may have been removed by its last owner between our opening and our locking it.
                if not _is_current(file, self._path):
                    file.close()
                    continue
                file.truncate(0)
                file.write(json.dumps(_me()).encode("utf-8"))
                return file
            except BlockingIOError:
                file.seek(0)
                owner = _parsed(file.read())
                file.close()
                # `owner_of` holds the lock for an instant without signing it; whoever writes has signed.
                patience -= 1
                if owner or not patience:
                    raise Locked(owner) from None
                time.sleep(0.05)
            except BaseException:
                file.close()
                raise

    def release(self) -> None:
        """Give the lock back; nothing happens when it was given back before."""
        file, self._file = self._file, None
        if file is None:
            return
        with contextlib.suppress(OSError):
            file.truncate(0)  # where it cannot be removed while open (Windows), an empty file names nobody
        with contextlib.suppress(OSError):
            os.remove(self._path)
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            if self._path.exists() and self._path.stat().st_size == 0 and os.name == "nt":
                os.remove(self._path)


def owner_of(directory: Path) -> dict[str, Any] | None:
    """Who is writing into a directory now, or None. Changes nothing."""
    path = directory / LOCK_NAME
    try:
        file = open(path, "r+b", buffering=0)  # noqa: SIM115
    except FileNotFoundError:
        return None
    except OSError:
        # A folder we may only read: nobody's lock can be tested, so believe what the file says.
        try:
            owner = _parsed(path.read_bytes())
        except OSError:
            return None
        return owner if is_alive(owner) else None
    with file:
        try:
            supported = _lock(file)
        except BlockingIOError:
            return _parsed(file.read())
        owner = _parsed(file.read())
        return owner if not supported and is_alive(owner) else None


def describe(owner: dict[str, Any]) -> str:
    """Words for an owner: the process and its machine, as far as known."""
    if "pid" not in owner:
        return "another run"
    host = owner.get("host")
    return f"another run (process {owner['pid']}{f' on {host}' if host and host != platform.node() else ''})"


def is_alive(owner: dict[str, Any]) -> bool:
    """Whether the process that an owner's record names still runs; one on another machine is taken to."""
    if "pid" not in owner:
        return False
    if owner.get("host") != platform.node():
        return True
    return owner["pid"] == os.getpid() or (
        start_time(owner["pid"]) is not None and start_time(owner["pid"]) == owner.get("started")
    )


def start_time(pid: int) -> str | None:
    """When a process started, in the operating system's own notation; None where it does not run.

    Process numbers are used again; number and start time together are not.
    """
    if sys.platform == "win32":
        return _start_time_windows(pid)
    try:
        # The command's name is in parentheses and may hold spaces; the start is the 20th field behind it.
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else f"{_boot()}/{fields[19]}"
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return None
    except (OSError, IndexError):
        pass
    try:
        listed = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return listed.stdout.strip() or None


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _start_time_windows(pid: int) -> str | None:
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        code = ctypes.c_ulong()
        times = [ctypes.c_ulonglong() for _ in range(4)]
        kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
        known = kernel.GetProcessTimes(ctypes.c_void_p(handle), *(ctypes.byref(time) for time in times))
        running = code.value == 259  # STILL_ACTIVE
        return str(times[0].value) if known and running else None
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def _me() -> dict[str, Any]:
    return {"pid": os.getpid(), "started": start_time(os.getpid()), "host": platform.node()}


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        owner = json.loads(data)
    except ValueError:
        return {}
    return owner if isinstance(owner, dict) and isinstance(owner.get("pid"), int) else {}


def _is_current(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _lock(file: BinaryIO) -> bool:
    """True when locked, False where the file system has no locks; ``BlockingIOError`` when another holds it."""
    if os.name == "nt":
        import msvcrt

        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except PermissionError:
            raise BlockingIOError("locked") from None
        finally:
            file.seek(0)
        return True
    try:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except (ImportError, OSError):
        return False
    return True
