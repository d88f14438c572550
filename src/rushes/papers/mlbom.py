"""A model's bill of materials in CycloneDX 1.7: the model and its card, what taught it, whose that is, by whose leave.

Written by hand: the library for it knows neither model cards nor data. Held against the official schema in the tests.
"""

from collections.abc import Mapping
from typing import Any

from rushes.domain.actions import ACTION_WORDS
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Model
from rushes.domain.parts import AssetFile, Digest, Measure, span_words
from rushes.papers.model_facts import ModelFacts, Taught, grants_on, grants_relied_on, models_before, said_of, taught_by
from rushes.papers.wording import bare, grant_kind, granted_by, last_moment, moment, package_url

SCHEMA = "http://cyclonedx.org/schema/bom-1.7.schema.json"
TRAINING = "training"


def ml_bom(facts: ModelFacts) -> dict[str, Any]:
    """Return a model's bill of materials, CycloneDX 1.7, as plain JSON values.

    Args:
        facts: with everything that the bill names.
    """
    clips = taught_by(facts)
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{facts.uuid}",
        "version": 1,
        "metadata": {
            "timestamp": moment(facts.written),
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [_software("rushes", facts.run.versions["rushes"], ref="tool:rushes")]},
            "manufacturer": {"name": facts.show.owner},
            "component": _model(facts),
            "distributionConstraints": {"tlp": facts.confidentiality.upper()},
        },
        "components": [
            _dataset(facts),
            *(_clip(facts, clip) for clip in clips),
            *(_earlier(digest, earlier) for digest, earlier in models_before(facts).items()),
            *(_software(name, version) for name, version in sorted(facts.run.versions.items())),
        ],
        "dependencies": _dependencies(facts, clips),
        "compositions": [{"aggregate": "complete", "dependencies": [_ref(facts.model.dataset)]}],
        "formulation": [_formula(facts)],
        "properties": _properties(
            {
                "rushes:show": facts.model.show,
                "rushes:log.origin": facts.log.origin if facts.log else None,
                "rushes:log.index": facts.log.index if facts.log else None,
            }
        ),
    }


def _model(facts: ModelFacts) -> dict[str, Any]:
    model = facts.model
    found: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": _ref(facts.digest),
        "supplier": {"name": facts.show.owner},
        "name": model.name,
        "version": bare(model.weights.digest)[:12],
        "hashes": _hashes(model.weights.digest),
        "components": [_file(model.weights), *(_file(report) for report in model.reports)],
        "modelCard": _card(facts),
        "properties": _properties(
            {
                "rushes:model": facts.digest,
                "rushes:seed": model.seed,
                "rushes:recipe": model.recipe,
                "rushes:scope.show": model.scope.show,
                "rushes:scope.uses": ", ".join(model.scope.uses),
                "rushes:scope.people": ", ".join(model.scope.people),
                "rushes:scope.territory": model.scope.territory,
                "rushes:scope.ends": model.scope.ends,
                "rushes:base": model.base or "none",
                "rushes:signature": model.signature,
            }
        ),
    }
    if facts.words.makes:
        found["description"] = f"Makes {facts.words.makes}."
    if model.base:
        base = {"type": "machine-learning-model", "name": "base", "hashes": _hashes(model.base)}
        found["pedigree"] = {"ancestors": [base]}
    return found


def _card(facts: ModelFacts) -> dict[str, Any]:
    model, scope = facts.model, facts.model.scope
    until = f", until {scope.ends}" if scope.ends else ""
    use = f"{', '.join(scope.uses)} on {facts.show.title}, in {scope.territory}{until}; nothing else"
    consents = [grant for grant in grants_relied_on(facts).values() if isinstance(grant, Consent)]
    return {
        "modelParameters": {"task": model.department, "datasets": [{"ref": _ref(model.dataset)}]},
        "quantitativeAnalysis": {"performanceMetrics": [_metric(measure) for measure in model.measures]},
        "considerations": {
            "useCases": [use],
            "technicalLimitations": list(facts.words.limits),
            "ethicalConsiderations": [
                {
                    "name": f"{facts.title(person)} can be recognised in what taught it",
                    "mitigationStrategy": " ".join(said_of(facts, c) for c in consents if c.person == person),
                }
                for person in facts.seen
            ],
        },
        "properties": _properties(
            {
                f"rushes:threshold:{measure.name}": f"{measure.threshold:g} ({'met' if measure.passed else 'missed'})"
                for measure in model.measures
                if measure.threshold is not None
            }
        ),
    }


def _metric(measure: Measure) -> dict[str, str]:
    return {"type": f"{measure.name} ({measure.unit})" if measure.unit else measure.name, "value": f"{measure.value:g}"}


def _dataset(facts: ModelFacts) -> dict[str, Any]:
    dataset, digest = facts.dataset, facts.model.dataset
    return {
        "type": "data",
        "bom-ref": _ref(digest),
        "name": dataset.name,
        "hashes": _hashes(digest),
        "licenses": [_licence(facts, digest, grant) for digest, grant in grants_relied_on(facts).items()],
        "data": [
            {
                "type": "dataset",
                "name": dataset.name,
                "classification": _classification(facts),
                "sensitiveData": _likenesses(facts, facts.seen),
                "governance": _governance(facts, facts.owners),
            }
        ],
        "properties": _properties(
            {
                "rushes:cleared": dataset.cleared,
                "rushes:cleared-for": f"{dataset.action}: {ACTION_WORDS.get(dataset.action, dataset.action)}",
                "rushes:territory": dataset.territory,
                "rushes:valid-until": dataset.valid_until,
            }
        ),
    }


def _clip(facts: ModelFacts, clip: Taught) -> dict[str, Any]:
    asset = clip.asset
    named = [
        {"license": {"name": grant.name, "properties": _properties({"rushes:grant": digest})}}
        for digest, grant in grants_on(facts, asset).items()
    ]
    return {
        "type": "data",
        "bom-ref": _ref(clip.digest),
        "name": asset.name,
        "hashes": _hashes(clip.digest),
        **({"licenses": named} if named else {}),
        "components": [_file(file) for file in clip.files],
        "data": [
            {
                "type": "dataset",
                "name": f"{asset.name}, frames {span_words(clip.frames)}",
                "classification": _classification(facts),
                "sensitiveData": _likenesses(facts, asset.people or ()),
                "governance": _governance(facts, (asset.owner or "",)),
                "contents": {"properties": [_property(item.role, span_words(item.frames)) for item in clip.items]},
            }
        ],
        "properties": _properties({"rushes:kind": asset.kind, "rushes:colour-space": asset.colour_space}),
    }


def _likenesses(facts: ModelFacts, people: tuple[str, ...]) -> list[str]:
    return [f"likeness of {facts.title(person)}" for person in people]


def _governance(facts: ModelFacts, owners: tuple[str, ...]) -> dict[str, Any]:
    keeps = [{"organization": {"name": facts.show.owner}}]
    return {"owners": [{"organization": {"name": owner}} for owner in owners], "custodians": keeps}


def _licence(facts: ModelFacts, digest: Digest, grant: Licence | Consent) -> dict[str, Any]:
    kind = "organization" if isinstance(grant, Licence) else "individual"
    terms: dict[str, Any] = {
        "licensor": {kind: {"name": facts.title(granted_by(grant))}},
        "licensee": {"organization": {"name": facts.show.owner}},
    }
    if grant.ends:
        terms["expiration"] = last_moment(grant.ends)
    paper = grant.paper and grant.paper.digest
    about = {"rushes:grant": digest, "rushes:kind": grant_kind(grant), "rushes:paper": paper}
    return {
        "license": {
            "bom-ref": _ref(digest),
            "name": grant.name,
            "text": {"content": said_of(facts, grant)},
            "licensing": terms,
            "properties": _properties(about),
        }
    }


def _earlier(digest: Digest, earlier: Model) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": _ref(digest),
        "name": earlier.name,
        "version": bare(earlier.weights.digest)[:12],
        "hashes": _hashes(earlier.weights.digest),
    }


def _software(name: str, version: str, ref: str = "") -> dict[str, Any]:
    url = package_url(name, version)
    kind = "application" if ref else "platform" if name == "python" else "library"
    return {"type": kind, "bom-ref": ref or url, "name": name, "version": version, "purl": url}


def _file(file: AssetFile) -> dict[str, Any]:
    return {"type": "file", "name": file.name, "hashes": _hashes(file.digest)}


def _dependencies(facts: ModelFacts, clips: list[Taught]) -> list[dict[str, Any]]:
    software = [package_url(*package) for package in sorted(facts.run.versions.items())]
    return [
        {"ref": _ref(facts.digest), "dependsOn": [*map(_ref, _learned_from(facts)), *software]},
        {"ref": _ref(facts.model.dataset), "dependsOn": [_ref(clip.digest) for clip in clips]},
    ]


def _formula(facts: ModelFacts) -> dict[str, Any]:
    run = facts.run
    settings = {**facts.recipe, "seed": facts.model.seed, "threads": run.threads, "deterministic": run.deterministic}
    workflow: dict[str, Any] = {
        "bom-ref": TRAINING,
        "uid": run.job or TRAINING,
        "name": f"train {facts.model.department} {facts.model.name}",
        "taskTypes": ["build"],
        "inputs": [
            *({"resource": {"ref": _ref(one)}} for one in _learned_from(facts)),
            {"parameters": [{"name": name, "value": str(value)} for name, value in settings.items()]},
        ],
        "outputs": [{"type": "artifact", "resource": {"ref": _ref(facts.digest)}}],
        "properties": _properties({"rushes:builder": run.builder, "rushes:machine": run.machine}),
    }
    times = {"timeStart": run.started, "timeEnd": run.finished}
    return {"workflows": [{**workflow, **{name: moment(at) for name, at in times.items() if at}}]}


def _learned_from(facts: ModelFacts) -> list[Digest]:
    return [facts.model.dataset, *models_before(facts)]


def _classification(facts: ModelFacts) -> str:
    return f"TLP:{facts.confidentiality.upper()}"


def _ref(digest: Digest) -> str:
    return f"rushes:{digest}"


def _hashes(digest: Digest) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": bare(digest)}]


def _properties(values: Mapping[str, object]) -> list[dict[str, str]]:
    return [_property(name, value) for name, value in values.items() if value not in (None, "")]


def _property(name: str, value: object) -> dict[str, str]:
    return {"name": name, "value": str(value)}
