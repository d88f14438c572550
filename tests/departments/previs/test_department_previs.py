"""Previs as a department: a take of a greybox with its passes beside it, and what is handed over."""

import json
import struct

import numpy as np
import pytest

from rushes.departments.department import Colour, Example, HandOver, Lesson, Reel, Scene, Seen
from rushes.departments.previs.department import previs
from rushes.departments.previs.look.hand_over import write_look
from rushes.departments.previs.look.pack import unpack_look
from rushes.domain.errors import BadMaterial
from rushes.media.stills import read_still
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
HEIGHT, WIDTH = 54, 96
SHOT = (1001, 1002, 1003)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    rng = np.random.default_rng(0)
    plates = []
    for left, right in (((0.3, 0.12, 0.08), (0.1, 0.25, 0.05)), ((0.6, 0.6, 0.55), (0.05, 0.12, 0.4))):
        colours = np.array([left, right], np.float32).repeat(60, 0).T[:, None, :]
        plates.append((colours * np.exp2(0.2 * rng.normal(size=(3, 90, 120)))).astype(np.float32))
    examples = [Example("show", n, {"reference": plate.copy}) for n, plate in enumerate(plates)]
    recipe = previs.recipes["standard"].with_settings(dict(previs.trial))
    return previs.train(Lesson(examples, COLOUR), recipe, QuietBench(tmp_path_factory.mktemp("trained")))


def passes_at(number: int) -> dict[str, np.ndarray]:
    """A floor and a wall, seen a little further to the right in every frame, as (3, height, width) pictures."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    wall = rows < 30
    x = (columns - WIDTH / 2) / 20 + 0.05 * (number - 1001)
    rest = np.where(wall, [x, (30 - rows) / 20, 0 * x], [x, 0 * x, (rows - 30) / 20])
    normal = np.where(wall, np.array([0, 0, 1])[:, None, None], np.array([0, 1, 0])[:, None, None])
    one = {"ids": np.where(wall, 2, 1), "depth": np.where(wall, 6.0, 4.0), "lit": np.where(wall, 0.4, 0.7)}
    scalars = {role: np.repeat(plane[None], 3, axis=0) for role, plane in one.items()}
    return {role: one.astype(np.float32) for role, one in {**scalars, "rest": rest, "normal": normal}.items()}


def greybox(number: int) -> np.ndarray:
    one = passes_at(number)
    grey = np.where(one["ids"] == 2, 0.6, 0.4) * (0.9 * one["lit"] + 0.3)
    return grey.astype(np.float32)


def scene(**more) -> Scene:
    further = {role: Reel(SHOT, lambda n, role=role: passes_at(n)[role]) for role in passes_at(1001)}
    return Scene(COLOUR, "greybox", Reel(SHOT, greybox), further | more)


def rendered(trained, where: Scene, number: int = 1002, **settings):
    render = previs.renderer(trained.weights, trained.card, where, {**previs.settings, **settings})
    return render(greybox(number), number)


def number_of(trained, name_part: str) -> int:
    swatches = unpack_look(trained.weights, trained.card).swatches
    return next(place for place, one in enumerate(swatches, start=1) if name_part in one.name)


def test_a_take_with_passes_is_dressed_and_without_them_only_graded(trained):
    dressed, graded = rendered(trained, scene()), rendered(trained, Scene(COLOUR, "greybox", Reel(SHOT, greybox)))
    assert dressed.measures["dressed, %"] == 100
    assert graded.measures["dressed, %"] == 0
    inside = dressed.plate[:, 5:25, 5:-5]
    assert inside.std(axis=(1, 2)).min() > 3 * graded.plate[:, 5:25, 5:-5].std(axis=(1, 2)).max()


def test_the_frames_of_a_take_do_not_depend_on_their_order(trained):
    settings = dict(previs.settings)
    one, other = (previs.renderer(trained.weights, trained.card, scene(), settings) for _ in (1, 2))
    forwards = [one(greybox(n), n).plate for n in SHOT]
    backwards = [other(greybox(n), n).plate for n in reversed(SHOT)]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))


def test_strength_nought_is_the_greybox_with_passes_too(trained):
    assert np.array_equal(rendered(trained, scene(), strength=0.0).plate, greybox(1002))


def test_the_swatch_pass_decides_what_a_piece_wears_and_what_stays_greybox(trained):
    blue = number_of(trained, "blue")

    def said(number: int) -> np.ndarray:
        return np.repeat(np.where(passes_at(number)["ids"][:1] == 2, blue, -1), 3, axis=0).astype(np.float32)

    made = rendered(trained, scene(swatch=Reel(SHOT, said)), regrade=0.0).plate
    assert (made[2, 4:26] > 1.5 * made[1, 4:26]).all()
    assert np.array_equal(made[:, 30:], greybox(1002)[:, 30:])


def test_a_swatch_that_the_pack_does_not_have_is_refused(trained):
    wrong = Reel(SHOT, lambda n: np.full((3, HEIGHT, WIDTH), 99, np.float32))
    with pytest.raises(BadMaterial, match="swatches 0 to 99"):
        rendered(trained, scene(swatch=wrong))


def test_passes_of_another_size_are_refused_all_at_once(trained):
    small = Reel(SHOT, lambda n: np.zeros((3, 10, 10), np.float32))
    with pytest.raises(BadMaterial) as refusal:
        rendered(trained, scene(depth=small, lit=small))
    assert len(refusal.value.reasons) == 2


@pytest.mark.parametrize("role", ["ids", "depth", "normal", "rest", "lit"])
def test_hostile_passes_make_no_nan(role, trained):
    odd = passes_at(1002)[role]
    odd[:, ::3], odd[:, 1::3, ::2] = np.nan, np.inf
    odd[:, 5, 5] = -1e30
    made = rendered(trained, scene(**{role: Reel((1002,), lambda n: odd.copy())}))
    assert np.isfinite(made.plate).all()


def test_a_take_lists_the_frames_of_the_show_that_it_drew_on(trained, tmp_path):
    seen = [Seen(n, dict, one.measures, one.evidence) for n, one in ((n, rendered(trained, scene(), n)) for n in SHOT)]
    said = previs.look_over(trained.card, scene(), seen, tmp_path)
    listed = json.loads(said.reports[0].read_text())
    assert set(listed["by frame of the take"]) == {"1001", "1002", "1003"}
    assert {"clip": "show", "frame": 0} in listed["frames of the show"] or listed["frames of the show"]
    assert said.measures[0].value == len(listed["frames of the show"]) > 0


@pytest.fixture(scope="module")
def handed_over(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("over")
    over = HandOver("The Yard / 2", COLOUR, (), model="sha256:abc", scope=("only for this show",))
    return folder, write_look(trained.weights, trained.card, over, folder)


def test_tiles_are_handed_over_as_they_are_with_their_sources(trained, handed_over):
    folder, files = handed_over
    pack = unpack_look(trained.weights, trained.card)
    tiles = sorted(path for path in files if path.suffix == ".exr")
    listed = json.loads((folder / "swatches" / "sources.json").read_text())
    assert len(tiles) == len(pack.swatches) == len(listed)
    for path, swatch, words in zip(tiles, pack.swatches, listed, strict=True):
        still = read_still(path)
        assert np.allclose(still.packed, swatch.tile, rtol=1e-3)
        assert still.header.attributes["rushes:source"] == swatch.source.words
        assert words["cut from"] == {
            "clip": swatch.source.clip,
            "frame": swatch.source.frame,
            "rectangle": list(swatch.rectangle),
        }


def test_the_palette_file_is_what_adobe_programs_read(trained, handed_over):
    _, files = handed_over
    raw = next(path for path in files if path.suffix == ".ase").read_bytes()
    magic, major, minor, blocks = struct.unpack(">4sHHI", raw[:12])
    assert (magic, major, minor) == (b"ASEF", 1, 0)
    at, names = 12, []
    for _ in range(blocks):
        kind, length = struct.unpack(">HI", raw[at : at + 6])
        letters = struct.unpack(">H", raw[at + 6 : at + 8])[0]
        name = raw[at + 8 : at + 8 + 2 * letters].decode("utf-16-be")
        assert name.endswith("\0")
        names.append(name)
        model = raw[at + 8 + 2 * letters : at + 12 + 2 * letters]
        red, green, blue = struct.unpack(">3f", raw[at + 12 + 2 * letters : at + 24 + 2 * letters])
        assert (kind, model) == (1, b"RGB ")
        assert all(0 <= value <= 1 for value in (red, green, blue))
        at += 6 + length
    assert at == len(raw)
    assert len(set(names)) == blocks == len(unpack_look(trained.weights, trained.card).palette)


def test_the_note_names_every_file_and_what_the_model_may_be_used_for(handed_over):
    folder, files = handed_over
    note = (folder / "README.txt").read_text()
    assert all(str(path.relative_to(folder)) in note for path in files[1:])
    assert "only for this show" in note
    assert {path for path in folder.rglob("*") if path.is_file()} == set(files)
