"""Screenplay PDFs: what is printed round a script is not of it; scans, locks and damage are refused with the page."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from rushes.departments.previs.script.model import Kind
from rushes.departments.previs.script.pdf import read_pdf
from rushes.domain.errors import BadMaterial, Damaged

ACTION, SPEECH, ASIDE, CUE = 108, 180, 223, 266
PAGES = [
    [
        (54, 72, "12A"), (ACTION, 72, "INT. SHED - DAY"), (540, 72, "12A"),
        (ACTION, 96, "Rain on the roof. It has rained for a week and there is no"), (552, 96, "*"),
        (ACTION, 108, "end in sight."),
        (CUE, 132, "JO"), (ASIDE, 144, "(not looking up, and not"), (ASIDE, 156, "smiling)"),
        (SPEECH, 168, "Shut the door when you leave, if"), (SPEECH, 180, "you leave."),
        (CUE, 700, "(MORE)"),
    ],
    [
        (540, 40, "2."), (ACTION, 40, "BLUE REV. 1/2/26"),
        (CUE, 72, "JO (CONT'D)"), (SPEECH, 84, "Leave."),
        (CUE, 108, "MAX"), (SPEECH, 120, "No."),
        (432, 144, "CUT TO:"),
        (54, 168, "A13"), (ACTION, 168, "EXT. FIELD - NIGHT"), (540, 168, "A13"),
        (ACTION, 192, "A 3 * 4 metre hole."),
    ],
]  # fmt: skip


def printed_pdf(pages, picture=None):
    file = BytesIO()
    canvas = Canvas(file, pagesize=(612, 792))
    for page in pages:
        canvas.setFont("Courier", 12)
        for left, top, words in page:
            canvas.drawString(left, 792 - top, words)
        if picture:
            canvas.drawImage(picture, 0, 0, 612, 792)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_numbers_stars_continueds_and_page_numbers_leave_the_words_alone():
    script = read_pdf(printed_pdf(PAGES))
    assert [(element.kind.value, element.text, element.number, element.revision) for element in script.elements] == [
        ("scene", "INT. SHED - DAY", "12A", ""),
        ("action", "Rain on the roof. It has rained for a week and there is no end in sight.", "", "*"),
        ("character", "JO", "", ""),
        ("parenthetical", "(not looking up, and not smiling)", "", ""),
        ("dialogue", "Shut the door when you leave, if you leave.\nLeave.", "", ""),
        ("character", "MAX", "", ""),
        ("dialogue", "No.", "", ""),
        ("transition", "CUT TO:", "", ""),
        ("scene", "EXT. FIELD - NIGHT", "A13", ""),
        ("action", r"A 3 \* 4 metre hole.", "", ""),
    ]
    assert [script.source[span.start : span.end] for span in script.furniture] == [
        "(MORE)", "BLUE REV. 1/2/26", "2.", "JO (CONT'D)",
    ]  # fmt: skip
    assert [element.span.page for element in script.elements if element.kind is Kind.SCENE] == [1, 2]


def test_a_scan_is_refused_with_its_pages():
    from PIL import Image

    scan = ImageReader(Image.new("RGB", (61, 79), "white"))
    with pytest.raises(BadMaterial, match="2 of 2 pages are scans") as refusal:
        read_pdf(printed_pdf([[], []], scan))
    assert refusal.value.reasons == ("page 1: a picture, no text", "page 2: a picture, no text")


def test_an_empty_pdf_a_locked_one_and_none_at_all_are_refused():
    with pytest.raises(BadMaterial, match="pages 1-1: no text"):
        read_pdf(printed_pdf([[]]))
    writer = PdfWriter(clone_from=PdfReader(BytesIO(printed_pdf(PAGES))))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = BytesIO()
    writer.write(locked)
    with pytest.raises(BadMaterial, match="locked with a password"):
        read_pdf(locked.getvalue())
    with pytest.raises(Damaged, match=r"x\.pdf: no PDF"):
        read_pdf(b"%PDF-1.4 nothing", "x.pdf")


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_pdf_cut_short_is_refused_or_read_whole(part):
    raw = printed_pdf(PAGES)
    try:
        script = read_pdf(raw[: int(len(raw) * part)])
    except BadMaterial:
        return
    assert script.elements == read_pdf(raw).elements
