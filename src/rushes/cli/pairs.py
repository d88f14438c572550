"""Files before and after, straight into a training: what `ingest` and `clear` do, in one go, and no gate left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Dataset, Show
from rushes.flow.clear import Part, clear_dataset
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.jobs.here import Watcher
from rushes.studio import Studio

KIND_OF_ROLE = {"before": "plate", "after": "grade", "matte": "matte", "guide": "matte", "weight": "matte"}


@dataclass(frozen=True)
class Files:
    """Files of taught frames, and what is said of them.

    Attributes:
        by_role: for each group of files that belong together, the source of each role: `before`, `after`, `matte`…
        colour_space: of everything but mattes.
        owner: of all of it; None where nobody knows: then it stays locked.
        people: everyone who can be recognised; None where nobody has looked: then it stays locked.
    """

    by_role: Sequence[dict[str, str]]
    colour_space: str | None
    owner: str | None
    people: tuple[str, ...] | None


def files_of_pairs(
    pairs: Sequence[tuple[str, str]],
    mattes: Sequence[tuple[str, str]],
    colour_space: str | None,
    *,
    owner: str | None,
    people: tuple[str, ...] | None,
) -> Files:
    """Return what files are to be learned from; a matte of frames that have an after too goes with these."""
    groups: dict[str, dict[str, str]] = {}
    for role, named in (("after", pairs), ("matte", mattes)):
        for before, other in named:
            groups.setdefault(before, {"before": before})[role] = other
    return Files(tuple(groups.values()), colour_space, owner, people)


def name_of_files(files: Files) -> str:
    """Return a name for what is taught by some files: that of the first fixed ones."""
    first = files.by_role[0]
    return asset_name(first.get("after") or first["matte"])


def dataset_of_files(
    studio: Studio, production: Show, files: Files, *, name: str, department: str, watch: Watcher
) -> Dataset:
    """Bring files in and freeze them into a dataset, if every grant allows it.

    Raises:
        NotCleared: with every objection to every file.
        BadMaterial: as `ingest` and `clear` refuse it.
    """
    parts = []
    for group, sources in enumerate(files.by_role, 1):
        for role, source in sources.items():
            kind = KIND_OF_ROLE[role]
            arrival = Arrival(
                show=production.name,
                name=asset_name(source),
                kind="still" if kind == "plate" and _is_some_frames(source) else kind,
                source=source,
                colour_space=None if kind == "matte" else files.colour_space,
                owner=files.owner,
                people=files.people,
            )
            parts.append(Part(role, ingest_asset(studio, arrival, watch).asset.name, group))
    return clear_dataset(studio, production.name, name, department=department, parts=parts)


def asset_name(source: str) -> str:
    """Return a name for what lies under a source: its file name without number and suffix.

    >>> asset_name("paint/sh010_before.####.exr"), asset_name("dailies/sh010.mov")
    ('sh010_before', 'sh010')
    """
    stem = re.sub(r"[._-]?(#+|%0?\d*d)?(\.\w+)?$", "", Path(source).name)
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", stem).strip("_.-")
    if not name:
        raise BadMaterial(f"{source} has no name to call it by", remedy="Bring it in with: rushes ingest NAME SOURCE")
    return name


def _is_some_frames(source: str) -> bool:
    """Return whether a plate may have holes: a handful of taught frames is no unbroken shot."""
    return "#" in source or "%" in source or Path(source).is_dir()
