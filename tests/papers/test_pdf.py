"""The PDF: what it says is what the JSON says, whatever people are called and however much they say."""

import importlib.util
import io
import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.papers.document import Document, Line, Section, Source, Table, Told, plain
from rushes.papers.packets import PACKETS
from rushes.papers.pdf import MISSING, pdf_of

_spec = importlib.util.spec_from_file_location("cast", Path(__file__).with_name("test_dossier.py"))
cast = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cast)

COLUMNS = (("what", "what", 0.5), ("note", "note", 0.5))


def document(*told, rows=(), title="A packet"):
    lines = tuple(Line(f"q{place}", f"Question {place}", (one,)) for place, one in enumerate(told))
    table = Table("t", COLUMNS, tuple((tuple(map(plain, row)), ()) for row in rows), "Rows")
    return Document("test", title, "Show", "about", "written today", (Section("s", "Section", (*lines, table)),))


def pages(content):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def squeezed(text):
    """Leave out what a line break may have changed."""
    return re.sub(r"\s+", "", text)


def without_furniture(page, one):
    """Leave out what stands at the head and the foot of each page."""
    furniture = rf"JSON of this|A record, not|page \d+ of|{re.escape(one.written)}$|{re.escape(one.show)} · "
    return "\n".join(line for line in page.splitlines() if not re.match(furniture, line))


def test_unusual_names_survive():
    names = [
        "Łukasz Żółć",
        "Þórður Ægisson",
        "Nguyễn Thị Ánh",
        "Đặng",
        "Jiří Šťastný",
        "Ğülşen İçöz",
        "Ελένη",
        "Фёдор",
        "O’Neil",
    ]
    text = squeezed("".join(pages(pdf_of(document(*map(Told, names))))))
    for name in names:
        assert squeezed(name) in text


def test_a_letter_that_the_font_does_not_have_is_a_square_and_the_page_says_so():
    said = "".join(pages(pdf_of(document(Told("李安 directed")))))
    assert f"{MISSING}{MISSING} directed" in said
    assert "2 letters of names in it are not in the font" in said
    assert "not in the font" not in "".join(pages(pdf_of(document(Told("Ang Lee directed")))))


def test_an_accent_that_is_a_letter_of_its_own_joins_the_one_before_it():
    assert "Zółć" in squeezed(
        "".join(pages(pdf_of(document(Told("Zo\N{COMBINING ACUTE ACCENT}łc\N{COMBINING ACUTE ACCENT}")))))
    )


def test_what_nobody_has_stated_is_set_apart_in_words():
    assert "[ not stated ]" in "".join(pages(pdf_of(document(Told(None)))))
    assert "sc010: [ not stated ]" in "".join(pages(pdf_of(document(Told(None, about="sc010")))))


def test_markup_in_what_people_say_is_printed_and_not_obeyed():
    said = "a <b>bold</b> & <img src='x'/> claim <para> ]]> &amp;"
    assert squeezed(said) in squeezed("".join(pages(pdf_of(document(Told(said), title=said)))))


def test_a_note_longer_than_pages_wraps_and_breaks_and_nothing_of_it_is_lost():
    words = " ".join(f"word{number}" for number in range(1200))
    unbroken = "".join(f"{number:x}" for number in range(2000))
    one = document(Told(words), rows=[("short", words), (unbroken, None)])
    found = pages(pdf_of(one))
    text = squeezed("".join(without_furniture(page, one) for page in found))
    assert len(found) > 4
    assert text.count("word1199") == 2
    for number in range(0, 1199, 100):
        assert f"word{number}word{number + 1}" in text
    assert unbroken[:40] in text
    assert unbroken[-40:] in text


def test_a_long_table_repeats_its_headings_and_no_row_is_torn():
    found = pages(
        pdf_of(
            document(
                rows=[
                    (f"row{number}", f"first line of {number} " + "x " * 160 + f"end{number}.") for number in range(30)
                ]
            )
        )
    )
    assert len(found) > 2
    assert all("what" in page and "note" in page for page in found)
    for number in range(30):
        assert sum(f"row{number}\n" in page and f"end{number}." in page for page in found) == 1


def test_a_row_that_would_fit_on_a_page_is_not_torn_at_the_end_of_one():
    found = pages(pdf_of(document(Told("fill\n" * 43), rows=[("row", "x " * 700 + "end.")])))
    assert [("row\n" in page, "end." in page) for page in found] == [(False, False), (True, True)]


def test_the_json_tells_all_that_the_document_does():
    packet = PACKETS["eo"](cast.dossier())
    said = list(texts(packet.json))
    for section in packet.sections:
        for part in section.parts:
            cells = part.told if isinstance(part, Line) else [told for row, _ in part.rows for told in row]
            assert all(told.text is None or told.text in said for told in cells)


def test_each_page_says_its_number_and_the_digest_of_the_json():
    one = document(rows=[(str(number), "x") for number in range(70)])
    found = pages(pdf_of(one))
    for number, page in enumerate(found, 1):
        assert f"page {number} of {len(found)}" in page
        assert one.digest in page


def test_the_font_is_embedded_and_the_page_is_a4():
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(document(Told("x")))))
    page = reader.pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    used = [font for font in fonts if "DejaVu" in font["/BaseFont"]]
    assert used
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)


def test_the_same_document_gives_the_same_bytes_and_another_does_not():
    one = document(Told("Łukasz"), rows=[("a", "b")])
    assert pdf_of(one) == pdf_of(one)
    assert pdf_of(one) != pdf_of(replace(one, written="written later"))


def _cell(part):
    return isinstance(part, dict) and "text" in part


def texts(value):
    """Yield every text for people in a packet's JSON; digests and values are for programs."""
    if isinstance(value, dict):
        for_programs = {
            key for key, part in value.items() if key in ("digest", "value", "document") and not _cell(part)
        }
        yield from (one for key, part in value.items() if key not in for_programs for one in texts(part))
    elif isinstance(value, list):
        yield from (one for part in value for one in texts(part))
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("kind", PACKETS)
def test_the_pdf_says_all_that_the_json_says(kind):
    packet = PACKETS[kind](cast.dossier())
    said = squeezed("".join(without_furniture(page, packet) for page in pages(pdf_of(packet))))
    empty = {
        part.title for section in packet.sections for part in section.parts if isinstance(part, Table) and not part.rows
    }
    headings = {
        name
        for section in packet.sections
        for part in section.parts
        if isinstance(part, Table) and not part.rows
        for _, name, _ in part.columns
    }
    for text in texts(packet.json):
        if text not in headings | empty:
            assert all(squeezed(line) in said for line in text.splitlines()), text


@settings(max_examples=12, deadline=None)
@given(st.text(max_size=300), st.text(st.characters(codec="utf-8"), max_size=80), st.text(max_size=40))
def test_no_text_breaks_a_pdf(answer, title, source):
    one = Document(
        "test",
        title,
        title,
        title,
        "now",
        (Section("s", title, (Line("q", answer, (Told(answer, (Source(source),)),)),)),),
    )
    assert pages(pdf_of(one))
