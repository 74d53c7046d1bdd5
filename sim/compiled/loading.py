"""Object code of acts brought into this process; needs llvmlite alone, so that a cached start does not wait for numba."""

from __future__ import annotations

import ctypes
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm


class _Result(threading.local):
    """Where an act writes its result: made once for each thread, which takes longer than most acts."""

    def __init__(self, kind: Any) -> None:
        self.found = kind()
        self.address = ctypes.addressof(self.found)


class Acts:
    """Acts as machine code: addresses by name, and calls with numbers.

    The calling convention is numba's: a status is returned, the result goes where the first argument points.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2, jit=True
        )
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        symbols: dict[str, str] = {}
        for file in files:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(file.read_bytes()))
            symbols.update(json.loads(file.with_suffix(".json").read_text(encoding="utf-8")))
        self._engine.finalize_object()
        self._unread = ctypes.c_void_p()  # where the convention wants an address and nobody reads what is written there
        self.addresses = {name: self._engine.get_function_address(symbol) for name, symbol in symbols.items()}

    def function(self, name: str, *arguments: Any, result: Any = None) -> Any:
        """An act as a Python function of two addresses and numbers; arguments and result as ctypes."""
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, *arguments
        )
        call = kind(self.addresses[name])
        nowhere = ctypes.addressof(self._unread)

        def act(world: int, tables: int, *numbers: Any) -> None:
            code = call(nowhere, nowhere, world, tables, *numbers)
            if code not in (0, -2):  # all right, or nothing returned
                raise RuntimeError(f"{name}: compiled code stopped with code {code}")

        if result is None:
            return act
        own = _Result(result)

        def asked(world: int, tables: int, *numbers: Any) -> Any:
            code = call(own.address, nowhere, world, tables, *numbers)
            if code not in (0, -2):
                raise RuntimeError(f"{name}: compiled code stopped with code {code}")
            return own.found.value

        return asked
