"""The ledger: facts in the order in which they were recorded, never changed, never taken out."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar, cast

from sqlalchemy import CTE, Connection, Engine, Select, Text, false, literal, select

from rushes.domain.errors import BadMaterial, BadSignature, NotAllowed, NotFound, RushesError
from rushes.domain.noun import Noun
from rushes.domain.parts import Digest
from rushes.ledger.audit import Audit, audit_log
from rushes.ledger.checkpoints import CheckpointSigner, Growth, NoteKey, Proof, read_checkpoint
from rushes.ledger.database import open_database, reading, shown, writing
from rushes.ledger.facts import SPEAKS_ONLY, Fact, drafts_of, in_utc, kind_of, leaf_of, noun_of, unfit_words, unrecorded
from rushes.ledger.log import (
    FACT,
    add_checkpoint,
    append,
    newest_note,
    path_of,
    read_tip,
    recorded,
    refuse_if_changed,
)
from rushes.ledger.merkle import growth_spans, inclusion_spans
from rushes.ledger.tables import edges, facts

N = TypeVar("N", bound=Noun)

DIGEST_PREFIX = re.compile(r"(sha256:)?(?P<digits>[0-9a-f]{6,64})")
"""What may stand for a name: as much of a digest as tells it from the others."""

OPEN_WITH_KEY = "Open the ledger with the studio's key."

NEAREST = 10_000
"""Among so many names the nearest to a misspelt one is looked for."""


class Ledger:
    """Facts in the order of their recording. Open it with `open_ledger`, close it when done.

    Threads may share one; processes open their own. What `record` has returned is on disk.
    """

    def __init__(
        self, engine: Engine, origin: str, signer: CheckpointSigner | None, *, keys: Sequence[NoteKey] = ()
    ) -> None:
        self._size: int | None = None
        self._engine = engine
        self._origin = origin
        self._signer = signer
        self._keys = [*([NoteKey(signer.name, signer.public_key)] if signer else []), *keys]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        if self._size is None:
            self._engine.dispose()

    def at(self, moment: datetime) -> "Ledger":
        """Return the ledger as it was at a moment, on the same database, read-only; what it proves is the whole log."""
        earlier = self._seen(select(facts.c.position)).where(facts.c.recorded_at <= in_utc(moment))
        with reading(self._engine) as connection:
            last = connection.execute(earlier.order_by(facts.c.position.desc()).limit(1)).scalar()
        past = Ledger(self._engine, self._origin, None, keys=self._keys)
        past._size = 0 if last is None else last + 1
        return past

    def record(self, noun: Noun, *, at: datetime, by: str) -> Digest:
        """Record a noun as a fact, unless it is one already.

        Args:
            at: when it was said, with a time zone.
            by: who says so.

        Returns:
            The noun's digest; the fact is on disk then.
        """
        return self.record_all([noun], at=at, by=by)[0]

    def record_all(self, nouns: Iterable[Noun], *, at: datetime, by: str) -> list[Digest]:
        """Record nouns in one go: all of them or, on any error, none.

        Raises:
            BadMaterial: naming every noun that cannot be recorded.
            NotAllowed: if the ledger is signed, and was opened without a key.
            Damaged: if the log is not what its newest checkpoint says.
            BadSignature: if that checkpoint is signed by a key that is not known here.
        """
        if self._size is not None:
            raise NotAllowed("nobody records in the past", [], "Record it in the ledger as it is now.")
        drafts, when = drafts_of(nouns), in_utc(at)
        if unfit := [*unfit_words(name=by), *([] if by.strip() else ["it is empty"])]:
            raise BadMaterial(f"{by!a} cannot have recorded this", unfit, "Say who.")
        digests = [draft.digest for draft in drafts]
        with writing(self._engine) as connection:
            if new := unrecorded(drafts, recorded(connection, digests)):
                if self._signer is None and newest_note(connection):
                    raise NotAllowed("nobody adds to a signed ledger without a key", [], OPEN_WITH_KEY)
                tip = read_tip(connection)
                refuse_if_changed(connection, tip, self._keys)
                tip = append(connection, tip, new, at=when, by=by)
                if self._signer:
                    add_checkpoint(connection, tip, origin=self._origin, signer=self._signer)
        return digests

    def get(self, digest: Digest) -> Noun:
        """Return the noun with this digest."""
        with reading(self._engine) as connection:
            return noun_of(self._fact(connection, digest))

    def entry(self, digest: Digest) -> Fact:
        """Return a fact as it lies in the ledger: when it was recorded, by whom and at which place in the log."""
        with reading(self._engine) as connection:
            return self._fact(connection, digest)

    def find(self, kind: type[N], show: str, name: str) -> N:
        """Return the newest noun of a kind and a show with this name.

        Args:
            name: the name, or the digest, or as many of its first digits as tell it from the others.

        Raises:
            NotFound: with the nearest name, or with the digests that a prefix may mean.
        """
        of_kind = self._seen(select(*FACT)).where(facts.c.kind == kind_of(kind), facts.c.show == show)
        newest = of_kind.where(facts.c.name == name).order_by(facts.c.position.desc()).limit(1)
        with reading(self._engine) as connection:
            found = _facts(connection, newest) or _facts(connection, _with_digest(of_kind, name))
            if len(found) != 1:
                asked = of_kind.with_only_columns(facts.c.name).distinct().limit(NEAREST)
                known = [fact.digest for fact in found] or connection.execute(asked).scalars()
                remedy = "Give more of its digits." if found else ""
                raise NotFound(kind_of(kind).lower(), name, known, remedy=remedy)
        return cast(N, noun_of(found[0]))

    def every(self, kind: type[N], show: str | None = None) -> list[N]:
        """Return every noun of a kind, of one show or of all, in order of recording."""
        asked = self._seen(select(*FACT)).where(facts.c.kind == kind_of(kind)).order_by(facts.c.position)
        if show is not None:
            asked = asked.where(facts.c.show == show)
        with reading(self._engine) as connection:
            return [cast(N, noun_of(fact)) for fact in _facts(connection, asked)]

    def touched_by(self, digest: Digest) -> list[tuple[Digest, Noun]]:
        """Return everything that rests on a fact, near or far, in order of recording: what a withdrawal of it reaches.

        The withdrawal itself speaks about the licence but does not rest on it, so it is not among them.
        """
        reached = self._resting_on(digest)
        return self._found(digest, select(*FACT).join(reached, facts.c.position == reached.c.position))

    def names_touched_by(self, digest: Digest) -> list[tuple[str, str]]:
        """Return kind and name of everything that rests on a fact, as `touched_by` does, without reading the facts."""
        reached = self._resting_on(digest)
        asked = select(facts.c.kind, facts.c.name).join(reached, facts.c.position == reached.c.position)
        with reading(self._engine) as connection:
            return [(kind, name) for kind, name in connection.execute(asked.order_by(facts.c.position))]

    def comes_from(self, digest: Digest) -> list[tuple[Digest, Noun]]:
        """Return every fact that a fact rests on, near or far, in order of recording: its chain of title."""
        reached = _only(digest)
        mentioned = (
            self._seen(select(edges.c.mentions))
            .join(facts, edges.c.fact == facts.c.position)
            .join(reached, facts.c.digest == reached.c.digest)
        )
        reached = reached.union(mentioned)
        return self._found(digest, self._seen(select(*FACT).join(reached, facts.c.digest == reached.c.digest)))

    def _found(self, digest: Digest, asked: Select[Any]) -> list[tuple[Digest, Noun]]:
        with reading(self._engine) as connection:
            found = _facts(connection, asked.order_by(facts.c.position)) or [self._fact(connection, digest)]
            return [(fact.digest, noun_of(fact)) for fact in found if fact.digest != digest]

    def checkpoint(self) -> str:
        """Return a signed note of what the log is now: keep it where nobody who can write to the ledger can.

        Raises:
            RushesError: if the ledger was opened without a signer.
        """
        if self._signer is None:
            raise RushesError("this ledger was opened without a signer", [], OPEN_WITH_KEY)
        with writing(self._engine) as connection:
            tip, note = read_tip(connection), newest_note(connection, self._signer)
            refuse_if_changed(connection, tip, self._keys)
            if note and read_checkpoint(note).size == tip.size:
                return note
            return add_checkpoint(connection, tip, origin=self._origin, signer=self._signer)

    def prove(self, digest: Digest) -> Proof:
        """Return the proof that a fact is in the log, leading to the newest checkpoint."""
        with reading(self._engine) as connection:
            fact, note = self._fact(connection, digest), self._newest(connection)
            size = read_checkpoint(note).size
            if fact.position >= size:
                raise NotFound(f"checkpoint over the {fact.kind.lower()}", fact.name, remedy=OPEN_WITH_KEY)
            path = path_of(connection, inclusion_spans(fact.position, size))
        return Proof(leaf_of(fact), fact.position, size, path, note)

    def prove_growth(self, old_size: int) -> Growth:
        """Return the proof that the log of the newest checkpoint begins with all that it was at an old size."""
        with reading(self._engine) as connection:
            note = self._newest(connection)
            size = read_checkpoint(note).size
            if not 0 <= old_size <= size:
                raise RushesError(f"the log never had {old_size} facts", [], f"Its newest checkpoint is of {size}.")
            return Growth(old_size, size, path_of(connection, growth_spans(old_size, size)), note)

    def audit(self, notes: Sequence[str] = ()) -> Audit:
        """Hash every fact and the whole tree again and hold them against every checkpoint there is.

        Args:
            notes: checkpoints that were kept elsewhere: in a delivery, by a witness. Only these show that somebody
                cut the log and the stored checkpoints short together.
        """
        with reading(self._engine) as connection:
            return audit_log(connection, self._origin, notes=notes, keys=self._keys)

    def _seen(self, asked: Select[Any]) -> Select[Any]:
        return asked if self._size is None else asked.where(facts.c.position < self._size)

    def _fact(self, connection: Connection, digest: Digest) -> Fact:
        found = _facts(connection, self._seen(select(*FACT)).where(facts.c.digest == digest))
        if not found:
            raise NotFound("fact", digest)
        return found[0]

    def _resting_on(self, digest: Digest) -> CTE:
        """Return the positions of all that rests on a fact: numbers are told apart faster than digests."""
        mentioned = facts.alias("mentioned")
        resting = self._seen(select(facts.c.position)).join(edges, edges.c.fact == facts.c.position)
        resting = resting.where(facts.c.kind.not_in(SPEAKS_ONLY))
        reached = resting.where(edges.c.mentions == digest).cte("reached", recursive=True)
        further = resting.join(mentioned, mentioned.c.digest == edges.c.mentions)
        return reached.union(further.join(reached, mentioned.c.position == reached.c.position))

    def _newest(self, connection: Connection) -> str:
        note = newest_note(connection)
        if note is None:
            raise NotFound("checkpoint of the log", self._origin, remedy=OPEN_WITH_KEY)
        return note


def open_ledger(url: str, *, origin: str, signer: CheckpointSigner | None, keys: Sequence[NoteKey] = ()) -> Ledger:
    """Open a ledger, making it if it is not there yet.

    Args:
        url: `sqlite:///folder/ledger.db`, or `postgresql://user@host/name`.
        origin: whose log this is, for ever: a name like a URL without schema, `example.com/rushes`.
        signer: signs a checkpoint with every recording. Without one a ledger is read, and its proofs are handed out;
            it is added to only as long as nobody has signed it.
        keys: further keys whose signatures count: the studio's former one, that of another machine.

    Raises:
        RushesError: if it cannot be opened, or is somebody else's.
    """
    engine = open_database(url)
    with reading(engine) as connection:
        note = newest_note(connection)
    if note and (theirs := _origin_of(note)) not in (None, origin):
        raise RushesError(f"the ledger at {shown(engine)} is {theirs!r}, not {origin!r}", [], "Name the right one.")
    return Ledger(engine, origin, signer, keys=keys)


def _origin_of(note: str) -> str | None:
    try:
        return read_checkpoint(note).origin
    except BadSignature:
        # an audit must be able to open what somebody has spoilt
        return None


def _facts(connection: Connection, asked: Select[Any]) -> list[Fact]:
    return [Fact(*row) for row in connection.execute(asked)]


def _only(digest: Digest) -> CTE:
    return select(literal(digest, Text).label("digest")).cte("reached", recursive=True)


def _with_digest(asked: Select[Any], name: str) -> Select[Any]:
    prefix = DIGEST_PREFIX.fullmatch(name)
    if prefix is None:
        return asked.where(false())
    start = f"sha256:{prefix['digits']}"
    # "g" comes after every hex digit
    return asked.where(facts.c.digest >= start, facts.c.digest < start + "g").order_by(facts.c.position).limit(8)
