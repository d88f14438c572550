"""What nouns are made of: digests, files, items, measures, scopes. None of them is a fact by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Digest = str
"""`sha256:` and 64 hex digits: of a file's bytes, or of a noun's canonical JSON."""


def later(default: Any) -> Any:
    """Return a field that came after its noun did: where it says nothing, an older fact keeps its bytes and digest."""
    return field(default=default, metadata={"later": True})


def spans(frames: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return frame numbers as spans, first and last of each included.

    >>> spans((1, 2, 3, 7))
    ((1, 3), (7, 7))
    """
    found: list[tuple[int, int]] = []
    for frame in sorted(set(frames)):
        if found and frame == found[-1][1] + 1:
            found[-1] = found[-1][0], frame
        else:
            found.append((frame, frame))
    return tuple(found)


def span_words(frames: Sequence[int]) -> str:
    """Write frame numbers as people do.

    >>> span_words((1, 2, 3, 7))
    '1–3, 7'
    """
    return ", ".join(f"{first}–{last}" if first != last else str(first) for first, last in spans(frames))


@dataclass(frozen=True)
class Duty:
    """What a licence asks for in return.

    Attributes:
        name: one word, by which its discharge is recorded.
        words: what is to be done.
        due: last day to do it, or None: before anything else.
    """

    name: str
    words: str
    due: date | None


@dataclass(frozen=True)
class AssetFile:
    """One file of an asset: its name as it came, its content digest and size."""

    name: str
    digest: Digest
    bytes: int


@dataclass(frozen=True)
class Item:
    """One asset's part in a dataset.

    Attributes:
        asset: digest of the asset.
        role: one of the roles that the department needs, such as `before` and `after`.
        group: items with the same number belong together: a pair.
        frames: the frames of this asset that are taught, in the order of the pair.
    """

    asset: Digest
    role: str
    group: int
    frames: tuple[int, ...]


@dataclass(frozen=True)
class Further:
    """What a render was given beside the plate: a matte, an artist's fixes, an earlier take.

    Attributes:
        role: one of those that the department names for a render, or `over` for the take that lies underneath.
        what: digest of the asset or take.
    """

    role: str
    what: Digest


@dataclass(frozen=True)
class Measure:
    """One number with its unit and, where there is one, the threshold it was held against.

    Attributes:
        passed: None where there is no threshold.
    """

    name: str
    value: float
    unit: str = ""
    threshold: float | None = None
    passed: bool | None = None


@dataclass(frozen=True)
class Scope:
    """What a model may be used for; anything else is refused. Signed with the weights.

    Attributes:
        uses: departments.
        people: whose likeness it was taught by.
        ends: last day, or None.
    """

    show: str
    uses: tuple[str, ...]
    people: tuple[str, ...]
    territory: str
    ends: date | None
