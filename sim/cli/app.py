"""The commands by group, and what becomes of everything that goes wrong in them."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sim.cli import (
    backtest,
    bench,
    calibrate,
    claims,
    compare,
    console,
    data,
    discover,
    drivers,
    elicit,
    equilibrium,
    estimate,
    files,
    pareto,
    replay,
    robust,
    runs,
    sensitivity,
    spatial,
    stability,
    stores,
    sweep,
    theory,
    what_if,
)

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130  # exit codes

# One module a command group, each with `register(app)`. A module imports only the standard library and typer at its
# top; everything else is imported inside its command functions, so that `sim --help` stays quick.
GROUPS = (
    runs, compare, robust, pareto, sweep, what_if, backtest, calibrate, sensitivity, replay, drivers, discover, claims, theory,
    equilibrium, stability, spatial, files, elicit, data, estimate, stores, bench,
)  # fmt: skip


class Commands(TyperGroup):
    """The group of all commands; turns our errors into messages and exit codes."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order in which they were registered."""
        return list(self.commands)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command's name; help of a command comes first and alone.

        Typer checks even options that are not there with pydantic, whose import is half of the time help takes.
        """
        if args and args[0] in self.commands and not set(ctx.help_option_names).isdisjoint(args[1:]):
            self.commands[args[0]].make_context(args[0], args[1:], parent=ctx)  # prints the help and exits
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command and its words; an option that takes one value and is given twice is refused, not decided."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            _refuse_twice(ctx, command, rest)
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            result = super().invoke(ctx)
            console.flush()
            return result
        except typer.Exit:
            raise
        except BrokenPipeError:
            console.close_quietly()
            raise typer.Exit(OK) from None
        except KeyboardInterrupt as error:
            console.interrupted(error)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            raise typer.Exit(refuse(error)) from None


def _refuse_twice(ctx: Any, command: Any, words: list[str]) -> None:
    """Raise where an option of a command stands twice in the words: the last one would silently win."""
    try:
        _, _, order = command.make_parser(type(ctx)(command, parent=ctx)).parse_args(list(words))
    except Exception:  # a fault of usage, which the command's own reading of the words tells better
        return
    for parameter in order:
        takes_one = parameter.param_type_name == "option" and not parameter.multiple and not parameter.is_flag
        if takes_one and order.count(parameter) > 1:
            from sim.errors import UsageError

            raise UsageError(f"{parameter.opts[0]} is given more than once", hint="keep one of them")


def refuse(error: Exception) -> int:
    """Print an error of ours and return its exit code; raise any other, which is a defect, again."""
    from sim.errors import EngineError, SimError

    if isinstance(error, SimError):
        console.problem(error)
        return FAILED if isinstance(error, EngineError) else BAD_INPUT
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        console.problem(error)
        return BAD_INPUT
    raise error


app = typer.Typer(
    name="sim",
    cls=Commands,
    help="Geopolitical scenario simulator: a scenario in YAML, many simulated histories, an answer with its uncertainty.",
    epilog="`sim list` names the shipped scenarios, `sim run NAME` plays one, `sim new NAME` begins one of your own.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from sim import __version__

        console.put(f"sim {__version__}\n")
        raise typer.Exit(OK)


for group in GROUPS:
    group.register(app)


_KINDS = {"int": "a whole number", "float": "a number"}


def _in_our_words(error: Any) -> None:
    """Say what was expected and found where typer hands on the words of pydantic, which name neither.

    An option that there is not is answered by the nearest one, as names in a scenario are.
    """
    if hasattr(error, "possibilities") and hasattr(error, "option_name"):
        from sim.model.diagnostics import nearest

        known = [name for item in error.ctx.command.get_params(error.ctx) for name in item.opts] if error.ctx else []
        close = nearest(error.option_name, [name for name in known if name.startswith("--")])
        error.message = f"there is no option {error.option_name}" + (f"; did you mean {close}?" if close else "")
        error.possibilities = []
    faults = getattr(error.__cause__, "errors", None)
    if faults is None:
        return
    first = faults()[0]
    kind = _KINDS.get(str(first["type"]).split("_")[0])
    if kind is not None:
        error.message = f"expected {kind}, found {str(first['input'])[:60]!r}"
    elif first["type"] == "greater_than_equal":  # the only bound that our options declare
        least = first["ctx"]["ge"]
        error.message = f"expected {_KINDS[type(least).__name__]} from {least}, found {first['input']}"


def _terminated(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def listen_to_sigterm() -> None:
    """End on SIGTERM as on Ctrl-C: with a word and its exit code. While a run is stored it has handlers of its own."""
    with contextlib.suppress(ValueError):  # not in the main thread, where handlers cannot be set
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _terminated)


def call(words: list[str]) -> int:
    """Exit code of a command line."""
    console.prepare()
    if "_SIM_COMPLETE" in os.environ:
        app(words, prog_name="sim")  # a shell asks for completions; this exits
    try:
        commands = typer.main.get_command(app)
        commands.epilog = console.to_type(commands.epilog or "")
        code = commands.main(words, prog_name=console.program(), standalone_mode=False)
        console.flush()
    except BrokenPipeError:
        console.close_quietly()
        return OK
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        # Usage errors of typer, whose class has had several homes: they can show themselves.
        if not hasattr(error, "show") or not hasattr(error, "exit_code"):
            raise
        _in_our_words(error)
        if sys.stderr is not None:
            error.show(file=sys.stderr)
        return int(error.exit_code)
    return code if isinstance(code, int) else OK
