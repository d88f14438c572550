"""Where camera and pieces are, what of a key is seen in another frame, and what is not."""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from rushes.departments.previs.keys.carry import carry
from rushes.departments.previs.keys.edges import whole_pixels
from rushes.departments.previs.keys.fill import fill
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.sight import seen_at, sight_of
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.shots.cameras import axes
from rushes.departments.previs.stage.pieces import Light

sys.path.append(str(Path(__file__).parent))

from boxes import ROOM, TWO, averaged, open_boxes, painted, smaller, two_walkers

SIZE = (96, 54)
FINE = (288, 162)


@cache
def fine(at: float) -> Passes:
    return open_boxes(TWO, FINE, 1).draw(two_walkers(at))


@cache
def small(at: float) -> Passes:
    return smaller(fine(at))


def truth(at: float) -> np.ndarray:
    return averaged(painted(fine(at)))


@cache
def key(at: float) -> Key:
    return Key(round(24 * at), truth(at), small(at))


def decibels(one: np.ndarray, other: np.ndarray) -> float:
    codes = [np.clip(plate, 0, 1) ** (1 / 2.2) for plate in (one, other)]
    return float(-10 * np.log10(np.mean((codes[0] - codes[1]) ** 2)))


def test_camera_and_places_are_found_as_they_were_drawn():
    moment, sight = two_walkers(0.3), sight_of(small(0.3))
    right, up, forward = axes(moment.camera.pan_deg, moment.camera.tilt_deg)
    assert np.allclose(sight.place, moment.camera.place, atol=1e-4)
    assert np.allclose(sight.turn, [right, -up, forward], atol=1e-4)
    names = [thing.name for thing in TWO]
    seen = [names.index(name) + 1 for name in moment.places if names.index(name) + 1 < len(sight.moves)]
    known = [number for number in seen if np.isfinite(sight.moves[number]).all()]
    assert len(known) > 12
    for number in known:
        assert np.allclose(sight.moves[number], moment.places[names[number - 1]][:3], atol=5e-3), names[number - 1]


def test_every_pixel_is_where_its_own_position_says():
    passes = small(0.3)
    stands = passes.ids > 0
    across, down, depth = seen_at(sight_of(passes), passes.position[:, stands])
    rows, columns = np.nonzero(stands)
    assert np.abs(across - columns).max() < 0.01
    assert np.abs(down - rows).max() < 0.01
    assert np.allclose(depth, passes.depth[stands], atol=1e-3)


def test_a_floor_alone_tells_the_camera_and_an_empty_frame_tells_none():
    moment = two_walkers(0.3)
    floor = open_boxes(ROOM[:1], SIZE, 1)
    assert np.allclose(sight_of(floor.draw(moment)).place, moment.camera.place, atol=1e-3)
    assert sight_of(floor.draw(replace(moment, hidden=frozenset({"floor"})))) is None


def test_the_frame_that_was_painted_is_the_painting():
    carried = carry([key(0.25), key(0.75)], small(0.25), frame=6)
    assert np.array_equal(fill(carried, small(0.25)), key(0.25).painted)
    assert carried.coverage.mean() > 0.99


def test_a_key_carried_to_its_own_view_is_itself_inside_of_things():
    carried = carry([key(0.3)], small(0.3))
    whole = whole_pixels(small(0.3))
    assert whole.mean() > 0.7
    assert np.allclose(carried.plate[:, whole], truth(0.3)[:, whole], atol=2e-3)
    assert decibels(fill(carried, small(0.3)), truth(0.3)) > 30


def test_two_keys_paint_a_frame_that_nobody_painted():
    keys = [key(0.2), key(0.8)]
    carried = carry(keys, small(0.5), frame=12)
    assert carried.coverage.mean() > 0.9
    assert decibels(small(0.5).beauty, truth(0.5)) < 18
    assert decibels(fill(carried, small(0.5)), truth(0.5)) > 29
    assert set(np.unique(carried.source)) == {-1, 0, 1}


def test_no_paint_of_somebody_is_left_on_the_wall_behind_them():
    passes = small(0.2)
    people = passes.ids > len(ROOM)
    red, grey = np.array([0.9, 0.0, 0.0])[:, None, None], np.array([0.2, 0.2, 0.2])[:, None, None]
    fine_people = fine(0.2).ids > len(ROOM)
    over = Key(0, averaged(np.where(fine_people, red, grey).astype(np.float32)), passes)
    assert people.mean() > 0.01
    carried = carry([over], small(0.5), light=0.0)
    there = (small(0.5).ids <= len(ROOM)) & (carried.coverage > 0)
    assert carried.plate[0][there].max() < 0.25
    they = (small(0.5).ids > len(ROOM)) & (carried.coverage > 0.5)
    assert they.sum() > 50
    assert np.median(carried.plate[0][they]) > 0.85


def test_what_stood_behind_somebody_is_not_shown():
    wall_only = open_boxes(ROOM, SIZE, 1).draw(two_walkers(0.2))
    hidden = (small(0.2).ids > len(ROOM)) & (wall_only.ids > 0)
    carried = carry([key(0.2)], wall_only)
    inner = hidden[1:-1, 1:-1] & hidden[:-2, 1:-1] & hidden[2:, 1:-1] & hidden[1:-1, :-2] & hidden[1:-1, 2:]
    assert inner.sum() > 20
    assert carried.coverage[1:-1, 1:-1][inner].max() == 0
    assert (carried.source[1:-1, 1:-1][inner] == -1).all()


def test_a_shadow_that_moves_takes_its_paint_along():
    moment = two_walkers(0.3)
    noon, evening = moment, replace(moment, light=Light(towards=(-0.6, 0.9, 0.5)))
    draw = open_boxes(TWO, FINE, 1).draw
    before, after = draw(noon), draw(evening)
    asked = smaller(after)
    over = Key(0, averaged(painted(before)), smaller(before))
    obeyed = carry([over], asked)
    ignored = carry([over], asked, light=0.0)
    aim = averaged(painted(after))
    assert decibels(obeyed.plate, aim) > decibels(ignored.plate, aim) + 4


def test_flat_paint_is_not_relit():
    keys = [Key(0, averaged(painted(fine(at), lit=False)), small(at)) for at in (0.2, 0.8)]
    lit = [key(0.2), key(0.8)]
    floor = 1
    assert carry(keys, small(0.5)).light[:, floor].max() < 0.15
    assert carry(lit, small(0.5)).light[:, floor].min() > 0.6


def test_the_sky_is_carried_by_the_direction_it_is_seen_in():
    moment = two_walkers(0.3)
    camera = replace(moment.camera, tilt_deg=5.0)
    turned = replace(moment, camera=replace(camera, pan_deg=camera.pan_deg + 6.0, place=(0.4, 1.6, 4.0)))
    renderer = open_boxes(ROOM[:1], SIZE, 1)
    first, second = renderer.draw(replace(moment, camera=camera)), renderer.draw(turned)

    def sky(passes: Passes, pan_deg: float) -> np.ndarray:
        width = SIZE[0]
        right, _, forward = axes(pan_deg, 5.0)
        sideways = (np.arange(width) - (width - 1) / 2) / sight_of(passes).focal[0]
        heading = np.arctan2(*(np.outer(sideways, right) + forward)[:, [0, 2]].T)
        return np.broadcast_to(0.5 + 0.5 * np.sin(12 * heading), (3, *passes.ids.shape)).astype(np.float32)

    carried = carry([Key(0, sky(first, camera.pan_deg), first)], second, light=0.0)
    shown = (second.ids == 0) & (carried.coverage > 0)
    assert shown.sum() > 500
    wanted = sky(second, turned.camera.pan_deg)
    rows = np.abs(np.arange(SIZE[1]) - 20)[:, None] < 10  # far from the middle row headings bend
    assert np.abs(carried.plate - wanted)[:, shown & rows].mean() < 0.05


def test_only_what_is_painted_counts():
    alpha = np.zeros(small(0.2).ids.shape, np.float32)
    alpha[:, :48] = 1.0
    part = Key(5, np.where(alpha > 0, truth(0.2), 99.0).astype(np.float32), small(0.2), alpha)
    carried = carry([part], small(0.3), frame=7)
    assert 0.2 < carried.coverage.mean() < 0.7
    assert carried.plate.max() < 2
    both = carry([part, key(0.8)], small(0.3), frame=7)
    assert both.coverage.mean() > carried.coverage.mean() + 0.2


def test_a_piece_of_few_pixels_is_found_by_its_nearest_rest_position():
    passes = small(0.3)
    sizes = np.bincount(passes.ids.ravel())
    moved = next(n for n in range(len(ROOM) + 1, len(sizes)) if 10 < sizes[n] < 200)
    only = np.argwhere(passes.ids == moved)[:2]  # two points tell no turn
    ids = np.where(passes.ids == moved, 0, passes.ids).astype(np.uint16)
    ids[tuple(only.T)] = moved
    tiny = replace(passes, ids=ids)
    assert np.isnan(sight_of(tiny).moves[moved]).all()
    carried = carry([Key(0, truth(0.3), tiny)], tiny)
    assert (carried.coverage[tuple(only.T)] == 1).all()


def test_nothing_is_changed_in_place_and_the_same_frame_comes_again():
    one, passes = key(0.2), small(0.5)
    before = [one.painted.copy(), passes.beauty.copy(), passes.rest.copy()]
    first, second = carry([one], passes), carry([replace(one)], passes)
    assert all(np.array_equal(a, b) for a, b in zip(before, [one.painted, passes.beauty, passes.rest], strict=True))
    assert np.array_equal(first.plate, second.plate)
    assert np.isfinite(first.plate).all()
