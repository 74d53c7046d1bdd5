"""A spatial table from KTAB's XML, read without entities, document types or anything outside the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from sim.games.spatial.position_probabilities import MODELS
from sim.games.spatial.voting import RULES
from sim.model.delimited import Cell, Faulty, number_in
from sim.model.diagnostics import did_you_mean
from sim.model.spatial.raw_table import RawActor, RawTable, check_rows

MAX_DEPTH = 20
VICTORY = {"Linear": 1, "Square": 2, "Quartic": 4, "Octic": 8}
NOT_USED = ("StateTransitions", "BigRAdjust", "ThirdPartyCommit", "InterVecBrgn", "BargnModel")  # of later turns


@dataclass
class _Element:
    tag: str
    line: int
    column: int
    text: str = ""
    below: list[_Element] = field(default_factory=list)

    def first(self, tag: str) -> _Element | None:
        return next(self.all(tag), None)

    def all(self, tag: str) -> Iterator[_Element]:
        return (item for item in self.below if item.tag == tag)

    @property
    def cell(self) -> Cell:
        return Cell(self.text.strip(), self.line, self.column, self.column + len(self.tag) + 2)


def read_xml(content: bytes, name: str) -> RawTable:
    """The table of a KTAB scenario.

    Raises
    ------
    ScenarioError
        With every fault, at its line and column; a document type is refused, and with it every entity.
    """
    lines = tuple(re.split(r"\r\n|\r|\n", content.decode("utf-8-sig", "replace")))
    faults = Faulty(name, lines)
    root = _parsed(content, faults)
    if root.tag != "Scenario":
        faults.add(
            root.cell,
            expected="the element <Scenario> of KTAB",
            found=f"<{root.tag}>",
            hint="other XML is not understood",
        )
        faults.raise_if_any()
    table = RawTable(_text(root, "name"), _text(root, "desc"), [], [], percent=True)
    table.remarks.append("the form is KTAB's: positions and saliences from 0 to 100")
    for item in _below(root, "Dimensions", "dName", faults):
        if not item.text.strip():
            faults.add(item.cell, "dName", expected="a name", found="nothing", hint="name the dimension")
        table.dimensions.append(item.text.strip())
    for item in _below(root, "Actors", "Actor", faults):
        _read_actor(item, table, faults)
    _read_options(root.first("ModelParameters"), table, faults)
    if root.first("IdealAdjustment") is not None:
        table.remarks.append("<IdealAdjustment> is not read: it moves ideal points in later turns")
    check_rows(table, faults)
    faults.raise_if_any()
    return table


def _parsed(content: bytes, faults: Faulty) -> _Element:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = _Element("", 0, 0)
    stack = [top]

    def here(tag: str = "") -> _Element:
        return _Element(tag, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def refuse(*_: object) -> None:
        faults.add(
            here().cell,
            "a document type is not allowed here, for it may name entities and files",
            hint="delete <!DOCTYPE ...>",
        )
        faults.raise_if_any()

    def begin(tag: str, _: object) -> None:
        element = here(tag)
        if len(stack) > MAX_DEPTH:
            faults.add(
                element.cell,
                f"elements are nested too deeply, more than {MAX_DEPTH} levels",
                hint="is this a KTAB scenario?",
            )
            faults.raise_if_any()
        stack[-1].below.append(element)
        stack.append(element)

    def text(data: str) -> None:
        stack[-1].text += data

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        place = Cell("", error.lineno, error.offset + 1, error.offset + 2)
        faults.add(
            place, f"the text is not XML: {expat.ErrorString(error.code)}", hint="check the tags before this place"
        )
        faults.raise_if_any()
    return top.below[0]


def _text(element: _Element, tag: str) -> str:
    found = element.first(tag)
    return found.text.strip() if found is not None else ""


def _below(root: _Element, group: str, tag: str, faults: Faulty) -> list[_Element]:
    found = root.first(group)
    items = list(found.all(tag)) if found is not None else []
    if not items:
        faults.add(
            (found or root).cell,
            expected=f"<{group}> with an entry <{tag}> or more",
            found="none",
            hint="is this a KTAB scenario?",
        )
        faults.raise_if_any()
    return items


def _read_actor(element: _Element, table: RawTable, faults: Faulty) -> None:
    name = element.first("name")
    named = (
        name.cell if name is not None else Cell("", element.line, element.column, element.column + len(element.tag) + 2)
    )
    who = named.text or "an actor"
    cells: dict[tuple[str, int], Cell] = {}
    capability = element.first("capability")
    if capability is None:
        faults.add(element.cell, f"{who}: there is no <capability>", hint="add it")
    else:
        cells["capability", 0] = capability.cell
    for what, group, tag in (("position", "Position", "dCoord"), ("salience", "Salience", "dSal")):
        found = element.first(group)
        items = list(found.all(tag)) if found is not None else []
        if len(items) != len(table.dimensions):
            faults.add((found or element).cell, f"{who}: <{group}>", expected=f"{len(table.dimensions)} entries <{tag}>, one a dimension",
                       found=str(len(items)), hint="add the missing ones, or leave some out")  # fmt: skip
            continue
        cells.update({(what, number): item.cell for number, item in enumerate(items)})
    values = {}
    for (what, number), cell in cells.items():
        told = what if what == "capability" else f"{what} on {table.dimensions[number]}"
        values[what, number] = number_in(cell, f"{who}: {told}", faults)
    numbers = range(len(table.dimensions))
    table.actors.append(
        RawActor(
            name=named,
            description=_text(element, "description"),
            capability=values.get(("capability", 0), 0.0),
            positions=[values.get(("position", number), 0.0) for number in numbers],
            salience=[values.get(("salience", number), 0.0) for number in numbers],
            cells=cells,
        )
    )


def _read_options(element: _Element | None, table: RawTable, faults: Faulty) -> None:
    """The model parameters that the first turn reads; the others are told."""
    if element is None:
        return
    choices = {
        "VotingRule": ("voting", {theirs: ours for ours, theirs in RULES.items()}),
        "VictoryProbModel": ("victory_exponent", VICTORY),
        "PCEModel": ("positions", {theirs.removesuffix("PCM"): ours for ours, theirs in MODELS.items()}),
        "BigRRange": ("risk", {"Min": "min", "Mid": "mid", "Max": "max"}),
    }
    found = {}
    for tag, (option, known) in choices.items():
        item = element.first(tag)
        if item is None:
            continue
        word = item.text.strip()
        if (tag, word) == ("VictoryProbModel", "Binary"):
            table.remarks.append("VictoryProbModel Binary is not computed here; Linear is taken instead")
            continue
        if word not in known:
            hint = did_you_mean(word, known, "known here")
            faults.add(item.cell, f"<{tag}>: '{word}' is not one that `sim spatial` has", hint=hint)
            continue
        found[option] = known[word]
    if found:
        table.options["first_turn"] = found
    unused = [item.tag for item in element.below if item.tag in NOT_USED]
    if unused:
        table.remarks.append(f"not read, because they belong to later turns: {', '.join(unused)}")
