"""Hand a shot match over: one ASC CDL collection for the scene, and for each shot its own files, step by step."""

from collections.abc import Sequence
from pathlib import Path

import PyOpenColorIO as ocio

from rushes.departments.department import HandOver
from rushes.departments.look.keyframes import trim_at
from rushes.departments.look.look import Cdl
from rushes.departments.look.ocio_look import cdl_transform
from rushes.departments.look.out_cdl import write_cdl, write_edls
from rushes.departments.look.shot_trims import ShotTrims


def write_trims(trims: Sequence[ShotTrims], over: HandOver, folder: Path, *, encoding: str) -> tuple[Path, ...]:
    """Write the trims of a scene for other programs.

    A trim with keyframes is written as it is at its middle keyframe: CDL files know no time.

    Args:
        trims: of every shot that was matched.
        over: title, and the clips that are delivered.
        folder: to write into, made where missing.
        encoding: log encoding that the CDLs work in.

    Returns:
        Every file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [_collection(folder / f"{step}.ccc", trims, step) for step in ("1_existing", "2_match")]
    for shot in trims:
        words = f"{over.title}: {shot.clip}, after the trim it had, in {encoding}, without clamping"
        files.append(write_cdl(folder / f"{shot.clip}.cc", _match_of(shot), name=shot.clip, description=words))
        mine = [clip for clip in over.clips if Path(clip[0]).stem == shot.clip or clip[0] == shot.clip]
        if mine:
            note = f"CDL FOR {encoding}, NO CLAMP"
            files += write_edls(folder, shot.clip, _match_of(shot), clips=mine, note=note)
    return tuple(files)


def _collection(path: Path, trims: Sequence[ShotTrims], step: str) -> Path:
    group = ocio.GroupTransform()
    for shot in trims:
        transform = cdl_transform(shot.existing if step == "1_existing" else _match_of(shot))
        transform.setID(shot.clip)
        group.appendTransform(transform)
    path.write_text(group.write("ColorCorrectionCollection", ocio.Config.CreateRaw()), encoding="utf-8")
    return path


def _match_of(shot: ShotTrims) -> Cdl:
    return trim_at(shot.keyframes, shot.keyframes[len(shot.keyframes) // 2].frame)
