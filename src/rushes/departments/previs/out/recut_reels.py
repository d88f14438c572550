"""Reels: what a CMX 3600 list calls a source, eight letters and digits at most."""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import count

LONGEST = 8
ANIMATIC = "ANIMATIC"
"""The reel of the movie of a whole cut."""
RESERVED = frozenset({"AX", "BL", "BLACK", "BARS", ANIMATIC})
"""Reels that mean something to an editing system: any source, black, bars."""


def reels_of(known: Mapping[str, str]) -> dict[str, str]:
    """Give every shot a reel of its own: its label if that fits and no other shot has it, else a part of it and digits.

    Args:
        known: shots, id to label.

    Returns:
        Reels by id; the same for the same shots, in whatever order they come.

    >>> reels_of({"a1": "42B", "b2": "42-C", "c3": "042_0040_comp"})
    {'a1': '42B', 'b2': '42C', 'c3': '0420189B'}
    """
    letters = {identity: _plain(label) for identity, label in known.items()}
    often = Counter(letters.values())
    reels = {identity: label for identity, label in letters.items() if often[label] == 1 and _fits(label)}
    used = RESERVED | set(reels.values())
    for identity in sorted(known.keys() - reels.keys()):
        reels[identity] = next(reel for reel in _tries(identity, letters[identity]) if reel not in used)
        used |= {reels[identity]}
    return {identity: reels[identity] for identity in known}


def _plain(label: str) -> str:
    return "".join(sign for sign in label.upper() if sign.isascii() and sign.isalnum())


def _fits(label: str) -> bool:
    return 0 < len(label) <= LONGEST and label not in RESERVED


def _tries(identity: str, label: str) -> Iterator[str]:
    for salt in count():
        digits = sha256(f"{identity} {salt}".encode()).hexdigest().upper()
        yield (label[:3] + digits)[:LONGEST]
