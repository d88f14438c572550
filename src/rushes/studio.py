"""One object that is handed to each verb: ledger, vault, key, clock. No globals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from rushes.domain.gate import Grants, Use, objections
from rushes.domain.names import check_name
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Consent, Dataset, Licence, Model, Withdrawal
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.records import digest_of
from rushes.domain.scopes import quarantine_reasons
from rushes.ledger.atomic import make_folder
from rushes.ledger.book import Ledger, open_ledger
from rushes.ledger.vault import Vault, open_vault
from rushes.settings import Settings
from rushes.signing.keys import Signer, make_key, open_key


@dataclass(frozen=True)
class Studio:
    """What every verb needs.

    Attributes:
        jobs: folder where jobs keep their records and checkpoints.
        clock: the time, with its zone.
        person: under whose name facts are recorded.
    """

    ledger: Ledger
    vault: Vault
    signer: Signer
    jobs: Path
    clock: Callable[[], datetime]
    person: str

    def today(self) -> date:
        """Return today's date where grants are concerned: UTC."""
        return self.clock().astimezone(UTC).date()

    def record(self, noun: Noun) -> Digest:
        """Put a fact on record, by this person, now; it is on disk when this returns."""
        check_name(noun.noun.split("@")[0].lower(), noun.name)
        return self.ledger.record(noun, at=self.clock(), by=self.person)

    def paths(self, files: tuple[AssetFile, ...]) -> list[Path]:
        """Return where files lie in the vault, each checked against its digest."""
        return [self.vault.path(file) for file in files]

    def grants(self, show: str) -> Grants:
        """Return every licence, consent and withdrawal on record for a show."""
        ledger = self.ledger
        return Grants(ledger.every(Licence, show), ledger.every(Consent, show), ledger.every(Withdrawal, show))

    def quarantine(self, model: Model) -> list[str]:
        """Return why a model is in quarantine; empty where it is not."""
        dataset = self.ledger.get(model.dataset)
        assert isinstance(dataset, Dataset)
        grants, today = self.grants(model.show), self.today()
        instruments = {digest: self.ledger.get(digest) for digest in dataset.grants}
        withdrawn = quarantine_reasons(
            model.name,
            {digest: grant for digest, grant in instruments.items() if isinstance(grant, Licence | Consent)},
            grants.withdrawn_on,
            on=today,
        )
        use = Use(dataset.show, dataset.action, dataset.department, dataset.territory, today)
        learned_since = [
            asset
            for asset in self.assets_today(dataset)
            if digest_of(asset) not in {item.asset for item in dataset.items}
        ]
        objected = [str(reason) for asset in learned_since for reason in objections(asset, use, grants)]
        by_assets = [f"{model.name} is quarantined: it was taught by {reason}" for reason in objected]
        by_earlier = [reason for digest in model.earlier for reason in self.quarantine(self._model(digest))]
        return withdrawn + by_assets + [f"{model.name} builds on it: {reason}" for reason in by_earlier]

    def _model(self, digest: Digest) -> Model:
        model = self.ledger.get(digest)
        assert isinstance(model, Model)
        return model

    def as_known_today(self, asset: Asset) -> Asset:
        """Return the newest fact about some footage: who owns it and who is seen in it may be known better now."""
        return self.ledger.find(Asset, asset.show, asset.name)

    def assets_today(self, dataset: Dataset) -> list[Asset]:
        """Return the newest facts about everything in a dataset."""
        digests = dict.fromkeys(item.asset for item in dataset.items)
        return [self.as_known_today(self.ledger.find(Asset, dataset.show, digest)) for digest in digests]


@contextmanager
def open_studio(settings: Settings) -> Iterator[Studio]:
    """Open the studio of this machine, and make it on the first day."""
    make_folder(settings.home, remedy="Name a folder of your own in RUSHES_HOME.")
    keys = settings.home / "keys"
    signer = open_key(keys) if keys.is_dir() else make_key(keys, "rushes-studio")
    with open_ledger(settings.ledger, origin=signer.name, signer=signer) as ledger:
        yield Studio(
            ledger=ledger,
            vault=open_vault(settings.vault),
            signer=signer,
            jobs=settings.home / "jobs",
            clock=lambda: datetime.now(UTC),
            person=settings.person,
        )
