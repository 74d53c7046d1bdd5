"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import inspect
import subprocess
from pathlib import Path
from typing import Any

from tools.sections import table, write_page

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "docs/reference/commands.md"

HEAD = """\
# Commands

Made from the commands' own help by `./dev refresh`; do not edit. In a checkout, `./dev sim ...` sets up what is needed
and calls `sim ...`; installed, the command is `sim`. `python -m sim` is the same.

Results go to standard output, everything said about them to standard error. `NO_COLOR` is respected. Exit codes:

| code | meaning |
| --- | --- |
| 0 | done |
| 1 | a check failed, or the engine did |
| 2 | bad input or usage; standard error says where and what to do |
| 130 | interrupted; what was finished is kept, and the message has the command that goes on |
"""


def write(root: Path) -> list[str]:
    """Write the page below ``root``; its path."""
    return write_page(root, PAGE, text())


def text() -> str:
    """The page."""
    import typer

    from sim.cli.app import app

    commands = typer.main.get_command(app).commands
    parts = [HEAD.rstrip()]
    rows = [[f"[`sim {name}`](#sim-{name})", _help(item)] for name, item in commands.items()]
    parts.append(table(["command", "what it does"], rows))
    parts += [_section(name, item) for name, item in commands.items()]
    developer = subprocess.run(["sh", str(ROOT / "dev"), "help"], capture_output=True, text=True, check=True).stdout
    parts.append(f"## ./dev\n\nFor work on the simulator itself, in a checkout.\n\n```text\n{developer.strip()}\n```")
    return "\n\n".join(parts)


def _help(item: Any) -> str:
    return inspect.cleandoc(item.help or "").split("\n\n")[0]


def _section(name: str, command: Any) -> str:
    words = ["sim", name]
    rows = []
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            label = parameter.metavar or parameter.name.upper()
            words.append(label if parameter.required else f"[{label}]")
            rows.append([f"`{label}`", parameter.help or "", _default(parameter)])
        else:
            metavar = "" if parameter.is_flag else f" {parameter.metavar or 'TEXT'}"
            names = ", ".join(sorted(parameter.opts, key=len))
            rows.append([f"`{names}{metavar}`", parameter.help or "", _default(parameter)])
    if any(parameter.param_type_name == "option" for parameter in command.params):
        words.append("[OPTIONS]")
    body = inspect.cleandoc(command.help or "")
    options = "\n\n" + table(["argument or option", "meaning", "default"], rows) if rows else ""
    return f"## sim {name}\n\n{body}\n\n```text\n{' '.join(words)}\n```{options}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    value = parameter.default
    if value is None or value is False or callable(value) or value == "" or value == ():
        return ""
    return f"`{value}`"
