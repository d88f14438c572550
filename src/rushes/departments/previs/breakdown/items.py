"""What a breakdown holds: items of a scene, each with the words it was read from."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """The categories of a breakdown sheet, in its order."""

    SPEAKING = "cast"
    SILENT = "silent cast"
    EXTRAS = "extras"
    STUNTS = "stunts"
    VEHICLES = "vehicles"
    ANIMALS = "animals"
    PROPS = "props"
    DRESSING = "set dressing"
    WARDROBE = "wardrobe"
    MAKEUP = "make-up and hair"
    EFFECTS = "special effects"
    VISUAL = "visual effects"
    SOUND = "sound and music"
    EQUIPMENT = "special equipment"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a scene needs.

    Attributes:
        category: the list it goes on.
        name: what it is called on that list, in capitals for cast, else as a noun: `revolver`.
        element: which element of the scene it was read from, from 0, the heading.
        start: first character of its words in that element's text.
        end: one after the last.
        words: those characters.
        why: what says so: "tag" of Final Draft, "cue", "accepted" by a person, or the rule's name.
        sure: 0 to 1; tags, cues and what a person accepted are 1.
    """

    category: Category
    name: str
    element: int
    start: int
    end: int
    words: str
    why: str
    sure: float


@dataclass(frozen=True, slots=True)
class SceneSheet:
    """The breakdown sheet of one scene.

    Attributes:
        id: of the scene through all drafts (`script.merge.Tracked`).
        number: as printed, or counted where the script has none.
        heading: its slug line, plain words.
        where: "INT", "EXT" or "INT/EXT"; nothing where the heading does not say.
        place: the set: `KITCHEN`.
        time: "DAY", "NIGHT", "DAWN", "DUSK", "MORNING", "EVENING"… ; carried over from the scene before for CONTINUOUS,
            LATER and SAME; nothing where nobody says.
        eighths: its length in eighths of a page.
        items: in the order of the scene's words.
    """

    id: str
    number: str
    heading: str
    where: str
    place: str
    time: str
    eighths: int
    items: tuple[Item, ...]
