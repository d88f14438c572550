"""Evidence for an assessment of content security: where things lie, hashes, network, access, log, versions."""

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile
from rushes.domain.question import EVERYTHING
from rushes.domain.records import files_of
from rushes.papers.document import Document, Line, Section, Source, Table, Told, plain
from rushes.papers.dossier import Dossier
from rushes.papers.evidence import LEDGER, document, fact_line, of, subjects_of, words_of
from rushes.papers.packet_sections import open_points

PACK = "mpa-or5"
NETWORK = ("env.network", "env.sandbox", "env.enterprise_secured")
ACCESS = ("access.people", "access.logged", "user.trained_at", "employee.policy_acknowledged_at")
TOOL = ("client.ai_approved_at", "tool.disclosure_fields", "tool.terms_checked_at", "risk.assessed_until")
CHAIN = ("dataset.hashed", "dataset.owners", "dataset.chain_verified", "originals.kept_apart", "archive.years")
MACHINE = Source("read from the system when this was written")
OF_NETWORK = (
    "Training and rendering are made to open no network connection and to send nothing anywhere. That is what the"
    " software is made for, and no measurement of this machine; what people stated of the machine follows."
)
WORDS = (
    "For an assessor of content security. It shows what the system can show by itself; how rooms, networks and people"
    " are run is for the facility to show. Numbers of an assessor's own questionnaire are not given here.",
)


def tpn_packet(dossier: Dossier) -> Document:
    """Return the evidence for an assessment of content security."""
    system = dossier.system
    places = tuple(
        Line(f"place_{number}", what.capitalize(), (Told(where, (MACHINE,)),))
        for number, (what, where) in enumerate(sorted(system.places.items()))
    )
    versions = tuple(
        Line(name, name, (Told(version, (MACHINE,)),)) for name, version in sorted(system.versions.items())
    )
    sections = [
        Section("places", "Where things lie", places),
        _integrity(dossier),
        Section(
            "network",
            "Network",
            _facts(dossier, NETWORK),
            (OF_NETWORK,),
        ),
        _access(dossier),
        Section("tool", "Approval and assessment of the tool", _facts(dossier, TOOL)),
        _log(dossier),
        Section("versions", "Versions", versions),
        Section("open", "Open points", (open_points(dossier, PACK),)),
    ]
    return document(dossier, "tpn", "Content security evidence", words=WORDS, sections=sections)


def _facts(dossier: Dossier, names: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(fact_line(dossier, name, subjects_of(dossier)) for name in names)


def _integrity(dossier: Dossier) -> Section:
    nouns: list[Noun] = [*dossier.assets().values()]
    for lesson in dossier.lessons():
        nouns.append(lesson.model)
    nouns += [facts.take for facts in dossier.takes]
    rows = tuple(_held(noun, files_of(noun)) for noun in nouns)
    if dossier.delivery:
        rows = (*rows, _held(dossier.delivery, list(dossier.delivery.files)))
    columns = (("what", "what", 0.6), ("files", "files", 0.15), ("bytes", "bytes", 0.25))
    missing = dossier.system.missing
    held = Told(f"{len(missing)}: {', '.join(missing)}" if missing else "none", (MACHINE,), list(missing))
    lines = (Line("missing", "Files on record that the vault does not have", (held,)), *_facts(dossier, CHAIN))
    words = (
        "Each file is kept under the SHA-256 of its content, which is taken again before it is read. The digest of a"
        " fact covers the digests of all its files, so that one digest stands for all of them."
    )
    return Section("integrity", "Content and its hashes", (*lines, Table("held", columns, rows)), (words,))


def _held(noun: Noun, files: list[AssetFile]) -> tuple[tuple[Told, ...], tuple[Source, ...]]:
    size = sum(file.bytes for file in files)
    cells = (plain(words_of(noun)), Told(str(len(files)), value=len(files)), Told(f"{size:,}", value=size))
    return cells, (of(noun),)


def _access(dossier: Dossier) -> Section:
    rows = []
    for person in dossier.people:
        says = ", ".join(person.says).replace(EVERYTHING, "everything") or "nothing"
        rows.append(((plain(dossier.title(person.name)), plain(says)), (of(person),)))
    acted = sorted({dossier.title(entry.by) for entry in dossier.recorded.values()})
    line = Line("acted", "Those who recorded the facts in this packet", (Told(", ".join(acted) or None, (LEDGER,)),))
    columns = (("person", "person", 0.5), ("says", "may approve takes of", 0.5))
    table = Table("people", columns, tuple(rows), "People of the show")
    words = "Only an approval by a named person who has the say makes a take deliverable. Names of people are sealed."
    return Section("access", "Access", (line, *_facts(dossier, ACCESS), table), (words,))


def _log(dossier: Dossier) -> Section:
    system = dossier.system
    lines = (
        Line("origin", "Log", (Told(system.log or None, (MACHINE,)),)),
        Line("key", "Signed with the key", (Told(system.key or None, (MACHINE,)),)),
        Line("facts", "Facts in the log", (Told(str(system.facts), (MACHINE,), system.facts),)),
        Line("checkpoint", "Signed checkpoint", (Told(system.checkpoint.strip() or None, (MACHINE,)),)),
    )
    words = (
        "Facts are only ever added. A checkpoint is a signed note of the whole log: kept elsewhere, it shows later"
        " whether anything was changed or cut off. Check it with: rushes audit."
    )
    return Section("log", "Audit log", lines, (words,))
