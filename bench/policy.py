"""May a million assets teach? One question, with assets in memory and from a ledger; and the gate against Cedar.

    python bench/policy.py                     1,000,000 assets: the question, warm and cold
    python bench/policy.py --assets 200000
    python bench/policy.py --cedar 100000      random worlds; prints every disagreement

CPU-seconds of one core. Assets differ in owner (20 houses) and people (0 to 3 of 60); one in a hundred is named by a
licence of its own, one in a thousand by a reservation, a hold or an artist's word.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from rushes.domain.clearances import Hold, OptIn, Reservation
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset
from rushes.domain.parts import AssetFile
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of
from rushes.domain.signatures import all_objections, objections_by_signature
from rushes.ledger.book import open_ledger

sys.path.append(str(Path(__file__).parents[1] / "tests" / "domain"))

DAY, ACTION = date(2026, 11, 22), "cawg.ai_training"
USE = Use("nf", ACTION, "look", "GB", DAY)
OWNERS = [f"House {number}" for number in range(20)]
PEOPLE = [f"person-{number}" for number in range(60)]
CROWDS = [tuple(PEOPLE[first : first + many]) for first in range(57) for many in range(4)]


def asset(random: Random, number: int) -> Asset:
    file = AssetFile(f"plate_{number:07}.exr", f"sha256:{number:064x}", 1 << 20)
    who = random.choice(CROWDS) if random.random() < 0.3 else ()
    owner = random.choice(OWNERS)
    return Asset("nf", f"plate_{number:07}", "plate", owner, who, (file,), (1, 1), 8, 8, "24", "ACEScg")


def grants(random: Random, assets: list[Asset]) -> Grants:
    licences = [Licence("nf", f"l-{name}", name, ("*",), (ACTION,), ("look",), ("GB",), None, None) for name in OWNERS]
    own = sorted(random.sample(assets, len(assets) // 100), key=lambda one: str(one.owner))
    for place in range(0, len(own), 100):
        named = tuple(one.name for one in own[place : place + 100])
        licences.append(Licence("nf", f"own-{place}", own[place].owner, named, (ACTION,), ("*",), ("*",), None, DAY))
    consents = [Consent("nf", f"c-{name}", name, (ACTION,), ("look",), None, None) for name in PEOPLE]
    some = [one.name for one in random.sample(assets, len(assets) // 1000)]
    third = len(some) // 3
    return Grants(
        licences,
        consents,
        [Withdrawal("nf", "w", digest_of(consents[7]), DAY, "by letter")],
        [Reservation("nf", f"r-{name}", name, "c2pa", (ACTION,), "notAllowed") for name in some[:third]],
        [Hold("nf", f"h-{name}", name, "dispute", "a letter", open=True) for name in some[third : 2 * third]],
        opt_ins=[OptIn("nf", f"o-{name}", "bo", (name,), False, "paint artist") for name in some[2 * third :]],
    )


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def warm(assets: list[Asset], known: Grants) -> None:
    took, groups = zip(*(seconds(lambda: objections_by_signature(assets, USE, known)) for _ in range(5)), strict=True)
    objected = sum(len(group.places) for group in groups[0] if group.objections)
    print(f"{len(assets):,} assets, {len(groups[0]):,} signatures, {objected:,} objected to")
    print(f"the question, assets in memory: {min(took):.2f} s (median {sorted(took)[2]:.2f}) of one core")
    listing, found = seconds(lambda: all_objections(assets, groups[0]))
    print(f"every objection by name, {len(found):,} of them: {listing:.2f} s")


def cold(assets: list[Asset], known: Grants) -> None:
    with TemporaryDirectory() as folder, open_ledger(f"sqlite:///{folder}/l.db", origin="bench", signer=None) as book:
        now = datetime(2026, 11, 22, tzinfo=UTC)
        for place in range(0, len(assets), 50_000):
            book.record_all(assets[place : place + 50_000], at=now, by="ana")
        read, found = seconds(lambda: book.every(Asset, "nf"))
        asked, _ = seconds(lambda: objections_by_signature(found, USE, known))
        print(f"cold: {read:.1f} s to read them from the ledger, each held against its digest; {asked:.2f} s to ask")


def against_cedar(worlds: int) -> None:
    from test_cedar import disagreements  # an optional package, for tests only

    apart = allowed = done = 0
    start = time.process_time()
    while done < worlds:
        more, yes, _ = disagreements(min(5000, worlds - done), seed=1000 + done)
        apart, allowed, done = apart + len(more), allowed + yes, done + min(5000, worlds - done)
        for one in more:
            print(one)
    print(
        f"{done:,} worlds, {allowed:,} allowed, {apart} disagreements, {time.process_time() - start:.0f} s of one core"
    )


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--assets", type=int, default=1_000_000)
    reader.add_argument("--cedar", type=int, default=0)
    reader.add_argument("--seed", type=int, default=0)
    asked = reader.parse_args()
    if asked.cedar:
        against_cedar(asked.cedar)
        return
    random = Random(asked.seed)
    assets = [asset(random, number) for number in range(asked.assets)]
    known = grants(random, assets)
    warm(assets, known)
    cold(assets, known)


if __name__ == "__main__":
    main()
