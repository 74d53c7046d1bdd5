"""The command on data sets: data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Json

if TYPE_CHECKING:
    from sim.model.datasets.dataset import Dataset


SHORTEST_TITLE = 20  # columns that a title wants beside the name of its data set


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("data")(data)


def data(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="A shipped data set, or the table of one of your own.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what was known before this date, as in 2018-03-09.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="COLUMN=VALUE", help="Only rows with this value; may be given again."),
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Print the rows as CSV.")] = False,
    page: Annotated[bool, typer.Option("--page", help="Print its page: source, licence, coding rule, doubts.")] = False,
    json: Json = False,
) -> None:
    """List the shipped data sets, or check and show one: what it has, where it comes from, what was known before a date."""
    from sim.errors import UsageError

    if name is None:
        if before is not None or where or rows or page:
            raise UsageError(
                "which data set? --before, --where, --rows and --page are for one", hint="`sim data` lists them"
            )
        _list(json)
        return
    if page:
        if before is not None or where or rows or json:
            raise UsageError("--page prints a text for people and goes with no other option")
        console.put_data(_page(name))
        return
    from sim.model.datasets.load import load_dataset

    found = load_dataset(name, before).where(where or ())
    if json:
        console.put_json(_as_json(found))
    elif rows:
        console.put_data(_as_csv(found))
    else:
        _show(found)


def _list(json: bool) -> None:
    from sim import resources
    from sim.cli.layout import clipped
    from sim.model.datasets.load import load_dataset

    found = [load_dataset(name) for name in resources.list_datasets()]
    if json:
        console.put_json({"schema": 1, "data_sets": [_facts(item) for item in found]})
        return
    longest = max(len(item.name) for item in found)
    blocks, width = console.has_blocks(), console.width()
    for item in found:
        facts = f"{item.name:<{longest}}  {len(item.rows):>4} {item.spec.kind:<9}  "
        is_wide = width - len(facts) >= SHORTEST_TITLE
        room = width - len(facts) if is_wide else width - 2
        console.put(
            f"{facts if is_wide else facts.rstrip() + chr(10) + '  '}{clipped(item.spec.title, room, blocks)}\n"
        )
    console.say(console.to_type("`sim data NAME` shows one, `sim data NAME --page` says where it comes from"))


def _page(name: str) -> str:
    from sim.errors import UsageError
    from sim.model.datasets.load import PAGE, description_file

    path = description_file(name).with_suffix(PAGE)
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"{path.as_posix()}: there is no page beside the data", hint="data/README.md says what belongs on one"
        ) from None


def _facts(found: Dataset) -> dict[str, Any]:
    spec = found.spec
    return {
        "name": found.name, "title": spec.title, "kind": spec.kind, "num_rows": len(found.rows), "licence": spec.licence,
        "credit": spec.credit or "", "covers": [str(date) for date in found.covers],
        "before": None if found.before is None else str(found.before), "hash": found.hash,
    }  # fmt: skip


def _as_json(found: Dataset) -> dict[str, Any]:
    columns = {name: {"type": item.type, "description": item.description} for name, item in found.spec.columns.items()}
    sources = {name: item.model_dump(exclude_none=True) for name, item in found.spec.sources.items()}
    rows = [{name: _plain(value) for name, value in row.items()} for row in found.rows]
    return {"schema": 1, **_facts(found), "columns": columns, "sources": sources, "rows": rows}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _as_csv(found: Dataset) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(found.spec.columns)
    for row in found.rows:
        writer.writerow(
            ["" if value is None else ";".join(value) if isinstance(value, tuple) else value for value in row.values()]
        )
    return text.getvalue()


def _show(found: Dataset) -> None:
    from rich.text import Text

    from sim.cli.layout import paragraph

    width, spec = console.width(), found.spec
    lines = [Text(line, style="bold") for line in paragraph(spec.title, width)]
    lines += [Text(line) for line in paragraph(spec.description, width)] + [Text()]
    facts = [("rows", f"{len(found.rows)} {spec.kind}"), ("covers", f"{found.covers[0]} to before {found.covers[1]}")]
    if found.before is not None:
        facts.append(("known", f"before {found.before}; later rows are left out, values that came later are empty"))
    facts.append(("licence", spec.licence))
    if spec.credit:
        facts.append(("credit", spec.credit))
    facts.append(("hash", found.hash[:16]))
    for name, text in facts:
        lines += [Text(line) for line in paragraph(text, width, f"{name:<9}", " " * 9)]
    lines += [Text(), Text("Columns", style="bold")]
    for name, column in spec.columns.items():
        told = f"{column.description}" + (f" ({', '.join(column.values)})" if column.values else "")
        lines += [Text(line) for line in paragraph(told, width, f"  {name}: ", "    ")]
    lines += [Text(), Text("Sources", style="bold")]
    for name, source in spec.sources.items():
        told = ". ".join(part.rstrip(".") for part in (source.title, source.author, source.reference) if part)
        lines += [Text(line) for line in paragraph(told, width, f"  {name}: ", "    ")]
    console.put_lines(lines)
