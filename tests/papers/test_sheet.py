from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.domain.actions import ACTIONS, GENERATIVE_TRAINING, TRAINING
from rushes.domain.clearances import GIVERS
from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Consent, Licence
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.territories import TERRITORIES
from rushes.papers.sheet import COLUMNS, read_sheet, write_sheet

PAPER = AssetFile("deal; final.pdf", "sha256:" + "a" * 64, 1200)
LICENCE = Licence(
    "nf", "lic1", "Nightfall Ltd", ("plate_a", "plate_b"), (TRAINING,), ("paint", "look"), ("GB", "US"),
    None, date(2030, 12, 31), PAPER, (GENERATIVE_TRAINING,),
    (Duty("compensate", "pay 100 EUR; at once", None), Duty("credit", "end titles", date(2027, 1, 1))), clause="4.2",
)  # fmt: skip
CONSENT = Consent(
    "nf", "con1", "per-1", (TRAINING,), ("paint",), date(2026, 1, 1), None, None,
    "remove the wire, in one shot", "guardian", ("signature", "description"), "sha256:" + "b" * 64,
)  # fmt: skip

text = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=5).map(str.strip)
names = text.filter(bool)
several = st.lists(names, unique=True, min_size=1, max_size=2).map(tuple)
words = st.lists(st.sampled_from(ACTIONS), unique=True, min_size=1).map(tuple)
codes = st.just(("*",)) | st.lists(st.sampled_from(TERRITORIES), unique=True, min_size=1, max_size=3).map(tuple)
days = st.none() | st.dates()
digests = st.binary(min_size=32, max_size=32).map(lambda raw: f"sha256:{raw.hex()}")
papers = st.none() | st.builds(AssetFile, names, digests, st.integers(0, 2**40))
duties = st.lists(st.builds(Duty, st.from_regex(r"[a-z-]{1,4}", fullmatch=True), names, days), max_size=2).map(tuple)
licences = st.builds(
    Licence, st.just("nf"), names, names, several, words, several, codes, days, days, papers,
    st.just(()) | words, duties, st.booleans(), st.booleans(), text,
)  # fmt: skip
consents = st.builds(
    Consent, st.just("nf"), names, names, words, several, days, days, papers, text,
    st.sampled_from(GIVERS), st.just(()) | several, st.none() | digests,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(licences | consents, max_size=2, unique_by=lambda grant: (type(grant), grant.name)))
def test_grants_that_were_written_read_back_as_themselves(grants):
    assert read_sheet(write_sheet(grants), show="nf") == grants


def test_a_sheet_is_plain_to_people():
    header, row, *_ = write_sheet([replace(LICENCE, duties=(), paper=None)]).decode("utf-8-sig").splitlines()
    assert header == ",".join(COLUMNS)
    assert row == (
        "licence,lic1,Nightfall Ltd,plate_a; plate_b,cawg.ai_training,paint; look,GB; US,,2030-12-31,"
        "cawg.ai_generative_training,,no,no,4.2,,,,,"
    )


def with_semicolons(sheet):
    """As a German spreadsheet saves it."""
    rows = [line.split(",") for line in sheet.decode("utf-8-sig").splitlines()]
    quoted = [[f'"{cell}"' if ";" in cell else cell for cell in row] for row in rows]
    return "\r\n".join(";".join(row) for row in quoted).encode()


def test_a_spreadsheet_may_part_cells_with_semicolons_and_mark_its_utf_8_or_not():
    licence = replace(LICENCE, duties=(), paper=None)
    sheet = write_sheet([licence])
    assert sheet.startswith(b"\xef\xbb\xbf")
    assert read_sheet(with_semicolons(sheet), show="nf") == [licence]
    assert read_sheet(sheet.removeprefix(b"\xef\xbb\xbf"), show="nf") == [licence]
    assert read_sheet(write_sheet([LICENCE, CONSENT]) + b"\r\n,,,\r\n", show="nf") == [LICENCE, CONSENT]


@pytest.mark.parametrize("start", ["=HYPERLINK(1)", "+1", "-1", "@sum", "'=x"])
def test_no_cell_runs_as_a_formula(start):
    licence = replace(LICENCE, owner=start, clause=start)
    sheet = write_sheet([licence])
    assert f",'{start}," in sheet.decode("utf-8-sig")
    assert read_sheet(sheet, show="nf") == [licence]


def test_a_formula_in_a_sheet_is_refused():
    with pytest.raises(BadMaterial) as refused:
        read_sheet(write_sheet([replace(LICENCE, clause="here")]).replace(b",here,", b", =1+1,"), show="nf")
    assert refused.value.reasons == (
        "line 2, column clause: begins like a formula, with '='; put an apostrophe before it",
    )


def row(**cells):
    good = {
        "kind": "licence", "name": "n", "from": "o", "assets": "*", "actions": TRAINING, "uses": "*",
        "territories": "*",
    } | {column.replace("_", " "): cell for column, cell in cells.items()}  # fmt: skip
    return ",".join(f'"{good.get(column, "")}"' for column in COLUMNS)


def sheet_of(*rows):
    return "\n".join([",".join(COLUMNS), *rows]).encode()


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"ends": "31.12.2027"}, "column ends: '31.12.2027' is no day; write it as in 2027-12-31"),
        ({"ends": "2027-02-30"}, "column ends: '2027-02-30' is no day; write it as in 2027-12-31"),
        ({"actions": "training"}, f"column actions: 'training' is none of {', '.join(ACTIONS)}"),
        ({"territories": "UK"}, "column territories: no territory has the code 'UK'; did you mean 'GB'?"),
        ({"territories": ""}, "column territories: is empty; write * for all"),
        ({"assets": ""}, "column assets: is empty; write * for all"),
        ({"kind": "deal"}, "column kind: 'deal' is neither licence nor consent"),
        ({"name": " "}, "column name: is empty"),
        ({"outlives": "maybe"}, "column outlives: 'maybe' is neither yes nor no"),
        ({"described": "only at night"}, "column described: a licence has none"),
        ({"paper": "deal.pdf"}, "column paper: no document 'deal.pdf' was brought along"),
        (
            {"duties": "pay up"},
            "column duties: 'pay up' is no duty; write one as in: credit by 2027-01-31: in the end titles",
        ),
        ({"forbids": "x\\"}, f"column forbids: 'x\\\\' is none of {', '.join(ACTIONS)}"),
    ],
)
def test_a_fault_is_named_by_line_and_column(cells, fault):
    with pytest.raises(BadMaterial) as refused:
        read_sheet(sheet_of(row(name="a"), row(**cells)), show="nf")
    assert refused.value.reasons == (f"line 3, {fault}",)


def test_a_restriction_that_a_consent_has_no_place_for_is_refused():
    consent = row(kind="consent", assets="", territories="GB", given_by="agent", request="x")
    with pytest.raises(BadMaterial) as refused:
        read_sheet(sheet_of(consent), show="nf")
    assert [reason.split(": ")[0] for reason in refused.value.reasons] == [
        f"line 2, column {column}" for column in ("territories", "given by", "request")
    ]


def test_all_faults_of_all_rows_are_told_at_once_with_the_line_of_each():
    rows = (row(name="a", clause="two\nlines"), row(name="a", ends="x"), row(name="b") + ",more", row(actions="y"))
    with pytest.raises(BadMaterial) as refused:
        read_sheet(sheet_of(*rows), show="nf")
    starts = [reason.split(":")[0] for reason in refused.value.reasons]
    assert starts == ["line 4, column ends", "line 4, column name", "line 5", "line 6, column actions"]


def test_columns_that_are_missing_or_unknown_are_refused():
    sheet = sheet_of(row()).replace(b"ends", b"embargo until")
    with pytest.raises(BadMaterial) as refused:
        read_sheet(sheet, show="nf")
    assert refused.value.reasons == (
        "line 1: there is no column 'embargo until'",
        "line 1: the column 'ends' is missing",
    )


@pytest.mark.parametrize("content", [b"\xff\xfek\0i\0", b"", sheet_of('"licence')])
def test_what_is_no_sheet_is_refused(content):
    with pytest.raises(BadMaterial):
        read_sheet(content, show="nf")


def test_a_document_brought_along_is_named_by_its_file():
    [licence] = read_sheet(sheet_of(row(paper="deal.pdf")), show="nf", papers={"deal.pdf": PAPER})
    assert licence.paper == PAPER


def test_a_sheet_of_no_grants_is_a_form_to_fill_in():
    assert read_sheet(write_sheet([]), show="nf") == []
    assert read_sheet(sheet_of(row()), show="nf") == [
        Licence("nf", "n", "o", ("*",), (TRAINING,), ("*",), ("*",), None, None)
    ]
