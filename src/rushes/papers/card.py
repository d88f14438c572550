"""A model's card as a page that a producer reads: what it does, who and what taught it, by whose leave, until when."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from rushes.domain.actions import ACTION_WORDS, GENERATIVE_TRAINING
from rushes.domain.gate import valid_until
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.domain.parts import Digest, span_words
from rushes.domain.question import EVERYTHING
from rushes.papers.model_facts import ModelFacts, grants_on, grants_relied_on, models_before, taught_by
from rushes.papers.wording import grant_kind, granted_by


@dataclass(frozen=True)
class _Lesson:
    asset: Asset
    role: str
    frames: str
    grants: list[str]


@dataclass(frozen=True)
class _Grant:
    digest: Digest
    grant: Licence | Consent
    kind: str
    giver: str
    covers: str
    where: str
    ends_first: bool


@dataclass(frozen=True)
class _Likeness:
    title: str
    clips: list[str]
    consents: list[Consent]


def model_card_page(facts: ModelFacts) -> str:
    """Return a model's card: one HTML page that stands alone, needs no script and nothing from anywhere else.

    Args:
        facts: with everything that the page says.
    """
    missed = [measure.name for measure in facts.model.measures if measure.passed is False]
    held = [measure for measure in facts.model.measures if measure.threshold is not None]
    return _template().render(
        facts=facts,
        model=facts.model,
        scope=facts.model.scope,
        run=facts.run,
        lessons=_lessons(facts),
        frames=sum(len(clip.frames) for clip in taught_by(facts)),
        grants=_grants(facts),
        people=_likenesses(facts),
        earlier=models_before(facts),
        never=_never(facts),
        missed=missed,
        held=len(held),
        words=ACTION_WORDS,
        written=facts.written.strftime("%Y-%m-%d %H:%M %Z"),
    )


@cache
def _template() -> Template:
    loader = PackageLoader("rushes.papers")
    room = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    room.filters["count"] = _count
    return room.get_template("model_card.html.j2")


def _lessons(facts: ModelFacts) -> list[_Lesson]:
    return [
        _Lesson(clip.asset, item.role, span_words(item.frames), _names(grants_on(facts, clip.asset)))
        for clip in taught_by(facts)
        for item in clip.items
    ]


def _grants(facts: ModelFacts) -> list[_Grant]:
    relied_on = grants_relied_on(facts)
    first = valid_until(relied_on.values())
    return [
        _Grant(
            digest,
            grant,
            grant_kind(grant),
            facts.title(granted_by(grant)),
            _covers(facts, grant),
            _where(grant),
            first is not None and grant.ends == first,
        )
        for digest, grant in relied_on.items()
    ]


def _covers(facts: ModelFacts, grant: Licence | Consent) -> str:
    if isinstance(grant, Consent):
        return grant.described or f"the likeness of {facts.title(grant.person)}"
    return "everything of this owner" if EVERYTHING in grant.assets else ", ".join(grant.assets)


def _where(grant: Licence | Consent) -> str:
    if isinstance(grant, Consent):
        return "not limited"
    return "everywhere" if EVERYTHING in grant.territories else ", ".join(grant.territories)


def _likenesses(facts: ModelFacts) -> list[_Likeness]:
    consents = [grant for grant in grants_relied_on(facts).values() if isinstance(grant, Consent)]
    return [
        _Likeness(
            facts.title(person),
            [asset.name for asset in facts.footage if person in (asset.people or ())],
            [consent for consent in consents if consent.person == person],
        )
        for person in facts.seen
    ]


def _never(facts: ModelFacts) -> list[str]:
    """Say what the scope and the grants rule out; Rushes itself refuses all but the last."""
    scope = facts.model.scope
    found = [
        f"any production but {facts.show.title}",
        f"the work of any department but {', '.join(scope.uses)}",
        f"work outside {scope.territory}",
    ]
    if scope.ends:
        found.append(f"anything after {scope.ends}")
    found.append("anything that a withdrawal rules out, once a licence or consent below is taken back")
    if facts.dataset.action != GENERATIVE_TRAINING:
        found.append("making new pictures: nobody below has given leave to teach that")
    return found


def _names(grants: dict[Digest, Licence | Consent]) -> list[str]:
    return [grant.name for grant in grants.values()]


def _count(number: int, thing: str, things: str = "") -> str:
    """Count things: `1 frame`, `2 frames`."""
    return f"{number} {thing if number == 1 else things or f'{thing}s'}"
