"""The packet for errors-and-omissions insurance: tools, exposed shots, what taught, consents, approvals, gaps."""

from rushes.domain.actions import ACTION_WORDS
from rushes.domain.grants import Licence
from rushes.papers.document import Document, Line, Section, Told
from rushes.papers.dossier import Dossier, Lesson
from rushes.papers.evidence import LEDGER, approved, document, fact_line, of, subject_of
from rushes.papers.packet_exposure import exposure_section
from rushes.papers.packet_sections import approvals_section, grants_section, open_points, people_section, taught_section

PACK = "eo-insurance"
OF_TOOL = (
    "tool.owner",
    "tool.terms_checked_at",
    "registry.fields",
    "job.purpose",
    "element.class",
    "element.kept",
    "model.originality",
    "model.tests",
)
QUESTIONS = (
    "delivery.final",
    "delivery.ai_shots_listed",
    "originals.kept_apart",
    "delivery.territories",
    "delivery.released_until",
    "consent.blanket",
    "consent.territories",
    "consent.ends",
    "answers.EOI-07",
    "answers.NFX-02",
    "archive.years",
)
WORDS = (
    "For the underwriter and the broker: which tools were used and what taught them, in which shots and how much of the"
    " frame, by whose licence and consent, who approved it, and what is still open.",
)


def eo_packet(dossier: Dossier) -> Document:
    """Return the packet for an insurer."""
    sections = [
        *(_tool(dossier, lesson, number) for number, lesson in enumerate(dossier.lessons(), 1)),
        exposure_section(dossier),
        taught_section(dossier),
        grants_section(dossier),
        people_section(dossier),
        approvals_section(dossier),
        Section("questions", "Questions of the insurer", tuple(fact_line(dossier, name) for name in QUESTIONS)),
        Section("open", "Open points", (open_points(dossier, PACK),)),
    ]
    glance = _at_a_glance(dossier, sections)
    return document(dossier, "eo", "Errors and omissions packet", words=WORDS, sections=[glance, *sections])


def _at_a_glance(dossier: Dossier, sections: list[Section]) -> Section:
    takes = dossier.takes
    measured = [facts.changed for facts in takes if facts.changed]
    over = [facts.take.name for facts in takes if facts.changed and facts.changed.most > 0.5]
    people = sorted({name for asset in dossier.assets().values() for name in asset.people or ()})
    unstated = Document("", "", "", "", "", tuple(sections)).unstated
    refusing = {reason.rule.id for facts in takes for _, reason in facts.open if reason.refuses}
    said: dict[str, tuple[str, str | None]] = {
        "takes": ("Takes", f"{len(takes)}; approved by a named person: {sum(map(approved, takes))}"),
        "tools": ("Models that made them", ", ".join(one.model.name for one in dossier.lessons())),
        "base": ("Begun from", _begun(dossier)),
        "owners": ("Owners of what taught", ", ".join(_owners(dossier))),
        "people": ("Recognisable people", ", ".join(map(dossier.title, people)) or "none on record"),
        "grants": ("Licences and consents", _counted(dossier)),
        "over_half": (
            "Takes with a frame of which more than half was changed",
            (", ".join(over) or "none") if measured else None,
        ),
        "measured": ("Takes whose changed pixels were measured", f"{len(measured)} of {len(takes)}"),
        "open": ("Rules that say no today", ", ".join(sorted(refusing)) or _no_rule(dossier)),
        "unstated": ("Things in this packet that nobody has stated", str(unstated)),
    }
    lines = (Line(key, question, (Told(text, (LEDGER,)),)) for key, (question, text) in said.items())
    return Section("glance", "At a glance", tuple(lines))


def _no_rule(dossier: Dossier) -> str:
    return "none of those that the show has chosen" if dossier.packs else "the show has chosen no rule packs"


def _begun(dossier: Dossier) -> str:
    bases = dict.fromkeys(lesson.model.base for lesson in dossier.lessons())
    return "; ".join("no weights of other origin" if base is None else f"base {base}" for base in bases)


def _owners(dossier: Dossier) -> list[str]:
    return sorted({asset.owner or "nobody knows whom" for _, asset, _, _ in dossier.taught()})


def _counted(dossier: Dossier) -> str:
    licences = sum(isinstance(grant, Licence) for grant in dossier.grants.values())
    return (
        f"{licences} licence(s), {len(dossier.grants) - licences} consent(s); {len(dossier.withdrawals)} withdrawn;"
        f" {sum(grant.paper is None for grant in dossier.grants.values())} without a paper on file"
    )


def _tool(dossier: Dossier, lesson: Lesson, number: int) -> Section:
    model, entry, subject = lesson.model, dossier.who_recorded(lesson.model), [subject_of(dossier, lesson)]
    by = f"trained by {dossier.title(entry.by)}, on record since {entry.at:%Y-%m-%d}" if entry else None
    makes = next((facts.makes for facts in dossier.takes if facts.take.department == model.department), "")
    scope = model.scope
    until = f"until {scope.ends}" if scope.ends else "without end"
    action = ACTION_WORDS.get(lesson.dataset.action, lesson.dataset.action)
    said: dict[str, tuple[str, str | None]] = {
        "tool": ("Tool", f"Rushes, department {model.department}, model {model.name}"),
        "version": ("Version", f"weights {model.weights.digest}"),
        "provider": ("Provider", f"the studio itself; {by}" if by else None),
        "base": ("Begun from", "random numbers or nothing" if model.base is None else f"base {model.base}"),
        "use": ("What it makes", makes or None),
        "cleared": ("Cleared for", f"{action}, on {lesson.dataset.cleared}, in {lesson.dataset.territory}"),
        "scope": ("May be used", f"for {', '.join(scope.uses)} of {scope.show} alone, in {scope.territory}, {until}"),
        "tests": ("Measured when it was trained", _measures(lesson) or "nothing was measured"),
        "reports": ("Reports kept", ", ".join(report.name for report in model.reports) or "none"),
    }
    lines = [Line(key, question, (Told(text, (of(model),)),)) for key, (question, text) in said.items()]
    lines.append(Line("trained_with", "Trained with", (_trained_with(lesson),)))
    lines += [fact_line(dossier, name, subject) for name in OF_TOOL]
    return Section(f"tool_{number}", f"Register of tools: {model.name}", tuple(lines))


def _trained_with(lesson: Lesson) -> Told:
    """Return with which software, on which machine and when a model was trained; not stated where nobody noted it."""
    run = lesson.training
    if run is None:
        return Told(None)
    versions = ", ".join(f"{name} {version}" for name, version in run.versions)
    words = (
        f"{versions}; on {run.machine}, {run.threads} thread(s); {run.started:%Y-%m-%d %H:%M} to {run.finished:%H:%M}"
    )
    return Told(words, (of(run),), {"versions": dict(run.versions), "machine": run.machine})


def _measures(lesson: Lesson) -> str:
    def words(value: float | None) -> str:
        return "" if value is None else f" (to be within {value:g})"

    return "; ".join(
        f"{one.name} {one.value:.4g} {one.unit}".strip() + words(one.threshold) for one in lesson.model.measures
    )
