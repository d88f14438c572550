"""How long a withdrawal takes over a million assets: one fact recorded, everything that it reaches named.

    python bench/withdrawal.py --folder /somewhere/with/2GB

The ledger is made once and kept there. The bar is 5 s for 1,000,000 assets and 400,000 edges.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from rushes.cli.voice import err
from rushes.domain.actions import TRAINING
from rushes.domain.grants import Licence, Withdrawal
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Take
from rushes.domain.parts import AssetFile, Item, Scope
from rushes.domain.records import digest_of
from rushes.jobs.bar import progress_bar
from rushes.ledger.book import open_ledger

AT, DAY = datetime(2026, 11, 22, 9, tzinfo=UTC), date(2026, 11, 22)
ASSETS, DATASETS, ITEMS, MODELS, TAKES, DELIVERIES = 1_000_000, 60, 1_000, 200, 150_000, 40_000
BATCH = 20_000
WEIGHTS = AssetFile("w.safetensors", "sha256:" + "0" * 64, 1)
LICENCE = Licence("nf", "own", "Pedal Films", ("*",), (TRAINING,), ("*",), ("*",), None, None)


def _asset(number: int) -> Asset:
    return Asset("nf", f"a{number:07d}", "plate", "Pedal Films", (), (), (1, 2), 2048, 858, "24", "ACEScg")


def facts() -> Iterator[Noun]:
    """Yield everything that the ledger holds: all of it rests on one licence."""
    yield LICENCE
    assets = []
    for number in range(ASSETS):
        assets.append(digest_of(asset := _asset(number)))
        yield asset
    datasets, models, takes = [], [], []
    for number in range(DATASETS):
        mine = assets[number * ITEMS : (number + 1) * ITEMS]
        items = tuple(Item(digest, "before", group, (1,)) for group, digest in enumerate(mine))
        dataset = Dataset("nf", f"d{number}", "look", TRAINING, "GB", items, (digest_of(LICENCE),), DAY, None)
        datasets.append(digest_of(dataset))
        yield dataset
    scope = Scope("nf", ("look",), (), "GB", None)
    for number in range(MODELS):
        taught = datasets[number % DATASETS]
        model = Model("nf", f"m{number}", "look", taught, "{}", number, WEIGHTS, scope, (), (), None, (), "s")
        models.append(digest_of(model))
        yield model
    for number in range(TAKES):
        made = models[number % MODELS], assets[number]
        take = Take("nf", f"t{number:06d}", "look", *made, number, "{}", (1, 2), (), "ACEScg", ())
        takes.append(digest_of(take))
        yield take
    for number in range(DELIVERIES):
        yield Delivery("nf", f"r{number:05d}", (takes[number],), (), (), (), AT)


def build(folder: Path) -> None:
    """Make the ledger."""
    total = 1 + ASSETS + DATASETS + MODELS + TAKES + DELIVERIES
    with (
        open_ledger(f"sqlite:///{folder / 'ledger.db'}", origin="bench", signer=None) as ledger,
        progress_bar(err) as watch,
    ):
        batch: list[Noun] = []
        for done, fact in enumerate(facts(), 1):
            batch.append(fact)
            if len(batch) == BATCH or done == total:
                ledger.record_all(batch, at=AT, by="bench")
                batch = []
                watch(done, total, "facts")


def measure(folder: Path) -> None:
    """Withdraw the licence, name all that it reaches, and print how long it took."""
    url = f"sqlite:///{folder / 'ledger.db'}"
    with open_ledger(url, origin="bench", signer=None) as ledger:
        for turn in range(3):
            wall, cpu = time.perf_counter(), time.process_time()
            ledger.record(Withdrawal("nf", f"w{turn}", digest_of(LICENCE), DAY, f"sold {turn}"), at=AT, by="bench")
            touched = ledger.names_touched_by(digest_of(LICENCE))
            took = time.perf_counter() - wall, time.process_time() - cpu
            counts = ", ".join(f"{count} {kind}" for kind, count in Counter(kind for kind, _ in touched).items())
            sys.stdout.write(f"withdrawn: {took[0]:.2f} s wall, {took[1]:.2f} s CPU; {counts}\n")
        first = digest_of(_asset(0))
        wall = time.perf_counter()
        reached = len(ledger.names_touched_by(first))
        sys.stdout.write(f"one asset: {1000 * (time.perf_counter() - wall):.0f} ms to {reached} things\n")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "built").exists():
        build(folder)
        (folder / "built").touch()
    measure(folder)


if __name__ == "__main__":
    main()
