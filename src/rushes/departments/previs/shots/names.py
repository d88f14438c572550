"""What a show calls its shots, and who they are: labels come and go, an id never changes and is never used twice.

Schemes are a template of the show's own, such as `{scene}{letters}` (a slate), `{scene}-{number:03d}` or
`{show}_{sequence}_{number:04d}`. Slate letters leave out I and O, which read as 1 and 0.
"""

import re
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound

LETTERS = "".join(letter for letter in string.ascii_uppercase if letter not in "IO")
_FIELD = re.compile(r"\{(\w+)(?::0?\d{1,2}d)?\}")
_SCENE = re.compile(r"([A-Z]*)(\d+)([A-Z]*)\Z")


def slate_letters(number: int) -> str:
    """Return the letters of the set-up so many after the master, which has none.

    >>> [slate_letters(number) for number in (0, 1, 8, 9, 14, 24, 25)]
    ['', 'A', 'H', 'J', 'P', 'Z', 'AA']
    """
    if number < 0:
        raise BadMaterial(f"there is no set-up {number}")
    letters = ""
    while number:
        number, left = divmod(number - 1, len(LETTERS))
        letters = LETTERS[left] + letters
    return letters


def letters_number(letters: str) -> int:
    """Return how many set-ups after the master a slate's letters are.

    >>> letters_number("J"), letters_number("AA")
    (9, 25)
    """
    number = 0
    for letter in letters:
        if letter not in LETTERS:
            raise BadMaterial(f"{letter!r} is no slate letter in {letters!r}", remedy="I and O are left out; use A–Z.")
        number = number * len(LETTERS) + LETTERS.index(letter) + 1
    return number


def scene_key(scene: str) -> tuple[int, int, int, str, int, str]:
    """Return by what scene numbers sort in a script: A42 before 42, 42A after it, B42 between A42 and 42.

    >>> sorted(["43", "42A", "42", "B42", "A42", "42AA", "42B"], key=scene_key)
    ['A42', 'B42', '42', '42A', '42B', '42AA', '43']
    """
    found = _SCENE.match(scene.upper())
    if not found:
        raise BadMaterial(f"{scene!r} is no scene number", remedy="Write it as 42, 42A or A42.")
    before, number, after = found.groups()
    return int(number), 0 if before else 1, len(before), before, len(after), after


@dataclass(frozen=True)
class Named:
    """One shot of the show.

    Attributes:
        shot_id: its identity, for ever.
        scene: scene number.
        label: what it is called now.
        number: its place among the scene's shots from 0, the master, when it was named.
        called: every label it ever had, oldest first.
        omitted: whether it is out of the show; its label stays taken.
    """

    shot_id: str
    scene: str
    label: str
    number: int
    called: tuple[str, ...] = ()
    omitted: bool = False


@dataclass(frozen=True)
class Roster:
    """All shots of a show in order, omitted ones too.

    Attributes:
        shots: in cutting order.
        next_number: of the next id.
        scheme: a template with `{scene}`, `{letters}`, `{number}`, `{step}` (ten times number plus ten) or the words.
        words: what else the template may say, such as show and sequence.
    """

    shots: tuple[Named, ...] = ()
    next_number: int = 1
    scheme: str = "{scene}{letters}"
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def label_for(roster: Roster, scene: str, number: int) -> str:
    """Return what the scheme calls a scene's shot; a slate of scene 42A is 42A-B, as 42AB would be a set-up of 42.

    >>> label_for(Roster(), "42", 2), label_for(Roster(), "42A", 2)
    ('42B', '42A-B')
    >>> label_for(Roster(scheme="{show}_{scene}_{step:04d}", words={"show": "DUSK"}), "42", 2)
    'DUSK_42_0030'
    """
    letters = slate_letters(number)
    apart = "-" if letters and scene[-1:].isalpha() else ""
    values = {
        **roster.words,
        "scene": scene,
        "letters": apart + letters,
        "number": number + 1,
        "step": number * 10 + 10,
    }
    asked = _FIELD.findall(roster.scheme)
    if set("{}") & set(_FIELD.sub("", roster.scheme)) or not set(asked) <= set(values):
        raise BadMaterial(
            f"the naming scheme {roster.scheme!r} cannot be filled", remedy=f"It may say {', '.join(values)}."
        )
    try:
        label = roster.scheme.format_map(values)
    except ValueError as error:
        raise BadMaterial(f"the naming scheme {roster.scheme!r} cannot be filled", [str(error)]) from error
    if not label or re.search(r"[\s,>+\"]", label):
        raise BadMaterial(f"{label!r} cannot be a label", remedy="A label has no blanks, commas, quotes, > or +.")
    return label


def _taken(roster: Roster) -> dict[str, str]:
    """Return the id behind every label now in use."""
    return {named.label: named.shot_id for named in roster.shots}


def find_shot(roster: Roster, name: str) -> Named:
    """Return a shot by id, by its label, or by a label it once had where nothing else bears that now."""
    for fits in (
        lambda named: named.shot_id == name,
        lambda named: named.label == name,
        lambda named: name in named.called,
    ):
        found = [named for named in roster.shots if fits(named)]
        if len(found) == 1:
            return found[0]
    raise NotFound("shot", name, [named.label for named in roster.shots])


def _free_label(roster: Roster, scene: str, number: int, *, taken: Collection[str]) -> tuple[str, int]:
    """Return the first label from a number on that no shot has and no other scene, and its number.

    Where there is a scene 42A, scene 42 has no set-up A: on a slate the two would read alike.
    """
    scene_key(scene)
    others = {named.scene for named in roster.shots} - {scene}
    while (label := label_for(roster, scene, number)) in taken or label in others:
        number += 1
        if label_for(roster, scene, number) == label:
            raise AlreadyThere(f"the naming scheme {roster.scheme!r} gives every shot of {scene} the label {label}")
    return label, number


def add_shot(roster: Roster, scene: str, *, after: str = "") -> tuple[Roster, Named]:
    """Return the roster with a new shot at the scene's end, or after another; no other shot is renamed.

    The new shot takes the scene's next free label, so one put between 42A and 42B is 42C, as on the floor.
    """
    ever = {label for named in roster.shots for label in (named.label, *named.called)}
    label, number = _free_label(roster, scene, 0, taken=ever)
    named = Named(f"shot-{roster.next_number:06d}", scene, label, number)
    if after:
        place = roster.shots.index(find_shot(roster, after)) + 1
    else:
        later = [at for at, other in enumerate(roster.shots) if scene_key(other.scene) > scene_key(scene)]
        place = later[0] if later else len(roster.shots)
    shots = (*roster.shots[:place], named, *roster.shots[place:])
    return replace(roster, shots=shots, next_number=roster.next_number + 1), named


def _swap(roster: Roster, changed: Mapping[str, Named]) -> Roster:
    """Return the roster with some shots replaced by id."""
    return replace(roster, shots=tuple(changed.get(named.shot_id, named) for named in roster.shots))


def rename_shot(roster: Roster, name: str, label: str) -> Roster:
    """Return the roster with one shot called otherwise; its id and its place stay."""
    named = find_shot(roster, name)
    bearer = _taken(roster).get(label, named.shot_id)
    if bearer != named.shot_id:
        raise AlreadyThere(f"{label} is {bearer} already", remedy="Rename that shot first, or take another label.")
    if not label or re.search(r"[\s,>+\"]", label):
        raise BadMaterial(f"{label!r} cannot be a label", remedy="A label has no blanks, commas, quotes, > or +.")
    return _swap(roster, {named.shot_id: replace(named, label=label, called=_called(named, label))})


def _called(named: Named, label: str) -> tuple[str, ...]:
    """Return the labels a shot had before this one."""
    return named.called if label == named.label else (*named.called, named.label)


def omit_shot(roster: Roster, name: str) -> Roster:
    """Return the roster with a shot out of the show; id and label stay taken, and it can come back."""
    named = find_shot(roster, name)
    return _swap(roster, {named.shot_id: replace(named, omitted=True)})


def restore_shot(roster: Roster, name: str) -> Roster:
    """Return the roster with an omitted shot back in the show."""
    named = find_shot(roster, name)
    return _swap(roster, {named.shot_id: replace(named, omitted=False)})


def renumber(roster: Roster, scheme: str = "", *, words: Mapping[str, str] | None = None) -> Roster:
    """Return the roster with every shot named anew in cutting order, by the old scheme or a new one; ids stay."""
    fresh = replace(roster, scheme=scheme or roster.scheme, words=roster.words if words is None else dict(words))
    counts: dict[str, int] = {}
    taken: set[str] = set()
    shots = []
    for named in roster.shots:
        label, number = _free_label(fresh, named.scene, counts.get(named.scene, 0), taken=taken)
        counts[named.scene] = number + 1
        taken.add(label)
        shots.append(replace(named, label=label, number=number, called=_called(named, label)))
    return replace(fresh, shots=tuple(shots))
