"""The show's palette for other programs: a PNG to look at, an Adobe Swatch Exchange file, and JSON with the numbers."""

import json
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from rushes.departments.department import Colour
from rushes.departments.previs.look.naming import colour_words
from rushes.departments.previs.look.pack import LookPack
from rushes.departments.previs.look.thumbnails import viewer
from rushes.departments.previs.look.tones import Floats, lab_from
from rushes.media.whole import whole_file

SWATCH_BLOCK, GLOBAL = 0x0001, 0
STRIP = (160, 1200)


def write_palette(pack: LookPack, colour: Colour, folder: Path, *, stem: str) -> tuple[Path, Path, Path]:
    """Write the palette; returns PNG, ASE and JSON. PNG and ASE are as the show's view shows it."""
    shown = viewer(colour)(pack.palette)
    names = palette_names(lab_from(colour)(pack.palette))
    png, ase, numbers = (folder / f"{stem}_palette.{suffix}" for suffix in ("png", "ase", "json"))
    with whole_file(png) as draft:
        Image.fromarray(strip_of(shown, pack.shares)).save(draft)
    with whole_file(ase) as draft:
        draft.write_bytes(ase_bytes(list(zip(names, shown.astype(float) / 255, strict=True))))
    listed = [
        {
            "name": name,
            f"scene-linear {colour.working_space}": [round(value, 5) for value in light.tolist()],
            f"8-bit {colour.display}, {colour.view}": code.tolist(),
            "share": round(float(share), 4),
        }
        for name, light, code, share in zip(names, pack.palette, shown, pack.shares, strict=True)
    ]
    with whole_file(numbers) as draft:
        draft.write_text(json.dumps(listed, indent=1, ensure_ascii=False), encoding="utf-8")
    return png, ase, numbers


def palette_names(lab: Floats) -> list[str]:
    """Return a name for each colour, numbered where two have the same words."""
    names: list[str] = []
    for one in lab:
        name = colour_words(one)
        same = sum(1 for other in names if other == name or other.startswith(f"{name} "))
        names.append(f"{name} {same + 1}" if same else name)
    return names


def strip_of(shown: np.ndarray, shares: Floats) -> np.ndarray:
    """Return a picture of colours beside each other, each as wide as the root of its share."""
    widths = np.sqrt(np.maximum(shares, 0.002))
    ends = np.rint(np.cumsum(widths) / widths.sum() * STRIP[1]).astype(int)
    row = np.repeat(shown, np.diff([0, *ends]), axis=0)
    return np.ascontiguousarray(np.broadcast_to(row, (STRIP[0], *row.shape)))


def ase_bytes(colours: list[tuple[str, np.ndarray]]) -> bytes:
    """Return colours, each a name and red, green and blue from 0 to 1, as an Adobe Swatch Exchange 1.0 file.

    >>> ase_bytes([("red", np.array([1.0, 0.0, 0.0]))]).hex()
    '41534546000100000000000100010000001c00040072006500640000524742203f80000000000000000000000000'
    """
    blocks = []
    for name, rgb in colours:
        text = (name + "\0").encode("utf-16-be")
        body = struct.pack(">H", len(text) // 2) + text + b"RGB " + struct.pack(">3f", *rgb.tolist())
        body += struct.pack(">H", GLOBAL)
        blocks.append(struct.pack(">HI", SWATCH_BLOCK, len(body)) + body)
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)
