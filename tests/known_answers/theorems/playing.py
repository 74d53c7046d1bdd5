"""Points of a theorem's parameters drawn with a fixed seed, and a player of its strategies, which are texts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from statistics import NormalDist
from types import CodeType

import numpy as np

from sim.games.theorems.theorem import Theorem

FUNCTIONS: dict[str, Callable[..., object]] = {
    "min": min, "max": max, "abs": abs, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "power": math.pow,
    "logistic": lambda x: 1.0 / (1.0 + math.exp(-x)), "normal_cdf": NormalDist().cdf, "normal_quantile": NormalDist().inv_cdf,
    "if_": lambda condition, yes, no: yes if condition else no,
}  # fmt: skip
NAMESPACES = ("type", "move", "belief", "solution")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")
WORDS = {"and", "or", "not", "true", "false", "if"}


def points(seed: int, count: int, **ranges: tuple[float, float]) -> list[dict[str, float]]:
    """Points drawn uniformly from a box; whole numbers where both ends of a range are ``int``, ends included."""
    generator = np.random.default_rng(seed)

    def drawn(low: float, high: float) -> float:
        whole = isinstance(low, int) and isinstance(high, int)
        return int(generator.integers(low, high + 1)) if whole else float(generator.uniform(low, high))

    return [{name: drawn(*ends) for name, ends in ranges.items()} for _ in range(count)]


def names(expression: str) -> set[str]:
    """Whatever is named in an expression, functions included."""
    return set(NAME.findall(expression)) - WORDS


@lru_cache
def compiled(expression: str) -> CodeType:
    """Python code of an expression: the few words that differ are exchanged. ``if`` computes both of its branches."""
    text = re.sub(r"\bif\(", "if_(", expression)
    text = re.sub(rf"\b({'|'.join(NAMESPACES)})\.(\w+)", r"\1['\2']", text)
    return compile(text, "<strategy>", "eval")


class Play:
    """The strategies of a theorem at one point."""

    def __init__(self, theorem: Theorem, numbers: Mapping[str, float]):
        self.theorem = theorem
        self.solution = theorem.solve(**numbers)
        self.known = {
            **FUNCTIONS,
            "true": True,
            "false": False,
            **theorem.checked(numbers),
            "solution": self.solution.values,
        }

    def __call__(self, name: str, /, *, uniform: float = 0.5, round: int = 1, **spaces: Mapping[str, float]):
        """What a move is; ``type``, ``move`` and ``belief`` as mappings."""
        given = {"type": {}, "move": {}, "belief": {}} | spaces
        return eval(
            compiled(self.theorem.strategies[name]),
            {"__builtins__": {}},
            self.known | given | {"uniform": uniform, "round": round},
        )

    def __getitem__(self, output: str) -> float:
        return self.solution.values[output]
