"""`math.ldexp` and `math.frexp` on the bits of a double, where house arithmetic uses them: no call into a C library.

A call would cost more than the exponential around it, and keep loops from being done several numbers at a time. Both are
exact for what they are asked: ldexp for normal results of normal numbers, frexp for any positive finite number.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_SMALLEST_NORMAL = 2.2250738585072014e-308
_TWO_TO_54 = 18014398509481984.0


@intrinsic
def _as_bits(typing_context: Any, x: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def _as_double(typing_context: Any, bits: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


def ldexp(x: float, k: int) -> float:
    """``x * 2**k`` for k from -1022 to 1023."""
    return x * _as_double((k + 1023) << 52)


def frexp(x: float) -> tuple[float, int]:
    """The fraction in [1/2, 1) and the exponent of a positive finite number."""
    shift = 1022
    if x < _SMALLEST_NORMAL:
        x = x * _TWO_TO_54
        shift = 1076
    bits = _as_bits(x)
    return _as_double((bits & 0xFFFFFFFFFFFFF) | 0x3FE0000000000000), (bits >> 52) - shift


def substitutes(options: dict[str, Any]) -> dict[str, Any]:
    """What stands in the place of which name of `sim.arithmetic`, compiled with the given options."""
    return {"ldexp": njit(**options)(ldexp), "frexp": njit(**options)(frexp)}
