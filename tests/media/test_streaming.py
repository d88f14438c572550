"""Read, compute and write overlap: in order, in bounded memory, and an error anywhere ends all of it."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.media.frames import Frame, Header
from rushes.media.stills import read_still, write_still
from rushes.media.streaming import stream


class Spoilt(Exception):
    """Raised on purpose."""


class Recorder:
    """Functions to stream with that note what happens."""

    def __init__(self, *, spoil: tuple[str, int] | None = None, seconds: float = 0.0, slow: str = "") -> None:
        self.spoil, self.seconds, self.slow = spoil, seconds, slow
        self.written: list[int] = []
        self.held = self.most_held = 0
        self.lock = threading.Lock()

    def _step(self, step: str, number: int, change: int) -> None:
        if self.slow in ("", step):
            time.sleep(self.seconds)
        with self.lock:
            self.held += change
            self.most_held = max(self.most_held, self.held)
        if self.spoil == (step, number):
            raise Spoilt(f"{step} {number}")

    def read(self, number: int) -> int:
        self._step("read", number, 1)
        return number

    def compute(self, picture: int) -> int:
        self._step("compute", picture, 0)
        return picture * 10

    def write(self, number: int, result: int) -> None:
        self._step("write", number, -1)
        assert result == number * 10
        self.written.append(number)

    def run(self, numbers, **more) -> None:
        stream(numbers, read=self.read, compute=self.compute, write=self.write, **more)


@settings(deadline=None)
@given(st.lists(st.integers(), max_size=30), st.integers(0, 5))
def test_stream_writes_every_frame_once_and_in_order(numbers, ahead):
    recorder, told = Recorder(), []
    recorder.run(numbers, ahead=ahead, on_done=told.append)
    assert recorder.written == numbers
    assert told == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("slow", ["read", "compute", "write", ""])
@pytest.mark.parametrize("ahead", [0, 1, 2, 4])
def test_stream_holds_no_more_frames_than_it_says(ahead, slow):
    recorder = Recorder(seconds=0.002, slow=slow)
    recorder.run(range(40), ahead=ahead)
    assert 1 <= recorder.most_held <= 2 * ahead + 1


def test_stream_reads_computes_and_writes_at_the_same_time():
    together = threading.Barrier(3, timeout=10)

    def meet(number: int, where: int) -> int:
        if number == where:
            together.wait()
        return number

    stream(
        range(6),
        read=lambda number: meet(number, 2),
        compute=lambda number: meet(number, 1),
        write=lambda number, _: meet(number, 0),
    )
    assert not together.broken


@pytest.mark.parametrize("step", ["read", "compute", "write"])
@pytest.mark.parametrize("number", [0, 5, 19])
def test_stream_passes_an_error_on_and_leaves_nothing_running(step, number):
    before = threading.active_count()
    recorder = Recorder(spoil=(step, number), seconds=0.001)
    with pytest.raises(Spoilt, match=f"{step} {number}"):
        recorder.run(range(20))
    assert threading.active_count() == before
    assert recorder.written[:number] == list(range(number))


def test_stream_begins_no_further_frame_after_an_error():
    recorder = Recorder(spoil=("write", 3), seconds=0.001)
    with pytest.raises(Spoilt):
        recorder.run(range(1000))
    assert max(recorder.written) < 3 + 6


def test_stream_still_writes_what_was_computed_before_the_error():
    recorder = Recorder(spoil=("compute", 8), seconds=0.005)
    with pytest.raises(Spoilt):
        recorder.run(range(20))
    assert recorder.written == list(range(8))


@pytest.mark.parametrize("where", ["compute", "on_done"])
def test_stream_stops_on_ctrl_c_without_a_hang(where):
    recorder, before = Recorder(), threading.active_count()

    def interrupt(number: int) -> int:
        if number == 4:
            raise KeyboardInterrupt
        return number * 10

    more = {"on_done": interrupt} if where == "on_done" else {}
    compute = interrupt if where == "compute" else recorder.compute
    with pytest.raises(KeyboardInterrupt):
        stream(range(100), read=recorder.read, compute=compute, write=recorder.write, **more)
    assert threading.active_count() == before
    assert len(recorder.written) < 12


def test_stream_takes_numbers_that_never_end_lazily():
    recorder = Recorder(spoil=("compute", 50))
    with pytest.raises(Spoilt):
        recorder.run(iter(range(10**12)))


def test_stream_copies_real_files_bit_for_bit(tmp_path, shared):
    path = shared("exr_ilm") / "ScanLines" / "Carrots.exr"

    def write(number: int, frame: Frame) -> None:
        write_still(tmp_path / f"copy.{number:04d}.exr", frame)

    stream(range(1, 5), read=lambda number: read_still(path, number=number), compute=lambda frame: frame, write=write)
    original = read_still(path).packed.tobytes()
    for number in range(1, 5):
        assert read_still(tmp_path / f"copy.{number:04d}.exr").packed.tobytes() == original


def test_stream_reads_and_writes_in_threads_without_mixing_frames_up(tmp_path):
    window = (0, 0, 63, 31)

    def read(number: int) -> Frame:
        return Frame(number, np.full((32, 64, 3), number, np.float32), Header(window, window))

    def write(number: int, frame: Frame) -> None:
        write_still(tmp_path / f"{number}.exr", frame)

    stream(range(30), read=read, compute=lambda frame: frame, write=write, ahead=4)
    assert all((read_still(tmp_path / f"{number}.exr").packed == number).all() for number in range(30))
