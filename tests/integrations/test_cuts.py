"""Cuts of others, read as they are, and the takes that are found in them."""

import contextlib
from dataclasses import replace

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.domain.nouns import Asset, Take
from rushes.domain.parts import AssetFile
from rushes.domain.records import digest_of
from rushes.integrations.cuts import find_takes, read_cut

DIGEST = "sha256:" + 64 * "0"


def plate(name="ZZ100_501", source="ZZ100_50", frames=(1001, 1100), timecode="01:00:04:00"):
    files = (AssetFile(f"{name}.1001.exr", DIGEST, 1),)
    return Asset("s", name, "plate", "N", (), files, frames, 4, 4, "24", "ACEScg", timecode, (), source)


def take(of, frames=None, name="v001"):
    return Take("s", name, "paint", DIGEST, digest_of(of), 1, "{}", frames or of.frames, (), "ACEScg", ())


def placed(cut, *pairs):
    found = find_takes(cut, pairs)
    return [(one.shot, one.covered, one.by) for one in found.placed], dict(found.unplaced)


def test_an_edl_is_read_with_record_and_source_timecode_clip_and_reel(shared):
    """Events 1 and 9 as the list itself has them: 01:00:04:05 is frame 86501 at 24."""
    cut = read_cut(shared("timelines_cmx3600") / "screening_example.edl", "24")
    assert (cut.title, len(cut.shots), cut.left_out) == ("Example_Screening.01", 9, ())
    first, last = cut.shots[0], cut.shots[-1]
    assert (first.name, first.record, first.frames) == ("ZZ100_501 (LAY3)", ("00:59:53:11", "00:59:54:18"), 31)
    assert (first.source, first.known_as) == ((86501, 86531), ("zz100_50", "zz100_501 (lay3)"))
    assert last.record == ("01:00:26:11", "01:00:37:04")
    assert sum(shot.frames for shot in cut.shots) == 1049  # 00:59:53:11 to 01:00:37:04 without a gap


def test_an_edl_of_548_events_with_speed_changes_is_read_and_says_which_run_at_another_speed(shared):
    cut = read_cut(shared("timelines_cmx3600") / "speed_effects.edl", "24")
    assert len(cut.shots) == 548
    assert 0 < sum(shot.retimed for shot in cut.shots) < 548
    assert all(shot.record[0] < shot.record[1] for shot in cut.shots)


def test_an_edl_at_25_is_read_at_25_and_refused_at_24(shared):
    path = shared("timelines_cmx3600") / "25fps.edl"
    assert read_cut(path, "25").shots[0].source == (90000, 90160)
    with pytest.raises(Damaged, match="frame rate"):
        read_cut(path, "24")


def test_a_timeline_of_resolve_keeps_pictures_and_names_what_it_leaves_out(shared):
    cut = read_cut(shared("timelines_otio") / "effects.otio", "24")
    assert len(cut.shots) == 18
    assert cut.left_out == ("2 clips that are switched off", "17 clips of sound")
    assert cut.shots[0].record[0] == "01:00:00:00"  # the timeline starts there
    assert "picchu_v7_310821_0003" in cut.shots[0].known_as


def test_a_clip_in_a_nested_stack_lies_where_the_stack_shows_it(shared):
    """Without nesting the second clip would be the 37 frames that its inner stack has from its own beginning."""
    shots = {shot.name: shot for shot in read_cut(shared("timelines_otio") / "nested_example.otio", "24").shots}
    assert shots["Normal Clip 1"].record == ("00:00:00:00", "00:00:09:22")
    assert shots["Normal Clip 4"].record == ("00:00:16:14", "00:00:26:12")


def test_every_timeline_of_others_is_read_or_refused_with_a_reason(shared):
    for folder in ("timelines_otio", "timelines_cmx3600", "timeline_media_tlrender"):
        for path in sorted(shared(folder).iterdir()):
            if path.suffix in (".otio", ".edl"):
                try:
                    assert all(shot.frames > 0 for shot in read_cut(path, "24").shots)
                except Damaged as error:
                    assert path.name in str(error)


def test_a_take_is_found_by_reel_and_timecode_with_the_frames_that_both_have(shared):
    cut = read_cut(shared("timelines_cmx3600") / "screening_example.edl", "24")
    one = plate()
    found, unplaced = placed(cut, (take(one, (1006, 1020)), one))
    assert found[0] == (1, 15, "name and timecode")  # 01:00:04:05 is frame 1006 of the plate
    assert unplaced == {}
    assert 6 in [shot for shot, _, _ in found]  # the same reel from 01:00:04:05 again


def test_a_take_of_other_frames_of_the_reel_is_in_no_shot_and_it_says_which_it_would_be(shared):
    cut = read_cut(shared("timelines_cmx3600") / "avid_example.edl", "24")
    one = plate()
    found, unplaced = placed(cut, (take(one, (1040, 1050)), one))
    assert found == []
    words = "shot {} has its name, but it shows other frames: {}, by timecode"
    assert unplaced["v001"] == "; ".join(words.format(*one) for one in ((1, "1006–1036"), (2, "1062–1111")))


def test_a_take_whose_plate_nothing_is_named_after_is_listed_with_its_names(shared):
    cut = read_cut(shared("timelines_cmx3600") / "avid_example.edl", "24")
    stray = plate("sh999", "")
    assert placed(cut, (take(stray), stray)) == ([], {"v001": "no shot is named sh999"})


def test_a_name_that_fits_without_frames_that_do_is_no_place(shared):
    cut = read_cut(shared("timelines_cmx3600") / "avid_example.edl", "24")
    late = plate(timecode="05:00:00:00")
    found, unplaced = placed(cut, (take(late), late))
    assert found == []
    assert "its frames are none that the plate has" in unplaced["v001"]


def timeline(tmp_path, *clips, start=None):
    one = otio.schema.Timeline("reel", global_start_time=start)
    one.tracks.append(otio.schema.Track("V1", children=list(clips)))
    path = tmp_path / "reel.otio"
    path.write_text(one.to_json_string())
    return path


def span(first, frames, rate=24):
    return otio.opentime.TimeRange(otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(frames, rate))


def clip(name, first, frames, url="", starts=0):
    media = otio.schema.ExternalReference(url, span(starts, 1000)) if url else None
    return otio.schema.Clip(name, media, span(first, frames))


def test_media_that_begins_at_its_own_frame_number_is_compared_by_it(tmp_path):
    one = plate("sc012", "", timecode=None)
    cut = read_cut(timeline(tmp_path, clip("CU hand", 1003, 5, "file:///x/sc012.1001.exr", 1001)), "24")
    assert placed(cut, (take(one, (1005, 1100)), one))[0] == [(1, 3, "name and frame numbers")]


def test_media_that_begins_at_nothing_is_compared_by_the_place_in_it(tmp_path):
    one = plate("sc012", "", timecode=None)
    cut = read_cut(timeline(tmp_path, clip("CU hand", 10, 5, "/x/sc012.mov")), "24")
    assert placed(cut, (take(one), one))[0] == [(1, 5, "name and place in its media")]


def test_a_shot_at_another_speed_is_placed_and_its_frames_are_not_counted(tmp_path):
    fast = clip("sc012", 1003, 5)
    fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    one = plate("sc012", "", timecode=None)
    [(shot, covered, by)], _ = placed(read_cut(timeline(tmp_path, fast), "24"), (take(one), one))
    assert (shot, covered) == (1, None)
    assert "another speed" in by


def test_another_rate_is_not_compared_frame_by_frame(tmp_path):
    cut = read_cut(timeline(tmp_path, otio.schema.Clip("sc012", None, span(1003, 5, 25))), "24")
    one = plate("sc012", "", timecode=None)
    assert placed(cut, (take(one), one))[0] == []


def test_a_track_that_is_cut_down_shows_less_of_its_clips(tmp_path):
    path = timeline(tmp_path, clip("a", 0, 10), clip("b", 100, 10), clip("c", 200, 10))
    one = otio.adapters.read_from_file(str(path))
    one.tracks[0].source_range = span(5, 10)
    path.write_text(one.to_json_string())
    cut = read_cut(path, "24")
    assert [(shot.name, shot.frames, shot.source) for shot in cut.shots] == [("a", 5, (5, 9)), ("b", 5, (100, 104))]
    assert [shot.record for shot in cut.shots] == [("00:00:00:00", "00:00:00:05"), ("00:00:00:05", "00:00:00:10")]
    assert cut.left_out == ("1 clips that are never seen",)


def test_a_file_that_is_not_there_of_another_kind_or_hostile_is_refused(tmp_path):
    (tmp_path / "reel.fcpxml").write_text("<fcpxml/>")
    with pytest.raises(BadMaterial, match="no cut"):
        read_cut(tmp_path / "reel.fcpxml", "24")
    with pytest.raises(NotFound):
        read_cut(tmp_path / "gone.edl", "24")
    deep = '{"OTIO_SCHEMA":"Timeline.1","metadata":' + 5000 * '{"a":' + "1" + 5000 * "}" + "}"
    wide = '{"OTIO_SCHEMA":"Clip.2","name":"x"}'
    for number, text in enumerate((deep, wide, "{", "[]", '{"OTIO_SCHEMA":"Nothing.9"}')):
        path = tmp_path / f"{number}.otio"
        path.write_text(text)
        with pytest.raises(Damaged):
            read_cut(path, "24")


def test_a_clip_of_absurd_length_is_refused(tmp_path):
    with pytest.raises(Damaged, match="frames long"):
        read_cut(timeline(tmp_path, clip("sc012", 0, 1e15)), "24")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 500)), min_size=1, max_size=6), st.integers(0, 86400 * 10)
)
def test_the_shots_of_a_track_follow_each_other_and_cover_it(tmp_path_factory, spans, start):
    clips = [clip(f"c{place}", first, frames) for place, (first, frames) in enumerate(spans)]
    path = timeline(tmp_path_factory.mktemp("cut"), *clips, start=otio.opentime.RationalTime(start, 24))
    cut = read_cut(path, "24")
    assert [(shot.source[0], shot.frames) for shot in cut.shots] == spans
    assert all(one.record[1] == other.record[0] for one, other in zip(cut.shots, cut.shots[1:], strict=False))


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".otio", ".edl"]))
def test_no_bytes_do_more_than_be_refused(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("cut") / f"x{ending}"
    path.write_bytes(content)
    with contextlib.suppress(Damaged, BadMaterial):
        read_cut(path, "24")


def test_a_take_is_placed_in_the_same_shots_whatever_else_is_looked_for(shared):
    cut = read_cut(shared("timelines_cmx3600") / "screening_example.edl", "24")
    one, stray = plate(), plate("sh999", "")
    alone = find_takes(cut, [(take(one), one)]).placed
    both = find_takes(cut, [(take(stray, name="x"), stray), (take(one), one), (replace(take(one), name="v002"), one)])
    assert both.placed[: len(alone)] == alone
    assert len(both.placed) == 2 * len(alone)
