"""A look as LUT files for other programs: .cube for grading systems, CLF for whatever reads scene-linear."""

from collections.abc import Sequence
from pathlib import Path

import PyOpenColorIO as ocio

from rushes.departments.look.look import Look, Switches
from rushes.departments.look.ocio_look import in_working_space, look_transform

CLF = "Academy/ASC Common LUT Format"
CTF = "Color Transform Format"


def write_cube(path: Path, config: ocio.Config, size: int, *, title: str, look: str, spaces: Sequence[str]) -> Path:
    """Bake a named look of a config into a .cube file, red fastest, over 0 to 1.

    Args:
        path: to write.
        config: has the look.
        size: lattice points along each axis.
        title: goes into the file; quotation marks are dropped, for the format knows no escape.
        look: name of the look in the config.
        spaces: input colour space, then output colour space, or display and view.
    """
    baker = ocio.Baker()
    baker.setConfig(config)
    baker.setFormat("iridas_cube")
    baker.setLooks(look)
    baker.setCubeSize(size)
    baker.setInputSpace(spaces[0])
    if len(spaces) == 3:
        baker.setDisplayView(spaces[1], spaces[2])
    else:
        baker.setTargetSpace(spaces[1])
    head, lattice = baker.bake().split(f"LUT_3D_SIZE {size}\n", 1)
    comments = [f"# in: {spaces[0]}", f"# out: {' / '.join(spaces[1:])}", "# full range, tetrahedral interpolation"]
    quotable = title.replace('"', "'")
    keywords = [
        f'TITLE "{quotable}"',
        *comments,
        f"LUT_3D_SIZE {size}",
        "DOMAIN_MIN 0.0 0.0 0.0",
        "DOMAIN_MAX 1.0 1.0 1.0",
    ]
    path.write_text(head.strip() + "\n".join(keywords) + "\n" + lattice, encoding="utf-8")
    return path


def write_clf(path: Path, look: Look, switches: Switches | None = None, *, title: str) -> Path:
    """Write a look as CLF v3 from its encoding to itself, nothing clamped."""
    chain = look_transform(look, switches)
    return _write(path, chain, CLF, title=title, ends=(look.encoding, look.encoding))


def write_linear_clf(path: Path, look: Look, *, title: str, config: ocio.Config, working_space: str) -> Path:
    """Write a look as CLF v3 from scene-linear to scene-linear, its log encoding inside as the shaper.

    Encodings whose way back OCIO only knows as an inverted table (ACEScc, Canon Log, Apple Log) fit into no CLF; the
    same chain is then written as CTF, which OCIO and Autodesk programs read.
    """
    wrapped = in_working_space(look_transform(look), look.encoding, working_space)
    chain = config.getProcessor(wrapped).createGroupTransform()
    ends = (working_space, working_space)
    try:
        return _write(path.with_suffix(".clf"), chain, CLF, title=title, ends=ends)
    except ocio.Exception:
        return _write(path.with_suffix(".ctf"), chain, CTF, title=title, ends=ends)


def _write(path: Path, chain: ocio.GroupTransform, kind: str, *, title: str, ends: tuple[str, str]) -> Path:
    notes = chain.getFormatMetadata()
    notes.setName(title)
    notes.addChildElement("Description", title)
    notes.addChildElement("InputDescriptor", ends[0])
    notes.addChildElement("OutputDescriptor", ends[1])
    path.write_text(chain.write(kind, ocio.Config.CreateRaw()), encoding="utf-8")
    return path
