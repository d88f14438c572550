"""export: a model leaves the studio with all its papers, if its scope, the rules and everyone's grants allow it."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from rushes.departments.find import find_department
from rushes.domain.actions import INFERENCE
from rushes.domain.errors import AlreadyThere, NotCleared, OutOfScope
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.question import Use
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_objections
from rushes.domain.trainings import Training
from rushes.flow.policy import refusals
from rushes.ledger.atomic import make_folder, sync_folder
from rushes.papers.card import model_card_page
from rushes.papers.mlbom import ml_bom
from rushes.papers.model_facts import LogPlace, ModelFacts, Run, Words
from rushes.papers.model_signing import sign_model_folder
from rushes.papers.spdx import spdx_document
from rushes.papers.training_statement import training_statement
from rushes.signing import seals, spelling
from rushes.signing.certificates import Authority
from rushes.signing.scopes import check_scope
from rushes.studio import Studio
from rushes.training.weights import read_weights

CARD, WEIGHTS = "model-card.html", "weights.safetensors"
STATEMENT, BUNDLE, PUBLIC = "training.dsse.json", "model.sigstore.json", "signer.pub.pem"
ML_BOM, SPDX = "model.cdx.json", "model.spdx.json"


def export_model(studio: Studio, model: Model, folder: Path) -> Path:
    """Write a model and its papers; its signature lies outside the model's own folder.

    Args:
        studio: where everything is.
        model: what leaves.
        folder: must not be there yet. It gets `model/` (weights and card), its OpenSSF bundle, the training statement
            in a DSSE envelope of the studio's key, CycloneDX and SPDX.

    Raises:
        OutOfScope: the model is in quarantine, or its scope has ended.
        NotCleared: the rules of the show say that it may not leave.
        AlreadyThere: the folder is there.
    """
    if folder.exists():
        raise AlreadyThere(f"{folder} is there already", remedy="Name another folder.")
    refuse_export(studio, model)
    facts = facts_of_model(studio, model)
    staging = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    make_folder(staging / "model", remedy="Name a folder that may be written.")
    read_weights(studio.vault.path(model.weights))  # whatever is no plain file of weights stays in
    shutil.copyfile(studio.vault.path(model.weights), staging / "model" / WEIGHTS)
    (staging / "model" / CARD).write_text(model_card_page(facts))
    authority = studio.authority()
    public = _public(authority)
    bundle = sign_model_folder(staging / "model", sign=lambda content: _der(authority.sign(content)), public_key=public)
    (staging / BUNDLE).write_bytes(bundle)
    (staging / PUBLIC).write_bytes(public)
    (staging / STATEMENT).write_bytes(_sealed(studio, training_statement(facts)))
    for name, paper in ((ML_BOM, ml_bom(facts)), (SPDX, spdx_document(facts))):
        (staging / name).write_text(json.dumps(paper, indent=1, ensure_ascii=False))
    staging.rename(folder)
    sync_folder(folder.parent)
    return folder


def refuse_export(studio: Studio, model: Model) -> None:
    """Refuse a model that may not leave.

    Raises:
        BadSignature: its scope or weights are not what was signed.
        OutOfScope: with everything about its scope, and every withdrawal.
        NotCleared: with every rule that says no.
    """
    check_scope(studio.signer.public_key, model.weights.digest, model.scope, signature=model.signature)
    territory = studio.production(model.show).territory
    use = Use(model.show, INFERENCE, model.department, territory, studio.today())
    if against := scope_objections(model, use) + studio.quarantine(model):
        raise OutOfScope(f"{model.name} may not leave", against)
    if reasons := refusals(studio, "may_export", model):
        raise NotCleared(reasons)


def facts_of_model(studio: Studio, model: Model) -> ModelFacts:
    """Gather everything that a model's papers are written from."""
    dataset = studio.ledger.get(model.dataset)
    assert isinstance(dataset, Dataset)
    named = dict.fromkeys([*(item.asset for item in dataset.items), *dataset.grants, *model.earlier])
    nouns = {digest: studio.ledger.get(digest) for digest in named}
    return ModelFacts(
        show=studio.production(model.show),
        model=model,
        dataset=dataset,
        assets={digest: noun for digest, noun in nouns.items() if isinstance(noun, Asset)},
        grants={digest: noun for digest, noun in nouns.items() if isinstance(noun, Licence | Consent)},
        run=_run(studio, model),
        written=studio.clock(),
        earlier={digest: noun for digest, noun in nouns.items() if isinstance(noun, Model)},
        log=LogPlace(studio.signer.name, studio.ledger.entry(digest_of(model)).position),
        words=Words(makes=find_department(model.department).makes),
    )


def _run(studio: Studio, model: Model) -> Run:
    known = [one for one in studio.ledger.every(Training, model.show) if one.model == digest_of(model)]
    builder = f"https://{studio.signer.name}" if "." in studio.signer.name else f"urn:rushes:{studio.signer.name}"
    if not known:  # models of before trainings were recorded
        return Run(builder, {"rushes": "unknown", "python": "unknown"}, "unknown", 0, deterministic=True)
    told = known[-1]
    return Run(builder, dict(told.versions), told.machine, told.threads, True, told.started, told.finished, told.job)


def _sealed(studio: Studio, statement: Mapping[str, object]) -> bytes:
    payload = spelling.to_json(statement)
    signature = studio.signer.sign(seals.pae(seals.PAYLOAD_TYPE, payload))
    return seals.write_envelope(payload, studio.signer.key_id, signature)


def _public(authority: Authority) -> bytes:
    certificate = load_pem_x509_certificate(authority.certificate)
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
