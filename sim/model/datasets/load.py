"""The files of a data set -> a checked `Dataset`, or every fault at once, each at its line and column."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim import resources
from sim.errors import ScenarioError, UsageError
from sim.model.datasets.dataset import Dataset, known_before
from sim.model.datasets.rows import Rows
from sim.model.datasets.spec import REQUIRED, DataColumn, DatasetSpec
from sim.model.diagnostics import Diagnostic, Problems, describe, did_you_mean
from sim.model.reader import MAX_BYTES, Document, read

DESCRIPTION, TABLE, PAGE = ".yaml", ".csv", ".md"


def load_dataset(name: str | os.PathLike[str], before: dt.date | str | None = None) -> Dataset:
    """A data set with every cell checked.

    Parameters
    ----------
    name : str or path
        The name of a shipped data set, or the table or the description of one of your own.
    before : date or ISO text, optional
        Only what was known before this date: later rows are left out, and values that came later are empty.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault of the description, or else of the table.
    UsageError
        There is no such data set.
    ParameterError
        `before` is no date, or nothing was known before it.
    """
    description = description_file(name)
    document = read(description)
    spec = _described(document)
    table = description.with_suffix(TABLE)
    content = _content(table)
    rows = Rows(spec, _text(content, table.as_posix()), table.as_posix()).checked()
    mark = hashlib.sha256(
        "\n".join(document.lines).encode("utf-8", "surrogatepass") + b"\0" + content.replace(b"\r\n", b"\n")
    )
    data = Dataset(spec, rows, spec.covers, mark.hexdigest())
    return data if before is None else known_before(data, before)


def description_file(name: str | os.PathLike[str]) -> Path:
    """The description of the data set that is meant. Raises `UsageError` where there is none."""
    text = os.fspath(name)
    path = Path(text)
    suffix = path.suffix.lower()
    if os.sep in text or "/" in text or suffix in (DESCRIPTION, TABLE):
        if suffix == TABLE and not path.with_suffix(DESCRIPTION).is_file():
            if not path.is_file():
                raise UsageError(
                    f"{text}: there is no such file",
                    hint="check the name and the folder; `sim data` lists the shipped data sets",
                )
            raise UsageError(
                f"{text}: there is no description beside it, {path.with_suffix(DESCRIPTION).name}",
                hint="it says what the columns are; docs/how-to/use-data.md shows one",
            )
        if suffix not in (DESCRIPTION, TABLE):
            raise UsageError(f"{text}: expected the table of a data set (.csv) or its description (.yaml)")
        return path.with_suffix(DESCRIPTION)
    shipped = resources.list_datasets()
    if text not in shipped:
        raise UsageError(
            f"unknown data set '{text}': neither a file nor the name of a shipped one",
            hint=did_you_mean(text, shipped, "shipped data sets"),
        )
    return resources.dataset_path(text)


# Description --------------------------------------------------------------------------------------------------------


def _described(document: Document) -> DatasetSpec:
    problems = Problems(document)
    data = document.data
    if not isinstance(data, dict):
        problems.add(
            (),
            expected="a mapping with the keys of a data set",
            found=describe(data),
            hint="begin with `schema_version: 1`",
        )
        problems.raise_if_any()
    if "actors" in data or "tracks" in data:
        raise _refusal(
            document.name, "this is a scenario, not the description of a data set", "`sim validate` checks it"
        )
    try:
        spec = DatasetSpec.model_validate(data)
    except ValidationError as error:
        from sim.model.structure import report

        report(error, data, problems.add, DatasetSpec)
        problems.raise_if_any()
        raise
    _check_columns(spec, problems)
    problems.raise_if_any()
    return spec


def _check_columns(spec: DatasetSpec, problems: Problems) -> None:
    """The parts of a description fit one another."""
    if not spec.covers[0] < spec.covers[1]:
        problems.add(("covers",), expected="the first date before the second", found=f"{spec.covers[0]}, {spec.covers[1]}",
                     hint="the second is the first day that is no longer covered")  # fmt: skip
    for name, kind in REQUIRED[spec.kind].items():
        if name not in spec.columns:
            problems.add(
                ("columns",), f"{spec.kind} need a column '{name}'", hint=f"add `{name}:` of type {kind}", at_key=True
            )
        elif spec.columns[name].type != kind:
            problems.add(
                ("columns", name, "type"),
                expected=f"the type {kind}, as {spec.kind} have it",
                found=spec.columns[name].type,
            )
    if spec.columns.get(spec.known) is not None and spec.columns[spec.known].may_be_empty:
        problems.add(
            ("columns", spec.known, "may_be_empty"), "this date says since when a row is known, so it cannot be empty"
        )
    for number, name in enumerate(spec.unique):
        if name not in spec.columns:
            problems.add(
                ("unique", number), f"there is no column '{name}'", hint=did_you_mean(name, spec.columns, "columns")
            )
    _check_date(spec, ("order",), spec.order, problems)
    for name, column in spec.columns.items():
        for key in ("known", "not_before"):
            _check_date(spec, ("columns", name, key), getattr(column, key), problems)
        _check_options(("columns", name), column, problems)


def _check_date(spec: DatasetSpec, path: tuple[str, ...], name: str | None, problems: Problems) -> None:
    if name is None:
        return
    dates = [column for column, item in spec.columns.items() if item.type == "date"]
    if name not in spec.columns:
        problems.add(path, f"there is no column '{name}'", hint=did_you_mean(name, dates, "columns of dates"))
    elif name not in dates:
        problems.add(path, expected="a column of dates", found=f"'{name}', which is of type {spec.columns[name].type}")


def _check_options(path: tuple[str, ...], column: DataColumn, problems: Problems) -> None:
    fits = {"values": ("name", "names"), "low": ("number", "count"), "high": ("number", "count"),
            "not_before": ("date",), "planned": ("date",)}  # fmt: skip
    for key, types in fits.items():
        if not any(getattr(column, key) is nothing for nothing in (None, False)) and column.type not in types:
            problems.add((*path, key), f"a column of type {column.type} has no `{key}`",
                         hint=f"it is for {' and '.join(types)}", at_key=True)  # fmt: skip


# Table --------------------------------------------------------------------------------------------------------------


def _refusal(file: str, message: str, hint: str = "", **place: Any) -> ScenarioError:
    return ScenarioError([Diagnostic(message=message, file=file, hint=hint, **place)])


def _content(path: Path) -> bytes:
    name = path.as_posix()
    try:
        if path.is_dir():
            raise _refusal(name, "this is a directory, not a table")
        if path.stat().st_size > MAX_BYTES:
            raise _refusal(
                name, f"the table is larger than {MAX_BYTES / 1e6:g} MB", "is this the table that was meant?"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise _refusal(name, "there is no table beside the description", f"the rows stand in {path.name}") from None
    except OSError as error:
        raise _refusal(name, f"the table cannot be read: {error.strerror or error}") from None


def _text(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise _refusal(name, "this is no text in UTF-8", "save the table as CSV in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(name, f"the table is not in UTF-8: byte 0x{content[error.start]:02x} cannot be read",
                       "save it as UTF-8", line=line) from None  # fmt: skip
