"""The show's own tagger: a linear model that learns from the show's decisions and tags what its unknown words are.

It starts from nothing but the word list and is taught by this show alone; the same material gives the same weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from rushes.departments.previs.breakdown.decisions import Decision, key_of
from rushes.departments.previs.breakdown.headings import read_heading
from rushes.departments.previs.breakdown.items import Category, Item
from rushes.departments.previs.breakdown.lexicon import CATEGORIES, the_lexicon
from rushes.departments.previs.breakdown.phrases import (
    FEATURES,
    Phrase,
    endings,
    hashed,
    phrase_name,
    phrases_in,
    seen_of,
)
from rushes.departments.previs.breakdown.reading import Owned, Reading, Show, is_free, own, read_items, read_show
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.script.model import Kind
from rushes.domain.errors import BadMaterial

# cast is read from cues and names; everything else may be taught
TAUGHT = tuple(category for category in Category if category not in (Category.SPEAKING, Category.SILENT))
SENSES = ("", *TAUGHT)
# how much an example counts: what a person said, what a person saw and left alone, what the rules say, what the
# word list has, whose words teach how words end
SAID, LEFT_ALONE, RULED, LISTED = 1.0, 0.25, 0.15, 0.1


@dataclass(frozen=True, eq=False)
class Tagger:
    """What the show taught.

    Attributes:
        weights: "weight", (features, senses) float32, and "bias", (senses,) float32, fit for safetensors; the senses
            are `SENSES`, of which the first is no item at all; the features are hashed names (`phrases.seen_of`).
        examples: how many phrases a person decided it was taught with.
    """

    weights: Mapping[str, NDArray[np.float32]]
    examples: int = 0

    def __post_init__(self) -> None:
        """Refuse weights of another shape."""
        shapes = {name: held.shape for name, held in self.weights.items()}
        if shapes != {"weight": (FEATURES, len(SENSES)), "bias": (len(SENSES),)}:
            raise BadMaterial(f"these are no weights of a breakdown's tagger: {shapes}", remedy="Teach it again.")
        if not all(np.isfinite(held).all() for held in self.weights.values()):
            raise BadMaterial("the tagger's weights are not finite", remedy="Teach it again.")

    def sure(self, seen: Sequence[int]) -> NDArray[np.float64]:
        """Return the probability of each of `SENSES` for one phrase."""
        score = self.weights["bias"].astype(np.float64) + self.weights["weight"][list(seen)].sum(
            axis=0, dtype=np.float64
        )
        odds = np.exp(score - score.max())
        return np.asarray(odds / odds.sum())


class Decided(NamedTuple):
    """Which scenes somebody decided on, and which words were rejected."""

    scenes: frozenset[str]
    refused: frozenset[tuple[str, ...]]


def teach(script_scenes: Sequence[Tracked], *, decided: Sequence[Decision] = (), penalty: float = 0.1) -> Tagger:
    """Teach a tagger with a show's scenes.

    Args:
        script_scenes: the draft; Final Draft's tags in it teach like decisions.
        decided: what people accepted and rejected.
        penalty: of large weights (half its square); larger is more careful.

    Returns:
        The tagger; the same material gives the same weights.
    """
    show = read_show(script_scenes, decided, the_lexicon())
    listed, senses = _listed()
    rows, labels, counts, said = list(listed), list(senses), [LISTED] * len(listed), 0
    known = Decided(
        frozenset(one.scene for one in decided), frozenset(key_of(one.words) for one in decided if not one.accepted)
    )
    for reading in show.readings:
        for seen, label, count in _examples(show, reading, known):
            rows.append(seen)
            labels.append(label)
            counts.append(count)
            said += count == SAID
    return Tagger(_fit(rows, np.array(labels, int), np.array(counts), penalty=penalty), said)


def propose(
    show: Show, reading: Reading, tagger: Tagger, *, taken: Sequence[Item], least: float = 0.5
) -> Iterator[Item]:
    """Yield what the tagger makes of a scene's unknown phrases.

    Args:
        show: the draft.
        reading: the scene.
        tagger: taught by the show.
        taken: what is on the sheet already; its words are left alone.
        least: the probability from which a phrase is proposed.
    """
    outside = read_heading(reading.elements[0].text).where
    owned: Owned = {}
    for item in taken:
        own(owned, item)
    for at, phrase in _phrases(show, reading):
        words = reading.words[at]
        start, end = words[phrase.place].start, words[phrase.place + phrase.count - 1].end
        if phrase.known:
            continue
        odds = tagger.sure(seen_of(words, phrase, show.lexicon, outside=outside))
        best = int(odds.argmax())
        if best and odds[best] >= least:
            name = phrase_name(words, phrase, show.lexicon)
            said = reading.elements[at].text[start:end]
            item = Item(Category(SENSES[best]), name, at, start, end, said, "tagger", float(odds[best]))
            if is_free(owned, item) and not show.ruling.rejects(reading.tracked.id, item.category, said, name=name):
                yield item


def _phrases(show: Show, reading: Reading) -> Iterator[tuple[int, Phrase]]:
    for at, element in enumerate(reading.elements):
        if element.kind in (Kind.ACTION, Kind.PARENTHETICAL):
            for phrase in phrases_in(reading.words[at], show.lexicon, show.roll):
                yield at, phrase


@cache
def _listed() -> tuple[tuple[list[int], ...], tuple[int, ...]]:
    """Return what the word list teaches of words alone: what is seen of each, and its sense."""
    lexicon = the_lexicon()
    rows, labels = [], []
    nouns = {noun for held in lexicon.nouns.values() for noun in held if not noun.before and not noun.handled}
    for noun in sorted(nouns, key=lambda noun: (noun.words, noun.sense)):
        if noun.sense in SENSES or noun.sense == "nothing":
            ends = endings(noun.words[-1], lexicon)
            # a word that ends in no other says little that would carry over
            if len(ends) > 2:
                rows.append(hashed(ends))
                labels.append(SENSES.index(noun.sense) if noun.sense in SENSES else 0)
    return tuple(rows), tuple(labels)


def _examples(show: Show, reading: Reading, decided: Decided) -> Iterator[tuple[list[int], int, float]]:
    """Yield what a scene teaches: what is seen of a phrase, the number of its sense, and how much it counts."""
    outside = read_heading(reading.elements[0].text).where
    looked_at = reading.tracked.id in decided.scenes or any(element.tags for element in reading.elements)
    over: dict[tuple[int, int], list[Item]] = {}
    for item in read_items(show, reading):
        for place in range(item.start, item.end):
            over.setdefault((item.element, place), []).append(item)
    for at, phrase in _phrases(show, reading):
        words = reading.words[at]
        # the last letter of the head is cited by whatever cites the head
        found = over.get((at, words[phrase.place + phrase.count - 1].end - 1), [])
        key = key_of(" ".join(word.low for word in words[phrase.place : phrase.place + phrase.count]))
        taught = _taught(phrase, found, looked_at, refused=any(key[cut:] in decided.refused for cut in range(len(key))))
        if taught:
            label, count = taught
            yield seen_of(words, phrase, show.lexicon, outside=outside, head=count != RULED), label, count


def _taught(phrase: Phrase, found: Sequence[Item], looked_at: bool, *, refused: bool) -> tuple[int, float] | None:
    """Return the sense that a phrase teaches, and how much it counts; nothing if it teaches none."""
    said = next((item for item in found if item.why in ("tag", "accepted") and item.category in TAUGHT), None)
    if said is not None:
        return SENSES.index(said.category), SAID
    if refused:
        return 0, SAID
    if not phrase.known:
        return (0, LEFT_ALONE) if looked_at else None
    ruled = next((item for item in found if item.category in TAUGHT), None)
    if ruled is None and phrase.known in CATEGORIES:
        return None
    return (SENSES.index(ruled.category) if ruled else 0), RULED


def _fit(
    rows: Sequence[Sequence[int]], labels: NDArray[np.int_], counts: NDArray[np.float64], *, penalty: float
) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a softmax regression: the sum over the examples of count × -log p, plus the penalty."""
    senses = len(SENSES)
    weight, bias = np.zeros((FEATURES, senses), np.float32), np.zeros(senses, np.float32)
    if not rows:
        return {"weight": weight, "bias": bias}
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.concatenate([np.asarray(row, int) for row in rows])
    # only what was seen has a weight
    used, columns = np.unique(flat, return_inverse=True)
    seen = csr_matrix((np.ones(len(flat)), columns, ends), shape=(len(rows), len(used)))
    turned = seen.T.tocsr()
    truth = np.zeros((len(rows), senses))
    truth[np.arange(len(rows)), labels] = 1

    def loss(packed: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        held = packed.reshape(len(used) + 1, senses)
        score = seen @ held[:-1] + held[-1]
        score -= score.max(axis=1, keepdims=True)
        odds = np.exp(score)
        total = odds.sum(axis=1, keepdims=True)
        lost = float((counts * (np.log(total[:, 0]) - score[np.arange(len(rows)), labels])).sum())
        slope = (odds / total - truth) * counts[:, None]
        grown = np.vstack([turned @ slope + penalty * held[:-1], slope.sum(axis=0) + penalty * held[-1]])
        return lost + penalty / 2 * float((held**2).sum()), grown.ravel()

    start = np.zeros((len(used) + 1) * senses)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-5})
    held = found.x.reshape(len(used) + 1, senses)
    weight[used], bias[:] = held[:-1], held[-1]
    return {"weight": weight, "bias": bias}
