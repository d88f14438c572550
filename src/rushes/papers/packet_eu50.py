"""Disclosure under Article 50 of Regulation (EU) 2024/1689: what was made or altered, how it is marked, who decided."""

from rushes.papers.document import Document, Line, Section, Source, Table, Told, plain
from rushes.papers.dossier import Dossier, Mark, TakeFacts
from rushes.papers.evidence import document, fact_line, of, share_told, shots_of
from rushes.papers.packet_sections import open_points

PACK = "eu-ai-act-50"
LAYERS = ("signed metadata", "watermark", "fingerprint")
"""The code of practice of 10 June 2026 asks for at least the first two."""

OUTPUT = ("output.synthetic", "job.standard_edit", "job.exemption_recorded", "shot.real_person_or_place")
LABEL = ("delivery.reaches_eu", "delivery.disclosed_in", "answers.EUA-03b", "output.marked")
DATES = ("system.on_market_before_2026_08_02", "eu.marking_begins_on", "model.summary_due", "model.summary_written")
WORDS = (
    "For whoever answers for marking and labelling in the European Union. Whether the output is synthetic, whether an"
    " exception for standard edits holds, and whether the work is evidently artistic are decisions of people: they are"
    " given here with who made them and why, or as not stated.",
)


def eu50_packet(dossier: Dossier) -> Document:
    """Return the disclosure for the European Union."""
    sections = [
        _made(dossier),
        Section("decisions", "What the output is", tuple(fact_line(dossier, name) for name in OUTPUT)),
        _marking(dossier),
        Section("label", "Label for the audience", tuple(fact_line(dossier, name) for name in LABEL)),
        Section("dates", "Dates and duties", tuple(fact_line(dossier, name) for name in DATES)),
        Section("open", "Open points", (open_points(dossier, PACK),)),
    ]
    title = "EU AI Act, Article 50: disclosure"
    return document(dossier, "eu50", title, words=WORDS, sections=sections)


def _made(dossier: Dossier) -> Section:
    rows = tuple(_row(dossier, facts) for facts in dossier.takes)
    columns = (
        ("take", "take", 0.21),
        ("shots", "shots", 0.16),
        ("what", "what the model makes", 0.22),
        ("cleared", "cleared as", 0.18),
        ("changed", "pixels changed", 0.23),
    )
    words = (
        "A model is cleared by its owners either to make new pictures or only to change what is there. That is a matter"
        " of their licence, not of this regulation."
    )
    return Section("made", "What was generated or altered", (Table("takes", columns, rows),), (words,))


def _row(dossier: Dossier, facts: TakeFacts) -> tuple[tuple[Told, ...], tuple[Source, ...]]:
    lesson = facts.lessons[0]
    cleared = "one that makes new pictures" if lesson.generative else "one that makes no pictures of its own"
    cells = (facts.take.name, shots_of(dossier, facts) or None, facts.makes or None, cleared)
    return (*map(plain, cells), share_told(facts)), (of(facts.take), of(lesson.dataset))


def _marking(dossier: Dossier) -> Section:
    lines = [_layer(dossier, layer) for layer in LAYERS]
    lines += [_layer(dossier, mark.layer) for mark in dossier.marks if mark.layer not in LAYERS]
    words = "Layers by which a machine can tell what it is, as they were found in the files or as they were handed in."
    return Section("marking", "Marking", tuple(lines), (words,))


def _layer(dossier: Dossier, layer: str) -> Line:
    found = [mark for mark in dossier.marks if mark.layer == layer]
    return Line(layer.replace(" ", "_"), layer.capitalize(), tuple(map(_mark, found)) or (Told(None),))


def _mark(mark: Mark) -> Told:
    if mark.present is None:
        return Told(None, (Source(mark.words),))
    return Told("present" if mark.present else "not present", (Source(mark.words),), mark.present)
