"""``./dev`` itself: set-up on demand, repair, one set-up at a time, and plain words where something is missing.

The checkouts here are small: the real script, a lock file with one tiny wheel that the test makes, and a ``sim`` that
prints its arguments; so nothing is downloaded. That the real lock file installs, this very run of the tests shows.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pip
import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "mkdir", "rm", "rmdir", "mv", "cp", "sleep", "grep", "mktemp", "env", "ln")
PRINT_ARGUMENTS = "import os, sys, tiny_wheel\nprint(sys.argv[1:], os.getcwd())\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="./dev is a POSIX script")


def make_wheel(folder: Path) -> Path:
    """The smallest wheel there is, written by hand."""
    path = folder / "tiny_wheel-1.0-py3-none-any.whl"
    info = "tiny_wheel-1.0.dist-info"
    files = {
        "tiny_wheel.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{name},sha256={digest(text)},{len(text)}" for name, text in files.items()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,"]) + "\n")
    return path


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


class Checkout:
    """A folder with a space in its name that holds ``./dev`` and the least it needs."""

    def __init__(self, place: Path) -> None:
        self.root = place / "a checkout"
        self.elsewhere = place / "else where"
        for folder in (self.root / "sim", self.elsewhere, place / "wheels", place / "bin"):
            folder.mkdir(parents=True)
        wheel = make_wheel(place / "wheels")
        shutil.copy(ROOT / "dev", self.root / "dev")
        (self.root / "pyproject.toml").write_text("[project]\n", "utf-8")
        wheel_hash = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.root / "requirements.lock").write_text(f"tiny-wheel==1.0 --hash=sha256:{wheel_hash}\n", "utf-8")
        (self.root / "sim" / "__init__.py").touch()
        (self.root / "sim" / "__main__.py").write_text(PRINT_ARGUMENTS, "utf-8")
        self.bin = place / "bin"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))},
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": wheel.parent.as_uri(),
            "PIP_CONFIG_FILE": os.devnull,
        }
        # Making an environment with a pip of its own takes seconds; one test does, the others borrow ours.
        pip_folder = Path(pip.__file__).parent
        packages = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
        self.quick = (
            'case "$*" in "-m venv "*)\n'
            f'    "{sys.executable}" -m venv --without-pip "$3" && ln -s "{pip_folder}" "$3/{packages}/"\n'
            f'    exit ;;\nesac\nexec "{sys.executable}" "$@"\n'
        )
        self.program("quick-python", self.quick)
        self.environment["PYTHON"] = str(self.bin / "quick-python")

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / "dev", *arguments],
            cwd=self.elsewhere,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def dev(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + text, "utf-8")
        path.chmod(0o755)

    def bare_path(self) -> dict[str, str]:
        """An environment whose PATH has the basic tools and the planted programs, and no Python."""
        for name in TOOLS:
            if (found := shutil.which(name)) and not (self.bin / name).exists():
                (self.bin / name).symlink_to(found)
        return {"PATH": str(self.bin), "PYTHON": ""}

    def python_without_ensurepip(self) -> None:
        """A ``python3`` that lacks the module until a file named ``installed`` lies beside it."""
        self.program(
            "python3",
            f'case "$*" in *"import ensurepip"*) [ -e "{self.bin}/installed" ] || exit 1 ;; esac\n{self.quick}',
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_script_is_clean_for_every_posix_shell():
    for shell in ("dash", "sh"):
        if shutil.which(shell):
            subprocess.run([shell, "-n", ROOT / "dev"], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", ROOT / "dev", ROOT / ".ci" / "run"], check=True)


def test_help_and_mistakes_make_nothing(checkout):
    shown = checkout.dev("help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "./dev sim run scenarios/summit.yaml" in shown.stdout
    wrong = checkout.dev("tset")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "unknown command: tset" in wrong.stderr
    assert not checkout.venv.exists()


def test_the_simulator_is_told_how_it_was_called(checkout):
    """So that the commands in its hints can be typed as they stand."""
    (checkout.root / "sim" / "__main__.py").write_text("import os; print(os.environ.get('SIM_PROG'))", "utf-8")
    assert checkout.dev("sim", SIM_PROG="other").stdout == f"{checkout.root / 'dev'} sim\n"


def test_first_call_sets_up_and_later_calls_notice_what_changed(checkout):
    """From another folder, through a path with a space; the command's own output stays alone on stdout."""
    first = checkout.dev("sim", "run", "two words", PYTHON=sys.executable)
    assert first.stdout == f"['run', 'two words'] {checkout.elsewhere}\n", first.stderr
    assert "installing the packages" in first.stderr
    assert not (checkout.root / ".venv.lock").exists()

    second = checkout.dev("sim", "run")
    assert (second.returncode, second.stderr) == (0, "")

    (checkout.root / "pyproject.toml").write_text("[project]\n# changed\n", "utf-8")
    third = checkout.dev("setup")
    assert "installing the packages" in third.stderr
    assert "making .venv" not in third.stderr
    assert checkout.dev("setup").stderr == ""

    # the command as such, from wherever it is called
    done = subprocess.run([checkout.venv / "bin" / "sim", "list"], cwd=checkout.root, capture_output=True, text=True)
    assert done.stdout.startswith("['list']"), done.stderr

    # an interpreter that went away, as after an upgrade of the system
    for name in ("python", "python3"):
        (checkout.venv / "bin" / name).unlink()
    mended = checkout.dev("sim")
    assert mended.returncode == 0
    assert "making .venv" in mended.stderr

    # what is left of an interrupted installation is not trusted
    (checkout.venv / "half-done").touch()
    (checkout.venv / "leftover").touch()
    assert checkout.dev("sim").returncode == 0
    assert not (checkout.venv / "leftover").exists()

    # and the price of all this looking: best of some calls, against Python alone, in time used (the machine may be busy)
    def seconds(command: list[str | Path]) -> float:
        before = os.times()
        subprocess.run(command, cwd=checkout.elsewhere, env=checkout.environment, check=True, capture_output=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    alone = min(seconds([checkout.venv / "bin" / "python", "-P", "-m", "sim"]) for _ in range(5))
    through = min(seconds([checkout.root / "dev", "sim"]) for _ in range(5))
    assert through - alone < 0.1


def test_two_first_calls_at_once_do_the_work_once(checkout):
    processes = [checkout.start("sim", str(number)) for number in range(2)]
    results = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    assert sum("installing the packages" in err for _, err in results) == 1
    assert [out.split("]")[0] for out, _ in results] == ["['0'", "['1'"]


def test_a_killed_setup_is_taken_over(checkout):
    """SIGKILL leaves the lock and half an environment; the next call takes the lock over and starts again."""
    checkout.program(
        "slow-python", f'case "$*" in *"-m venv"*) mkdir -p "$3"; sleep 60 ;; esac\nexec "{sys.executable}" "$@"\n'
    )
    process = checkout.start("setup", PYTHON=str(checkout.bin / "slow-python"))
    deadline = time.monotonic() + 30
    while not checkout.venv.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (checkout.root / ".venv.lock").exists()
    done = checkout.dev("sim")
    assert done.returncode == 0, done.stderr
    assert not (checkout.root / ".venv.lock").exists()


def test_packages_that_do_not_match_their_hash_are_refused(checkout):
    path = checkout.root / "requirements.lock"
    path.write_text(path.read_text("utf-8").split("sha256:")[0] + "sha256:" + "0" * 64 + "\n", "utf-8")
    done = checkout.dev("sim")
    assert done.returncode == 2
    assert "Call this again" in done.stderr
    assert not (checkout.venv / "stamp").exists()


def test_missing_ensurepip_is_one_line_to_type_for_ordinary_users(checkout):
    checkout.python_without_ensurepip()
    checkout.program("id", "echo 1000\n")
    checkout.program("apt-get", "exit 99\n")
    done = checkout.dev("sim", **checkout.bare_path())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "sudo apt-get install python3-venv"
    assert not (checkout.root / ".venv.lock").exists()


def test_missing_ensurepip_is_installed_for_root(checkout):
    checkout.python_without_ensurepip()
    checkout.program("id", "echo 0\n")
    checkout.program(
        "apt-get", f'echo "$@" >>"{checkout.bin}/log"\ncase "$1" in install) : >"{checkout.bin}/installed" ;; esac\n'
    )
    done = checkout.dev("setup", **checkout.bare_path())
    assert done.returncode == 0, done.stderr
    asked = (checkout.bin / "log").read_text("utf-8").splitlines()
    assert [line.split()[0] for line in asked] == ["update", "install"]
    assert asked[1].endswith(" python3-venv")


def test_no_or_an_old_python_is_said_plainly(checkout):
    environment = checkout.bare_path()
    done = checkout.dev("sim", **environment)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    checkout.program("python3", "exit 1\n")  # says that it is older
    assert "needs Python 3.11 or newer" in checkout.dev("sim", **environment).stderr


def test_a_failing_apt_get_is_shown(checkout):
    checkout.python_without_ensurepip()
    checkout.program("id", "echo 0\n")
    checkout.program("apt-get", "echo 'no such archive'\nexit 100\n")
    done = checkout.dev("setup", **checkout.bare_path())
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such archive" in done.stderr
    assert "could not install python3-venv" in done.stderr
