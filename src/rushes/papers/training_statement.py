"""How a model was made, as an in-toto statement: what went in, who ran it, what came out. Signing wraps it in DSSE."""

from typing import Any

from rushes.domain.noun import Noun
from rushes.domain.parts import Digest
from rushes.papers.model_facts import ModelFacts, Taught, grants_relied_on, models_before, taught_by
from rushes.papers.wording import bare, granted_by, moment, package_url

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PROVENANCE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://rushes.dev/Training/v1"


def training_statement(facts: ModelFacts) -> dict[str, Any]:
    """Return a statement on how a model was made: in-toto Statement v1, its predicate SLSA Provenance v1.

    A dependency's digest is that of its noun's canonical JSON; a clip's files are in its annotations.

    Args:
        facts: with everything that the statement names.

    Returns:
        Plain JSON values; nothing is in it that is not in the facts.
    """
    weights = facts.model.weights
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": weights.name, "digest": {"sha256": bare(weights.digest)}}],
        "predicateType": PROVENANCE_TYPE,
        "predicate": {"buildDefinition": _definition(facts), "runDetails": _details(facts)},
    }


def _definition(facts: ModelFacts) -> dict[str, Any]:
    model, run = facts.model, facts.run
    return {
        "buildType": BUILD_TYPE,
        "externalParameters": {
            "show": model.show,
            "model": model.name,
            "department": model.department,
            "recipe": facts.recipe,
            "seed": model.seed,
            "base": model.base,
        },
        "internalParameters": {
            "versions": dict(sorted(run.versions.items())),
            "machine": run.machine,
            "threads": run.threads,
            "deterministic": run.deterministic,
        },
        "resolvedDependencies": _dependencies(facts),
    }


def _dependencies(facts: ModelFacts) -> list[dict[str, Any]]:
    dataset = facts.dataset
    about = {"items": len(dataset.items), "action": dataset.action, "cleared": dataset.cleared.isoformat()}
    found = [_of_noun(dataset, facts.model.dataset, about)]
    found += [lesson for clip in taught_by(facts) for lesson in _lessons(clip)]
    for digest, grant in grants_relied_on(facts).items():
        until = grant.ends.isoformat() if grant.ends else None
        found.append(_of_noun(grant, digest, {"from": granted_by(grant), "until": until}))
    for digest, earlier in models_before(facts).items():
        found.append(_of_noun(earlier, digest, {"weights": earlier.weights.digest}))
    return found + [{"uri": package_url(*package)} for package in sorted(facts.run.versions.items())]


def _lessons(clip: Taught) -> list[dict[str, Any]]:
    shared = {
        "owner": clip.asset.owner,
        "people": list(clip.asset.people or ()),
        "files": {file.name: file.digest for file in clip.files},
    }
    return [
        _of_noun(
            clip.asset, clip.digest, {"role": item.role, "group": item.group, "frames": list(item.frames), **shared}
        )
        for item in clip.items
    ]


def _of_noun(noun: Noun, digest: Digest, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": noun.name,
        "digest": {"sha256": bare(digest)},
        "annotations": {"noun": noun.noun, **about},
    }


def _details(facts: ModelFacts) -> dict[str, Any]:
    run = facts.run
    times = {"startedOn": run.started, "finishedOn": run.finished}
    metadata = {name: moment(at) for name, at in times.items() if at}
    made = [
        {"name": report.name, "digest": {"sha256": bare(report.digest)}, "annotations": {"bytes": report.bytes}}
        for report in facts.model.reports
    ]
    if facts.log:
        place: dict[str, Any] = {"origin": facts.log.origin, "index": facts.log.index}
        made.append(_of_noun(facts.model, facts.digest, {"log": place}))
    return {
        "builder": {"id": run.builder, "version": {"rushes": run.versions["rushes"]}},
        "metadata": {**({"invocationId": run.job} if run.job else {}), **metadata},
        "byproducts": made,
    }
