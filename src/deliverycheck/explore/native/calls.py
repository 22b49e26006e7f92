"""What numba has no word for: calls of machine code by its address, and prefetching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir as _ir  # pyright: ignore[reportMissingTypeStubs] # it has none
from numba import types
from numba.core import cgutils as _cgutils
from numba.extending import intrinsic
from numba.np import arrayobj as _arrayobj
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Codes = NDArray[np.uint16]
Flags = NDArray[np.uint8]

# They have no types.
ir: Any = _ir
cgutils: Any = _cgutils
arrayobj: Any = _arrayobj

POINTER = ir.IntType(8).as_pointer()


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    """A pointer to an entry of a flat array."""
    data = arrayobj.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), POINTER)


@intrinsic
def _call_successors(
    _: Any, address: Any, s: Any, s_at: Any, t: Any, t_at: Any, a: Any, a_at: Any, hits: Any
) -> Any:
    """The function at `address`, as `functions` describes it."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        places = [
            _place(context, builder, kinds[1], args[1], args[2]),
            _place(context, builder, kinds[3], args[3], args[4]),
            _place(context, builder, kinds[5], args[5], args[6]),
            _place(context, builder, kinds[7], args[7], cgutils.intp_t(0)),
        ]
        kind = ir.FunctionType(ir.IntType(64), [POINTER] * 4)
        function = builder.inttoptr(args[0], kind.as_pointer())
        return builder.call(function, places)

    return types.int64(address, s, s_at, t, t_at, a, a_at, hits), generate


@intrinsic
def _call_two(_: Any, address: Any, s: Any, s_at: Any, t: Any, t_at: Any) -> Any:
    """A function of two places; what it returns, if anything, is an integer."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        places = [
            _place(context, builder, kinds[1], args[1], args[2]),
            _place(context, builder, kinds[3], args[3], args[4]),
        ]
        kind = ir.FunctionType(ir.IntType(64), [POINTER] * 2)
        function = builder.inttoptr(args[0], kind.as_pointer())
        return builder.call(function, places)

    return types.int64(address, s, s_at, t, t_at), generate


@intrinsic
def _call_one(_: Any, address: Any, s: Any, s_at: Any) -> Any:
    """A function of one place."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[1], args[1], args[2])
        kind = ir.FunctionType(ir.IntType(64), [POINTER])
        return builder.call(builder.inttoptr(args[0], kind.as_pointer()), [place])

    return types.int64(address, s, s_at), generate


@intrinsic
def _prefetch(_: Any, array: Any, at: Any) -> Any:
    """Ask the processor for an entry of a flat array before it is needed."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [POINTER, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(function, [place, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.none(array, at), generate


@intrinsic
def _at_least_0(_: Any, number: Any) -> Any:
    """The number itself, of which the compiler now knows that it is not negative."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        holds = builder.icmp_signed(">=", args[0], args[0].type(0))
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(1)])
        assume = cgutils.get_or_insert_function(builder.module, kind, "llvm.assume")
        builder.call(assume, [holds])
        return args[0]

    return number(number), generate


call_successors = cast(
    "Callable[[int, Words, int, Words, int, Codes, int, Flags], int]", _call_successors
)
"""Successors of the state at a place, written to other places: see `functions`."""

call_marks = cast("Callable[[int, Words, int, Words, int], int]", _call_two)
call_withheld = cast("Callable[[int, Words, int, Codes, int], int]", _call_two)
call_one = cast("Callable[[int, Words, int], int]", _call_one)
prefetch = cast("Callable[[Words, int], None]", _prefetch)

at_least_0 = cast("Callable[[int], int]", _at_least_0)
"""A number that is not negative: as an index it needs no test whether it counts from the end."""
