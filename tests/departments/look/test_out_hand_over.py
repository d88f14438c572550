import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import opentimelineio as otio
import PyOpenColorIO as ocio
import pytest

from rushes.departments.department import Colour, HandOver
from rushes.departments.look.arithmetic import apply_look
from rushes.departments.look.hand_over import write_look
from rushes.departments.look.look import Cdl, Look, Switches
from rushes.departments.look.ocio_look import apply_to_colours, processor
from rushes.departments.look.out_render import renderer
from rushes.departments.look.packing import pack_look, unpack_look
from rushes.domain.errors import BadMaterial

CLOSE = 1e-4
OIIOTOOL = Path(sys.executable).parent / "oiiotool"
COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5",
    "ACEScg",
    "sRGB - Display",
    "ACES 2.0 - SDR 100 nits (Rec.709)",
)
CLIPS = (
    ("A001C002_220101", (1001, 1048), "10:20:30:00", "24000/1001"),
    ("B002C001_220101", (1, 24), None, "24000/1001"),
)
OVER = HandOver('Night "Ferry" & scene <12>', COLOUR, CLIPS)
STEM = "Night-Ferry-scene-12"


def a_look() -> Look:
    ramp = np.linspace(0.0, 1.0, 17)
    curves = np.stack([ramp + lift * np.sin(2 * np.pi * ramp) for lift in (-0.03, -0.02, 0.01)]).astype(np.float32)
    axis = np.linspace(0.0, 1.0, 9)
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    lattice = np.stack([0.03 * np.sin(3 * red), 0.02 * (green - blue), -0.03 * red * blue], axis=-1).astype(np.float32)
    return Look(
        encoding="ACEScct",
        cdl=Cdl((1.04, 1.0, 0.97), (-0.012, -0.008, 0.006), (1.02, 1.0, 0.99), 1.05),
        curves=curves,
        lattice=lattice,
        seen=np.zeros((9, 9, 9), np.float32),
        best_cdl=Cdl((1.051234, 1.0, 0.96), (-0.015, -0.01, 0.005), (1.03, 1.0, 0.98), 1.1),
    )


LOOK = a_look()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("over")
    write_look(LOOK, OVER, place)
    return place


def codes(low=0.0, high=1.0, count=4000):
    return np.random.default_rng(5).uniform(low, high, (count, 3)).astype(np.float32)


def read_back(path, colours):
    """Read a LUT or CDL file as any program with OpenColorIO would."""
    return apply_to_colours(processor(ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)), colours)


@pytest.mark.parametrize(("size", "error"), [(33, 0.006), (65, 0.003)])
def test_a_cube_read_by_ocio_is_the_look_exactly_at_its_points_and_nearly_between(folder, size, error):
    path = folder / f"{STEM}_ACEScct_{size}.cube"
    points = (np.random.default_rng(2).integers(0, size, (500, 3)) / (size - 1)).astype(np.float32)
    assert read_back(path, points) == pytest.approx(apply_look(LOOK, points), abs=2e-5)
    assert np.abs(read_back(path, codes(0.1)) - apply_look(LOOK, codes(0.1))).max() < error


def test_a_cube_states_its_title_domain_and_both_encodings(folder):
    head = (folder / f"{STEM}_ACEScct_33.cube").read_text()[:600]
    assert "TITLE \"Night 'Ferry' & scene <12>, ACEScct to ACEScct\"" in head
    assert "# in: ACEScct\n# out: ACEScct" in head
    assert "LUT_3D_SIZE 33\nDOMAIN_MIN 0.0 0.0 0.0\nDOMAIN_MAX 1.0 1.0 1.0\n" in head


def test_a_cube_runs_with_red_fastest(folder):
    lines = (folder / f"{STEM}_ACEScct_33.cube").read_text().split("DOMAIN_MAX 1.0 1.0 1.0\n")[1].split("\n")
    second = np.array([float(value) for value in lines[1].split()])
    assert second == pytest.approx(apply_look(LOOK, np.array([1 / 32, 0, 0], np.float32)), abs=1e-5)


def test_the_viewing_cube_is_the_look_and_then_the_shows_view(folder):
    path = folder / f"{STEM}_ACEScct_to_sRGB-Display_33.cube"
    grey = np.array([[12 / 32] * 3, [15 / 32] * 3], np.float32)
    show = ocio.DisplayViewTransform(src="ACEScct", display=COLOUR.display, view=COLOUR.view)
    shown = apply_to_colours(processor(show, ocio.Config.CreateFromFile(COLOUR.config)), apply_look(LOOK, grey))
    assert read_back(path, grey) == pytest.approx(shown, abs=1e-4)


def test_a_clf_read_by_ocio_is_the_look_beyond_both_ends_too(folder):
    beyond = codes(-0.5, 1.6)
    assert read_back(folder / f"{STEM}_ACEScct.clf", beyond) == pytest.approx(apply_look(LOOK, beyond), abs=CLOSE)


def test_a_scene_linear_clf_renders_as_rushes_does(folder):
    frame = np.exp2(np.random.default_rng(4).uniform(-8, 12, (20, 30, 3))).astype(np.float32)
    rendered = renderer(LOOK, colour=COLOUR)(frame)
    assert read_back(folder / f"{STEM}_ACEScg.clf", frame) == pytest.approx(rendered, rel=1e-3, abs=1e-5)


def test_a_clf_says_version_3_and_what_goes_in_and_out(folder):
    root = ET.parse(folder / f"{STEM}_ACEScg.clf").getroot()
    said = {child.tag.split("}")[1]: child.text for child in root if child.text}
    assert root.get("compCLFversion") == "3"
    assert (said["InputDescriptor"], said["OutputDescriptor"]) == ("ACEScg", "ACEScg")
    assert said["Description"] == OVER.title


@pytest.mark.usefixtures("without_cubes")
@pytest.mark.parametrize("encoding", ["ACEScc", "Apple Log", "CanonLog3 CinemaGamut D55"])
def test_an_encoding_that_no_clf_can_hold_is_written_as_ctf(tmp_path, encoding):
    look = replace(LOOK, encoding=encoding)
    paths = write_look(look, OVER, tmp_path)
    frame = np.full((1, 1, 3), 0.18, np.float32)
    ctf = next(path for path in paths if path.suffix == ".ctf")
    assert read_back(ctf, frame) == pytest.approx(renderer(look, colour=COLOUR)(frame), rel=1e-3)


@pytest.mark.parametrize("suffix", [".cc", ".ccc", ".cdl"])
def test_a_cdl_file_read_by_ocio_is_the_best_cdl(folder, suffix):
    alone = apply_look(LOOK, codes(), Switches(curves=False, lattice=False))
    assert read_back(folder / (STEM + suffix), codes()) == pytest.approx(alone, abs=CLOSE)


@pytest.mark.parametrize("suffix", [".cc", ".ccc", ".cdl"])
def test_a_cdl_file_is_plain_asc_xml_with_id_and_description(folder, suffix):
    tree = ET.parse(folder / (STEM + suffix))
    found = {element.tag.split("}")[-1]: element for element in tree.iter()}
    assert found["ColorCorrection"].get("id") == STEM
    assert found["Slope"].text == "1.051234 1 0.96"
    assert found["Saturation"].text == "1.1"
    assert found["Description"].text.startswith("Night Ferry + scene (12): best CDL alone, in ACEScct")


def test_an_edit_list_read_by_opentimelineio_has_the_cdl_on_every_clip(folder):
    timeline = otio.adapters.read_from_file(str(folder / f"{STEM}.edl"), rate=24000 / 1001)
    clips = list(timeline.tracks[0])
    assert [clip.metadata["cmx_3600"]["reel"] for clip in clips] == ["A001C002", "B002C001"]
    assert [clip.name for clip in clips] == ["A001C002_220101", "B002C001_220101"]
    for clip in clips:
        assert clip.metadata["cdl"]["asc_sat"] == 1.1
        assert list(clip.metadata["cdl"]["asc_sop"]["slope"]) == [1.051234, 1.0, 0.96]
        assert list(clip.metadata["cdl"]["asc_sop"]["offset"]) == [-0.015, -0.01, 0.005]
        assert list(clip.metadata["cdl"]["asc_sop"]["power"]) == [1.03, 1.0, 0.98]


def test_an_edit_list_starts_at_one_hour_and_keeps_source_timecode(folder):
    lines = [line for line in (folder / f"{STEM}.edl").read_text().splitlines() if line[:3].isdigit()]
    assert lines[0].endswith("10:20:30:00 10:20:32:00 01:00:00:00 01:00:02:00")
    assert lines[1].endswith("00:00:00:01 00:00:01:01 01:00:02:00 01:00:03:00")


@pytest.mark.usefixtures("without_cubes")
def test_drop_frame_starts_at_one_hour_on_the_clock(tmp_path):
    write_look(LOOK, replace(OVER, clips=(("A", (0, 29), "01:00:00;00", "30000/1001"),)), tmp_path)
    assert "01:00:00;00 01:00:01;00 01:00:00;00 01:00:01;00" in (tmp_path / f"{STEM}.edl").read_text()


@pytest.mark.usefixtures("without_cubes")
def test_clips_of_two_frame_rates_get_an_edit_list_each_and_none_gets_none(tmp_path):
    write_look(LOOK, replace(OVER, clips=(*CLIPS, ("C", (1, 25), None, "25"))), tmp_path / "two")
    write_look(LOOK, replace(OVER, clips=()), tmp_path / "none")
    edls = {path.name: path.read_text() for path in (tmp_path / "two").glob("*.edl")}
    assert {name: text.count("*ASC_SOP") for name, text in edls.items()} == {
        f"{STEM}_23.976fps.edl": 2,
        f"{STEM}_25fps.edl": 1,
    }
    assert not list((tmp_path / "none").glob("*.edl"))


def test_the_config_loads_elsewhere_and_its_look_is_the_look(folder, tmp_path):
    shutil.copytree(folder / "ocio", tmp_path / "elsewhere")
    config = ocio.Config.CreateFromFile(str(tmp_path / "elsewhere/config.ocio"))
    config.validate()
    assert config.getLook(STEM).getProcessSpace() == "ACEScct"
    frame = np.exp2(np.random.default_rng(4).uniform(-8, 12, (20, 30, 3))).astype(np.float32)
    through = ocio.LookTransform("ACEScg", "ACEScg", STEM)
    graded = apply_to_colours(processor(through, config), frame)
    assert graded == pytest.approx(renderer(LOOK, colour=COLOUR)(frame), rel=1e-3, abs=1e-5)


def test_the_config_offers_the_best_cdl_alone_as_a_second_look(folder):
    config = ocio.Config.CreateFromFile(str(folder / "ocio/config.ocio"))
    through = ocio.LookTransform("ACEScct", "ACEScct", f"{STEM} CDL")
    alone = apply_look(LOOK, codes(), Switches(curves=False, lattice=False))
    assert apply_to_colours(processor(through, config), codes()) == pytest.approx(alone, abs=CLOSE)


def test_the_config_has_everything_of_the_shows_config_and_a_view_through_the_look(folder):
    before = ocio.Config.CreateFromFile(COLOUR.config)
    after = ocio.Config.CreateFromFile(str(folder / "ocio/config.ocio"))
    assert list(before.getColorSpaceNames()) == list(after.getColorSpaceNames())
    for display in before.getDisplays():
        added = set(after.getViews(display)) - set(before.getViews(display))
        assert added == {f"{before.getDefaultView(display)} + {STEM}"}
        assert after.getDefaultView(display) == before.getDefaultView(display)


@pytest.mark.usefixtures("without_cubes")
def test_a_config_on_disk_takes_its_own_files_along_and_is_left_alone(tmp_path, folder):
    show = tmp_path / "show"
    (show / "luts").mkdir(parents=True)
    (show / "luts/own.cc").write_bytes((folder / f"{STEM}.cc").read_bytes())
    config = ocio.Config.CreateFromFile(COLOUR.config)
    config.addSearchPath("luts")
    config.addLook(ocio.Look(name="own", processSpace="ACEScct", transform=ocio.FileTransform(src="own.cc")))
    (show / "config.ocio").write_text(config.serialize())
    before = (show / "config.ocio").read_bytes()
    write_look(LOOK, replace(OVER, colour=replace(COLOUR, config=str(show / "config.ocio"))), tmp_path / "over")
    shutil.move(tmp_path / "over/ocio", tmp_path / "moved")
    assert (show / "config.ocio").read_bytes() == before
    shutil.rmtree(show)
    moved = ocio.Config.CreateFromFile(str(tmp_path / "moved/config.ocio"))
    for look in ("own", STEM):
        processor(ocio.LookTransform("ACEScct", "ACEScct", look), moved)


@pytest.mark.usefixtures("without_cubes")
def test_a_config_bound_to_this_machine_is_refused_with_what_to_do(tmp_path):
    config = ocio.Config.CreateFromFile(COLOUR.config)
    config.addSearchPath("/somewhere/luts")
    (tmp_path / "config.ocio").write_text(config.serialize())
    bound = replace(OVER, colour=replace(COLOUR, config=str(tmp_path / "config.ocio")))
    with pytest.raises(BadMaterial, match="search_path relative"):
        write_look(LOOK, bound, tmp_path / "over")


def test_the_three_steps_one_after_another_are_the_whole_look(folder):
    graded = codes(0.05)
    for step in ("1_cdl.cc", "2_curves.clf", "3_residual.clf"):
        graded = read_back(folder / "chain" / step, graded)
    assert graded == pytest.approx(apply_look(LOOK, codes(0.05)), abs=2 * CLOSE)


def test_the_residual_cube_is_the_residual_step_inside_its_domain(folder):
    residual = apply_look(LOOK, codes(), Switches(cdl=False, curves=False))
    assert read_back(folder / "chain/3_residual_9.cube", codes()) == pytest.approx(residual, abs=CLOSE)


def test_a_look_that_changes_over_the_picture_says_so_in_names_and_note(tmp_path):
    varied = replace(LOOK, spatial=np.full((2, 2, 2, 3, 4), 0.01, np.float32))
    note, *paths = write_look(varied, OVER, tmp_path)
    assert "THIS LOOK ALSO CHANGES OVER THE PICTURE" in note.read_text()
    assert all("without-spatial" in path.name for path in paths if path.suffix == ".cube" and "chain" not in path.parts)
    cube = next(path for path in paths if path.name.endswith("ACEScct_33.cube"))
    assert "without-spatial" in cube.read_text()[:200]
    points = np.full((1, 3), 0.5, np.float32)
    assert read_back(cube, points) == pytest.approx(apply_look(LOOK, points), abs=2e-5)


@pytest.mark.usefixtures("without_cubes")
def test_the_note_of_a_look_without_its_spatial_part_calls_no_file_the_whole_look(tmp_path):
    varied = replace(LOOK, spatial=np.full((2, 2, 2, 3, 4), 0.01, np.float32))
    note = write_look(varied, OVER, tmp_path)[0].read_text()
    listed = [line for line in note.splitlines() if "without-spatial_" in line]
    assert len(listed) >= 5
    assert not [line for line in listed if "whole look" in line]


def test_every_text_file_ends_with_a_new_line(folder):
    assert [path.name for path in folder.rglob("*") if path.is_file() and not path.read_bytes().endswith(b"\n")] == []


def test_the_note_names_every_file_that_was_written(folder):
    note = (folder / "README.txt").read_text()
    written = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name != "README.txt"]
    assert len(written) == 15
    assert [str(path) for path in written if str(path) not in note] == []


def test_the_same_look_gives_the_same_bytes_from_its_weights_too(folder, tmp_path):
    again = write_look(unpack_look(pack_look(LOOK), {"encoding": "ACEScct"}), OVER, tmp_path)
    assert {path.relative_to(tmp_path): path.read_bytes() for path in again} == {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_reads_the_cube(folder, tmp_path):
    frame = write_chart(tmp_path / "chart.tif")
    cube = folder / f"{STEM}_ACEScct_33.cube"
    shutil.copy(cube, tmp_path / "look.cube")
    lut = "format=gbrpf32,lut3d=file=look.cube:interp=tetrahedral,format=rgb48"
    run("ffmpeg", "-v", "error", "-i", "chart.tif", "-vf", lut, "graded.tif", folder=tmp_path)
    graded = oiio.ImageBuf(str(tmp_path / "graded.tif")).get_pixels(oiio.FLOAT)
    assert graded == pytest.approx(read_back(cube, frame), abs=1e-3)


@pytest.mark.skipif(not OIIOTOOL.exists(), reason="this OpenImageIO came without oiiotool")
@pytest.mark.parametrize("name", [f"{STEM}_ACEScct_33.cube", f"{STEM}.cc"])
def test_oiiotool_reads_the_files(folder, tmp_path, name):
    frame = write_chart(tmp_path / "chart.tif")
    shutil.copy(folder / name, tmp_path / name)
    run(str(OIIOTOOL), "chart.tif", "--ociofiletransform", name, "-d", "float", "-o", "graded.tif", folder=tmp_path)
    graded = oiio.ImageBuf(str(tmp_path / "graded.tif")).get_pixels(oiio.FLOAT)
    assert graded == pytest.approx(read_back(folder / name, frame), abs=1e-3)


def write_chart(path: Path) -> np.ndarray:
    """Write a 16-bit chart of codes and return it as it will be read."""
    chart = np.round(codes(0.1, 0.8, 40 * 60).reshape(40, 60, 3) * 65535) / 65535
    out = oiio.ImageBuf(oiio.ImageSpec(60, 40, 3, oiio.UINT16))
    out.set_pixels(oiio.ROI(0, 60, 0, 40, 0, 1, 0, 3), chart.astype(np.float32))
    assert out.write(str(path))
    return chart.astype(np.float32)


def run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
