"""What a dataset is made of, as groups that can be left out of it: shots, frames, assets, licences, people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from rushes.departments.find import find_department
from rushes.domain.errors import NotFound
from rushes.domain.grants import Licence
from rushes.domain.nouns import Asset, Dataset
from rushes.domain.parts import Digest, Item
from rushes.domain.question import Question, Use
from rushes.domain.records import digest_of
from rushes.studio import Studio

Assets = Mapping[Digest, Asset]
Items = tuple[Item, ...]

BY = ("shot", "frame", "asset", "licence", "person")
"""Kinds of groups."""


def groups_of(studio: Studio, dataset: Dataset, assets: Assets, *, by: str) -> dict[str, Items]:
    """Return for each group of a kind, by name, what is left of a dataset without it; in the order of the dataset.

    What belongs together goes together: without a plate its grade teaches nothing.

    Args:
        studio: whose licences name what they cover.
        dataset: to be taken apart.
        assets: of the dataset, by digest.
        by: one of `BY`.

    Raises:
        NotFound: there is no such kind of group.
    """
    if by not in BY:
        raise NotFound("kind of group", by, BY)
    if by == "frame":
        return _frames(dataset, assets)
    naming = {"shot": _shots, "asset": _assets, "licence": _licences, "person": _people}[by]
    names = naming(studio, dataset, assets)
    found = dict.fromkeys(name for item in dataset.items for name in names(item))
    return {name: without(dataset, lambda item, name=name: name in names(item)) for name in found}  # type: ignore[misc]


def without(dataset: Dataset, goes: Callable[[Item], bool]) -> Items:
    """Return the items of a dataset that are left where some go: what they were paired with goes too.

    Args:
        dataset: is left alone.
        goes: tells which items go.
    """
    kept: list[Item] = []
    for group in _together(dataset):
        if not any(goes(item) for item in group):
            kept += group
    return tuple(item for item in dataset.items if item in kept)


def _together(dataset: Dataset) -> list[list[Item]]:
    """Return the items that teach nothing without each other: the groups of a paired lesson, each item of another."""
    groups: dict[int, list[Item]] = {}
    for item in dataset.items:
        groups.setdefault(item.group, []).append(item)
    teacher = find_department(dataset.department)
    found: list[list[Item]] = []
    for group in groups.values():
        roles = {item.role for item in group}
        paired = any(kind.paired and kind.fits(roles) for kind in teacher.lessons)
        found += [group] if paired else [[item] for item in group]
    return found


Naming = Callable[[Item], Iterable[str]]


def _shots(studio: Studio, dataset: Dataset, assets: Assets) -> Naming:
    first = {id(item): assets[group[0].asset].name for group in _together(dataset) for item in group}
    return lambda item: (first[id(item)],)


def _assets(studio: Studio, dataset: Dataset, assets: Assets) -> Naming:
    return lambda item: (assets[item.asset].name,)


def _people(studio: Studio, dataset: Dataset, assets: Assets) -> Naming:
    return lambda item: assets[item.asset].people or ()


def _licences(studio: Studio, dataset: Dataset, assets: Assets) -> Naming:
    """Name the licences that the dataset relied on, for each asset that they speak of."""
    grants, relied_on = studio.grants(dataset.show), set(dataset.grants)
    use = Use(dataset.show, dataset.action, dataset.department, dataset.territory, dataset.cleared)

    def names(item: Item) -> list[str]:
        spoken: list[Licence] = Question(assets[item.asset], use, grants).licences()
        return [grant.name for grant in spoken if digest_of(grant) in relied_on]

    return names


def _frames(dataset: Dataset, assets: Assets) -> dict[str, Items]:
    """Leave out one taught moment after the other: one frame of everything that is paired in it."""
    found: dict[str, Items] = {}
    for group in _together(dataset):
        for place, number in enumerate(group[0].frames):
            left = {id(item): replace(item, frames=item.frames[:place] + item.frames[place + 1 :]) for item in group}
            items = (left.get(id(item), item) for item in dataset.items)
            found[f"{assets[group[0].asset].name} {number}"] = tuple(item for item in items if item.frames)
    return found
