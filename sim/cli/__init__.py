"""The command line: read arguments, call, print.

Nothing heavy is imported here or at the top of the command modules: each command imports what it needs when it runs.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

SELDOM = 100_000  # new objects after which the collector of garbage looks at them


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of the command line ``arguments`` (by default those of this process).

    0 ok, 1 a check failed or the engine did, 2 bad input or usage, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        # Answered before anything is imported.
        from sim import __version__

        if sys.stdout is not None:
            sys.stdout.write(f"sim {__version__}\n")
        return 0
    if arguments is None:
        _start_quickly()
    try:
        from sim.cli.app import call, listen_to_sigterm

        if arguments is None:
            listen_to_sigterm()
    except KeyboardInterrupt:  # a traceback through half-loaded modules would help nobody
        return 130
    return call(words)


def _start_quickly() -> None:
    """Leave out what the start of a process of ours has no use for; a tenth of the time to a first result."""
    # Nearly all of what is made while modules are imported and a scenario is read lives to the end.
    gc.set_threshold(SELDOM, 20, 20)
    # numpy starts threads for products of large matrices, and there are none here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # pydantic looks through all packages that are installed for plugins, and our validators want none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
