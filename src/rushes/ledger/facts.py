"""From a noun to the row and the log leaf that hold it, and back. Pure: no database here."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rushes.domain.errors import BadMaterial, Damaged
from rushes.domain.noun import Noun
from rushes.domain.parts import Digest
from rushes.domain.records import canonical_json, digest_of_bytes, from_json, to_json
from rushes.ledger.merkle import Hash

LEAF_VERSION = 1

MENTION = re.compile(r'\{"bytes":\d+,"digest":"sha256:[0-9a-f]{64}"|(sha256:[0-9a-f]{64})(?![0-9a-f])')
"""Every digest in a body but those of an asset's own files: a long sequence has thousands, and none is a fact."""

LONGEST_NAME = 255
"""In characters; what PostgreSQL can index in any alphabet."""

UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of characters: they would garble a terminal or a document."""


SPEAKS_ONLY = (
    *("Withdrawal", "Statement", "Discharge", "Reply", "Answer"),
    *("Training", "Watchlist", "Originality", "Promotion"),
)
"""Kinds that speak about a fact without resting on it: a licence touches what was made under it, not its withdrawal."""


@dataclass(frozen=True)
class Fact:
    """One recorded noun, as it lies in the ledger.

    Attributes:
        position: its place in the order of recording, from 0.
        body: the noun as canonical JSON.
        recorded_at: in UTC, with microseconds.
        recorded_by: who said so.
        previous: hash of the log leaf before, as a digest; None for the first.
    """

    position: int
    digest: Digest
    kind: str
    show: str
    name: str
    body: str
    recorded_at: str
    recorded_by: str
    previous: Digest | None

    def __str__(self) -> str:
        """Return the words by which a person finds it."""
        return f"fact {self.position}, {self.kind} {self.name!r} of {self.show!r}"


@dataclass(frozen=True)
class Draft:
    """A noun ready to be recorded, before it has its place."""

    digest: Digest
    kind: str
    show: str
    name: str
    body: str


def kind_of(noun: Noun | type[Noun]) -> str:
    """Return the kind of a noun without its version: every version of a Take is a Take."""
    return noun.noun.partition("@")[0]


def drafts_of(nouns: Iterable[Noun]) -> list[Draft]:
    """Write nouns down as they will be kept.

    Raises:
        BadMaterial: naming every noun that cannot be kept, before any is.
    """
    drafts, reasons = [], []
    for noun in nouns:
        try:
            body = canonical_json(to_json(noun))
            digest = digest_of_bytes(body.encode())
        except ValueError as error:  # a NaN, or half of a character
            reasons.append(f"{kind_of(noun)} {noun.name!a}: {error}")
            continue
        reasons += [f"{kind_of(noun)} {noun.name!a}: {why}" for why in unfit_words(show=noun.show, name=noun.name)]
        drafts.append(Draft(digest, kind_of(noun), noun.show, noun.name, body))
    if reasons:
        raise BadMaterial(f"{len(reasons)} noun(s) cannot be recorded", reasons, "Nothing was recorded. Correct them.")
    return drafts


def unfit_words(**words: str) -> list[str]:
    """Say which of these words cannot stand in a ledger, and why."""
    return [
        *(f"its {what} has a control character" for what, word in words.items() if UNSPEAKABLE.search(word)),
        *(f"its {what} is too long" for what, word in words.items() if len(word) > LONGEST_NAME),
    ]


def in_utc(at: datetime) -> str:
    """Return a moment as the log writes it.

    Raises:
        BadMaterial: if the moment has no time zone; then nobody knows when it was.

    >>> in_utc(datetime.fromisoformat("2026-11-22T16:00:00+01:00"))
    '2026-11-22T15:00:00.000000+00:00'
    """
    if at.tzinfo is None:
        raise BadMaterial(f"{at.isoformat()} has no time zone", [], "Say when in UTC.")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def leaf_of(fact: Fact) -> bytes:
    """Return the log entry of a fact: who said it when, and the noun by its digest."""
    leaf = {
        "v": LEAF_VERSION,
        "at": fact.recorded_at,
        "by": fact.recorded_by,
        "kind": fact.kind,
        "digest": fact.digest,
        "previous": fact.previous,
    }
    return canonical_json(leaf).encode()


def hash_as_digest(leaf: Hash) -> Digest:
    """Return a leaf's hash as the next leaf refers to it."""
    return f"sha256:{leaf.hex()}"


def mentions(body: str) -> set[Digest]:
    """Return the digests that a noun rests on or speaks about; those of an asset's own files are left out.

    >>> sorted(mentions('{"files":[{"bytes":1,"digest":"sha256:' + 64 * "a" + '"}],"model":"sha256:' + 64 * "b" + '"}'))
    ['sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb']
    """
    return {digest for digest in MENTION.findall(body) if digest}


def noun_of(fact: Fact) -> Noun:
    """Read a fact's noun back.

    Raises:
        Damaged: if the ledger no longer holds what was recorded.
    """
    wrong = faults_in(fact)
    if wrong:
        raise Damaged(str(fact), "; ".join(wrong), remedy="Somebody changed the ledger: run `rushes audit`.")
    return from_json(json.loads(fact.body))


def faults_in(fact: Fact) -> list[str]:
    """Say where a fact disagrees with itself: its body with its digest, its columns with its body."""
    if digest_of_bytes(fact.body.encode()) != fact.digest:
        return ["its body is not what was recorded"]
    try:
        record = json.loads(fact.body)
        told = {"kind": record["noun"].partition("@")[0], "show": record["show"], "name": record["name"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["its body is no noun"]
    return [f"it is filed under {what} {getattr(fact, what)!r}" for what in told if getattr(fact, what) != told[what]]


def unrecorded(drafts: Sequence[Draft], known: set[Digest]) -> list[Draft]:
    """Return the drafts whose digest is not known yet, each once, in order."""
    return list({draft.digest: draft for draft in drafts if draft.digest not in known}.values())
