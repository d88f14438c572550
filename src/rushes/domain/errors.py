"""Every error that Rushes raises on purpose, in one tree.

RushesError                  what happened, to which things, what to do
├── NotFound                 nothing has that name; the nearest names are offered
├── AlreadyThere             the name is taken by something else
├── NotCleared               the rights gate says no; every objection is listed
├── NotAllowed               this person does not have the say
├── OutOfScope               this model may not be used for that, or not any more
├── BadMaterial              the material itself cannot be used as asked
│   ├── Damaged              a file does not decode to what its header promises
│   ├── MissingFrames        a sequence has holes
│   ├── UnstatedColourSpace  nobody said how the pixels are encoded
│   └── NoCorrespondence     pairs that do not show the same picture
├── BadSignature             signed bytes are not what was signed
├── MissingExtra             an optional dependency is not installed
└── Stopped                  stopped by a person; goes on from its checkpoint
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class RushesError(Exception):
    """What happened, to which things, and what to do about it.

    >>> print(RushesError("2 frames are damaged", ["sh010.0007.exr", "sh010.0009.exr"], "Render them again."))
    2 frames are damaged
      sh010.0007.exr
      sh010.0009.exr
    Render them again.
    """

    def __init__(self, what: str, reasons: Sequence[str] = (), remedy: str = "") -> None:
        self.what = what
        self.reasons = tuple(reasons)
        self.remedy = remedy
        super().__init__("\n".join([what, *(f"  {reason}" for reason in self.reasons), *([remedy] if remedy else [])]))


class NotFound(RushesError):
    """Nothing has that name; the nearest names are offered.

    >>> print(NotFound("department", "lok", ["look", "paint"]))
    no department named 'lok'; did you mean 'look'?
    """

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), *, remedy: str = "") -> None:
        self.kind, self.name = kind, name
        names = sorted(set(known))
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else (f"; there is {', '.join(names[:8])}" if names else "")
        super().__init__(f"no {kind} named {name!r}{hint}", remedy=remedy)


class AlreadyThere(RushesError):
    """The name is taken by something else."""


class NotCleared(RushesError):
    """The rights gate says no; every objection is listed at once."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"{len(reasons)} objection(s):", reasons, "Record the missing grant, or leave the asset out.")


class NotAllowed(RushesError):
    """This person does not have the say."""


class OutOfScope(RushesError):
    """This model may not be used for that, or not any more."""


class BadMaterial(RushesError):
    """The material itself cannot be used as asked."""


class Damaged(BadMaterial):
    """A file does not decode to what its header promises.

    Attributes:
        path: the file.
        frame: the frame number in it, if one is known to be at fault.
    """

    def __init__(self, path: str, why: str, frame: int | None = None, *, remedy: str = "Get this file again.") -> None:
        self.path, self.frame = path, frame
        where = path if frame is None else f"{path}, frame {frame}"
        super().__init__(f"{where}: {why}", remedy=remedy)


class MissingFrames(BadMaterial):
    """A sequence has holes; `ranges` holds the first and last frame of each, both included."""

    def __init__(self, path: str, ranges: Sequence[tuple[int, int]]) -> None:
        self.path, self.ranges = path, tuple(ranges)
        words = ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in ranges)
        super().__init__(f"{path}: frames {words} are missing", remedy="Add them, or name a range without holes.")


class UnstatedColourSpace(BadMaterial):
    """Nobody said how the pixels are encoded, and guessing would grade the wrong picture."""

    def __init__(self, path: str, frames: tuple[int, int], hints: Sequence[str] = ()) -> None:
        self.path, self.frames = path, frames
        super().__init__(
            f"{path}, frames {frames[0]}-{frames[1]}: the colour space is not stated",
            hints,
            "Say it with --colour-space, in the words of the show's OCIO config.",
        )


class NoCorrespondence(BadMaterial):
    """Pairs that do not show the same picture, with the numbers that say so."""


class BadSignature(RushesError):
    """Signed bytes are not what was signed."""


class MissingExtra(RushesError):
    """An optional dependency is not installed.

    >>> print(MissingExtra("postgres", "psycopg"))
    this needs psycopg, which is not installed
    pip install 'rushes[postgres]'
    """

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(f"this needs {package}, which is not installed", remedy=f"pip install 'rushes[{extra}]'")


class Stopped(RushesError):
    """Stopped by a person; the same command goes on from the last checkpoint."""
