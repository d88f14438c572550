"""Hand a shot match over: one ASC CDL collection for the scene, and for each shot its own files, step by step."""

from collections.abc import Sequence
from pathlib import Path

from rushes.departments.department import HandOver
from rushes.departments.look.hand_over_note import write_note
from rushes.departments.look.keyframes import trim_at
from rushes.departments.look.look import Cdl
from rushes.departments.look.ocio_look import cdl_transform
from rushes.departments.look.out_cdl import clip_name, rounded, write_cdl, write_edls, write_xml
from rushes.departments.look.shot_trims import ShotTrims

CDL_FILES_KNOW_NO_TIME = "as it is at its middle keyframe"


def write_trims(trims: Sequence[ShotTrims], over: HandOver, folder: Path, *, encoding: str) -> tuple[Path, ...]:
    """Write the trims of a scene for other programs.

    A trim with keyframes is written as it is at its middle keyframe: CDL files know no time. A shot that was left
    alone has no files of its own; in the collections it is there, unchanged, and the note names it.

    Args:
        trims: of every shot that was matched.
        over: title, and the clips that are delivered.
        folder: to write into, made where missing.
        encoding: log encoding that the CDLs work in.

    Returns:
        Every file, the note `README.txt` first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        _collection(folder / "1_existing.ccc", trims): "first: the trim that each shot came with",
        _collection(folder / "2_match.ccc", trims): "second: what the match adds to it",
    }
    alone = [shot.clip for shot in trims if _left_alone(shot)]
    for shot in trims:
        if shot.clip not in alone:
            files |= _shot(shot, over, folder, encoding=encoding)
    values = {"title": over.title, "encoding": encoding, "alone": alone}
    return write_note(folder, "hand_over_trims.txt.j2", values, files=files), *files


def _shot(shot: ShotTrims, over: HandOver, folder: Path, *, encoding: str) -> dict[Path, str]:
    moving = len(shot.keyframes) > 1
    words = f"{over.title}: {shot.clip}, after the trim it had, in {encoding}, without clamping"
    path = write_cdl(folder / f"{shot.clip}.cc", _match_of(shot), name=shot.clip, description=words)
    files = {path: f"second, for {shot.clip} alone" + (f", {CDL_FILES_KNOW_NO_TIME}" if moving else "")}
    mine = [clip for clip in over.clips if shot.clip in (clip[0], Path(clip[0]).stem, clip_name(clip[0]))]
    edls = write_edls(folder, shot.clip, _match_of(shot), clips=mine, note=f"CDL FOR {encoding}, NO CLAMP")
    return files | dict.fromkeys(edls, f"edit list of {shot.clip} with the CDL of its .cc")


def _collection(path: Path, trims: Sequence[ShotTrims]) -> Path:
    transforms = []
    for shot in trims:
        transform = cdl_transform(rounded(shot.existing if path.stem == "1_existing" else _match_of(shot)))
        transform.setID(shot.clip)
        transforms.append(transform)
    return write_xml(path, transforms)


def _left_alone(shot: ShotTrims) -> bool:
    return all(rounded(trim_at(shot.keyframes, key.frame)) == Cdl() for key in shot.keyframes)


def _match_of(shot: ShotTrims) -> Cdl:
    return trim_at(shot.keyframes, shot.keyframes[len(shot.keyframes) // 2].frame)
