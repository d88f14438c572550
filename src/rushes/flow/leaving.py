"""leaving: may these takes leave, today? Asked of a delivery, and of a single still."""

from collections.abc import Sequence
from dataclasses import dataclass

from rushes.domain.actions import INFERENCE
from rushes.domain.errors import NotAllowed, NotCleared, OutOfScope
from rushes.domain.gate import objections
from rushes.domain.nouns import Asset, Model, Review, Take
from rushes.domain.question import Use
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_objections, standing_review
from rushes.flow.policy import refusals
from rushes.studio import Studio


@dataclass(frozen=True)
class Leaving:
    """One take that may leave, with what it came from."""

    take: Take
    model: Model
    plate: Asset
    review: Review


def ready_to_leave(studio: Studio, name: str, takes: Sequence[Take]) -> list[Leaving]:
    """Ask everything again, today: a grant may have ended since a take was made.

    Args:
        studio: where everything is.
        name: of what leaves, for the message.
        takes: of one show.

    Raises:
        NotAllowed: takes that no person with the say has approved.
        OutOfScope: a model that may not be used for this any more.
        NotCleared: a plate, or a rule of the show, with everything that speaks against it.
    """
    show = takes[0].show
    territory = studio.production(show).territory
    reviews = studio.ledger.every(Review, show)
    grants = studio.grants(show, leaving=True)
    checked, unapproved, scope, rights = [], [], [], []
    for take in takes:
        model, plate = studio.ledger.get(take.model), studio.ledger.get(take.plate)
        assert isinstance(model, Model)
        assert isinstance(plate, Asset)
        use = Use(show, INFERENCE, take.department, territory, studio.today())
        review = standing_review(reviews, digest_of(take))
        if review is None or review.decision != "approved":
            said = f"sent back by {review.person}: {review.note}" if review else "nobody has reviewed it"
            unapproved.append(f"{take.name}: {said}")
        else:
            checked.append(Leaving(take, model, plate, review))
        scope += scope_objections(model, use) + studio.quarantine(model, leaving=True)
        rights += [str(reason) for reason in objections(studio.as_known_today(plate), use, grants)]
        rights += [f"{take.name}: {why}" for why in refusals(studio, "may_release", take)]
    if unapproved:
        raise NotAllowed("only an approved take leaves", unapproved, "Approve it: rushes review TAKE --approve")
    if scope:
        raise OutOfScope(f"{name} may not leave", scope)
    if rights:
        raise NotCleared(rights)
    return checked
