"""One object that is handed to each verb: ledger, vault, key, clock. No globals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from rushes.domain.gate import Grants
from rushes.domain.nouns import Consent, Dataset, Licence, Model, Noun, Withdrawal
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.scopes import quarantine_reasons
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
        instruments = {digest: self.ledger.get(digest) for digest in dataset.grants}
        return quarantine_reasons(
            model.name,
            {digest: grant for digest, grant in instruments.items() if isinstance(grant, Licence | Consent)},
            self.grants(model.show).withdrawn_on,
            on=self.today(),
        )


@contextmanager
def open_studio(settings: Settings) -> Iterator[Studio]:
    """Open the studio of this machine, and make it on the first day."""
    settings.home.mkdir(parents=True, exist_ok=True)
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
