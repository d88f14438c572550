"""A new draft merged into the old: scenes keep their ids, shots stay where their words are, and none is lost.

What cannot be placed goes to the tray, with the reason; nothing is thrown away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rushes.departments.previs.script.likeness import Pairing, pair_scenes, words_of
from rushes.departments.previs.script.model import Scene, Script, printed, scenes


@dataclass(frozen=True, slots=True)
class Tracked:
    """A scene with the id that it keeps through all drafts, whatever its number becomes."""

    id: str
    scene: Scene


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a shot, board or other thing hangs on.

    Attributes:
        id: of the shot or board.
        scene: the id of its scene.
        element: which element of the scene it stands at, from 0, the heading.
        exact: its element is still there word for word; else it stands at the nearest that is.
    """

    id: str
    scene: str
    element: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Orphan:
    """An anchor in the tray, and why it is there; its `words` are those it stood at."""

    anchor: Anchor
    why: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one scene: its words ("kept", "changed", "omitted", "new") and whether it moved."""

    id: str
    what: str
    moved: bool
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A new draft with the old draft's ids: its scenes, what changed, the anchors placed, and the tray."""

    scenes: tuple[Tracked, ...]
    changes: tuple[Change, ...]
    anchors: tuple[Anchor, ...]
    tray: tuple[Orphan, ...]


def track(script: Script) -> tuple[Tracked, ...]:
    """Give the scenes of a first draft their ids."""
    return tuple(Tracked(f"scene-{number:04d}", scene) for number, scene in enumerate(scenes(script), 1))


def merge(
    old: Sequence[Tracked],
    new: Script,
    anchors: Sequence[Anchor],
    *,
    tray: Sequence[Orphan] = (),
    retired: Sequence[str] = (),
) -> Merged:
    """Merge a new draft into the old one.

    Args:
        old: the scenes of the old draft.
        new: the new draft.
        anchors: what hangs on the old draft's scenes.
        tray: the orphans of earlier merges; those whose words are back are placed again.
        retired: ids of scenes of earlier drafts, which no new scene may take.

    Returns:
        Every anchor and every orphan is in `anchors` or in `tray`, once.
    """
    drafted = scenes(new)
    pairing = pair_scenes([kept.scene for kept in old], drafted)
    ids = _ids(old, len(drafted), pairing, taken={*retired, *(orphan.anchor.scene for orphan in tray)})
    tracked = tuple(Tracked(name, scene) for name, scene in zip(ids, drafted, strict=True))
    places = _Places(old, tracked, pairing)
    held: list[Anchor] = []
    lost: list[Orphan] = []
    for anchor in anchors:
        found = places.place(anchor)
        if isinstance(found, Anchor):
            held.append(found)
        else:
            lost.append(found)
    for orphan in tray:
        back = places.find(orphan.words)
        if back:
            held.append(replace(orphan.anchor, scene=back[0], element=back[1], exact=True))
        else:
            lost.append(orphan)
    return Merged(tracked, _changes(old, tracked, pairing), tuple(held), tuple(lost))


def _ids(old: Sequence[Tracked], count: int, pairing: Pairing, *, taken: set[str]) -> list[str]:
    used = {kept.id for kept in old} | taken
    numbers = [int(name[6:]) for name in used if name.startswith("scene-") and name[6:].isdecimal()]
    fresh = max(numbers, default=0)
    ids = []
    for place in range(count):
        if place in pairing.back:
            ids.append(old[pairing.back[place]].id)
        else:
            fresh += 1
            ids.append(f"scene-{fresh:04d}")
    return ids


def _changes(old: Sequence[Tracked], new: Sequence[Tracked], pairing: Pairing) -> tuple[Change, ...]:
    changes = []
    for place, kept in enumerate(new):
        before = old[pairing.back[place]] if place in pairing.back else None
        same = before is not None and _words(before.scene) == _words(kept.scene)
        what = "new" if before is None else "kept" if same else "changed"
        changes.append(
            Change(
                kept.id,
                what,
                place in pairing.moved,
                before.scene.heading.text if before else "",
                kept.scene.heading.text,
            )
        )
    held = set(pairing.back.values())
    gone = [kept for place, kept in enumerate(old) if place not in held]
    return (*changes, *(Change(kept.id, "omitted", False, kept.scene.heading.text, "") for kept in gone))


def _words(scene: Scene) -> list[tuple[str, str, str, str]]:
    return list(printed(Script((), scene.elements)))


class _Places:
    """Where the words of the old draft stand in the new one."""

    def __init__(self, old: Sequence[Tracked], new: Sequence[Tracked], pairing: Pairing) -> None:
        self.old = {kept.id: kept.scene for kept in old}
        held = {place: old[before].id for place, before in pairing.back.items()}
        self.new = {held[place]: kept for place, kept in enumerate(new) if place in held}
        self.said = {name: [words_of(element) for element in scene.elements] for name, scene in self.old.items()}
        self.says = {name: [words_of(element) for element in kept.scene.elements] for name, kept in self.new.items()}
        self.at: dict[str, list[tuple[str, int]]] = {}
        for kept in new:
            for place, element in enumerate(kept.scene.elements):
                self.at.setdefault(words_of(element), []).append((kept.id, place))

    def find(self, words: str) -> tuple[str, int] | None:
        """Return the one place where these words stand; a few words, or words in two places, prove nothing."""
        places = self.at.get(words, [])
        return places[0] if len(places) == 1 and len(words.split()) >= 3 else None

    def place(self, anchor: Anchor) -> Anchor | Orphan:
        """Return an anchor on the new draft, or in the tray."""
        before = self.old.get(anchor.scene)
        if before is None:
            return Orphan(anchor, f"no scene {anchor.scene} in the old draft")
        said = self.said[anchor.scene]
        inside = 0 <= anchor.element < len(said)
        words = said[anchor.element] if inside else ""
        after = self.says.get(anchor.scene)
        if after is not None and inside and words in after:
            # the same words twice: the nth stays the nth
            here = [place for place, held in enumerate(after) if held == words]
            nth = min(said[: anchor.element].count(words), len(here) - 1)
            return replace(anchor, element=here[nth])
        # the scene was split, or the moment was moved to another one
        elsewhere = self.find(words) if anchor.element else None
        if elsewhere:
            return replace(anchor, scene=elsewhere[0], element=elsewhere[1], exact=True)
        if after is None:
            return Orphan(anchor, f"its scene was omitted: {before.heading.text}", words)
        return replace(anchor, element=_nearest(said, after, anchor.element), exact=False)


def _nearest(said: Sequence[str], after: Sequence[str], element: int) -> int:
    kept = {words: place for place, words in enumerate(after)}
    for place in range(min(element, len(said)) - 1, -1, -1):
        if said[place] in kept:
            # what was there is most likely what it was rewritten into: the next one down
            return min(kept[said[place]] + element - place, len(after) - 1)
    return min(max(element, 0), len(after) - 1)
