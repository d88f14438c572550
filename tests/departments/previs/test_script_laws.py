"""Laws of the script's readers and writers, for scripts and texts that nobody wrote."""

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.script.emphasis import Run, cut_runs, marked, plain, runs
from rushes.departments.previs.script.fdx import read_fdx
from rushes.departments.previs.script.fdx_writer import write_fdx
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.fountain_writer import write_fountain
from rushes.departments.previs.script.model import Element, Kind, Note, Script, Tag, TitleEntry
from rushes.domain.errors import BadMaterial

LETTERS = string.ascii_letters + string.digits + ".,!?'>#=@~():&é李-"
word = st.text(LETTERS, min_size=1, max_size=6)
styles = st.frozensets(st.sampled_from(["Bold", "Italic", "Underline"]))
STARRED = st.text(LETTERS + "*_\\", min_size=1, max_size=6)


@st.composite
def inline(draw, words=word):
    parts = [Run(draw(words), draw(styles)) for _ in range(draw(st.integers(1, 4)))]
    spaced = [part for run in parts for part in (run, Run(" ", frozenset()))][:-1]
    return marked(spaced)


line = inline()
lines = st.lists(line, min_size=1, max_size=3).map("\n".join)
shout = st.text("ABC 12", min_size=1, max_size=9).map(lambda text: f"J{' '.join(text.split())}")
number = st.just("") | st.from_regex(r"[1-9][0-9]?[AB]?", fullmatch=True)
remark = st.text("abc .\n", min_size=1, max_size=8).filter(lambda text: "\n\n" not in text)


@st.composite
def noted(draw, element):
    # a note stands between the runs, where no mark is open
    ends = sorted({0, len(element.text)}) if element.kind is not Kind.SCENE else [len(element.text)]
    places = draw(st.lists(st.sampled_from(ends), max_size=2))
    notes = tuple(Note(at, draw(remark), draw(st.booleans())) for at in sorted(places))
    return Element(
        element.kind, element.text, element.number, element.side, element.depth, element.revision, notes=notes
    )


@st.composite
def speech(draw, side=""):
    found = [
        Element(
            Kind.CHARACTER,
            draw(shout | word.filter(lambda text: text.strip("^") == text and "(" not in text)),
            side=side,
        )
    ]
    kinds = draw(st.lists(st.sampled_from([Kind.PARENTHETICAL, Kind.DIALOGUE, Kind.LYRIC]), max_size=3))
    for kind in kinds:
        if kind is Kind.PARENTHETICAL:
            found.append(Element(kind, f"({draw(st.text('abc', min_size=1))})", side=side))
        elif kind is not found[-1].kind:
            said = draw(st.lists(st.text("abcXY ,.", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=3))
            found.append(
                Element(
                    kind,
                    draw(st.sampled_from(["\n", "\n\n"])).join(said) if kind is Kind.DIALOGUE else "\n".join(said),
                    side=side,
                )
            )
    return found


def one(kind, text, **rest):
    return st.builds(Element, st.just(kind), text, **rest).map(lambda element: [element])


def no_edges(text):
    return not text.startswith(("#", "=", "~", ".", ">", "!")) and not text.endswith(("<", "#", "^"))


block = st.one_of(
    one(
        Kind.SCENE,
        line.filter(no_edges),
        number=number,
        revision=st.sampled_from(["", "Blue"]),
        eighths=st.integers(0, 20),
    ),
    one(Kind.ACTION, lines, revision=st.sampled_from(["", "Pink"]), style=st.sampled_from(["", "Shot"])),
    one(Kind.TRANSITION, line.filter(no_edges)),
    one(Kind.CENTRED, lines),
    one(Kind.SECTION, line.filter(no_edges), depth=st.integers(1, 6)),
    one(Kind.SYNOPSIS, line.filter(no_edges)),
    one(Kind.NOTE, remark.filter(str.strip)),
    one(Kind.BONEYARD, remark.filter(str.strip)),
    st.just([Element(Kind.PAGE_BREAK, "")]),
    speech(),
    st.tuples(speech("left"), speech("right")).map(lambda sides: sides[0] + sides[1]),
)
titles = st.lists(
    st.builds(
        TitleEntry,
        st.sampled_from(["Title", "Author", "Draft date"]),
        st.lists(word, min_size=1, max_size=2).map(tuple),
    ),
    max_size=2,
).filter(lambda entries: all(":" not in line for entry in entries for line in entry.lines))


@st.composite
def scripts(draw):
    elements = [element for blocks in draw(st.lists(block, max_size=6)) for element in blocks]
    return Script(tuple(draw(titles)), tuple(elements))


@given(scripts())
@settings(deadline=None, max_examples=40)
def test_a_script_written_as_fountain_reads_as_itself(script):
    assert read_fountain(write_fountain(script).encode()) == script


@given(scripts())
@settings(deadline=None, max_examples=40)
def test_a_script_written_as_final_draft_reads_as_itself(script):
    assert read_fdx(write_fdx(script).encode()) == script


CHUNKS = [
    "[[n]]",
    "/*b*/",
    "[[",
    "]]",
    "/*",
    "*/",
    "\n",
    "\n\n",
    "  \n",
    "A",
    "b",
    " ",
    "\t",
    "#",
    "=",
    ">",
    "<",
    ".",
    "~",
    "@",
]


@given(st.lists(st.sampled_from([*CHUNKS, "!", "^", "(", ")", "k: v", "INT. X", "TO:"]), max_size=25).map("".join))
@settings(deadline=None, max_examples=150)
def test_any_text_at_all_is_read_once_and_every_character_is_in_a_span(text):
    script = read_fountain(text.encode())
    held = bytearray(len(script.source))
    for part in (*script.title, *script.elements):
        held[part.span.start : part.span.end] = b"\1" * (part.span.end - part.span.start)
    assert not [at for at, letter in enumerate(script.source) if not letter.isspace() and not held[at]]


@given(st.lists(st.builds(Run, STARRED | st.just(" "), styles), max_size=6))
@settings(deadline=None)
def test_runs_written_as_marks_keep_every_word(parts):
    assert plain(marked(parts)) == "".join(part.text for part in parts)


@given(st.text("ab *_\\\n", max_size=30), st.lists(st.integers(0, 30), max_size=3).map(sorted))
@settings(deadline=None)
def test_runs_cut_anywhere_are_the_same_runs(text, places):
    cut = [run for part in cut_runs(text, places) for run in part]
    assert "".join(run.text for run in cut) == plain(text) == "".join(run.text for run in runs(text))


HAZARDS = [
    "INT. X",
    "CUT TO:",
    "JO\nHi",
    "# x",
    "= x",
    "===",
    "> x",
    "> x <",
    "~x",
    "@JO\nHi",
    ".x",
    "!x",
    "Key: v",
    "a\n# b",
    "a\n> b",
    "a\n~b",
    "a\n===",
    "  INT. X",
]


@pytest.mark.parametrize("text", HAZARDS)
def test_action_that_looks_like_something_else_stays_action(text):
    script = Script((), (Element(Kind.ACTION, text), Element(Kind.ACTION, text)))
    assert read_fountain(write_fountain(script).encode()) == script


def test_notes_and_tags_stay_on_their_words_through_final_draft():
    action = Element(
        Kind.ACTION,
        "The *cold* beers.",
        notes=(Note(4, "how cold?"),),
        tags=(Tag(4, 16, "Props", "beer"),),
        revision="Blue",
    )
    script = Script((), (Element(Kind.SCENE, "INT. SHED", "4A", eighths=3), action))
    assert read_fdx(write_fdx(script).encode()) == script


def test_a_revision_and_a_stated_length_stay_through_fountain():
    script = Script(
        (),
        (Element(Kind.SCENE, "INT. SHED", "4A", eighths=3, revision="Blue"), Element(Kind.ACTION, "X", style="Shot")),
    )
    assert read_fountain(write_fountain(script).encode()) == script


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"ok\nbad \xe9 line", "line 2: byte 0xe9 is not UTF-8"),
        (b"one\n\ntwo\0", "line 3: a zero byte"),
        (b"a" * ((1 << 23) + 1), "8388609 bytes"),
        (b"\n" * 400_001, "400001 lines"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(raw, why):
    with pytest.raises(BadMaterial, match=why):
        read_fountain(raw)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>\n<FinalDraft><Content/></FinalDraft>'


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (BOMB, "line 1: a document type"),
        (b"<FinalDraft>\n<Content>\n<Paragraph>\n</Content></FinalDraft>", "line 4: mismatched tag"),
        (b"<html/>", "no <Content>"),
        (b"<FinalDraft><Content>" + b"<Paragraph>" * 99, "64 elements deep"),
    ],
)
def test_a_bad_or_hostile_fdx_is_refused_with_its_line(raw, why):
    with pytest.raises(BadMaterial, match=why):
        read_fdx(raw)


@pytest.mark.parametrize(
    "hostile",
    [
        "[[" * 50_000,
        "/*" * 50_000,
        "[[x\n\n" * 10_000,
        "*" * 100_000,
        "#" * 100_000,
        "A\n" * 20_000,
        "[[a]]\n" * 12_000,
        "A\nb\n" + "  \n" * 60_000,
    ],
)
def test_a_hostile_fountain_costs_one_pass(hostile):
    began = time.process_time()
    assert read_fountain(hostile.encode()).source == hostile
    assert time.process_time() - began < 4  # what grows with the square takes a minute and more
