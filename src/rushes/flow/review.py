"""review: a named person accepts a take or sends it back. A take is a proposal until then."""

from rushes.domain.errors import BadMaterial, NotAllowed
from rushes.domain.nouns import Person, Review, Take
from rushes.domain.records import digest_of
from rushes.domain.scopes import has_the_say
from rushes.studio import Studio

APPROVED, SENT_BACK = "approved", "sent back"


def review_take(studio: Studio, take: Take, person: str, *, decision: str, note: str) -> Review:
    """Record a named person's decision on a take; the newest decision stands.

    Args:
        studio: where it is recorded.
        take: what was looked at.
        person: a person of the show, by name.
        decision: `approved` or `sent back`.
        note: what to change; needed where it is sent back.

    Raises:
        NotAllowed: this person does not have the say over that department's takes.
        BadMaterial: a decision that does not exist, or no word on what to change.
    """
    who = studio.ledger.find(Person, take.show, person)
    if decision not in (APPROVED, SENT_BACK):
        raise BadMaterial(f"{decision!r} is no decision", remedy=f"It is {APPROVED!r} or {SENT_BACK!r}.")
    if decision == SENT_BACK and not note.strip():
        raise BadMaterial(f"{take.name} is sent back without a note", remedy="Say what to change with --note.")
    if decision == APPROVED and not has_the_say(who, take):
        says = ", ".join(who.says) or "nothing"
        raise NotAllowed(
            f"{studio.title_of(who)} may not approve {take.name}",
            [f"has the say over {says}, and this take is {take.department}'s"],
            "Ask someone who has it, or record that: rushes person",
        )
    review = Review(
        show=take.show,
        name=f"{take.name}.{who.name}",
        take=digest_of(take),
        person=who.name,
        decision=decision,
        note=note,
        at=studio.clock(),
    )
    studio.record(review)
    return review
