"""A dataset in Croissant 1.1, the JSON-LD that describes data for machine learning, with its grants in ODRL.

People are counted here and not named: whoever is handed this has no need to know who they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Show, frame_numbers
from rushes.domain.parts import AssetFile, Digest, Item
from rushes.domain.question import Grants
from rushes.domain.records import digest_of
from rushes.papers.odrl import to_odrl
from rushes.papers.odrl_reader import PREFIXES

CONFORMS = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
_OURS = (
    "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
    "parentField", "path", "readLines", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
    "sdVersion", "separator", "source", "subField", "transform", "unArchive", "value",
)  # fmt: skip
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    **PREFIXES,
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in _OURS},
}
MEDIA_TYPES = {".exr": "image/x-exr", ".dpx": "image/x-dpx", ".cube": "text/x-cube", ".mxf": "application/mxf"}
REFERENCES = {"action", "assignee", "assigner", "conflict", "leftOperand", "operator", "target"}
"""Of ODRL: what they hold is a word or an identifier, and not a text."""
FIELDS = {"pair": "sc:Integer", "role": "sc:Text", "asset": "sc:Text", "frame": "sc:Integer", "file": "sc:Text"}


def to_croissant(show: Show, dataset: Dataset, assets: Mapping[Digest, Asset], *, grants: Grants) -> dict[str, Any]:
    """Return the description of a dataset: the files that are taught, who belongs to whom, and under what terms.

    Args:
        show: whose dataset it is.
        dataset: as it was cleared.
        assets: by digest, everything that its items name.
        grants: everything on record; of it only what the dataset relies on is told.
    """
    items = [(assets[item.asset], item) for item in dataset.items]
    taught = {name: (file, asset.owner) for asset, item in items for name, file, _ in _files(asset, item)}
    licences = [grant for grant in grants.licences if digest_of(grant) in dataset.grants]
    consents = [grant for grant in grants.consents if digest_of(grant) in dataset.grants]
    name, day = dataset.name, dataset.cleared.isoformat()
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "@id": f"urn:rushes:dataset:{digest_of(dataset)}",
        "conformsTo": list(CONFORMS),
        "name": name,
        "description": f"Material of {show.title} that was cleared to teach {dataset.department} ({dataset.action}).",
        "url": f"urn:rushes:dataset:{digest_of(dataset)}",
        "identifier": digest_of(dataset),
        # no two versions of a dataset share a name here: it is a new one
        "version": "1.0.0",
        "citeAs": f"{show.owner}: {name}, a dataset of {show.title}, {day}",
        "creator": {"@type": "sc:Organization", "name": show.owner},
        "datePublished": day,
        "license": [{"@type": "sc:CreativeWork", "name": one.name, "identifier": digest_of(one)} for one in licences],
        "usageInfo": [_policy(licence, grants) for licence in licences],
        **_responsible(dataset, [asset for asset, _ in items], consents),
        **_provenance(show, dataset),
        "distribution": [_file_object(name, file, owner) for name, (file, owner) in taught.items()],
        "recordSet": [_records(items)],
    }


def _files(asset: Asset, item: Item) -> Iterator[tuple[str, AssetFile, int]]:
    """Return name, file and number of each frame that is taught; all frames of a movie are in one file."""
    by_frame = dict(zip(frame_numbers(asset), asset.files, strict=False)) if len(asset.files) > 1 else {}
    for frame in item.frames:
        file = by_frame.get(frame, asset.files[0])
        yield f"{quote(asset.name)}/{quote(file.name)}", file, frame


def _file_object(name: str, file: AssetFile, owner: str | None) -> dict[str, Any]:
    suffix = PurePosixPath(file.name).suffix.lower()
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": file.name,
        "contentUrl": name,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": MEDIA_TYPES.get(suffix) or guess_type(file.name)[0] or "application/octet-stream",
        "sha256": file.digest.removeprefix("sha256:"),
        "prov:wasAttributedTo": {"@type": "prov:Agent", "prov:label": owner or "unknown"},
    }


def _records(items: Sequence[tuple[Asset, Item]]) -> dict[str, Any]:
    rows = [
        (item.group, item.role, asset.name, frame, name)
        for asset, item in items
        for name, _, frame in _files(asset, item)
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "frames",
        "name": "frames",
        "description": "Each frame that is taught: frames of one pair belong together, in the order of their rows.",
        "field": [
            {"@type": "cr:Field", "@id": f"frames/{name}", "name": name, "dataType": kind}
            for name, kind in FIELDS.items()
        ],
        "data": [{f"frames/{name}": value for name, value in zip(FIELDS, row, strict=True)} for row in rows],
    }


def _responsible(dataset: Dataset, assets: Sequence[Asset], consents: Sequence[Consent]) -> dict[str, str]:
    people = {person for asset in assets for person in asset.people or ()}
    asked = {grant.person for grant in consents}
    unseen = sum(asset.people is None for asset in assets)
    sensitive = (
        f"{len(people)} people can be recognised; the consent of {len(people & asked)} of them is on record."
        + (f" In {unseen} assets nobody has looked." if unseen else "")
    )
    until = f" until {dataset.valid_until.isoformat()}" if dataset.valid_until else ""
    return {
        "rai:dataCollection": "Footage and work of one production, entered by hand with owner and licence; nothing "
        "was collected from the web.",
        "rai:dataUseCases": f"{dataset.action} by the department {dataset.department} of {dataset.show}, "
        f"in {dataset.territory}{until}; nothing else.",
        "rai:personalSensitiveInformation": sensitive,
    }


def _provenance(show: Show, dataset: Dataset) -> dict[str, Any]:
    return {
        "prov:wasDerivedFrom": [{"@id": f"urn:{digest}"} for digest in dict.fromkeys(i.asset for i in dataset.items)],
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": f"Clearance of {dataset.name}: every item held against {len(dataset.grants)} grants",
            "prov:endedAtTime": dataset.cleared.isoformat(),
        },
        "prov:wasAttributedTo": {"@type": "prov:Agent", "prov:label": show.owner},
    }


def _policy(licence: Licence, grants: Grants) -> dict[str, Any]:
    """Return a licence in ODRL that reads the same among the words of schema.org: each of its own has a prefix."""
    digest = digest_of(licence)
    discharged = {duty: day for (instrument, duty), day in grants.discharged_on.items() if instrument == digest}
    agreement = to_odrl(licence, grants.withdrawn_on.get(digest), discharged)
    agreement.pop("@context")
    said = _prefixed(agreement)
    return {**said, "@type": ["sc:CreativeWork", "odrl:Agreement"], "name": licence.name}


def _prefixed(value: Any, key: str = "") -> Any:
    if isinstance(value, list):
        return [_prefixed(part, key) for part in value]
    if isinstance(value, dict):
        return {_key(name): _prefixed(part, name) for name, part in value.items()}
    if key in REFERENCES:
        return {"@id": value if ":" in value else f"odrl:{value}"}
    return value


def _key(name: str) -> str:
    return "@id" if name == "uid" else name if ":" in name or name.startswith("@") else f"odrl:{name}"
