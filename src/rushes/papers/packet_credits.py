"""Credits: everyone whose work or likeness taught a model, who decided, who did the work. Nobody is guessed."""

from collections.abc import Iterator

from rushes.domain.clearances import OptIn
from rushes.domain.grants import Consent
from rushes.domain.nouns import Asset
from rushes.domain.parts import span_words
from rushes.papers.document import Document, Line, Section, Source, Table, Told, plain
from rushes.papers.dossier import Dossier
from rushes.papers.evidence import LEDGER, approved, artists_of, declined, document, fact_line, of
from rushes.papers.packet_sections import open_points

Row = tuple[tuple[Told, ...], tuple[Source, ...]]

COLUMNS = (("name", "name", 0.3), ("role", "role", 0.25), ("department", "department", 0.15), ("for", "for", 0.3))
WORDS = (
    "Names as on record, with roles as they were recorded; the order within a section is that of the records. A model"
    " takes nobody's credit away. An artist who declined is not named.",
)


def credits_packet(dossier: Dossier) -> Document:
    """Return the credits of everyone whose work taught a model, of those who decided, and of those who did the work."""
    sections = [
        _table("artists", "Artists whose work taught a model, or stands in a take", _artists(dossier)),
        _table("performers", "Performers whose likeness taught a model", _performers(dossier)),
        _table("decided", "Takes approved by", _decided(dossier)),
        _table("work", "Training and rendering", _worked(dossier)),
        _table("owners", "Material by courtesy of", _owners(dossier)),
        _unknown(dossier),
        _credits(dossier),
    ]
    return document(dossier, "credits", "Credits", words=WORDS, sections=sections)


def _table(key: str, title: str, rows: list[Row]) -> Section:
    return Section(key, title, (Table("names", COLUMNS, tuple(rows), nothing="Nobody is on record."),))


def _artists(dossier: Dossier) -> list[Row]:
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    words: dict[tuple[str, str, str], dict[OptIn, None]] = {}
    for asset, department, what in _works(dossier):
        for word in artists_of(dossier, asset):
            key = (word.person, word.role, department)
            found.setdefault(key, {})[what] = None
            words.setdefault(key, {})[word] = None
    return [
        _row((dossier.title(person), role, department, "; ".join(work)), *map(of, words[person, role, department]))
        for (person, role, department), work in found.items()
    ]


def _works(dossier: Dossier) -> Iterator[tuple[Asset, str, str]]:
    """Yield what taught a model or was given to a render: the work, the department, and what for."""
    for lesson, asset, _, frames in dossier.taught():
        yield (
            asset,
            lesson.model.department,
            f"{asset.name} ({span_words(frames)}), which taught {lesson.model.name}",
        )
    for facts in dossier.takes:
        for further in facts.take.further:
            if given := facts.assets.get(further.what):
                yield given, facts.take.department, f"{given.name}, given to {facts.take.name} as {further.role}"


def _performers(dossier: Dossier) -> list[Row]:
    rows = []
    for lesson in dossier.lessons():
        for person in lesson.model.scope.people:
            consents = [
                grant
                for digest, grant in dossier.grants.items()
                if digest in lesson.dataset.grants and isinstance(grant, Consent) and grant.person == person
            ]
            sources = (of(lesson.model), *map(of, consents))
            rows.append(
                _row((dossier.title(person), "performer", lesson.model.department, lesson.model.name), *sources)
            )
    return rows


def _decided(dossier: Dossier) -> list[Row]:
    rows = []
    for facts in dossier.takes:
        if facts.review and approved(facts):
            source = of(facts.review, f"review of {facts.take.name}")
            who = dossier.title(facts.review.person)
            rows.append(_row((who, "approved the take", facts.take.department, facts.take.name), source))
    return rows


def _worked(dossier: Dossier) -> list[Row]:
    rows = []
    for lesson in dossier.lessons():
        if entry := dossier.who_recorded(lesson.model):
            model = lesson.model
            rows.append(_row((dossier.title(entry.by), "trained", model.department, model.name), of(model)))
    for facts in dossier.takes:
        if entry := dossier.who_recorded(facts.take):
            take = facts.take
            rows.append(_row((dossier.title(entry.by), "rendered", take.department, take.name), of(take)))
    return rows


def _owners(dossier: Dossier) -> list[Row]:
    clips: dict[str, dict[str, None]] = {}
    sources: dict[str, dict[Source, None]] = {}
    departments: dict[str, dict[str, None]] = {}
    for lesson, asset, *_ in dossier.taught():
        if asset.owner:
            clips.setdefault(asset.owner, {})[asset.name] = None
            sources.setdefault(asset.owner, {})[of(asset)] = None
            departments.setdefault(asset.owner, {})[lesson.model.department] = None
    return [
        _row((dossier.title(owner), "owner", ", ".join(departments[owner]), ", ".join(names)), *sources[owner])
        for owner, names in clips.items()
    ]


def _unknown(dossier: Dossier) -> Section:
    nameless = {
        asset.name: of(asset)
        for _, asset, _, _ in dossier.taught()
        if asset.kind != "plate" and not artists_of(dossier, asset)
    }
    told = tuple(Told(None, (source,), about=name) for name, source in nameless.items())
    no = len({word.person for word in declined(dossier)})
    lines = (
        Line("nameless", "Made by whom: material that taught", told or (Told("named above", (LEDGER,)),)),
        Line("declined", "Artists who declined to be taught from", (Told(str(no), (LEDGER,), no),)),
    )
    return Section("unknown", "Still to be found out", lines)


def _credits(dossier: Dossier) -> Section:
    owed, listed = (dossier.statement(f"credits.{name}", (None,)) for name in ("workers", "exported"))
    missing = sorted(set(owed.value) - set(listed.value)) if owed and listed else None
    told = Told(", ".join(missing) or "nobody" if missing is not None else None, (LEDGER,) if owed and listed else ())
    lines = (
        fact_line(dossier, "credits.workers"),
        fact_line(dossier, "credits.exported"),
        Line("missing", "Owed a credit, and not in the credits as exported", (told,)),
    )
    return Section("credits", "Credits of the production", (*lines, open_points(dossier, "iatse-tag")))


def _row(cells: tuple[str, str, str, str], *sources: Source) -> Row:
    return tuple(map(plain, cells)), sources
