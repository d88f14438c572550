"""What a ledger keeps, as tables: facts in the order of their recording, what each mentions, and checkpoints.

`migrations` makes these tables and changes them; this is what they look like after the newest of its steps.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

SCHEMA = "0001"
"""The newest step in `migrations/versions`."""

Position = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers its rows by an INTEGER key and by nothing else; that has 64 bits too."""

metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    # its place in the order of recording, from 0: the leaf index in the log
    Column("position", Position, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("show", Text, nullable=False),
    Column("name", Text, nullable=False),
    # the noun as canonical JSON: the very bytes that the digest is taken of
    Column("body", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    # hash of the leaf before, None for the first; with the columns above it makes the leaf
    Column("previous", Text),
    # the leaf's hash, then the hash of every complete subtree that ends at this leaf, 32 bytes each
    Column("hashes", LargeBinary, nullable=False),
    Index("facts_by_name", "kind", "show", "name", "position"),
    sqlite_strict=True,
)

edges = Table(
    "edges",
    metadata,
    Column("fact", Position, ForeignKey("facts.position"), primary_key=True, autoincrement=False),
    # a digest, and not a position: what is mentioned may be recorded later, or be a file in the vault
    Column("mentions", Text, primary_key=True),
    Index("edges_by_mention", "mentions", "fact"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Position, primary_key=True, autoincrement=False),
    # name and id of the key: after a change of keys the same size may be signed again
    Column("signer", Text, primary_key=True),
    Column("note", Text, nullable=False),
    sqlite_strict=True,
)
