"""From a dossier to what a packet tells: each thing with where it is from. What nobody has said stays unsaid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rushes.domain.clearances import OptIn
from rushes.domain.grants import Consent, Licence
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Model, Take
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.records import digest_of
from rushes.domain.rules import Value
from rushes.papers.document import Document, Line, Section, Source, Table, Told, plain, sources_of
from rushes.papers.dossier import Changed, Dossier, Lesson, Said, TakeFacts

LEDGER = Source("worked out from the ledger")
MEASURED = Source("measured from the pixels")
NAMED_AT_MOST = 6
OF_PEOPLE = ("dataset.people", "model.people", "take.reviewers", "job.person", "access.people", "director.name")
"""Facts whose values are names on record: in a document they stand as in the credits."""
RECORD = (("what", "fact", 0.27), ("digest", "digest", 0.42), ("recorded", "recorded", 0.24), ("place", "log", 0.07))


@dataclass(frozen=True)
class Subject:
    """Something that a question is asked of.

    Attributes:
        subjects: digests of what an answer may be stated of, the nearest first; None is the whole show.
        known: facts that follow from the ledger.
        nouns: what they follow from, by the first word of their names; by an empty word, of all others.
    """

    label: str
    subjects: tuple[Digest | None, ...]
    known: Mapping[str, Value]
    nouns: Mapping[str, Noun]


def subjects_of(dossier: Dossier) -> tuple[Subject, ...]:
    """Return the takes of a dossier, to ask questions of."""
    return tuple(_subject(dossier, one.take, one.lessons[0], facts=one) for one in dossier.takes)


def subject_of(dossier: Dossier, lesson: Lesson) -> Subject:
    """Return a model, to ask questions of."""
    facts = next((one for one in dossier.takes if one.model == lesson.model), None)
    subject = _subject(dossier, lesson.model, lesson, facts=facts)
    return replace(subject, subjects=(digest_of(lesson.model), digest_of(lesson.dataset), None))


def _subject(dossier: Dossier, noun: Take | Model, lesson: Lesson, *, facts: TakeFacts | None) -> Subject:
    nouns = {"job": dossier.show, "model": lesson.model, "dataset": lesson.dataset, "": noun}
    return Subject(noun.name, facts.subjects if facts else (), facts.known if facts else {}, nouns)


def of(noun: Noun, words: str = "") -> Source:
    """Return a fact on record as a source."""
    return Source(words or words_of(noun), digest_of(noun))


def words_of(noun: Noun) -> str:
    """Return what a person would call a fact; an artist who declined is not named.

    >>> words_of(OptIn("nf", "ana.1", "ana", ("plate",), agreed=False, role="paint artist"))
    'word of an artist'
    """
    if isinstance(noun, OptIn) and not noun.agreed:
        return "word of an artist"
    kind = "opt-in" if isinstance(noun, OptIn) else noun.noun.partition("@")[0].lower()
    return f"{kind} {noun.name}"


def of_said(dossier: Dossier, said: Said) -> tuple[Source, ...]:
    """Return a statement as a source, and its paper: by whom, when, and why in their words."""
    words = f"stated by {dossier.title(said.by)} on {said.at:%Y-%m-%d}: “{said.statement.why}”"
    paper = said.statement.paper
    return of(said.statement, words), *((Source(f"paper {paper.name}", paper.digest),) if paper else ())


def fact_line(dossier: Dossier, fact: str, subjects: Sequence[Subject] | None = None, *, question: str = "") -> Line:
    """Return a fact of the rules as a line: one answer where it is the same for all, or else one for each.

    Args:
        dossier: where it is looked up.
        fact: its name; what the ledger tells goes before what people state.
        subjects: of which is asked; every take, else.
        question: how to ask; in the words of the fact, else.
    """
    asked = subjects if subjects is not None else subjects_of(dossier)
    told = [_answer(dossier, fact, one) for one in asked]
    if len({one.text for one in told}) > 1:
        told = [Told(one.text, one.sources, one.value, who.label) for one, who in zip(told, asked, strict=True)]
    elif told:
        sources = tuple(dict.fromkeys(source for one in told for source in one.sources))
        told = [Told(told[0].text, sources, told[0].value)]
    words = dossier.words[fact].words if fact in dossier.words else fact
    return Line(fact, question or f"{words[0].upper()}{words[1:]}", tuple(told) or (Told(None),))


def _answer(dossier: Dossier, fact: str, subject: Subject) -> Told:
    if fact in subject.known:
        value = subject.known[fact]
        noun = subject.nouns.get(fact.partition(".")[0], subject.nouns[""])
        source = Source(f"{LEDGER.words}: {words_of(noun)}", digest_of(noun))
        return Told(in_words(_titled(dossier, fact, value)), (source,), as_plain(value))
    said = dossier.statement(fact, subject.subjects)
    if said is None:
        return Told(None, (Source(f"fact {fact}"),))
    return Told(in_words(_titled(dossier, fact, said.value)), of_said(dossier, said), said.value)


def _titled(dossier: Dossier, fact: str, value: Any) -> Any:
    if fact not in OF_PEOPLE:
        return value
    return dossier.title(value) if isinstance(value, str) else [dossier.title(str(one)) for one in value]


def in_words(value: Any) -> str:
    """Return a value as people say it.

    >>> in_words(True), in_words(()), in_words(["GB", "US"]), in_words(0.25)
    ('yes', 'none', 'GB, US', '0.25')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str) else str(value)


def percent(share: float) -> str:
    """Return a share for people; what is hardly there, or hardly missing, is not rounded away.

    >>> percent(0.1234), percent(0.0), percent(0.00001), percent(0.99999), percent(1.0)
    ('12.3 %', '0 %', 'under 0.1 %', 'over 99.9 %', '100 %')
    """
    if share in (0.0, 1.0):
        return f"{100 * share:.0f} %"
    if share < 0.0005:
        return "under 0.1 %"
    return "over 99.9 %" if share > 0.9995 else f"{100 * share:.1f} %"


def share_told(facts: TakeFacts) -> Told:
    """Return the measured share of pixels that a take changed; not stated where it was not measured."""
    changed = facts.changed
    if changed is None:
        return Told(None)
    words = f"{percent(changed.mean)} on average, {percent(changed.most)} at most (frame {changed.most_frame})"
    value = {
        "mean": changed.mean,
        "most": changed.most,
        "most_frame": changed.most_frame,
        "frames_compared": changed.compared,
        "one_of_every": changed.every,
    }
    return Told(words, (Source(how_measured(changed)),), value)


def how_measured(changed: Changed) -> str:
    """Return how a share was measured, in words."""
    frames = "every frame" if changed.every == 1 else f"one frame of {changed.every} and the last"
    return f"{MEASURED.words}: {changed.how}; {frames}, {changed.compared} in all"


def paper_told(paper: AssetFile | None, before: str = "") -> Told:
    """Return a paper by name, its digest as the source."""
    if paper is None:
        return Told(f"{before}none on file")
    return Told(f"{before}{paper.name}", (Source(f"paper {paper.name}", paper.digest),))


def approved(facts: TakeFacts) -> bool:
    """Tell whether the review that stands approves a take."""
    return facts.review is not None and facts.review.decision == "approved"


def artists_of(dossier: Dossier, asset: Asset) -> list[OptIn]:
    """Return the artists who made an asset and agreed that it teaches."""
    return [word for word in dossier.artists(asset) if word.agreed]


def declined(dossier: Dossier) -> list[OptIn]:
    """Return the words of artists whose newest word on something concerned is no."""
    words = [word for asset in dossier.assets().values() for word in dossier.artists(asset) if not word.agreed]
    return list(dict.fromkeys(words))


def shots_of(dossier: Dossier, take: TakeFacts) -> str:
    """Return the shots of the cut in which a take is, in words; empty where no cut was given."""
    if dossier.exposure is None:
        return ""
    places = [one.shot for one in dossier.exposure.placed if one.take == digest_of(take.take)]
    shots = [f"{shot.number} {shot.name}" for shot in dossier.exposure.cut.shots if shot.number in places]
    return ", ".join(shots) or "none of the cut"


def document(dossier: Dossier, kind: str, title: str, *, words: tuple[str, ...], sections: list[Section]) -> Document:
    """Return a packet, with the records that it cites at its end."""
    delivery = dossier.delivery
    names = some_of([one.take.name for one in dossier.takes])
    about = f"Delivery {delivery.name}: {names}" if delivery else f"Takes {names}"
    written = f"written {dossier.at:%Y-%m-%d %H:%M %Z}".strip()
    return Document(
        kind, title, dossier.show.title, about, written, (*sections, _records(dossier, sections)), (*words, _CITED)
    )


_CITED = (
    "What is said here is from the studio's ledger, from statements of people, or measured; beside each line it is said"
    " from which. Twelve digits in ‹ › stand for a fact whose whole digest is in the last section. Nothing is assumed:"
    " what nobody has put on record is marked [ not stated ]. No legal conclusion is drawn."
)


def some_of(names: Iterable[str]) -> str:
    """Return the first of some names, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - NAMED_AT_MOST} more" if len(every) > NAMED_AT_MOST else ""
    return ", ".join(every[:NAMED_AT_MOST]) + more


def _records(dossier: Dossier, sections: Sequence[Section]) -> Section:
    cited = {source.digest: source for section in sections for source in sources_of(section) if source.digest}
    known = {digest_of(noun): noun for noun in _nouns(dossier)}
    rows = []
    for digest, source in sorted(cited.items(), key=lambda pair: str(pair[0])):
        noun, entry = known.get(digest or ""), dossier.recorded.get(digest or "")
        when = f"{entry.at:%Y-%m-%d %H:%M} by {dossier.title(entry.by)}" if entry else None
        place = str(entry.index) if entry else None
        if noun is None:
            when, place = "a file, known by its content", ""
        rows.append(((plain(words_of(noun) if noun else source.words), plain(digest), plain(when), plain(place)), ()))
    words = f"In the log {dossier.system.log}, at these places. The ledger holds each fact in full."
    return Section("records", "Records relied on", (Table("facts", RECORD, tuple(rows)),), (words,))


def _nouns(dossier: Dossier) -> Iterable[Noun]:
    yield dossier.show
    yield from dossier.people
    yield from (*dossier.opt_ins, *dossier.titles.values(), *dossier.grants.values(), *dossier.withdrawals.values())
    yield from (one.statement for one in dossier.said)
    yield from dossier.assets().values()
    for lesson in dossier.lessons():
        yield from (lesson.model, lesson.dataset, *([lesson.training] if lesson.training else []))
    for facts in dossier.takes:
        yield facts.take
        yield from ([facts.review] if facts.review else [])
        yield from (review for _, review in facts.sent_back)
    yield from ([dossier.delivery] if dossier.delivery else [])


def giver(grant: Licence | Consent) -> str:
    """Return who gave a grant, by the name on record."""
    return grant.owner if isinstance(grant, Licence) else grant.person
