"""Learning a look pack: what is found is there, where it is said to be, and goes when its source goes."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour, Example, Lesson
from rushes.departments.previs.department import previs
from rushes.departments.previs.look.learn import learn_look, look_pack
from rushes.departments.previs.look.naming import names_for
from rushes.departments.previs.look.pack import Source, pack_look, unpack_look
from rushes.departments.previs.look.report import Sample, cut_picture, write_report
from rushes.departments.previs.look.thumbnails import fitted
from rushes.departments.previs.look.tiles import tile_of
from rushes.departments.previs.recipe import PrevisRecipe
from rushes.domain.errors import BadMaterial
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
MATERIALS = {
    "brick": ((0.32, 0.14, 0.09), 0.25),
    "leaves": ((0.12, 0.24, 0.06), 0.5),
    "plaster": ((0.6, 0.6, 0.58), 0.02),
    "water": ((0.05, 0.14, 0.4), 0.03),
}
"""Scene-linear colour and contrast of each."""

RECIPE = PrevisRecipe(name="small", swatches=6, tile=32)


def field(material: str, seed: int, size: tuple[int, int]) -> np.ndarray:
    colour, contrast = MATERIALS[material]
    grain = np.random.default_rng(seed).normal(size=(size[0] // 2, size[1] // 2)).repeat(2, 0).repeat(2, 1)
    return np.array(colour, np.float32)[:, None, None] * np.exp2(contrast * grain)[None].astype(np.float32)


def frame(left: str, right: str, seed: int) -> np.ndarray:
    """A frame of 240 × 120 whose left and right halves are two materials."""
    return np.concatenate([field(left, seed, (120, 120)), field(right, seed + 100, (120, 120))], axis=2)


def example(clip: str, number: int, plate: np.ndarray) -> Example:
    return Example(clip, number, {"reference": plate.copy})


def lesson(*clips: str) -> Lesson:
    shown = {"yard": ("brick", "leaves"), "room": ("plaster", "brick"), "lake": ("water", "plaster")}
    return Lesson([example(clip, n, frame(*shown[clip], seed=n + len(clip))) for clip in clips for n in (1, 2)], COLOUR)


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return look_pack(lesson("yard", "room", "lake"), RECIPE, QuietBench(tmp_path_factory.mktemp("pack")))


def apart(swatch, material: str) -> float:
    """How far a tile's colour, whatever its lightness, is from a material's."""
    means = swatch.tile.mean(axis=(0, 1)), np.array(MATERIALS[material][0])
    one, other = (np.log(mean / mean.sum()) for mean in means)
    return float(np.abs(one - other).max())


@pytest.mark.parametrize("material", MATERIALS)
def test_every_material_of_the_show_is_found(material, pack):
    assert min(apart(swatch, material) for swatch in pack.swatches) < 0.08


def test_a_swatch_was_cut_where_it_says_and_shows_only_that_material(pack):
    shown = {"yard": ("brick", "leaves"), "room": ("plaster", "brick"), "lake": ("water", "plaster")}
    for swatch in pack.swatches:
        left, top, width, height = swatch.rectangle
        halves = {0 if x < 120 else 1 for x in (left, left + width - 1)}
        assert len(halves) == 1, swatch.name
        assert top + height <= 120
        assert apart(swatch, shown[swatch.source.clip][halves.pop()]) < 0.15


def test_every_source_is_a_frame_of_the_lesson_and_every_frame_is_named_once(pack):
    given_ = {(clip, number) for clip in ("yard", "room", "lake") for number in (1, 2)}
    assert {(one.clip, one.frame) for one in pack.frames} == given_
    assert len(pack.frames) == len(pack.small) == len(pack.thumbs) == 6
    for swatch in pack.swatches:
        assert {swatch.source, *swatch.seen} <= set(pack.frames)


def test_a_pack_that_is_trained_again_without_a_source_holds_nothing_of_it(pack, tmp_path):
    again = look_pack(lesson("yard", "room"), RECIPE, QuietBench(tmp_path))
    assert min(apart(swatch, "water") for swatch in pack.swatches) < 0.08
    assert min(apart(swatch, "water") for swatch in again.swatches) > 0.5
    assert "lake" not in json.dumps(pack_look(again)[1])
    blue = again.palette[:, 2] > 2 * again.palette[:, 1]
    assert not blue.any()
    gone = [pack.small[place] for place, one in enumerate(pack.frames) if one.clip == "lake"]
    assert not any(np.array_equal(kept, lost) for kept in again.small for lost in gone)


def test_the_same_frames_and_seed_give_the_same_pack_even_of_colours_that_fall_into_no_groups(tmp_path):
    noise = np.random.default_rng(5).normal(size=(3, 96, 128))
    clouds = gaussian_filter(noise, (0, 9, 9)) * 25
    plate = (0.2 * np.exp2(clouds)).astype(np.float32)
    of_clouds = Lesson([example("clouds", 1, plate)], COLOUR)
    one, other = (pack_look(look_pack(of_clouds, RECIPE, QuietBench(tmp_path))) for _ in (1, 2))
    assert one[1] == other[1]
    assert all(np.array_equal(one[0][name], other[0][name]) for name in one[0])


def test_a_pack_comes_back_as_it_was_kept(pack):
    tensors, card = pack_look(pack)
    back, back_card = pack_look(unpack_look(tensors, json.loads(json.dumps(card))))
    assert json.loads(json.dumps(back_card)) == json.loads(json.dumps(card))
    assert all(np.array_equal(back[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize("name", ["standard", "rich"])
def test_a_pack_stays_below_ten_megabytes(name, pack):
    recipe = previs.recipes[name]
    tensors, _ = pack_look(pack)
    per_swatch = recipe.tile**2 * 3 * 2
    per_frame = tensors["small"][0].nbytes + tensors["thumbs"][0].nbytes
    assert recipe.swatches * per_swatch + recipe.most_frames * per_frame + tensors["regrade"].nbytes < 10e6


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([32, 64]), st.floats(0.4, 4.0))
def test_a_tile_repeats_without_a_seam(seed, side, white):
    rng = np.random.default_rng(seed)
    slope = np.linspace(0.7, 1.3, 80)[None, :, None] * np.linspace(1.2, 0.8, 80)[:, None, None]
    blots = gaussian_filter(rng.normal(size=(80, 80, 1)), (4, 4, 0)) * 8
    piece = (0.2 * slope * np.exp2(0.4 * blots)).repeat(3, 2)
    tile = tile_of(piece.astype(np.float32), side, white=white)
    assert tile.shape == (side, side, 3)
    for axis in (0, 1):
        over_the_seam = np.abs(tile.take(0, axis) - tile.take(-1, axis)).mean()
        inside = np.abs(np.diff(tile, axis=axis)).mean(axis=(1 - axis, 2))
        assert over_the_seam <= 1.5 * inside.max()


def test_shading_of_the_set_is_not_taken_for_the_material():
    slope = np.linspace(0.4, 1.6, 64)[None, :, None]
    tile = tile_of(np.broadcast_to(0.3 * slope, (64, 64, 3)).astype(np.float32), 32, white=1.0)
    assert np.ptp(tile.mean(axis=(0, 2))) < 0.15 * np.ptp(0.27 * slope)


def test_no_two_swatches_share_a_name(pack):
    names = [swatch.name for swatch in pack.swatches]
    assert len(set(names)) == len(names)
    blues = names_for([(np.array([40, 0, -30]), 0.3, 1.0)] * 3)
    assert blues == ["dark blue grainy", "dark blue grainy 2", "dark blue grainy 3"]


def test_what_is_blown_or_too_small_or_not_there_is_refused(tmp_path):
    bench = QuietBench(tmp_path)
    with pytest.raises(BadMaterial, match="too small"):
        look_pack(Lesson([example("dot", 1, np.full((3, 20, 90), 0.2, np.float32))], COLOUR), RECIPE, bench)
    with pytest.raises(BadMaterial, match="no material"):
        look_pack(Lesson([example("blown", 1, np.full((3, 90, 90), 50.0, np.float32))], COLOUR), RECIPE, bench)
    with pytest.raises(BadMaterial, match="reference frames"):
        look_pack(Lesson([Example("clip", 1, {"other": lambda: None})], COLOUR), RECIPE, bench)


def test_nan_and_infinite_light_do_not_get_into_a_pack(tmp_path):
    plate = frame("brick", "leaves", 4)
    plate[:, 5:9, 5:9], plate[:, 20:22, 30:33] = np.nan, np.inf
    tensors, _ = pack_look(look_pack(Lesson([example("odd", 1, plate)], COLOUR), RECIPE, QuietBench(tmp_path)))
    assert all(np.isfinite(np.asarray(tensor, np.float64)).all() for tensor in tensors.values())


def test_the_light_follows_the_contrast_of_the_frames_and_no_frame_tells_where_it_stood(pack, tmp_path):
    soft = [np.full((3, 90, 120), 0.3, np.float32) * np.linspace(0.9, 1.1, 120, dtype=np.float32) for _ in (1, 2)]
    fog = Lesson([example("fog", n, one) for n, one in enumerate(soft)], COLOUR)
    even = look_pack(fog, RECIPE, QuietBench(tmp_path))
    assert sum(even.light.sky) > 1.3 * sum(pack.light.sky)
    assert even.light.haze_m <= pack.light.haze_m
    assert even.light.towards == pack.light.towards


def test_the_cut_is_marked_on_the_frame_that_it_came_from(pack):
    for swatch in pack.swatches:
        picture = cut_picture(pack, swatch).astype(int)
        marked = (np.abs(picture - [255, 196, 0]).max(axis=2) < 3).nonzero()
        top, left, _, columns = fitted((240, 120))
        x, y, width, _ = (2 * value * columns / 240 for value in swatch.rectangle)
        assert marked[1].min() == pytest.approx(2 * left + x, abs=3)
        assert marked[1].max() == pytest.approx(2 * left + x + width, abs=3)
        assert marked[0].min() == pytest.approx(2 * top + y, abs=3)


def test_a_training_ends_with_a_page_that_names_every_source_and_loads_nothing(tmp_path):
    trained = learn_look(lesson("yard", "room"), RECIPE, QuietBench(tmp_path))
    page = next(path for path in trained.reports if path.suffix == ".html").read_text()
    assert all(Source(clip, number).words in page for clip in ("yard", "room") for number in (1, 2))
    assert all(words["name"] in page for words in trained.card["swatches"])
    assert "http" not in page.replace("http-equiv", "")
    assert "Content-Security-Policy" in page


def test_a_page_shows_before_and_after_where_it_is_given_some(pack, tmp_path):
    plate = np.full((3, 40, 60), 0.2, np.float32)
    page, sheet = write_report(tmp_path, pack, colour=COLOUR, title="T", samples=[Sample("shot 4A", plate, 2 * plate)])
    assert "shot 4A" in page.read_text()
    assert "in the show's look" in page.read_text()
    assert sheet.stat().st_size > 0
