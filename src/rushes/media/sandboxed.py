"""What runs inside the sandbox: it opens files that nobody vouches for, and answers in JSON.

An answer is a mark, a length, and that many bytes. No pixel goes out, and nothing that would have to be believed.
"""

import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import astuple
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from rushes.domain.errors import BadMaterial, Damaged, RushesError
from rushes.media.confinement import shut_in
from rushes.media.cuts import read_cut
from rushes.media.footage import open_footage
from rushes.media.frames import Footage, non_finite
from rushes.media.stills import pictures_left_alone

HEAD = struct.Struct("<4sI")
MARK = b"RUSH"
"""What an answer begins with; the other end is `sandbox`."""


def serve() -> None:
    """Shut this process in, then answer what is asked on standard input, a line each, until that ends."""
    answers = os.dup(1)  # libraries print, and not into an answer
    memory, parent = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    holds = shut_in(memory)
    if os.getppid() != parent:
        return
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for output in (1, 2):
        os.dup2(nowhere, output)
    sys.excepthook = _teller_of_faults(answers)
    _answer(answers, {"holds": holds})
    desk = _Desk()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            said = getattr(desk, f"do_{asked.pop('do')}")(**asked)
        except RushesError as error:
            said = {"refused": _kind(error), "what": error.what, "reasons": error.reasons, "remedy": error.remedy}
            said |= {"path": error.path, "frame": error.frame} if isinstance(error, Damaged) else {}
        except MemoryError:
            said = {"failed": f"takes more than {memory / 2**30:.0f} GiB of memory to decode"}
        _answer(answers, said)


class _Desk:
    """What may be asked; one footage is open at a time."""

    def __init__(self) -> None:
        self._files = ExitStack()
        self._footage: Footage | None = None

    def do_open(self, paths: list[str], numbers: list[int], rate: str | None) -> Mapping[str, Any]:
        self._files.close()
        found = open_footage([Path(path) for path in paths], numbers, None if rate is None else Fraction(rate))
        footage = self._footage = self._files.enter_context(found)
        return {
            "frames": footage.frames,
            "size": footage.size,
            "rate": None if footage.frame_rate is None else str(footage.frame_rate),
            "timecode": footage.timecode,
            "notes": pictures_left_alone(Path(paths[0])),
        }

    def do_look(self, number: int) -> Mapping[str, Any]:
        if self._footage is None:
            raise BadMaterial("no footage is open")
        return {"odd": non_finite(self._footage.read(number))}

    def do_colour(self, path: str) -> Mapping[str, Any]:
        # seldom asked, and it loads OpenColorIO
        ask: Callable[[Path], Any] = import_module("rushes.media.colour_hints").said_by_file
        words, fits = ask(Path(path))
        return {"words": words, "fits": fits}

    def do_reserved(self, path: str) -> Mapping[str, Any]:
        # it loads the library for content credentials
        module = import_module("rushes.media.reservations")
        found = [[one.scheme, one.actions, one.words, one.where] for one in module.read_reservations(Path(path))]
        return {"found": found, "source": module.read_source_type(Path(path))}

    def do_cut(self, path: str, rate: str) -> Mapping[str, Any]:
        return {"clips": [astuple(clip) for clip in read_cut(Path(path), Fraction(rate))]}


def _kind(error: RushesError) -> str:
    return type(error).__name__ if type(error).__name__ in ("NotFound", "Damaged") else "BadMaterial"


def _answer(output: int, said: Mapping[str, Any]) -> None:
    content = json.dumps(said).encode()
    rest = memoryview(HEAD.pack(MARK, len(content)) + content)
    while rest:
        rest = rest[os.write(output, rest) :]


def _teller_of_faults(output: int) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """A fault of our own ends the process, and is told: on its error output nobody would see it."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        while trace and trace.tb_next:
            trace = trace.tb_next
        where = f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
        _answer(output, {"failed": f"{kind.__name__}{where}: {str(error)[:200]}"})

    return tell
