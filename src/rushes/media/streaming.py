"""Read, compute and write at the same time, frame after frame, in bounded memory.

OpenImageIO, OpenColorIO and numpy let go of Python's lock, so threads use all cores. OpenImageIO's own number of
threads is left at the number of cores: that was the fastest here, alone and overlapped.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import TypeVar

Picture = TypeVar("Picture")
Result = TypeVar("Result")


def stream(
    numbers: Iterable[int],
    *,
    read: Callable[[int], Picture],
    compute: Callable[[Picture], Result],
    write: Callable[[int, Result], None],
    ahead: int = 2,
    on_done: Callable[[int], None] = lambda done: None,
) -> None:
    """Put frames through read, compute and write, which overlap; frames are written in order.

    Args:
        numbers: of the frames, in order.
        read: called in a thread of its own, a frame at a time.
        compute: called in the caller's thread.
        write: called in a thread of its own, a frame at a time.
        ahead: how many frames are read before they are needed, and may wait to be written: no more than
            `2 × ahead + 1` are in memory. 0 is for frames of which there is room for one: one is read, computed and
            written after the other.
        on_done: told in the caller's thread how many frames are written; may raise to stop.

    Raises:
        Exception: the first that one of the four raised, or Ctrl-C. Then no further frame is begun, frames that were
            computed are still written, and nothing runs any more.
    """
    going: deque[Future[None]] = deque()
    done = 0
    with ThreadPoolExecutor(1, "write") as writers, closing(_read_ahead(numbers, read, ahead=ahead)) as coming:
        for number, picture in coming:
            result = compute(picture)
            going.append(writers.submit(write, number, result))
            del result
            done = _told(going, ahead, done=done, on_done=on_done)
        _told(going, 0, done=done, on_done=on_done)


def _read_ahead(
    numbers: Iterable[int], read: Callable[[int], Picture], *, ahead: int
) -> Generator[tuple[int, Picture], None, None]:
    if not ahead:
        yield from ((number, read(number)) for number in numbers)
        return
    order, readers = iter(numbers), ThreadPoolExecutor(1, "read")
    coming: deque[tuple[int, Future[Picture]]] = deque()
    try:
        coming.extend((number, readers.submit(read, number)) for number in islice(order, ahead))
        while coming:
            number, reading = coming.popleft()
            picture = reading.result()
            coming.extend((later, readers.submit(read, later)) for later in islice(order, 1))
            yield number, picture
    finally:
        readers.shutdown(cancel_futures=True)


def _told(going: deque[Future[None]], may_wait: int, *, done: int, on_done: Callable[[int], None]) -> int:
    """Wait until few enough frames wait to be written, tell of each that is, and return how many are."""
    while len(going) > may_wait or (going and going[0].done()):
        going.popleft().result()
        done += 1
        on_done(done)
    return done
