"""The wheel is all that is needed: built, installed in an empty environment elsewhere, it finds what it ships and runs.

The environment borrows the libraries of this one instead of fetching them again; the project comes from the wheel.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.counts import sample_size


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(__file__).resolve().parents[2]
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment that has the wheel, and the libraries of this one."""
    home = tmp_path_factory.mktemp("some where else") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    pip = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--python", home / "bin" / "python"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    site = subprocess.run(
        [home / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    # Only the folder itself: path files in it, such as the one that points to this checkout, are not followed.
    Path(site, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return home


def call(home: Path, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    program, *arguments = command
    return subprocess.run(
        [home / "bin" / program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def test_wheel_ships_scenarios_seeds_data_and_every_file_of_the_package(wheel, root):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("scenarios", "seeds", "data"):
        for path in (root / folder).rglob("*"):
            if path.is_file():
                assert f"sim/data/{path.relative_to(root).as_posix()}" in names
    listed = subprocess.run(["git", "ls-files", "sim"], cwd=root, capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) <= names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"sim"}


def test_wheel_asks_for_the_declared_packages_and_gives_the_command(wheel, root):
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info" in name}
    metadata = message_from_bytes(archive.read(f"{info}/METADATA"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    required = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert len(required) == len(project["dependencies"])
    assert "sim = sim.cli:main" in archive.read(f"{info}/entry_points.txt").decode()


def test_installed_package_finds_its_own_copies(installed, root, tmp_path):
    code = (
        "import sim, sim.resources as r; print(sim.__file__);"
        "print(r.seed_path('rp-2018-03')); print(*r.list_scenarios());"
        "from sim.model.datasets.load import load_dataset; print(len(load_dataset('agreements').rows))"
    )
    done = call(installed, "python", "-P", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    package, seed, scenarios, agreements = done.stdout.splitlines()
    assert str(installed) in package
    assert str(installed) in seed
    assert agreements == "7"
    here = sorted(path.stem for path in (root / "scenarios").glob("*.yaml"))
    cases, textbook = (
        sorted(f"{shelf}/{path.stem}" for path in (root / "scenarios" / shelf).glob("*.yaml")) for shelf in ("history", "theory")
    )
    assert scenarios.split() == [*here, *cases, *textbook] and len(textbook) > 40 and len(cases) >= 6


def test_command_lists_and_runs_a_shipped_scenario_anywhere(installed, tmp_path):
    listed = call(installed, "sim", "list", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "summit" in listed.stdout
    replications = str(sample_size("wheel_replications"))
    done = call(installed, "sim", "run", "summit", "--replications", replications, "--workers", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.rglob("report.html")), done.stdout + done.stderr


def test_unknown_names_are_answered_with_the_known_ones():
    from sim.resources import list_seeds, scenario_path, seed_path

    assert seed_path("rp-2018-03.yaml") == seed_path("rp-2018-03")
    with pytest.raises(FileNotFoundError, match=r"no atlantis\.yaml among the shipped scenarios; there are: "):
        scenario_path("atlantis")
    with pytest.raises(FileNotFoundError, match=", ".join(list_seeds())):
        seed_path("atlantis")
