"""Decoders in a process apart: what they find comes out, what they do stays in, and the parent lives."""

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.media import sandbox as sandbox_module
from rushes.media.colour_hints import said_by_file
from rushes.media.frames import Frame, Header
from rushes.media.incoming import colour_said, open_incoming, read_incoming_cut
from rushes.media.sandbox import Limits, Sandbox, open_sandbox
from rushes.media.stills import write_still

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel shuts a process in on Linux only")


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox() as opened:
        yield opened


@pytest.fixture
def still(tmp_path):
    pixels = np.full((24, 32, 3), 0.5, np.float32)
    pixels[3, 4, 1] = np.nan
    window = (0, 0, 31, 23)
    path = tmp_path / "plate.1001.exr"
    write_still(path, Frame(1001, pixels, Header(window, window, timecode="01:00:00:00", frame_rate=Fraction(24))))
    return path


def test_a_still_looked_at_in_the_sandbox_is_what_it_is(sandbox, still):
    footage = open_incoming(sandbox, [still], [1001])
    assert (footage.frames, footage.size) == ((1001, 1001), (32, 24))
    assert (footage.frame_rate, footage.timecode) == (Fraction(24), "01:00:00:00")
    assert footage.odd_pixels(1001) == {"G": 1}
    footage.check_unchanged()


def test_a_movie_looked_at_in_the_sandbox_is_what_it_is(sandbox, shared):
    path = shared("video_mixed") / "bigbuckbunny.mp4"
    footage = open_incoming(sandbox, [path], [5])
    assert (footage.size, footage.frames, footage.frame_rate) == ((1280, 720), (5, 136), Fraction(25))
    assert footage.odd_pixels(7) == {}
    tagged = shared("video_sam2") / "01_dog.mp4"
    assert colour_said(sandbox, tagged) == said_by_file(tagged)
    assert said_by_file(tagged).words


def test_a_cut_comes_out_of_the_sandbox_as_plain_clips(sandbox, tmp_path):
    track = otio.schema.Track("V1")
    for name, first, frames in (("sh010", 1001, 24), ("sh020", 1005, 12)):
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(first, 24), otio.opentime.RationalTime(frames, 24))
        track.append(otio.schema.Clip(name, otio.schema.ExternalReference(f"{name}.mov", span), span))
    timeline = otio.schema.Timeline("reel")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(tmp_path / "reel.otio"))
    clips = read_incoming_cut(sandbox, tmp_path / "reel.otio", Fraction(24))
    assert [(clip.name, clip.source, clip.first, clip.frames, clip.at) for clip in clips] == [
        ("sh010", "sh010.mov", 1001, 24, 0),
        ("sh020", "sh020.mov", 1005, 12, 24),
    ]


def test_refusals_come_out_as_they_were_made(sandbox, still, tmp_path):
    still.write_bytes(still.read_bytes()[:-9])
    with pytest.raises(Damaged, match=r"plate\.1001\.exr, frame 1001: .*breaks off") as refusal:
        open_incoming(sandbox, [still], [1001])
    assert (refusal.value.path, refusal.value.frame) == (str(still), 1001)
    with pytest.raises(NotFound, match=r"nowhere\.exr"):
        open_incoming(sandbox, [tmp_path / "nowhere.exr"], [1])
    (tmp_path / "plate.psd").write_bytes(b"8BPS")
    with pytest.raises(BadMaterial, match="no picture format") as refusal:
        open_incoming(sandbox, [tmp_path / "plate.psd"], [1])
    assert "There is .exr" in refusal.value.remedy


def test_a_file_that_changes_while_it_is_looked_at_is_refused(sandbox, still):
    footage = open_incoming(sandbox, [still], [1001])
    footage.odd_pixels(1001)
    content = still.read_bytes()
    still.write_bytes(content)  # even by the same bytes
    with pytest.raises(Damaged, match="changed while it was looked at"):
        footage.check_unchanged()


@pytest.mark.parametrize(
    ("number", "words"), [(signal.SIGSEGV, r"crashed \(SIGSEGV\)"), (signal.SIGKILL, "memory may have run out")]
)
def test_a_crash_of_the_decoder_is_damage_of_that_frame_and_the_next_file_is_read(sandbox, still, number, words):
    footage = open_incoming(sandbox, [still], [1001])
    os.kill(sandbox.pid, number)
    starts = sandbox.starts
    with pytest.raises(Damaged, match=rf"plate\.1001\.exr, frame 1001: its decoder .*{words}"):
        footage.odd_pixels(1001)
    assert open_incoming(sandbox, [still], [1001]).odd_pixels(1001) == {"G": 1}
    assert sandbox.starts == starts + 1


def test_a_hang_of_the_decoder_ends_by_the_clock(still):
    with open_sandbox(Limits(seconds=0.3)) as sandbox:
        footage = open_incoming(sandbox, [still], [1001])
        os.kill(sandbox.pid, signal.SIGSTOP)
        start, stopped = time.monotonic(), sandbox.pid
        with pytest.raises(Damaged, match="frame 1001: its decoder did not come to an end in time"):
            footage.odd_pixels(1001)
        assert time.monotonic() - start < 5
        assert not Path(f"/proc/{stopped}/stat").exists() or sys.platform != "linux"


def bomb(path):
    """Write 700 MB of half floats as a few bytes: under what the gate calls too much."""
    window = np.array([0, 0, 10_799, 10_799], "<i4").tobytes()

    def attribute(name, kind, value):
        return f"{name}\0{kind}\0".encode() + len(value).to_bytes(4, "little") + value

    channels = b"".join(c + b"\0" + (1).to_bytes(4, "little") + bytes(4) + 2 * b"\1\0\0\0" for c in (b"B", b"G", b"R"))
    header = b"\x76\x2f\x31\x01\x02\0\0\0" + attribute("channels", "chlist", channels + b"\0")
    header += attribute("compression", "compression", b"\x09") + attribute("dataWindow", "box2i", window)
    header += attribute("displayWindow", "box2i", window) + attribute("lineOrder", "lineOrder", b"\0")
    header += attribute("pixelAspectRatio", "float", np.float32(1).tobytes())
    header += attribute("screenWindowCenter", "v2f", bytes(8)) + attribute(
        "screenWindowWidth", "float", np.float32(1).tobytes()
    )
    header += b"\0"
    pieces = -(-10_800 // 256)
    at = len(header) + 8 * pieces
    path.write_bytes(header + pieces * at.to_bytes(8, "little") + bytes(8))


def test_a_decoder_that_takes_too_much_memory_is_stopped_by_name(tmp_path):
    bomb(tmp_path / "bomb.exr")
    with open_sandbox(Limits(memory=900 << 20)) as sandbox, pytest.raises(Damaged) as refusal:
        footage = open_incoming(sandbox, [tmp_path / "bomb.exr"], [1])
        footage.odd_pixels(1)
    assert "memory" in refusal.value.what


WAYS_OUT = {
    "a socket": "socket.socket()",
    "IPv6": "socket.socket(socket.AF_INET6)",
    "a local socket": "socket.socket(socket.AF_UNIX)",
    "a name server": "socket.getaddrinfo('rushes.invalid', 80)",
    "another process": "os.fork()",
    "a program": "os.execv('/bin/true', ['true'])",
    "a signal to the parent": "os.kill(os.getppid(), 0)",
    "the parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "a new file": "open('new', 'w')",
    "a file that is there": "open('there', 'r+')",
    "cutting a file": "os.truncate('there', 0)",
    "deleting": "os.unlink('there')",
    "renaming": "os.rename('there', 'here')",
    "a link": "os.symlink('there', 'here')",
    "a folder": "os.mkdir('new')",
    "modes": "os.chmod('there', 0o777)",
    "more memory": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "io_uring": "refused(libc.syscall(425, 8, ctypes.create_string_buffer(120)))",
    "memory as a file": "os.memfd_create('x')",
    "the old numbers": "refused(libc.syscall(0x40000000 | 41, 2, 1, 0))",
}
TRY_ALL = """
import ctypes, os, resource, socket, sys, threading
from rushes.media.confinement import shut_in
libc = ctypes.CDLL(None, use_errno=True)
def refused(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
holds = shut_in(4 << 30)
assert len(holds) == 6, holds
for name, way in {ways!r}.items():
    try:
        exec(way)
        print("OPEN:", name)
    except (OSError, ValueError) as error:
        pass
thread = threading.Thread(target=print, args=("threads start",))
thread.start()
thread.join()
print(open("there").read(), flush=True)
os.abort()
"""


@LINUX
def test_from_inside_there_is_no_way_to_a_network_a_program_another_process_or_a_file_to_write(tmp_path):
    (tmp_path / "there").write_text("still there")
    code = TRY_ALL.format(ways=WAYS_OUT)
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines() == ["threads start", "still there"], (ended.stdout, ended.stderr)
    assert ended.returncode == -signal.SIGABRT  # a process may end itself
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@LINUX
def test_the_sandbox_says_what_holds_and_knows_no_secret(monkeypatch):
    monkeypatch.setenv("RUSHES_SECRET", "hunter2")
    with open_sandbox() as sandbox:
        assert any("seccomp" in words for words in sandbox.holds)
        assert b"hunter2" not in Path(f"/proc/{sandbox.pid}/environ").read_bytes()
        limits = Path(f"/proc/{sandbox.pid}/limits").read_text()
        assert [line.split()[-2] for line in limits.splitlines() if "core file" in line] == ["0"]


@LINUX
def test_a_decoder_that_hangs_does_not_outlive_a_parent_that_is_killed():
    code = (
        "import os, signal; from rushes.media.sandbox import Sandbox; sandbox = Sandbox(); sandbox.holds;"
        "os.kill(sandbox.pid, signal.SIGSTOP);"
        "print(sandbox.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    child = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout)
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    raise AssertionError("it lives")


HELLO = "import os, struct, sys; say = lambda b: os.write(1, struct.pack('<4sI', b'RUSH', len(b)) + b);"
HELLO += "say(b'{\"holds\": []}'); sys.stdin.readline();"
NONSENSE = {
    "no mark": "os.write(1, b'x' * 64)",
    "four gibibytes": "os.write(1, struct.pack('<4sI', b'RUSH', 0xFFFFFFFF) + b'x' * 64)",
    "no JSON": "say(b'frames')",
    "a list": "say(b'[1]')",
    "a nest": "say(b'[' * 100_000)",
    "nothing": "say(b'{}')",
    "a huge number": "say(b'{\"frames\": [1, ' + b'9' * 5000 + b'], \"size\": [1, 1], \"notes\": []}')",
    "frames that are none": 'say(b\'{"frames": [1, 1e99], "size": [1, 1], "notes": []}\')',
    "a size that is none": 'say(b\'{"frames": [1, 1], "size": [1, 99999999], "notes": []}\')',
    "a rate that is none": 'say(b\'{"frames": [1, 1], "size": [1, 1], "notes": [], "rate": "1/0"}\')',
    "a timecode that is none": 'say(b\'{"frames": [1, 1], "size": [1, 1], "notes": [], "timecode": "\\\\u001b[2J"}\')',
    "an end": "pass",
}


@pytest.mark.parametrize("way", NONSENSE)
def test_a_decoder_that_was_taken_over_is_not_believed(monkeypatch, still, way):
    monkeypatch.setattr(sandbox_module, "START", HELLO + NONSENSE[way])
    with open_sandbox() as sandbox, pytest.raises(Damaged, match=r"nonsense|ended"):
        open_incoming(sandbox, [still], [1001])


def test_only_errors_of_a_few_kinds_can_be_asked_for_by_a_decoder_that_was_taken_over(monkeypatch, still):
    said = 'say(b\'{"refused": "SystemExit", "what": "x", "reasons": [1], "remedy": null}\')'
    monkeypatch.setattr(sandbox_module, "START", HELLO + said)
    with open_sandbox() as sandbox, pytest.raises(RushesError) as refusal:
        open_incoming(sandbox, [still], [1001])
    assert type(refusal.value) is BadMaterial


def test_a_decoder_that_does_not_start_is_said_plainly(monkeypatch):
    monkeypatch.setattr(sandbox_module, "START", "raise SystemExit(3)")
    with pytest.raises(RushesError, match="the decoder cannot start"):
        _ = Sandbox().holds
