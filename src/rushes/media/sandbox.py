"""Decoding of files that nobody vouches for, in a process apart that is shut in.

Whatever a crafted file does to a decoder happens there: a crash, a hang, or gigabytes become a refusal that names the
file. Even one that takes the process over finds no network, no other process and nothing to write to; and what it
answers is read as numbers and short texts, never believed further.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.media.gate import MAX_RAW_BYTES

HEAD_BYTES, MARK = 8, b"RUSH"
MAX_ANSWER = 1 << 22
LONGEST = 2000
START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); from rushes.media.sandboxed import serve; serve()"
KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OIIO_THREADS", "OMP_NUM_THREADS")
"""Of the environment; the rest may hold passwords, and settings that load further code."""
STARTS_WITHIN = 120.0
KINDS: dict[str, type[RushesError]] = {"Damaged": Damaged, "BadMaterial": BadMaterial, "NotFound": NotFound}


@dataclass(frozen=True)
class Limits:
    """How much a decoder may take.

    Attributes:
        memory: bytes of address space: the pixels that the gate lets through, as half floats and twice as floats.
        seconds: for one frame, on the clock.
        bytes_a_second: of a file, on top: some lie on slow disks, and a movie is read through when it is opened.
    """

    memory: int = 3 * MAX_RAW_BYTES + (2 << 30)
    seconds: float = 120.0
    bytes_a_second: float = 5e6


class Sandbox:
    """A process apart that is shut in. It starts when it is first asked, and again after it died.

    Attributes:
        starts: how often it was started.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._holds: tuple[str, ...] = ()

    @property
    def holds(self) -> tuple[str, ...]:
        """What shuts it in on this system, in words, as it said before it saw any file."""
        self._running()
        return self._holds

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""
        return None if self._process is None else self._process.pid

    def ask(self, asked: Mapping[str, Any], *, about: Path, frame: int | None = None, bytes_read: int = 0) -> Any:
        """Ask the decoder something, and return its answer: JSON values of any kind, so check each.

        Args:
            asked: what to do, and with what; see `sandboxed`.
            about: the file, for the error.
            frame: its number, for the error.
            bytes_read: how much of the file has to be read for this, which prolongs the time-out.

        Raises:
            Damaged: the decoder crashed, hung, took too much memory, or answered nonsense over this file.
            RushesError: what the decoder refused, as it said it.
        """
        process = self._running()
        seconds = self.limits.seconds + bytes_read / self.limits.bytes_a_second
        try:
            _write(process, json.dumps(dict(asked)).encode() + b"\n")
            said = _read(process, time.monotonic() + seconds)
        except _Failed as error:
            self.close()
            remedy = "If it opens elsewhere, write it anew from there. Nothing of it was kept."
            raise Damaged(str(about), str(error), frame, remedy=remedy) from error
        if "failed" in said:
            self.close()
            raise Damaged(str(about), f"its decoder gave up: {plain(said['failed'])}", frame)
        if "refused" in said:
            raise _refusal(said)
        return said

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            path = json.dumps([place for place in sys.path if place])
            environment = {name: os.environ[name] for name in KEPT if name in os.environ}
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", START, str(self.limits.memory), str(os.getpid()), path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment | {"OPENBLAS_NUM_THREADS": "1"},
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for the command, and no terminal to type into
            )
            self.starts += 1
            try:
                self._holds = _texts(_read(self._process, time.monotonic() + STARTS_WITHIN).get("holds"))
            except _Failed as error:
                self.close()
                raise RushesError("the decoder cannot start", [str(error)]) from error
        return self._process


class _Failed(Exception):
    """The process did not answer, or not as it should."""


@contextmanager
def open_sandbox(limits: Limits | None = None) -> Iterator[Sandbox]:
    """Hold a sandbox for as long as it is needed; what comes from one vendor should share none with another's."""
    sandbox = Sandbox(limits)
    try:
        yield sandbox
    finally:
        sandbox.close()


def sandbox_words() -> tuple[str, ...]:
    """Say what shuts decoders in on this system; asked of one that has just been started."""
    with open_sandbox() as sandbox:
        return ("decoding in a process of its own, with a time-out", *sandbox.holds)


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None
    rest = memoryview(line)
    try:
        while rest:
            rest = rest[process.stdin.write(rest) or 0 :]
    except BrokenPipeError as error:
        raise _Failed(_death(process)) from error


def _read(process: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
    head = _bytes(process, HEAD_BYTES, deadline)
    length = int.from_bytes(head[4:], "little")
    if head[:4] != MARK or length > MAX_ANSWER:
        raise _Failed("its decoder answered nonsense")
    try:
        said = json.loads(_bytes(process, length, deadline))
    except (ValueError, RecursionError) as error:
        raise _Failed("its decoder answered nonsense") from error
    if not isinstance(said, dict):
        raise _Failed("its decoder answered nonsense")
    return said


def _bytes(process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
    assert process.stdout is not None
    poll, found = select.poll(), bytearray()
    poll.register(process.stdout, select.POLLIN)
    while len(found) < count:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(1000 * left):
            raise _Failed("its decoder did not come to an end in time")
        piece = os.read(process.stdout.fileno(), min(count - len(found), 1 << 16))
        if not piece:
            raise _Failed(_death(process))
        found += piece
    return bytes(found)


def _death(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(5)
    except subprocess.TimeoutExpired:
        return "its decoder stopped answering"
    if code >= 0:
        return f"its decoder ended (exit code {code})"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    return f"its decoder crashed ({name})" if name != "SIGKILL" else "its decoder was killed; memory may have run out"


def _refusal(said: Mapping[str, Any]) -> RushesError:
    """Make the error that the decoder named; only of the few kinds that it may."""
    kind = KINDS.get(plain(said["refused"]), BadMaterial)
    error = kind.__new__(kind)
    RushesError.__init__(error, plain(said.get("what")), _texts(said.get("reasons")), plain(said.get("remedy")))
    if isinstance(error, Damaged):
        frame = said.get("frame")
        error.path, error.frame = plain(said.get("path")), frame if type(frame) is int else None
    if isinstance(error, NotFound):
        error.kind, error.name = "file", plain(said.get("what"))
    return error


def plain(value: Any) -> str:
    r"""Return a text that a decoder answered: of bounded length, and nothing in it steers a terminal.

    >>> plain("plate\x1b[2J.exr"), plain(7)
    ('plate?[2J.exr', '')
    """
    if not isinstance(value, str):
        return ""
    return "".join(sign if sign.isprintable() else "?" for sign in value[:LONGEST])


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(plain(each) for each in value[:10_000]) if isinstance(value, list) else ()
