"""The types of compiled code: records, and the lists in them.

A record is a pointer to words, with attributes for numbers and lists; a list is an address and a length. Places of lists
never move while compiled code runs, tables are never written to, and floats, whole numbers and the words of records never
share memory: the code says so to the optimiser, which otherwise would read everything again after each write.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_builtin, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import intrinsic, models, register_model

from sim.compiled.memory import TABLE, WORLD, Layout

_WORD = ir.IntType(64)
_DOUBLE = ir.DoubleType()


class List(types.Type):
    """A list of floats or of whole numbers in memory that Python owns.

    Acts are trusted: their places count from 0 and are not checked. Where they are, places are Python's: from the end if
    below 0, and an IndexError outside; such a list is not written to.
    """

    def __init__(self, name: str, element: types.Type, checked: bool = False) -> None:
        self.element = element
        self.checked = checked
        self.memory = name  # with which other lists it may share memory
        super().__init__(name=f"Checked{name}" if checked else name)

    @property
    def mangling_args(self) -> tuple[str, tuple]:
        return self.name, ()


class Record(types.Type):
    """A record with the fields of a layout."""

    def __init__(self, layout: Layout, fixed: bool) -> None:
        self.place = layout.place
        self.fixed = fixed  # whether its numbers never change while compiled code runs
        super().__init__(name=layout.name)

    @property
    def mangling_args(self) -> tuple[str, tuple]:
        return self.name, ()


FLOATS = List("Floats", types.float64)
INTS = List("Ints", types.int64)
CHECKED_FLOATS = List("Floats", types.float64, checked=True)
_KINDS = {"f": types.float64, "i": types.int64, "f[]": FLOATS, "i[]": INTS}
world = Record(WORLD, fixed=False)
tables = Record(TABLE, fixed=True)


@register_model(Record)
class _RecordModel(models.PrimitiveModel):
    def __init__(self, manager: Any, record: Record) -> None:
        super().__init__(manager, record, _WORD.as_pointer())


@register_model(List)
class _ListModel(models.StructModel):
    def __init__(self, manager: Any, kind: List) -> None:
        super().__init__(manager, kind, [("data", types.CPointer(kind.element)), ("size", types.intp)])


# What may share memory with what


def _tagged(builder: Any, access: Any, what: str) -> Any:
    """A read or write of one of three kinds of memory: floats, whole numbers, words of records."""
    module = builder.module
    root = module.add_metadata(["memory of a simulation"])
    kind = module.add_metadata([what, root, ir.Constant(_WORD, 0)])
    access.set_metadata("tbaa", module.add_metadata([kind, kind, ir.Constant(_WORD, 0)]))
    return access


def _fixed(builder: Any, read: Any) -> Any:
    """A read of what never changes while compiled code runs."""
    read.set_metadata("invariant.load", builder.module.add_metadata([]))
    return read


# Attributes of records


@infer_getattr
class _Attributes(AttributeTemplate):
    key = Record

    def generic_resolve(self, record: Record, name: str) -> types.Type | None:
        return _KINDS[record.place[name][1]] if name in record.place else None


def _pointer(builder: Any, record: Any, at: int) -> Any:
    return builder.gep(record, [ir.Constant(_WORD, at)])


@lower_getattr_generic(Record)
def _get(context: Any, builder: Any, record: Record, value: Any, name: str) -> Any:
    at, kind = record.place[name]
    pointer = _pointer(builder, value, at)
    if kind in ("f", "i"):
        if kind == "f":
            pointer = builder.bitcast(pointer, _DOUBLE.as_pointer())
        number = _tagged(builder, builder.load(pointer), "words")
        return _fixed(builder, number) if record.fixed else number
    element = context.get_data_type(_KINDS[kind].element)
    address = _fixed(builder, builder.load(pointer))
    size = _fixed(builder, builder.load(_pointer(builder, value, at + 1)))
    return cgutils.pack_struct(builder, [builder.inttoptr(address, element.as_pointer()), size])


@lower_setattr_generic(Record)
def _set(context: Any, builder: Any, sig: Any, args: Any, name: str) -> None:
    record, given = sig.args
    value, new = args
    at, kind = record.place[name]
    pointer = _pointer(builder, value, at)
    if kind == "f":
        pointer = builder.bitcast(pointer, _DOUBLE.as_pointer())
    _tagged(builder, builder.store(context.cast(builder, new, given, _KINDS[kind]), pointer), "words")


# Items of lists


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, keywords: Any) -> Any:
        kind, place = args
        if isinstance(kind, List) and isinstance(place, types.Integer):
            return signature(kind.element, kind, types.int64)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, keywords: Any) -> Any:
        kind, place, _ = args
        if isinstance(kind, List) and not kind.checked and isinstance(place, types.Integer):
            return signature(types.none, kind, types.int64, kind.element)
        return None


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args: Any, keywords: Any) -> Any:
        return signature(types.intp, args[0]) if isinstance(args[0], List) else None


def _item(builder: Any, values: Any, place: Any) -> Any:
    return builder.gep(builder.extract_value(values, 0), [place], inbounds=True)


@lower_builtin(operator.getitem, List, types.int64)
def _get_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    values, place = args
    if sig.args[0].checked:
        place = _checked(context, builder, values, place)
    return _tagged(builder, builder.load(_item(builder, values, place)), sig.args[0].memory)


def _checked(context: Any, builder: Any, values: Any, place: Any) -> Any:
    """A place of a list as Python counts it; an error is returned where there is none."""
    size = builder.extract_value(values, 1)
    below = builder.icmp_signed("<", place, ir.Constant(_WORD, 0))
    place = builder.select(below, builder.add(place, size), place)
    with cgutils.if_unlikely(builder, builder.icmp_unsigned(">=", place, size)):
        context.call_conv.return_user_exc(builder, IndexError, ("list index out of range",))
    return place


@lower_builtin(operator.setitem, List, types.int64, types.Any)
def _set_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    values, place, new = args
    _tagged(builder, builder.store(new, _item(builder, values, place)), sig.args[0].memory)
    return context.get_dummy_value()


@lower_builtin(len, List)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.extract_value(args[0], 1)


_ANNOTATIONS = {
    "World": world, "Tables": tables, "int": types.int64, "float": types.float64, "bool": types.boolean,
    "Floats": FLOATS, "Ints": INTS, "None": types.none, "tuple[float, float]": types.UniTuple(types.float64, 2),
    "tuple[int, int, int, int]": types.UniTuple(types.int64, 4), "tuple[float, int]": types.Tuple((types.float64, types.int64)),
    "Sequence[float]": FLOATS, "MutableSequence[float]": FLOATS, "list[float]": FLOATS, "Sequence[int]": INTS,
    "MutableSequence[int]": INTS,
}  # fmt: skip


def signature_of(annotations: dict[str, str]) -> Any:
    """The compiled signature that a function's annotations amount to."""
    return _ANNOTATIONS[annotations["return"]](
        *(_ANNOTATIONS[text] for name, text in annotations.items() if name != "return")
    )


def call_of(signature: Any, name: str) -> Any:
    """A function that calls the act of that name, which may be compiled before or after, or stand in another object file.

    Calls by name keep acts apart for numba, which would compile whatever a function calls before it; the linker puts
    them together.
    """

    def codegen(context: Any, builder: Any, given: Any, args: Any) -> Any:
        kind = context.call_conv.get_function_type(signature.return_type, signature.args)
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        code, result = context.call_conv.call_function(
            builder, function, signature.return_type, signature.args, args
        )
        with cgutils.if_unlikely(builder, code.is_error):
            context.call_conv.return_status_propagate(builder, code)
        return result

    return _intrinsic(signature, codegen)


def _intrinsic(signature: Any, codegen: Any) -> Any:
    """An intrinsic of one signature; numba counts the arguments of the function that says so."""
    names = ", ".join(f"a{n}" for n in range(len(signature.args)))
    scope: dict[str, Any] = {"signature": signature, "codegen": codegen}
    exec(f"def call(context, {names}):\n    return signature, codegen\n", scope)
    return intrinsic(scope["call"])


_NUMBER = types.float64
# elapsed, period, beta, low, high, last, received, count, stress: see `sim.own_tactics`
OWN_TACTIC = _NUMBER(*[_NUMBER] * 6, CHECKED_FLOATS, types.int64, _NUMBER)


def call_own_tactic() -> Any:
    """What stands in the place of `sim.acts.own.own_target`: a call of a tactic by its address in the tables."""
    place = TABLE.place["own_tactics"][0]
    given_by_acts = [FLOATS if kind is CHECKED_FLOATS else kind for kind in OWN_TACTIC.args]
    signature = _NUMBER(tables, types.int64, *given_by_acts)

    def codegen(context: Any, builder: Any, given: Any, args: Any) -> Any:
        kind = context.call_conv.get_function_type(OWN_TACTIC.return_type, OWN_TACTIC.args)
        listed = builder.inttoptr(_fixed(builder, builder.load(_pointer(builder, args[0], place))), _WORD.as_pointer())
        function = builder.inttoptr(_fixed(builder, builder.load(builder.gep(listed, [args[1]]))), kind.as_pointer())
        code, result = context.call_conv.call_function(
            builder, function, OWN_TACTIC.return_type, OWN_TACTIC.args, args[2:]
        )
        with cgutils.if_unlikely(builder, code.is_error):
            context.call_conv.return_status_propagate(builder, code)
        return result

    return _intrinsic(signature, codegen)
