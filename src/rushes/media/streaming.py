"""Read, compute and write at the same time, frame after frame, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
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
    on_done: Callable[[int], None] | None = None,
) -> None:
    """Put frames through read, compute and write, which overlap; frames are written in order.

    While frame 10 is computed here, in the caller's thread, 11 and 12 are read in a second one and 9 and 8 are written
    in a third. OpenImageIO, OpenColorIO and numpy let go of Python's lock, so all cores are used. At most
    `2 × ahead + 1` frames are in memory.

    Args:
        numbers: of the frames, in order.
        read: called in a thread of its own, a frame at a time.
        compute: called in the caller's thread.
        write: called in a thread of its own, a frame at a time.
        ahead: how many frames are read before they are needed, and may wait to be written; at least 1.
        on_done: told in the caller's thread how many frames are written; may raise to stop.

    Raises:
        Exception: the first that `read`, `compute`, `write` or `on_done` raised, or Ctrl-C. Then no further frame is
            begun, frames that were computed are still written, and nothing runs any more.
    """
    coming: deque[tuple[int, Future[Picture]]] = deque()
    going: deque[Future[None]] = deque()
    order, done = iter(numbers), 0

    def finish(still_waiting: int) -> None:
        nonlocal done
        while len(going) > still_waiting or (going and going[0].done()):
            going.popleft().result()
            done += 1
            if on_done:
                on_done(done)

    readers, writers = ThreadPoolExecutor(1, "read"), ThreadPoolExecutor(1, "write")
    try:
        coming.extend((number, readers.submit(read, number)) for number in islice(order, max(1, ahead)))
        while coming:
            number, reading = coming.popleft()
            picture = reading.result()
            coming.extend((later, readers.submit(read, later)) for later in islice(order, 1))
            result = compute(picture)
            finish(max(0, ahead - 1))
            going.append(writers.submit(write, number, result))
        finish(0)
    finally:
        readers.shutdown(cancel_futures=True)
        writers.shutdown()
