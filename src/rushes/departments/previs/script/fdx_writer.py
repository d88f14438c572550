"""Final Draft's FDX, written; Final Draft opens it, and reading it gives the same script."""

from xml.sax.saxutils import escape, quoteattr

from rushes.departments.previs.script.eighths import say_eighths
from rushes.departments.previs.script.emphasis import ORDER, Run, cut_runs
from rushes.departments.previs.script.fdx_paragraph import KINDS
from rushes.departments.previs.script.model import Element, Kind, Note, Script

TYPES = {kind: name for name, kind in reversed(KINDS.items())}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
    '<FinalDraft DocumentType="Script" Template="No" Version="5">\n'
)
# what XML 1.0 has no way to write
UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


def write_fdx(script: Script) -> str:
    r"""Write a script as FDX, notes, sections, revisions and tags with it.

    >>> xml = write_fdx(Script((), (Element(Kind.SCENE, "INT. SHED - DAY", "4A"),)))
    >>> xml.split("\n")[3]
    '<Paragraph Type="Scene Heading" Number="4A"><Text>INT. SHED - DAY</Text></Paragraph>'
    """
    names = sorted({element.revision for element in script.elements if element.revision})
    revisions = {name: number for number, name in enumerate(names, 1)}
    kinds = sorted({(tag.category, tag.name) for element in script.elements for tag in element.tags})
    tags = {said: number for number, said in enumerate(kinds, 1)}
    body: list[str] = []
    side, fresh = "", ""
    for element in script.elements:
        if element.kind is Kind.PAGE_BREAK:
            body += [f'<Paragraph Type="General"{fresh}></Paragraph>'] if fresh else []
            fresh = ' StartsNewPage="Yes"'
            continue
        if element.side != side and not (side and element.side == "right"):
            body += ["</DualDialogue></Paragraph>"] if side else []
            body += ["<Paragraph><DualDialogue>"] if element.side else []
        side = element.side
        body.append(_paragraph(element, fresh, revisions, tags=tags))
        fresh = ""
    body += ["</DualDialogue></Paragraph>"] if side else []
    body += [f'<Paragraph Type="General"{fresh}></Paragraph>'] if fresh else []
    parts = ["<Content>", *body, "</Content>", _title(script), _revisions(revisions), _tags(tags)]
    return (HEAD + "\n".join(part for part in parts if part) + "\n</FinalDraft>\n").translate(UNWRITABLE)


def _paragraph(element: Element, fresh: str, revisions: dict[str, int], *, tags: dict[tuple[str, str], int]) -> str:
    said = f" Type={quoteattr(_type(element))}{fresh}"
    said += f" Number={quoteattr(element.number)}" if element.number else ""
    said += ' Alignment="Center"' if element.kind is Kind.CENTRED else ""
    length = f'<SceneProperties Length="{say_eighths(element.eighths)}"/>' if element.eighths else ""
    if element.kind in (Kind.NOTE, Kind.BONEYARD):
        return f"<Paragraph{said}>{_note(Note(0, element.text, element.kind is Kind.BONEYARD))}</Paragraph>"
    revision = f' RevisionID="{revisions[element.revision]}"' if element.revision else ""
    places = sorted({note.at for note in element.notes} | {at for tag in element.tags for at in (tag.start, tag.end)})
    words = []
    for start, cut in zip([-1, *places], cut_runs(element.text, places), strict=True):
        words += [_note(note) for note in element.notes if note.at == start]
        tag = next((tag for tag in element.tags if tag.start <= start < tag.end), None)
        number = f' TagNumber="{tags[tag.category, tag.name]}"' if tag else ""
        words.append(_texts(cut, revision + number))
    return f"<Paragraph{said}>{length}{''.join(words)}</Paragraph>"


def _type(element: Element) -> str:
    if element.kind is Kind.SECTION:
        return f"Outline {element.depth}"
    return element.style or TYPES.get(element.kind) or ("Action" if element.kind is Kind.CENTRED else "General")


def _texts(cut: list[Run], said: str) -> str:
    parts = []
    for run in cut:
        styles = "+".join(style for style in reversed(ORDER) if style in run.styles)
        style = f' Style="{styles}"' if styles else ""
        parts.append(f"<Text{style}{said}>{escape(run.text)}</Text>")
    return "".join(parts)


def _note(note: Note) -> str:
    struck = ' Type="Boneyard"' if note.struck else ""
    return f"<ScriptNote><Paragraph{struck}><Text>{escape(note.text)}</Text></Paragraph></ScriptNote>"


def _title(script: Script) -> str:
    lines = []
    for entry in script.title:
        for place, line in enumerate(entry.lines or ("",)):
            key = f" Key={quoteattr(entry.key)}" if place == 0 else ' Key=""'
            lines.append(f'<Paragraph Type="General" Alignment="Center"{key}><Text>{escape(line)}</Text></Paragraph>')
    return "\n".join(["<TitlePage><Content>", *lines, "</Content></TitlePage>"]) if lines else ""


def _revisions(revisions: dict[str, int]) -> str:
    sets = [f"<Revision ID={quoteattr(str(number))} Name={quoteattr(name)}/>" for name, number in revisions.items()]
    return "".join(["<Revisions>", *sets, "</Revisions>"]) if sets else ""


def _tags(tags: dict[tuple[str, str], int]) -> str:
    if not tags:
        return ""
    categories = {category: number for number, category in enumerate(sorted({said[0] for said in tags}), 1)}
    parts = ["<TagData><TagCategories>"]
    parts += [f'<TagCategory Id="c{number}" Name={quoteattr(name)}/>' for name, number in categories.items()]
    parts.append("</TagCategories><TagDefinitions>")
    for (category, name), number in tags.items():
        parts.append(f'<TagDefinition Id="d{number}" CatId="c{categories[category]}" Label={quoteattr(name)}/>')
    parts.append("</TagDefinitions><Tags>")
    parts += [f'<Tag Number="{number}"><DefId>d{number}</DefId></Tag>' for number in tags.values()]
    return "".join([*parts, "</Tags></TagData>"])
