"""Compiled twins of rules and acts: made of their own source, less what only a log wants.

A twin's globals are those of its module, with twins in the place of rules and calls by name in the place of acts.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types as python_types
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from sim.acts.own import own_target
from sim.compiled.bits import substitutes
from sim.compiled.known import load_all
from sim.compiled.types import OWN_TACTIC, call_of, call_own_tactic, signature_of
from sim.rule import ACTS, RULES, TOLD

# No fastmath: it would reassociate sums, and one bit is enough to send a history down another branch.
LONGEST_TUPLE = 8
# Arithmetic that loops are made of, and small rules of many callers: part of whoever calls them.
INLINED = frozenset(
    f"sim.{name}"
    for name in ("arithmetic.exp_within", "arithmetic.exp", "arithmetic.logistic", "rules.choice.binary_logit", "rules.relaxation.relaxed")
)
OPTIONS = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class _Trimmed(ast.NodeTransformer):
    """A function without decorators, annotations, docstring and what is told."""

    def __init__(self, told: set[str]) -> None:
        self.told = told

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        call = node.value
        if isinstance(call, ast.Constant):
            return None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in self.told:
            return None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = []
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        return self._filled(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._filled(node)

    def _filled(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


class Twins:
    """Twins of all rules and acts of this process; compiled as they are asked for."""

    def __init__(self) -> None:
        load_all()
        self.names = sorted(ACTS)
        self.signatures = {name: signature_of(ACTS[name].__annotations__) for name in self.names}
        self._calls = {name: call_of(self.signatures[name], name) for name in self.names}
        self._spaces: dict[str, dict[str, Any]] = {}
        self._modules: dict[str, python_types.ModuleType] = {}
        self._rules: dict[str, Any] = {}
        for name in {function.__module__ for function in (*RULES.values(), *ACTS.values())}:
            self._spaces[name] = dict(sys.modules[name].__dict__)
            self._modules[name] = python_types.ModuleType(name)
        for name, function in RULES.items():
            self._rules[name] = _of_one_signature(
                njit(**OPTIONS, forceinline=name in INLINED)(self._trimmed(function)), function
            )
        self._spaces["sim.arithmetic"].update(substitutes(OPTIONS))
        own = call_own_tactic()
        for name, space in self._spaces.items():
            self._fill(space)
            if space.get("own_target") is own_target:
                space["own_target"] = own
            self._modules[name].__dict__.update(space)

    def _fill(self, space: dict[str, Any]) -> None:
        """Put twins in the place of what a module's functions call."""
        for key, value in list(space.items()):
            if isinstance(value, python_types.FunctionType):
                name = f"{value.__module__}.{value.__qualname__}"
                if name in self._rules:
                    space[key] = self._rules[name]
                elif name in self._calls:
                    space[key] = self._calls[name]
            elif isinstance(value, python_types.ModuleType) and value.__name__ in self._modules:
                space[key] = self._modules[value.__name__]
            elif isinstance(value, tuple) and len(value) > LONGEST_TUPLE:
                space[key] = np.array(value)  # a tuple would be searched by a switch over all places

    def compiled_tactic(self, function: Callable[..., float]) -> Any:
        """What numba makes of a tactic of the user's own; rules that it calls are the twins."""
        space = dict(function.__globals__)
        self._fill(space)
        twin = python_types.FunctionType(function.__code__, space, function.__name__, function.__defaults__)
        twin.__module__, twin.__qualname__ = function.__module__, function.__qualname__
        options = {**OPTIONS, "error_model": "python"}  # a division by zero is an error here as it is there
        return njit(OWN_TACTIC, **options)(twin).overloads[OWN_TACTIC.args]

    def _trimmed(self, function: Callable[..., object]) -> Callable[..., object]:
        """The function compiled anew from its trimmed source, with the twin namespace as its globals."""
        module = function.__module__
        definitions = _definitions(module)
        node = definitions[function.__qualname__]
        told = {name.rpartition(".")[2] for name in TOLD}
        tree = ast.Module([_Trimmed(told).visit(node)], type_ignores=[])
        code = compile(ast.fix_missing_locations(tree), inspect.getfile(function), "exec", dont_inherit=True)
        space = self._spaces[module]
        scope: dict[str, Any] = {}
        exec(code, space, scope)
        twin = scope[function.__name__]
        twin.__module__ = module
        twin.__qualname__ = function.__qualname__
        return twin

    def compiled(self, name: str) -> Any:
        """What numba makes of an act."""
        dispatcher = njit(self.signatures[name], **OPTIONS)(self._trimmed(ACTS[name]))
        return dispatcher.overloads[self.signatures[name].args]


def _of_one_signature(dispatcher: Any, function: Callable[..., object]) -> Any:
    """The dispatcher, compiled at its first use for its annotated types: not anew for every constant it is called with."""
    signature = signature_of(function.__annotations__)
    template = dispatcher.get_call_template

    def get_call_template(args: Any, keywords: Any) -> Any:
        if not dispatcher.overloads:
            dispatcher.compile(signature)
            dispatcher.disable_compile()
        return template(args, keywords)

    dispatcher.get_call_template = get_call_template
    return dispatcher


@cache
def _definitions(module: str) -> dict[str, ast.FunctionDef]:
    """The functions of a module's source, by name."""
    source = inspect.getsource(sys.modules[module])
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


@cache
def twins() -> Twins:
    """The twins of this process."""
    return Twins()
