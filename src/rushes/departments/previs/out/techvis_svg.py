"""Drawings as SVG: one file that needs no other."""

import io
from base64 import b64encode
from itertools import count
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rushes.departments.previs.out.techvis_drawing import Clipped, Drawing, Line, Mark, Photo, Picture, Words
from rushes.departments.previs.shots.moves import number

FAMILY = "'DejaVu Sans Condensed', 'Helvetica Neue', Helvetica, Arial, sans-serif"
FACES = {"plain": "", "bold": ' font-weight="700"', "slanted": ' font-style="italic"'}
JPEG_QUALITY = 92


def svg_of(drawing: Drawing) -> str:
    """Return a drawing as SVG 1.1; its width and height are the page's in points.

    >>> page = Drawing("plan", (20.0, 10.0), (Line(((0.0, 0.0), (20.0, 10.0))),))
    >>> svg_of(page).splitlines()[2]
    '<path d="M0 0L20 10" fill="none" stroke="#1c1c1c" stroke-width="0.5"/>'
    """
    wide, high = map(short, drawing.size)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}pt" height="{high}pt" viewBox="0 0 {wide} {high}"'
        f' font-family="{FAMILY}" stroke-linejoin="round" stroke-linecap="round">'
    )
    return "\n".join([head, f"<title>{escape(drawing.title)}</title>", *elements(drawing.marks), "</svg>"]) + "\n"


def elements(marks: tuple[Mark, ...], *, prefix: str = "clip") -> list[str]:
    """Return marks as elements of an SVG.

    Args:
        marks: the lowest first.
        prefix: of the names of clips, unique on a page that holds several drawings.
    """
    return [_element(mark, f"{prefix}{number}") for number, mark in zip(count(1), marks, strict=False)]


def short(value: float) -> str:
    """Return a length to a hundredth of a point.

    >>> short(2.50), short(-0.001), short(100.0)
    ('2.5', '0', '100')
    """
    return number(round(value, 2) + 0.0)


def jpeg_of(picture: Picture) -> bytes:
    """Return a picture as JPEG without subsampled colour."""
    held = io.BytesIO()
    Image.fromarray(codes_of(picture)).save(held, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return held.getvalue()


def codes_of(picture: Picture) -> NDArray[np.uint8]:
    """Return a picture as bytes, (height, width, 3) uint8; what is no number is black.

    >>> codes_of(np.array([[[0.0, 0.5, 2.0]]], np.float32)).tolist()
    [[[0, 128, 255]]]
    """
    if picture.dtype == np.uint8:
        return np.ascontiguousarray(picture[..., :3], np.uint8)
    light = np.clip(np.nan_to_num(picture[..., :3], nan=0.0), 0.0, 1.0)
    return np.ascontiguousarray(np.rint(light * 255), np.uint8)


def _element(mark: Mark, name: str) -> str:
    if isinstance(mark, Line):
        return _path(mark)
    if isinstance(mark, Words):
        return _text(mark)
    if isinstance(mark, Photo):
        x, y, wide, high = map(short, (*mark.at, *mark.size))
        held = b64encode(jpeg_of(mark.pixels)).decode()
        return f'<image x="{x}" y="{y}" width="{wide}" height="{high}" href="data:image/jpeg;base64,{held}"/>'
    return _clip(mark, name)


def _clip(mark: Clipped, name: str) -> str:
    left, top, right, bottom = mark.box
    x, y, wide, high = map(short, (left, top, right - left, bottom - top))
    box = f'<clipPath id="{name}"><rect x="{x}" y="{y}" width="{wide}" height="{high}"/></clipPath>'
    return "\n".join([box, f'<g clip-path="url(#{name})">', *elements(mark.marks, prefix=f"{name}-"), "</g>"])


def _path(line: Line) -> str:
    steps = "L".join(f"{short(x)} {short(y)}" for x, y in line.spots)
    look = [f'fill="{line.fill or "none"}"']
    if line.stroke:
        look.append(f'stroke="{line.stroke}" stroke-width="{short(line.width)}"')
    if line.dashes:
        look.append(f'stroke-dasharray="{" ".join(map(short, line.dashes))}"')
    if line.opacity < 1:
        look.append(f'opacity="{short(line.opacity)}"')
    return f'<path d="M{steps}{"Z" if line.fill else ""}" {" ".join(look)}/>'


def _text(words: Words) -> str:
    x, y = map(short, words.at)
    turn = f' transform="rotate({short(words.turn_deg)} {x} {y})"' if words.turn_deg else ""
    halo = (
        f' stroke="{words.halo}" stroke-width="{short(0.32 * words.size)}" paint-order="stroke"' if words.halo else ""
    )
    anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
    look = f'font-size="{short(words.size)}" fill={quoteattr(words.colour)}{FACES[words.face]}{anchor}{halo}{turn}'
    return f'<text x="{x}" y="{y}" {look}>{escape(_clean(words.text))}</text>'


def _clean(text: str) -> str:
    """Return a text without the signs that XML forbids."""
    return "".join(sign for sign in text if sign >= " ")
