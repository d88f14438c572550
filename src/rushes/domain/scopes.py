"""What a model may be used for, and who has the say over a take: decisions, no files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Dataset, Model, Person, Review, Take
from rushes.domain.parts import Digest, Scope
from rushes.domain.question import EVERYTHING, Use


def scope_of(dataset: Dataset, people: Sequence[str]) -> Scope:
    """Return the scope of a model that was taught by a dataset: never wider than the grants relied on."""
    return Scope(
        show=dataset.show,
        uses=(dataset.department,),
        people=tuple(sorted(set(people))),
        territory=dataset.territory,
        ends=dataset.valid_until,
    )


def narrowed(scope: Scope, earlier: Sequence[Scope]) -> Scope:
    """Return a scope that ends no later, and names no fewer people, than those of the models it builds on."""
    ends = min((each.ends for each in (scope, *earlier) if each.ends), default=None)
    people = {person for each in (scope, *earlier) for person in each.people}
    return replace(scope, ends=ends, people=tuple(sorted(people)))


def scope_objections(model: Model, use: Use) -> list[str]:
    """Return everything about a model's scope that speaks against a use; empty means that it keeps to its show."""
    scope, reasons = model.scope, []
    if use.show != scope.show:
        reasons.append(f"{model.name} was taught by {scope.show} and works for no other show, so not for {use.show}")
    if use.department not in scope.uses:
        reasons.append(f"{model.name} may be used for {', '.join(scope.uses)}, not for {use.department}")
    if use.territory != scope.territory:
        reasons.append(f"{model.name} was cleared for {scope.territory}, not for {use.territory}")
    if scope.ends and use.on > scope.ends:
        reasons.append(f"the grants that {model.name} was taught under ended on {scope.ends}")
    return reasons


def quarantine_reasons(
    name: str, instruments: Mapping[Digest, Licence | Consent], withdrawn_on: Mapping[Digest, date], *, on: date
) -> list[str]:
    """Return why something is in quarantine: every withdrawn grant that it was made under.

    Args:
        name: of the model, take or delivery, for the message.
        instruments: every grant that it was made under, by digest.
        withdrawn_on: first day without each withdrawn grant.
        on: today.
    """
    return [
        f"{name} is quarantined: {grant.noun.split('@')[0].lower()} {grant.name}, which taught it,"
        f" was withdrawn on {withdrawn_on[digest]}"
        for digest, grant in instruments.items()
        if digest in withdrawn_on and on >= withdrawn_on[digest]
    ]


def standing_review(reviews: Sequence[Review], take: Digest) -> Review | None:
    """Return the newest review of a take, or None: the newest stands."""
    mine = [review for review in reviews if review.take == take]
    return max(mine, key=lambda review: review.at, default=None)


def has_the_say(person: Person, take: Take) -> bool:
    """Tell whether a person may approve a take."""
    return take.department in person.says or EVERYTHING in person.says
