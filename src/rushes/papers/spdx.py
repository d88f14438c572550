"""A model's papers in SPDX 3.0.1, as JSON-LD with the AI and Dataset profiles: for those who keep all their bills so.

Written by hand, and held against the official schema in the tests.
"""

from collections.abc import Iterable
from typing import Any

from rushes.domain.nouns import Asset
from rushes.domain.parts import Digest, span_words
from rushes.papers.model_facts import ModelFacts, Taught, grants_on, grants_relied_on, models_before, said_of, taught_by
from rushes.papers.wording import bare, first_moment, last_moment, moment, package_url

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
VERSION = "3.0.1"
PROFILES = ("core", "software", "ai", "dataset", "expandedLicensing")
CREATION = "_:creation"
SHOWS = "shows"
"""A clip and the people in it: SPDX has no relationship for that, so it is written as `other`, with a comment."""

HELD = {"script": "text", "lut": "numeric"}
"""What kinds of asset hold; all others are pictures, which move where there are several frames."""

Element = dict[str, Any]


def spdx_document(facts: ModelFacts) -> dict[str, Any]:
    """Return a model's papers as an SPDX 3.0.1 document, plain JSON values.

    Args:
        facts: with everything that the document names.
    """
    elements = [*_agents(facts), *_packages(facts), *_grants(facts), *_relationships(facts)]
    document = _element(
        facts,
        "SpdxDocument",
        "document",
        name=f"{facts.model.name} of {facts.show.title}",
        element=[element["spdxId"] for element in elements],
        rootElement=[_id(facts, facts.digest)],
        profileConformance=list(PROFILES),
    )
    creation = {
        "type": "CreationInfo",
        "@id": CREATION,
        "specVersion": VERSION,
        "created": moment(facts.written),
        "createdBy": [_owner(facts, facts.show.owner)],
        "createdUsing": [_id(facts, "tool-rushes")],
    }
    return {"@context": CONTEXT, "@graph": [creation, document, *elements]}


def _agents(facts: ModelFacts) -> list[Element]:
    owners = sorted({*facts.owners, facts.show.owner})
    return [
        *(_element(facts, "Organization", _key("organization", owner), name=owner) for owner in owners),
        *(_element(facts, "Person", _key("person", person), name=facts.title(person)) for person in facts.seen),
        _element(facts, "Tool", "tool-rushes", name=f"rushes {facts.run.versions['rushes']}"),
    ]


def _packages(facts: ModelFacts) -> list[Element]:
    before = [
        _element(
            facts,
            "ai_AIPackage",
            digest,
            **_as_package(facts, facts.show.owner, earlier.weights.digest, purpose="model"),
            name=earlier.name,
            software_packageVersion=bare(earlier.weights.digest)[:12],
        )
        for digest, earlier in models_before(facts).items()
    ]
    software = [
        _element(
            facts,
            "software_Package",
            f"package-{name}",
            name=name,
            software_packageVersion=version,
            software_packageUrl=package_url(name, version),
        )
        for name, version in sorted(facts.run.versions.items())
    ]
    return [_model(facts), _dataset(facts), *(_clip(facts, clip) for clip in taught_by(facts)), *before, *software]


def _model(facts: ModelFacts) -> Element:
    model, scope, run = facts.model, facts.model.scope, facts.run
    until = f" until {scope.ends}" if scope.ends else ""
    taught = f"Trained by {run.builder} on {run.machine}, seed {model.seed}, {run.threads} thread(s)"
    base = f"from base {model.base}" if model.base else "from no weights of other origin"
    measures = [(one.name, f"{one.value:g} {one.unit}".rstrip()) for one in model.measures]
    held = [(one.name, f"{one.threshold:g}") for one in model.measures if one.threshold is not None]
    return _element(
        facts,
        "ai_AIPackage",
        facts.digest,
        **_as_package(facts, facts.show.owner, model.weights.digest, purpose="model"),
        name=model.name,
        description=f"Makes {facts.words.makes}." if facts.words.makes else "",
        software_packageVersion=bare(model.weights.digest)[:12],
        builtTime=moment(run.finished) if run.finished else "",
        validUntilTime=last_moment(scope.ends) if scope.ends else "",
        ai_domain=[model.department],
        ai_hyperparameter=_entries({**facts.recipe, "seed": model.seed}.items()),
        ai_informationAboutTraining=f"{taught}, {base}.",
        ai_informationAboutApplication=f"For {', '.join(scope.uses)} on {scope.show} in {scope.territory}{until}.",
        ai_limitation=" ".join(facts.words.limits),
        ai_metric=_entries(measures),
        ai_metricDecisionThreshold=_entries(held),
        ai_useSensitivePersonalInformation=_presence(facts.seen),
    )


def _dataset(facts: ModelFacts) -> Element:
    dataset = facts.dataset
    return _element(
        facts,
        "dataset_DatasetPackage",
        facts.model.dataset,
        **_as_dataset(facts, facts.show.owner, facts.model.dataset),
        name=dataset.name,
        validUntilTime=last_moment(dataset.valid_until) if dataset.valid_until else "",
        dataset_datasetSize=sum(len(clip.frames) for clip in taught_by(facts)),
        dataset_datasetType=sorted({_holds(asset) for asset in facts.footage}),
        dataset_hasSensitivePersonalInformation=_presence(facts.seen),
        dataset_intendedUse=f"{dataset.action} for {dataset.department} of {dataset.show} in {dataset.territory}.",
    )


def _clip(facts: ModelFacts, clip: Taught) -> Element:
    asset = clip.asset
    lessons = "; ".join(f"{item.role}: {span_words(item.frames)}" for item in clip.items)
    return _element(
        facts,
        "dataset_DatasetPackage",
        clip.digest,
        **_as_dataset(facts, asset.owner or "", clip.digest),
        name=asset.name,
        description=f"Frames taught as {lessons}.",
        dataset_datasetSize=len(clip.frames),
        dataset_datasetType=[_holds(asset)],
        dataset_hasSensitivePersonalInformation=_presence(asset.people),
    )


def _grants(facts: ModelFacts) -> list[Element]:
    return [
        _element(
            facts,
            "expandedlicensing_CustomLicense",
            digest,
            name=grant.name,
            simplelicensing_licenseText=said_of(facts, grant),
            verifiedUsing=_hash(grant.paper.digest) if grant.paper else [],
        )
        for digest, grant in grants_relied_on(facts).items()
    ]


def _relationships(facts: ModelFacts) -> list[Element]:
    model, clips = facts.model, taught_by(facts)
    mine, dataset = _id(facts, facts.digest), _id(facts, model.dataset)
    wanted: list[tuple[str, str, list[str]]] = [
        ("trainedOn", mine, [dataset]),
        ("contains", dataset, [_id(facts, clip.digest) for clip in clips]),
        ("hasDeclaredLicense", dataset, [_id(facts, digest) for digest in grants_relied_on(facts)]),
        ("dependsOn", mine, [_id(facts, digest) for digest in models_before(facts)]),
        ("usesTool", mine, [_id(facts, f"package-{name}") for name in sorted(facts.run.versions)]),
    ]
    for clip in clips:
        here = _id(facts, clip.digest)
        wanted.append(("hasDeclaredLicense", here, [_id(facts, digest) for digest in grants_on(facts, clip.asset)]))
        wanted.append((SHOWS, here, [_id(facts, _key("person", person)) for person in clip.asset.people or ()]))
    there_is = [one for one in wanted if one[2]]
    return [
        _relationship(facts, number, kind, source=source, targets=targets)
        for number, (kind, source, targets) in enumerate(there_is, 1)
    ]


def _relationship(facts: ModelFacts, number: int, kind: str, *, source: str, targets: list[str]) -> Element:
    tool = kind == "usesTool"
    return _element(
        facts,
        "LifecycleScopedRelationship" if tool else "Relationship",
        f"relationship-{number}",
        **{"from": source},
        relationshipType="other" if kind == SHOWS else kind,
        to=targets,
        comment="Can be recognised in it." if kind == SHOWS else "",
        completeness="complete" if kind in ("trainedOn", "contains", SHOWS) else "",
        scope="build" if tool else "",
    )


def _as_package(facts: ModelFacts, owner: str, digest: Digest, *, purpose: str) -> Element:
    """Return what SPDX asks of every package: it is kept in the vault, and to be fetched from nowhere."""
    return {
        "suppliedBy": _owner(facts, owner),
        "releaseTime": moment(facts.run.finished or facts.written),
        "software_downloadLocation": f"urn:rushes:{digest}",
        "software_primaryPurpose": purpose,
        "verifiedUsing": _hash(digest),
    }


def _as_dataset(facts: ModelFacts, owner: str, digest: Digest) -> Element:
    """Return what SPDX asks of every dataset: frames become a lesson on the day on which they are cleared."""
    cleared = first_moment(facts.dataset.cleared)
    return {
        **_as_package(facts, owner, digest, purpose="data"),
        "originatedBy": [_owner(facts, owner)],
        "builtTime": cleared,
        "releaseTime": cleared,
        "dataset_confidentialityLevel": facts.confidentiality,
    }


def _holds(asset: Asset) -> str:
    return HELD.get(asset.kind, "video" if asset.frames[0] != asset.frames[1] else "image")


def _presence(people: tuple[str, ...] | None) -> str:
    return "yes" if people else "no"


def _owner(facts: ModelFacts, owner: str) -> str:
    return _id(facts, _key("organization", owner))


def _key(kind: str, name: str) -> str:
    """Name someone by letters that any address can have."""
    return f"{kind}-{name.encode().hex()}"


def _id(facts: ModelFacts, name: str) -> str:
    return f"https://rushes.dev/papers/{facts.uuid}#{name.replace(':', '-')}"


def _element(facts: ModelFacts, kind: str, key: str, **values: Any) -> Element:
    """Return an element; what says nothing is left out, for SPDX has no word for it."""
    told = {name: value for name, value in values.items() if value not in ("", [], None)}
    return {"type": kind, "spdxId": _id(facts, key), "creationInfo": CREATION, **told}


def _hash(digest: Digest) -> list[Element]:
    return [{"type": "Hash", "algorithm": "sha256", "hashValue": bare(digest)}]


def _entries(values: Iterable[tuple[str, object]]) -> list[Element]:
    return [{"type": "DictionaryEntry", "key": name, "value": str(value)} for name, value in values]
