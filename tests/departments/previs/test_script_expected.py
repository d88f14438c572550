"""Every third-party script beside this checkout, against the result that its authors expect."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.fdx import read_fdx
from rushes.departments.previs.script.fdx_writer import write_fdx
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.fountain_writer import write_fountain
from rushes.departments.previs.script.model import Kind, Script, printed
from rushes.departments.previs.script.read import read_script
from rushes.domain.errors import BadMaterial

# from nyousefi/Fountain: what its FountainTests (2015-03-31) say of each element of each file
CONFORMANCE = {
    "Boneyard": "action boneyard boneyard action",
    "CenteredText": "centred transition centred centred",
    "Dialogue": "character dialogue " * 2
    + "character parenthetical dialogue "
    + "character dialogue " * 3
    + "character dialogue parenthetical "
    + "character dialogue " * 2
    + "character dialogue parenthetical action character dialogue character parenthetical dialogue",
    "DualDialogue": "character dialogue character dialogue",
    "ForcedElements": "action character dialogue character lyric",
    "Indenting": "transition scene action character dialogue character parenthetical dialogue action",
    "MultilineAction": "action action action",
    "Notes": "action note note action",
    "PageBreaks": "action page_break action page_break action",
    "SceneHeaders": "scene " * 15 + "action action action scene",
    "SceneNumbers": "scene " * 7,
    "SectionHeaders": "section " * 7,
    "Sections-Complex": "section synopsis scene section section scene",
    "Simple": "action scene action character parenthetical dialogue page_break scene action transition centred note "
    "synopsis boneyard section action section action scene action boneyard action note action",
    "Synopses": "section synopsis " * 3,
    "Transitions": "transition transition action transition action transition transition",
}


@pytest.mark.parametrize("name", sorted(CONFORMANCE))
def test_a_conformance_file_of_fountain_has_the_elements_its_authors_expect(shared, name):
    script = read_fountain((shared("script_fountain") / f"{name}.fountain").read_bytes())
    assert [element.kind.replace(" ", "_") for element in script.elements] == CONFORMANCE[name].split()


def test_scene_numbers_of_every_form_are_read(shared):
    script = read_fountain((shared("script_fountain") / "SceneNumbers.fountain").read_bytes())
    assert [scene.number for scene in script.elements] == ["1", "1A", "1a", "A1", "I-1-A", "1.", "110A"]


class Page(HTMLParser):
    """What screenplain's HTML shows: (kind, words) line by line."""

    def __init__(self):
        super().__init__()
        self.found, self.div, self.kind, self.words, self.hidden = [], "", "", "", 0

    def handle_starttag(self, tag, attrs):
        said = dict(attrs).get("class", "") or ""
        if tag in ("style", "head") or (tag == "span" and said.startswith("scnum")):
            self.hidden += 1
        elif tag == "div":
            self.div = {"transition": "transition", "action": "action", "action centered": "centred"}.get(
                said, "speech"
            )
            self.words = ""
        elif tag == "p":
            self.kind, self.words = said, ""
        elif tag in ("h6", "h1", "h2") or tag == "span":
            self.words = ""
        elif tag == "br":
            self.words += "\n"

    def handle_endtag(self, tag):
        if tag in ("style", "head") or (tag == "span" and self.hidden):
            self.hidden -= 1
        elif tag == "p":
            self.put(self.div if self.div != "speech" else self.kind or "dialogue")
        elif tag == "h6":
            self.put("scene")
        elif tag in ("h1", "h2"):
            self.put("section")
        elif tag == "span":
            self.put("synopsis")
        elif tag == "div" and self.div == "transition":
            self.put("transition")
            self.div = ""

    def handle_data(self, words):
        if not self.hidden:
            self.words += words

    def put(self, kind):
        self.found.append((kind, " ".join(self.words.split())))
        self.words = ""


def as_html_shows(script: Script):
    shown = []
    for element in script.elements:
        words = next((said[1] for said in printed(Script((), (element,)))), element.text)
        if element.kind is Kind.DIALOGUE:
            shown += [("dialogue", " ".join(line.split())) for line in element.text.split("\n")]
        elif element.kind not in (Kind.NOTE, Kind.BONEYARD, Kind.PAGE_BREAK):
            shown.append((element.kind.value, words))
    return shown


HTML = [
    "boneyard",
    "dialogue-character-extension",
    "dialogue-with-blank-line",
    "dialogue",
    "dual-dialogue",
    "extended-characters",
    "forced-action",
    "forced-transition",
    "indentation",
    "notes",
    "page-break",
    "parenthetical",
    "scene-numbers",
    "sections",
    "simple",
    "utf-8-bom",
]


@pytest.mark.parametrize("name", HTML)
def test_a_script_shows_what_the_expected_page_shows(shared, name):
    folder = shared("script_screenplain") / "tests" / "files"
    page = Page()
    page.feed((folder / f"{name}.html").read_text("utf-8"))
    ours = as_html_shows(read_fountain((folder / f"{name}.fountain").read_bytes()))
    clean = [(kind, words.replace("*", "").replace("_", "").upper()) for kind, words in ours]
    assert clean == [(kind, words.upper()) for kind, words in page.found]


FDX = [
    "dialogue-with-blank-line",
    "dialogue",
    "dual-dialogue",
    "extended-characters",
    "forced-action",
    "indentation",
    "parenthetical",
    "simple",
    "utf-8-bom",
]


@pytest.mark.parametrize("name", FDX)
def test_the_expected_fdx_of_a_script_is_that_script(shared, name):
    folder = shared("script_screenplain") / "tests" / "files"
    fountain, fdx = (read_script(folder / f"{name}.{kind}") for kind in ("fountain", "fdx"))
    assert list(printed(fdx)) == list(printed(fountain))


@pytest.mark.parametrize(
    "name", ["dialogue-with-blank-line", "dual-dialogue", "indentation", "scene-numbers", "title-page"]
)
def test_the_expected_pdf_of_a_script_is_that_script(shared, name):
    folder = shared("script_screenplain") / "tests" / "files"
    fountain, pdf = (read_script(folder / f"{name}.{kind}") for kind in ("fountain", "pdf"))
    assert list(printed(pdf)) == list(printed(fountain))


def test_a_pdf_whose_letters_have_no_meaning_is_refused_with_its_page(shared):
    with pytest.raises(BadMaterial, match=r"page 1: 22 letters have no meaning"):
        read_script(shared("script_screenplain") / "tests" / "files" / "extended-characters.pdf")


def test_fountain_fdx_and_pdf_of_one_script_agree_element_by_element(shared):
    folder = shared("script_screenplain") / "examples"
    fountain, fdx, pdf = (read_script(folder / f"Brick-and-Steel.{kind}") for kind in ("fountain", "fdx", "pdf"))
    assert len(list(printed(fountain))) == 86
    assert list(printed(fdx)) == list(printed(fountain))
    assert list(printed(pdf)) == list(printed(fountain))
    # lines that the writer broke are told from full ones, but for one whose next word had no room: paper cannot say
    lines = [[[" ".join(plain(line).split()) for line in part.text.split("\n")] for part in script.elements]
             for script in (fountain, pdf)]  # fmt: skip
    undecidable = [there for here, there in zip(*lines, strict=True) if here != there]
    assert undecidable == [["Then let's retire them. Permanently."]]
    assert [entry.key for entry in pdf.title] == [entry.key for entry in fountain.title]


def test_every_text_of_an_fdx_is_in_the_span_of_an_element(shared):
    script = read_script(shared("script_screenplain") / "examples" / "Brick-and-Steel.fdx")
    held = [script.source[element.span.start : element.span.end] for element in script.elements]
    assert sum(text.count("<Text") for text in held) == script.source.count("<Text") > 80
    assert all(text.startswith("<Paragraph") and text.endswith("</Paragraph>") for text in held)


@pytest.mark.parametrize("raw", [b"PK\x03\x04 a docx", b"<html></html>", b"{\\rtf1 text}"])
def test_what_is_no_script_is_refused_by_its_first_bytes(tmp_path, raw):
    path = tmp_path / "script.fountain"
    path.write_bytes(raw)
    with pytest.raises(BadMaterial, match=r"script\.fountain: no Fountain, FDX or PDF"):
        read_script(path)


def all_fountains(shared):
    for folder in ("script_fountain", "script_screenplain"):
        yield from (
            path
            for path in sorted(shared(folder).rglob("*"))
            if path.suffix in (".fountain",) or "Steel.txt" in path.name
        )


def test_what_is_written_of_every_script_reads_as_that_script(shared):
    for path in all_fountains(shared):
        script = read_script(path)
        assert read_fountain(write_fountain(script).encode()) == script, path
        if path.name != "notes.fountain":  # it holds brackets that open no note; in FDX they are literal
            assert read_fdx(write_fdx(script).encode()) == script, path


def uncovered(script: Script) -> str:
    held = bytearray(len(script.source))
    spans = [*(part.span for part in (*script.title, *script.elements)), *script.furniture]
    for span in spans:
        held[span.start : span.end] = b"\1" * (span.end - span.start)
    return "".join(
        letter for letter, kept in zip(script.source, held, strict=True) if not kept and not letter.isspace()
    )


def test_no_character_of_any_script_is_in_no_span(shared):
    for path in [*all_fountains(shared), *Path(shared("script_screenplain")).rglob("*.pdf")]:
        if path.name != "extended-characters.pdf":
            assert uncovered(read_script(path)) == "", path
