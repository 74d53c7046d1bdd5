"""What goes where: the result to standard output and nothing else, everything said about it to standard error."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from sim.model.diagnostics import Diagnostic

NARROWEST, WIDEST = 40, 100  # columns that the layout uses, whatever the terminal has
BLOCKS = "█▏▎▍▌▋▊▉▒▁▂▃▄▅▆▇"
NARROW_BAR = 60  # columns below which the line of progress has no bar
LINE_SECONDS = 5.0  # between plain lines of progress


_PLAIN = {
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2026": "...",
    "\u00d7": "x", "\u00a0": " ", "\u2192": "->",
}  # fmt: skip


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that an encoding lacks: plain punctuation, else the characters' codes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    codes = (_PLAIN.get(letter) or letter.encode("ascii", "backslashreplace").decode("ascii") for letter in lacking)
    return "".join(codes), error.end


def prepare() -> None:
    """Let no character stop a message: what the encoding lacks is shown plainly or as a code."""
    codecs.register_error("sim.plainly", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with contextlib.suppress(ValueError, OSError):
                stream.reconfigure(errors="sim.plainly")


# How the program was called -----------------------------------------------------------------------------------------

LAUNCHED_AS = "SIM_PROG"  # environment variable in which `./dev` says how it called the program
_COMMAND = re.compile(r"(?!-)[A-Za-z0-9._/-]{1,4096}( sim)?\Z")  # nothing that a terminal or a shell could obey


def program() -> str:
    """What to type to call the program as it was called now: `sim`, or what the launcher says, as `./dev sim`."""
    told = os.environ.get(LAUNCHED_AS, "")
    return told if _COMMAND.match(told) else "sim"


def to_type(text: str) -> str:
    """The text with the commands in it (`sim run`, in backquotes) as they are typed here; for people only."""
    return re.sub(r"`sim (?=[a-z-])", lambda _: f"`{program()} ", text)


# Standard output ---------------------------------------------------------------------------------------------------


def put(text: str) -> None:
    """Write text for people."""
    if sys.stdout is not None:
        sys.stdout.write(text)


def put_data(text: str) -> None:
    """Write a document (YAML, JSON, CSV): UTF-8 with plain line ends, whatever the terminal's encoding."""
    if sys.stdout is None:
        return
    with data_stream() as stream:
        stream.write(text)


@contextlib.contextmanager
def data_stream() -> Iterator[TextIO]:
    """Standard output as a stream of UTF-8 text with plain line ends."""
    import io

    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        yield sys.stdout
        return
    stream = io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", newline="\n", write_through=False)
    try:
        yield stream
        stream.flush()
    finally:
        with contextlib.suppress(BrokenPipeError):
            stream.detach()


def put_json(value: Any) -> None:
    """Write one JSON object."""
    import json

    put_data(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def put_lines(lines: list[Text]) -> None:
    """Write lines with the colours that the terminal, `NO_COLOR` and `FORCE_COLOR` allow."""
    if sys.stdout is None:
        return
    paper = _paper(sys.stdout)
    with paper.capture() as capture:
        for line in lines:
            paper.print(line, soft_wrap=True)
    put(capture.get())


def width() -> int:
    """Columns to lay the result out for."""
    return max(NARROWEST, min(WIDEST, _paper(sys.stdout).width)) if sys.stdout is not None else 80


def has_blocks(stream: TextIO | None = None) -> bool:
    """Whether the encoding of a stream (standard output) has the characters that bars and sparklines are made of."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    try:
        BLOCKS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def flush() -> None:
    """Hand over what was written, so that a closed pipe shows itself now."""
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()


def close_quietly() -> None:
    """Forget what a reader who went away will not read."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _paper(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)


# Standard error ----------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Write a remark."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            flush()
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


def problem(error: Exception) -> None:
    """Print an error: every fault of a scenario at its place, or one message with what to do about it."""
    from sim.errors import EngineError
    from sim.model.diagnostics import visible

    faults = getattr(error, "diagnostics", ())
    if faults:
        _print_faults(faults)
        say(f"{len(faults)} {'error' if len(faults) == 1 else 'errors'}")
        return
    if isinstance(error, OSError):
        text = ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
    else:
        text = str(error)
    say(f"error: {visible(text)}")
    if hint := getattr(error, "hint", ""):
        say(f" help: {to_type(visible(hint))}")
    if isinstance(error, EngineError):
        for note in getattr(error, "__notes__", ()):
            say(note.rstrip())


def _print_faults(faults: tuple[Diagnostic, ...]) -> None:
    from rich.console import Console

    from sim.model.diagnostics import render

    if sys.stderr is not None:
        flush()
        Console(file=sys.stderr, highlight=False, emoji=False).print(render(faults, markup=True), soft_wrap=True)


def warn(remarks: tuple[Diagnostic, ...]) -> None:
    """Print remarks on a scenario that do not stop it."""
    from sim.model.diagnostics import render

    for item in remarks:
        say(render([item]).replace("error", "warning", 1))


def interrupted(error: KeyboardInterrupt) -> None:
    """Say what was kept and how to go on."""
    text, hint = str(error), getattr(error, "hint", "")
    say(f"\n{text or 'interrupted'}" + (f"\n{to_type(hint)}" if hint else ""))


@contextlib.contextmanager
def goes_on_by(command: Sequence[str]) -> Iterator[None]:
    """Where what is within is interrupted, say that this command, given again, goes on from what is kept."""
    try:
        yield
    except KeyboardInterrupt as stop:
        stop.hint = f"`{shlex.join(command)}` goes on from there"  # type: ignore[attr-defined]
        if not str(stop):
            stop.args = ("interrupted; what was played is kept",)
        raise


@contextlib.contextmanager
def progress(quiet: bool = False) -> Iterator[Any]:
    """A function ``(done, total, rate)`` that shows how far a run is: a bar on a terminal, else a line now and then."""
    if quiet or sys.stderr is None:
        yield None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar() as tell:
            yield tell
    else:
        yield _Lines()


@contextlib.contextmanager
def _bar() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    paper = Console(file=sys.stderr)
    if paper.width < NARROW_BAR:
        start = [TextColumn("{task.completed:,.0f}/{task.total:,.0f}")]
    else:
        done = BarColumn() if has_blocks(sys.stderr) else TextColumn("{task.percentage:.0f} %")
        start = [TextColumn("{task.completed:,.0f} of {task.total:,.0f} histories"), done]
    columns = (*start, TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=paper, transient=True) as bar:
        task = bar.add_task("", total=None, start=True, rate="starting", left="", visible=False)

        def tell(done: int, total: int, rate: float) -> None:
            words = _speed(rate) if rate else "starting"
            left = f"{duration((total - done) / rate)} left" if rate else ""
            bar.update(task, completed=done, total=total, rate=words, left=left, visible=True)

        yield tell


class _Lines:
    """Progress in plain lines: the first after some seconds, so that a short run says nothing."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, done: int, total: int, rate: float) -> None:
        now = time.monotonic()
        if rate <= 0.0 or done >= total or now - self._last < LINE_SECONDS:
            return
        self._last = now
        say(f"{done:,} of {total:,} histories, {_speed(rate)}, {duration((total - done) / rate)} left")


def _speed(rate: float) -> str:
    return f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"


def duration(seconds: float) -> str:
    """Seconds in words: `8 s`, `2 min 5 s`, `1 h 3 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
