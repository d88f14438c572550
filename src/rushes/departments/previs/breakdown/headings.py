"""Scene headings, read as the field writes them: inside or outside, the set, and the time of day, said or carried."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rushes.departments.previs.breakdown.words import GRAMMAR
from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.model import Scene

WHERE = re.compile(
    r"(?P<est>EST(?:ABLISHING)?\b\.?[\s:–—-]*)?"
    r"(?P<where>INT\.?\s*/\s*EXT\b|EXT\.?\s*/\s*INT\b|I\.?\s*/\s*E\b|E\.?\s*/\s*I\b|INT\b|EXT\b|)\.?[\s:–—-]*",
    re.IGNORECASE,
)
APART = re.compile(r"\s+[-–—]+\s*|\s*[–—]+\s*|--+|\.\s+|,\s+")
TIMES = {
    "DAY": "DAY DAYS DAYTIME",
    "NIGHT": "NIGHT NIGHTTIME MIDNIGHT",
    "DAWN": "DAWN PREDAWN SUNRISE DAYBREAK",
    "DUSK": "DUSK SUNSET SUNDOWN TWILIGHT NIGHTFALL",
    "MORNING": "MORNING",
    "NOON": "NOON MIDDAY",
    "AFTERNOON": "AFTERNOON",
    "EVENING": "EVENING",
}
TIME_OF = {word: time for time, words in TIMES.items() for word in words.split()}
CARRIES, AROUND = ({word.upper() for word in GRAMMAR[kind]} for kind in ("carries", "around"))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# more is no heading, and would only be slow to take apart
LONGEST = 400
COUNTED = re.compile(r"(\d+)([A-Z]*)$")


@dataclass(frozen=True, slots=True)
class Slug:
    """A heading taken apart, in the words of `SceneSheet`; `carried` if its time is that of the scene before."""

    where: str
    place: str
    time: str
    carried: bool


def read_heading(text: str) -> Slug:
    """Take a heading apart.

    >>> read_heading("I/E. MOM'S PORSCHE - GARAGE - LATE NIGHT (RAIN)")
    Slug(where='INT/EXT', place="MOM'S PORSCHE - GARAGE", time='NIGHT', carried=False)
    >>> [read_heading(said).place for said in ("EST. THE PIER, DAWN", "int. kitchen. same time", "SNIPER SCOPE POV")]
    ['THE PIER', 'KITCHEN', 'SNIPER SCOPE POV']
    """
    words = " ".join(plain(text[:LONGEST]).upper().split())
    found = WHERE.match(words)
    said = re.sub(r"[.\s]", "", found["where"]) if found else ""
    where = "INT/EXT" if "/" in said else said or ("EXT" if found and found["est"] else "")
    parts, breaks = _parts(words[found.end() :] if found and where else words)
    time, carried = "", False
    # a time may stand in two parts: NIGHT - CONTINUOUS
    while parts and (len(parts) > 1 or where) and (read := _time(parts[-1])):
        time, carried = read[0] or time, carried or not read[0]
        parts.pop()
    if parts and where and not time and not carried:
        parts[-1], time, carried = _last_words(parts[-1])
    place = "".join(part + gap for part, gap in zip(parts, [*breaks[: max(len(parts) - 1, 0)], ""], strict=True))
    return Slug(where, place.strip(" .,-–—"), time, carried and not time)


def read_headings(headings: Iterable[str]) -> tuple[Slug, ...]:
    """Take the headings of a script apart, in order; CONTINUOUS, LATER and SAME have the last time that was said.

    >>> [slug.time for slug in read_headings(["INT. SHED - DUSK", "EXT. SHED - CONTINUOUS", "EXT. SEA"])]
    ['DUSK', 'DUSK', '']
    """
    slugs: list[Slug] = []
    last = ""
    for heading in headings:
        slug = read_heading(heading)
        slug = replace(slug, time=last) if slug.carried else slug
        last = slug.time or last
        slugs.append(slug)
    return tuple(slugs)


def number_scenes(scenes: Sequence[Scene]) -> tuple[str, ...]:
    """Return the scenes' numbers as printed; counted from 1 where the script has none at all.

    A scene without a number among numbered ones gets the one before with the next free letter, as an added scene does.
    """
    printed = [scene.heading.number for scene in scenes]
    if not any(printed):
        return tuple(str(count) for count in range(1, len(printed) + 1))
    taken = set(printed)
    last, numbers = "0", []
    for number in printed:
        name = number or _next_free(last, taken)
        taken.add(name)
        last = name
        numbers.append(name)
    return tuple(numbers)


def _next_free(last: str, taken: set[str]) -> str:
    found = COUNTED.search(last)
    stem = last[: found.end(1)] if found else last
    letters = (first + second for first in ("", *LETTERS) for second in LETTERS)
    return next((stem + letter for letter in letters if stem + letter not in taken), f"{last}+")


def _parts(text: str) -> tuple[list[str], list[str]]:
    # the last brackets are a remark on the time or the place
    bare = re.sub(r"\s*\([^)]*\)\s*$", "", text) or text
    # a title is no end of a part: DR. HALE'S OFFICE
    held = re.sub(r"\b(DR|MR|MRS|MS|ST|NO|LT|SGT|CAPT)\. ", "\\1.\0", bare)
    parts, breaks, done = [], [], 0
    for found in APART.finditer(held):
        parts.append(held[done : found.start()])
        breaks.append(", " if "," in found[0] else ". " if "." in found[0] else " - ")
        done = found.end()
    parts.append(held[done:])
    kept = [(part.replace("\0", " ").strip(), gap) for part, gap in zip(parts, [*breaks, ""], strict=True)]
    return [part for part, _ in kept if part], [gap for part, gap in kept if part]


def _time(part: str) -> tuple[str] | None:
    words = re.findall(r"[A-Z0-9']+", part)
    said = [TIME_OF[word] for word in words if word in TIME_OF]
    carried = any(word in CARRIES for word in words)
    known = all(word in TIME_OF or word in CARRIES or word in AROUND or word.isdigit() for word in words)
    if "HOUR" in words and ("MAGIC" in words or "GOLDEN" in words):
        said = ["DUSK"]
    if not known or not (said or carried):
        return None
    # DAYS LATER is a time that is carried over, and DAY FOR NIGHT is shot by day and plays by night
    later = "LATER" in words and words[0] not in TIME_OF
    return ("",) if later or not said else (said[-1],)


def _last_words(part: str) -> tuple[str, str, bool]:
    words = part.split()
    for count in (3, 2, 1):
        read = _time(" ".join(words[-count:])) if len(words) > count else None
        if read:
            return " ".join(words[:-count]), read[0], not read[0]
    return part, "", False
