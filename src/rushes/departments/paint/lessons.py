"""What is learned from, and what is kept back of it to judge by."""

from dataclasses import dataclass

from rushes.departments.paint.crops import Taught


@dataclass(frozen=True)
class Block:
    """A part of a pair that is judged: rows and columns from first to last, the last one not included."""

    pair: int
    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True)
class Lessons:
    """What is learned from, and what is judged by.

    Attributes:
        taught: pairs; what is kept back has no weight in them.
        judged: pairs with all of their weight.
        held_out: parts of `judged` that nothing was learned from.
        own: parts of `judged` that were learned from, to see whether it only knows these by heart.
        words: what was kept back, for people.
        spared: names of pairs that were kept back whole.
    """

    taught: tuple[Taught, ...]
    judged: tuple[Taught, ...]
    held_out: tuple[Block, ...]
    own: tuple[Block, ...]
    words: str
    spared: tuple[str, ...] = ()
