"""proofs: what a delivered file says of itself, in layers: signed credentials, a watermark, fingerprints in the log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from rushes.departments.department import Department
from rushes.departments.find import find_department
from rushes.domain.nouns import Model, Take
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of
from rushes.flow.leaving import Leaving
from rushes.flow.screening import read_mark_in
from rushes.marking.fingerprints import fingerprint
from rushes.marking.watermark import LEAST_SIDE, Marker
from rushes.media.frames import Floats
from rushes.signing.certificates import Authority
from rushes.signing.credentials import IPTC, Action, Claim, Ingredient, SourceType, write_credentials, write_sidecar
from rushes.signing.hash_lists import hash_list
from rushes.studio import Studio

FOLDER = "credentials"
ROOT, REVOKED = "root.pem", "revoked.pem"
HASHES, SIDECAR, PRINTS = ".frames.json", ".c2pa", ".fingerprints.json"
MARK_WORDS = b"https://rushes.dev/watermark/v1"
STEP = 12
"""Of how many frames one has its fingerprint kept: half a second."""

WEIGHTS = "application/octet-stream"


@dataclass
class Layers:
    """The watermark and the fingerprints of one movie, as its pictures go by.

    Attributes:
        record: id that the mark carries: the first 64 bits of the take's digest.
        key: of the mark.
        prints: fingerprint by place in the movie, from 0: the slate.
        marked: whether there was room for a mark.
    """

    record: int
    key: bytes
    prints: dict[int, str] = field(default_factory=dict)
    marked: bool = False
    _marker: Marker | None = None
    _place: int = 0

    def finish(self, picture: Floats, _number: int) -> Floats:
        """Return a displayed picture with its mark in it, and keep the fingerprint of one of twelve."""
        shown = np.ascontiguousarray(picture, np.float32)
        if min(shown.shape[:2]) >= LEAST_SIDE:
            size = (shown.shape[0], shown.shape[1])
            self._marker = self._marker or Marker(size, self.record, self.key)
            shown, self.marked = self._marker.mark(np.clip(shown, 0, 1)), True
        self._place += 1
        if self._place % STEP == 1 and (seen := fingerprint(shown)):
            self.prints[self._place] = seen
        return shown


def record_of(take: Digest) -> int:
    """Return the id that a take's watermark carries.

    >>> hex(record_of("sha256:0123456789abcdef" + 48 * "0"))
    '0x123456789abcdef'
    """
    return int(take.removeprefix("sha256:")[:16], 16)


def mark_key(studio: Studio) -> bytes:
    """Return the key of the studio's watermark, which follows from its signing key: Ed25519 signs the same alike."""
    return studio.signer.sign(MARK_WORDS)


def layers_of(studio: Studio, take: Take) -> Layers:
    """Return the watermark and the fingerprints to come of one movie of a take."""
    return Layers(record_of(digest_of(take)), mark_key(studio))


def prove_movie(studio: Studio, leaving: Leaving, movie: Path, *, layers: Layers) -> None:
    """Put signed credentials into a movie, in its place; the fingerprints go beside it."""
    into = movie.parents[1] / FOLDER
    into.mkdir(exist_ok=True)
    prints = into / f"{movie.name}{PRINTS}"
    record = f"{layers.record:016x}"
    # where a picture is too flat, too dark or too small to hide it in, no mark is claimed
    read = read_mark_in(movie, layers.key) if layers.marked else None
    mark = record if read and read.record == layers.record else "none"
    told = {"take": digest_of(leaving.take), "record": record, "watermark": mark, "frames": layers.prints}
    prints.write_text(json.dumps(told, indent=1))
    says = {"watermark": mark, "fingerprints": studio.vault.put(prints).digest}
    write_credentials(movie, movie, _claim(studio, leaving, movie.name, says=says), authority=studio.authority())


def prove_frames(studio: Studio, leaving: Leaving, frames: Path) -> None:
    """List the frames of a take with their digests, and put signed credentials beside the list."""
    into = frames.parents[1] / FOLDER
    into.mkdir(exist_ok=True)
    listed = hash_list({path.name: path for path in sorted(frames.iterdir())})
    hashes = into / f"{frames.name}{HASHES}"
    hashes.write_text(json.dumps(listed, indent=1))
    says = {"frames": listed["root"], "watermark": "none"}
    claim = _claim(studio, leaving, f"{frames.name}, {len(listed['frames'])} frames", says=says)
    write_sidecar(hashes, hashes.with_name(hashes.name + SIDECAR), claim, authority=studio.authority())


def prove_picture(studio: Studio, leaving: Leaving, picture: Path, *, into: Path) -> None:
    """Copy a picture or movie that somebody made from a take, with credentials inside; no mark is put into it."""
    claim = _claim(studio, leaving, into.name, says={"watermark": "none"})
    write_credentials(picture, into, claim, authority=studio.authority())


def write_anchors(authority: Authority, staging: Path) -> None:
    """Write the certificate that the credentials stand under, and what it has revoked, into a delivery."""
    (staging / FOLDER).mkdir(exist_ok=True)
    (staging / FOLDER / ROOT).write_bytes(authority.root)
    (staging / FOLDER / REVOKED).write_bytes((authority.folder / REVOKED).read_bytes())


def _claim(studio: Studio, leaving: Leaving, title: str, *, says: Mapping[str, str | int]) -> Claim:
    take, model = leaving.take, leaving.model
    department, entry = find_department(take.department), studio.ledger.entry(digest_of(take))
    logged: dict[str, str | int] = {"log": studio.signer.name, "log_index": entry.position, "take": digest_of(take)}
    logged |= {"model": digest_of(model), "review": digest_of(leaving.review), "approved_by": leaving.review.person}
    return Claim(
        title=title,
        source_type=_source_type(department),
        actions=(_edit(department, model),),
        ingredients=(
            Ingredient(f"model {model.name}", model.weights.digest, WEIGHTS, "inputTo"),
            Ingredient(f"plate {leaving.plate.name}", digest_of(leaving.plate), WEIGHTS),
        ),
        provenance=logged | dict(says),
    )


def _source_type(department: Department) -> SourceType:
    return SourceType(IPTC + department.source_type)


def _edit(department: Department, model: Model) -> Action:
    words = f"by model {model.name}, taught only by cleared material of this production; approved by a person"
    return Action(department.edit, _source_type(department), words, f"Rushes {version('rushes')}")
