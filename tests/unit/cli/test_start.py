"""Help and version come at once: what they load is counted, because times on a busy machine tell little."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from sim import __version__
from sim.compiled import cache
from tests.unit.cli.conftest import STRAIT

COMMANDS = (
    *("run", "show", "replay", "claims", "compare", "sensitivity", "list", "new", "validate", "complete", "explain", "schema", "export"),
    *("query", "digest", "inputs", "elicit", "solve", "verify", "equilibrium", "stability", "spatial", "import", "bench"),
    *("data", "estimate", "drivers", "discover", "what-if", "robust", "pareto", "sweep", "calibrate", "backtest"),
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


FIRST_RESULT = """
import json, os, sys

told = {"compiled": 0, "chunks": 0, "drivers": 0}

def counted(module, name, key):
    function = getattr(module, name)
    def count(*arguments, **options):
        told[key] += 1
        return function(*arguments, **options)
    setattr(module, name, count)

class Terminal:
    encoding = "utf-8"

    def write(self, text):
        if "Outcome after" in text and "modules" not in told:
            told["modules"] = sorted(name for name in sys.modules)
            os.write(1, json.dumps(told).encode())

    def flush(self): pass
    def isatty(self): return False

    closed = False

sys.stdout = Terminal()
from sim.analysis import summary
from sim.cli import main
from sim.experiments import writing
from sim.model import compile
counted(compile, "compile_case", "compiled")
counted(writing, "write_parquet", "chunks")
counted(summary, "drivers", "drivers")
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(cache.why_not() is not None, reason="nothing can be compiled here")
def test_the_first_result_waits_for_nothing_that_it_does_not_show(root, tmp_path):
    """The table of outcomes of a thousand histories comes within a second where compiled code is in the cache."""
    words = ("run", "summit", "-n", "1000", "--workers", "2", "--engine", "batch", "--out", str(tmp_path / "run"))
    done = subprocess.run([sys.executable, "-c", FIRST_RESULT, *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (tmp_path / "run" / "report.html").is_file()
    modules = told.pop("modules")
    assert told == {"compiled": 1, "chunks": 4, "drivers": 0}  # two blocks, two tables each
    heavy = {"numba", "simpy", "jinja2", "plotly", "pandas", "pyarrow", "scipy", "dask", "distributed", "asyncio"}
    assert {name.split(".")[0] for name in modules} & heavy == set()
    later = ("sim.reports", "sim.experiments.cluster", "sim.experiments.replay", "sim.analysis.findings", "sim.model.explain",
             "sim.analysis.histories", "sim.engines.history", "sim.engines.event_engine")  # fmt: skip
    assert [name for name in modules if name.startswith(later)] == []


def test_the_process_of_a_command_leaves_out_what_it_has_no_use_for(root):
    """A tenth of the time to a first result. Whoever calls `main` from Python keeps his own ways."""
    code = (
        "import gc, os, sys, sim.cli; before = gc.get_threshold(); sim.cli.main(['list']); kept = gc.get_threshold() == before\n"
        "sys.argv = ['sim', 'list']; sim.cli.main()\n"
        "print(kept, gc.get_threshold()[0], os.environ['OPENBLAS_NUM_THREADS'], os.environ['PYDANTIC_DISABLE_PLUGINS'])"
    )
    for given, threads in ({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3"):
        ours = {"OPENBLAS_NUM_THREADS", "PYDANTIC_DISABLE_PLUGINS"}
        environment = {name: value for name, value in os.environ.items() if name not in ours} | given
        done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == f"True 100000 {threads} __all__"


def test_help_lists_every_command(call):
    answer = call("--help")
    assert answer.code == 0 and answer.err == ""
    listed = [line.split()[0] for line in answer.out.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert set(COMMANDS) == {word for word in listed if word.replace("-", "").isalpha()}  # the epilogue is indented too


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


def test_hints_and_usage_name_the_command_as_it_was_typed(call, monkeypatch):
    monkeypatch.setenv("SIM_PROG", "./dev sim")
    assert "`./dev sim list` names those there are" in call("run").err
    assert "`./dev sim replay FILE --replication 3`, or `./dev sim replay --from DIR`" in call("replay").err
    assert call("run", "-h").out.startswith("Usage: ./dev sim run")
    assert "Try './dev sim run -h'" in call("run", "--varient", "x").err
    assert "`./dev sim list` names the shipped scenarios" in call("--help").out
    assert "`./dev sim run border.yaml` plays it" in call("new", "border").err


def test_data_and_pages_do_not_depend_on_how_the_command_was_typed(call, place, monkeypatch):
    """A page, a manifest or an object for programs is the same on every machine."""
    told = {}
    for name, started in (("bare", None), ("through", "./dev sim")):
        if started is not None:
            monkeypatch.setenv("SIM_PROG", started)
        again = call("replay", STRAIT, "-r", "3", "--json", "--html", f"{name}.html")
        run = call("run", STRAIT, "-n", "2", "--workers", "1", "--quiet", "--out", name)
        assert again.code == run.code == 0
        data = json.loads(again.out)
        del data["timeline"]
        manifest = json.loads((place / name / "manifest.json").read_text("utf-8"))
        told[name] = (data, (place / f"{name}.html").read_text("utf-8"), manifest["command"].replace(name, "DIR"))
    assert told["bare"] == told["through"]
    assert "again:    ./dev sim replay" in call("replay", STRAIT, "-r", "3").out


@pytest.mark.parametrize("hostile", ["\x1b[31msim", "sim; rm -rf x", "-h sim", "x" * 4097, "a b c", "sim\n", "$(sim)", ""])
def test_a_launcher_that_is_no_plain_command_is_not_believed(call, monkeypatch, hostile):
    monkeypatch.setenv("SIM_PROG", hostile)
    assert call("run").err.endswith(" help: `sim list` names those there are\n")


def test_a_misspelt_option_is_answered_by_the_nearest_one_alone(call):
    error = call("run", "summit", "--varient", "no-summit").err
    assert "there is no option --varient; did you mean --variant?" in error and "--quiet" not in error
    assert "there is no option --nonsensical-word\n" in call("run", "--nonsensical-word", "x").err


@pytest.mark.parametrize("words", [("--variant", "a", "--variant", "b"), ("-n", "2", "--replications", "3")])
def test_an_option_for_one_value_is_not_given_twice(call, words):
    """The last one would win in silence, and two variants look as if both were applied."""
    answer = call("run", "summit", *words)
    assert answer.code == 2 and "is given more than once" in answer.err and answer.out == ""
    assert call("complete", STRAIT, "--set", "choice.leaders=9", "--set", "horizon=10 days").code == 0


def test_what_is_no_folder_of_runs_is_refused(call, place):
    (place / "file").touch()
    assert "there is no such folder" in call("show", "--all", "nowhere").err
    assert "this is a file" in call("show", "--all", "file").err
    assert call("show", "--all", "nowhere").code == call("show", "--all", "file").code == 2
    assert call("show", "--all").code == 0  # no run yet is an answer
    assert "file: not a result directory: it is a file" in call("show", "file").err


@pytest.mark.parametrize(("option", "value"), [("--seed", "-1"), ("--workers", "0")])
def test_claims_refuse_numbers_that_a_run_refuses(call, option, value):
    answer = call("claims", "summit", "--only", "kim-consolation-prize", option, value)
    assert answer.code == 2 and f"{option[2:]}: expected a whole number" in answer.err


def test_a_folder_is_not_offered_for_a_scenario_file(call, place):
    (place / "borders").mkdir()
    assert "did you mean" not in call("complete", "borders.yaml").err


def test_a_ranking_with_a_gap_says_so(call):
    assert "a name is missing between the signs" in call("elicit", "summit", "USA", "--ranking", "denuc > > relief").err


def test_a_fault_of_the_horizon_is_shown_at_its_option(call):
    answer = call("run", "summit", "--horizon", "2 yeers")
    assert answer.code == 2
    assert "--> --horizon:1:1\n" in answer.err and "| 2 yeers" in answer.err and "--set" not in answer.err
    assert "did you mean '2 years'?" in answer.err
