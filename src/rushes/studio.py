"""One object that is handed to each verb: ledger, vault, key, clock. No globals."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.errors import AlreadyThere
from rushes.domain.gate import objections
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.names import check_name
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Model, Person, Show
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.passports import Bases, Passport, base_objections
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of
from rushes.domain.scopes import quarantine_reasons
from rushes.ledger.atomic import make_folder
from rushes.ledger.book import Ledger, open_ledger
from rushes.ledger.people import People
from rushes.ledger.vault import Vault, open_vault
from rushes.settings import Settings
from rushes.signing.certificates import Authority, make_authority, open_authority, renew
from rushes.signing.keys import Signer, make_key, open_key

FUTURE = "future"

HELD, DECLINED = "R-HLD-01", "R-ART-01"
"""What is said of material that has taught already, and stops what it taught: a hold, an artist's no."""


@dataclass(frozen=True)
class Studio:
    """What every verb needs.

    Attributes:
        people: the keys of those whose names are sealed.
        jobs: folder where jobs keep their records and checkpoints.
        credentials: folder of the authority for content credentials.
        clock: the time, with its zone.
        person: under whose name facts are recorded.
    """

    ledger: Ledger
    vault: Vault
    signer: Signer
    people: People
    jobs: Path
    credentials: Path
    clock: Callable[[], datetime]
    person: str

    def today(self) -> date:
        """Return today's date where grants are concerned: UTC."""
        return self.clock().astimezone(UTC).date()

    def at(self, moment: datetime) -> "Studio":
        """Return the studio as it was at a moment, to ask and not to record: its facts, and its clock."""
        return replace(self, ledger=self.ledger.at(moment), clock=lambda: moment)

    def record(self, noun: Noun) -> Digest:
        """Put a fact on record, by this person, now; it is on disk when this returns."""
        check_name(noun.noun.split("@")[0].lower(), noun.name)
        return self.ledger.record(noun, at=self.clock(), by=self.person)

    def record_all(self, nouns: Sequence[Noun]) -> list[Digest]:
        """Put facts on record in one go, by this person, now: all of them or none."""
        for noun in nouns:
            check_name(noun.noun.split("@")[0].lower(), noun.name)
        return self.ledger.record_all(nouns, at=self.clock(), by=self.person)

    def production(self, name: str) -> Show:
        """Return a show by its name."""
        return self.ledger.find(Show, name, name)

    def paths(self, files: tuple[AssetFile, ...]) -> list[Path]:
        """Return where files lie in the vault, each checked against its digest."""
        return [self.vault.path(file) for file in files]

    def grants(self, show: str, *, leaving: bool = False) -> Grants:
        """Return everything on record for a show that could allow or forbid a use.

        Args:
            show: its name.
            leaving: of what was made already: a withdrawal that reaches only what is new is left out.
        """
        ledger = self.ledger
        withdrawals = [each for each in ledger.every(Withdrawal, show) if not (leaving and each.reach == FUTURE)]
        return Grants(
            ledger.every(Licence, show),
            ledger.every(Consent, show),
            withdrawals,
            ledger.every(Reservation, show),
            ledger.every(Hold, show),
            ledger.every(Discharge, show),
            ledger.every(Party, show),
            ledger.every(OptIn, show),
        )

    def quarantine(self, model: Model, *, leaving: bool = False) -> list[str]:
        """Return why a model is in quarantine; empty where it is not.

        Args:
            model: the model.
            leaving: only for what it has made already.
        """
        dataset = self.ledger.get(model.dataset)
        assert isinstance(dataset, Dataset)
        grants, today = self.grants(model.show, leaving=leaving), self.today()
        instruments = {digest: self.ledger.get(digest) for digest in dataset.grants}
        withdrawn = quarantine_reasons(
            model.name,
            {digest: grant for digest, grant in instruments.items() if isinstance(grant, Licence | Consent)},
            grants.withdrawn_on,
            on=today,
        )
        use = Use(dataset.show, dataset.action, dataset.department, dataset.territory, today)
        known_then = {item.asset for item in dataset.items}
        objected = [
            str(reason)
            for asset in self.assets_today(dataset)
            for reason in objections(asset, use, grants)
            if digest_of(asset) not in known_then or reason.rule in (HELD, DECLINED)
            if not (leaving and reason.rule == DECLINED)
        ]
        by_assets = [f"{model.name} is quarantined: it was taught by {reason}" for reason in objected]
        by_assets += self._built_on(model)
        earlier = [self._model(digest) for digest in model.earlier]
        by_earlier = [reason for one in earlier for reason in self.quarantine(one, leaving=leaving)]
        return withdrawn + by_assets + [f"{model.name} builds on it: {reason}" for reason in by_earlier]

    def _built_on(self, model: Model) -> list[str]:
        passports = {digest_of(one): one for one in self.ledger.every(Passport, model.show)} if model.base else {}
        bases = self.ledger.every(Bases, model.show) if model.base else []
        return base_objections(model.name, model.base, passports=passports, bases=bases)

    def authority(self) -> Authority:
        """Return the studio's authority for content credentials: made on the first day, renewed in time."""
        if not self.credentials.is_dir():
            with suppress(AlreadyThere):  # somebody else may have made it meanwhile
                make_authority(self.credentials, self.signer.name, self.clock())
        return renew(open_authority(self.credentials), self.clock())

    def title_of(self, person: Person) -> str:
        """Return a person as in the credits; after an erasure, the pseudonym."""
        return person.title or self.people.open(person.show, person.name, person.sealed).get("title", person.name)

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
            people=People(settings.home / "people"),
            jobs=settings.home / "jobs",
            credentials=settings.home / "credentials",
            clock=lambda: datetime.now(UTC),
            person=settings.person,
        )
