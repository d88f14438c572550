"""Answers to a streamer's guidance on generative AI, in the form of Netflix's: principles, use cases, evidence."""

from collections.abc import Mapping, Sequence

from rushes.papers.document import Document, Line, Section, Told
from rushes.papers.dossier import Dossier
from rushes.papers.evidence import LEDGER, approved, document, fact_line, of
from rushes.papers.packet_sections import approvals_section, open_points, people_section, taught_section

PACK = "netflix-genai"
ORDINALS = ("one", "two", "three", "four", "five")
GUIDANCE = "Using Generative AI in Content Production, partnerhelp.netflixstudios.com, article 43393929218323"

PRINCIPLES: Mapping[str, tuple[str, str]] = {
    "replicate": (
        "The outputs do not replicate or substantially recreate identifiable characteristics of unowned or copyrighted"
        " material",
        "model.originality answers.NFX-02",
    ),
    "store": (
        "The tools do not store, reuse or train on production data",
        "tool.keeps_inputs client.training_approved_at answers.NFX-03",
    ),
    "secured": (
        "Where possible, the tools are used in an enterprise-secured environment",
        "env.enterprise_secured env.network env.sandbox answers.NFX-04",
    ),
    "temporary": (
        "Generated material is temporary and not part of the final deliverables",
        "delivery.final client.final_approved_at answers.NFX-05",
    ),
    "talent": (
        "No talent performance and no union-covered work is replaced or generated without consent",
        "job.changes_performance performer.consented_at job.replaces_union_work union.consented_at answers.NFX-06b",
    ),
}
"""The five guiding principles, each with the facts that bear on it. Where the answer is no or unsure, the guidance asks
to go to the contact at Netflix."""

USE_CASES: Mapping[str, tuple[str, str]] = {
    "ideation": ("Ideation only: mood boards, reference images", "job.purpose job.stays_off_screen"),
    "background": (
        "Background elements that appear on camera: signage, posters",
        "shot.background_element answers.NFX-18 shot.prominent_generated_prop shot.prop_final_by_person",
    ),
    "key_visuals": (
        "Final character designs or key visuals",
        "shot.story_role client.story_approved_at answers.NFX-09",
    ),
    "talent": (
        "Talent replication: re-ageing, synthetic voices",
        "job.replica job.replica_source job.replica_exemption job.exemption_recorded consent.replica_signed_at",
    ),
    "alteration": (
        "Alteration of a performance",
        "job.alteration client.alteration_approved_at answers.NFX-14 model.people model.quality_tested_at",
    ),
    "unowned": (
        "Unowned training data, or references to protected work and people",
        "dataset.licensed references.protected references.permitted client.references_approved_at",
    ),
    "proprietary": (
        "Netflix's proprietary material, or personal data",
        "inputs.client_owned_or_personal client.inputs_approved_at answers.NFX-07",
    ),
    "misleading": ("What could be mistaken for a real event, person or statement", "shot.looks_real answers.NFX-17"),
    "vendors": ("Steps done by vendors", "vendor.names vendor.unattested_steps"),
}
"""The matrix of use cases and what always needs a written approval, with the facts that bear on each."""

WORDS = (
    "For the production's contact at Netflix, and for any client who asks the same. Each principle and use case is a"
    " question; under it is the evidence. Nobody's answer is guessed: where nothing is stated, the guidance counts the"
    f" answer as unsure, and asks to escalate. Guidance: {GUIDANCE}.",
)


def netflix_packet(dossier: Dossier) -> Document:
    """Return the answers to a streamer's guidance."""
    sections = [
        _reported(dossier),
        *_questions(dossier, "principle", PRINCIPLES),
        *_questions(dossier, "use", USE_CASES),
        taught_section(dossier),
        people_section(dossier),
        approvals_section(dossier),
        Section("open", "Open points", (open_points(dossier, PACK),)),
    ]
    title = "Generative AI in content production: answers to the client's guidance"
    return document(dossier, "netflix", title, words=WORDS, sections=sections)


def _reported(dossier: Dossier) -> Section:
    told = []
    for lesson in dossier.lessons():
        model, scope = lesson.model, lesson.model.scope
        kind = "makes new pictures" if lesson.generative else "changes pictures and makes none of its own"
        until = f"until {scope.ends}" if scope.ends else "without end"
        words = f"{kind}; works for {scope.show} alone, for {', '.join(scope.uses)}, {until}"
        told.append(Told(words, (of(model), of(lesson.dataset)), about=model.name))
    done = sum(map(approved, dossier.takes))
    human = Told(f"{done} of {len(dossier.takes)} takes are approved by a named person", (LEDGER,))
    lines = (
        fact_line(dossier, "client.told_at"),
        Line("models", "Models that were used, and to what they are bound", tuple(told)),
        Line("human", "Human decision", (human,)),
    )
    return Section("reported", "Reported use", lines)


def _questions(dossier: Dossier, key: str, asked: Mapping[str, tuple[str, str]]) -> Sequence[Section]:
    headings = [f"Principle {number}" for number in ORDINALS] if key == "principle" else ["Use case"] * len(asked)
    return [
        Section(f"{key}_{name}", f"{heading}: {words}", tuple(fact_line(dossier, fact) for fact in facts.split()))
        for heading, (name, (words, facts)) in zip(headings, asked.items(), strict=True)
    ]
