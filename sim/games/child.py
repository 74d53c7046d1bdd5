"""A solver in a process of its own, with a time limit: what hangs is ended, what crashes takes nothing else along.

The child is a fresh interpreter that is told what to import. It ends by itself when its parent does, at the latest shortly after
the limit. Standard output of the libraries goes to standard error, so that it cannot garble the answer.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
import warnings
from typing import Any

from sim.errors import EngineError, ParameterError, SimError

DEFAULT_LIMIT = 60.0  # seconds
_SHOWN = 400  # characters of a crashed child's last words
_GRACE = 5.0  # seconds after the limit at which a child whose parent hangs ends by itself
_WHAT_WORKS = "fewer strategies, a longer `--limit`, or another method"


def run_limited(function: str, *arguments: Any, limit: float = DEFAULT_LIMIT, what: str = "the solver") -> Any:
    """What ``function`` (``module:name``) returns for the arguments, computed in a child process within ``limit`` seconds.

    Raises
    ------
    ParameterError
        The limit is not a positive number.
    EngineError
        The limit was reached, or the child ended without an answer (a crash, an abort in a library, no memory).
    SimError
        Whatever the function itself refused.
    """
    if not (isinstance(limit, int | float) and math.isfinite(limit) and limit > 0.0):
        raise ParameterError(f"limit: expected a positive number of seconds, found {limit}")
    order = pickle.dumps((function, arguments, limit + _GRACE))
    code = f"import sys; sys.path[:] = {sys.path!r}; from sim.games.child import serve; serve()"
    child = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        answer, said = _exchange(child, order, limit)
    except subprocess.TimeoutExpired:
        raise EngineError(f"{what} did not end within {limit:g} seconds", hint=_WHAT_WORKS) from None
    finally:
        _end(child)
    if child.returncode or not answer:
        raise EngineError(
            f"{what} ended without an answer ({_ending(child.returncode)}){_last_words(said)}", hint=_WHAT_WORKS
        )
    is_good, value = pickle.loads(answer)
    if not is_good:
        raise value
    return value


def _exchange(child: subprocess.Popen[bytes], order: bytes, limit: float) -> tuple[bytes, bytes]:
    """The child's standard output and error. Its input stays open, and tells it by closing that the parent is gone."""
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    parts: dict[str, bytes] = {"out": b"", "err": b""}
    pipes = {"out": child.stdout, "err": child.stderr}

    def drain(name: str) -> None:
        parts[name] = pipes[name].read()

    readers = [threading.Thread(target=drain, args=(name,), daemon=True) for name in pipes]
    for reader in readers:
        reader.start()
    with contextlib.suppress(OSError):  # the child died before it had read; its exit code says so
        child.stdin.write(len(order).to_bytes(8, "little") + order)
        child.stdin.flush()
    child.wait(timeout=limit)
    for reader in readers:
        reader.join(timeout=_GRACE)
    return parts["out"], parts["err"]


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _last_words(said: bytes) -> str:
    words = said.decode("utf-8", "replace").strip().splitlines()
    shown = words if len(words) <= 3 else [words[0], "...", words[-1]]
    return f": {' / '.join(shown)[:_SHOWN]}" if words else ""


def serve() -> None:
    """The child: read one order, compute, write the answer."""
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    size = int.from_bytes(sys.stdin.buffer.read(8), "little")
    function, arguments, longest = pickle.loads(sys.stdin.buffer.read(size))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(signal, "setitimer"):
        signal.setitimer(
            signal.ITIMER_REAL, longest
        )  # ends the process even inside a library that holds the interpreter
    module, _, name = function.partition(":")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = (True, getattr(importlib.import_module(module), name)(*arguments))
    except SimError as error:
        answer = (False, error)
    except BaseException:
        traceback.print_exc()
        os._exit(1)  # not by the way of the interpreter, which would wait for the thread that reads
    answer_to.write(pickle.dumps(answer))
    answer_to.flush()
    os._exit(0)  # at once: libraries that crash while they are taken down have given their answer


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)
