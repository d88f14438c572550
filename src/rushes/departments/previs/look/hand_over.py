"""Hand a look pack over: tiles, palette and regrade for other programs, a page, and a note on which is which."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.departments.department import HandOver, Weights
from rushes.departments.previs.look.out_palette import write_palette
from rushes.departments.previs.look.pack import LookPack, Swatch, unpack_look
from rushes.departments.previs.look.regrade import POINTS
from rushes.departments.previs.look.report import write_report
from rushes.departments.previs.look.tones import Floats
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.media.whole import whole_file

Files = dict[Path, str]


def write_look(weights: Weights, card: Mapping[str, Any], over: HandOver, folder: Path) -> tuple[Path, ...]:
    """Write a look pack for other programs into a folder; returns every file, the note first."""
    pack = unpack_look(weights, card)
    stem = re.sub(r"[^\w.-]+", "-", over.title, flags=re.ASCII).strip(".-") or "look"
    folder.mkdir(parents=True, exist_ok=True)
    files: Files = {}
    png, ase, numbers = write_palette(pack, over.colour, folder, stem=stem)
    files |= {png: "the palette, to look at", ase: "the palette for Photoshop, Illustrator, Krita, GIMP"}
    files |= {numbers: "the palette in numbers"}
    cube = folder / f"{stem}_ACEScct-curve_33.cube"
    write_cube(cube, pack.regrade, title=over.title, space=over.colour.working_space)
    files[cube] = f"from a dressed greybox to the show; ACEScct's curve on {over.colour.working_space}, in and out"
    files |= _tiles(pack, over, folder / "swatches")
    page, *pictures = write_report(folder, pack, colour=over.colour, title=over.title)
    files |= {page: "what the pack holds, and where each part came from", **dict.fromkeys(pictures, "on that page")}
    return _note(pack, over, folder, files=files), *files


def write_cube(path: Path, lattice: Floats, *, title: str, space: str) -> Path:
    """Write a lattice as a .cube file, red fastest, over 0 to 1 of ACEScct's curve."""
    quotable = title.replace('"', "'")
    head = [
        f'TITLE "{quotable}"',
        f"# in and out: ACEScct's curve on the primaries of {space}",
        "# full range, tetrahedral interpolation",
        f"LUT_3D_SIZE {POINTS}",
        "DOMAIN_MIN 0.0 0.0 0.0",
        "DOMAIN_MAX 1.0 1.0 1.0",
    ]
    rows = lattice.transpose(2, 1, 0, 3).reshape(-1, 3)
    lines = [f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in rows.tolist()]
    with whole_file(path) as draft:
        draft.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    return path


def _tiles(pack: LookPack, over: HandOver, folder: Path) -> Files:
    folder.mkdir(exist_ok=True)
    files: Files = {}
    listed = []
    for number, swatch in enumerate(pack.swatches, start=1):
        path = folder / f"{number:02d}_{swatch.name.replace(' ', '-')}.exr"
        _write_tile(path, swatch, over)
        files[path] = f"reflectance, {swatch.metres:.2f} m a side, repeats; cut from {swatch.source.words}"
        listed.append(_described(number, swatch, path.name))
    sources = folder / "sources.json"
    with whole_file(sources) as draft:
        draft.write_text(json.dumps(listed, indent=1, ensure_ascii=False), encoding="utf-8")
    return {**files, sources: "where every tile was cut, and every frame that shows the material"}


def _write_tile(path: Path, swatch: Swatch, over: HandOver) -> None:
    side = swatch.tile.shape[0]
    window = (0, 0, side - 1, side - 1)
    notes = {"rushes:model": over.model, "rushes:source": swatch.source.words, "rushes:metres": f"{swatch.metres:.4f}"}
    header = Header(window, window, attributes={name: words for name, words in notes.items() if words})
    packed = np.ascontiguousarray(swatch.tile, np.float32)
    write_still(path, Frame(0, packed, header), colour_space=over.colour.working_space)


def _described(number: int, swatch: Swatch, file: str) -> dict[str, Any]:
    return {
        "number": number,
        "name": swatch.name,
        "file": file,
        "cut from": {"clip": swatch.source.clip, "frame": swatch.source.frame, "rectangle": list(swatch.rectangle)},
        "seen in": [{"clip": one.clip, "frame": one.frame} for one in swatch.seen],
        "metres": round(swatch.metres, 4),
        "share": round(swatch.share, 4),
    }


def _note(pack: LookPack, over: HandOver, folder: Path, *, files: Files) -> Path:
    room = Environment(
        loader=PackageLoader("rushes.departments.previs.look"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,
    )
    names = [(str(path.relative_to(folder)), words) for path, words in files.items()]
    width = max(len(name) for name, _ in names)
    path = folder / "README.txt"
    text = room.get_template("hand_over.txt.j2").render(over=over, pack=pack, files=names, width=width)
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
    return path
