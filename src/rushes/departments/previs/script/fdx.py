"""Final Draft's FDX, read as a stream: no entities, no document type, no tree that a hostile file could grow."""

from dataclasses import dataclass, field
from xml.parsers import expat

from rushes.departments.previs.script.fdx_paragraph import Paragraph, Part, paragraph_elements
from rushes.departments.previs.script.model import Element, Script, Span, TitleEntry
from rushes.departments.previs.script.refuse import decoded
from rushes.domain.errors import BadMaterial

DEEPEST = 64
NOTES = ("ScriptNote", "Summary", "OmittedScene")


def read_fdx(raw: bytes, name: str = "script") -> Script:
    r"""Read a Final Draft script; `Script.source` is the XML, a span is its paragraph's.

    Args:
        raw: the file's bytes.
        name: of the file, for errors.

    Raises:
        BadMaterial: it is no FDX, too big or too deep, or asks for entities; the message names the line.

    >>> xml = b'<FinalDraft><Content><Paragraph Type="Action"><Text>Rain.</Text></Paragraph></Content></FinalDraft>'
    >>> [(element.kind.value, element.text) for element in read_fdx(xml).elements]
    [('action', 'Rain.')]
    """
    source = decoded(raw, name)
    return Reader(source, name).script()


@dataclass
class Reader:
    """Listens to the parser; `open` are the paragraphs that have begun and not ended."""

    source: str
    name: str
    path: list[str] = field(default_factory=list)
    open: list[Paragraph] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    title: list[Paragraph] = field(default_factory=list)
    words: Part | None = None
    duals: int = 0
    names: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, tuple[str, str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    number: str = ""
    seen: bool = False
    marker: tuple[int, int] = (0, 0)

    def script(self) -> Script:
        """Read all of it."""
        self.parse()
        if not self.seen:
            raise BadMaterial(f"{self.name}, line 1: no <Content> of a Final Draft script", remedy="Save it as FDX.")
        tags = {number: self.definitions[known] for number, known in self.tags.items() if known in self.definitions}
        elements: list[Element] = []
        doubts: list[str] = []
        for paragraph in self.paragraphs:
            paragraph_elements(paragraph, elements, doubts, revisions=self.names, tags=tags)
        entries: list[TitleEntry] = []
        for paragraph in self.title:
            _title(paragraph, entries)
        return Script(tuple(entries), tuple(elements), self.source, doubts=tuple(doubts))

    def parse(self) -> None:
        """Run the parser over the source."""
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        self.bytes = self.source.encode()
        try:
            parser.Parse(self.bytes, True)
        except expat.ExpatError as error:
            why = f"{self.name}, line {error.lineno}: {expat.ErrorString(error.code)}"
            raise BadMaterial(why, remedy="Save the script again from Final Draft.") from error

    def doctype(self, *_: object) -> None:
        """Refuse a document type: entities could make a bomb or read other files."""
        why = f"{self.name}, line {self.parser.CurrentLineNumber}: a document type; FDX has none"
        raise BadMaterial(why, remedy="Save the script again from Final Draft.")

    def start(self, tag: str, said: dict[str, str]) -> None:
        """Begin an element of the XML."""
        self.path.append(tag)
        if len(self.path) > DEEPEST:
            raise BadMaterial(f"{self.name}, line {self.parser.CurrentLineNumber}: {DEEPEST} elements deep")
        self.seen |= self.path == ["FinalDraft", "Content"]
        if tag == "Paragraph":
            self.begin(said)
        elif tag == "DualDialogue":
            self.duals = 1
        elif tag == "Text" and self.open:
            self.words = Part("", said.get("Style", ""), said.get("RevisionID", ""), said.get("TagNumber", ""))
        elif tag == "SceneProperties" and self.open:
            self.open[-1].length = said.get("Length", "")
        else:
            self.declared(tag, said)

    def declared(self, tag: str, said: dict[str, str]) -> None:
        """Take what is declared of revision sets and tags."""
        if tag == "Revision" and (said.get("ID") or said.get("Id")):
            self.names[said.get("ID") or said["Id"]] = said.get("Name") or said.get("Color") or ""
        elif tag == "TagCategory":
            self.categories[said.get("Id", "")] = said.get("Name", "")
        elif tag == "TagDefinition":
            self.definitions[said.get("Id", "")] = (
                self.categories.get(said.get("CatId", ""), ""),
                said.get("Label", ""),
            )
        elif tag == "Tag":
            self.number = said.get("Number", "")
        elif tag == "DefId":
            self.said.clear()

    def begin(self, said: dict[str, str]) -> None:
        """Begin a paragraph; one inside a note or a summary is words of the paragraph around it."""
        within = next((tag for tag in reversed(self.path[:-1]) if tag in (*NOTES, "Paragraph")), "")
        start = self.characters(self.parser.CurrentByteIndex)
        line = self.parser.CurrentLineNumber
        paragraph = Paragraph(said, Span(start, start, line), within=within if within in NOTES else "")
        if self.duals:
            self.duals += said.get("Type") == "Character"
            paragraph.side = ("", "", "left", "right")[min(self.duals, 3)]
        self.open.append(paragraph)

    def text(self, words: str) -> None:
        """Take characters."""
        if self.words is not None:
            self.words.text += words
        elif self.path[-1] == "DefId":
            self.said.append(words)

    def end(self, tag: str) -> None:
        """End an element of the XML."""
        self.path.pop()
        if tag == "Text" and self.words is not None:
            self.open[-1].parts.append(self.words)
            self.words = None
        elif tag == "DualDialogue":
            self.duals = 0
        elif tag == "DefId":
            self.tags[self.number] = "".join(self.said).strip()
        elif tag == "Paragraph" and self.open:
            self.finish(self.open.pop())

    def finish(self, paragraph: Paragraph) -> None:
        """Put a paragraph where it belongs."""
        shut = self.bytes.find(b">", self.parser.CurrentByteIndex) + 1
        paragraph.span = Span(paragraph.span.start, self.characters(shut), paragraph.span.line)
        around = self.open[-1] if self.open else None
        if paragraph.within == "ScriptNote" and around:
            struck = paragraph.said.get("Type") == "Boneyard"
            around.parts.append(Part("".join(part.text for part in paragraph.parts), note=True, struck=struck))
        elif paragraph.within and around:
            around.below.append(paragraph)
        elif "TitlePage" in self.path:
            self.title.append(paragraph)
        elif "Content" in self.path and "HeaderAndFooter" not in self.path:
            self.paragraphs.append(paragraph)
        elif paragraph.within == "ScriptNote":
            words = "".join(part.text for part in paragraph.parts)
            self.paragraphs.append(Paragraph({}, paragraph.span, parts=[Part(words, note=True)]))

    def characters(self, place: int) -> int:
        """Return how many characters the first `place` bytes are; places come in rising order."""
        known, count = self.marker
        count += len(self.bytes[known:place].decode("utf-8", "replace"))
        self.marker = (place, count)
        return count


def _title(paragraph: Paragraph, entries: list[TitleEntry]) -> None:
    words = "".join(part.text for part in paragraph.parts if not part.note).strip()
    key = paragraph.said.get("Key", "") or ("" if entries else "Title")
    if not words:
        return
    if key:
        entries.append(TitleEntry(key, (words,), paragraph.span))
    else:
        last = entries[-1]
        entries[-1] = TitleEntry(
            last.key, (*last.lines, words), Span(last.span.start, paragraph.span.end, last.span.line)
        )
