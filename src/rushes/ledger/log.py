"""The Merkle log inside a database: entries are only ever added, and every state of it can be proved from the next."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, func, insert, select

from rushes.domain.errors import Damaged
from rushes.domain.parts import Digest
from rushes.ledger.checkpoints import (
    Checkpoint,
    CheckpointSigner,
    NoteKey,
    checkpoint_text,
    key_id,
    open_note,
    read_checkpoint,
    sign_note,
)
from rushes.ledger.facts import Draft, Fact, hash_as_digest, leaf_of, mentions
from rushes.ledger.merkle import Hash, Span, Subtree, completed_by, cover, fold, leaf_hash, peaks_after
from rushes.ledger.tables import checkpoints, edges, facts

FACT = [facts.c[field.name] for field in fields(Fact)]
"""The columns of a fact, in its own order."""

HASH_BYTES = 32

CHUNK = 500
"""Values in one question to the database; the oldest SQLite takes 999."""


@dataclass(frozen=True)
class Tip:
    """The growing end of the log: all that the next fact needs to know of those before it.

    Attributes:
        size: how many facts there are.
        peaks: hashes of the complete subtrees over them, largest first.
        last_leaf: hash of the last leaf, as a digest; None in an empty log.
    """

    size: int
    peaks: tuple[Hash, ...]
    last_leaf: Digest | None


def read_tip(connection: Connection) -> Tip:
    """Return the end of the log as it is now."""
    last = connection.execute(select(func.max(facts.c.position))).scalar()
    if last is None:
        return Tip(0, (), None)
    *peaks, leaf = subtree_hashes(connection, [*cover(0, last + 1), (0, last)])
    return Tip(last + 1, tuple(peaks), hash_as_digest(leaf))


def append(connection: Connection, tip: Tip, drafts: Sequence[Draft], *, at: str, by: str) -> Tip:
    """Add facts to the end of the log, with an edge to each digest that they mention; return the new end."""
    rows, mentioned = [], []
    for draft in drafts:
        fact = Fact(tip.size, **vars(draft), recorded_at=at, recorded_by=by, previous=tip.last_leaf)
        hashes = completed_by(tip.size, leaf_hash(leaf_of(fact)), tip.peaks)
        tip = Tip(tip.size + 1, tuple(peaks_after(tip.peaks, hashes)), hash_as_digest(hashes[0]))
        rows.append({**vars(fact), "hashes": b"".join(hashes)})
        mentioned += [{"fact": fact.position, "mentions": digest} for digest in sorted(mentions(fact.body))]
    connection.execute(insert(facts), rows)
    if mentioned:
        connection.execute(insert(edges), mentioned)
    return tip


def recorded(connection: Connection, digests: Sequence[Digest]) -> set[Digest]:
    """Return those of the digests that are recorded facts."""
    known: set[Digest] = set()
    for start in range(0, len(digests), CHUNK):
        asked = select(facts.c.digest).where(facts.c.digest.in_(digests[start : start + CHUNK]))
        known.update(connection.execute(asked).scalars())
    return known


def path_of(connection: Connection, spans: Sequence[Span]) -> tuple[Hash, ...]:
    """Return the hash over each span of leaves: a proof, in one question to the database."""
    covers = [cover(first, end) for first, end in spans]
    found = iter(subtree_hashes(connection, [subtree for each in covers for subtree in each]))
    return tuple(fold([next(found) for _ in each]) for each in covers)


def subtree_hashes(connection: Connection, subtrees: Sequence[Subtree]) -> list[Hash]:
    """Return the stored hashes of complete subtrees, in the order asked for.

    Raises:
        Damaged: if a fact that one of them ends at is gone.
    """
    ends = {last for _, last in subtrees}
    asked = select(facts.c.position, facts.c.hashes).where(facts.c.position.in_(ends))
    stored: dict[int, bytes] = dict(connection.execute(asked).all()) if ends else {}
    found = [part_of(stored.get(last, b""), level) for level, last in subtrees]
    gone = sorted({last for (_, last), each in zip(subtrees, found, strict=True) if len(each) < HASH_BYTES})
    if gone:
        raise Damaged("the ledger", f"facts {gone} are gone", remedy="Run `rushes audit` to see what is missing.")
    return found


def part_of(hashes: bytes, level: int) -> Hash:
    """Return the hash of one level from those that a fact is stored with."""
    return hashes[HASH_BYTES * level : HASH_BYTES * (level + 1)]


def newest_note(connection: Connection, signer: CheckpointSigner | None = None) -> str | None:
    """Return the note of the newest checkpoint, of this signer's or of anyone's."""
    asked = select(checkpoints.c.note).order_by(checkpoints.c.size.desc(), checkpoints.c.signer).limit(1)
    if signer is not None:
        asked = asked.where(checkpoints.c.signer == key_label(signer))
    return connection.execute(asked).scalar()


def add_checkpoint(connection: Connection, tip: Tip, *, origin: str, signer: CheckpointSigner) -> str:
    """Sign what the log is now, and keep the note."""
    note = sign_note(checkpoint_text(Checkpoint(origin, tip.size, fold(tip.peaks))), signer)
    connection.execute(insert(checkpoints), [{"size": tip.size, "signer": key_label(signer), "note": note}])
    return note


def refuse_if_changed(connection: Connection, tip: Tip, keys: Sequence[NoteKey]) -> None:
    """Refuse to go on where the log is not to the last fact what its newest checkpoint says.

    Whoever signs next signs all that came before: neither a second history nor a fact put in by someone without a key
    may get under a signature that way.

    Args:
        keys: whose signatures count; with none nobody may add to what somebody has signed.

    Raises:
        Damaged: if facts were changed, taken out, or put in without a key.
        BadSignature: if the newest checkpoint is signed by none of these keys.
    """
    note = newest_note(connection)
    if note is None:
        return
    open_note(note, keys)
    said = read_checkpoint(note)
    if (said.size, said.root) != (tip.size, fold(tip.peaks)):
        why = f"it has {tip.size} facts, which are not what its newest checkpoint, of {said.size} facts, was signed for"
        raise Damaged("the ledger", why, remedy="Nothing was recorded. Run `rushes audit` to see what was changed.")


def key_label(key: NoteKey | CheckpointSigner) -> str:
    """Return the name and the id of a key, as C2SP writes them."""
    return f"{key.name}+{key_id(key).hex()}"
