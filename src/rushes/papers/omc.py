"""A show, its material and its parties in OMC-JSON 2.8, MovieLabs' words for who and what is meant.

OMC has no field for owners, rights or consents: it identifies and relates. Export only.
"""

from collections.abc import Mapping, Sequence
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

from rushes.domain.clearances import Party, Title
from rushes.domain.nouns import Asset, Show
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of

SCHEMA = "https://movielabs.com/omc/json/schema/v2.8"
SCOPE = "rushes"
"""Of our own identifiers: a kind and a name, which are unique in one show, and digests."""
FUNCTIONAL = {
    "plate": "capture",
    "grade": "color",
    "still": "creativeReferenceMaterial",
    "matte": "shot.vfx",
    "board": "artwork.storyboard",
    "script": "script",
    "lut": "color.lut",
}
STRUCTURAL = {"script": "digital.document", "lut": "digital.data"}
CREATES = ("own capture", "work for hire")
MOVIES = (".mov", ".mp4", ".m4v", ".mxf", ".mkv", ".avi")

Identifiers = Mapping[str, Mapping[str, str]]
"""By name of a show, asset or party: its further identifiers, by scope, as `{"nf": {"eidr.org": "10.5240/…"}}`."""


def to_omc(
    show: Show,
    assets: Sequence[Asset],
    parties: Sequence[Party],
    *,
    titles: Sequence[Title] = (),
    identifiers: Identifiers | None = None,
) -> list[dict[str, Any]]:
    """Return a show as a CreativeWork, then its owner and parties as Participants, then its assets.

    Parties stay under their pseudonyms, for a sheet of identifiers is passed from hand to hand.

    Args:
        show: the production; give it an EIDR under its name in `identifiers`.
        assets: newest revision of each.
        parties: whose rights are on record.
        titles: by which somebody owns an asset: those who captured it or had it made for hire also created it.
        identifiers: what others call these things.
    """
    further = identifiers or {}
    created = {title.asset: title for title in titles if title.basis in CREATES}
    owners = {show.owner, *(asset.owner for asset in assets if asset.owner), *(t.holder for t in created.values())}
    # a person may own footage, and is then one participant and not two
    companies = sorted(owners - {party.name for party in parties})
    return [
        _work(show, further),
        *(_participant(show, owner, "Organization", further=further) for owner in companies),
        *(_participant(show, party.name, _structure(party), further=further) for party in parties),
        *(_asset(show, asset, created.get(asset.name), further=further) for asset in assets),
    ]


def _work(show: Show, further: Identifiers) -> dict[str, Any]:
    return {
        **_entity("CreativeWork", _identifier("show", show.name, show.name, further=further), show.title),
        "creativeWorkType": "creativeWork",
        "creativeWorkTitle": [{"titleName": show.title, "titleType": "working"}],
        "ProductionCompany": [_reference(show, show.owner)],
    }


def _participant(show: Show, name: str, structure: str, *, further: Identifiers) -> dict[str, Any]:
    identifier = _identifier("party", show.name, name, further=further)
    named = {"Organization": "organizationName", "Person": "personName"}[structure]
    holder = {
        **_entity(
            structure, [{"identifierScope": SCOPE, "identifierValue": f"{show.name}/{structure.lower()}/{name}"}]
        ),
        "structuralType": structure.lower(),
        named: {"fullName": name},
    }
    return {**_entity("Participant", identifier, name), "ParticipantSC": holder}


def _structure(party: Party) -> str:
    return "Person" if party.kind == "person" else "Organization"


def _asset(show: Show, asset: Asset, title: Title | None, *, further: Identifiers) -> dict[str, Any]:
    digest = digest_of(asset)
    entity = {
        **_entity("Asset", _identifier("asset", show.name, asset.name, digest=digest, further=further), asset.name),
        "AssetSC": _structure_of(show, asset),
        "assetFC": {"functionalType": FUNCTIONAL.get(asset.kind)},
        "customData": [{"domain": "rushes", "namespace": "https://rushes.dev/ns/", "value": _facts(show, asset)}],
    }
    if title:
        entity["provenance"] = {"CreatedBy": _reference(show, title.holder), "reason": title.basis}
    return entity


def _structure_of(show: Show, asset: Asset) -> dict[str, Any]:
    files = [PurePosixPath(file.name) for file in asset.files]
    first = files[0] if files else PurePosixPath("")
    kind = "digital.movingImage" if first.suffix.lower() in MOVIES else "digital.image"
    kind = "digital.imageSequence" if len(files) > 1 else STRUCTURAL.get(asset.kind, kind)
    size = {"width": f"{asset.width}px", "height": f"{asset.height}px"} if asset.width and asset.height else None
    named = {"fileName": first.name, "fileExtension": first.suffix[1:], "mediaType": guess_type(first.name)[0]}
    return {
        **_entity("AssetSC", [_own(f"{show.name}/file/{asset.name}"), *(_digest(file.digest) for file in asset.files)]),
        "structuralType": kind,
        "structuralProperties": {"dimensions": size, "fileDetails": named if files else None},
    }


def _facts(show: Show, asset: Asset) -> dict[str, Any]:
    holder = _reference(show, asset.owner) if asset.owner else None
    timing = {"frames": list(asset.frames), "frameRate": asset.frame_rate, "timecode": asset.timecode}
    return {"rightsHolder": holder, "source": asset.source, **timing}


def _entity(kind: str, identifier: Sequence[Mapping[str, str]], name: str | None = None) -> dict[str, Any]:
    entity = {"schemaVersion": SCHEMA, "entityType": kind, "identifier": list(identifier)}
    return entity | ({"name": name} if name else {})


def _identifier(
    kind: str, show: str, name: str, *, digest: Digest | None = None, further: Identifiers
) -> list[dict[str, str]]:
    own = [_own(show if kind == "show" else f"{show}/{kind}/{name}"), *([_digest(digest)] if digest else [])]
    others = [{"identifierScope": scope, "identifierValue": value} for scope, value in further.get(name, {}).items()]
    return own + others


def _own(value: str) -> dict[str, str]:
    return {"identifierScope": SCOPE, "identifierValue": value}


def _digest(digest: Digest) -> dict[str, str]:
    scope, _, value = digest.partition(":")
    return {"identifierScope": scope, "identifierValue": value}


def _reference(show: Show, party: str) -> dict[str, Any]:
    return {"identifier": [_own(f"{show.name}/party/{party}")]}
