from functools import cache

import numpy as np
import pytest

from rushes.departments.previs.script.model import Element, Kind, Scene
from rushes.departments.previs.timing import NAMES, OF_A_SCENE, Coefficients, duration_of, fit
from rushes.domain.errors import BadMaterial

SLOW = Coefficients(3.0, 1.4, 0.31, 0.7, 0.33, 0.6, 0.2, 2.0)
NOISE = 0.2


@cache
def show(count=70, seed=7):
    """Return scenes of many shapes, and how long they last in a cut of a show with its own pace."""
    seeded = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        parts = [Element(Kind.SCENE, "INT. HALL - DAY")]
        for kind in seeded.choice(
            [Kind.ACTION, Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.TRANSITION], seeded.integers(2, 16)
        ):
            parts.append(Element(Kind(kind), " ".join(["word"] * int(seeded.integers(1, 40)))))
        made.append(Scene(0, tuple(parts)))
    lasts = [duration_of(scene, SLOW) * float(np.exp(seeded.normal(0, NOISE))) for scene in made]
    return tuple(made), tuple(lasts)


def off(coefficients, made, lasts):
    return np.mean(
        [abs(np.log(duration_of(scene, coefficients) / cut)) for scene, cut in zip(made, lasts, strict=True)]
    )


@pytest.mark.parametrize("known", [1, 2, 3, 5, 10, 40])
def test_a_fit_lowers_the_error_on_scenes_that_it_has_not_seen(known):
    made, lasts = show()
    held = made[40:], lasts[40:]
    starts = range(0, 40 - known + 1, max(1, known))
    after = [off(fit(made[at : at + known], lasts[at : at + known]), *held) for at in starts]
    before = off(Coefficients(), *held)
    assert np.mean(after) < before * {1: 0.98, 40: 0.8}.get(known, 0.96)
    # one scene in an odd rhythm must not spoil the rest
    assert max(after) < before * (1.5 if known < 5 else 1.1)


def test_many_scenes_leave_little_but_what_no_script_tells():
    made, lasts = show()
    found = fit(made[:40], lasts[:40])
    # the mean of a normal error's size is sqrt(2/pi) of its spread
    assert off(found, made[40:], lasts[40:]) < 1.3 * NOISE * np.sqrt(2 / np.pi)
    assert found.spread == pytest.approx(NOISE, abs=0.06)
    assert found.fitted == 40


def test_one_scene_teaches_a_pace_and_wrecks_nothing():
    made, _ = show()
    one = made[3]
    found = fit([one], [4 * duration_of(one)])
    ratios = [getattr(found, name) / getattr(Coefficients(), name) for name in NAMES]
    assert min(ratios) > 1
    assert max(ratios) < 4


def test_a_scene_that_grew_into_a_set_piece_hardly_moves_the_rest():
    made, lasts = show()
    wild = (lasts[0] * 12, *lasts[1:40])
    clean, touched = fit(made[:40], lasts[:40]), fit(made[:40], wild)
    assert off(touched, made[40:], lasts[40:]) < off(clean, made[40:], lasts[40:]) + 0.02


def test_no_number_falls_below_nothing():
    # scenes that last less than their headings alone, and the longer the less
    made, _ = show()
    found = fit(made, [40.0 / sum(map(len, (part.text for part in scene.elements))) for scene in made])
    assert min(getattr(found, name) for name in NAMES) == 0


def test_a_cut_that_follows_the_start_changes_no_number():
    made, _ = show()
    found = fit(made[:20], [duration_of(scene) for scene in made[:20]])
    assert [getattr(found, name) for name in NAMES] == pytest.approx([getattr(Coefficients(), name) for name in NAMES])
    assert found.spread < OF_A_SCENE / 2


def test_the_same_scenes_give_the_same_numbers():
    made, lasts = show()
    assert fit(made[:12], lasts[:12]) == fit(made[:12], lasts[:12])


def test_no_scenes_leave_the_start():
    assert fit([], [], SLOW) == SLOW


def test_durations_that_cannot_be_are_refused_with_their_scenes():
    made, _ = show()
    with pytest.raises(BadMaterial) as refusal:
        fit(made[:4], [0.0, float("nan"), 90000.0])
    assert [reason.split()[:2] for reason in refusal.value.reasons] == [
        ["scene", "1"],
        ["scene", "2"],
        ["scene", "3"],
        ["4", "scenes,"],
    ]
