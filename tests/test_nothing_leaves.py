"""Promise 3: no process of ours opens a network connection. Python is asked, and so is the kernel."""

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

CAUGHT = 97
KERNEL = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")


def watched(watchers, code, *, before=(), **settings):
    """Run code in a process that its watchers, `python` and `kernel`, end at its first way out."""
    script = Path(__file__).with_name("watched.py")
    command = [*before, sys.executable, script, watchers, code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, **settings)


def empty_network():
    """What to put before a command so that it finds no network; nothing where this machine does not allow that."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        try:
            if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
                return words
        except FileNotFoundError:
            pass
    return []


@pytest.fixture
def footage(tmp_path, write_exr):
    rows, columns = np.mgrid[0:72, 0:128]
    blocks = np.random.default_rng(3).uniform(-4, 2, (3, 9, 16)).repeat(8, 1).repeat(8, 2)
    for frame in (1001, 1002, 1003):
        plate = 0.18 * np.exp2(blocks + 0.5 * (np.sin(rows / 11 + frame / 3) + np.cos(columns / 13)))
        write_exr(tmp_path / "in" / f"plate.{frame}.exr", plate)
        write_exr(tmp_path / "in" / f"grade.{frame}.exr", plate * np.array([1.2, 1.0, 0.8]).reshape(3, 1, 1))
    return tmp_path


THE_WHOLE_WAY = [
    "new nf --owner N --territory GB --view Un-tone-mapped",
    "rights licence own --owner N --allow ai_training --allow ai_inference",
    "person ana --title Ana --say look",
    "ingest plate in/plate.####.exr --colour-space ACEScg --owner N --nobody",
    "ingest grade in/grade.####.exr --kind grade --colour-space ACEScg --owner N --nobody",
    "clear dusk --pair plate:grade",
    "train look --dataset dusk --set lattice=17 --set curve_points=17",
    "render dusk plate",
    "review plate_v001 --by ana --approve",
    "deliver reel plate_v001 --to out --movie h264",
    "verify out",
    "ingest again out/movies/plate_v001_h264.mp4 --colour-space camera_rec709 --owner N --nobody",
    "lineage reel",
    "audit",
    "status",
]
RUN_ALL = """
import sys
from rushes.cli import run
for command in {commands}:
    print("$ rushes", command, flush=True)
    code = run(command.split())
    if code:
        sys.exit(f"{{code}}: rushes {{command}}")
if sys.platform == "linux":
    print("network:", *(line.split(":")[0].strip() for line in open("/proc/self/net/dev") if ":" in line))
"""


@pytest.mark.slow
def test_from_footage_to_a_verified_delivery_nothing_asks_for_a_connection_or_starts_a_program(footage):
    nowhere = empty_network()
    environment = {**os.environ, "RUSHES_HOME": str(footage / "studio"), "RUSHES_PERSON": "tester"}
    code = RUN_ALL.format(commands=THE_WHOLE_WAY)
    watchers = "python and kernel" if KERNEL else "python"
    ended = watched(watchers, code, before=nowhere, env=environment, cwd=footage)
    assert ended.returncode == 0, (ended.stdout[-1000:], ended.stderr[-1000:])
    assert "out: whole." in ended.stdout
    if nowhere:
        assert ended.stdout.splitlines()[-1] == "network: lo"


# 192.0.2.0/24 and 2001:db8::/32 are for documentation (RFC 5737, RFC 3849): nobody is there
WAYS_OUT = {
    "a connection": "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
    "a question for a name": "import socket; socket.getaddrinfo('rushes.invalid', 80)",
    "a packet": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'frame', ('192.0.2.1', 53))",
    "a server": "import socket; socket.socket().bind(('127.0.0.1', 0))",
    "a page": "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
    "another program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "an attempt that hides its failure": """
import contextlib, socket, threading
def knock():
    with contextlib.suppress(BaseException):
        socket.create_connection(("192.0.2.1", 80), 1)
thread = threading.Thread(target=knock)
thread.start()
thread.join()
""",
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_python_ends_the_process_at_the_first_way_out(way):
    ended = watched("python", WAYS_OUT[way])
    assert (ended.returncode, ended.stderr.split()[0]) == (CAUGHT, "caught:")


WAYS_AROUND = {
    "FFmpeg": "import av; av.open('http://192.0.2.1/plate.mp4', timeout=1)",
    "FFmpeg by IPv6": "import av; av.open('http://[2001:db8::1]/plate.mp4', timeout=1)",
    "a library in C": "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)",
    "the next program": "import os, sys; os.execv(sys.executable, ['python', '-c', 'import socket; socket.socket()'])",
}
"""Of these Python's own audit sees nothing, or only that another program takes over."""


@pytest.mark.skipif(not KERNEL, reason="sockets are watched by the kernel on Linux only, on x86-64 and ARM64")
@pytest.mark.parametrize("way", WAYS_AROUND)
def test_the_kernel_ends_what_python_does_not_see(way):
    assert watched("kernel", WAYS_AROUND[way]).returncode == -signal.SIGSYS


def test_a_process_that_stays_at_home_is_left_alone():
    watchers = "python and kernel" if KERNEL else "python"
    assert watched(watchers, "import av, socket; print('home')").stdout == "home\n"
