"""Rights reserved against machines, as incoming files say it themselves: content credentials, XMP, files beside them.

A reservation counts whoever signed it and however broken the signature is: only an owner's licence lifts one. So
nothing is validated here, nothing is fetched, and words that nobody knows reserve everything.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import c2pa

from rushes.domain.actions import ACTIONS, DATA_MINING, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.errors import Damaged, NotFound
from rushes.media.xmp import MAX_PACKET, ends_of, parsed, properties, xmp_packets

FORMATS = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff",
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime",
}  # fmt: skip
"""Files that hold credentials within; those of any other kind lie beside them, as `plate.0001.exr.c2pa`."""
SETTINGS = {
    "verify": {
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
        "verify_after_reading": False,
        "verify_trust": False,
    }
}
PLUS = {
    "DMI-UNSPECIFIED": (),
    "DMI-ALLOWED": (),
    "DMI-PROHIBITED-AIMLTRAINING": (TRAINING, GENERATIVE_TRAINING),
    "DMI-PROHIBITED-GENAIMLTRAINING": (GENERATIVE_TRAINING,),
}
"""Keys of the PLUS vocabulary; all others prohibit everything, or say that a text does that no machine reads."""
TDM = (DATA_MINING, TRAINING, GENERATIVE_TRAINING)
"""What a reservation of text and data mining (Directive (EU) 2019/790 Art. 4) takes out."""
RSL = {
    "all": ACTIONS,
    "ai-all": (TRAINING, GENERATIVE_TRAINING, INFERENCE),
    "ai-train": (TRAINING, GENERATIVE_TRAINING),
    "train-ai": (TRAINING, GENERATIVE_TRAINING),
    "train-genai": (GENERATIVE_TRAINING,),
    "ai-input": (INFERENCE,),
    "ai-use": (INFERENCE,),
    "ai-index": (DATA_MINING,),
    "search": (),
}
"""Words of Really Simple Licensing 1.0 and of its drafts."""
FREE = {"free", "attribution"}
"""Ways of payment that need no agreement first."""


@dataclass(frozen=True)
class Found:
    """One reservation, as it was found.

    Attributes:
        scheme: one of `domain.clearances.SCHEMES`.
        actions: CAWG words that are not allowed; never empty.
        words: the very words.
        where: in which part of which file.
    """

    scheme: str
    actions: tuple[str, ...]
    words: str
    where: str


def read_reservations(path: Path) -> list[Found]:
    """Return every reservation that a file of material makes, or a `.xmp` or `.c2pa` of its own beside it.

    Where it says that its credentials lie on a server, everything is reserved until they are put beside it.

    Args:
        path: JPEG, PNG, TIFF, EXR, DPX, MP4, MOV or any other; its XMP is looked for in its first and last 4 MiB.

    Raises:
        Damaged: it holds credentials or a property of this kind, and they do not read.
        NotFound: it is not there.
    """
    found = [one for label, manifest in _manifests(path) for one in _in_manifest(label, manifest, path)]
    return list(dict.fromkeys([*found, *(one for packet in _packets(path) for one in _in_xmp(packet, path))]))


def read_source_type(path: Path) -> str | None:
    """Return the IPTC digital source type that a file states, such as `trainedAlgorithmicMedia`; synthetic ones first.

    Raises:
        Damaged: it states one in a way that does not read.
        NotFound: it is not there.
    """
    manifests = _manifests(path)
    stated = [value for packet in _packets(path) for value in properties(packet, "DigitalSourceType", path)]
    for _, manifest in manifests:
        actions = [
            action
            for assertion in _dicts(manifest.get("assertions"))
            if str(assertion.get("label")).startswith("c2pa.actions")
            for action in _dicts(_data(assertion).get("actions"))
        ]
        stated += [str(action["digitalSourceType"]) for action in actions if "digitalSourceType" in action]
    types = [value.rstrip("/").rsplit("/", 1)[-1] for value in stated if value]
    return next((kind for kind in types if "algorithmic" in kind.lower()), types[0] if types else None)


def reservation_files_beside(path: Path) -> list[Path]:
    """Return the files in the same folder that speak for everything in it: `tdmrep.json` and RSL."""
    beside = [path.with_name(name) for name in ("tdmrep.json", "rsl.xml", "license.xml")]
    found = [file for file in (*beside, *sorted(path.parent.glob("*.rsl"))) if file.is_file()]
    return [file for file in found if file.name != "license.xml" or b"rslstandard.org" in file.read_bytes()[: 1 << 16]]


def read_reservation_file(path: Path) -> list[Found]:
    """Return what a file reserves that was given beside material: TDMRep (`.json`), RSL (`.xml`, `.rsl`), XMP (`.xmp`).

    Such files speak of places on a web site, and the place of the material there is not known: every rule in it counts.

    Raises:
        Damaged: it is none of these, or does not read.
        NotFound: it is not there.
    """
    if not path.is_file():
        raise NotFound("file", str(path))
    if path.stat().st_size > MAX_PACKET:
        raise Damaged(str(path), f"is larger than {MAX_PACKET >> 20} MiB, which no such file is")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Damaged(str(path), "is not in UTF-8") from error
    if path.suffix.lower() == ".json":
        return _in_tdmrep(text, path)
    if path.suffix.lower() == ".xmp":
        return _in_xmp(text, path)
    return _in_rsl(text, path)


def _packets(path: Path) -> list[str]:
    beside = [file for file in (path.with_suffix(".xmp"), path.with_name(f"{path.name}.xmp")) if file.is_file()]
    return [packet for file in (path, *beside) for packet in xmp_packets(file)]


def _manifests(path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """Return all manifests of a file, those of its ingredients too."""
    if not path.is_file():
        raise NotFound("file", str(path))
    beside = [path.with_name(f"{path.name}.c2pa"), path.with_suffix(".c2pa")]
    detached = next((file.read_bytes() for file in beside if file.is_file()), None)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None and detached is None:
        return []
    context = c2pa.Context.from_dict(SETTINGS)
    try:
        with (
            path.open("rb") as file,
            c2pa.Reader(kind or "application/octet-stream", file, manifest_data=detached, context=context) as reader,
        ):
            store = json.loads(reader.json())
    except c2pa.C2paError as error:
        if str(error).startswith("Remote"):
            # what lies on a server is not fetched, and what nobody has read may reserve anything
            assertion = {"label": "c2pa.training-mining", "data": {"cawg.unread": str(error)}}
            return [("on a server", {"assertions": [assertion]})]
        none = isinstance(error, c2pa.C2paError.ManifestNotFound)
        # a picture that is broken elsewhere is for the gate to refuse, and not a matter of rights
        telling = b".training-mining" if none else b"c2pa"
        if detached is None and not any(telling in part for part in ends_of(path)):
            return []
        raise Damaged(str(path), f"its content credentials do not read: {error}") from error
    return list(store.get("manifests", {}).items())


def _in_manifest(label: str, manifest: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for assertion in _dicts(manifest.get("assertions")):
        scheme, _, kind = str(assertion.get("label")).partition(".")
        if scheme not in ("cawg", "c2pa") or not kind.startswith("training-mining"):
            continue
        data = _data(assertion)
        # version 1.0 forgot to say that entries lie in a map of their own
        entries = data.get("entries", data)
        entries = entries if isinstance(entries, dict) else {}
        reserved = [word for key, entry in entries.items() if _use(entry) != "allowed" for word in _cawg(key)]
        actions = tuple(word for word in ACTIONS if word in reserved)
        if actions:
            words = json.dumps(entries, sort_keys=True, ensure_ascii=False)[:400]
            yield Found(scheme, actions, words, f"{path.name}, {assertion['label']} of manifest {label}")


def _cawg(key: str) -> tuple[str, ...]:
    """Return the actions that an entry speaks of; what is nobody's word of theirs is a vendor's own affair."""
    word = key.replace("c2pa.", "cawg.", 1) if key.startswith("c2pa.") else key
    return (word,) if word in ACTIONS else ACTIONS if word.startswith("cawg.") else ()


def _use(entry: Any) -> Any:
    """Constrained is the same as not allowed, for no machine reads the constraint (CAWG 1.1)."""
    return entry.get("use") if isinstance(entry, dict) else entry


def _data(assertion: Mapping[str, Any]) -> Mapping[str, Any]:
    data = assertion.get("data")
    return data if isinstance(data, dict) else {}


def _dicts(values: Any) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _in_xmp(packet: str, path: Path) -> list[Found]:
    found = []
    constraints = "; ".join(properties(packet, "OtherConstraints", path))
    for value in properties(packet, "DataMining", path):
        key = value.rstrip("/").rsplit("/", 1)[-1].upper()
        words = f"plus:DataMining {key}" + (f": {constraints}" if constraints else "")
        found.append(Found("plus", PLUS.get(key, ACTIONS), words, f"{path.name}, XMP"))
    for value in properties(packet, "reservation", path, namespace="tdmrep"):
        actions = () if value == "0" else TDM
        found.append(Found("tdmrep", actions, f"tdm:reservation {value}", f"{path.name}, XMP"))
    return [one for one in found if one.actions]


def _in_tdmrep(text: str, path: Path) -> list[Found]:
    try:
        rules = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Damaged(str(path), f"is no JSON: {error}") from error
    rules = rules if isinstance(rules, list) else [rules]
    if len(_dicts(rules)) != len(rules) or any("tdm-reservation" not in rule for rule in rules):
        raise Damaged(str(path), "is no TDMRep: each rule there has a tdm-reservation")
    return [
        Found(
            "tdmrep",
            TDM,
            f"tdm-reservation {rule['tdm-reservation']}, tdm-policy {rule.get('tdm-policy', 'none')}",
            f"{path.name}, location {rule.get('location', 'unstated')}",
        )
        for rule in rules
        if str(rule["tdm-reservation"]) != "0"
    ]


def _in_rsl(text: str, path: Path) -> list[Found]:
    root = parsed(text, path)
    contents = [element for element in root.iter() if _local(element) == "content"]
    if not contents or "rsl" not in root.tag.lower() + text[:4096].lower():
        raise Damaged(str(path), "is neither RSL nor any other reservation that is read here")
    found = []
    for content in contents:
        licences = [element for element in content if _local(element) == "license"]
        freed = {word for licence in licences for word in _freed(licence)}
        banned = {word for licence in licences for word in _usages(licence, "prohibits", unknown=ACTIONS)}
        # who names a licence server wants every use agreed there first
        freed = set() if content.get("server") else freed
        actions = tuple(word for word in ACTIONS if word in banned or word not in freed) if licences else ()
        words = " ".join(ElementTree.tostring(content, encoding="unicode").split())[:400]
        found.append(Found("rsl", actions, words, f"{path.name}, content {content.get('url', 'unstated')}"))
    return [one for one in found if one.actions]


def _freed(licence: ElementTree.Element) -> set[str]:
    """Return the actions that a licence gives to everybody at once: no price, and no condition on who or where."""
    payments = [element.get("type", "") for element in licence if _local(element) == "payment"]
    narrowed = any(element.get("type") != "usage" for element in licence if _local(element) in ("permits", "prohibits"))
    if narrowed or any(payment not in FREE for payment in payments):
        return set()
    if any(_local(element) == "permits" for element in licence):
        return _usages(licence, "permits", unknown=())
    return set(ACTIONS)


def _usages(licence: ElementTree.Element, kind: str, *, unknown: tuple[str, ...]) -> set[str]:
    said = [element for element in licence if _local(element) == kind and element.get("type") == "usage"]
    tokens = [token for element in said for token in (element.text or "").replace(",", " ").lower().split()]
    return {word for token in tokens for word in RSL.get(token, unknown)}


def _local(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]
