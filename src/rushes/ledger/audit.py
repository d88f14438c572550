"""Hashes everything again and names every place where the ledger is not what was recorded."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from rushes.domain.errors import BadSignature
from rushes.domain.parts import Digest
from rushes.ledger.checkpoints import NoteKey, open_note, read_checkpoint
from rushes.ledger.facts import Fact, faults_in, hash_as_digest, leaf_of, mentions
from rushes.ledger.log import FACT, HASH_BYTES, key_label, part_of
from rushes.ledger.merkle import EMPTY_ROOT, Hash, cover, fold, leaf_hash, node_hash
from rushes.ledger.tables import checkpoints, edges, facts

CHUNK = 2_000
"""Facts looked at in one go, so that a ledger need not fit in memory."""

BEFORE_ALL = -(2**63)


@dataclass(frozen=True)
class Audit:
    """What an audit of the ledger found.

    Attributes:
        facts: how many there are.
        root: the hash over them all; None where facts are missing that it needs.
        checkpoints: how many notes the log was held against.
        signed: how many facts are under the newest checkpoint whose signature was checked.
        faults: every place where something was changed, taken out or forged, in words; empty is good.
    """

    facts: int
    root: Hash | None
    checkpoints: int
    signed: int
    faults: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether everything agrees."""
        return not self.faults


@dataclass
class _Said:
    """What the checkpoints of one log say: the root for each size, and how many facts a checked signature covers."""

    origin: str
    roots: dict[int, set[Hash]] = field(default_factory=lambda: defaultdict(set))
    count: int = 0
    signed: int = 0


@dataclass
class _Walk:
    """How far an audit has come: the peaks of the tree so far, None where unknown, and the leaf before."""

    size: int = 0
    peaks: list[Hash | None] = field(default_factory=list)
    last_leaf: Hash | None = None

    def root(self) -> Hash | None:
        known = [peak for peak in self.peaks if peak is not None]
        return fold(known) if len(known) == len(self.peaks) else None


def audit_log(connection: Connection, origin: str, *, notes: Sequence[str] = (), keys: Sequence[NoteKey] = ()) -> Audit:
    """Audit the whole ledger, within the one unchanging view that the connection has of it.

    Args:
        origin: whose log it is.
        notes: further checkpoints, kept elsewhere.
        keys: whose signatures count; with none, signatures are not checked.
    """
    said, walk = _Said(origin), _Walk()
    faults = [*_hear_kept(connection, said, keys), *_hear_others(said, notes, keys)]
    contradicted = [0] if said.roots.get(0, {EMPTY_ROOT}) != {EMPTY_ROOT} else []
    for fact, hashes, edged in _stored(connection):
        faults += [f"{fact}: {why}" for why in _step(walk, fact, hashes, edged=edged)]
        if walk.size in said.roots and walk.root() is not None and said.roots[walk.size] != {walk.root()}:
            contradicted.append(walk.size)
    faults += _verdicts(walk.size, said, contradicted, signed=bool(keys))
    return Audit(walk.size, walk.root(), said.count, said.signed, tuple(faults))


def _step(walk: _Walk, fact: Fact, stored: bytes, *, edged: set[Digest]) -> Iterator[str]:
    """Take one more fact, and say what is wrong with it."""
    if fact.position < walk.size:
        yield "it lies outside the log"
        return
    if fact.position > walk.size:
        yield f"facts {walk.size} to {fact.position - 1}, before it, are gone"
        _skip_to(walk, fact.position)
    wrong = faults_in(fact)
    yield from wrong
    if not wrong:
        mentioned = mentions(fact.body)
        yield from (f"its link to {digest} is gone" for digest in sorted(mentioned - edged))
        yield from (f"a link to {digest} was added" for digest in sorted(edged - mentioned))
    if walk.last_leaf and fact.previous != hash_as_digest(walk.last_leaf):
        yield "it does not follow the fact before it"
    if part_of(stored, 0) != leaf_hash(leaf_of(fact)):
        yield "it is not the entry that was logged"
    if not _climb(walk, stored):
        yield "the tree above it was changed"


def _climb(walk: _Walk, stored: bytes) -> bool:
    """Go up the tree from a new leaf, and say whether the stored hashes are those of the tree.

    What is stored is believed for the next steps, so that one changed fact is one fault and not a thousand.
    """
    agrees, level, top = True, 0, part_of(stored, 0)
    while walk.size >> level & 1:
        left, level = walk.peaks.pop(), level + 1
        parent = part_of(stored, level)
        agrees = agrees and (left is None or parent == node_hash(left, top))
        top = parent
    agrees = agrees and len(stored) == HASH_BYTES * (level + 1)
    walk.peaks.append(top if len(top) == HASH_BYTES else None)
    walk.last_leaf, walk.size = part_of(stored, 0), walk.size + 1
    return agrees


def _skip_to(walk: _Walk, position: int) -> None:
    """Pass over missing facts: what lies wholly before them is still known."""
    known = dict(zip(cover(0, walk.size), walk.peaks, strict=True))
    walk.peaks = [known.get(subtree) for subtree in cover(0, position)]
    walk.last_leaf, walk.size = None, position


def _stored(connection: Connection) -> Iterator[tuple[Fact, bytes, set[Digest]]]:
    """Yield every fact in order, with its stored hashes and the digests that its edges lead to."""
    asked = select(*FACT, facts.c.hashes).order_by(facts.c.position).limit(CHUNK)
    last = BEFORE_ALL
    while rows := connection.execute(asked.where(facts.c.position > last)).all():
        last = rows[-1].position
        edged: dict[int, set[Digest]] = defaultdict(set)
        for fact, mentioned in connection.execute(select(edges).where(edges.c.fact.between(rows[0].position, last))):
            edged[fact].add(mentioned)
        yield from ((Fact(*row[:-1]), row.hashes, edged[row.position]) for row in rows)


def _hear_kept(connection: Connection, said: _Said, keys: Sequence[NoteKey]) -> Iterator[str]:
    """Read every checkpoint in the ledger, newest first, and check the newest signature of a known key."""
    known = {key_label(key) for key in keys}
    for size, signer, note in connection.execute(select(checkpoints).order_by(checkpoints.c.size.desc())):
        if keys and signer not in known:
            yield f"the checkpoint of {size} facts: nobody here knows the key {signer!r}"
        trusted = () if said.signed else keys
        yield from (f"the checkpoint of {size} facts: {why}" for why in _hear(said, note, trusted, size=size))


def _hear_others(said: _Said, notes: Sequence[str], keys: Sequence[NoteKey]) -> Iterator[str]:
    for number, note in enumerate(notes, start=1):
        yield from (f"checkpoint {number} from elsewhere: {why}" for why in _hear(said, note, keys, size=None))


def _hear(said: _Said, note: str, keys: Sequence[NoteKey], *, size: int | None) -> list[str]:
    """Take in what a note says, and say what is wrong with it; `size` is the one that it is filed under, if it is."""
    said.count += 1
    try:
        checkpoint = read_checkpoint(note)
        if keys:
            open_note(note, keys)
    except BadSignature as error:
        return [error.what]
    if checkpoint.origin != said.origin:
        return [f"it is of another log, {checkpoint.origin!r}"]
    if size not in (None, checkpoint.size):
        return [f"it is really of {checkpoint.size} facts"]
    if keys:
        said.signed = max(said.signed, checkpoint.size)
    said.roots[checkpoint.size].add(checkpoint.root)
    return []


def _verdicts(size: int, said: _Said, contradicted: Sequence[int], *, signed: bool) -> Iterator[str]:
    """Say what the checkpoints know of and the facts do not."""
    newest = max(said.roots, default=0)
    if newest > size:
        yield f"facts {size} to {newest - 1} are gone from the end: a checkpoint counts {newest}, there are {size}"
    if contradicted:
        how_many = f"{len(contradicted)} checkpoint(s) do not belong to these facts"
        yield f"{how_many}; the first is of {contradicted[0]} facts"
    if signed and said.signed < size:
        yield f"facts {said.signed} to {size - 1} are under no checkpoint that was signed by a known key"
