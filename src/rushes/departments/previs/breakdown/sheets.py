"""The breakdown of a script: a sheet for every scene, and the lists of what is needed where."""

from collections.abc import Mapping, Sequence

from rushes.departments.previs.breakdown.decisions import Decision
from rushes.departments.previs.breakdown.headings import number_scenes, read_headings
from rushes.departments.previs.breakdown.items import Category, SceneSheet
from rushes.departments.previs.breakdown.lexicon import the_lexicon
from rushes.departments.previs.breakdown.reading import first_mentions, read_items, read_show
from rushes.departments.previs.breakdown.tagger import Tagger, propose
from rushes.departments.previs.script.eighths import scene_eighths
from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.merge import Tracked


def break_down(
    script_scenes: Sequence[Tracked], *, tagger: Tagger | None = None, decided: Sequence[Decision] = ()
) -> tuple[SceneSheet, ...]:
    r"""Break a script down into one sheet for every scene.

    Final Draft's tags win over what people decided, that wins over cues and rules, and those over the tagger.

    Args:
        script_scenes: the draft, with the ids that its scenes keep.
        tagger: the show's own, for words that the word list does not know; nothing leaves them out.
        decided: what people accepted and rejected, in this draft or any before.

    Returns:
        The sheets in the order of the script; on each an item's first mention, the order that of the scene's words.

    >>> from rushes.departments.previs.script.fountain import read_fountain
    >>> from rushes.departments.previs.script.merge import track
    >>> text = b"INT. SHED - NIGHT\n\nJO (30s) cocks a rusty shotgun. Two COPS freeze.\n\nJO\nOut!\n"
    >>> [(item.category.value, item.name, item.words) for item in break_down(track(read_fountain(text)))[0].items]
    [('props', 'shotgun', 'shotgun'), ('extras', 'cops', 'Two COPS'), ('cast', 'JO', 'JO')]
    """
    show = read_show(script_scenes, decided, the_lexicon())
    slugs = read_headings(tracked.scene.heading.text for tracked in script_scenes)
    numbers = number_scenes([tracked.scene for tracked in script_scenes])
    sheets = []
    for reading, slug, number in zip(show.readings, slugs, numbers, strict=True):
        items = read_items(show, reading)
        if tagger is not None:
            items += propose(show, reading, tagger, taken=items)
        heading = " ".join(plain(reading.elements[0].text).split())
        said = (reading.tracked.id, number, heading, slug.where, slug.place, slug.time)
        sheets.append(SceneSheet(*said, scene_eighths(reading.tracked.scene), first_mentions(items)))
    return tuple(sheets)


def elements_table(sheets: Sequence[SceneSheet]) -> Mapping[Category, Mapping[str, tuple[str, ...]]]:
    """Return for each category and name the numbers of the scenes that need it, in the order of the script.

    Names are the same whatever their case, and are written as the first sheet writes them; cast that speaks in one
    scene and is silent in another stands in both lists. Categories come in the order of a sheet, names of the alphabet.
    """
    held: dict[Category, dict[str, tuple[str, list[str]]]] = {category: {} for category in Category}
    for sheet in sheets:
        for item in sheet.items:
            _, scenes = held[item.category].setdefault(item.name.casefold(), (item.name, []))
            scenes.append(sheet.number)
    return {
        category: {name: tuple(scenes) for _, (name, scenes) in sorted(named.items())}
        for category, named in held.items()
    }
