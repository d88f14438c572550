"""A signed delivery to break, made of plain nouns and a log of the tests' own."""

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Review, Take
from rushes.domain.parts import AssetFile, Item, Scope
from rushes.domain.records import canonical_json, digest_of
from rushes.signing.keys import make_key
from rushes.signing.spelling import to_base64
from rushes.signing.statements import copy_verifier, file_list, seal_delivery
from rushes.signing.transparency import Key, note_hash

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
FILES = {
    "frames/sh010_v001/sh010_v001.0000001.exr": b"first frame" * 1000,
    "frames/sh010_v001/sh010_v001.0000002.exr": b"second frame" * 1000,
    "look/sunset.cube": b"LUT_3D_SIZE 2\n",
    "lineage.json": b"[]",
    "empty.txt": b"",
    "Größe.txt": "Ä".encode(),
}


@dataclass(frozen=True)
class LogProof:
    """As the ledger gives it out."""

    leaf: bytes
    index: int
    size: int
    path: tuple[bytes, ...]


class Tree:
    """A Merkle log as RFC 6962, 2.1 defines it, with nothing remembered: slow, and easy to believe."""

    def __init__(self, leaves=()):
        self.leaves = list(leaves)

    def root(self, first=0, end=None):
        leaves = self.leaves[first:end]
        if not leaves:
            return sha256(b"").digest()
        if len(leaves) == 1:
            return sha256(b"\x00" + leaves[0]).digest()
        k = self.split(len(leaves))
        return sha256(b"\x01" + Tree(leaves[:k]).root() + Tree(leaves[k:]).root()).digest()

    def path(self, m):
        if len(self.leaves) == 1:
            return []
        k = self.split(len(self.leaves))
        left, right = Tree(self.leaves[:k]), Tree(self.leaves[k:])
        return [*left.path(m), right.root()] if m < k else [*right.path(m - k), left.root()]

    def growth(self, m, known=True):
        n = len(self.leaves)
        if m == n:
            return [] if known else [self.root()]
        k = self.split(n)
        left, right = Tree(self.leaves[:k]), Tree(self.leaves[k:])
        return [*left.growth(m, known), right.root()] if m <= k else [*right.growth(m - k, False), left.root()]

    @staticmethod
    def split(n):
        k = 1
        while 2 * k < n:
            k *= 2
        return k

    def checkpoint(self, signer, origin="northlight.example/log"):
        text = f"{origin}\n{len(self.leaves)}\n{to_base64(self.root())}\n"
        key = Key(signer.name, signer.public_key)
        return f"{text}\n— {signer.name} {to_base64(note_hash(key) + signer.sign(text.encode()))}\n"


def nouns():
    show, who = "northern light", "A. Actor"
    plate = Asset(
        show,
        "sh010",
        "plate",
        "Northlight",
        (who,),
        (AssetFile("a.mov", "sha256:" + "1" * 64, 9),),
        (1, 2),
        64,
        36,
        "24",
        "ACEScg",
    )
    licence = Licence(show, "all", "Northlight", ("*",), ("cawg.ai_training",), ("look",), ("GB",), None, None)
    consent = Consent(show, "actor", who, ("cawg.ai_training",), ("look",), None, date(2030, 1, 1))
    grants = (digest_of(licence), digest_of(consent))
    item = Item(digest_of(plate), "before", 0, (1, 2))
    dataset = Dataset(show, "d", "look", "cawg.ai_training", "GB", (item,), grants, date(2026, 11, 1), date(2030, 1, 1))
    scope = Scope(show, ("look",), (who,), "GB", date(2030, 1, 1))
    weights = AssetFile("sunset.safetensors", "sha256:" + "2" * 64, 9)
    model = Model(show, "sunset", "look", digest_of(dataset), "{}", 0, weights, scope, (), (), None, (), "")
    take = Take(show, "sh010_v001", "look", digest_of(model), digest_of(plate), 1, "{}", (1, 2), (), "ACEScg", ())
    review = Review(show, "r", digest_of(take), "S. Supervisor", "approved", "", AT)
    return plate, licence, consent, dataset, model, take, review


def deliver(folder, signer, files=FILES, log=None):
    """Write, log and sign a delivery; return it, and the log that it is in."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    copy_verifier(folder)
    lineage = {digest_of(noun): noun for noun in nouns()}
    take, review = (next(d for d, noun in lineage.items() if isinstance(noun, kind)) for kind in (Take, Review))
    delivery = Delivery("northern light", "d1", (take,), (review,), tuple(sorted(lineage)), file_list(folder), AT)
    log = log or Tree(b"{}" for _ in range(5))
    log.leaves += [canonical_json({"digest": digest_of(delivery), "kind": "Delivery"}).encode(), b"{}"]
    proof = LogProof(log.leaves[-2], len(log.leaves) - 2, len(log.leaves), tuple(log.path(len(log.leaves) - 2)))
    seal_delivery(folder, delivery, lineage, signer=signer, proof=proof, checkpoint=log.checkpoint(signer))
    return delivery, log


@pytest.fixture(scope="session")
def signer(tmp_path_factory):
    return make_key(tmp_path_factory.mktemp("studio") / "keys", "northlight.example/rushes")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory):
    return make_key(tmp_path_factory.mktemp("stranger") / "keys", "northlight.example/rushes")


@pytest.fixture(scope="session")
def sealed(tmp_path_factory, signer):
    """A whole delivery, not to be touched."""
    folder = tmp_path_factory.mktemp("sealed") / "d1"
    folder.mkdir()
    deliver(folder, signer)
    return folder


@pytest.fixture
def delivery(tmp_path, sealed):
    """A copy of it, to be broken."""
    return shutil.copytree(sealed, tmp_path / "d1", symlinks=True)


@pytest.fixture
def tree():
    return Tree


@pytest.fixture
def delivering():
    return deliver


@pytest.fixture
def papers():
    return {digest_of(noun): noun for noun in nouns()}
