"""Both databases, a key, and nouns to record."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Review, Take
from rushes.domain.parts import AssetFile, Item, Scope
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.ledger.book import Ledger, open_ledger

ORIGIN = "northlight.example/rushes"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Key:
    """An Ed25519 key that signs checkpoints."""

    def __init__(self, seed: bytes, name: str = ORIGIN) -> None:
        self.name = name
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        return self._private.sign(content)


@pytest.fixture
def make_key() -> Callable[..., Key]:
    return Key


@pytest.fixture
def key() -> Key:
    return Key(bytes(range(32)))


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A private PostgreSQL on a socket in a folder of its own; gives the folder."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "")]
    if not found[-1].is_file():
        pytest.skip("PostgreSQL is not installed here")
    programs = found[-1].resolve().parent
    folder = Path(tempfile.mkdtemp(prefix="rushes-pg-", dir="/tmp"))
    # PostgreSQL refuses to run as root
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data, settings = folder / "data", f"-k {folder} -c listen_addresses= -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "-A", "trust", "-U", "rushes", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run("pg_ctl", "-l", str(folder / "log"), "-o", settings, "-w", "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be made, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    folder, name = request.getfixturevalue("postgresql"), f"ledger_{next(NUMBERS)}"
    import psycopg

    with psycopg.connect(host=folder, user="rushes", dbname="postgres") as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"postgresql://rushes@/postgres?host={folder}&options=-csearch_path%3D{name}"


@pytest.fixture
def ledger(url: str, key: Key) -> Iterator[Ledger]:
    with open_ledger(url, origin=ORIGIN, signer=key) as opened:
        yield opened


@pytest.fixture
def in_memory(key: Key) -> Iterator[Ledger]:
    with open_ledger("sqlite://", origin=ORIGIN, signer=key) as opened:
        yield opened


def licence(name: str, show: str = "bunny") -> Licence:
    return Licence(
        show=show,
        name=name,
        owner="Blender",
        assets=("*",),
        actions=("cawg.ai_training",),
        uses=("look",),
        territories=("GB",),
        starts=date(2026, 1, 1),
        ends=date(2030, 1, 1),
    )


def asset(name: str, show: str = "bunny") -> Asset:
    return Asset(
        show=show,
        name=name,
        kind="plate",
        owner="Blender",
        people=(),
        files=tuple(AssetFile(f"{name}.{n}.exr", digest_of_bytes(f"{name}{n}".encode()), 9) for n in (1, 2)),
        frames=(1, 2),
        width=64,
        height=36,
        frame_rate="24",
        colour_space="ACEScg",
    )


@pytest.fixture
def make_licence() -> Callable[..., Licence]:
    return licence


@pytest.fixture
def make_asset() -> Callable[..., Asset]:
    return asset


@dataclass(frozen=True)
class Chain:
    """One chain of title: two plates, the grants, what was learned from them and what left the house."""

    plate: Asset
    other_plate: Asset
    licence: Licence
    consent: Consent
    dataset: Dataset
    model: Model
    take: Take
    review: Review
    delivery: Delivery

    def nouns(self) -> list:
        return list(vars(self).values())


@pytest.fixture
def chain() -> Chain:
    plate, other, grant = asset("sh010 plate"), asset("sh020 plate"), licence("blender licence")
    consent = Consent(
        show="bunny",
        name="A. Actor",
        person="A. Actor",
        actions=("cawg.ai_training",),
        uses=("look",),
        starts=None,
        ends=None,
    )
    dataset = Dataset(
        show="bunny",
        name="look v1",
        department="look",
        action="cawg.ai_training",
        territory="GB",
        items=(Item(asset=digest_of(plate), role="before", group=1, frames=(1, 2)),),
        grants=(digest_of(grant), digest_of(consent)),
        cleared=date(2026, 11, 22),
        valid_until=None,
    )
    model = Model(
        show="bunny",
        name="look v1",
        department="look",
        dataset=digest_of(dataset),
        recipe="{}",
        seed=0,
        weights=AssetFile("weights.safetensors", digest_of_bytes(b"weights"), 7),
        scope=Scope(show="bunny", uses=("look",), people=(), territory="GB", ends=None),
        measures=(),
        reports=(),
        base=None,
        earlier=(),
        signature="",
    )
    take = Take(
        show="bunny",
        name="sh010 look t1",
        department="look",
        model=digest_of(model),
        plate=digest_of(plate),
        number=1,
        settings="{}",
        frames=(1, 2),
        files=plate.files,
        colour_space="ACEScg",
        measures=(),
    )
    review = Review(
        show="bunny",
        name="sh010 look t1 by G",
        take=digest_of(take),
        person="G. Grader",
        decision="approved",
        note="",
        at=NOON,
    )
    delivery = Delivery(
        show="bunny",
        name="reel 1",
        takes=(digest_of(take),),
        reviews=(digest_of(review),),
        lineage=(digest_of(model),),
        files=(),
        at=NOON,
    )
    return Chain(plate, other, grant, consent, dataset, model, take, review, delivery)
