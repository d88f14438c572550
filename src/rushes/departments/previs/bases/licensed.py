"""Whether a folder is a base that this show may build on: every file known, every weight in a plain form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rushes.domain.errors import BadMaterial
from rushes.domain.records import canonical_json, digest_of_bytes
from rushes.training.weights import read_weights

RIGHTS_CLASS = "licensed base with an adapter of the show's own"
"""What everything that is made with a base is marked as; never `own material`."""
PIPELINES = ("StableDiffusionPipeline",)
LIBRARIES = ("diffusers", "transformers")
PLAIN = (".safetensors", ".json", ".txt", ".md")
MOST_FILES, LARGEST_JSON = 400, 32 << 20


@dataclass(frozen=True)
class LicensedBase:
    """A base that passed.

    Attributes:
        folder: where it lies, as diffusers saves it.
        digest: of the digests of all its files: what an adapter is taught on, and works with.
        passports: names of the passports of its weights.
        pipeline: its class.
    """

    folder: Path
    digest: str
    passports: tuple[str, ...]
    pipeline: str


def check_base(folder: Path, known: Mapping[str, str]) -> LicensedBase:
    """Return a base if everything about it is known and allowed.

    Args:
        folder: as `save_pretrained` of diffusers writes it.
        known: digest of every file of weights that a passport allows, and the passport's name.

    Raises:
        BadMaterial: it is no base that can be read, holds what may run, or has weights without a passport; every
            reason at once.
    """
    files = _files(folder)
    index, wrong = _index(folder)
    wrong += [_unfit(path, folder) for path in files if _unfit(path, folder)]
    weights = [path for path in files if path.suffix == ".safetensors" and not path.is_symlink()]
    if not weights:
        wrong.append("it holds no weights (*.safetensors)")
    if wrong:
        raise BadMaterial(f"{folder} is no base that can be used", wrong, "Save it as diffusers does, as safetensors.")
    digests = {path: _digest(path) for path in files}
    strangers = [f"{path.relative_to(folder)}: {digests[path]}" for path in weights if digests[path] not in known]
    if strangers:
        remedy = "Record where they are from: rushes rights passport NAME --weights FILE."
        raise BadMaterial(f"{folder} has weights without a passport that this show allows", strangers, remedy)
    for path in weights:
        read_weights(path)
    whole = {path.relative_to(folder).as_posix(): digest for path, digest in digests.items()}
    names = tuple(sorted({known[digests[path]] for path in weights}))
    return LicensedBase(folder, digest_of_bytes(canonical_json(whole).encode()), names, str(index["_class_name"]))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BadMaterial(f"{folder} is no folder", remedy="Name the folder that holds model_index.json.")
    found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    if len(found) > MOST_FILES:
        raise BadMaterial(f"{folder} holds {len(found)} files; a base has at most {MOST_FILES}")
    return found


def _index(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return `model_index.json`, and what is wrong with it: a library other than the two may be code of its own."""
    path = folder / "model_index.json"
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_JSON:
            return {}, ["model_index.json is no plain file of a sane size"]
        index = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        return {}, [f"model_index.json cannot be read: {error}"]
    if not isinstance(index, dict):
        return {}, ["model_index.json is no object"]
    wrong = []
    if index.get("_class_name") not in PIPELINES:
        wrong.append(f"its class is {index.get('_class_name')!r}; known here: {', '.join(PIPELINES)}")
    for name, part in index.items():
        library = part[0] if isinstance(part, list) and len(part) == 2 else None
        if isinstance(part, list) and library is not None and library not in LIBRARIES:
            wrong.append(f"{name} comes from {library!r}, which is neither of {', '.join(LIBRARIES)}")
    return index, wrong


def _unfit(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    if path.is_symlink():
        return f"{name} is a link"
    if not path.is_file():
        return f"{name} is no plain file"
    if path.suffix not in PLAIN:
        return f"{name}: weights are safetensors, and nothing in a base may run"
    if path.suffix != ".safetensors" and path.stat().st_size > LARGEST_JSON:
        return f"{name} is larger than {LARGEST_JSON >> 20} MB"
    return ""


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return f"sha256:{found.hexdigest()}"
