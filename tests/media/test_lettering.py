"""Every sign is drawn as itself or as a question mark: never as an empty box."""

from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from rushes.media import lettering
from rushes.media.lettering import Face, face_for, fitted, in_two, letters


@pytest.fixture
def no_system_fonts(monkeypatch):
    monkeypatch.setattr(lettering, "system_fonts", tuple)


def make_font(path: Path, signs: str) -> Path:
    """Write a font in which each sign is a full block, and what it lacks an empty box."""
    builder = FontBuilder(1000)
    names = {ord(sign): f"sign{place}" for place, sign in enumerate(signs)}
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    block, box = TTGlyphPen(None), TTGlyphPen(None)
    for pen, corners in ((block, [(0, 0), (0, 900), (900, 900), (900, 0)]), (box, [(0, 0), (0, 90), (900, 90)])):
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    builder.setupGlyf({".notdef": box.glyph(), **dict.fromkeys(names.values(), block.glyph())})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Block", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


@pytest.mark.usefixtures("no_system_fonts")
@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("夜のフェリー Night Ferry", "?????? Night Ferry"),
        ("Größe · Ж Ω ğ", "Größe · Ж Ω ğ"),
        ("two\nlines", "two lines"),
        ("f\udc80", "f?"),
        ("x\u200dy", "xy"),
    ],
)
def test_a_sign_that_no_font_has_is_a_question_mark_and_never_a_box(text, spelled):
    face = face_for(text)
    assert fitted(text, face, 20, width=10**4) == (spelled, 20)
    assert np.array_equal(letters(text, face, 20), letters(spelled, face, 20))


def test_a_font_of_the_machine_spells_what_dejavu_cannot(tmp_path, monkeypatch):
    some, whole = make_font(tmp_path / "some.ttf", "夜 N"), make_font(tmp_path / "whole.ttf", "夜の N")
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    monkeypatch.setattr(lettering, "system_fonts", lambda: (tmp_path / "broken.ttf", some, whole))
    assert face_for("夜の N") == Face(whole)
    assert face_for("夜の N").spelled("夜の Ж") == "夜の ?"
    assert face_for("Night") == Face()


def test_words_that_dejavu_or_pillow_spell_never_ask_the_machine_for_its_fonts(monkeypatch):
    monkeypatch.setattr(lettering, "system_fonts", lambda: pytest.fail("asked"))
    assert face_for("Night Ferry") == Face()
    assert face_for("Größe Ж") != Face()


def test_a_line_that_does_not_fit_is_parted_at_a_space_or_else_left_to_be_cut():
    face = face_for("")
    assert in_two("one two three", face, 20, width=400) == ["one two three"]
    assert in_two("one two three", face, 11, width=55) == ["one two", "three"]
    assert in_two("a_name_without_any_space", face, 11, width=55) == ["a_name_without_any_space"]
