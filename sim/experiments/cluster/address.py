"""What ``--cluster`` names: so many workers to start here, or the address of a scheduler, and whether somebody listens there."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from sim.errors import UsageError

CONNECT_SECONDS = 5.0  # a scheduler that does not answer in this time is not there
_MOST_WORKERS = 1024
_LONGEST_GREETING = 1 << 16  # bytes; it is a few hundred

_EXPECTED = f"local:N with N from 1 to {_MOST_WORKERS}, or tcp://HOST:PORT"
_ADDRESS = re.compile(r"tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})/?")


@dataclass(frozen=True)
class Cluster:
    """What ``--cluster`` names: workers to start here, or the address of a scheduler."""

    num_workers: int = 0  # 0 where there is an address
    address: str = ""

    def __str__(self) -> str:
        return self.address or f"local:{self.num_workers}"

    @classmethod
    def parse(cls, text: str) -> Cluster:
        """The cluster of ``local:4`` or ``tcp://host:8786``; ``UsageError`` says what is expected."""
        kind, _, number = text.partition(":") if isinstance(text, str) else ("", "", "")
        if kind == "local" and re.fullmatch(r"\d{1,4}", number) and 1 <= int(number) <= _MOST_WORKERS:
            return cls(num_workers=int(number))
        found = _ADDRESS.fullmatch(text) if kind == "tcp" else None
        if found is not None and 1 <= int(found[2]) <= 65535:
            return cls(address=f"tcp://{found[1]}:{int(found[2])}")
        raise UsageError(
            f"cluster: expected {_EXPECTED}; found {text!r}",
            hint="local:4 starts four worker processes here for this run; tcp:// uses a Dask scheduler that runs",
        )

    def check(self) -> None:
        """Raise ``UsageError`` where Dask is not installed or nobody listens at the address."""
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise UsageError(
                f"a cluster needs the packages dask and distributed ({error})",
                hint="pip install 'geosim[cluster]', or pip install distributed",
            ) from None
        if self.address:
            host, _, port = self.address.removeprefix("tcp://").rpartition(":")
            try:
                with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS) as connection:
                    greeting = connection.recv(8, socket.MSG_WAITALL)
            except TimeoutError:
                raise self.unreachable("no answer, or none of a Dask scheduler") from None
            except OSError as error:
                raise self.unreachable(error.strerror or str(error)) from None
            # A scheduler speaks first, a short message with its length before it. Dask's client, which waits for the
            # rest of whatever length it is told, would wait on others for ever.
            if len(greeting) < 8 or int.from_bytes(greeting, "little") > _LONGEST_GREETING:
                raise self.unreachable("what listens there is no Dask scheduler")

    def unreachable(self, reason: str) -> UsageError:
        """The error that nobody can be reached, with the reason."""
        return UsageError(
            f"cluster: no scheduler can be reached at {self.address}: {reason}",
            hint="start one with `dask scheduler`, which prints its address; `--cluster local:2` needs none",
        )
