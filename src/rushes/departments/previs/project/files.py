"""The folder of a project: `previs.json`, and beside it drafts, sets, sketches and keys."""

import json
from hashlib import sha256
from pathlib import Path

from rushes.departments.previs.project.model import Draft, Project
from rushes.departments.previs.script.merge import Tracked, merge, track
from rushes.departments.previs.script.read import read_script
from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.domain.records import built, plain
from rushes.media.whole import whole_file

NAME, KIND = "previs.json", "Previs@1"
LARGEST = 64 << 20
FOLDERS = ("drafts", "sets", "sketches", "keys")


def write_project(folder: Path, project: Project) -> None:
    """Write a project whole, or leave the older one as it is."""
    text = json.dumps({"kind": KIND, **plain(project)}, indent=1, ensure_ascii=False) + "\n"
    with whole_file(folder / NAME) as draft:
        draft.write_text(text, encoding="utf-8")


def read_project(folder: Path) -> Project:
    """Read a project.

    Raises:
        NotFound: there is none in this folder.
        BadMaterial: its file is broken, or of a later version.
    """
    path = folder / NAME
    if not path.is_file():
        raise NotFound("previs project", str(folder), remedy="Start one: rushes previs new SCRIPT.fountain")
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise BadMaterial(f"{path}: larger than {LARGEST >> 20} MB")
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadMaterial(f"{path}: broken: {error}", remedy="Take it from your last backup.") from error
    if not isinstance(record, dict) or record.pop("kind", None) != KIND:
        raise BadMaterial(f"{path}: not a project that this version of Rushes reads")
    project: Project = built(Project, record)
    return project


def inside(folder: Path, kind: str, name: str) -> Path:
    """Return the path of a file that a project names, which must lie in the project's own folder.

    Raises:
        BadMaterial: the name leads out of it.
        NotFound: there is no such file.
    """
    home = (folder / kind).resolve()
    path = (home / name).resolve()
    if kind not in FOLDERS or path.parent != home:
        raise BadMaterial(f"{name!r} leads out of {kind}/", remedy="Name a file that lies in that folder.")
    if not path.is_file():
        raise NotFound(f"file in {kind}/", name, [other.name for other in home.glob("*")] if home.is_dir() else [])
    return path


def keep(folder: Path, kind: str, source: Path) -> str:
    """Copy a file into the project's folder under a name that is free; return the name.

    Raises:
        AlreadyThere: too many files of that name.
    """
    (folder / kind).mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    for number in range(1, 1000):
        name = source.name if number == 1 else f"{source.stem}-{number}{source.suffix}"
        path = folder / kind / name
        if path.is_file() and path.read_bytes() == content:
            return name
        if not path.exists():
            with whole_file(path) as draft:
                draft.write_bytes(content)
            return name
    raise AlreadyThere(f"{kind}/{source.name}: a thousand files of that name")


def keep_draft(folder: Path, script: Path) -> Draft:
    """Keep a draft of the script; return what the project records of it."""
    raw = script.read_bytes()
    return Draft(keep(folder, "drafts", script), f"sha256:{sha256(raw).hexdigest()}", script.name)


def tracked_scenes(folder: Path, project: Project) -> tuple[Tracked, ...]:
    """Return the scenes of the last draft with their ids: every draft is read and merged again, oldest first.

    Raises:
        BadMaterial: a draft is not what was recorded.
    """
    scenes: tuple[Tracked, ...] = ()
    retired: list[str] = []
    for number, draft in enumerate(project.drafts):
        path = inside(folder, "drafts", draft.file)
        if f"sha256:{sha256(path.read_bytes()).hexdigest()}" != draft.digest:
            raise BadMaterial(f"drafts/{draft.file}: changed since it was merged", remedy="Put the old one back.")
        script = read_script(path)
        if number == 0:
            scenes = track(script)
            continue
        merged = merge(scenes, script, (), retired=retired)
        gone = {kept.id for kept in scenes} - {kept.id for kept in merged.scenes}
        retired += sorted(gone)
        scenes = merged.scenes
    return scenes
