r"""The line a shot is typed in, read and written: `42B MCU LOW 50mm JENNY>WILL, push in 3s`.

    line    = label SIZE [words in any order] {", " move}
    words   = ANGLE | SIDE | "OTS" | "DUTCH" degrees | millimetres "mm" | who
    who     = name {"+" name} [">" name]        `>` is who they look at; `+` is who shares the frame, left to right
    name    = a word, or "words in quotes" (with \" and \\), needed where a name has blanks or is a word of the grammar

The label is any word: a slate, a scheme of the show's own. Words of the grammar may be upper or lower case; names stay
as typed. Written back, a line has one order, and reading it again gives the same shot.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import get_close_matches

from rushes.departments.previs.shots.moves import WAYS, Move, number, parse_move, write_move
from rushes.departments.previs.shots.sizes import ANGLES, OTHER_SIZES, SIDES_DEG, SIZES
from rushes.domain.errors import BadMaterial

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[,>+]|[^\s,>+"]+|"')
_LENS = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)mm\Z", re.IGNORECASE)
_DEGREES = re.compile(r"-?\d{1,2}(?:\.\d{1,3})?(?:°|deg)?\Z", re.IGNORECASE)
_PLAIN = re.compile(r"[^\W\d_][\w.'’-]*\Z")
WORDS = frozenset({*SIZES, *OTHER_SIZES, *ANGLES, *SIDES_DEG, "OTS", "DUTCH"})


@dataclass(frozen=True)
class Shot:
    """A shot as it is asked for.

    Attributes:
        label: what the show calls it; never its identity (see `names`).
        size: of `sizes.SIZES`.
        who: names in the frame; of several, from left to right.
        looks_at: whom they look at, or nobody.
        angle: of `sizes.ANGLES`.
        side: of `sizes.SIDES_DEG`, or nothing for the house's choice.
        over: over the shoulder of whom they look at.
        roll_deg: Dutch angle, clockwise positive.
        focal_mm: the lens, or 0 for the house's choice.
        moves: in order.
    """

    label: str
    size: str
    who: tuple[str, ...] = ()
    looks_at: str = ""
    angle: str = "EYE"
    side: str = ""
    over: bool = False
    roll_deg: float = 0.0
    focal_mm: float = 0.0
    moves: tuple[Move, ...] = ()


@dataclass
class _Reading:
    """A shot as far as it is read, the words still to come, and the faults met."""

    shot: Shot
    words: list[tuple[int, str]]
    faults: list[tuple[int, str]]
    said: set[str]

    def once(self, what: str, at: int, word: str) -> None:
        """Note that something was said, and that it was said before."""
        if what in self.said:
            self.faults.append((at, f"a second {what}: {word!r}"))
        self.said.add(what)


def _unquoted(word: str) -> str:
    """Return a name without its quotes."""
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') and len(word) > 1 else word


def _quoted(name: str) -> str:
    """Return a name as it must be typed to be read as a name."""
    if _PLAIN.match(name) and name.upper() not in WORDS and not _LENS.match(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_who(reading: _Reading) -> None:
    """Read names joined by + and >, up to the first word that is not joined."""
    at = reading.words[0][0]
    reading.once("subject", at, reading.words[0][1])
    who: list[str] = []
    looks_at, joint = "", "+"
    while reading.words and joint:
        at, word = reading.words.pop(0)
        if word in "+>" or (not word.startswith('"') and word.upper() in WORDS):
            reading.faults.append((at, f"a name should stand here, not {word!r}"))
        elif not _unquoted(word).strip():
            reading.faults.append((at, "a name of nothing"))
        elif joint == ">":
            looks_at = _unquoted(word)
        else:
            who.append(_unquoted(word))
        joint = ""
        if reading.words and reading.words[0][1] in "+>":
            at, joint = reading.words.pop(0)
            if looks_at:
                reading.faults.append((at, f"nothing follows whom they look at, {looks_at}"))
            if not reading.words:
                reading.faults.append((at + 1, f"nobody stands after {joint!r}"))
    reading.shot = replace(reading.shot, who=tuple(who), looks_at=looks_at)


def _read_dutch(reading: _Reading, at: int) -> None:
    """Read the degrees of a Dutch angle."""
    reading.once("Dutch angle", at, "DUTCH")
    if not (reading.words and _DEGREES.match(reading.words[0][1])):
        reading.faults.append((at, "DUTCH by how many degrees?"))
        return
    at, word = reading.words.pop(0)
    roll = float(re.sub(r"°|deg", "", word, flags=re.IGNORECASE))
    if not 0 < abs(roll) <= 45:
        reading.faults.append((at, f"a Dutch angle of {word} is not within 45° either way"))
    reading.shot = replace(reading.shot, roll_deg=roll)


def _read_word(reading: _Reading) -> None:
    """Read one word after the label, or one group of names."""
    at, word = reading.words[0]
    upper = word.upper()
    lens = _LENS.match(word)
    known = {
        "size": OTHER_SIZES.get(upper, upper) if OTHER_SIZES.get(upper, upper) in SIZES else "",
        "angle": upper if upper in ANGLES else "",
        "side": upper if upper in SIDES_DEG else "",
    }
    what = next((name for name, value in known.items() if value), "")
    if not (what or lens or upper in {"OTS", "DUTCH"}):
        _read_who(reading)
        return
    reading.words.pop(0)
    if what:
        reading.once(what, at, word)
        changed = {what: known[what]}
        reading.shot = replace(reading.shot, **changed)  # type: ignore[arg-type]
    elif lens:
        reading.once("lens", at, word)
        reading.shot = replace(reading.shot, focal_mm=float(lens[1]))
        if not 1 <= float(lens[1]) <= 2000:
            reading.faults.append((at, f"no lens of {word} is made"))
    elif upper == "OTS":
        reading.once("OTS", at, word)
        reading.shot = replace(reading.shot, over=True)
    else:
        _read_dutch(reading, at)


def _strangers(reading: _Reading, tokens: list[tuple[int, str]], cast: Collection[str]) -> list[tuple[int, str]]:
    """Return the names that are not in the cast, each with its position and the nearest name."""
    faults = []
    for name in dict.fromkeys((*reading.shot.who, *filter(None, [reading.shot.looks_at]))):
        if name not in cast:
            near = get_close_matches(name.upper(), [*cast, *WORDS], n=1, cutoff=0.5)
            at = next((at for at, word in tokens[1:] if _unquoted(word) == name), 0)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            faults.append((at, f"{name!r} is neither in the cast nor a word of the grammar{hint}"))
    return faults


def _whole(reading: _Reading, end: int) -> list[tuple[int, str]]:
    """Return what a shot lacks as a whole."""
    shot, faults = reading.shot, []
    if "size" not in reading.said:
        faults.append((end, f"no size is given: {', '.join(SIZES)}"))
    if "subject" not in reading.said:
        faults.append((end, "nobody is in the frame: give a name"))
    if shot.over and not (len(shot.who) == 1 and shot.looks_at):
        faults.append((end, "OTS needs one name and whom it looks at: JENNY>WILL is Jenny, over Will's shoulder"))
    if len(set(shot.who)) < len(shot.who) or shot.looks_at in shot.who:
        faults.append((end, "the same name stands twice"))
    return faults


def parse_shot(line: str, cast: Collection[str] = ()) -> Shot:
    """Return the shot a line asks for; every fault is told at once, with its column.

    Args:
        line: one line of the grammar above.
        cast: if given, only these names may stand in the frame.

    >>> shot = parse_shot("42B MCU LOW 50mm JENNY>WILL, push in 3s")
    >>> shot.size, shot.focal_mm, shot.who, shot.looks_at, shot.moves[0].seconds
    ('MCU', 50.0, ('JENNY',), 'WILL', 3.0)
    """
    tokens = [(found.start() + 1, found.group()) for found in _TOKEN.finditer(line)]
    faults = [(at, "a quote is opened and never closed") for at, word in tokens if word == '"']
    parts: list[list[tuple[int, str]]] = [[]]
    commas = []
    for at, word in tokens:
        if word == ",":
            parts.append([])
            commas.append(at)
        elif word != '"':
            parts[-1].append((at, word))
    head = parts[0]
    label = head[0][1] if head else ""
    reading = _Reading(Shot(label, ""), head[1:], faults, set())
    if not label or label in "+>" or label.startswith('"') or label.upper() in WORDS or label.lower() in WAYS:
        faults.append((head[0][0] if head else 1, "the line must start with the shot's label"))
    while reading.words:
        _read_word(reading)
    moves = [parse_move(part, comma + 1) for part, comma in zip(parts[1:], commas, strict=True)]
    for _, found in moves:
        faults.extend(found)
    faults.extend(_whole(reading, len(line) + 1))
    if cast:
        faults.extend(_strangers(reading, tokens, cast))
    if faults:
        reasons = [f"column {at}: {fault}" for at, fault in sorted(faults)]
        raise BadMaterial(f"{len(faults)} fault(s) in the shot {line!r}:", reasons, "Correct the line.")
    return replace(reading.shot, moves=tuple(move for move, _ in moves))


def write_shot(shot: Shot) -> str:
    """Return a shot as one line, in one order; reading it gives the shot again.

    >>> write_shot(parse_shot("42b jenny+Will 35mm ws high, hold 2s"))
    '42b LS HIGH 35mm jenny+Will, hold 2s'
    """
    who = "+".join(_quoted(name) for name in shot.who) + (f">{_quoted(shot.looks_at)}" if shot.looks_at else "")
    words = [
        shot.label,
        shot.size,
        "OTS" if shot.over else "",
        shot.angle if shot.angle != "EYE" else "",
        shot.side,
        f"DUTCH {number(shot.roll_deg)}" if shot.roll_deg else "",
        f"{number(shot.focal_mm)}mm" if shot.focal_mm else "",
        who,
    ]
    return ", ".join([" ".join(word for word in words if word), *map(write_move, shot.moves)])
