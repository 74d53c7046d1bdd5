"""Every example in README and docs runs, in the order of its page, with a few histories instead of a thousand."""

from __future__ import annotations

import glob
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.counts import sample_size
from tests.docs import pages

ROOT = pages.ROOT
THEORY = [page for page in pages.PAGES if page.parent == ROOT / "scenarios" / "theory" and pages.has(page, "sh")]
SEMINAR = ROOT / "docs" / "seminar"  # its commands run as they are printed, in test_seminar.py
SHELL = [page for page in pages.PAGES if pages.has(page, "sh") and page not in THEORY and page.parent != SEMINAR]
PYTHON = [page for page in pages.PAGES if pages.has(page, "python")]
SLOW = ("claims", "calibrate")  # commands with tests of their own; here they need only exist


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """A folder that looks like a checkout to whoever types the examples."""
    for folder in ("scenarios", "seeds", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def commands(page: Path) -> list[str]:
    text = "".join(block.text for block in pages.blocks(page) if block.language == "sh")
    lines = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


STUDIED = ("drivers", "discover")  # commands that tell nothing of a handful of histories


def histories_of(page: Path) -> int:
    """How many histories a page's runs have here: more where a command studies them."""
    is_studied = any(word in STUDIED for line in commands(page) for word in shlex.split(line))
    return sample_size("docs_studied" if is_studied else "docs_histories")


def shortened(words: list[str], report: bool = True, histories: int | None = None) -> list[str]:
    """The command with few histories, in one process."""
    histories = histories or sample_size("docs_histories")
    if "--given" in words or any("history/" in word for word in words):  # some must fit what is given
        histories = max(histories, sample_size("docs_given"))
    if words[0] == "equilibrium":
        words = words[: words.index("--budget")] + words[words.index("--budget") + 2 :] if "--budget" in words else words
        return [*words, "--pilot", "50", "--budget", "900", "--workers", "1", "--no-report"]
    if words[0] == "estimate":
        return [*words, "--samples", "2"]
    if words[0] == "sensitivity":  # as few as it takes; a result directory is played already
        return words if "-n" not in words else [*words[: words.index("-n") + 1], "32", *words[words.index("-n") + 2 :], "--workers", "1"]
    if words[0] == "sweep":
        few = "1000" if "--threshold" in words else "20"
        words = [*words[: words.index("-n")], *words[words.index("-n") + 2 :]] if "-n" in words else words
        return [*words, "-n", few, "--workers", "1", "--no-report"]
    if words[0] == "what-if":
        return [*words[: words.index("-n") + 1], "20", *words[words.index("-n") + 2 :], "--workers", "1"]
    if words[0] == "compare":
        words = [*words, "--pairs", "1", "--no-report"]
    if words[0] == "robust":  # as few draws of the uncertainties as it takes
        place = words.index("--replications") if "--replications" in words else len(words)
        words = [*words[:place], *words[place + 4 :]]
        return [*words, "--replications", str(max(histories, 8)), "--repeats", "2", "--workers", "1", "--no-report"]
    if words[0] == "pareto":
        return [*words, "--points", "4", "--steps", "1", "-n", "4", "--fresh", "8", "--workers", "1", "--no-report"]
    if words[0] not in ("run", "verify", "compare", "backtest") or "--resume" in words:
        return words
    has_crew = "--workers" in words or "--cluster" in words
    words = [*words, *(() if has_crew else ("--workers", "1")), *(("--no-report",) if words[0] == "run" and not report else ())]
    for flag in ("--until-se", "--budget"):
        if words[0] == "compare" and flag in words:
            del words[words.index(flag) : words.index(flag) + 2]
    for flag in ("--replications", "-n"):
        if flag in words:
            words[words.index(flag) + 1] = str(histories)
            return words
    return [*words, "--replications", str(histories)]


def expanded(words: list[str]) -> list[str]:
    """What a shell makes of patterns."""
    return [name for word in words for name in (sorted(glob.glob(word)) or [word])]


def call(words: list[str]) -> int:
    from sim.cli import main

    return main(words)


@pytest.mark.parametrize("page", SHELL, ids=pages.name)
def test_commands_run(page, desk, capfd):
    digests: list[str] = []
    first = True
    for line in commands(page):
        words = shlex.split(line)
        if words[0] == "./dev" and words[1] != "sim":
            usage = subprocess.run(["sh", str(ROOT / "dev"), "help"], capture_output=True, text=True, check=True).stdout
            assert re.search(rf"^  {words[1]}\b", usage, re.M), line
            assert all((ROOT / word).exists() for word in words[2:] if "/" in word), line
            continue
        words = (
            words[2:] if words[0] == "./dev" else words[1:] if words[0] == "sim" else pytest.fail(f"what is {line}?")
        )
        if words[0] in SLOW:
            words = [words[0], "--help"]
        code = call(shortened(expanded(words), first, histories_of(page)))
        first = first and words[0] != "run"  # one report a page is enough
        out, err = capfd.readouterr()
        assert code == 0, f"{pages.name(page)}: {line}\n{err}"
        assert out.strip(), line
        if words[0] == "digest":
            digests.append(out)
    assert len(set(digests)) <= 1  # pages that print two show that they are the same


@pytest.mark.parametrize("page", THEORY, ids=pages.name)
def test_commands_of_textbook_games_run(page, desk, capfd, monkeypatch):
    """With few histories `sim verify` may find nothing, or find too much: what it finds is tested elsewhere."""
    from sim.analysis import solutions

    monkeypatch.setattr(solutions, "QUICK_NODES", sample_size("docs_positions"))
    for line in commands(page):
        words = shlex.split(line)
        assert words[:2] == ["./dev", "sim"], line
        code = call(shortened(words[2:], report=False))
        out, err = capfd.readouterr()
        assert code == 0 or (code == 1 and words[2] == "verify"), f"{pages.name(page)}: {line}\n{err}"
        assert out.strip(), line


CODE = re.compile(r"`([^`]+)`")


def in_sentences(page: Path) -> list[list[str]]:
    """Commands and options that stand in the text of a page, as words; `./dev sim` and `sim` are the same."""
    found = [shlex.split(" ".join(text.split())) for text in CODE.findall(pages.prose(page)) if re.match(r"(\./dev )?sim |--[a-z]", text)]
    return [words[1:] if words[0] == "./dev" else words for words in found]


@pytest.mark.parametrize("page", [page for page in pages.PAGES if page.name != "CHANGELOG.md"], ids=pages.name)
def test_commands_in_sentences_exist_with_their_options(page):
    """What a sentence names in passing; options without their command may be another program's."""
    from typer.main import get_command

    from sim.cli.app import app

    commands = get_command(app).commands
    for words in in_sentences(page):
        if words[0] != "sim" or words[1] in ("...", "--version"):
            continue
        assert words[1] in commands, words
        known = {option for item in commands[words[1]].params for option in (*item.opts, *item.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known, words


@pytest.mark.parametrize("page", THEORY, ids=pages.name)
def test_changes_that_sentences_name_can_be_made(page, desk, capfd, monkeypatch):
    """`--set` and `--variant` of the scenario beside the page; a command with either runs."""
    from sim.analysis import solutions
    from sim.model.load import load_scenario

    monkeypatch.setattr(solutions, "QUICK_NODES", sample_size("docs_positions"))
    for words in in_sentences(page):
        if words[0] == "sim" and {"--set", "--variant"} & set(words):
            code = call(shortened(words[1:], report=False))
            assert code == 0, f"{pages.name(page)}: {words}\n{capfd.readouterr().err}"
        elif words[0] in ("--set", "--variant") and len(words) > 1:
            changes = [after for before, after in zip(words, words[1:], strict=False) if before == "--set"]
            variant = words[words.index("--variant") + 1] if "--variant" in words else None
            load_scenario(page.with_suffix(".yaml"), variant=variant, overrides=changes)


@pytest.mark.parametrize("theorem", sorted({name for page in THEORY for name in re.findall(r"theorem `(\w+)`", pages.prose(page))}))
def test_theorems_that_sentences_name_are_those_of_a_scenario_or_variant(theorem):
    from sim.model.load import load_scenario

    page = next(page for page in THEORY if f"theorem `{theorem}`" in pages.prose(page))
    spec = load_scenario(page.with_suffix(".yaml"))
    named = {spec.theory.theorem, *(load_scenario(page.with_suffix(".yaml"), variant=name).theory.theorem for name in spec.variants)}
    assert theorem in named


@pytest.mark.parametrize("page", PYTHON, ids=pages.name)
def test_python_examples_run(page, desk, capfd):
    names: dict[str, object] = {}
    for block in pages.blocks(page):
        if block.language == "python":
            text = re.sub(r"replications=\d+", f"replications={histories_of(page)}", block.text)
            exec(compile(text, pages.name(page), "exec"), names)
    assert capfd.readouterr().out


def letters(text: str) -> list[str]:
    """Lines without numbers, bars and spaces."""
    lines = [" ".join(re.findall(r"[^\W\d_]+", line)) for line in text.splitlines()]
    return [line for line in lines if line]


def test_the_readme_shows_what_its_first_command_prints(desk, capfd):
    """The words of the table, whatever the numbers: those are compared by their fingerprint (tests/test_generated.py)."""
    shown = next(block.text for block in pages.blocks(ROOT / "README.md") if block.language == "text")
    first = commands(ROOT / "README.md")[0]
    assert first == "./dev sim run scenarios/summit.yaml"
    assert call(shortened(shlex.split(first)[2:], report=False)) == 0
    printed = letters(capfd.readouterr().out)
    table = letters(shown.split("\n\n")[0])
    assert len(table) >= 3
    assert [line for line in table if line not in printed] == []
