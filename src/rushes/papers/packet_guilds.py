"""Disclosure to the Academy and the guilds: facts from the ledger and statements of people, guild by guild."""

from collections.abc import Mapping

from rushes.papers.document import Document, Line, Section, Table, Told
from rushes.papers.dossier import Dossier
from rushes.papers.evidence import LEDGER, artists_of, declined, document, fact_line, of
from rushes.papers.packet_exposure import exposure_section
from rushes.papers.packet_sections import approvals_section, grants_section, open_points, people_section

GUILDS: Mapping[str, tuple[str, str, str]] = {
    "academy": (
        "Academy of Motion Picture Arts and Sciences, 99th Oscars",
        "academy-99",
        "entry.acting role.performed_by_human performer.consented_at role.credited entry.screenplay"
        " screenplay.human_authored entry.cinematography delivery.ai_shots_listed",
    ),
    "performers": (
        "Performers: SAG-AFTRA",
        "sag-aftra-2026",
        "model.people dataset.people model.renders_people job.alteration job.replica_source job.needs_replica_consent"
        " consent.elements answers.SAG-01 consent.uses consent.productions consent.kinds payment.recorded"
        " replica.use_counted union.bargained_at person.minor content.nudity_or_sex person.deceased"
        " person.consent_given_by job.dubs_language job.language consent.languages show.photographed_from_2027_07_01"
        " biometric.used biometric.production access.people access.logged training.reason_recorded"
        " shot.synthetic_in_human_role answers.SAG-14 union.told_at union.strike recipient.third_party"
        " recipient.affiliated recipient.public_model recipient.undertaking_signed union.transfer_approved_at"
        " job.exemption_recorded",
    ),
    "california": (
        "Performers: California",
        "california",
        "consent.represented answers.CAL-01 person.died_on estate.consented_at",
    ),
    "writers": (
        "Writers: WGA",
        "wga-2026",
        "text.generated text.goes_to_writer text.disclosed text.labelled_as_generated job.assignee_role job.mandatory"
        " export.literary_material recipient.trains guild.writers_told_at",
    ),
    "directors": (
        "Directors: DGA",
        "dga-2026",
        "director.name shot.creative_element director.consulted_at answers.DGA-01 answers.DGA-02"
        " director.told_of_plans_at director.deal_at export.directors_work recipient.trains guild.directors_told_at",
    ),
    "crew": (
        "Crew: IATSE and The Animation Guild",
        "iatse-tag",
        "job.mandatory job.displaces_colleague answers.IAT-01b credits.workers credits.exported job.by_employee"
        " employee.policy_acknowledged_at export.covered_work vendor.union_shop answers.IAT-04 tool.owner"
        " tool.kit_fee_reported",
    ),
}
"""Title, rule pack, and the facts that its rules ask for."""

WORDS = (
    "For the Academy and for the guilds of performers, writers, directors and crew. Each section has what the guild's"
    " rules ask for, as it is on record or as a named person stated it, and the rules that are not kept. Most texts of"
    " the rules were read in reports: read the agreement itself before anything is filed.",
)


def guilds_packet(dossier: Dossier) -> Document:
    """Return the disclosure to the Academy and the guilds."""
    sections = [_guild(dossier, key) for key in GUILDS]
    sections += [people_section(dossier), grants_section(dossier), approvals_section(dossier)]
    sections.append(exposure_section(dossier))
    return document(dossier, "guilds", "Disclosure to the Academy and the guilds", words=WORDS, sections=sections)


def _guild(dossier: Dossier, key: str) -> Section:
    title, pack, facts = GUILDS[key]
    lines = [fact_line(dossier, name) for name in facts.split()]
    if key == "directors":
        lines.append(Line("seen", "Takes that the director reviewed", (_seen_by_director(dossier),)))
    if key == "crew":
        lines += _artists(dossier)
    points = open_points(dossier, pack)
    return Section(key, title, (*lines, Table("open", points.columns, points.rows, "Open points", points.nothing)))


def _seen_by_director(dossier: Dossier) -> Told:
    named = dossier.statement("director.name", (None,))
    if named is None:
        return Told(None)
    seen = [facts for facts in dossier.takes if facts.review and facts.review.person == named.value]
    words = ", ".join(f"{facts.take.name}: {facts.review.decision}" for facts in seen if facts.review)
    sources = tuple(of(facts.review, f"review of {facts.take.name}") for facts in seen if facts.review)
    return Told(words or "none of these", sources or (LEDGER,))


def _artists(dossier: Dossier) -> list[Line]:
    words = [word for asset in dossier.assets().values() for word in artists_of(dossier, asset)]
    agreed = {word.person: word for word in words}
    told = tuple(Told(f"{dossier.title(name)}, {word.role}", (of(word),)) for name, word in agreed.items())
    no = len({word.person for word in declined(dossier)})
    return [
        Line("opted_in", "Artists who agreed that their work teaches", told or (Told("none on record", (LEDGER,)),)),
        Line("declined", "Artists who declined; nothing follows from it for them", (Told(str(no), (LEDGER,), no),)),
    ]
