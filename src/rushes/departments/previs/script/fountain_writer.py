"""Fountain 1.1, written; what would read as something else is forced, so that reading it gives the same script."""

from rushes.departments.previs.script.fountain import HEADING, TITLE_KEY, is_cue, is_transition
from rushes.departments.previs.script.model import SPOKEN, Element, Kind, Script, TitleEntry

# a line that starts with one of these is not action
FORCES = ("!", "@", "#", ">", "=", "~", ".")


def write_fountain(script: Script) -> str:
    r"""Write a script as Fountain; its tags stay behind, since Fountain has no word for them.

    >>> print(write_fountain(Script((), (Element(Kind.SCENE, "ROOF", "7"), Element(Kind.ACTION, "BANG")))), end="")
    .ROOF #7#
    <BLANKLINE>
    BANG
    """
    blocks: list[str] = []
    for place, element in enumerate(script.elements):
        beneath = place + 1 < len(script.elements) and script.elements[place + 1].kind in SPOKEN
        block = _block(element, beneath, first=not blocks and not script.title)
        if element.kind in SPOKEN and place and script.elements[place - 1].kind in (Kind.CHARACTER, *SPOKEN):
            blocks[-1] += f"\n{block}"
        else:
            blocks.append(block)
    title = "".join(map(_entry, script.title))
    return "\n\n".join([*([title.rstrip("\n")] if title else []), *blocks]) + "\n"


def _entry(entry: TitleEntry) -> str:
    if len(entry.lines) == 1:
        return f"{entry.key}: {entry.lines[0]}\n"
    return "".join([f"{entry.key}:\n", *(f"    {line}\n" for line in entry.lines)])


def _block(element: Element, beneath: bool, *, first: bool) -> str:
    text = _with_notes(element)
    match element.kind:
        case Kind.SCENE:
            dot = "" if HEADING.match(element.text) else "."
            return f"{dot}{text}" + (f" #{element.number}#" if element.number else "")
        case Kind.TRANSITION:
            return text if is_transition(element.text) and text == element.text else f"> {text}"
        case Kind.CHARACTER:
            at = "" if beneath and is_cue(element.text) and not is_transition(element.text) else "@"
            return f"{at}{text}{' ^' if element.side == 'right' else ''}" + ("" if beneath else "\n  ")
        case Kind.ACTION:
            return f"!{text}" if _forced(element.text, first=first) else text
        case _:
            return _marked(element, text)


def _marked(element: Element, text: str) -> str:
    lines = text.split("\n")
    written = {
        Kind.CENTRED: "\n".join(f"> {line} <" for line in lines),
        Kind.LYRIC: "\n".join(f"~{line}" if line else "  " for line in lines),
        Kind.DIALOGUE: "\n".join(line or "  " for line in lines),
        Kind.SECTION: f"{'#' * element.depth} {text}",
        Kind.SYNOPSIS: f"= {text}",
        Kind.NOTE: f"[[{element.text}]]",
        Kind.BONEYARD: f"/*{element.text}*/",
        Kind.PAGE_BREAK: f"==={text}",
    }
    return written.get(element.kind, text)


def _forced(text: str, *, first: bool) -> bool:
    lines = [line.strip() for line in text.split("\n")]
    top = lines[0]
    if top.startswith(FORCES) or HEADING.match(top) or is_transition(text.lstrip()):
        return True
    if any(line.startswith(("#", ">", "==", "~")) for line in lines[1:]):
        return True
    return (len(lines) > 1 and is_cue(top)) or (first and bool(TITLE_KEY.fullmatch(text.partition("\n")[0])))


def _with_notes(element: Element) -> str:
    text, parts, done = element.text, [], 0
    for note in element.notes:
        parts += [text[done : note.at], f"/*{note.text}*/" if note.struck else f"[[{note.text}]]"]
        done = note.at
    remarks = {"revision": element.revision, "eighths": element.eighths or "", "style": element.style}
    said = "".join(f"[[rushes: {key}={value}]]" for key, value in remarks.items() if value)
    return "".join([*parts, text[done:], said])
