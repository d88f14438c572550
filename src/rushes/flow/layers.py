"""layers: what a file says of itself in credentials, watermark and fingerprints. Where two disagree, none counts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rushes.domain.errors import BadSignature
from rushes.domain.nouns import Delivery, Take
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.flow.proofs import FOLDER, HASHES, PRINTS, REVOKED, ROOT, SIDECAR, mark_key, record_of
from rushes.flow.screening import pictures_of, read_mark_in
from rushes.marking.fingerprints import SAME, bits_apart, fingerprint
from rushes.marking.reading import Mark, read_mark
from rushes.signing.credentials import Credentials, read_credentials
from rushes.signing.hash_lists import check_hash_list
from rushes.signing.statements import read_statement
from rushes.studio import Studio

SEND_AGAIN = "Do not use it. Ask the studio to send it again."


@dataclass(frozen=True)
class Trust:
    """Whom to believe.

    Attributes:
        root: certificate of the authority, PEM; the one in the delivery, which its signature covers, else.
        revoked: the authority's list of revoked certificates, PEM; the one in the delivery, else.
        mark_key: of the studio's watermark; only the studio has it. Without it no mark is looked for.
    """

    root: bytes | None = None
    revoked: bytes | None = None
    mark_key: bytes | None = None


@dataclass(frozen=True)
class Layered:
    """What one file of a delivery says of itself, and says alike in every layer.

    Attributes:
        name: of the file.
        take: digest of the take that it shows.
        watermark: `read`, `none` (there was no room for one) or `not looked for`.
        fingerprints: how many were compared.
    """

    name: str
    take: Digest
    watermark: str
    fingerprints: int


@dataclass(frozen=True)
class Found:
    """What is known of a file that came from anywhere.

    Attributes:
        credentials: that it carries, if they are trusted; why not, else.
        mark: the watermark that was read, or None.
        takes: names of the takes that the mark, or the fingerprints, are of; with how many fingerprints agreed.
    """

    credentials: Credentials | str
    mark: Mark | None
    takes: Mapping[str, int]


def check_layers(folder: Path, trust: Trust) -> list[Layered]:
    """Hold every layer of a delivery against the others. Believe it only after the delivery's own signature.

    Args:
        folder: the delivery.
        trust: whom to believe.

    Raises:
        BadSignature: with everything that is not trusted, or contradicts another layer.
    """
    statement, beside = read_statement(folder), folder / FOLDER
    delivery = statement.delivery
    root = trust.root or (beside / ROOT).read_bytes()
    crl = trust.revoked or (beside / REVOKED).read_bytes()
    held = Trust(root, crl, trust.mark_key)
    names = [file.name for file in delivery.files]
    found: list[Layered] = []
    faults: list[str] = []
    for name in names:
        path = folder / name
        try:
            if name.startswith("movies/"):
                found.append(_check_movie(path, beside, held, delivery=delivery))
            elif name.endswith(HASHES):
                found.append(_check_frames(path, folder, held, delivery=delivery))
        except BadSignature as error:
            faults += error.reasons or [error.what]
    shown = {one.take for one in found}
    takes = [noun for noun in statement.lineage if isinstance(noun, Take) and digest_of(noun) in delivery.takes]
    faults += [f"{take.name}: no credentials speak of it" for take in takes if digest_of(take) not in shown]
    if faults or not found:
        raise BadSignature(f"the layers of {folder} are not in order", faults or ["there are none"], SEND_AGAIN)
    return found


def identify(studio: Studio, file: Path) -> Found:
    """Say what is known of a picture or movie that came from anywhere: by its credentials, its mark, its looks.

    Args:
        studio: whose it may be.
        file: a still or a movie; its pixels as a display shows them.

    Raises:
        BadMaterial: it is neither.
    """
    authority = studio.authority()
    try:
        revoked = (authority.folder / REVOKED).read_bytes()
        credentials: Credentials | str = read_credentials(file, root=authority.root, crl=revoked)
    except BadSignature as error:
        credentials = "; ".join(error.reasons) or error.what
    pictures = pictures_of(file)
    mark = read_mark(list(pictures.values()), mark_key(studio))
    takes: dict[str, int] = {}
    for take in studio.ledger.every(Take):
        if mark and record_of(digest_of(take)) == mark.record:
            takes[take.name] = takes.get(take.name, 0)
    seen = [one for picture in pictures.values() if (one := fingerprint(picture))]
    for told in _kept_prints(studio):
        alike = sum(any(bits_apart(one, other) <= SAME for other in told["frames"].values()) for one in seen)
        if alike:
            name = studio.ledger.get(told["take"]).name
            takes[name] = max(alike, takes.get(name, 0))
    return Found(credentials, mark, takes)


def _check_movie(path: Path, beside: Path, trust: Trust, *, delivery: Delivery) -> Layered:
    name = path.name
    says = _credentials(path, trust, delivery=delivery).provenance
    take, kept = str(says["take"]), beside / f"{name}{PRINTS}"
    content = kept.read_bytes() if kept.is_file() else b"{}"
    told = json.loads(content)
    faults = []
    if says.get("fingerprints") != digest_of_bytes(content) or told.get("take") != take:
        faults.append(f"{name}: its credentials and its list of fingerprints are not of one take")
    elif told["record"] != f"{record_of(take):016x}" or says["watermark"] != told["watermark"]:
        faults.append(f"{name}: its credentials name a watermark that is not its take's")
    else:
        faults += _pixel_faults(path, told, trust, marked=says["watermark"] != "none")
    if faults:
        raise BadSignature(f"{name} contradicts itself", faults, SEND_AGAIN)
    looked = "none" if says["watermark"] == "none" else "read" if trust.mark_key else "not looked for"
    return Layered(name, take, looked, len(told["frames"]))


def _pixel_faults(path: Path, told: Mapping[str, Any], trust: Trust, *, marked: bool) -> Iterator[str]:
    frames = {int(place): print_ for place, print_ in told["frames"].items()}
    for place, picture in pictures_of(path, sorted(frames)).items() if frames else ():
        seen = fingerprint(picture)
        if seen is None or bits_apart(seen, frames[place]) > SAME:
            yield f"{path.name}: frame {place} does not look as its fingerprint says"
    if trust.mark_key and marked:
        mark = read_mark_in(path, trust.mark_key)
        if mark is None or f"{mark.record:016x}" != told["record"]:
            said = f"of {mark.record:016x}" if mark else "missing"
            yield f"{path.name}: its watermark is {said}, and its credentials say {told['record']}"


def _check_frames(path: Path, folder: Path, trust: Trust, *, delivery: Delivery) -> Layered:
    says = _credentials(path, trust, delivery=delivery, sidecar=path.with_name(path.name + SIDECAR)).provenance
    listed, take = json.loads(path.read_bytes()), path.name.removesuffix(HASHES)
    faults = [f"{take}: {fault}" for fault in check_hash_list(listed, folder / "frames" / take)]
    faults += [f"{take}: its credentials are of other frames"] if says.get("frames") != listed["root"] else []
    if faults:
        raise BadSignature(f"the frames of {take} are not what was signed", faults, SEND_AGAIN)
    return Layered(take, str(says["take"]), "none", 0)


def _credentials(path: Path, trust: Trust, *, delivery: Delivery, sidecar: Path | None = None) -> Credentials:
    assert trust.root is not None
    try:
        found = read_credentials(path, root=trust.root, sidecar=sidecar, crl=trust.revoked)
    except (BadSignature, OSError) as error:
        reasons = getattr(error, "reasons", ()) or [str(error)]
        raise BadSignature(f"{path.name}", [f"{path.name}: {reason}" for reason in reasons], SEND_AGAIN) from error
    if found.provenance.get("take") not in delivery.takes:
        raise BadSignature(path.name, [f"{path.name}: its credentials are of a take that is not delivered"], SEND_AGAIN)
    return found


def _kept_prints(studio: Studio) -> Iterator[dict[str, Any]]:
    """Yield the fingerprints of every movie that ever left, each list once."""
    files = [file for one in studio.ledger.every(Delivery) for file in one.files if file.name.endswith(PRINTS)]
    for file in {file.digest: file for file in files}.values():
        if studio.vault.has(file):
            yield json.loads(studio.vault.path(file).read_bytes())
