"""Promise 3, kept at work and not only in tests: what trains or renders is on a thread that has no network."""

import contextlib
import ctypes
import multiprocessing
import platform
import select
import socket
import struct
import sys
import threading
import urllib.request

import av
import numpy as np
import pytest

from rushes.domain.errors import Stopped
from rushes.jobs.here import without_network

KERNEL = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
pytestmark = pytest.mark.skipif(not KERNEL, reason="the kernel takes a network away on Linux only, x86-64 and ARM64")


def by_a_proxy(port):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{port}"}))
    opener.open("http://rushes.invalid/", timeout=0.3)


def by_a_proxy_of_the_environment(port):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        urllib.request.urlopen("http://rushes.invalid/", timeout=0.3)


def by_a_name_server(port):
    """Ask for a name as every library does, with the server here in place of that of /etc/resolv.conf."""
    library = ctypes.CDLL(None)
    library.__res_state.restype = ctypes.c_void_p
    library.__res_init()
    state = (ctypes.c_char * 36).from_address(library.__res_state())  # struct __res_state of resolv.h
    struct.pack_into("=ii", state, 0, 1, 1)  # one second, one try
    struct.pack_into("=i", state, 16, 1)  # one server
    struct.pack_into("=H2s4s8x", state, 20, socket.AF_INET, struct.pack(">H", port), socket.inet_aton("127.0.0.1"))
    socket.getaddrinfo("rushes.invalid.", 80)


def by_ffmpeg(port):
    av.open(f"http://127.0.0.1:{port}/plate.mp4", timeout=0.3)


def by_a_packet(port):
    with socket.socket(type=socket.SOCK_DGRAM) as out:
        out.sendto(b"frame", ("127.0.0.1", port))


def by_ipv4(port):
    with socket.create_connection(("127.0.0.1", port), 1) as out:
        out.sendall(b"frame")


def by_a_thread(port):
    thread = threading.Thread(target=by_packet_if_it_can, args=(port,))
    thread.start()
    thread.join()


def by_a_process(port):
    process = multiprocessing.get_context("fork").Process(target=by_packet_if_it_can, args=(port,))
    process.start()
    process.join()


def by_packet_if_it_can(port):
    try:
        by_a_packet(port)
    except PermissionError:
        return


WAYS_OUT = (
    by_a_proxy,
    by_a_proxy_of_the_environment,
    by_a_name_server,
    by_ffmpeg,
    by_a_packet,
    by_ipv4,
    by_a_thread,
    by_a_process,
)


@pytest.fixture
def door():
    """A port of this machine at which both a connection and a packet would arrive, and whether any did."""
    with socket.socket() as connections, socket.socket(type=socket.SOCK_DGRAM) as packets:
        connections.bind(("127.0.0.1", 0))
        connections.listen()
        port = connections.getsockname()[1]
        packets.bind(("127.0.0.1", port))
        yield port, lambda: bool(select.select([connections, packets], [], [], 0)[0])


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.filterwarnings("ignore:This process")  # fork beside threads: it only knocks, and ends
def test_from_what_trains_or_renders_nothing_arrives_and_from_elsewhere_it_would(door, way):
    port, arrived = door
    try:
        without_network(lambda: way(port))
    except (OSError, av.FFmpegError):
        pass
    else:
        assert way in (by_a_thread, by_a_process)
    assert not arrived()
    with contextlib.suppress(OSError, av.FFmpegError):  # nobody answers
        way(port)
    assert arrived()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_what_trains_or_renders_can_open_no_socket_of_any_kind(family):
    with pytest.raises(PermissionError):
        without_network(lambda: socket.socket(family))


def test_the_rest_of_the_process_keeps_its_network():
    without_network(lambda: None)
    socket.socket().close()
    here, there = socket.socketpair()
    with here, there:
        without_network(lambda: here.sendall(b"still open"))  # such as that of a ledger
        assert there.recv(16) == b"still open"


def test_what_comes_out_is_what_was_computed_and_what_is_raised_is_raised():
    matrix = np.random.default_rng(1).normal(size=(64, 64))
    np.testing.assert_array_equal(without_network(lambda: matrix @ matrix), matrix @ matrix)

    def stop():
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        without_network(stop)
