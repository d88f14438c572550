"""For the US Copyright Office: drafts for the fields of the form, and per take the record of what people did.

It claims nothing and disclaims nothing: what is too small to name, and what is authorship, is for counsel to say.
"""

import json
from collections.abc import Iterator

from rushes.domain.parts import Digest, span_words
from rushes.papers.document import Document, Line, Section, Source, Table, Told, plain
from rushes.papers.dossier import Dossier, TakeFacts
from rushes.papers.evidence import (
    LEDGER,
    artists_of,
    document,
    fact_line,
    of,
    share_told,
    shots_of,
)
from rushes.papers.packet_sections import open_points

PACK = "us-copyright-office"
DECISIONS = (
    "job.assistive",
    "take.human_contribution",
    "take.control",
    "take.counsel_holds_de_minimis",
    "registration.generated_described",
    "registration.marked_no_claim",
    "authorship.log_kept",
    "authorship.evidence",
)
MADE_THINGS = ("grade", "matte", "still", "board", "script", "lut")
"""Kinds of assets that somebody made; a plate is what a camera saw."""

WORDS = (
    "For counsel who fills in the Standard Application. The drafts below are put together from the records alone; they"
    " are no claim and no disclaimer. Whether something is too small to name, and whether what people did is"
    " authorship, is not said here.",
    "Fields as in the Office's statement of policy, 88 Fed. Reg. 16190 (16 March 2023); check the form of the day.",
)
SELECTION, AUTHORED, MODIFIED, MACHINE = "selection and arrangement", "made by hand", "changed by hand", "by a model"
WHOLE = "the work as a whole"
UNKNOWN = "(who is not stated)"

Deed = tuple[str | None, str, str, str | None, tuple[Source, ...]]
"""Who, what they did, of which kind, when, and where that is from."""


def copyright_packet(dossier: Dossier) -> Document:
    """Return the packet for a registration in the United States."""
    sections = [
        Section("form", "Drafts for the form", _form(dossier)),
        Section("decisions", "Decided by people", tuple(fact_line(dossier, name) for name in DECISIONS)),
        *(_record(dossier, facts, number) for number, facts in enumerate(dossier.takes, 1)),
        Section("open", "Open points", (open_points(dossier, PACK),)),
    ]
    title = "US Copyright Office: disclosure and human authorship record"
    return document(dossier, "copyright", title, words=WORDS, sections=sections)


def _form(dossier: Dossier) -> tuple[Line, ...]:
    takes = dossier.takes
    whole = Told(None, about=WHOLE)
    made = [_by_model(dossier, facts) for facts in takes]
    note = (
        f"Draft: this work contains {len(takes)} piece(s) of footage in which pixels were made or changed by models of"
        f" the production: {', '.join(facts.take.name for facts in takes)}. What people did in each, and the"
        " measured share of pixels, is on record with the claimant and can be shown."
    )
    return (
        Line("author_created", "Author created", (whole, *(_by_people(dossier, facts) for facts in takes))),
        Line("new_material_included", "New material included", (whole, *(_new(dossier, facts) for facts in takes))),
        Line("material_excluded", "Material excluded (other), for counsel to choose from", (*made,)),
        Line("note_to_office", "Note to CO", (Told(note, (LEDGER,)),)),
    )


def _by_people(dossier: Dossier, facts: TakeFacts) -> Told:
    deeds = [deed for deed in _deeds(dossier, facts) if deed[2] != MACHINE]
    words = "\n".join(f"{who or UNKNOWN}: {what}" for who, what, *_ in deeds)
    sources = dict.fromkeys(source for *_, found in deeds for source in found)
    return Told(words or None, tuple(sources), about=_named(dossier, facts))


def _new(dossier: Dossier, facts: TakeFacts) -> Told:
    deeds = [deed for deed in _deeds(dossier, facts) if deed[2] in (AUTHORED, MODIFIED)]
    words = "\n".join(f"{who or UNKNOWN}: {what}" for who, what, *_ in deeds)
    sources = dict.fromkeys(source for *_, found in deeds for source in found)
    return Told(words or None, tuple(sources), about=_named(dossier, facts))


def _by_model(dossier: Dossier, facts: TakeFacts) -> Told:
    share, lesson = share_told(facts), facts.lessons[0]
    cleared = "to make new pictures" if lesson.generative else "to change pictures, not to make new ones"
    amount = f"pixels changed: {share.text}" if share.text else "the share of pixels changed was not measured"
    words = f"what model {facts.model.name} made of {facts.plate.name}; {amount}; the model was cleared {cleared}"
    sources = (of(facts.take), of(lesson.dataset), *share.sources)
    return Told(words, sources, share.value, _named(dossier, facts))


def _named(dossier: Dossier, facts: TakeFacts) -> str:
    shots = shots_of(dossier, facts)
    return f"{facts.take.name} (shot {shots})" if shots else facts.take.name


def _record(dossier: Dossier, facts: TakeFacts, number: int) -> Section:
    rows = tuple(
        (tuple(map(plain, (who, what, kind, when))), sources)
        for who, what, kind, when, sources in _deeds(dossier, facts)
    )
    columns = (("who", "who", 0.22), ("what", "did what", 0.46), ("kind", "kind", 0.16), ("when", "on record", 0.16))
    inputs = list(dict.fromkeys(f"{asset.kind} {asset.name}" for asset in (facts.plate, *facts.assets.values())))
    lines = (
        Line("share", "Measured share of pixels that differ from the plate", (share_told(facts),)),
        Line("by_hand", "Frames of it that a person painted", (_by_hand(facts),)),
        Line(
            "inputs", "Material of the production that went in", (Told(", ".join(inputs), (of(facts.take),), inputs),)
        ),
    )
    title = f"Human authorship record: {_named(dossier, facts)}"
    return Section(f"record_{number}", title, (*lines, Table("deeds", columns, rows)))


def _by_hand(facts: TakeFacts) -> Told:
    first, last = facts.take.frames
    words = (
        f"{span_words(facts.by_hand)} ({len(facts.by_hand)} of {len(facts.take.files)})" if facts.by_hand else "none"
    )
    return Told(f"{words}, in frames {first}–{last}", (of(facts.take),), list(facts.by_hand))


def _deeds(dossier: Dossier, facts: TakeFacts) -> Iterator[Deed]:
    yield from _taught(dossier, facts)
    yield from _painted(dossier, facts)
    yield from _chose(dossier, facts)
    yield _machine(dossier, facts)
    for name, review in facts.sent_back:
        why = f": “{review.note}”" if review.note else ""
        when, source = f"{review.at:%Y-%m-%d}", of(review, f"review of {name}")
        yield dossier.title(review.person), f"sent {name} of the same plate back{why}", SELECTION, when, (source,)
    if facts.review:
        tries = f", out of {len(facts.tries)} takes of this plate" if len(facts.tries) > 1 else ""
        did = "approved it" if facts.review.decision == "approved" else "sent it back"
        why = f": “{facts.review.note}”" if facts.review.note else ""
        source = of(facts.review, f"review of {facts.take.name}")
        who, when = dossier.title(facts.review.person), f"{facts.review.at:%Y-%m-%d}"
        yield who, f"{did}{tries}{why}", SELECTION, when, (source,)


def _taught(dossier: Dossier, facts: TakeFacts) -> Iterator[Deed]:
    frames: dict[Digest, set[int]] = {}
    models: dict[Digest, dict[str, None]] = {}
    for lesson in facts.lessons:
        for item in lesson.dataset.items:
            frames.setdefault(item.asset, set()).update(item.frames)
            models.setdefault(item.asset, {})[lesson.model.name] = None
    for digest, numbers in frames.items():
        asset = facts.assets[digest]
        if asset.kind not in MADE_THINGS:
            continue
        taught = f"frames {span_words(tuple(numbers))} taught {', '.join(models[digest])}"
        what = f"made {asset.kind} {asset.name}, of which {taught}"
        entry = dossier.recorded.get(digest)
        when = f"{entry.at:%Y-%m-%d}" if entry else None
        words = artists_of(dossier, asset)
        for word in words:
            yield f"{dossier.title(word.person)}, {word.role}", what, AUTHORED, when, (of(word), of(asset))
        if not words:
            yield None, what, AUTHORED, when, (of(asset),)


def _painted(dossier: Dossier, facts: TakeFacts) -> Iterator[Deed]:
    for further in facts.take.further:
        asset = facts.assets.get(further.what)
        if asset is None or further.role != "fixes":
            continue
        names: list[str | None] = [f"{dossier.title(one.person)}, {one.role}" for one in artists_of(dossier, asset)]
        where = span_words(facts.by_hand) or "outside of it"
        what = f"painted frames {where} by hand ({asset.name}); they stand as painted"
        entry = dossier.who_recorded(asset)
        for name in names or [None]:
            yield name, what, MODIFIED, f"{entry.at:%Y-%m-%d}" if entry else None, (of(facts.take), of(asset))


def _chose(dossier: Dossier, facts: TakeFacts) -> Iterator[Deed]:
    entry = dossier.who_recorded(facts.take)
    if entry:
        what = f"put {facts.plate.name} through {facts.model.name} with {_settings(facts.take.settings)}"
        yield dossier.title(entry.by), what, "settings", f"{entry.at:%Y-%m-%d}", (of(facts.take),)


def _machine(dossier: Dossier, facts: TakeFacts) -> Deed:
    share = share_told(facts)
    amount = share.text or "share of pixels not measured"
    entry = dossier.who_recorded(facts.take)
    return (
        f"model {facts.model.name}",
        f"made the take from the plate: {amount}",
        MACHINE,
        f"{entry.at:%Y-%m-%d}" if entry else None,
        (of(facts.take), *share.sources),
    )


def _settings(settings: str) -> str:
    """Say what a person switched or trimmed; what is at full strength is as it was learned.

    >>> _settings('{"grain":false,"strength":0.8,"steady":true}')
    'grain off, strength 0.8'
    """
    trimmed = {name: value for name, value in json.loads(settings).items() if value != 1}
    said = [f"{name} off" if value is False else f"{name} {value}" for name, value in trimmed.items()]
    return ", ".join(said) or "every setting as learned"
