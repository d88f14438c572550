"""The cut out to an editing system and back in: OpenTimelineIO, CMX 3600, Final Cut Pro 7 XML and FCPXML.

What comes from outside goes through a gate before a reader sees it, and what it points at is never opened.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import opentimelineio as otio

from rushes.departments.previs.out.recut import EditedCut, Recut, recut
from rushes.departments.previs.plan import Cut
from rushes.domain.errors import BadMaterial, Damaged
from rushes.integrations.previs_edl import edited_edl, edl_text
from rushes.integrations.previs_fcp7 import edited_fcp7, fcp7_text
from rushes.integrations.previs_fcpxml import fcpxml_text
from rushes.integrations.previs_fcpxml_in import edited_fcpxml
from rushes.integrations.previs_otio import edited_from
from rushes.integrations.previs_sources import CutMedia, Shots
from rushes.integrations.previs_timeline import to_timeline
from rushes.integrations.previs_xml import parsed_cut
from rushes.media.cuts import UNREADABLE, check_cut
from rushes.media.whole import whole_file

PLAIN = CutMedia()


def write_cut(path: Path, cut: Cut, shots: Shots, *, media: CutMedia = PLAIN) -> Path:
    """Write a cut for an editing system; every format carries the ids of the shots.

    Args:
        path: `.otio` (everything), `.edl` (CMX 3600, pictures only), `.xml` (Final Cut Pro 7, for Premiere and Resolve)
            or `.fcpxml` (Final Cut Pro and Resolve); a file of that name is replaced when the new one is whole.
        cut: what is seen.
        shots: every shot of the project, by id.
        media: where pictures and sounds are; without it clips are names.

    Raises:
        BadMaterial: no such format, an event without frames, or an EDL at a rate without timecode.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        aaf = "AAF needs OpenTimelineIO's adapter for it, which is not installed. " if path.suffix == ".aaf" else ""
        raise BadMaterial(f"{path.name}: no cut that is written here", remedy=f"{aaf}There is {' '.join(WRITERS)}.")
    text = write(cut, shots, media)
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
    return path


def read_recut(path: Path, known: Mapping[str, str], old: Cut, *, animatic: str = "") -> Recut:
    """Read an editor's version of a cut: its order, lengths, trims, slips and speeds, with the ids kept.

    Args:
        path: `.otio`, `.edl`, `.xml` or `.fcpxml`.
        known: every shot of the project, id to label, whether it is in the cut or not.
        old: the cut that went out; an EDL is read at its rate.
        animatic: name of the movie of the whole old cut, where the editor cut that up and called it something else.

    Raises:
        NotFound: there is no such file.
        BadMaterial: it is of a kind that is not read here.
        Damaged: refused at the gate, or it makes no sense.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in (".otio", ".edl"):
            edited = _from_text(path, old, animatic)
        elif suffix == ".xml":
            edited = edited_fcp7(parsed_cut(path, "xmeml"), old, animatic)
        elif suffix == ".fcpxml":
            edited = edited_fcpxml(parsed_cut(path, "fcpxml"), old, animatic)
        else:
            raise BadMaterial(f"{path.name}: no cut that is read here", remedy=f"There is {' '.join(WRITERS)}.")
    except (*UNREADABLE, RuntimeError) as error:
        remedy = "Export it again; of an EDL, see to the frame rate."
        raise Damaged(str(path), f"it makes no sense as a cut: {str(error)[:300]}", remedy=remedy) from error
    if not edited.clips:
        aside = list(edited.notes)
        raise BadMaterial(f"{path.name} shows nothing", aside, "Export the sequence with its pictures.")
    return recut(edited, known, old)


def _from_text(path: Path, old: Cut, animatic: str) -> EditedCut:
    text = check_cut(path)
    if path.suffix.lower() == ".edl":
        return edited_edl(text, old, animatic)
    timeline = otio.adapters.read_from_string(text, "otio_json")
    if not isinstance(timeline, otio.schema.Timeline):
        raise ValueError(f"it holds a {type(timeline).__name__}, and no timeline")
    return edited_from(timeline, old, animatic)


def _otio_text(cut: Cut, shots: Shots, media: CutMedia) -> str:
    return str(otio.adapters.write_to_string(to_timeline(cut, shots, media), "otio_json"))


WRITERS: dict[str, Callable[[Cut, Shots, CutMedia], str]] = {
    ".otio": _otio_text,
    ".edl": edl_text,
    ".xml": fcp7_text,
    ".fcpxml": fcpxml_text,
}
"""What writes a cut, by suffix."""
