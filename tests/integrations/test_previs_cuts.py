"""The cut out to editing systems and back: nothing changes on the way, and what an editor changes is found."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.departments.previs.plan import Cut, Event, ReadyShot, Speech
from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.pieces import Moment, Stage
from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.integrations.previs_cuts import WRITERS, read_recut, write_cut
from rushes.integrations.previs_sources import CutMedia

FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
STARTS = {
    (FILM, False): 86400,
    (Fraction(24), False): 86400,
    (Fraction(25), False): 90000,
    (NTSC, False): 108000,
    (NTSC, True): 107892,
    (Fraction(60000, 1001), True): 215784,
    (Fraction(50), False): 180000,
}
"""01:00:00:00 at each rate; with drop frame an hour has 108 labels fewer at 29.97, SMPTE ST 12-1."""


def ready(identity, label, note="", speeches=(), frames=96):
    camera = Camera((0, 1.5, 4), 180.0, 0.0, 0.0, 35.0, Package(FILMBACKS["super-35"], aspect=16 / 9))
    return ReadyShot(
        identity,
        label,
        "42",
        "INT. KITCHEN - NIGHT",
        f"{label} MCU 35mm JENNY",
        "She waits.",
        note,
        frames,
        Stage("kitchen", ()),
        lambda frame: Moment(camera),
        lambda frame: (),
        speeches,
    )


SHOTS = {
    one.id: one
    for one in (
        ready("s1", "42A", "mind the cup", (Speech("JENNY", "No.", 6, 12), Speech("WILL", "Yes.", 10, 20))),
        ready("s2", "42B & <i>"),
        ready("7f3a-91", "042_0040_long_name"),
        ready("s4", "042_0040_long_other"),
    )
}
KNOWN = {one.id: one.label for one in SHOTS.values()}
OLD = Cut(
    "KITCHEN",
    Fraction(24),
    86400,
    False,
    tuple(Event(one.id, one.label, 0, 48) for one in SHOTS.values()),
)
SUFFIXES = sorted(WRITERS)

spans = {"first": st.integers(-12, 90), "frames": st.integers(1, 80)}
speeds = st.just(Fraction(1)) | st.fractions(-4, 4, max_denominator=12)
shown = st.builds(
    lambda one, **rest: Event(one.id, one.label, **rest), st.sampled_from(list(SHOTS.values())), speed=speeds, **spans
)
aside = st.builds(lambda frames: Event("", "black", 0, frames), st.integers(1, 30)) | st.builds(
    lambda **rest: Event("", "STOCK_017", **rest), **spans
)
cuts = st.builds(
    lambda counted, events, frames: Cut("KITCHEN", counted[0], STARTS[counted] + frames, counted[1], tuple(events)),
    st.sampled_from(sorted(STARTS)),
    st.lists(shown, min_size=1, max_size=3)
    .flatmap(lambda some: st.permutations(some * 2))
    .flatmap(lambda events: st.lists(aside, max_size=3).map(lambda more: one_black_at_a_time([*events, *more]))),
    st.integers(0, 5000),
)


def one_black_at_a_time(events):
    """Two blacks after each other are one black when they come back, as nobody can see where one ends."""
    return [one for n, one in enumerate(events) if not (n and one.label == events[n - 1].label == "black")]


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(cut=cuts, whole=st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_that_goes_out_and_comes_back_is_the_same_to_the_frame(tmp_path, suffix, cut, whole):
    path = tmp_path / f"cut{suffix}"
    media = CutMedia(animatic="kitchen.mov", slate_frames=24) if whole else CutMedia()
    write_cut(path, cut, SHOTS, media=media)
    back = read_recut(path, KNOWN, cut)
    assert back.cut == cut
    assert (back.changes, back.left_out, back.notes) == ((), (), ())
    before = path.read_bytes()
    assert write_cut(path, back.cut, SHOTS, media=media).read_bytes() == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_id_survives_where_only_the_name_of_a_clip_does(tmp_path, suffix):
    """Editing systems drop comments and metadata; the name and, in a list, the reel are left."""
    path = tmp_path / f"cut{suffix}"
    write_cut(path, OLD, SHOTS)
    text = path.read_text().replace("RUSHES SHOT", "NOBODY").replace('"shot"', '"nobody"')
    path.write_text(text)
    assert [one.shot for one in read_recut(path, KNOWN, OLD).cut.events] == list(SHOTS)


def test_a_list_is_one_that_an_assistant_editor_would_have_typed(tmp_path):
    events = (
        Event("s1", "42A", 0, 48),
        Event("", "black", 0, 12),
        Event("7f3a-91", KNOWN["7f3a-91"], 10, 30, Fraction(1, 2)),
    )
    cut = Cut("KITCHEN", NTSC, 107892, True, events)
    text = write_cut(tmp_path / "a.edl", cut, SHOTS).read_text()
    assert text == (
        "TITLE: KITCHEN\n"
        "FCM: DROP FRAME\n"
        "\n"
        "001  42A      V     C        01:00:00;00 01:00:01;18 01:00:00;00 01:00:01;18\n"
        "* FROM CLIP NAME: 42A [s1]\n"
        "* RUSHES SHOT: s1\n"
        "* LOC: 01:00:00;00 YELLOW  mind the cup\n"
        "002  BL       V     C        00:00:00;00 00:00:00;12 01:00:01;18 01:00:02;00\n"
        "003  042F1A68 V     C        01:00:00;10 01:00:00;25 01:00:02;00 01:00:03;00\n"
        "M2   042F1A68       015.0                01:00:00;10\n"
        "* FROM CLIP NAME: 042_0040_long_name [7f3a-91]\n"
        "* RUSHES SHOT: 7f3a-91\n"
        "* RUSHES SPEED: 1/2\n"
    )


@pytest.mark.parametrize(
    ("rate", "drop", "line"),
    [(FILM, False, "FCM: NON-DROP FRAME"), (NTSC, False, "FCM: NON-DROP FRAME"), (NTSC, True, "FCM: DROP FRAME")],
)
def test_a_list_says_how_it_counts_and_starts_where_the_cut_starts(tmp_path, rate, drop, line):
    cut = Cut("K", rate, STARTS[rate, drop], drop, (Event("s1", "42A", 0, 48),))
    lines = write_cut(tmp_path / "a.edl", cut, SHOTS).read_text().splitlines()
    assert lines[1] == line
    assert lines[3].split()[-2] == ("01:00:00;00" if drop else "01:00:00:00")


@pytest.mark.parametrize("suffix", [".otio", ".edl", ".xml"])
def test_other_readers_find_the_same_clips_in_what_is_written(tmp_path, suffix):
    """OpenTimelineIO's own adapters are the oracle; that for FCPXML fails at fractions of a frame rate."""
    cut = replace(OLD, events=(*OLD.events, Event("s1", "42A", 12, 24)))
    path = write_cut(tmp_path / f"a{suffix}", cut, SHOTS)
    timeline = otio.adapters.read_from_file(str(path))
    clips = list(timeline.tracks[0].find_clips())
    assert [clip.trimmed_range().start_time.to_frames() for clip in clips] == [86400] * 4 + [86412]
    assert [clip.trimmed_range().duration.to_frames() for clip in clips] == [48] * 4 + [24]
    assert clips[0].name.startswith("42A")
    assert [marker.name.lower() for marker in clips[0].markers] == ["mind the cup"]
    if suffix != ".edl":
        assert timeline.global_start_time.to_frames() == 86400


def test_an_otio_has_all_that_is_known_of_a_shot_and_its_dialogue(tmp_path):
    media = CutMedia(movies={"s1": "shots/42A.mov"}, digests={"s1": "sha256:12"})
    timeline = otio.adapters.read_from_file(str(write_cut(tmp_path / "a.otio", OLD, SHOTS, media=media)))
    facts = timeline.tracks[0][0].metadata["rushes"]
    assert {
        name: facts[name] for name in ("shot", "label", "scene", "line", "lens_mm", "filmback", "frame_digest")
    } == {
        "shot": "s1",
        "label": "42A",
        "scene": "42",
        "line": "42A MCU 35mm JENNY",
        "lens_mm": 35.0,
        "filmback": "super-35",
        "frame_digest": "sha256:12",
    }
    assert list(facts["shown"]) == [0, 47]
    assert timeline.tracks[0][0].media_reference.target_url == "shots/42A.mov"
    assert isinstance(timeline.tracks[0][1].media_reference, otio.schema.MissingReference)


def wav(path):
    path.write_bytes(
        b"RIFF\xa4\xbb\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00"
        b"data\x80\xbb\x00\x00" + bytes(48000)
    )
    return path


@pytest.mark.parametrize("suffix", [".otio", ".xml", ".fcpxml"])
def test_dialogue_goes_along_on_as_many_tracks_as_speak_at_once_and_is_no_picture_when_it_comes_back(tmp_path, suffix):
    sounds = {("s1", 0): wav(tmp_path / "no.wav"), ("s1", 1): wav(tmp_path / "yes.wav")}
    path = write_cut(tmp_path / f"a{suffix}", OLD, SHOTS, media=CutMedia(sounds=sounds))
    text = path.read_text()
    assert text.count("JENNY: No.") == text.count("WILL: Yes.") == 1
    if suffix == ".otio":
        timeline = otio.adapters.read_from_file(str(path))
        tracks = [track for track in timeline.tracks if track.kind == "Audio"]
        assert [[clip.range_in_parent().start_time.to_frames() for clip in track.find_clips()] for track in tracks] == [
            [6],
            [10],
        ]
    back = read_recut(path, KNOWN, OLD)
    assert back.cut == OLD
    assert back.changes == ()


def recut_otio(path, change):
    timeline = otio.adapters.read_from_file(str(path))
    change(timeline)
    otio.adapters.write_to_file(timeline, str(path))


def test_what_an_editor_did_in_a_timeline_comes_back_in_words_and_frames(tmp_path):
    path = write_cut(tmp_path / "a.otio", OLD, SHOTS)

    def change(timeline):
        track = timeline.tracks[0]
        first, last = track[0].deepcopy(), track[3].deepcopy()
        del track[3]
        track[0] = last
        track[1].source_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(86406, 24), otio.opentime.RationalTime(30, 24)
        )
        track[2].effects.append(otio.schema.LinearTimeWarp("slow", 0.5))
        track.append(first)
        track.append(
            otio.schema.Transition(
                "SMPTE_Dissolve", "d", otio.opentime.RationalTime(6, 24), otio.opentime.RationalTime(6, 24)
            )
        )
        track.append(
            otio.schema.Clip(
                "stock",
                None,
                otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24)),
            )
        )

    recut_otio(path, change)
    back = read_recut(path, KNOWN, OLD)
    assert [(one.shot, one.first, one.frames, one.speed) for one in back.cut.events] == [
        ("s4", 0, 48, 1),
        ("s2", 6, 30, 1),
        ("7f3a-91", 0, 48, Fraction(1, 2)),
        ("s1", 0, 48, 1),
        ("", 0, 24, 1),
    ]
    assert back.changes == (
        "042_0040_long_other moved from 4 to 1",
        "42B & <i> begins 6 frames later, 18 frames shorter",
        "042_0040_long_name runs at 50 % instead of at 100 %",
        "42A moved from 1 to 4",
        "stock, which nobody knows, for 24 frames at 5 (01:00:07:06)",
    )
    assert back.unknown == ("stock at 5 (01:00:07:06, 24 frames) is no shot of the show",)
    assert back.notes == ("dissolves or wipes read as cuts: 1",)


def test_upper_tracks_cover_lower_ones_and_nested_sequences_are_taken_apart(tmp_path):
    path = write_cut(tmp_path / "a.otio", OLD, SHOTS)

    def time(frames):
        return otio.opentime.RationalTime(frames, 24)

    def change(timeline):
        track = timeline.tracks[0]
        upper = otio.schema.Track("V2")
        upper.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(time(0), time(40))))
        upper.append(track[3].deepcopy())
        del track[3]
        nest = otio.schema.Stack("nest", source_range=otio.opentime.TimeRange(time(10), time(20)))
        inner = otio.schema.Track()
        inner.append(track[0].deepcopy())
        nest.append(inner)
        track.append(nest)
        timeline.tracks.append(upper)

    recut_otio(path, change)
    events = read_recut(path, KNOWN, OLD).cut.events
    assert [(one.shot, one.first, one.frames) for one in events] == [
        ("s1", 0, 40),
        ("s4", 0, 48),
        ("s2", 40, 8),
        ("7f3a-91", 0, 48),
        ("s1", 10, 20),
    ]


def test_a_movie_of_the_animatic_that_was_cut_up_by_hand_falls_back_into_its_shots(tmp_path):
    (tmp_path / "a.edl").write_text(
        "TITLE: RECUT\nFCM: NON-DROP FRAME\n\n"
        "001  KITCH_V3 V     C        01:00:03:00 01:00:05:00 01:00:00:00 01:00:02:00\n"
        "* FROM CLIP NAME: kitchen_v3.mov\n"
        "002  KITCH_V3 V     C        01:00:00:12 01:00:01:12 01:00:02:00 01:00:03:00\n"
        "* FROM CLIP NAME: kitchen_v3.mov\n"
    )
    back = read_recut(tmp_path / "a.edl", KNOWN, OLD, animatic="kitchen_v3")
    assert [(one.shot, one.first, one.frames) for one in back.cut.events] == [
        ("s2", 24, 24),
        ("7f3a-91", 0, 24),
        ("s1", 12, 24),
    ]
    assert back.left_out == ("s4",)


def test_a_list_that_counts_drop_frame_in_its_head_alone_is_understood(tmp_path):
    """CMX 3600 said FCM: DROP FRAME and wrote colons; 01:02:00;02 is 2 * 1800 - 4 + 2 frames after 01:00:00;00."""
    (tmp_path / "a.edl").write_text(
        "TITLE: X\nFCM: DROP FRAME\n001  42A V C 01:00:00:00 01:00:01:00 01:02:00:02 01:02:01:02\n"
    )
    old = Cut("X", NTSC, 107892, True, (Event("s1", "42A", 0, 30),))
    back = read_recut(tmp_path / "a.edl", KNOWN, old)
    assert (back.cut.start, back.cut.drop_frame) == (107892 + 3598, True)
    assert back.cut.events == old.events


def test_a_premiere_project_with_titles_dissolves_and_a_nest_keeps_what_it_can(tmp_path):
    write_cut(tmp_path / "a.xml", OLD, SHOTS)
    text = (tmp_path / "a.xml").read_text()
    title, off, nest = (
        f"<track>{more}<{kind}><name>{name}</name>"
        f"<start>{start}</start><end>{end}</end><in>0</in>{inside}</{kind}></track>"
        for more, kind, name, start, end, inside in (
            ("", "generatoritem", "Title", 0, 20, ""),
            ("<enabled>FALSE</enabled>", "clipitem", "42A", 0, 9, ""),
            ("", "clipitem", "nest", 192, 202, "<sequence id='q'/>"),
        )
    )
    (tmp_path / "a.xml").write_text(
        text.replace("</video>\n                    <audio/>", f"{title}{off}{nest}</video><audio/>")
    )
    back = read_recut(tmp_path / "a.xml", KNOWN, OLD)
    assert back.cut.events[:4] == OLD.events
    assert back.cut.events[4:] == (Event("", "nest", 0, 10),)
    assert back.notes == (
        "titles and generators: 1",
        "tracks that are switched off: 1",
        "nested sequences not taken apart: 1",
    )


def test_a_final_cut_project_with_connected_clips_is_read_from_above(tmp_path):
    (tmp_path / "a.fcpxml").write_text(
        "<?xml version='1.0'?><!DOCTYPE fcpxml><fcpxml version='1.9'><resources>"
        "<format id='r1' frameDuration='1001/24000s'/>"
        "<asset id='a' name='42A' hasVideo='1' start='0s' src='file:///x/42A.mov'/>"
        "<asset id='b' name='other' hasVideo='1' start='0s' src='file:///x/042_0040_long_name.mov'/></resources>"
        "<library><event><project name='P'><sequence format='r1' tcStart='86486400/24000s' tcFormat='NDF'><spine>"
        "<asset-clip ref='a' name='42A' offset='86486400/24000s' duration='48048/24000s' start='10010/24000s'>"
        "<asset-clip ref='b' lane='1' name='b' offset='20020/24000s' duration='10010/24000s'/>"
        "<title lane='2' name='T' offset='20020/24000s' duration='10010/24000s'/></asset-clip>"
        "<transition name='d' duration='8008/24000s'/>"
        "<asset-clip ref='b' name='b' duration='12012/24000s' start='0s'>"
        "<timeMap><timept time='0s' value='0s'/><timept time='1s' value='2s'/></timeMap></asset-clip>"
        "</spine></sequence></project></event></library></fcpxml>"
    )
    old = replace(OLD, frame_rate=FILM, start=0)
    back = read_recut(tmp_path / "a.fcpxml", KNOWN, old)
    assert (back.cut.name, back.cut.start, back.cut.drop_frame) == ("P", 86400, False)
    assert [(one.shot, one.first, one.frames, one.speed) for one in back.cut.events] == [
        ("s1", 10, 10, 1),
        ("7f3a-91", 0, 10, 1),
        ("s1", 30, 28, 1),
        ("7f3a-91", 0, 12, 2),
    ]
    assert back.notes == ("titles and generators: 1", "dissolves or wipes read as cuts: 1")


def test_a_cut_at_another_rate_is_carried_over_and_says_so(tmp_path):
    write_cut(tmp_path / "a.otio", replace(OLD, frame_rate=Fraction(25), start=90000), SHOTS)
    back = read_recut(tmp_path / "a.otio", KNOWN, OLD)
    assert [one.frames for one in back.cut.events] == [46, 46, 46, 46]
    assert back.cut.frame_rate == 24
    assert "it runs at 25 frames a second; times were carried over to 24" in back.notes


XXE = '<!DOCTYPE xmeml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xmeml><sequence>&x;</sequence></xmeml>'
LAUGHS = '<!DOCTYPE fcpxml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><fcpxml>&b;</fcpxml>'
OUTER = '<!DOCTYPE xmeml SYSTEM "http://example.com/x.dtd"><xmeml/>'
STRANGE_TIME = (
    "<fcpxml><project><sequence><spine><clip offset='x' duration='1/0s'/></spine></sequence></project></fcpxml>"
)
ONE_ITEM = "<xmeml><sequence><media><video><track><clipitem>%s</clipitem></track></video></media></sequence></xmeml>"
ENDLESS = ONE_ITEM % "<start>0</start><end>99999999999</end>"
NOT_A_NUMBER = ONE_ITEM % "<start>0</start><end>9</end><in>nan</in>"
IN_A_DISSOLVE = ONE_ITEM % "<start>-1</start><end>9</end><in>0</in>"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xml", XXE, "document type"),
        ("a.fcpxml", LAUGHS, "document type"),
        ("a.xml", OUTER, "document type"),
        ("a.xml", "<xmeml>" + "<a>" * 200_000, "more than 100 deep"),
        ("a.xml", "<fcpxml/>", "not with <xmeml>"),
        ("a.xml", "", "no whole XML"),
        ("a.fcpxml", "<fcpxml/>", "no project"),
        ("a.fcpxml", STRANGE_TIME, "is no time"),
        ("a.xml", ENDLESS, "which no cut has"),
        ("a.xml", NOT_A_NUMBER, "is no number"),
        ("a.xml", IN_A_DISSOLVE, "dissolve that is not there"),
        ("a.otio", '{"OTIO_SCHEMA": "Timeline.1"', "breaks off"),
        ("a.otio", '{"OTIO_SCHEMA": "Clip.1"}', "no timeline"),
        ("a.edl", "TITLE: x\n001 A V C 01:00:00:00 00:00:00:00 01:00:00:00 00:00:00:00\n", "a.edl"),
        ("a.edl", "TITLE: x\n", "shows nothing"),
        ("a.edl", "nonsense", "makes no sense"),
        ("a.edl", "1 A V C 1 2 1 2\n" * 10_001, "at most 10000"),
        ("a.aaf", "x", "no cut that is read here"),
    ],
)
def test_a_hostile_or_broken_cut_is_refused_with_its_name_and_the_reason(tmp_path, name, content, why):
    (tmp_path / name).write_text(content)
    with pytest.raises((Damaged, BadMaterial), match="a\\.") as refused:
        read_recut(tmp_path / name, KNOWN, OLD)
    assert why in str(refused.value)


def test_a_clip_that_begins_in_a_dissolve_is_cut_in_its_middle(tmp_path):
    """Premiere writes -1 where a dissolve is, and counts `in` from where the dissolve begins."""
    items = (
        "<clipitem><name>42A</name><start>0</start><end>-1</end><in>0</in></clipitem>"
        "<transitionitem><start>40</start><end>52</end><alignment>center</alignment></transitionitem>"
        "<clipitem><name>042_0040_long_name</name><start>-1</start><end>90</end><in>4</in></clipitem>"
    )
    (tmp_path / "a.xml").write_text(ONE_ITEM.replace("<clipitem>%s</clipitem>", items))
    back = read_recut(tmp_path / "a.xml", KNOWN, OLD)
    assert [(one.shot, one.first, one.frames) for one in back.cut.events] == [("s1", 0, 46), ("7f3a-91", 10, 44)]


@pytest.mark.parametrize("suffix", [".otio", ".xml", ".fcpxml"])
def test_a_clip_that_is_switched_off_is_black_and_is_said(tmp_path, suffix):
    path = write_cut(tmp_path / f"a{suffix}", OLD, SHOTS)
    if suffix == ".otio":
        recut_otio(path, lambda timeline: setattr(timeline.tracks[0][1], "enabled", False))
    else:
        name = "42B &amp; &lt;i&gt; [s2]"
        old, new = {
            ".xml": (f"<name>{name}</name>", f"<name>{name}</name><enabled>FALSE</enabled>"),
            ".fcpxml": (f'name="{name}"', f'name="{name}" enabled="0"'),
        }[suffix]
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
    back = read_recut(path, KNOWN, OLD)
    assert back.cut.events[1] == Event("", "black", 0, 48)
    assert (back.left_out, back.notes) == (("s2",), ("clips that are switched off: 1",))


def test_a_source_reaches_as_far_as_the_cut_does_into_its_handles(tmp_path):
    events = (Event("s1", "42A", 90, 24), Event("s1", "42A", -12, 24), Event("", "STOCK", 30, 10, Fraction(-2)))
    timeline = otio.adapters.read_from_file(str(write_cut(tmp_path / "a.otio", replace(OLD, events=events), SHOTS)))
    there = [clip.media_reference.available_range for clip in timeline.find_clips()]
    assert [(one.start_time.value - 86400, one.duration.value) for one in there] == [(-12, 126), (-12, 126), (12, 19)]


def test_a_cut_that_is_not_there_a_link_and_aaf_are_refused(tmp_path):
    with pytest.raises(NotFound):
        read_recut(tmp_path / "a.fcpxml", KNOWN, OLD)
    write_cut(tmp_path / "b.fcpxml", OLD, SHOTS)
    (tmp_path / "a.fcpxml").symlink_to(tmp_path / "b.fcpxml")
    with pytest.raises(Damaged, match="links are not followed"):
        read_recut(tmp_path / "a.fcpxml", KNOWN, OLD)
    with pytest.raises(BadMaterial, match="which is not installed"):
        write_cut(tmp_path / "a.aaf", OLD, SHOTS)


@pytest.mark.parametrize(
    ("cut", "media"),
    [
        (replace(OLD, frame_rate=Fraction(12)), CutMedia()),
        (replace(OLD, start=24 * 86400 // 24 * 24 - 24), CutMedia()),
        (replace(OLD, events=(Event("s1", "42A", 0, 0),)), CutMedia()),
        (replace(OLD, events=()), CutMedia()),
        (replace(OLD, start=10), CutMedia(animatic="a.mov", slate_frames=24)),
    ],
)
def test_a_list_that_would_lie_is_not_written_and_an_older_one_stays(tmp_path, cut, media):
    path = write_cut(tmp_path / "a.edl", OLD, SHOTS)
    before = path.read_bytes()
    with pytest.raises(BadMaterial):
        write_cut(path, cut, SHOTS, media=media)
    assert path.read_bytes() == before


def test_cuts_of_others_are_read_or_refused_and_never_a_crash(shared):
    read = 0
    for folder in ("timelines_cmx3600", "timelines_otio", "timelines_fcpx"):
        for path in sorted(Path(shared(folder)).iterdir()):
            if path.suffix not in WRITERS:
                continue
            try:
                back = read_recut(path, KNOWN, OLD)
            except RushesError:
                continue
            read += 1
            assert sum(one.frames for one in back.cut.events) > 0
            assert set(back.left_out) == set(KNOWN)
    assert read >= 28


def test_the_retimes_and_stills_of_an_avid_list_are_read(shared):
    """As the list has them: M2 with 000.0 for events 2 and 3, 047.6 for 5, whose source starts at 01:00:06:00."""
    back = read_recut(Path(shared("timelines_cmx3600")) / "speed_effects_small.edl", KNOWN, OLD)
    assert [one.speed for one in back.cut.events if one.shot == "" and one.label != "black"][:5] == [
        1,
        0,
        0,
        1,
        Fraction("47.6") / 24,
    ]
