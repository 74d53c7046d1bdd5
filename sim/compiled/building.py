"""Acts compiled into object code: frontends one by one, then one module that is optimised once.

numba would link and optimise each function with everything that it calls, and that again with its callers; here each is
lowered once. Runs in processes of its own, since it changes how numba stores what it compiles.
"""

from __future__ import annotations

import gc
import inspect
import json
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from numba import _dynfunc
from numba.core import codegen as numba_codegen
from numba.core.funcdesc import default_mangler
from numba.core.registry import cpu_target

from sim.compiled.twins import twins
from sim.rule import ACTS

# Functions of the C library that numba calls for those of `math`, and those that copy memory.
MATHEMATICS = frozenset((*dir(math), "memcpy", "memmove", "memset"))

# Modules of the acts that happen at every event.
AT_EVERY_EVENT = (
    "sim.compiled.entry", "sim.acts.arrivals", "sim.acts.beliefs", "sim.acts.draws", "sim.acts.happenings", "sim.acts.loop",
    "sim.acts.pulse", "sim.acts.quantities", "sim.acts.readings", "sim.acts.slow", "sim.acts.updating",
)  # fmt: skip


class _Collected(numba_codegen.CPUCodeLibrary):
    """A function's code as it was lowered: nothing is linked to it, optimised or turned into machine code."""

    def add_ir_module(self, ir_module: Any) -> None:
        module = llvm.parse_assembly(numba_codegen.cgutils.normalize_ir_text(str(ir_module)))
        module.name = ir_module.name
        self._final_module.link_in(module)

    def add_linking_library(self, library: Any) -> None:
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        self._finalized = True

    @property
    def module(self) -> Any:
        """The code."""
        return self._final_module


def _not_called(library: Any, description: Any, environment: Any) -> Any:
    """Something to know a compiled function by where Python could call it; nobody does."""
    return _dynfunc.make_function(description.lookup_module(), description.qualname, "", id(library), environment, (library,))


def _named(name: str, *arguments: Any, **more: Any) -> str:
    """The symbol of a function: an act's is its name, so that others can call it; a rule's is numba's."""
    return name if name in ACTS else default_mangler(name, *arguments, **more)


def compile_acts(names: Sequence[str], target: Path) -> None:
    """Compile some acts, and the rules that they call, into an object file with its list of symbols (``.json``)."""
    generator = _prepared()
    _write(generator, {name: twins().compiled(name) for name in names}, target)


def compile_tactic(name: str, target: Path) -> None:
    """Compile a tactic that a package registers, likewise."""
    from sim.own_tactics import function_of

    generator = _prepared()
    _write(generator, {name: twins().compiled_tactic(function_of(name))}, target, trusted=False)


def _prepared() -> Any:
    """numba's code generator, made to collect."""
    gc.disable()  # nearly all of what a compiler makes lives until its end
    context = cpu_target.target_context
    generator = context.codegen()
    generator._library_class = _Collected
    context.get_executable = _not_called
    context.mangler = _named
    return generator


def _write(generator: Any, made: dict[str, Any], target: Path, trusted: bool = True) -> None:
    """Link what has been made, optimise it and write it down; what is not trusted may call nothing but mathematics."""
    symbols = {name: compiled.fndesc.llvm_func_name for name, compiled in made.items()}
    whole = _linked(generator, [compiled.library for compiled in made.values()], set(symbols.values()))
    machine = _machine()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = True
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(whole, builder)  # once: what numba runs before serves reference counts only
    whole.verify()
    called = [] if trusted else _called_outside(whole)
    if called:
        raise TypeError(
            f"lists, dictionaries, texts, print and the like do not compile: they need Python's memory ({', '.join(called)})"
        )
    target.write_bytes(machine.emit_object(whole))
    target.with_suffix(".json").write_text(json.dumps(symbols), encoding="utf-8")


def _called_outside(module: Any) -> list[str]:
    """Functions that code calls and that whoever loads it does not have: all but the C library's mathematics."""
    text = str(module)
    declared = [function.name for function in module.functions if function.is_declaration]
    used = [name for name in declared if len(re.findall(rf'@"?{re.escape(name)}"?\(', text)) > 1]  # once is its declaration
    return sorted(name for name in used if not name.startswith("llvm.") and name not in MATHEMATICS)


def _machine() -> llvm.TargetMachine:
    """The processor of this machine, as far as it makes acts faster.

    AVX-512 makes histories a few percent slower (loops are short, and gathers dear), and numba's model of code that may
    lie anywhere in memory costs an instruction a constant.
    """
    wanted = {name: on and not name.startswith("avx512") for name, on in llvm.get_host_cpu_features().items()}
    features = ",".join(f"{'+' if on else '-'}{name}" for name, on in sorted(wanted.items()))
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3, reloc="pic", codemodel="small", jit=True
    )


def _linked(generator: Any, libraries: list[Any], exported: set[str]) -> Any:
    """All code that the libraries need in one module; only acts can be seen from outside."""
    whole = llvm.parse_assembly(str(generator._create_empty_module("acts")))
    waiting, seen = list(libraries), set()
    while waiting:
        library = waiting.pop()
        if id(library) in seen:
            continue
        seen.add(id(library))
        waiting += library._linking_libraries
        code = library.module if isinstance(library, _Collected) else library._get_module_for_linking()
        whole.link_in(code, preserve=True)
    for function in whole.functions:
        if not function.is_declaration and function.name not in exported:
            function.linkage = "internal"
    return whole


def share(names: Sequence[str], part: int, parts: int) -> list[str]:
    """The acts that one of several processes compiles.

    Modules are kept together, since their acts share rules, and so is what happens at every event, since a call between
    two object files costs time.
    """
    shares: list[list[str]] = [[] for _ in range(parts)]
    modules: dict[str, list[str]] = {}
    for name in names:
        modules.setdefault(name.rpartition(".")[0], []).append(name)
    for module in AT_EVERY_EVENT:
        shares[0].extend(modules.pop(module, []))
    for module in sorted(modules, key=lambda name: (-_weight(modules[name]), name)):
        min(shares, key=_weight).extend(modules[module])
    return shares[part]


def _weight(names: Sequence[str]) -> int:
    """About how much there is to compile: lines of source."""
    return sum(len(inspect.getsource(ACTS[name]).splitlines()) for name in names)


def main() -> None:
    """Compile one part of several into a folder: ``python -m sim.compiled.building PART PARTS FOLDER``.

    With ``--tactic NAME FILE`` a tactic that a package registers.
    """
    if sys.argv[1] == "--tactic":
        compile_tactic(sys.argv[2], Path(sys.argv[3]))
        return
    part, parts, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    compile_acts(share(twins().names, part, parts), folder / f"acts-{part}.o")


if __name__ == "__main__":
    main()
