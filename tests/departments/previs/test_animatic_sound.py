"""Scratch dialogue: on the sample, over the cut, from any WAV, by a robot where there is one."""

import shutil
import wave
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.out.animatic import write_animatic
from rushes.departments.previs.out.animatic_words import AnimaticStyle
from rushes.departments.previs.out.sound import lay_speeches, mixed, samples_before, sound_words
from rushes.departments.previs.out.sound_files import length_of, read_sound
from rushes.departments.previs.out.sound_speaking import cast_voices, speak
from rushes.departments.previs.plan import Cut, Event, ReadyShot, Speech
from rushes.departments.previs.stage.pieces import Stage
from rushes.domain.errors import BadMaterial, Damaged, NotFound

FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)


def ready(identity, *speeches, frames=48):
    return ReadyShot(
        identity, identity.upper(), "1", "", "", "", "", frames, Stage("s", ()), lambda f: None, lambda f: (), speeches
    )


def wav(path, samples, rate=48000, width=2):
    """Write (samples, channels) from -1 to 1."""
    samples = np.asarray(samples, np.float64).reshape(len(samples), -1)
    whole = np.rint(samples * (2 ** (8 * width - 1) - 1)).astype("<i4")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(whole.view(np.uint8).reshape(*whole.shape, 4)[..., :width].tobytes())
    return path


def click(path, seconds=0.5, rate=48000):
    samples = np.zeros(int(seconds * rate))
    samples[:12] = 0.9
    return wav(path, samples, rate)


def heard_in(path):
    """Return the sound of a movie as (samples,), by the times that its packets carry."""
    with av.open(str(path)) as movie:
        found = np.zeros(0)
        for frame in movie.decode(audio=0):
            block = frame.to_ndarray()
            block = block.reshape(-1, 2).T / 32767 if frame.format.name == "s16" else block
            at = round(frame.pts * frame.time_base * 48000)
            found = np.pad(found, (0, max(0, at + block.shape[1] - len(found))))
            found[max(0, at) : at + block.shape[1]] = block[0][max(0, -at) :]
        return found


@pytest.mark.parametrize("rate", [FILM, Fraction(25), NTSC])
@pytest.mark.parametrize(("suffix", "codec", "within"), [(".mov", "prores422hq", 0), (".mp4", "h264", 24)])
def test_a_click_is_heard_on_the_sample_of_its_frame(tmp_path, rate, suffix, codec, within):
    shots = {"s1": ready("s1", Speech("JENNY", "Tick.", 7, 6)), "s2": ready("s2", Speech("WILL", "Tock.", 3, 6))}
    made = Cut("c", rate, 0, False, (Event("s1", "S1", 2, 20), Event("s2", "S2", 0, 12)))
    sounds = {("s1", 0): click(tmp_path / "a.wav", 0.2), ("s2", 0): click(tmp_path / "b.wav", 0.2)}
    style = AnimaticStyle(codec, slate_frames=5, sounds=sounds, burns=frozenset())
    grey = np.full((36, 64, 3), 0.3, np.float32)
    path = tmp_path / f"a{suffix}"
    write_animatic(path, made, shots, picture=lambda shot, frame: grey, style=style)
    sound = heard_in(path)
    assert len(sound) - samples_before(37, rate) in range(0, 1024)
    pattern = np.ones(12)
    for frame in (5 + 5, 5 + 20 + 3):
        start = samples_before(frame, rate)
        near = sound[start - 1500 : start + 1500]
        assert abs(int(np.argmax(np.correlate(near, pattern))) - 1500) <= within


def test_a_speech_is_where_its_shot_is_and_moves_trims_repeats_and_slows_with_it():
    shots = {"s1": ready("s1", Speech("JENNY", "…", 10, 20))}
    made = Cut(
        "c",
        Fraction(24),
        0,
        False,
        (
            Event("", "black", 0, 100),
            Event("s1", "S1", 0, 48),
            Event("s1", "S1", 4, 12),
            Event("s1", "S1", 0, 48, Fraction(1, 2)),
            Event("s1", "S1", 0, 24, Fraction(2)),
            Event("s1", "S1", 31, 10),
            Event("s1", "S1", 40, 30, Fraction(-1)),
        ),
    )
    heard = lay_speeches(made, shots, {})
    assert [(one.at, one.frames) for one in heard] == [(110, 20), (154, 20), (180, 20), (213, 20)]


def test_a_speech_whose_beginning_is_cut_away_comes_in_where_its_shot_does_and_says_so():
    shots = {"s1": ready("s1", Speech("JENNY", "…", 10, 20))}
    made = Cut("c", Fraction(24), 0, False, (Event("s1", "S1", 16, 32),))
    (one,) = lay_speeches(made, shots, {})
    assert (one.at, one.frames, one.skipped) == (0, 14, 6)
    assert sound_words(made, shots, [one])[0] == "JENNY in S1 begins 6 frames into the speech"


def test_a_speech_goes_on_over_a_cutaway_and_is_not_begun_again_when_the_shot_comes_back():
    shots = {"s1": ready("s1", Speech("JENNY", "…", 10, 60), frames=96), "s2": ready("s2")}
    events = (Event("s1", "S1", 0, 30), Event("s2", "S2", 0, 12), Event("s1", "S1", 42, 30))
    heard = lay_speeches(Cut("c", Fraction(24), 0, False, events), shots, {})
    assert [(one.at, one.frames) for one in heard] == [(10, 60)]
    late = (Event("s1", "S1", 0, 30), Event("s2", "S2", 0, 80), Event("s1", "S1", 42, 30))
    heard = lay_speeches(Cut("c", Fraction(24), 0, False, late), shots, {})
    assert [(one.at, one.frames, one.skipped) for one in heard] == [(10, 60, 0), (110, 28, 32)]


def test_a_sound_that_is_longer_than_its_shot_runs_into_the_next_and_is_reported(tmp_path):
    shots = {"s1": ready("s1", Speech("JENNY", "…", 10, 14)), "s2": ready("s2", Speech("WILL", "…", 40, 8))}
    made = Cut("c", Fraction(24), 0, False, (Event("s1", "S1", 0, 24), Event("s2", "S2", 0, 36)))
    heard = lay_speeches(made, shots, {("s1", 0): click(tmp_path / "a.wav", 1.0)})
    assert [(one.at, one.frames) for one in heard] == [(10, 24)]
    assert sound_words(made, shots, heard) == ("JENNY in S1 runs 10 frames over the cut", "WILL in S2 is not heard: …")
    short = Cut("c", Fraction(24), 0, False, (Event("s1", "S1", 0, 24),))
    assert "is cut off by the end of the cut, 10 frames too early" in sound_words(short, shots, heard)[0]


def test_two_who_speak_at_once_are_both_heard(tmp_path):
    one, other = np.full(9600, 0.25), np.full(9600, 0.5)
    shots = {"s1": ready("s1", Speech("JENNY", "…", 0, 5), Speech("WILL", "…", 2, 5))}
    files = {("s1", 0): wav(tmp_path / "a.wav", one), ("s1", 1): wav(tmp_path / "b.wav", other)}
    made = Cut("c", Fraction(24), 0, False, (Event("s1", "S1", 0, 10),))
    blocks = list(mixed(lay_speeches(made, shots, files), (0, 9), Fraction(24)))
    levels = [float(block.mean()) for block in blocks]
    # 9600 samples are 4.8 frames
    assert levels == pytest.approx([0.25, 0.25, 0.75, 0.75, 0.7, 0.5, 0.4, 0, 0, 0], abs=0.001)


@given(
    rate=st.sampled_from([FILM, Fraction(24), Fraction(25), NTSC, Fraction(60), Fraction(12)]),
    lead=st.integers(0, 30),
    frames=st.integers(1, 90),
)
@settings(max_examples=40, deadline=None)
def test_the_sound_is_exactly_as_long_as_the_picture_whatever_the_rate(rate, lead, frames):
    blocks = list(mixed([], (-lead, frames - 1), rate))
    assert len(blocks) == lead + frames
    assert sum(block.shape[1] for block in blocks) == round((lead + frames) * 48000 / rate)


@pytest.mark.parametrize(("rate", "channels", "width"), [(22050, 1, 2), (44100, 2, 2), (48000, 2, 3), (96000, 6, 4)])
def test_a_wav_of_any_rate_and_channels_becomes_stereo_of_48_kilohertz(tmp_path, rate, channels, width):
    wav(tmp_path / "a.wav", np.full((rate // 2, channels), 0.5), rate, width)
    read = read_sound(tmp_path / "a.wav")
    assert read.shape[0] == 2
    assert abs(read.shape[1] - 24000) <= 32
    assert length_of(tmp_path / "a.wav") == 24000
    if channels <= 2:
        assert read[:, 12000] == pytest.approx([0.5, 0.5], abs=0.01)


RATES = b"\x80\xbb\x00\x00\x00\xee\x02\x00\x02\x00\x10\x00"
HEAD = b"RIFF\x24\x00\x00\x00WAVEfmt "
EMPTY = HEAD + b"\x10\x00\x00\x00\x01\x00\x00\x00" + RATES + b"data\x00\x00\x00\x00"
MP3 = HEAD + b"\x12\x00\x00\x00\x55\x00\x01\x00" + RATES + b"\x00\x00data\xff\x00\x00\x00"
LISTS = [b"#EXTM3U\nfile:///etc/hostname\n", b"ffconcat version 1.0\nfile /etc/hostname\n"]


@pytest.mark.parametrize("content", [b"", *LISTS, b"RIFF\xff\xff\xff\xffWAVE", EMPTY, MP3 + b"\xff\xfb\x90\x00" * 64])
def test_what_is_no_wav_of_plain_samples_is_refused(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    for read in (length_of, read_sound):
        with pytest.raises((Damaged, BadMaterial)):
            read(tmp_path / "a.wav")


def test_a_link_or_nothing_is_no_sound(tmp_path):
    click(tmp_path / "a.wav")
    (tmp_path / "b.wav").symlink_to(tmp_path / "a.wav")
    with pytest.raises(Damaged, match="links are not followed"):
        length_of(tmp_path / "b.wav")
    with pytest.raises(NotFound):
        length_of(tmp_path / "c.wav")


def test_every_character_keeps_a_voice_and_no_two_share_one_while_there_are_enough():
    names = [f"CHARACTER {number}" for number in range(40)]
    cast = cast_voices(names)
    assert cast == cast_voices(reversed(names))
    assert len(set(cast.values())) == 40
    assert len(cast_voices([*names, "ONE TOO MANY"])) == 41
    assert cast_voices(["JENNY", "WILL"], {"WILL": "de+m1"})["WILL"] == "de+m1"
    with pytest.raises(BadMaterial, match="no name of a voice"):
        cast_voices(["WILL"], {"WILL": "-f /etc/passwd"})


def test_without_a_robot_there_is_silence_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    spoken = speak([ready("s1", Speech("JENNY", "Hello.", 0, 24))], tmp_path / "wav", Fraction(24))
    assert (spoken.files, spoken.words) == ({}, ("espeak-ng is not installed: there is no scratch dialogue",))
    assert set(spoken.voices) == {"JENNY"}


def fake_robot(folder, script):
    folder.mkdir(exist_ok=True)
    program = folder / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_words_reach_the_robot_as_words_alone(tmp_path, monkeypatch):
    record = tmp_path / "said"
    template = click(tmp_path / "t.wav", 1.0)
    keep = f'cat >> {record}; echo " / $@" >> {record}'
    fake_robot(tmp_path / "bin", f'{keep}; for last; do :; done; cp {template} "$last"')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    shot = ready("s1", Speech("JENNY", "-w /tmp/x; $(rm -rf ~)\n[[hello]]", 0, 24), Speech("JENNY", " \t", 30, 4))
    spoken = speak([shot], tmp_path / "wav", Fraction(24), voices={"JENNY": "en-gb+f2"})
    assert list(spoken.files) == [("s1", 0)]
    said, arguments = record.read_text().splitlines()[0].split(" / ")
    assert said == "-w /tmp/x; $(rm -rf ~) hello"
    assert arguments.startswith("-v en-gb+f2 -s 165 ")
    assert "rm" not in arguments


def test_a_robot_that_fails_is_reported_and_the_others_still_speak(tmp_path, monkeypatch):
    template = click(tmp_path / "t.wav", 1.0)
    fail = 'grep -q Boo && echo "no such voice" >&2 && exit 3'
    fake_robot(tmp_path / "bin", f'{fail}; for last; do :; done; cp {template} "$last"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    shots = [ready("s1", Speech("GHOST", "Boo.", 0, 24)), ready("s2", Speech("JENNY", "Oh.", 0, 24))]
    spoken = speak(shots, tmp_path / "wav", Fraction(24))
    assert list(spoken.files) == [("s2", 0)]
    assert spoken.words == ("GHOST in S1 could not be spoken: espeak-ng ended with 3: no such voice",)


def test_the_robot_speaks_as_fast_as_the_frames_ask_for_and_never_twice(tmp_path):
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    words = "The key was under the mat, where it has always been."
    slow, fast = ready("s1", Speech("WILL", words, 0, 90)), ready("s2", Speech("WILL", words, 0, 62))
    spoken = speak([slow, fast], tmp_path / "wav", Fraction(24))
    lengths = [length_of(spoken.files[one, 0]) / 2000 for one in ("s1", "s2")]
    assert lengths == pytest.approx([90, 62], rel=0.12)
    before = {path: path.stat().st_mtime_ns for path in spoken.files.values()}
    assert speak([slow, fast], tmp_path / "wav", Fraction(24)).files == spoken.files
    assert before == {path: path.stat().st_mtime_ns for path in spoken.files.values()}


def test_a_speech_that_two_set_ups_cover_is_heard_once_and_is_not_called_lost():
    shots = {
        "a": ready("a", Speech("JENNY", "You came back.", 0, 30)),
        "b": ready("b", Speech("JENNY", "You came back.", 0, 30)),
    }
    made = Cut("c", Fraction(24), 0, False, (Event("a", "A", 0, 28), Event("b", "B", 28, 20)))
    (one,) = lay_speeches(made, shots, {})
    assert (one.shot, one.at) == ("a", 0)
    assert not [words for words in sound_words(made, shots, [one]) if "not heard" in words]
    longer = Cut("c", Fraction(24), 0, False, (Event("a", "A", 0, 20), Event("b", "B", 20, 20)))
    assert [heard.shot for heard in lay_speeches(longer, shots, {})] == ["a"], "it runs on over the cut"
