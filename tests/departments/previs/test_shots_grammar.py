import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.grammar import WORDS, Shot, parse_shot, write_shot
from rushes.departments.previs.shots.moves import UNITS, WAYS, Move
from rushes.departments.previs.shots.sizes import ANGLES, SIDES_DEG, SIZES
from rushes.domain.errors import BadMaterial

amounts = st.integers(1, 99999).map(lambda thousandths: thousandths / 1000)
names = st.text("AbÁ \"\\'>,+.-9", min_size=1, max_size=5).map("J{}".format) | st.sampled_from(
    [*sorted(WORDS), "50mm", "9", '"', "\\", " MRS. BLOOM ", "O'NEIL", "Ása", "in\nlines"]
)
labels = st.sampled_from(["42B", "A42", "42", "DUSK_042_0010", "042-A", "é1", "10mm"])


@st.composite
def moves(draw):
    verb = draw(st.sampled_from(sorted(WAYS)))
    amount = draw(amounts) if verb != "hold" and draw(st.booleans()) else 0.0
    ends = verb in {"push", "pull"} and not amount and draw(st.booleans())
    size = draw(st.sampled_from(sorted(SIZES))) if ends else ""
    return Move(verb, draw(st.sampled_from(WAYS[verb])), amount, draw(st.just(0.0) | amounts), size)


@st.composite
def shots(draw):
    cast = draw(st.lists(names, min_size=2, max_size=4, unique=True))
    looks = draw(st.booleans())
    who = tuple(cast[:-1])
    return Shot(
        draw(labels),
        draw(st.sampled_from(sorted(SIZES))),
        who,
        cast[-1] if looks else "",
        draw(st.sampled_from(ANGLES)),
        draw(st.sampled_from(["", *SIDES_DEG])),
        looks and len(who) == 1 and draw(st.booleans()),
        draw(st.just(0.0) | st.integers(-45, 45).filter(bool).map(float)),
        draw(st.just(0.0) | st.integers(8, 300).map(float)),
        tuple(draw(st.lists(moves(), max_size=3))),
    )


@settings(max_examples=60, deadline=None)
@given(shots())
def test_a_written_shot_reads_as_the_same_shot(shot):
    assert parse_shot(write_shot(shot)) == shot


@settings(max_examples=30, deadline=None)
@given(shots(), st.randoms())
def test_words_in_any_order_and_case_write_the_same_line(shot, random):
    line = write_shot(Shot(shot.label, shot.size, ("JENNY",), "WILL", shot.angle, shot.side, shot.over, 0.0, 50.0))
    label, *words = line.split(" ")
    random.shuffle(words)
    mixed = [word if ">" in word else random.choice([str.upper, str.lower])(word) for word in words]
    assert write_shot(parse_shot(" ".join([label, *mixed]))) == line


def test_the_line_of_the_issue_says_what_it_says():
    shot = parse_shot("42B MCU LOW 50mm JENNY>WILL, push in 3s")
    assert shot == Shot("42B", "MCU", ("JENNY",), "WILL", "LOW", focal_mm=50.0, moves=(Move("push", "in", 0.0, 3.0),))
    assert write_shot(shot) == "42B MCU LOW 50mm JENNY>WILL, push in 3s"


def test_blanks_around_joints_and_other_words_for_a_size_make_no_difference():
    assert parse_shot("7  ws  JENNY + WILL > BO , pan left 30deg 2s") == parse_shot(
        "7 LS JENNY+WILL>BO, pan left 30° 2s"
    )


def test_a_name_that_is_a_word_of_the_grammar_is_written_in_quotes():
    assert write_shot(Shot("1", "CU", ("LOW",), 'Mrs. "B" Bloom')) == '1 CU "LOW">"Mrs. \\"B\\" Bloom"'


def test_every_fault_is_told_at_once_with_its_column():
    with pytest.raises(BadMaterial) as refused:
        parse_shot("1 MS CU 0mm JENNY WILL, fly, push 3q, pan left 2m 1s 2s,")
    assert list(refused.value.reasons) == [
        "column 6: a second size: 'CU'",
        "column 9: no lens of 0mm is made",
        "column 19: a second subject: 'WILL'",
        "column 25: 'fly' is no move: push, pull, track, crane, pan, tilt, roll, zoom, hold",
        "column 35: '3q' means nothing in a move",
        "column 35: push which way: in?",
        "column 48: 'm' does not measure a pan: use °",
        "column 54: a second duration",
        "column 57: nothing stands after the comma",
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", "column 1: the line must start with the shot's label"),
        ("MCU JENNY", "column 1: the line must start"),
        ("42B JENNY", "column 10: no size is given"),
        ("42B CU", "column 7: nobody is in the frame"),
        ('42B CU "JEN', "column 8: a quote is opened"),
        ("42B CU JENNY>", "column 14: nobody stands after '>'"),
        ("42B CU A>B>C", "column 11: nothing follows whom they look at, B"),
        ("42B CU A+A", "the same name stands twice"),
        ("42B CU OTS A+B", "OTS needs one name"),
        ("42B CU A DUTCH", "column 10: DUTCH by how many degrees"),
        ("42B CU A DUTCH 60", "column 16: a Dutch angle of 60 is not within 45"),
        ("42B CU A>LOW", "column 10: a name should stand here, not 'LOW'"),
        ("42B CU A, push in to HUGE", "column 22: 'HUGE' is no size to end on"),
        ("42B CU A, push in 1m 2m", "column 22: a second amount"),
        ("42B CU A, hold 0s", "column 16: a duration of nothing"),
    ],
)
def test_a_faulty_line_is_refused_at_the_column_of_its_fault(line, fault):
    with pytest.raises(BadMaterial) as refused:
        parse_shot(line)
    assert any(fault in reason for reason in refused.value.reasons)


def test_a_name_outside_the_cast_is_refused_and_the_nearest_offered():
    with pytest.raises(BadMaterial, match=r"column 8: 'JENY' is neither.*did you mean 'JENNY'"):
        parse_shot("42B CU JENY", cast=["JENNY", "WILL"])
    with pytest.raises(BadMaterial, match="did you mean 'MCU'"):
        parse_shot("42B MCUU", cast=["JENNY", "WILL"])


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(line):
    try:
        shot = parse_shot(line)
    except BadMaterial as refused:
        assert refused.reasons
    else:
        assert parse_shot(write_shot(shot)) == shot


@settings(max_examples=40, deadline=None)
@given(moves())
def test_units_are_written_beside_their_numbers(move):
    line = write_shot(Shot("1", "CU", ("A",), moves=(move,)))
    unit = "mm" if move.verb == "zoom" else UNITS.get(move.verb, "")
    assert not move.amount or f"{unit}" in line.split(", ")[1]
