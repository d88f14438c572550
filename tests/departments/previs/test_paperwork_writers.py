import csv
import io
import re
from datetime import date
from html.parser import HTMLParser

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from rushes.departments.previs.breakdown.items import Category, Item, SceneSheet
from rushes.departments.previs.paperwork.cast import number_cast
from rushes.departments.previs.paperwork.comma import csv_of, made_inert, made_plain
from rushes.departments.previs.paperwork.days import dated, schedule
from rushes.departments.previs.paperwork.forms import forms_of
from rushes.departments.previs.paperwork.fragment import html_of
from rushes.departments.previs.paperwork.leaves import leaves
from rushes.departments.previs.paperwork.lists import letters_list
from rushes.departments.previs.paperwork.paper import Paperwork
from rushes.departments.previs.paperwork.pdf import pdf_of
from rushes.departments.previs.paperwork.strips import stripboard
from rushes.departments.previs.paperwork.table import Clock, Column, Eighths, Row, Table
from rushes.departments.previs.paperwork.workbook import xlsx_of
from rushes.departments.previs.paperwork.write import FORMS, write_lists
from rushes.domain.errors import NotFound

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
ODD = ("=1+1", "+49", "-x", "@sum", "\t=1", " =1", "'=1", "＝1", "a,b", 'say "so"', "two\nlines", "Änne Łoś", "")


def table_of(*rows, **more):
    columns = (Column("name", 20, strong=True), Column("what", 20), Column("pages", 8, "right"))
    return Table("odd", "Odd names", columns, tuple(Row(cells) for cells in rows), **more)


def paper_of(count=24):
    sheets = tuple(
        SceneSheet(
            f"scene-{at:04}", str(at), f"INT. PLACE {at % 5} - DAY", ("INT", "EXT")[at % 2], f"PLÄTZCHEN {at % 5}",
            ("DAY", "NIGHT")[at % 3 == 0], 3 + at % 9,
            (
                Item(Category.SPEAKING, f"ÄNNE {at % 4}", 1, 0, 4, "x", "cue", 1.0),
                Item(Category.PROPS, "=cmd()", 1, 0, 4, "x", "rule", 0.5),
            ),
        )
        for at in range(1, count + 1)
    )  # fmt: skip
    days = dated(schedule(sheets, pages_a_day_eighths=20), date(2026, 10, 12))
    return Paperwork("Dämmerung & Söhne", sheets, days, number_cast(sheets), limit_eighths=20)


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


@given(st.one_of(WORDS, st.sampled_from(ODD)))
def test_no_cell_is_run_and_every_cell_reads_back(words):
    inert = made_inert(words)
    assert made_plain(inert) == words
    assert not re.match(r"[=+\-@\t\r＝＋－＠]", inert.lstrip(" \n"))


def test_names_stay_as_they_are():
    names = ["JENNY", "O'HARA", "'Tis the night", "Änne Łoś", "MR. GRAY (V.O.)", "7 DWARFS"]
    assert [made_inert(name) for name in names] == names
    assert [made_plain(name) for name in names] == names


@settings(max_examples=25)
@given(st.lists(st.tuples(WORDS, st.sampled_from(ODD)), max_size=6))
def test_a_csv_holds_every_row_in_rfc_4180(rows):
    content = csv_of(table_of(*((*row, Eighths(3)) for row in rows)))
    head, *body = read_csv(content)
    assert head == ["name", "what", "pages"]
    assert [tuple(map(made_plain, row[:2])) for row in body] == rows
    text = content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    assert text.startswith("name,what,pages\r\n")


def test_a_csv_has_no_bands_and_no_dates_where_pages_are_meant():
    rows = (Row(("a", 1.5, Eighths(3))), Row(("END OF DAY 1",), band="closes"), Row(("b", Clock(3754), Eighths(34))))
    held = read_csv(csv_of(Table("x", "X", table_of().columns, rows)))
    assert held[1:] == [["a", "1.50", "0 3/8"], ["b", "1:02:34", "4 2/8"]]


def test_a_workbook_has_words_as_words_and_lengths_that_add_up():
    table = table_of(*((words, Clock(90), Eighths(at)) for at, words in enumerate(ODD)))
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of("Dusk", [table])))
    sheet = book["Odd names"]
    assert [cell.value or "" for cell in sheet["A"][1:]] == list(ODD)
    assert {cell.data_type for cell in sheet["A"][1:] if cell.value} == {"s"}
    assert [cell.quotePrefix for cell in sheet["A"][1:]] == [made_inert(words) != words for words in ODD]
    assert sum(cell.value for cell in sheet["C"][1:]) * 8 == pytest.approx(sum(range(len(ODD))))
    assert sheet["C2"].number_format == "# ?/8"
    assert sheet["B2"].value.total_seconds() == 90


def test_a_workbook_takes_letters_that_xml_has_none_for():
    content = xlsx_of("a\x00b&c", [table_of(("bad\x00\x1f\ud800\uffff", "", Eighths(1)))])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A2"].value == "bad"
    assert sheet.oddHeader.left.text == "ab&&c"


def test_a_workbook_is_coloured_frozen_and_ready_to_print():
    paper = paper_of()
    board, letters = stripboard(paper), letters_list(paper)
    content = xlsx_of(paper.title, [board, letters])
    assert content == xlsx_of(paper.title, [board, letters])
    book = openpyxl.load_workbook(io.BytesIO(content))
    strips, days = book["Stripboard"], book["Day out of days"]
    for row, line in zip(board.rows, strips.iter_rows(min_row=2), strict=True):
        fills = {cell.fill.start_color.rgb if cell.fill.fill_type else "FFffffff" for cell in line}
        assert {fill.lower() for fill in fills} == {f"ff{row.fill}"}
        assert line[0].value == row.cells[0]
    assert (strips.freeze_panes, days.freeze_panes) == ("A2", "C2")
    assert strips.print_title_rows == "$1:$1"
    assert strips.page_setup.fitToWidth == 1
    assert strips.sheet_properties.pageSetUpPr.fitToPage
    assert strips.column_dimensions["E"].width > strips.column_dimensions["A"].width > 3


def pages_of(content):
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_a_print_has_every_strip_in_order_umlauts_page_numbers_and_no_date():
    paper = paper_of()
    content = pdf_of(paper.title, [stripboard(paper)])
    pages = pages_of(content)
    text = "\n".join(pages)
    assert "Dämmerung & Söhne" in pages[0]
    assert text.count("PLÄTZCHEN") == 24
    ends = [f"END OF DAY {day.number} — " for day in paper.days]
    assert [text.find(words) for words in ends] == sorted(text.find(words) for words in ends)
    assert text.find(ends[0]) > 0
    assert [f"page {at} of {len(pages)}" in page for at, page in enumerate(pages, 1)] == [True] * len(pages)
    assert content == pdf_of(paper.title, [stripboard(paper)])
    assert "2000" in str(PdfReader(io.BytesIO(content)).metadata.get("/CreationDate"))


def test_letters_that_the_font_lacks_are_told_of():
    said, silent = (pages_of(pdf_of("X", [table_of((name, "", Eighths(1)))]))[0] for name in ("羅生門", "Łódź"))
    assert "□□□" in said
    assert "lacks" in said
    assert "lacks" not in silent


GROUPS = st.tuples(st.booleans(), st.lists(st.integers(1, 40), min_size=1, max_size=5), st.booleans())


@settings(max_examples=20, deadline=None)
@given(st.lists(GROUPS, max_size=8))
def test_pages_hold_every_row_once_and_no_band_is_torn_from_what_it_belongs_to(groups):
    rows = []
    for opens, lengths, closes in groups:
        rows += [Row(("opens",), band="opens")] * opens
        rows += [Row(("word " * long, "b", "c")) for long in lengths]
        rows += [Row(("closes",), band="closes")] * closes
    printed = leaves(Table("x", "X", table_of().columns, tuple(rows)), 300.0, 260.0, first_height=200.0)
    assert [placed.row for leaf in printed for placed in leaf.rows] == rows
    for leaf, room in zip(printed, [200.0, *[260.0] * len(printed)], strict=False):
        ends = [0.0, *(placed.top + placed.height for placed in leaf.rows)]
        assert all(placed.top >= end for placed, end in zip(leaf.rows, ends, strict=False))
        assert ends[-1] <= room - leaf.head_height
    assert all(leaf.rows[-1].row.band != "opens" for leaf in printed[:-1])
    assert all(leaf.rows[0].row.band != "closes" for leaf in printed[1:])


def test_a_row_that_is_longer_than_a_page_goes_on_over_the_next():
    table = table_of(("word " * 900, "b", "c"))
    printed = leaves(table, 300.0, 260.0, first_height=200.0)
    words = " ".join(line.words for leaf in printed for placed in leaf.rows for line in placed.cells[0])
    assert words.split() == ["word"] * 900
    assert len(printed) > 5


def test_a_list_that_is_wider_than_the_page_goes_over_several_and_names_stand_on_each():
    columns = (Column("name", 20), *(Column(str(day), 4.4, "centre") for day in range(1, 91)))
    table = Table("x", "X", columns, (Row(("JENNY", *(["W"] * 90))),), wide=True, kept=1)
    pages = pages_of(pdf_of("Dusk", [table]))
    assert len(pages) == 3
    assert all("JENNY" in page for page in pages)
    assert sum(page.count("W") for page in pages) == 90


def test_a_breakdown_sheet_stands_on_a_page_of_its_own_with_what_is_unsure_marked():
    paper = paper_of(3)
    content = forms_of(paper)
    pages = pages_of(content)
    assert len(pages) == 3
    assert all("=cmd() ?" in page and "PLÄTZCHEN" in page for page in pages)
    assert f"{paper.cast['ÄNNE 1']}. ÄNNE 1" in pages[0]
    assert content == forms_of(paper)


def test_a_breakdown_sheet_with_a_hundred_extras_loses_none():
    crowd = tuple(Item(Category.EXTRAS, f"extra {at:03}", 1, 0, 1, "x", "rule", 1.0) for at in range(200))
    sheet = SceneSheet("scene-1", "1", "EXT. PIER - DAY", "EXT", "PIER", "DAY", 8, crowd)
    text = "\n".join(pages_of(forms_of(Paperwork("Dusk", (sheet,), (), {}))))
    assert all(item.name in text for item in crowd)


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.words, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, words):
        self.words.append(words)


@settings(max_examples=20)
@given(WORDS)
def test_a_fragment_escapes_every_word(words):
    hostile = f'<script>alert("1")</script>{words}'
    table = Table(
        "x", hostile, table_of().columns, (Row((hostile, hostile, 1)), Row((hostile,), band="opens")), (hostile,)
    )
    seen = Seen()
    seen.feed(html_of(table))
    assert "script" not in seen.tags
    assert "".join(seen.words).count('<script>alert("1")</script>') == 5


def test_a_fragment_links_to_its_own_page_only():
    links = ("#scene-1", "boards/1.html", "javascript:alert(1)", "//host/x", "https://host", "")
    table = Table("x", "X", table_of().columns, tuple(Row(("a", "b", 1), link=link) for link in links))
    seen = Seen()
    seen.feed(html_of(table))
    assert seen.links == ["#scene-1", "boards/1.html"]


def test_one_call_writes_every_list_in_every_form(tmp_path):
    paths = write_lists(tmp_path / "lists", paper_of(6), FORMS)
    names = {path.name for path in paths}
    lists = ["stripboard", "day-out-of-days", "cast", "elements", "breakdown"]
    assert names == {f"{name}.{form}" for name in lists for form in ("csv", "pdf", "html")} | {"lists.xlsx"}
    assert {path.name for path in (tmp_path / "lists").iterdir()} == names
    with pytest.raises(NotFound):
        write_lists(tmp_path, paper_of(1), ["docx"])
