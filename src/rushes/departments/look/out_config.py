"""The show's OpenColorIO config with the look on top: as a folder that loads anywhere, and in memory for baking."""

import copy
from pathlib import Path
from tempfile import TemporaryDirectory

import PyOpenColorIO as ocio

from rushes.departments.look.look import Look, Switches
from rushes.departments.look.ocio_look import look_transform
from rushes.domain.errors import BadMaterial
from rushes.media.colour import open_config


def config_with_look(config: ocio.Config, look: Look, name: str) -> ocio.Config:
    """Return a copy of a config that has the look, whole and as its best CDL alone, as named looks.

    Every active display also gets its default view seen through the look.
    """
    return _with_looks(config, look, name, transform=look_transform(look))


def write_config(look: Look, name: str, *, config: str, clf: Path, folder: Path) -> tuple[Path, ...]:
    """Write a config with the look into a folder, the look's CLF in `luts/` beside it.

    Args:
        look: to be added.
        name: of the look in the config.
        config: the show's config, `ocio://…` or a path; it is left as it is.
        clf: the look's CLF file, from its encoding to itself.
        folder: to write into, made where missing.

    Returns:
        The config, then the files that it needs.

    Raises:
        BadMaterial: the show's config refers to files in a way that cannot be taken elsewhere.
    """
    opened = open_config(config)
    luts = folder / "luts"
    luts.mkdir(parents=True, exist_ok=True)
    files = _take_along(opened, config, folder)
    kept = luts / clf.name
    kept.write_bytes(clf.read_bytes())
    from_file = ocio.FileTransform(src=clf.name, interpolation=ocio.INTERP_TETRAHEDRAL)
    graded = _with_looks(opened, look, name, transform=ocio.GroupTransform([from_file]))
    graded.addSearchPath("luts")
    graded.setWorkingDir(str(folder))
    graded.validate()
    path = folder / "config.ocio"
    path.write_text(graded.serialize(), encoding="utf-8")
    return path, kept, *files


def _with_looks(config: ocio.Config, look: Look, name: str, *, transform: ocio.GroupTransform) -> ocio.Config:
    graded = copy.deepcopy(config)
    alone = look_transform(look, Switches(curves=False, lattice=False))
    for title, chain, words in (
        (name, transform, "learned look: CDL, curves and residual lattice"),
        (f"{name} CDL", alone, "the best that a CDL can do alone for the same look"),
    ):
        graded.addLook(ocio.Look(name=title, processSpace=look.encoding, transform=chain, description=words))
    added = [_add_view(graded, display, name) for display in graded.getDisplays()]
    if graded.getNumActiveViews():
        for view in dict.fromkeys(added):
            graded.addActiveView(view)
    return graded


def _add_view(config: ocio.Config, display: str, name: str) -> str:
    view = config.getDefaultView(display)
    through = config.getDisplayViewTransformName(display, view)
    space = config.getDisplayViewColorSpaceName(display, view)
    looks = ", ".join(filter(None, [config.getDisplayViewLooks(display, view), name]))
    if through:
        space = display if space == "<USE_DISPLAY_NAME>" else space
        config.addDisplayView(display, f"{view} + {name}", through, space, looks)
    else:
        config.addDisplayView(display, f"{view} + {name}", space, looks)
    return f"{view} + {name}"


def _take_along(opened: ocio.Config, config: str, folder: Path) -> tuple[Path, ...]:
    """Copy the files that a config on disk lies among; OCIO's own archive knows which."""
    if not opened.getWorkingDir():
        return ()
    if not opened.isArchivable():
        raise BadMaterial(
            "the show's OCIO config finds its files by absolute paths or variables, so it cannot be taken elsewhere",
            [config],
            "Make its search_path relative to the config.",
        )
    with TemporaryDirectory() as scratch:
        archive = Path(scratch) / "config.ocioz"
        opened.archive(str(archive))
        ocio.ExtractOCIOZArchive(str(archive), str(folder))
    return tuple(path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "config.ocio")
