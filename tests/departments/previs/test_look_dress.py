"""Dressing a greybox: what is painted stays on its piece, in its edges, and is gone at strength 0."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from rushes.departments.department import Colour
from rushes.departments.previs.look.ageing import breakup_of
from rushes.departments.previs.look.assign import GREYBOX, assign, suggested
from rushes.departments.previs.look.dress import Trims, dress, drew_on, open_wardrobe, ungraded, with_regrade
from rushes.departments.previs.look.pack import LookPack, Source, Swatch
from rushes.departments.previs.look.regrade import identity
from rushes.departments.previs.look.tones import to_code
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Light, Piece
from rushes.domain.errors import BadMaterial, NotFound

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
SIZE = (192, 108)
KEY = np.array([0.45, 0.75, 0.48])
BLOCKED = Light(key=(0.9, 0.9, 0.9), sky=(0.3, 0.3, 0.3), ground=(0.2, 0.2, 0.2))
BOXES = (
    ("floor", "pavement", (-6, -0.2, -6), (6, 0, 6), 0.45),
    ("wall", "concrete wall", (-6, 0, -3.2), (6, 3.2, -3), 0.6),
    ("hedge", "hedge", (0.4, 0, -1.5), (2.2, 1.1, -0.7), 0.3),
    ("crate", "blue crate", (-1.5, 0, -1.2), (-0.7, 0.8, -0.4), 0.5),
)
"""Name, surface, least and most corner at rest, grey."""


def pieces():
    return [
        Piece(
            name,
            np.array([low, high], np.float32),
            np.zeros((2, 3), np.float32),
            np.zeros((0, 3), np.int32),
            surface,
            (grey,) * 3,
        )
        for name, surface, low, high, grey in BOXES
    ]


def hit(x: float, rays: np.ndarray, moved: dict[str, tuple[float, float, float]]):
    """What rays from (x, 1.5, 4) meet: distance, piece from 1, normal and rest position."""
    start = np.array([x, 1.5, 4.0])
    best, ids = np.full(rays.shape[:2], np.inf), np.zeros(rays.shape[:2], np.uint16)
    normal, rest = np.zeros_like(rays), np.zeros_like(rays)
    for number, (name, _, low, high, _) in enumerate(BOXES, start=1):
        by = np.array(moved.get(name, (0, 0, 0)))
        with np.errstate(divide="ignore"):
            one, other = (low + by - start) / rays, (high + by - start) / rays
        near, far = np.minimum(one, other), np.maximum(one, other)
        enters = near.max(axis=2)
        seen = (enters < far.min(axis=2)) & (enters > 0) & (enters < best)
        axis = near.argmax(axis=2)
        best[seen], ids[seen] = enters[seen], number
        faces = -np.sign(np.take_along_axis(rays, axis[..., None], 2)) * (np.arange(3) == axis[..., None])
        normal[seen] = faces[seen]
        rest[seen] = (start + rays * enters[..., None] - by)[seen]
    return best, ids, normal, rest


def light_of_hits(ids, normal):
    grey = np.array([0.35, *(box[4] for box in BOXES)])[ids]
    lit = np.clip(normal @ (KEY / np.linalg.norm(KEY)), 0, 1)
    return grey * np.where(ids > 0, 0.9 * lit + 0.25 + 0.05 * normal[..., 1], 1), lit


def cast(x: float = 0.0, moved: dict[str, tuple[float, float, float]] | None = None, size=SIZE) -> Passes:
    """A greybox frame by ray casting: passes at the middle of each pixel, beauty of 3 × 3 rays."""
    width, height = size
    places = (np.arange(width * 3) + 0.5) / 3, (np.arange(height * 3) + 0.5) / 3
    across, down = np.meshgrid(*places)
    rays = np.stack([(across / width - 0.5) * 1.3, (0.5 - down / height) * 0.73, -np.ones_like(across)], axis=2)
    depth, ids, normal, rest = hit(x, rays, moved or {})
    light, lit = light_of_hits(ids, normal)
    beauty = light.reshape(height, 3, width, 3).mean(axis=(1, 3))
    middle = np.s_[1::3, 1::3]
    return passes_from(beauty, *(one[middle] for one in (depth, normal, rest, ids, lit)))


def passes_from(beauty, depth, normal, rest, ids, lit) -> Passes:
    return Passes(
        beauty=np.repeat(beauty[None], 3, axis=0).astype(np.float32),
        depth=depth.astype(np.float32),
        normal=np.ascontiguousarray(normal.transpose(2, 0, 1), np.float32),
        position=np.zeros(0, np.float32),
        rest=np.ascontiguousarray(rest.transpose(2, 0, 1), np.float32),
        ids=ids,
        lit=lit.astype(np.float32),
    )


def swatch(name: str, colour: tuple[float, float, float], lab, *, contrast: float = 0.2, share: float = 0.2) -> Swatch:
    rng = np.random.default_rng(len(name))
    coarse = rng.normal(size=(16, 16)).repeat(4, 0).repeat(4, 1)
    tile = np.array(colour) * (1 + contrast * 0.4 * coarse[..., None])
    source = Source("show", len(name))
    tile = tile.clip(0.02, 0.9).astype(np.float32)
    return Swatch(name, tile, lab, contrast, 0.9, 0.8, source, (0, 0, 64, 64), (source,), share)


def show_pack() -> LookPack:
    swatches = (
        swatch("light grey fine-grained", (0.55, 0.55, 0.5), (77, 0, 4)),
        swatch("olive rough", (0.12, 0.2, 0.05), (50, -16, 36), contrast=0.7),
        swatch("dark blue smooth", (0.05, 0.1, 0.35), (38, 6, -40), contrast=0.05),
        swatch("brown grainy", (0.3, 0.18, 0.09), (50, 12, 26), contrast=0.3),
    )
    frames = tuple(sorted({one.source for one in swatches}))
    small = np.random.default_rng(3).uniform(0.02, 0.6, (len(frames), 36, 64, 3)).astype(np.float16)
    return LookPack(
        swatches=swatches,
        frames=frames,
        sizes=((960, 540),) * len(frames),
        palette=np.full((2, 3), 0.2, np.float32),
        shares=np.full(2, 0.5, np.float32),
        light=Light(haze_m=60.0),
        tones=np.zeros(11, np.float32),
        small=small,
        thumbs=np.zeros((len(frames), 108, 192, 3), np.uint8),
        regrade=identity(),
        luma=np.array([0.27, 0.67, 0.06], np.float32),
    )


PACK = show_pack()
FRAME = cast()
EVEN = breakup_of(0, deepest=0.0)


@pytest.fixture(scope="module")
def wardrobe():
    return open_wardrobe(PACK, assign(pieces(), PACK), blocked=BLOCKED)


def surfaces(passes: Passes) -> np.ndarray:
    """One number for each side of each piece."""
    sides = np.rint((passes.normal * np.array([1, 2, 4])[:, None, None]).sum(axis=0)).astype(int)
    return passes.ids.astype(int) * 100 + sides


def inside(passes: Passes, by: int = 2) -> np.ndarray:
    """Pixels whose neighbours up to some distance are of the same piece and face the same way."""
    key = surfaces(passes)
    same = np.ones(key.shape, bool)
    for axis in (0, 1):
        for step in range(-by, by + 1):
            same &= np.roll(key, step, axis) == key
    same[:by], same[-by:], same[:, :by], same[:, -by:] = False, False, False, False
    return same


def test_strength_nought_is_the_greybox_bit_for_bit_and_a_half_lies_halfway(wardrobe):
    graded = with_regrade(wardrobe, [FRAME])
    before = {name: getattr(FRAME, name).copy() for name in vars(FRAME)}
    none, half, whole = (dress(FRAME, graded, COLOUR, strength=strength) for strength in (0.0, 0.5, 1.0))
    assert np.array_equal(none, FRAME.beauty)
    assert none is not FRAME.beauty
    assert np.abs(whole - FRAME.beauty).mean() > 0.05
    assert np.allclose(half, (FRAME.beauty + whole) / 2, atol=1e-6)
    assert all(np.array_equal(getattr(FRAME, name), plane) for name, plane in before.items())


@pytest.mark.parametrize(("locked", "name"), [("hedge", "hedge"), ("pavement", "floor")])
def test_what_is_locked_stays_greybox_bit_for_bit(locked, name):
    worn = assign(pieces(), PACK, locked=[locked])
    made = dress(FRAME, with_regrade(open_wardrobe(PACK, worn), [FRAME]), COLOUR)
    number = [box[0] for box in BOXES].index(name) + 1
    mine = FRAME.ids == number
    assert mine.any()
    assert np.array_equal(made[:, mine], FRAME.beauty[:, mine])
    assert not np.array_equal(made[:, ~mine], FRAME.beauty[:, ~mine])


def test_what_the_art_department_decides_wins_over_words_and_grey():
    worn = assign(pieces(), PACK, {"hedge": "dark blue smooth", "crate": GREYBOX})
    assert worn.worn["hedge"] == "dark blue smooth"
    assert assign(pieces(), PACK).worn["hedge"] == "olive rough"
    made = dress(FRAME, open_wardrobe(PACK, worn), COLOUR)
    hedge = made[:, (FRAME.ids == 3) & inside(FRAME)]
    assert (hedge[2] > hedge[1]).all()
    assert np.array_equal(made[:, FRAME.ids == 4], FRAME.beauty[:, FRAME.ids == 4])


def test_a_surface_that_nobody_decided_goes_by_its_words_and_then_by_its_grey():
    assert suggested("blue door", (0.5, 0.5, 0.5), PACK) == "dark blue smooth"
    assert suggested("oak table", (0.4, 0.4, 0.4), PACK) == "brown grainy"
    assert suggested("olive rough", (0.9, 0.9, 0.9), PACK) == "olive rough"
    light, dark = (suggested("thing", (grey,) * 3, PACK) for grey in (0.6, 0.05))
    assert PACK.swatches[PACK.swatch(light)].lab[0] > PACK.swatches[PACK.swatch(dark)].lab[0] + 20


def test_a_swatch_or_a_surface_that_is_not_there_is_refused_by_name():
    with pytest.raises(NotFound, match="did you mean 'olive rough'"):
        assign(pieces(), PACK, {"hedge": "olive ruogh"})
    with pytest.raises(BadMaterial) as refusal:
        assign(pieces(), PACK, {"roof": GREYBOX}, locked=["moat"])
    assert len(refusal.value.reasons) == 2


def test_another_swatch_on_one_piece_changes_no_pixel_of_another_but_those_that_share_its_edge():
    one, other = (
        ungraded(FRAME, open_wardrobe(PACK, assign(pieces(), PACK, {"hedge": name}), light=BLOCKED))
        for name in ("olive rough", "brown grainy")
    )
    changed = (one != other).any(axis=0)
    hedge = FRAME.ids == 3
    beside = np.zeros_like(hedge)
    for axis in (0, 1):
        for step in (-1, 1):
            beside |= np.roll(hedge, step, axis)
    assert changed[hedge & inside(FRAME)].mean() > 0.9
    assert not changed[~hedge & ~beside].any()


def test_edges_lie_where_the_pieces_end_and_nowhere_else():
    worn = open_wardrobe(PACK, assign(pieces(), PACK), light=replace(BLOCKED, haze_m=1e9), trims=Trims(texture=0.0))
    even = replace(worn, breakup=EVEN)
    code = to_code(ungraded(FRAME, even)).mean(axis=0)
    steps = np.abs(np.diff(code, axis=1))
    key = surfaces(FRAME)
    edges = key[:, 1:] != key[:, :-1]
    near = edges | np.roll(edges, 1, 1) | np.roll(edges, -1, 1)
    rows = np.roll(key, 1, 0) == key
    rows &= np.roll(key, -1, 0) == key
    calm = rows[:, 1:] & rows[:, :-1]
    assert steps[~near & calm].max() < 0.003
    across = np.maximum(np.maximum(steps, np.roll(steps, 1, 1)), np.roll(steps, -1, 1))
    ids = FRAME.ids[:, 1:] != FRAME.ids[:, :-1]
    assert (across[ids] > 0.01).mean() > 0.95


def test_a_pixel_on_an_edge_is_shared_as_the_greybox_shared_it():
    worn = open_wardrobe(PACK, assign(pieces(), PACK), light=replace(BLOCKED, haze_m=1e9), trims=Trims(texture=0.0))
    even = replace(worn, breakup=EVEN)
    dressed, beauty = ungraded(FRAME, even)[1], FRAME.beauty[1]
    key = surfaces(FRAME)
    row, compared = 78, 0
    for at in range(3, SIZE[0] - 4):
        run = key[row, at - 2 : at + 4]
        if len(set(run[:3])) > 1 or len(set(run[3:])) > 1 or run[0] == run[3]:
            continue
        for pixel in (at, at + 1):
            before, after = beauty[row, at - 2], beauty[row, at + 3]
            if abs(before - after) < 0.05:
                continue
            share = (beauty[row, pixel] - after) / (before - after)
            made = (dressed[row, pixel] - dressed[row, at + 3]) / (dressed[row, at - 2] - dressed[row, at + 3])
            assert made == pytest.approx(share, abs=0.06)
            compared += 1
    assert compared >= 2


def test_what_is_painted_does_not_swim_when_the_camera_moves(wardrobe):
    frames = [cast(x) for x in (0.0, 0.05)]
    dressed = [ungraded(frame, wardrobe).mean(axis=0) for frame in frames]
    along, instead = [], []
    for number in (2, 3):
        here = inside(frames[0], 3) & (frames[0].ids == number)
        rows, columns = np.nonzero(here)
        depth = frames[0].depth[here]
        # the camera went 0.05 m to the right: so many pixels to the left, further for what is nearer
        moved = columns - 0.05 / depth / 1.3 * SIZE[0]
        left = np.floor(moved).astype(int)
        part = moved - left
        fine = (left > 3) & inside(frames[1], 2)[rows, left.clip(0)] & (frames[1].ids[rows, left.clip(0)] == number)
        rows, columns, left, part = (one[fine] for one in (rows, columns, left, part))
        there = (1 - part) * dressed[1][rows, left] + part * dressed[1][rows, left + 1]
        along.append(np.abs(there - dressed[0][rows, columns]).mean())
        instead.append(np.abs(dressed[1][rows, columns] - dressed[0][rows, columns]).mean())
    assert np.mean(along) < 0.4 * np.mean(instead)


def test_a_piece_that_moves_takes_its_texture_with_it():
    worn = assign(pieces(), PACK, {"crate": "brown grainy"})
    still, moved = cast(), cast(moved={"crate": (0.3, 0.0, 0.0)})
    colours = []
    for frame in (still, moved):
        made = ungraded(frame, open_wardrobe(PACK, worn, light=replace(BLOCKED, haze_m=1e9)))
        front = inside(frame) & (frame.ids == 4) & (frame.normal[2] > 0.9)
        places = np.rint(frame.rest[:2][:, front] / 0.1).astype(int)
        colours.append(
            {
                cell: made[1][front][(cell == places.T).all(axis=1)].mean()
                for cell in map(tuple, np.unique(places.T, axis=0))
            }
        )
    both = sorted(set(colours[0]) & set(colours[1]))
    one, other = (np.array([mine[cell] for cell in both]) for mine in colours)
    assert len(both) > 20
    assert np.corrcoef(one, other)[0, 1] > 0.95


def test_a_moving_camera_flickers_no_more_than_the_greybox_on_what_does_not_change(wardrobe):
    graded = with_regrade(wardrobe, [FRAME])
    frames = [cast(x) for x in np.linspace(0, 0.06, 5)]
    pictures = {
        "greybox": [frame.beauty for frame in frames],
        "dressed": [dress(frame, graded, COLOUR) for frame in frames],
    }
    flicker = {}
    for name, made in pictures.items():
        levels = []
        for frame, picture in zip(frames, made, strict=True):
            code = to_code(np.maximum(picture, 0)).mean(axis=0)
            levels.append([mean_around(frame, code, middle) for middle in (-1.2, -0.4, 0.4, 1.2)])
        flicker[name] = np.abs(np.diff(levels, 2, axis=0)).max() * 17.52
    # a step of an eight-bit display around mid grey is about 0.03 stops
    assert flicker["dressed"] < flicker["greybox"] + 0.002


def mean_around(frame: Passes, code: np.ndarray, across: float) -> float:
    """The mean over a soft spot on the wall: no pixel enters or leaves it all at once."""
    apart = np.hypot(frame.rest[0] - across, frame.rest[1] - 2.0).clip(0, 0.6) / 0.6
    weight = np.cos(apart * np.pi / 2) ** 2 * (frame.ids == 2)
    return float((weight * code).sum() / weight.sum())


def test_haze_takes_what_is_far_and_all_of_what_is_nothing():
    air = Light(haze=(0.2, 0.3, 0.4), haze_m=4.0)
    made = ungraded(FRAME, open_wardrobe(PACK, assign(pieces(), PACK), light=air))
    nothing = (FRAME.ids == 0) & inside(FRAME)
    assert nothing.any()
    assert np.allclose(made[:, nothing], np.array(air.haze)[:, None], atol=1e-6)
    clear = ungraded(FRAME, open_wardrobe(PACK, assign(pieces(), PACK), light=air, trims=Trims(haze=0.0)))
    wall = (FRAME.ids == 2) & inside(FRAME)
    left = (made - np.array(air.haze)[:, None, None])[:, wall] / (clear - np.array(air.haze)[:, None, None])[:, wall]
    assert np.median(left) == pytest.approx(0.5 ** (7.0 / 4.0), rel=0.02)


def test_without_texture_a_surface_has_the_colour_of_its_swatch():
    flat = open_wardrobe(PACK, assign(pieces(), PACK), light=BLOCKED, trims=Trims(texture=0.0))
    even = replace(flat, breakup=EVEN)
    made = ungraded(FRAME, even)
    wall = (FRAME.ids == 2) & inside(FRAME)
    colour = PACK.swatches[PACK.swatch(even.assignment.worn["concrete wall"])].tile.mean(axis=(0, 1))
    lit = float(FRAME.lit[wall].mean())
    clear = 0.5 ** (7.0 / BLOCKED.haze_m) if np.isfinite(BLOCKED.haze_m) else 1.0
    assert made[:, wall].mean(axis=1) == pytest.approx(clear * colour * (0.9 * lit + 0.25), rel=0.01)


def test_where_the_greybox_is_dark_in_a_corner_the_dressed_frame_is_too():
    beauty = FRAME.beauty.copy()
    corner = (FRAME.ids == 1) & (FRAME.rest[2] < -2.4)
    around = 0.45 * (0.25 + 0.05)
    beauty[:, corner] -= np.float32(0.5 * around)
    worn = open_wardrobe(PACK, assign(pieces(), PACK), blocked=BLOCKED, light=BLOCKED)
    plain, dark = (ungraded(replace(FRAME, beauty=one), worn) for one in (FRAME.beauty, beauty))
    deep = corner & inside(FRAME)
    assert deep.any()
    lit = FRAME.lit[deep]
    assert (dark / plain)[1][deep] == pytest.approx((0.9 * lit + 0.15) / (0.9 * lit + 0.3), rel=0.02)


def test_a_dressed_shot_names_every_frame_that_it_draws_on(wardrobe):
    graded = with_regrade(wardrobe, [FRAME])
    named = drew_on(graded)
    cut = {PACK.swatches[PACK.swatch(name)].source for name in wardrobe.assignment.worn.values()}
    assert cut <= set(named)
    assert set(named) == cut | {PACK.frames[place] for place in graded.regrade.towards}


def test_every_size_of_a_texture_has_the_same_mean_so_that_nothing_gets_lighter_far_away(wardrobe):
    atlas = wardrobe.atlas
    rows = [*atlas.starts, atlas.rows]
    for number in range(len(PACK.swatches)):
        mine = atlas.texels[number * atlas.rows : (number + 1) * atlas.rows, :3]
        means = np.array([mine[first:last].mean(axis=0) for first, last in pairwise(rows)])
        assert np.allclose(means, means[0], rtol=1e-3)
