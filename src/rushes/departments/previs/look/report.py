"""The page that a look pack is read by: every swatch with the frame it was cut from, palette, light, what it makes."""

import base64
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image, ImageDraw

from rushes.departments.department import Colour, Plate
from rushes.departments.previs.look.out_palette import palette_names
from rushes.departments.previs.look.pack import LookPack, Swatch, pack_look
from rushes.departments.previs.look.thumbnails import THUMB, Picture, fitted, viewer
from rushes.departments.previs.look.tones import Floats, lab_from
from rushes.media.whole import whole_file

TILE_SHOWN = 300
MOST_FRAMES = 60
"""Of the show that are shown; all are named."""

LIGHTS = ("key", "sky", "ground", "haze")
RECTANGLE = (255, 196, 0)


@dataclass(frozen=True, eq=False)
class Sample:
    """A frame before and after, to see what the pack makes of it.

    Attributes:
        words: what is seen.
        before: (3, height, width) float32 scene-linear: the greybox.
        after: the same, dressed.
    """

    words: str
    before: Plate
    after: Plate


def write_report(
    folder: Path, pack: LookPack, *, colour: Colour, title: str, samples: Sequence[Sample] = ()
) -> tuple[Path, ...]:
    """Write `report.html`, one page that stands alone, and the sheet of swatches as PNG.

    Args:
        folder: to write into, made where missing.
        pack: to show.
        colour: of the show; pictures go through its display and view.
        title: of the page.
        samples: frames before and after, if there are any.
    """
    folder.mkdir(parents=True, exist_ok=True)
    view = viewer(colour)
    tiles = [tile_picture(view(swatch.tile)) for swatch in pack.swatches]
    cuts = [cut_picture(pack, swatch) for swatch in pack.swatches]
    sheet = folder / "swatches.png"
    with whole_file(sheet) as draft:
        Image.fromarray(sheet_of(tiles)).save(draft)
    shown = view(pack.palette)
    page = (
        _room()
        .get_template("report.html.j2")
        .render(
            title=title,
            pack=pack,
            colour=colour,
            digest=digest_of(pack),
            swatches=list(zip(pack.swatches, tiles, cuts, strict=True)),
            palette=list(zip(palette_names(lab_from(colour)(pack.palette)), shown.tolist(), pack.shares, strict=True)),
            lights=[(name, view(np.array(getattr(pack.light, name), np.float32)).tolist()) for name in LIGHTS],
            frames=[(one.words, pack.thumbs[place]) for place, one in enumerate(pack.frames)][:MOST_FRAMES],
            left_out=max(0, len(pack.frames) - MOST_FRAMES),
            samples=[(one.words, _viewed(one.before, view), _viewed(one.after, view)) for one in samples],
        )
    )
    html = folder / "report.html"
    with whole_file(html) as draft:
        draft.write_text(page, encoding="utf-8")
    return html, sheet


def tile_picture(shown: Picture) -> Picture:
    """Return a tile twice across and twice down, so that a seam would be seen in its middle."""
    whole = Image.fromarray(np.tile(shown, (2, 2, 1)))
    return np.asarray(whole.resize((TILE_SHOWN, TILE_SHOWN), Image.Resampling.LANCZOS), np.uint8)


def cut_picture(pack: LookPack, swatch: Swatch) -> Picture:
    """Return the frame that a tile was cut from, with the cut marked on it."""
    place = pack.frames.index(swatch.source)
    top, left, _, columns = fitted(pack.sizes[place])
    scale = columns / pack.sizes[place][0]
    x, y, width, height = (value * scale for value in swatch.rectangle)
    picture = Image.fromarray(pack.thumbs[place]).resize((2 * THUMB[1], 2 * THUMB[0]), Image.Resampling.BICUBIC)
    corner = (2 * (left + x), 2 * (top + y))
    box = [*corner, corner[0] + 2 * width, corner[1] + 2 * height]
    pen = ImageDraw.Draw(picture)
    pen.rectangle([box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2], outline=(0, 0, 0), width=1)
    pen.rectangle([box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1], outline=RECTANGLE, width=2)
    return np.asarray(picture, np.uint8)


def sheet_of(tiles: Sequence[Picture], across: int = 6) -> Picture:
    """Return tiles beside each other on grey."""
    rows = -(-len(tiles) // across)
    step = TILE_SHOWN + 12
    whole = np.full((rows * step + 12, min(across, len(tiles)) * step + 12, 3), 60, np.uint8)
    for place, tile in enumerate(tiles):
        y, x = 12 + place // across * step, 12 + place % across * step
        whole[y : y + TILE_SHOWN, x : x + TILE_SHOWN] = tile
    return whole


def digest_of(pack: LookPack) -> str:
    """Return the first twelve hexadecimal digits of the SHA-256 over a pack's tensors."""
    whole = hashlib.sha256()
    for name, tensor in sorted(pack_look(pack)[0].items()):
        whole.update(f"{name} {tensor.dtype.str} {tensor.shape}\n".encode())
        whole.update(np.ascontiguousarray(tensor).tobytes())
    return whole.hexdigest()[:12]


def _viewed(plate: Floats, view: Callable[[Floats], Picture]) -> Picture:
    return view(np.ascontiguousarray(plate.transpose(1, 2, 0)))


def _room() -> Environment:
    room = Environment(
        loader=PackageLoader("rushes.departments.previs.look"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    room.filters["jpeg"] = _jpeg
    return room


def _jpeg(picture: Picture) -> str:
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=90, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode("ascii")
