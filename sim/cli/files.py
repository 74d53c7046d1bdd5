"""Commands on scenario files: list, new, validate, complete, explain, schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Changes, Json, Policy, Scenario, Variant, scenario_file

if TYPE_CHECKING:
    from sim.errors import SimError
    from sim.model.explain import Entry
    from sim.model.kinds import Kind
    from sim.model.reader import Document


SHELVES = {"theory/": "Models of theory", "history/": "Cases of the back-test"}  # how names begin, and what they are


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("list")(list_scenarios)
    app.command("new")(new)
    app.command("validate")(validate)
    app.command("complete")(complete)
    app.command("explain")(explain)
    app.command("schema")(schema)


def list_scenarios(
    every: Annotated[bool, typer.Option("--all", help="Name the variants of the models under theory/ too.")] = False,
    json: Json = False,
) -> None:
    """Name what is shipped: scenarios with variants and policies, models, cases, conflicts and spatial tables, one a line."""
    from sim.model.diagnostics import visible
    from sim.model.kinds import CONFLICT, SCENARIO, TABLE

    scenarios = [{**_titled(one), **_changes_of(one)} for one in _shipped(SCENARIO)]
    conflicts, tables = ([_titled(one) for one in _shipped(kind)] for kind in (CONFLICT, TABLE))
    if json:
        console.put_json({"schema": 1, "scenarios": scenarios, "conflicts": conflicts, "tables": tables})
        return
    for entry in scenarios:
        if not entry["name"].startswith(tuple(SHELVES)):
            console.put(f"{entry['name']}: {visible(entry['title'])}\n")
            _put_changes(entry)
    for shelf, heading in SHELVES.items():
        _put_group(heading, "run", [entry for entry in scenarios if entry["name"].startswith(shelf)], every)
    _put_group("Conflicts in option form", "stability", conflicts)
    _put_group("Spatial tables", "spatial", tables)


def _shipped(kind: Kind) -> list[tuple[str, dict[str, Any]]]:
    """Names and data of the shipped files of a kind."""
    from sim.model.reader import read

    return [(name, read(kind.path(name)).data) for name in kind.names()]


def _titled(named: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    name, data = named
    return {"name": name, "title": str(data.get("title", "")), "question": " ".join(str(data.get("question", "")).split())}


def _changes_of(named: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {key: list(named[1].get(key) or ()) for key in ("variants", "policies")}


def _put_group(heading: str, command: str, entries: list[dict[str, Any]], changes: bool = False) -> None:
    """Files that a command takes, one a line."""
    from sim.cli.layout import clipped

    if not entries:
        return
    console.put(f"\n{heading}, named as in `{console.program()} {command} {entries[0]['name']}`:\n")
    names = [entry["name"].rpartition("/")[2] for entry in entries]
    longest = max(map(len, names))
    for name, entry in zip(names, entries, strict=True):
        console.put(f"  {name:<{longest}}  {clipped(entry['title'], max(12, console.width() - longest - 4))}\n")
        if changes:
            _put_changes(entry)


def _put_changes(entry: dict[str, Any]) -> None:
    """Variants and policies of a scenario."""
    from sim.cli.layout import paragraph

    for key in ("variants", "policies"):
        if entry[key]:
            lines = paragraph(", ".join(entry[key]), console.width(), f"  {key}: ", " " * 12)
            console.put("\n".join(lines) + "\n")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario; the file is NAME.yaml.")],
    title: Annotated[str | None, typer.Option(help="Title for readers.")] = None,
) -> None:
    """Write a commented scenario to begin with, which runs as it is."""
    from sim.errors import UsageError
    from sim.model.starter import starter_text

    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if not re.fullmatch(r"[a-z][a-z0-9._-]{0,59}", stem):
        raise UsageError(
            f"'{name}': expected at most 60 lower-case letters, digits, dots and dashes, with a letter first",
            hint="for example `sim new border-crisis`",
        )
    path = Path(f"{stem}.yaml")
    text = starter_text(stem, title)
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path}: exists already, and nothing is overwritten", hint="choose another name") from None
    console.put(f"{path}\n")
    console.say(console.to_type(f"`sim run {path}` plays it, `sim validate {path}` checks what you change"))


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenarios, conflicts and spatial tables: files, or names of shipped ones.")
    ],
    json: Json = False,
) -> None:
    """Check files of scenarios, conflicts and spatial tables; every fault is shown at its place."""
    from sim.errors import SimError

    reports, failures = [], []
    for file in files:
        try:
            reports.append(_checked(file, remarks=not json))
            if not json:
                console.put(f"{file}: valid, {reports[-1]['id']}, {reports[-1]['hash']}\n")
        except SimError as error:
            failures.append(error)
            reports.append({"file": file, "valid": False, "errors": _faults(error), "warnings": []})
            if not json:
                console.problem(error)
    if json:
        console.put_json({"schema": 1, "valid": not failures, "files": reports})
    elif len(files) > 1:
        console.say(f"{len(files) - len(failures)} of {len(files)} files are valid")
    if failures:
        raise typer.Exit(2)


def _checked(file: str, remarks: bool) -> dict[str, Any]:
    """What is to be said about a file without faults."""
    from sim.model.compile import compile_case
    from sim.model.complete import complete, content_hash
    from sim.model.diagnostics import to_json
    from sim.model.kinds import CONFLICT, TABLE, file_named, kind_named, kind_of
    from sim.model.load import check_named_changes, load_document
    from sim.model.reader import read

    document = read(file_named(file, kind_named(file)))
    kind = kind_of(document.data)
    if kind is TABLE:
        return _checked_table(document, file)
    if kind is CONFLICT:
        return _checked_conflict(document, file, remarks)
    loaded = load_document(document)
    warnings = (*loaded.warnings, *check_named_changes(loaded))
    completed = complete(loaded.spec)
    compile_case(completed)  # colliding keys and correlations that cannot be show only here
    if remarks:
        console.warn(warnings)
    return {
        "file": file,
        "valid": True,
        "id": loaded.spec.id,
        "hash": content_hash(completed),
        "errors": [],
        "warnings": to_json(warnings),
    }


def _checked_table(document: Document, file: str) -> dict[str, Any]:
    """The same about a spatial table."""
    from sim.experiments.spatial import completed
    from sim.model.complete import content_hash
    from sim.model.spatial.load import table_of

    spec = table_of(document).spec
    report = {"file": file, "valid": True, "id": spec.id, "hash": content_hash(completed(spec))}
    return {**report, "errors": [], "warnings": []}


def _checked_conflict(document: Document, file: str, remarks: bool) -> dict[str, Any]:
    """The same about a conflict in option form."""
    from sim.model.complete import content_hash
    from sim.model.diagnostics import to_json
    from sim.model.stability.load import conflict_of

    loaded = conflict_of(document)
    if remarks:
        console.warn(loaded.warnings)
    spec = loaded.conflict.spec
    found = content_hash(spec.model_dump(mode="json", by_alias=True, exclude_none=True))
    return {"file": file, "valid": True, "id": spec.id, "hash": found, "errors": [], "warnings": to_json(loaded.warnings)}


def _faults(error: SimError) -> list[dict[str, Any]]:
    from sim.model.diagnostics import Diagnostic, to_json

    return to_json(getattr(error, "diagnostics", ()) or [Diagnostic(message=str(error), hint=error.hint)])


def complete(
    scenario: Scenario,
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    json: Json = False,
) -> None:
    """Print the completed form: every value present, changes applied, with its content hash."""
    from sim.model.complete import complete as completed_form
    from sim.model.complete import content_hash, to_yaml
    from sim.model.load import load

    loaded = load(scenario_file(scenario), variant, policy, changes or ())
    console.warn(loaded.warnings)
    completed = completed_form(loaded.spec)
    if json:
        console.put_json({"schema": 1, "hash": content_hash(completed), "scenario": completed})
    else:
        console.put_data(to_yaml(completed))


def explain(
    scenario: Scenario,
    path: Annotated[str, typer.Argument(metavar="PATH", help="As in actors.A.red_lines; left out: all.")] = "",
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    json: Json = False,
) -> None:
    """Tell value, range, source and users of what stands at and below a path."""
    import dataclasses

    from sim.model.explain import claims_of
    from sim.model.explain import explain as entries_at
    from sim.model.load import load

    loaded = load(scenario_file(scenario), variant, policy, changes or ())
    console.warn(loaded.warnings)
    spec = loaded.spec
    claims = {}
    if spec.claims:
        try:
            claims = claims_of(Path(spec.claims).name)
        except FileNotFoundError:
            console.say(f"warning: no seed file '{spec.claims}' is shipped: claims are shown by their ids alone")
    entries = entries_at(spec, path, claims)
    if json:
        console.put_json({"schema": 1, "path": path, "entries": [dataclasses.asdict(item) for item in entries]})
        return
    if path in ("game", "theory") and getattr(spec, path) is not None:
        from sim.cli import outline

        lines = (outline.game_lines if path == "game" else outline.theory_lines)(spec, console.width())
        console.put(console.to_type("\n".join(lines)) + "\n")
        return
    for number, entry in enumerate(entries):
        console.put(("\n" if number else "") + _entry_text(entry, console.width()))


def _entry_text(entry: Entry, width: int) -> str:
    from sim.cli.layout import paragraph

    rows = [("meaning", entry.meaning), ("range", entry.range), ("source", entry.source), ("form", entry.form)]
    rows += [("claim", f"{name}: {text}" if text else name) for name, text in entry.claims]
    rows += [("confidence", entry.confidence), ("note", entry.note)]
    rows += [("used by", user) for user in entry.used_by]
    lines = paragraph(f"{entry.path} = {entry.value}", width, "", "  ")
    before = ""
    for name, text in rows:
        if text:
            lines += paragraph(text, width, f"  {'' if name == before else name:<11}", " " * 13)
            before = name
    if not entry.is_grounded:
        lines.append(f"  {'source':<11}none")
    return "\n".join(lines) + "\n"


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.model.schema import to_text

    console.put_data(to_text())
