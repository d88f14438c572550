"""Hand a look over: the files that grading systems, compositors and editorial read, and a note on which is which."""

import re
from dataclasses import replace
from pathlib import Path

import PyOpenColorIO as ocio

from rushes.departments.department import HandOver
from rushes.departments.look.hand_over_note import write_note
from rushes.departments.look.look import Look, Switches, neutral_look
from rushes.departments.look.out_cdl import XML_KINDS, write_cdl, write_edls
from rushes.departments.look.out_config import config_with_look, write_config
from rushes.departments.look.out_luts import write_clf, write_cube, write_linear_clf
from rushes.media.colour import open_config

Files = dict[Path, str]
"""What was written, and for whom."""

WITHOUT_SPATIAL = "without-spatial"


def write_look(look: Look, over: HandOver, folder: Path) -> tuple[Path, ...]:
    """Write a look for other programs into a folder.

    A look that changes over the picture fits into none of these files: what is the same everywhere is written, and
    every name and the note say so.

    Args:
        look: to hand over.
        over: title, colour management and clips.
        folder: to write into, made where missing.

    Returns:
        Every file, the note `README.txt` first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = "_".join([_slug(over.title), *([WITHOUT_SPATIAL] if look.spatial is not None else [])])
    title = over.title if look.spatial is None else f"{over.title} ({WITHOUT_SPATIAL})"
    config = config_with_look(open_config(over.colour.config), look, stem)
    files: Files = {}
    files |= _luts(look, config, over, base=folder / stem, title=title)
    files |= _cdls(look, over, base=folder / stem, title=title)
    files |= _chain(look, over, folder / "chain", title=title)
    clf = folder / f"{stem}_{_slug(look.encoding)}.clf"
    written = write_config(look, stem, config=over.colour.config, clf=clf, folder=folder / "ocio")
    files |= {written[0]: f"the show's OCIO config with the look {stem!r}; keep luts/ beside it"}
    files |= dict.fromkeys(written[1:], "a file that the config needs")
    return _note(look, over, folder, files=files), *files


def _luts(look: Look, config: ocio.Config, over: HandOver, *, base: Path, title: str) -> Files:
    code, stem = look.encoding, base.name
    display, view = over.colour.display, over.colour.view
    whole = "whole look" if look.spatial is None else "the look without its spatial part"
    files: Files = {}
    for size, whom in ((33, "monitors and cameras"), (65, "finishing")):
        path = base.with_name(f"{stem}_{_slug(code)}_{size}.cube")
        write_cube(path, config, size, title=f"{title}, {code} to {code}", look=stem, spaces=[code, code])
        files[path] = f"{whole}, {code} to {code}, for {whom}"
    path = base.with_name(f"{stem}_{_slug(code)}_to_{_slug(display)}_33.cube")
    write_cube(path, config, 33, title=f"{title}, {code} to {display}", look=stem, spaces=[code, display, view])
    files[path] = f"{whole} and {view}, {code} to {display}, for viewing only"
    path = write_clf(base.with_name(f"{stem}_{_slug(code)}.clf"), look, title=title)
    files[path] = f"{whole}, CLF v3, {code} to {code}"
    linear = base.with_name(f"{stem}_{_slug(over.colour.working_space)}.clf")
    path = write_linear_clf(linear, look, title=title, config=config, working_space=over.colour.working_space)
    files[path] = f"{whole}, {path.suffix[1:].upper()}, scene-linear {over.colour.working_space} in and out"
    return files


def _cdls(look: Look, over: HandOver, *, base: Path, title: str) -> Files:
    files: Files = {}
    words = f"{title}: best CDL alone, in {look.encoding}, without clamping"
    for suffix in XML_KINDS:
        path = write_cdl(base.with_name(base.name + suffix), look.best_cdl, name=base.name, description=words)
        files[path] = f"the best CDL alone, for {look.encoding}"
    edls = write_edls(
        base.parent, base.name, look.best_cdl, clips=over.clips, note=f"CDL FOR {look.encoding}, NO CLAMP"
    )
    return files | dict.fromkeys(edls, "edit list with that CDL on every clip")


def _chain(look: Look, over: HandOver, folder: Path, *, title: str) -> Files:
    """Write the steps one by one, so that each can be trimmed or left out."""
    folder.mkdir(exist_ok=True)
    words = f"{title}: step 1 of 3, in {look.encoding}, without clamping"
    cdl = write_cdl(folder / "1_cdl.cc", look.cdl, name=_slug(title), description=words)
    only_curves, only_lattice = Switches(cdl=False, lattice=False), Switches(cdl=False, curves=False)
    curves = write_clf(folder / "2_curves.clf", look, only_curves, title=f"{title}: step 2 of 3")
    lattice = write_clf(folder / "3_residual.clf", look, only_lattice, title=f"{title}: step 3 of 3")
    bare = replace(neutral_look(look.encoding), lattice=look.lattice, lattice_domain=look.lattice_domain)
    config = config_with_look(open_config(over.colour.config), bare, "residual")
    cube = write_cube(
        folder / f"3_residual_{look.lattice.shape[0]}.cube",
        config,
        look.lattice.shape[0],
        title=f"{title}: step 3 of 3, {look.encoding} to {look.encoding}",
        look="residual",
        spaces=[look.encoding, look.encoding],
    )
    return {cdl: "step 1", curves: "step 2", lattice: "step 3", cube: "step 3 for systems without CLF"}


def _note(look: Look, over: HandOver, folder: Path, *, files: Files) -> Path:
    values = {"title": over.title, "encoding": look.encoding, "spatial": look.spatial is not None}
    return write_note(folder, "hand_over.txt.j2", values, files=files)


def _slug(words: str) -> str:
    """Return words as every file system and every LUT browser can take them."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", words).strip("-.") or "look"
