"""Which scene of a new draft is which scene of the old one: by its words, its number and heading, its neighbours."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from math import log

from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.model import PRINTED, Element, Scene

WORD = re.compile(r"\w+")
COMMON = 24
LIKE = 0.3
LIKE_BY_NAME = 0.1
SAME_PLACE = 0.85


@dataclass(frozen=True)
class Pairing:
    """Which old scene each new one is: `back[new] = old`; `moved` are the new ones that changed their order."""

    back: dict[int, int] = field(default_factory=dict)
    moved: frozenset[int] = frozenset()


def words_of(element: Element) -> str:
    """Return an element's words without marks, capitals and spacing, for comparing."""
    return " ".join(plain(element.text).casefold().split())


def pair_scenes(old: Sequence[Scene], new: Sequence[Scene]) -> Pairing:
    """Find which scene of the old draft each scene of the new one is; those without a partner are new or omitted."""
    before, after = [_bag(scene) for scene in old], [_bag(scene) for scene in new]
    weights = _weights([*before, *after])
    heavy = [[_weight(bag, weights) for bag in bags] for bags in (before, after)]
    names: dict[tuple[str, str], float] = {}
    scored = []
    for here, there in _candidates(before, after):
        both = heavy[0][here] + heavy[1][there]
        alike = 2 * _shared(before[here], after[there], weights) / both if both else 0.0
        first, second = old[here].heading, new[there].heading
        numbered = first.number != "" and first.number == second.number
        if alike < LIKE_BY_NAME and not numbered:
            continue
        key = (words_of(first), words_of(second))
        named = names[key] if key in names else names.setdefault(key, _named(*key))
        if alike >= LIKE or named >= SAME_PLACE:
            far = abs(here / max(len(old), 1) - there / max(len(new), 1))
            scored.append((-(alike + 0.3 * named + 0.2 * numbered), far, here, there))
    back: dict[int, int] = {}
    taken: set[int] = set()
    for *_, here, there in sorted(scored):
        if here not in taken and there not in back:
            back[there] = here
            taken.add(here)
    _between(old, new, back)
    return Pairing(back, _moved(back))


def _bag(scene: Scene) -> Counter[str]:
    spoken = " ".join(plain(element.text) for element in scene.elements[1:] if element.kind in PRINTED)
    words = WORD.findall(spoken.casefold())
    # pairs of words tell scenes apart where the same people say the same words
    return Counter(words) + Counter(map(" ".join, pairwise(words)))


def _weights(bags: Sequence[Counter[str]]) -> dict[str, float]:
    held = Counter(word for bag in bags for word in bag)
    return {word: log(1 + len(bags) / count) for word, count in held.items()}


def _weight(bag: Counter[str], weights: dict[str, float]) -> float:
    return sum(weights[word] * count for word, count in bag.items())


def _shared(before: Counter[str], after: Counter[str], weights: dict[str, float]) -> float:
    small, large = (before, after) if len(before) < len(after) else (after, before)
    return sum(weights[word] * min(small[word], large[word]) for word in small.keys() & large.keys())


def _named(here: str, there: str) -> float:
    return 1.0 if here == there else SequenceMatcher(None, here[:200], there[:200], autojunk=False).ratio()


def _candidates(before: Sequence[Counter[str]], after: Sequence[Counter[str]]) -> list[tuple[int, int]]:
    if len(before) * len(after) <= 1 << 14:
        return [(here, there) for here in range(len(before)) for there in range(len(after))]
    # a long script: only scenes that share a rare word or pair of words, and the neighbours in place
    index: dict[str, list[int]] = {}
    for here, bag in enumerate(before):
        for word in bag:
            index.setdefault(word, []).append(here)
    found = set()
    for there, bag in enumerate(after):
        shared = Counter(here for word in bag if len(index.get(word, ())) <= COMMON for here in index.get(word, ()))
        near = there * len(before) // max(len(after), 1)
        close = range(max(near - COMMON, 0), min(near + COMMON, len(before)))
        found |= {(here, there) for here in (*(here for here, _ in shared.most_common(COMMON)), *close)}
    return sorted(found)


def _between(old: Sequence[Scene], new: Sequence[Scene], back: dict[int, int]) -> None:
    # a scene rewritten from top to bottom keeps its place between its neighbours, and its heading
    taken = set(back.values())
    for there in range(len(new)):
        here = back.get(there - 1, -1) + 1 if there == 0 or there - 1 in back else len(old)
        if there in back or here >= len(old) or here in taken:
            continue
        if _named(words_of(old[here].heading), words_of(new[there].heading)) < SAME_PLACE:
            continue
        if there + 1 < len(new) and there + 1 in back and back[there + 1] != here + 1:
            continue
        back[there] = here
        taken.add(here)


def _moved(back: dict[int, int]) -> frozenset[int]:
    # those outside the longest run that kept its order (patience sorting)
    order = sorted(back)
    tops: list[int] = []
    piles: list[int] = []
    for there in order:
        pile = bisect_left(tops, back[there])
        tops[pile : pile + 1] = [back[there]]
        piles.append(pile)
    kept, want = set(), len(tops) - 1
    last = len(back) and max(back.values()) + 1
    for there, pile in zip(reversed(order), reversed(piles), strict=True):
        if pile == want and back[there] < last:
            kept.add(there)
            last = back[there]
            want -= 1
    return frozenset(back) - kept
