"""Tables of others: headings and units as people write them, and every bad cell told with line and column."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError, SimError, UsageError
from sim.model.reader import read_text
from sim.model.spatial.importing import import_table
from sim.model.spatial.load import table_of
from sim.model.spatial.spec import SpatialSpec

PLAIN = "Actor,Capability,Position,Salience\nUp,2,10,0.5\nDown,1,4,0.25\n"


@pytest.fixture
def given(tmp_path):
    """Writes a table and gives its path."""

    def write(text: str | bytes, name: str = "table.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def spec_of(path, **options) -> SpatialSpec:
    return table_of(read_text(import_table(path, **options).text, "imported")).spec


def numbers(spec: SpatialSpec) -> list[tuple[float, list[float], list[float]]]:
    return [
        (actor.capability.value, [q.value for q in actor.position.values()], [q.value for q in actor.salience.values()])
        for actor in spec.actors.values()
    ]


def faults(path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        import_table(path)
    return [str(item).replace(str(path), path.name) for item in caught.value.diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(",", ";").replace("0.5", "0,5").replace("0.25", "0,25"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n"),
        "\ufeff" + PLAIN,
        PLAIN.replace("Actor,Capability,Position,Salience", "name, Power , stance,importance"),
        PLAIN.replace("Salience\n", "Salience,\n").replace("0.5\n", "0.5,\n").replace("0.25\n", "0.25,\n"),
        PLAIN.replace("0.5", "50").replace("0.25", "25"),
        "salience,position,capability,player\n.5,10,2,Up\n.25,4,1,Down\n",
        '"Actor","Capability","Position","Salience"\n"Up","2","10","0.5"\n\n"Down","1","4","0.25"\n',
    ],
)
def test_the_same_table_in_many_hands(given, text):
    spec = spec_of(given(text))
    assert list(spec.actors) == ["Up", "Down"]
    assert numbers(spec) == [(2.0, [10.0], [0.5]), (1.0, [4.0], [0.25])]


def test_what_was_assumed_is_told_and_written(given):
    found = import_table(given(PLAIN))
    assert "saliences count from 0 to 1 (the largest is 0.5)" in found.remarks
    assert any(text.startswith("the scale of 'position' runs from 4 to 10") for text in found.remarks)
    assert all(f"# - {text}" in found.text for text in found.remarks)
    assert 'reference: "To be filled in' in found.text


@pytest.mark.parametrize(
    ("positions", "saliences", "scale", "expected"),
    [
        ((10, 4), (50, 25), None, (0.0, 100.0)),
        ((0.2, 0.9), (0.5, 0.25), None, (0.0, 1.0)),
        ((10, 4), (0.5, 0.25), None, (4.0, 10.0)),
        ((10, 4), (0.5, 0.25), (0.0, 12.0), (0.0, 12.0)),
        ((-3, 4), (50, 25), None, (-3.0, 4.0)),
        ((7, 7), (0.5, 0.5), None, (6.5, 7.5)),
    ],
)
def test_the_ends_of_the_scale(given, positions, saliences, scale, expected):
    rows = "".join(f"a{n},1,{p},{s}\n" for n, (p, s) in enumerate(zip(positions, saliences, strict=True)))
    spec = spec_of(given("actor,capability,position,salience\n" + rows), scale=scale)
    assert spec.dimensions["position"].scale == expected


def test_dimensions_are_paired_by_name_or_in_order(given):
    spec = spec_of(
        given(
            "actor,power,salience_tax,position_tax,position_toll,salience_toll\nUp,1,.1,.2,.3,.4\nDown,1,.5,.6,.7,.8\n"
        )
    )
    assert numbers(spec)[0] == (1.0, [0.2, 0.3], [0.1, 0.4]) and list(spec.dimensions) == ["tax", "toll"]
    found = import_table(
        given("actor,power,tax position,first salience,toll position,second salience\nUp,1,.2,.1,.3,.4\nDown,1,.2,.1,.3,.4\n")
    )
    assert any("paired in order: tax position with first salience" in text for text in found.remarks)


def test_the_form_of_ktab(root):
    found = import_table(root / "tests/spec/spatial/ktab_dummyData_3Dim.csv")
    spec = table_of(read_text(found.text, "imported")).spec
    assert (found.num_actors, found.dimensions) == (7, ("Pstn1", "Pstn2", "Pstn3"))
    assert {dimension.scale for dimension in spec.dimensions.values()} == {(0.0, 100.0)}
    assert spec.actors["SActor_02"].salience["Pstn3"].value == 0.3462
    assert spec.title == "DummyData_3Dim" and spec.actors["SActor_00"].label == "SActor-00"


def test_options_of_ktabs_xml_are_taken_over(root, given):
    text = (
        (root / "tests/spec/spatial/ktab_smpExample.xml")
        .read_text("utf-8-sig")
        .replace("<dCoord></dCoord>", "<dCoord>52.8</dCoord>")
    )
    found = import_table(given(text, "five.xml"))
    options = table_of(read_text(found.text, "imported")).spec.spatial.first_turn
    assert (options.voting, options.positions, options.risk, options.victory_exponent) == (
        "prop_cubic",
        "markov_incentive",
        "mid",
        1.0,
    )
    assert any("StateTransitions" in text for text in found.remarks) and any(
        "IdealAdjustment" in text for text in found.remarks
    )
    assert "VictoryProbModel Binary" in " ".join(
        import_table(given(text.replace("Linear", "Binary"), "five.xml")).remarks
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (",10,", ",ten,", "table.csv:2:6: Position: expected a number, found the text 'ten' (write a number)"),
        (",10,", ",  ten ,", "table.csv:2:8: Position: expected a number, found the text 'ten'"),
        (",10,", ",,", "table.csv:2:6: Position: expected a number, found nothing"),
        (",10,", ",nan,", "table.csv:2:6: Position: expected a number, found the text 'nan' (write a finite number"),
        (",10,", ",inf,", "table.csv:2:6: Position: expected a number, found the text 'inf' (write a finite number"),
        (",10,", ",1e400,", "table.csv:2:6: Position: expected a number within 1e12, found 1e400"),
        ("Up,2", "Up,-2", "found -2 (write 0 for an actor without any, or 2 if the minus sign is a slip)"),
        ("0.25", "-0.25", "table.csv:3:10: salience: expected a number >= 0, found -0.25"),
        ("0.25", "250", "table.csv:3:10: salience: expected a number from 0 to 1, or from 0 to 100, found 250"),
        ("0.25", "1.2", "table.csv:3:10: salience: expected numbers from 0 to 1, or from 0 to 100, found 1.2 as the largest"),
        ("0.5", "50%", "table.csv:2:9: Salience: expected a number, found the text '50%' (write 50, without the percent sign)"),
        ("Down,", ",", "table.csv:3:1: actor: expected a name, found nothing"),
        ("Down,", "up,", "table.csv:3:1: 'up' stands in line 2 already"),
        (",0.25", "", "table.csv:3:9: Salience: expected a number, found nothing"),
        ("0.25", "0.25,7", "table.csv:3:15: a cell beyond the last heading: expected 4 cells, found '7'"),
        ("Salience", "Mood", "no column for salience: expected a heading such as salience, found Actor, Capability, Posi"),
        ("Salience", "Saliance", "is it 'Saliance'? Name it salience"),
        ("Capability,", "Hat,", "there is no column for capability"),
        ("Up", '"Up', "table.csv:2:1: a quotation mark is not closed on its line"),
        ("Up,2,10,0.5\nDown,1,4,0.25\n", "", "the table has no actors"),
        ("Down,1,4,0.25\n", "", "table.csv:2:1: one actor alone has nobody to bargain with"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_with_line_column_expected_and_found(given, old, new, expected):
    found = faults(given(PLAIN.replace(old, new)))
    assert any(expected in text for text in found), found


def test_all_bad_cells_are_told_at_once(given):
    found = faults(given(PLAIN.replace(",10,", ",ten,").replace("0.25", "x")))
    assert [text.split(": ")[0] for text in found] == ["table.csv:2:6", "table.csv:3:10"]


def test_an_empty_coordinate_of_the_published_xml_is_told(root):
    found = faults(root / "tests/spec/spatial/ktab_smpExample.xml")
    assert found == [
        "ktab_smpExample.xml:32:9: Alice: position on FirstDim: expected a number, found nothing (write it into the table)"
    ]


def test_ktabs_counts_are_checked(root, given):
    text = (root / "tests/spec/spatial/ktab_dummyData_3Dim.csv").read_text("utf-8")
    found = faults(given(text.replace(",7,3,", ",8,3,")))
    assert "table.csv:1:57: number of actors: expected 8 actors, as the first line says, found 7" in found[0]


ENTITY = '<?xml version="1.0"?><!DOCTYPE Scenario [<!ENTITY a SYSTEM "file:///etc/hostname">]><Scenario><name>&a;</name></Scenario>'
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Scenario><name>&b;</name></Scenario>'


@pytest.mark.parametrize("text", [ENTITY, LAUGHS, '<!DOCTYPE Scenario SYSTEM "http://example.org/x.dtd"><Scenario/>'])
def test_document_types_and_their_entities_are_refused(given, text):
    found = faults(given(text, "table.xml"))
    assert (
        len(found) == 1
        and "a document type is not allowed" in found[0]
        and "host" not in found[0].replace("hostname", "")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<Scenario><Actors></Scenario>", "table.xml:1:21: the text is not XML: mismatched tag"),
        ("<Case/>", "expected the element <Scenario> of KTAB, found <Case>"),
        ("<Scenario/>", "expected <Dimensions> with an entry <dName> or more, found none"),
        ("<a>" * 40, "nested too deeply"),
        ("<Scenario><name>&x;</name></Scenario>", "the text is not XML: undefined entity"),
    ],
)
def test_other_xml_is_told(given, text, expected):
    assert any(expected in item for item in faults(given(text, "table.xml")))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("table.yaml", "a: 1", "already, not a table to import"),
        ("table.xlsx", "PK", "spreadsheets are not read"),
        ("table.csv", b"\x00\x01", "this is no text"),
        ("table.csv", b"x" * 5_000_001, "larger than"),
    ],
)
def test_other_files_are_told(given, name, content, expected):
    with pytest.raises(UsageError, match=expected):
        import_table(given(content, name))


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SimError):
            import_table(path)


def test_names_of_people_become_names_of_the_language(given):
    rows = 'Côte d\'Ivoire,1,1,1\n日本,1,2,1\nA-1,1,3,1\nA 1,1,4,1\n3rd Party,1,5,1\n"Smith, ""Al"" # x: y",1,6,1\n'
    spec = spec_of(given("actor,capability,position,salience\n" + rows))
    assert list(spec.actors) == ["Cote_d_Ivoire", "actor_2", "A_1", "A_1_2", "actor_3rd_Party", "Smith_Al_x_y"]
    assert [actor.label for actor in spec.actors.values()][1:2] == ["日本"]
    assert spec.actors["Smith_Al_x_y"].label == 'Smith, "Al" # x: y'


def test_hostile_text_cannot_break_the_scenario_file(given):
    rows = '"a\u202e\x1b[31m\nactors:",1,1,1\n'.replace("\n", " ", 1)
    spec = spec_of(given("actor,capability,position,salience\n" + rows + "b: {x},1,2,1\n"))
    assert [actor.label for actor in spec.actors.values()] == ["a[31m actors:", "b: {x}"]


def test_windows_text_is_read_and_told(given):
    found = import_table(given("actor,capability,position,salience\nMünchen,1,1,1\nKöln,1,0,1\n".encode("cp1252")))
    assert "München" in found.text and any("Windows-1252" in text for text in found.remarks)


def test_names_with_one_address_of_draws_get_two(given):
    from sim.randomness import key_of

    first: dict[int, str] = {}
    pair = next(
        (first[key], name)
        for name in (f"a{n}" for n in range(5_000))
        if first.setdefault(key := key_of(name), name) != name
    )
    spec = spec_of(
        given("actor,capability,position,salience\n" + "".join(f"{name},1,{n},1\n" for n, name in enumerate(pair)))
    )
    assert [actor.key for actor in spec.actors.values()] == [None, (key_of(pair[0]) + 1) % 0x10000]


def test_hundreds_of_actors_get_addresses_of_their_own(given):
    rows = "".join(f"a{n},1,{n % 100},{n % 100}\n" for n in range(400))
    assert len(spec_of(given("actor,capability,position,salience\n" + rows)).actors) == 400
