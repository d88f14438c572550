"""The gate for cuts in XML: no entities, no document type with a say, no depth, nothing fetched."""

import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from rushes.domain.errors import Damaged
from rushes.media.cuts import MAX_BYTES, MAX_DEPTH
from rushes.media.gate import opened

MOST_ELEMENTS = 1_000_000
SECONDS = re.compile(r"(-?\d{1,18})(?:/([1-9]\d{0,11}))?s")


class _Refused(ValueError):
    """Stops the parser at what a cut does not have."""


def parsed_cut(path: Path, root: str) -> ElementTree.Element:
    """Check a cut in XML before anybody looks at what it says, and return its root.

    Args:
        path: a regular file; links are not followed.
        root: name of the outermost element.

    Raises:
        Damaged: too long, too deep, no whole XML, of another kind, or with entities or an outer document type.
        NotFound: it is not there.
    """
    with opened(path, None) as file:
        if file.size > MAX_BYTES:
            raise Damaged(str(path), f"{file.size} bytes; a cut has at most {MAX_BYTES}")
        content = file.read(file.size, 0)
    listener = _Listener()
    try:
        listener.parser.Parse(content, True)
        element = listener.builder.close()
    except expat.ExpatError as error:
        why = f"line {error.lineno}: {expat.ErrorString(error.code)}"
        raise Damaged(str(path), f"is no whole XML: {why}") from error
    except (_Refused, ValueError, AssertionError) as error:
        raise Damaged(str(path), f"line {listener.parser.CurrentLineNumber}: {error}") from error
    if element.tag != root:
        raise Damaged(str(path), f"begins with <{element.tag[:40]}>, not with <{root}>")
    return element


def text_of(element: ElementTree.Element | None, way: str = "") -> str:
    """Return the text of an element or of what lies under it; nothing where there is none."""
    found = element.find(way) if element is not None and way else element
    return ((found.text or "") if found is not None else "").strip()


def seconds(text: str | None) -> Fraction:
    """Return a time of FCPXML; nothing is 0.

    Raises:
        ValueError: it is no time.

    >>> seconds("1001/24000s"), seconds("5s"), seconds(None)
    (Fraction(1001, 24000), Fraction(5, 1), Fraction(0, 1))
    """
    found = SECONDS.fullmatch(text or "0s")
    if not found:
        raise ValueError(f"{(text or '')[:40]!r} is no time")
    return Fraction(int(found[1]), int(found[2] or 1))


def as_seconds(time: Fraction) -> str:
    """Return a time as FCPXML writes it.

    >>> as_seconds(Fraction(1001, 24000)), as_seconds(Fraction(5))
    ('1001/24000s', '5s')
    """
    return f"{time.numerator}s" if time.denominator == 1 else f"{time.numerator}/{time.denominator}s"


class _Listener:
    """Builds a tree of elements that hold text and attributes, and nothing else."""

    def __init__(self) -> None:
        self.builder = ElementTree.TreeBuilder()
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = self._doctype, self._entity
        self._depth = self._count = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > MAX_DEPTH:
            raise _Refused(f"lies more than {MAX_DEPTH} deep in itself")
        if self._count > MOST_ELEMENTS:
            raise _Refused(f"has more than {MOST_ELEMENTS} elements")
        self.builder.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(name)

    def _text(self, text: str) -> None:
        if self._depth:
            self.builder.data(text)

    def _doctype(self, name: str, *more: object) -> None:
        # `<!DOCTYPE xmeml>` is what editing systems write; anything more would have a say in what the file means
        if any(more):
            raise _Refused("its document type asks for something outside, or declares something of its own")

    def _entity(self, *declared: object) -> None:
        raise _Refused("declares entities")
