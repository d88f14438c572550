"""A look pack opened for boards: the same questions as before any render, then its weights and the show's colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rushes.departments.department import Colour, Weights
from rushes.domain.actions import INFERENCE
from rushes.domain.errors import NotCleared, OutOfScope
from rushes.domain.nouns import Model, Show
from rushes.domain.question import Use
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_objections
from rushes.flow.policy import refusals
from rushes.signing.scopes import check_scope
from rushes.studio import Studio
from rushes.training.weights import read_weights


@dataclass(frozen=True, eq=False)
class OpenedLook:
    """A look pack that may be used: weights, card, the show's colour, and the digest of the model."""

    weights: Weights
    card: Mapping[str, Any]
    colour: Colour
    model: str


def open_look(studio: Studio, production: Show, model: Model) -> OpenedLook:
    """Open a look pack for boards of its own show; what is drawn with it is no take, and nobody can deliver it.

    Raises:
        OutOfScope: it is of another department, may not be used for this, or is quarantined.
        NotCleared: a rule of the show says no.
        BadSignature: weights or scope are not what was signed.
    """
    use = Use(production.name, INFERENCE, model.department, production.territory, studio.today())
    against = scope_objections(model, use) + studio.quarantine(model)
    if model.department != "previs":
        against = [f"{model.name} is a model of {model.department}, and no look pack", *against]
    if against:
        raise OutOfScope(f"{model.name} may not be used for boards", against, "Train a look pack: rushes train previs.")
    if reasons := refusals(studio, "may_generate", model):
        raise NotCleared(reasons)
    check_scope(studio.signer.public_key, model.weights.digest, model.scope, signature=model.signature)
    weights, card = read_weights(studio.vault.path(model.weights))
    colour = Colour(production.config, production.working_space, production.display, production.view)
    return OpenedLook(weights, card, colour, digest_of(model))
