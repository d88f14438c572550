"""Two independent parsers read the same scripts: screenplay-tools and screenplain, where they are installed."""

from io import StringIO

import pytest

from rushes.departments.previs.script.fdx_writer import write_fdx
from rushes.departments.previs.script.fountain_writer import write_fountain
from rushes.departments.previs.script.model import Kind, Script, printed
from rushes.departments.previs.script.read import read_script

KINDS = {"HEADING": "scene", "TRANSITION": "transition", "CHARACTER": "character", "PARENTHETICAL": "parenthetical"}
NAMES = {"Slug": "scene", "Transition": "transition"}


def ours(script: Script, kinds):
    return [said[:2] for said in printed(script) if said[0] in kinds]


def clean(words):
    return " ".join(str(words).replace("*", "").replace("_", "").split())


def steel(shared):
    return shared("script_screenplain") / "examples" / "Brick-and-Steel.fountain"


def tools_elements(fountain):
    parser = pytest.importorskip("screenplay_tools.fountain.parser", reason="screenplay-tools is not installed")
    reader = parser.Parser()
    reader.add_text(fountain)
    return reader.script.elements


def told(elements):
    found = []
    for element in elements:
        kind = KINDS.get(element.type.name)
        if kind == "character":
            extension = f" ({element.extension})" if element.extension else ""
            found.append((kind, clean(element.name + extension).upper()))
        elif kind == "parenthetical":
            found.append((kind, f"({clean(element.text)})"))
        elif kind:
            found.append((kind, clean(element.text).upper()))
    return found


@pytest.mark.parametrize("form", ["as it came", "as we write it"])
def test_screenplay_tools_finds_the_same_headings_cues_parentheticals_and_transitions(shared, form):
    script = read_script(steel(shared))
    text = steel(shared).read_text("utf-8") if form == "as it came" else write_fountain(script)
    assert told(tools_elements(text)) == ours(script, KINDS.values())


def test_screenplay_tools_reads_the_fdx_that_we_write(shared):
    parser = pytest.importorskip("screenplay_tools.fdx.parser", reason="screenplay-tools is not installed")
    script = read_script(steel(shared))
    found = parser.Parser().parse(write_fdx(script))
    # it does not look into Final Draft's <DualDialogue>
    alone = Script((), tuple(element for element in script.elements if not element.side))
    assert told(found.elements) == ours(alone, KINDS.values())


@pytest.mark.parametrize("form", ["as it came", "as we write it"])
def test_screenplain_finds_the_same_headings_transitions_and_speeches(shared, form):
    fountain = pytest.importorskip("screenplain.parsers.fountain", reason="screenplain is not installed")
    script = read_script(steel(shared))
    text = steel(shared).read_text("utf-8") if form == "as it came" else write_fountain(script)
    found = list(fountain.parse(StringIO(text)))
    named = [(NAMES[type(part).__name__], part.line) for part in found if type(part).__name__ in NAMES]
    headings = [(kind, clean(line.to_plain() if hasattr(line, "to_plain") else line)) for kind, line in named]
    assert [(kind, words.upper()) for kind, words in headings] == ours(script, NAMES.values())
    speeches = sum({"Dialog": 1, "DualDialog": 2}.get(type(part).__name__, 0) for part in found)
    assert speeches == sum(element.kind is Kind.CHARACTER for element in script.elements)
