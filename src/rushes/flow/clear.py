"""clear: freeze assets into a dataset, if every licence and consent allows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rushes.departments.department import Department, LessonKind
from rushes.departments.find import find_department
from rushes.domain.errors import BadMaterial, NotCleared
from rushes.domain.gate import valid_until
from rushes.domain.names import check_name
from rushes.domain.nouns import Asset, Dataset, Show, frame_numbers
from rushes.domain.parts import Item
from rushes.domain.question import Use
from rushes.domain.records import digest_of
from rushes.domain.signatures import all_objections, objections_by_signature
from rushes.studio import Studio


@dataclass(frozen=True)
class Part:
    """One asset's part in a dataset, as a person names it.

    Attributes:
        role: such as `before`.
        asset: its name.
        group: parts with the same number belong together.
        frames: which of its frames; empty for all that the group has in common.
    """

    role: str
    asset: str
    group: int = 0
    frames: tuple[int, ...] = ()


def clear_dataset(studio: Studio, show: str, name: str, *, department: str, parts: Sequence[Part]) -> Dataset:
    """Freeze assets into a dataset, if every licence and consent allows it.

    Raises:
        NotCleared: with every objection to every asset.
        BadMaterial: roles or frames do not make a lesson for this department.
    """
    check_name("dataset", name)
    production = studio.ledger.find(Show, show, show)
    teacher = find_department(department)
    assets = {part.asset: studio.ledger.find(Asset, show, part.asset) for part in parts}
    items = _items(teacher, parts, assets)
    use = Use(show, teacher.action, department, production.territory, studio.today())
    grants = studio.grants(show)
    # a producer makes one round of calls, so collect every objection before refusing
    known = list(assets.values())
    groups = objections_by_signature(known, use, grants)
    if reasons := [str(reason) for reason in all_objections(known, groups)]:
        raise NotCleared(reasons)
    instruments = {grant for group in groups for grant in group.relied_on}
    dataset = Dataset(
        show=show,
        name=name,
        department=department,
        action=use.action,
        territory=use.territory,
        items=items,
        grants=tuple(sorted(digest_of(grant) for grant in instruments)),
        cleared=use.on,
        valid_until=valid_until(instruments),
    )
    studio.record(dataset)
    return dataset


def _items(teacher: Department, parts: Sequence[Part], assets: dict[str, Asset]) -> tuple[Item, ...]:
    groups: dict[int, list[Part]] = {}
    for part in parts:
        groups.setdefault(part.group, []).append(part)
    faults = [fault for part in parts for fault in _frame_faults(part, assets[part.asset])]
    items: list[Item] = []
    for number, group in groups.items():
        kind = _kind_of_lesson(teacher, group)
        if kind is None:
            given = " + ".join(sorted({part.role for part in group}))
            faults.append(f"{', '.join(part.asset for part in group)}: given as {given}")
            continue
        mine = _framed(number, group, assets, paired=kind.paired)
        counts = {len(item.frames) for item in mine}
        if 0 in counts or (kind.paired and len(counts) > 1):
            faults.append(_unpaired(group, mine))
        items += mine
    if faults or not items:
        raise BadMaterial(f"this is no lesson for {teacher.name}", faults or ["it is empty"], _lessons(teacher))
    return tuple(items)


def _framed(number: int, group: list[Part], assets: dict[str, Asset], *, paired: bool) -> list[Item]:
    """Give each part its frames: those it names, or else all that the group has in common, or all it has."""
    unnamed = [set(frame_numbers(assets[part.asset])) for part in group if not part.frames]
    common = tuple(sorted(set.intersection(*unnamed))) if unnamed else ()
    return [
        Item(
            digest_of(assets[part.asset]),
            part.role,
            number,
            part.frames or (common if paired else frame_numbers(assets[part.asset])),
        )
        for part in group
    ]


def _unpaired(group: list[Part], items: list[Item]) -> str:
    counts = ", ".join(f"{part.asset} {len(item.frames)}" for part, item in zip(group, items, strict=True))
    return f"frames do not pair up ({counts}); name them in pairs, as in {group[0].asset}@12,40"


def _kind_of_lesson(teacher: Department, group: list[Part]) -> LessonKind | None:
    roles = {part.role for part in group}
    return next((kind for kind in teacher.lessons if kind.fits(roles)), None)


def _frame_faults(part: Part, asset: Asset) -> list[str]:
    there = set(frame_numbers(asset))
    gone = [str(number) for number in part.frames if number not in there]
    first, last = asset.frames
    return [f"{part.asset}: has frames {first}-{last}, not {', '.join(gone)}"] if gone else []


def _lessons(teacher: Department) -> str:
    def words(kind: LessonKind) -> str:
        return " + ".join(f"{need.role} ({need.words}{', optional' * need.optional})" for need in kind.needs)

    return "It is taught by " + ", or by ".join(words(kind) for kind in teacher.lessons)
