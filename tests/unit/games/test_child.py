"""Solvers in child processes: the limit, crashes, errors, and that nothing is left behind."""

from __future__ import annotations

import ctypes
import os
import time

import numpy as np
import pytest

from sim.errors import EngineError, ParameterError, UsageError
from sim.games.child import run_limited
from sim.games.normal_form import NormalForm, bimatrix
from sim.games.solve import solve_normal_form

HERE = "tests.unit.games.test_child"


def double(value: float) -> float:
    print("a library that prints")
    os.write(1, b"and one that writes to the descriptor\n")
    return 2.0 * value


def hang(path: str) -> None:
    with open(path, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(60)


def abort() -> None:
    os.write(2, b"double free or corruption (out)\n")
    os.abort()


def segfault() -> None:
    ctypes.string_at(0)


def refuse() -> None:
    raise ParameterError("no such thing", hint="another")


def fail() -> None:
    raise KeyError("a fault of ours")


def test_what_the_function_returns_comes_back_whatever_is_printed():
    assert run_limited(f"{HERE}:double", 21.0) == 42.0


def test_a_solver_that_hangs_is_ended_at_the_limit(tmp_path):
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"the solver did not end within 1\.5 seconds") as caught:
        run_limited(f"{HERE}:hang", str(tmp_path / "pid"), limit=1.5)
    assert time.monotonic() - started < 6.0  # the child would end by itself at 6.5
    assert all(word in caught.value.hint for word in ("fewer strategies", "`--limit`", "another method"))
    if (tmp_path / "pid").exists():  # it may not have come so far
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(("function", "signal"), [("abort", "SIGABRT"), ("segfault", "SIGSEGV")])
def test_a_crash_of_a_library_becomes_an_error(function, signal):
    with pytest.raises(EngineError, match=rf"method 'x' ended without an answer \(signal {signal}\): ") as caught:
        run_limited(f"{HERE}:{function}", what="method 'x'")
    assert "another method" in caught.value.hint
    assert function != "abort" or "double free" in str(caught.value)


def test_an_error_for_people_comes_through_with_its_hint():
    with pytest.raises(ParameterError, match="no such thing") as caught:
        run_limited(f"{HERE}:refuse")
    assert caught.value.hint == "another"


def test_a_fault_of_ours_is_told_with_its_last_words():
    with pytest.raises(
        EngineError, match=r"ended without an answer \(exit code 1\): Traceback .*KeyError: 'a fault of ours'"
    ):
        run_limited(f"{HERE}:fail")


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), float("inf")])
def test_a_senseless_limit_is_refused(limit):
    with pytest.raises(ParameterError, match="limit: expected a positive number of seconds"):
        run_limited(f"{HERE}:double", 1.0, limit=limit)


def test_a_large_game_is_solved_in_a_child_within_the_limit():
    game = bimatrix(*np.random.default_rng(4).integers(0, 1000, (2, 8, 8)))
    found = solve_normal_form(game)
    assert found.is_complete and found.equilibria


def test_a_game_that_takes_too_long_names_method_and_size():
    payoffs = np.random.default_rng(4).integers(0, 9, (3, 4, 4, 3))
    labels = tuple(tuple(str(k) for k in range(n)) for n in (4, 4, 3))
    with pytest.raises(EngineError, match=r"method 'supports' on 4 x 4 x 3 strategies did not end within 0\.1 seconds"):
        solve_normal_form(NormalForm(("A", "B", "C"), labels, payoffs), "supports", limit=0.1)


def test_a_missing_package_is_told_through_the_child():
    try:
        import quantecon  # noqa: F401
    except ImportError:
        with pytest.raises(UsageError, match="needs the package quantecon"):
            solve_normal_form(bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]), "lemke-howson")
    else:
        pytest.skip("quantecon is installed")
