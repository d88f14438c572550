"""Content credentials (C2PA): what a delivered file says of how it was made, signed by the studio's own authority.

They lie in a picture or a movie, and beside any other file; no network is asked. What C2PA leaves unsigned in a file
must be spelt as we write it: boxes, labels and padding could carry something out.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import astuple, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import c2pa

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.domain.parts import Digest
from rushes.signing.certificates import Authority, find_revocation, whole_file
from rushes.signing.file_seals import check_seal, seal_file
from rushes.signing.spelling import Fault

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
ACTIONS, MINING, PROVENANCE, BOXES = (
    "c2pa.actions.v2",
    "cawg.training-mining",
    "org.rushes.provenance",
    "org.rushes.boxes",
)
ACTION = ("action", "digitalSourceType", "description")
INGREDIENT = ("title", "instance_id", "format", "relationship")
USES = ("cawg.data_mining", "cawg.ai_inference", "cawg.ai_training", "cawg.ai_generative_training")
KINDS = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
}
KINDS |= {".jpeg": KINDS[".jpg"], ".tiff": KINDS[".tif"]}
ANYTHING = "application/octet-stream"
SEE_THAT = "See that the file is whole, and renew the certificate if it has ended."
DO_NOT = "Do not trust it. Ask the studio to send it again."


class SourceType(StrEnum):
    """Where pixels come from, in the words of IPTC's Digital Source Type."""

    CAPTURE = IPTC + "digitalCapture"
    HUMAN_EDITS = IPTC + "humanEdits"
    ENHANCED = IPTC + "algorithmicallyEnhanced"
    CREATION = IPTC + "digitalCreation"
    COMPOSITE_SYNTHETIC = IPTC + "compositeSynthetic"
    COMPOSITE_WITH_TRAINED = IPTC + "compositeWithTrainedAlgorithmicMedia"
    TRAINED = IPTC + "trainedAlgorithmicMedia"


@dataclass(frozen=True)
class Action:
    """One thing that was done to a file, such as `c2pa.color_adjustments`, and by which software."""

    action: str
    source_type: str = ""
    description: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Ingredient:
    """What a file was made of: a plate in it (`componentOf`), or the model that made it (`inputTo`)."""

    title: str
    digest: Digest
    media_type: str
    relationship: str = "componentOf"


@dataclass(frozen=True)
class Claim:
    """What a file is to say of itself. That nobody may mine it or train on it is always said too.

    Attributes:
        title: of the file, as people know it.
        source_type: where its pixels come from.
        actions: what was done after it was made of its ingredients, in order.
        ingredients: model and plates.
        provenance: its place in the log, record id, watermark, fingerprints.
    """

    title: str
    source_type: SourceType
    actions: tuple[Action, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    provenance: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Credentials:
    """What a file says of itself, all of it signed under a trusted root and nothing amiss.

    Attributes:
        issued_by: the certificate that signed: its organisation, and its `serial` number.
        signed_at: by a trusted clock, where one stamped it.
        training_mining: what is said of each use, such as `notAllowed`.
    """

    title: str
    state: str
    issued_by: str
    serial: int
    signed_at: datetime | None
    actions: tuple[Action, ...]
    source_types: tuple[str, ...]
    ingredients: tuple[Ingredient, ...]
    provenance: Mapping[str, str | int]
    training_mining: Mapping[str, str]


def write_credentials(source: Path, target: Path, claim: Claim, *, authority: Authority) -> None:
    """Copy a JPEG, PNG, TIFF, MP4 or MOV with its credentials inside; the target is whole or not there.

    Raises:
        BadMaterial: it is of another kind, cannot be signed, or the certificate has ended.
    """
    kind = _kind(target)
    if kind == ANYTHING:
        raise BadMaterial(f"{target} cannot hold credentials", remedy="Write them beside it: write_sidecar.")
    with source.open("rb") as plain, whole_file(target, 0o644) as signed:
        _sign(claim, authority, kind, plain=plain, into=signed)
        _finish(target, signed, authority)


def write_sidecar(source: Path, sidecar: Path, claim: Claim, *, authority: Authority) -> None:
    """Write the credentials of any file, such as an EXR, a DPX or a list of hashes, into a file beside it.

    Raises:
        BadMaterial: it cannot be signed, or the certificate has ended.
    """
    with source.open("rb") as plain, TemporaryFile(dir=sidecar.parent) as copy, whole_file(sidecar, 0o644) as signed:
        signed.write(_sign(claim, authority, ANYTHING, plain=plain, into=copy))
        _finish(source, plain, authority, sidecar=signed)


def read_credentials(file: Path, *, root: bytes, sidecar: Path | None = None, crl: bytes | None = None) -> Credentials:
    """Return what a file says of itself, if every byte is what was signed under a trusted root.

    Args:
        file: picture or movie; with a sidecar, any file.
        root: the certificate that is trusted, PEM.
        sidecar: credentials that lie beside the file.
        crl: the root's list of revoked certificates, PEM; without it none counts as revoked.

    Raises:
        NotFound: one of the files is not there.
        BadSignature: naming everything that is amiss.
    """
    try:
        with file.open("rb") as content, sidecar.open("rb") if sidecar else nullcontext() as beside:
            return _read(file, content, root=root, sidecar=beside, crl=crl)
    except FileNotFoundError as error:
        raise NotFound("file", error.filename, remedy="Name a file, and the credentials that lie beside it.") from error


def _sign(claim: Claim, authority: Authority, kind: str, *, plain: IO[bytes], into: IO[bytes]) -> bytes:
    builder = c2pa.Builder(_manifest(claim), context=_context(authority.root))
    if kind == ANYTHING:
        builder.set_no_embed()
    certificate = authority.certificate.decode()
    try:
        with c2pa.Signer.from_callback(authority.sign, c2pa.C2paSigningAlg.ES256, certificate) as signer:
            return bytes(builder.sign(signer, kind, plain, into))
    except c2pa.C2paError as error:
        raise BadMaterial(f"{claim.title} cannot be signed", [str(error)], SEE_THAT) from error


def _finish(name: Path, content: IO[bytes], authority: Authority, *, sidecar: IO[bytes] | None = None) -> None:
    """Seal what was signed and read it as others will: the library itself would not look at the pixels again."""
    try:
        seal_file(sidecar or content, authority)
        _read(name, content, root=authority.root, sidecar=sidecar)
    except Fault as fault:
        raise BadMaterial(f"{name} {fault}", remedy="Write its credentials beside it: write_sidecar.") from fault
    except BadSignature as error:
        raise BadMaterial(f"{name} cannot be signed", error.reasons, SEE_THAT) from error


def _manifest(claim: Claim) -> str:
    named = {f"ingredient {number}": each for number, each in enumerate(claim.ingredients, 1)}
    plates = [name for name, each in named.items() if each.relationship == "componentOf"]
    actions = [_action(Action("c2pa.created", claim.source_type), [name for name in named if name not in plates])]
    actions += [_action(Action("c2pa.placed"), plates)] if plates else []
    assertions = {
        ACTIONS: {"actions": actions + [_action(each, []) for each in claim.actions]},
        MINING: {"entries": {use: {"use": "notAllowed"} for use in USES}},
        PROVENANCE: dict(claim.provenance),
    }
    parts = [dict(zip(INGREDIENT, astuple(each), strict=True)) | {"label": name} for name, each in named.items()]
    written = [{"label": label, "data": content} for label, content in assertions.items()]
    told = {"claim_generator_info": [{"name": "Rushes"}], "title": claim.title}
    return json.dumps(told | {"ingredients": parts, "assertions": written})


def _action(action: Action, ingredients: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = dict(zip(ACTION, astuple(action)[:3], strict=True))
    said["softwareAgent"] = {"name": action.agent} if action.agent else None
    said["parameters"] = {"ingredientIds": ingredients} if ingredients else None
    return {key: value for key, value in said.items() if value}


def _context(root: bytes) -> c2pa.Context:
    settings = {
        "trust": {"trust_anchors": root.decode()},
        "core": {"allowed_network_hosts": []},
        "verify": {
            "verify_trust": True,
            "verify_after_sign": True,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "builder": {"thumbnail": {"enabled": False}},  # it would show the picture to whoever only gets the credentials
    }
    return c2pa.Context.from_dict(settings)


def _read(
    name: Path, content: IO[bytes], *, root: bytes, sidecar: IO[bytes] | None = None, crl: bytes | None = None
) -> Credentials:
    content.seek(0)
    kind, store = _kind(name), None
    if sidecar:
        sidecar.seek(0)
        kind, store = ANYTHING, sidecar.read()
    try:
        with c2pa.Reader(kind, content, store, context=_context(root)) as reader:
            told = json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound as error:
        why = "They were never written, or stripped since."
        raise BadSignature(f"{name} carries no content credentials", remedy=why) from error
    except c2pa.C2paError as error:
        raise BadSignature(f"{name}: no content credentials can be read", [str(error)], DO_NOT) from error
    manifest = told.get("manifests", {}).get(told.get("active_manifest"), {})  # damaged ones name what is not there
    serial = int(manifest.get("signature_info", {}).get("cert_serial_number", 0))
    faults = [] if told["validation_state"] == "Trusted" else _failures(told)
    try:
        check_seal(sidecar or content, root, serial)
    except Fault as fault:
        faults.append(f"{'its sidecar' if sidecar else 'it'} {fault}")
    revocation = find_revocation(crl, root, serial) if crl else None
    if revocation:
        faults.append(f"certificate {serial} was revoked on {revocation.at:%Y-%m-%d %H:%M} UTC: {revocation.reason}")
    if faults:
        raise BadSignature(f"{name}: its content credentials do not hold", faults, DO_NOT)
    return _credentials(manifest, told["validation_state"])


def _credentials(manifest: Mapping[str, Any], state: str) -> Credentials:
    said = {each["label"]: each["data"] for each in manifest["assertions"]}
    actions = [_told_action(each) for each in said.get(ACTIONS, {}).get("actions", [])]
    ingredients = [Ingredient(*(each[key] for key in INGREDIENT)) for each in manifest.get("ingredients", [])]
    signature = manifest["signature_info"]
    return Credentials(
        manifest["title"],
        state,
        signature["issuer"],
        int(signature["cert_serial_number"]),
        datetime.fromisoformat(signature["time"]) if "time" in signature else None,
        tuple(actions),
        tuple(dict.fromkeys(each.source_type for each in actions if each.source_type)),
        tuple(ingredients),
        said.get(PROVENANCE, {}),
        {use: each["use"] for use, each in said.get(MINING, {}).get("entries", {}).items()},
    )


def _told_action(told: Mapping[str, Any]) -> Action:
    action, source_type, description = (told.get(key, "") for key in ACTION)
    return Action(action, source_type, description, told.get("softwareAgent", {}).get("name", ""))


def _failures(told: Mapping[str, Any]) -> list[str]:
    results = told.get("validation_results", {})
    found = [results.get("activeManifest", {})]
    found += [delta.get("validationDeltas", {}) for delta in results.get("ingredientDeltas", [])]
    failures = [f"{each['code']}: {each.get('explanation', '')}" for one in found for each in one.get("failure", [])]
    return failures or [f"is {told['validation_state']}, not trusted"]


def _kind(path: Path) -> str:
    return KINDS.get(path.suffix.lower(), ANYTHING)
