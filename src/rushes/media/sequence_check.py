"""A look at every header of a sequence, so that everything wrong with it is said at once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rushes.domain.errors import BadMaterial, RushesError
from rushes.media.frames import Window
from rushes.media.gate import check_header
from rushes.media.promises import FilePromise, PartPromise

THREADS = 8
"""On a local disk one is as good; on a network each look waits for a server."""


def check_sequence(files: Sequence[tuple[int, Path]]) -> None:
    """Check that every file passes the gate, and that all are of one size, with the same channels and parts.

    Args:
        files: frame number and file, in order.

    Raises:
        Damaged: one file is, and nothing else is wrong.
        BadMaterial: with every fault, and the frames that it is in.
    """
    if not files:
        raise BadMaterial("a sequence without frames")
    with ThreadPoolExecutor(THREADS) as pool:
        looks = list(pool.map(_look, *zip(*files, strict=True)))
    errors = [look for look in looks if isinstance(look, RushesError)]
    reasons = [error.what for error in errors] + _changes([number for number, _ in files], looks)
    if len(errors) == len(reasons) == 1:
        raise errors[0]
    if reasons:
        raise BadMaterial(f"{files[0][1].parent}: {len(files)} frames do not make one sequence", reasons)


def ranges_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Gather ascending numbers into ranges, both ends included.

    >>> ranges_of([1, 2, 3, 7, 9, 10])
    [(1, 3), (7, 7), (9, 10)]
    """
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


def _look(number: int, path: Path) -> FilePromise | RushesError:
    try:
        return check_header(path, number)
    except RushesError as error:
        return error


def _changes(numbers: Sequence[int], looks: Sequence[FilePromise | RushesError]) -> list[str]:
    promises = {number: look for number, look in zip(numbers, looks, strict=True) if isinstance(look, FilePromise)}
    if not promises:
        return []
    usual = Counter(promises.values()).most_common(1)[0][0]
    changed: dict[FilePromise, list[int]] = {}
    for number, promise in promises.items():
        if promise != usual:
            changed.setdefault(promise, []).append(number)
    return [
        f"{_span(span)}: {_words(promise)}; the others: {_words(usual)}"
        for promise, odd in changed.items()
        for span in ranges_of(odd)
    ]


def _span(span: tuple[int, int]) -> str:
    first, last = span
    return f"frame {first}" if first == last else f"frames {first}-{last}"


def _words(promise: FilePromise) -> str:
    return f"{promise.format}, {'; '.join(_part_words(part) for part in promise.parts)}"


def _part_words(part: PartPromise) -> str:
    shown = part.display_window
    window = "" if part.data_window == shown else f" from {part.data_window[:2]} in {_size(shown)} from {shown[:2]}"
    return f"{_size(part.data_window)}{window}, {' '.join(part.channels)}"


def _size(window: Window) -> str:
    return f"{window[2] - window[0] + 1}x{window[3] - window[1] + 1}"
