"""Sections that several packets have: what taught, by whose leave, who can be recognised, who decided, what is open."""

from collections.abc import Iterable

from rushes.domain.actions import ACTION_WORDS
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Review
from rushes.domain.parts import Digest, span_words
from rushes.domain.question import EVERYTHING
from rushes.papers.document import Line, Section, Source, Table, Told, plain
from rushes.papers.dossier import Dossier
from rushes.papers.evidence import LEDGER, artists_of, declined, giver, of, paper_told, some_of
from rushes.papers.wording import grant_kind


def taught_section(dossier: Dossier) -> Section:
    """Return what taught the models: every clip, by what right its owner has it, who made it."""
    rows = []
    for lesson, asset, role, frames in dossier.taught():
        title = dossier.titles.get(asset.name)
        words = artists_of(dossier, asset)
        artists = [f"{dossier.title(word.person)}, {word.role}" for word in words]
        right = paper_told(title.paper, f"{title.basis}; ") if title else Told(None)
        made = "; ".join(artists) or ("not asked of a plate" if asset.kind == "plate" else None)
        cells = (lesson.model.name, role, asset.name, span_words(frames), asset.owner)
        rows.append(
            ((*map(plain, cells), right, plain(made)), (of(asset), *([of(title)] if title else []), *map(of, words)))
        )
    columns = (
        ("model", "model", 0.12),
        ("as", "as", 0.08),
        ("clip", "clip", 0.15),
        ("frames", "frames", 0.11),
        ("owner", "owner", 0.15),
        ("right", "by what right", 0.22),
        ("artists", "made by", 0.17),
    )
    no = len(declined(dossier))
    lines = [Line("declined", "Artists whose newest word on it is no", (Told(str(no), (LEDGER,), no),))] if no else []
    return Section("taught", "What taught the models", (Table("clips", columns, tuple(rows)), *lines))


def grants_section(dossier: Dossier) -> Section:
    """Return licences and consents with papers and days, and which were put on record after they were relied on."""
    rows = []
    for digest, grant in dossier.grants.items():
        entry, gone = dossier.recorded.get(digest), dossier.withdrawals.get(digest)
        since = f"{grant.starts or 'always'} to {grant.ends or 'for ever'}"
        withdrawn = f"; WITHDRAWN from {gone.since}: {gone.reason}" if gone else ""
        cells = (
            f"{grant_kind(grant)} {grant.name}",
            dossier.title(giver(grant)),
            _covers(dossier, grant),
            f"{since}{withdrawn}",
            f"{entry.at:%Y-%m-%d}" if entry else None,
        )
        rows.append(((*map(plain, cells), paper_told(grant.paper)), (of(grant), *([of(gone)] if gone else []))))
    columns = (
        ("instrument", "instrument", 0.14),
        ("from", "given by", 0.14),
        ("covers", "covers", 0.29),
        ("term", "term", 0.15),
        ("recorded", "on record", 0.14),
        ("paper", "paper", 0.14),
    )
    late = Line("late", "Grants put on record after the model that rests on them", _late(dossier))
    return Section("grants", "Licences and consents", (Table("instruments", columns, tuple(rows)), late))


def _covers(dossier: Dossier, grant: Licence | Consent) -> str:
    allowed = "; ".join(ACTION_WORDS.get(action, action) for action in grant.actions)
    uses = "every department" if EVERYTHING in grant.uses else ", ".join(grant.uses)
    if isinstance(grant, Consent):
        words = f" “{grant.described}”" if grant.described else ""
        return f"likeness of {dossier.title(grant.person)}: {allowed}; for {uses}; given by {grant.given_by}.{words}"
    what = "everything of this owner" if EVERYTHING in grant.assets else ", ".join(grant.assets)
    where = "everywhere" if EVERYTHING in grant.territories else f"in {', '.join(grant.territories)}"
    duties = "".join(f"; in return: {duty.words}" for duty in grant.duties)
    return f"{what}: {allowed}; for {uses}; {where}{duties}"


def _late(dossier: Dossier) -> tuple[Told, ...]:
    late = []
    for lesson in dossier.lessons():
        made = dossier.who_recorded(lesson.model)
        for digest in lesson.dataset.grants:
            entry = dossier.recorded.get(digest)
            if made and entry and entry.at > made.at and digest in dossier.grants:
                grant = dossier.grants[digest]
                late.append(Told(f"{grant.name}, after {lesson.model.name}", (of(grant), of(lesson.model))))
    return tuple(late) or (Told("none", (LEDGER,)),)


def people_section(dossier: Dossier) -> Section:
    """Return everyone who can be recognised, where, and by what consent."""
    seen: dict[str, dict[str, None]] = {}
    sources: dict[str, dict[Digest, Source]] = {}
    for digest, asset in dossier.assets().items():
        for person in asset.people or ():
            seen.setdefault(person, {})[asset.name] = None
            sources.setdefault(person, {})[digest] = of(asset)
    taught = {name for lesson in dossier.lessons() for name in lesson.model.scope.people}
    rows = []
    for person, clips in sorted(seen.items()):
        consents = {
            digest: grant
            for digest, grant in dossier.grants.items()
            if isinstance(grant, Consent) and grant.person == person
        }
        cells = (
            dossier.title(person),
            ", ".join(clips),
            "yes" if person in taught else "no",
            ", ".join(grant.name for grant in consents.values()) or "no consent is on record",
        )
        rows.append((tuple(map(plain, cells)), (*sources[person].values(), *map(of, consents.values()))))
    unlooked = [asset.name for asset in dossier.assets().values() if asset.people is None]
    nobody = Line(
        "unlooked", "Clips in which nobody has looked for people", (Told(", ".join(unlooked) or "none", (LEDGER,)),)
    )
    columns = (
        ("person", "person", 0.24),
        ("clips", "recognisable in", 0.34),
        ("taught", "likeness taught a model", 0.2),
        ("consents", "consents", 0.22),
    )
    table = Table("people", columns, tuple(rows), nothing="Nobody can be recognised in any clip, by what is on record.")
    return Section("people", "People who can be recognised", (table, nobody))


def approvals_section(dossier: Dossier) -> Section:
    """Return who decided what on each take, also of earlier takes that were sent back."""
    rows = []
    for facts in dossier.takes:
        rows += [_decision(dossier, name, review) for name, review in facts.sent_back]
        if facts.review:
            rows.append(_decision(dossier, facts.take.name, facts.review))
        else:
            undecided = (facts.take.name, "none yet", "–", "–", "–")
            rows.append((tuple(map(plain, undecided)), (of(facts.take),)))
    columns = (
        ("take", "take", 0.21),
        ("decision", "decision", 0.12),
        ("by", "by", 0.2),
        ("when", "when", 0.17),
        ("note", "note", 0.3),
    )
    return Section("approvals", "Decisions of people", (Table("decisions", columns, tuple(dict.fromkeys(rows))),))


def _decision(dossier: Dossier, take: str, review: Review) -> tuple[tuple[Told, ...], tuple[Source, ...]]:
    says = next((person.says for person in dossier.people if person.name == review.person), ())
    over = f", who has the say over {', '.join(says).replace(EVERYTHING, 'everything')}" if says else ""
    when = f"{review.at:%Y-%m-%d %H:%M %Z}"
    cells = (take, review.decision, f"{dossier.title(review.person)}{over}", when, review.note or "no note")
    return tuple(map(plain, cells)), (of(review, f"review of {take}"),)


def open_points(dossier: Dossier, *packs: str) -> Table:
    """Return the rules that are not kept, as a table.

    Args:
        dossier: with the reasons.
        packs: names of packs; every pack that the show has chosen, else.
    """
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    texts: dict[tuple[str, str, str], tuple[str, str]] = {}
    for facts in dossier.takes:
        for _, reason in facts.open:
            if packs and reason.pack.split(" ")[0] not in packs:
                continue
            unsaid = f"; nobody has stated {', '.join(reason.unstated)}" if reason.unstated else ""
            key = (reason.rule.id, reason.outcome, reason.pack)
            found.setdefault(key, {})[facts.take.name] = None
            text = f"{reason.rule.text.rstrip('.')}{unsaid}" if unsaid else reason.rule.text
            texts[key] = (text, reason.rule.question or reason.rule.remedy)
    rows = tuple(
        (
            (plain(rule), plain(outcome), plain(text), plain(todo), plain(_which(dossier, found[rule, outcome, pack]))),
            (Source(pack),),
        )
        for (rule, outcome, pack), (text, todo) in texts.items()
    )
    columns = (
        ("rule", "rule", 0.11),
        ("outcome", "outcome", 0.12),
        ("text", "what it says", 0.36),
        ("to_do", "to be done or answered", 0.27),
        ("about", "about", 0.14),
    )
    return Table("open", columns, rows, nothing=_none_open(dossier, packs))


def _which(dossier: Dossier, names: Iterable[str]) -> str:
    every = list(names)
    return some_of(every) if len(every) < len(dossier.takes) or len(every) == 1 else f"all {len(every)} takes"


def _none_open(dossier: Dossier, packs: Iterable[str]) -> str:
    chosen = {pack.name: f"{pack.name} {pack.version}" for pack in dossier.packs}
    held = [words for name, words in chosen.items() if not packs or name in packs]
    missing = [name for name in packs if name not in chosen]
    said = [f"Held against {', '.join(held)}: nothing is open."] if held else []
    said += [f"The show has not chosen {', '.join(missing)}: nothing was held against it."] if missing else []
    return " ".join(said) or "The show has chosen no rule packs: nothing was held against any."
