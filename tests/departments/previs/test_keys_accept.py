"""Keys that cannot be carried are refused with every reason; where the stage has changed, it is said how."""

import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rushes.departments.previs.keys.accept import accepted
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.underlay import changes, from_json, to_json, underlay_of
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Light, Moment
from rushes.domain.errors import BadMaterial

sys.path.append(str(Path(__file__).parent))

from boxes import TWO, open_boxes, placed, two_walkers

SIZE = (96, 54)
NAMES = [thing.name for thing in TWO]
NOW = two_walkers(0.3)


def drawn(moment: Moment) -> Passes:
    return open_boxes(TWO, SIZE, 1).draw(moment)


@cache
def passes() -> Passes:
    return drawn(NOW)


def said(moment: Moment) -> str:
    return "; ".join(changes(underlay_of(passes()), underlay_of(drawn(moment)), NAMES))


def test_keys_come_back_in_the_order_of_their_frames():
    keys = [Key(7, passes().beauty, passes()), Key(2, passes().beauty, passes())]
    assert [key.frame for key in accepted(keys, SIZE, 24, drawn=lambda _: passes())] == [2, 7]


def test_every_reason_is_said_at_once():
    bad = np.array(passes().beauty)
    bad[0, 3, 4] = np.nan
    alpha = np.full((54, 96), 1.5, np.float32)
    keys = [
        Key(40, passes().beauty[:, :50], passes(), np.zeros((54, 96), np.float32)),
        Key(3, bad, replace(passes(), lit=np.zeros(0, np.float32)), alpha),
        Key(3, passes().beauty, passes(), alpha[:9]),
    ]
    with pytest.raises(BadMaterial) as refusal:
        accepted(keys, SIZE, 24)
    text = str(refusal.value)
    for words in (
        "frame 3 was painted more than once",
        "key of frame 40: the shot has frames 0 to 23",
        "painted at 96×50, the shot is drawn at 96×54",
        "nothing is painted",
        "1 pixels are no numbers",
        "between 0 and 1",
        "lacks the passes lit",
        "its alpha is 96×9",
    ):
        assert words in text
    assert len(refusal.value.reasons) == 8


def test_no_key_is_no_reason_to_guess():
    with pytest.raises(BadMaterial, match="0 keys"):
        accepted([], SIZE, 24)


def test_a_key_over_a_stage_that_changed_is_refused_with_what_changed():
    over = underlay_of(passes())
    moved = replace(NOW, camera=replace(NOW.camera, place=(0.0, 1.5, 4.7)), hidden=frozenset({"column"}))
    key = Key(5, passes().beauty, passes(), over=over)
    with pytest.raises(BadMaterial) as refusal:
        accepted([key], SIZE, 24, drawn=lambda _: drawn(moved), names=NAMES)
    metres = float(np.linalg.norm(np.subtract(NOW.camera.place, moved.camera.place)))
    assert any(f"the camera moved {metres:.2f} m" in reason for reason in refusal.value.reasons)
    assert any("column is gone" in reason for reason in refusal.value.reasons)


def test_what_changed_is_said_in_words():
    camera = NOW.camera
    assert said(NOW) == ""
    assert said(replace(NOW, camera=replace(camera, pan_deg=camera.pan_deg + 2))).startswith("the camera turned 2.0°")
    assert "the lens is 1.25 times as long" in said(replace(NOW, camera=replace(camera, focal_mm=30.0)))
    assert "stops darker" in said(replace(NOW, light=Light(key=(0.4, 0.4, 0.4), towards=NOW.light.towards)))
    shifted = {**NOW.places, "door": placed(np.eye(3), (0, 0, 0), (-0.12, 0, 0))}
    assert said(replace(NOW, places=shifted)) == "door moved 12.0 cm"
    assert "column is gone" in said(replace(NOW, hidden=frozenset({"column"})))


def test_another_machine_that_draws_a_hair_differently_is_no_change():
    noise = np.random.default_rng(1).normal(0, 2e-6, passes().position.shape).astype(np.float32)
    other = replace(passes(), position=passes().position + noise * (passes().ids > 0))
    assert underlay_of(other).digest != underlay_of(passes()).digest
    assert changes(underlay_of(passes()), underlay_of(other)) == []


def test_an_underlay_is_kept_as_json():
    over = underlay_of(passes())
    again = from_json(json.loads(json.dumps(to_json(over))))
    assert again == over
