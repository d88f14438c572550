"""The shot exposure map: which shots of the cut show a take, how much of them, by whose approval."""

from rushes.domain.parts import span_words
from rushes.domain.records import digest_of
from rushes.papers.document import Line, Section, Source, Table, Told, plain
from rushes.papers.dossier import Dossier, TakeFacts
from rushes.papers.evidence import approved, of, percent, share_told
from rushes.papers.exposure import CutShot, Exposure, Placed

HALF = 0.5
COLUMNS = (
    ("shot", "shot", 0.17),
    ("record", "in the cut", 0.15),
    ("frames", "frames", 0.1),
    ("take", "take", 0.19),
    ("changed", "pixels changed", 0.2),
    ("over_half", "over half", 0.07),
    ("approved", "approved by", 0.12),
)
BY_TAKE = (
    ("take", "take", 0.22),
    ("plate", "plate", 0.18),
    ("frames", "frames", 0.14),
    ("changed", "pixels changed", 0.24),
    ("over_half", "over half", 0.08),
    ("approved", "approved by", 0.14),
)
UNPLACED = (("take", "take", 0.3), ("why", "why it is in no shot of this map", 0.7))
WORDS = (
    "A pixel counts as changed where any of its colours differs from the plate at all, by however little: a grade"
    " changes nearly every pixel, and the share says nothing of what is seen. “Over half” is said where more than half"
    " of the pixels of one frame are changed."
)


def exposure_section(dossier: Dossier) -> Section:
    """Return the exposure map: by shot where a cut was given, or else by take."""
    if dossier.exposure is None:
        rows = tuple(_of_take(dossier, facts) for facts in dossier.takes)
        cut = Line("cut", "Cut that it was held against", (Told(None),))
        return Section("exposure", "Shot exposure map", (cut, Table("takes", BY_TAKE, rows)), (WORDS,))
    exposure = dossier.exposure
    takes = {digest_of(facts.take): facts for facts in dossier.takes}
    shots = {shot.number: shot for shot in exposure.cut.shots}
    rows = tuple(
        _of_shot(dossier, shots[one.shot], takes[one.take], placed=one)
        for one in sorted(exposure.placed, key=lambda one: (one.shot, one.take))
        if one.take in takes
    )
    nothing = "None of the takes of this packet is in a shot of this cut."
    missing = [
        facts.take.name for digest, facts in takes.items() if digest not in {one.take for one in exposure.placed}
    ]
    unlooked = [(name, "it was not looked for") for name in missing if name not in dict(exposure.unplaced)]
    unplaced = tuple(((plain(name), plain(why)), (_cut(exposure),)) for name, why in (*exposure.unplaced, *unlooked))
    parts: tuple[Line | Table, ...] = (
        *_totals(exposure),
        Table("exposed", COLUMNS, rows, nothing=nothing),
        Table("unplaced", UNPLACED, unplaced, "Takes that are in no shot", "Every take is in a shot."),
        _others(exposure),
    )
    return Section("exposure", "Shot exposure map", parts, (WORDS,))


def _totals(exposure: Exposure) -> tuple[Line, ...]:
    cut, source = exposure.cut, (_cut(exposure),)
    placed = {one.shot for one in exposure.placed}
    exposed = [shot for shot in cut.shots if shot.number in placed]
    frames, whole = sum(shot.frames for shot in exposed), sum(shot.frames for shot in cut.shots)
    share = f" ({percent(frames / whole)})" if whole else ""
    said = {
        "cut": ("Cut that it was held against", f"{cut.title}, {cut.file}"),
        "shots": ("Shots with a take, of all", f"{len(exposed)} of {len(cut.shots)}"),
        "frames": ("Frames of these shots, of all", f"{frames} of {whole}{share}"),
        "left_out": ("Left out of the map", "; ".join(cut.left_out) or "nothing"),
    }
    return tuple(Line(key, question, (Told(text, source),)) for key, (question, text) in said.items())


def _others(exposure: Exposure) -> Line:
    placed = {one.shot for one in exposure.placed}
    others = [shot.number for shot in exposure.cut.shots if shot.number not in placed]
    words = f"{len(others)}: events {span_words(others)} of the cut" if others else "none"
    question = "Shots in which no take of this packet was found"
    return Line("others", question, (Told(words, (_cut(exposure),), others),))


def _of_shot(
    dossier: Dossier, shot: CutShot, facts: TakeFacts, *, placed: Placed
) -> tuple[tuple[Told, ...], tuple[Source, ...]]:
    covered = f"{placed.covered} of {shot.frames}" if placed.covered is not None else f"{shot.frames}, not counted"
    record = " – ".join(shot.record) if any(shot.record) else None
    cells = (
        plain(f"{shot.number} {shot.name}"),
        plain(record),
        Told(covered, value={"of_take": placed.covered, "of_shot": shot.frames}),
        plain(f"{facts.take.name} ({facts.take.department})"),
        *_told(dossier, facts),
    )
    return cells, (of(facts.take), Source(f"found by {placed.by}"))


def _of_take(dossier: Dossier, facts: TakeFacts) -> tuple[tuple[Told, ...], tuple[Source, ...]]:
    take = facts.take
    words = (f"{take.name} ({take.department})", facts.plate.name, f"{take.frames[0]}–{take.frames[1]}")
    return (*map(plain, words), *_told(dossier, facts)), (of(take),)


def _told(dossier: Dossier, facts: TakeFacts) -> tuple[Told, Told, Told]:
    changed, review = facts.changed, facts.review
    over = Told("yes" if changed.most > HALF else "no", value=changed.most > HALF) if changed else Told(None)
    by = Told(dossier.title(review.person), (of(review, f"review of {facts.take.name}"),)) if review else Told(None)
    return share_told(facts), over, by if approved(facts) else Told("nobody, yet")


def _cut(exposure: Exposure) -> Source:
    return Source(f"cut {exposure.cut.file}", exposure.cut.digest)
