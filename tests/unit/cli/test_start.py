"""Help and version come at once: what they load is counted, because times on a busy machine tell little."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from sim import __version__

COMMANDS = (
    *("run", "show", "replay", "claims", "list", "new", "validate", "complete", "explain", "schema", "export"),
    *("digest", "inputs", "elicit"),
)


def loaded_by(root, *words: str) -> tuple[set[str], str]:
    """Modules outside the standard library that a command line loads, and what it prints."""
    code = (
        "import sys, sim.cli; sys.exit((sim.cli.main(sys.argv[1:]), "
        "print(*sorted(m for m in sys.modules if m.split('.')[0] not in sys.stdlib_module_names), file=sys.stderr))[0])"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=root, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split()), done.stdout


@pytest.mark.parametrize(
    "words", [("--help",), ("run", "summit", "--seed", "3", "--help"), *((command, "-h") for command in COMMANDS)]
)
def test_help_loads_typer_and_nothing_heavy(root, words):
    modules, text = loaded_by(root, *words)
    heavy = {"numpy", "pydantic", "yaml", "rich", "duckdb", "simpy", "plotly", "jinja2", "pandas", "pyarrow", "scipy"}
    assert {name.split(".")[0] for name in modules} & heavy == set()
    ours = {name for name in modules if name.startswith("sim")}
    assert {name for name in ours if not name.startswith("sim.cli")} == {"sim"}
    assert "Usage: sim" in text


def test_version_loads_nothing_at_all(root):
    modules, text = loaded_by(root, "--version")
    assert "typer" not in modules
    assert {name for name in modules if name.startswith("sim.")} == {"sim.cli"}
    assert text == f"sim {__version__}\n"


def test_a_worker_loads_what_plays_histories_and_makes_no_validator_yet(root):
    """The start of a worker is waited for in every run."""
    code = (
        "import sys, json, sim.experiments.workers, sim.engines.event_engine, sim.model.compile\n"
        "from sim.model.spec import base, scenario\n"
        "def below(of):\n"
        "    return {part for each in of.__subclasses__() for part in ({each} | below(each))}\n"
        "made = lambda: sorted(each.__name__ for each in below(base.Strict) if each.__pydantic_complete__)\n"
        "print(json.dumps([made(), sorted({name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    validators, packages = json.loads(done.stdout)
    assert validators == []
    heavy = {"yaml", "rich", "typer", "duckdb", "plotly", "jinja2", "pandas", "pyarrow", "scipy"}
    assert {"numpy", "pydantic", "simpy"} <= set(packages) and not heavy & set(packages)


def test_help_lists_every_command(call):
    answer = call("--help")
    assert answer.code == 0 and answer.err == ""
    listed = [line.split()[0] for line in answer.out.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert set(COMMANDS) == {word for word in listed if word.isalpha()}  # the epilogue is indented too


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(call, command):
    answer = call(command, "-h")
    assert answer.code == 0 and f"Usage: sim {command}" in answer.out
    options = answer.out.partition("Options:\n")[2]
    assert all(line.startswith("     ") or "  " in line.strip() for line in options.splitlines()), "no help text"


def test_version_among_other_options(call):
    assert call("--version", "list").out == f"sim {__version__}\n"


def test_no_command_shows_help_and_is_a_usage_error(call):
    answer = call()
    assert answer.code == 2
    assert "Commands:" in answer.out + answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["run", "--replicatoins", "5"], "--replications"),
        (["run", "--seed", "seven", "x"], "--seed"),
        (["validate"], "FILE..."),
        (["run", "--replicatoins", "-h"], "--replications"),
        (["run", "x", "--variant", "-h"], "unknown scenario 'x'"),  # here `-h` is the variant's name
    ],
)
def test_usage_errors_go_to_standard_error_with_code_2(call, words, message):
    answer = call(*words)
    assert answer.code == 2 and answer.out == ""
    assert message in answer.err and "Traceback" not in answer.err
