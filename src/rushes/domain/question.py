"""A use of an asset, and everything on record that could allow or forbid it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset
from rushes.domain.parts import Digest

EVERYTHING = "*"


@dataclass(frozen=True)
class Use:
    """What somebody wants to do.

    Attributes:
        action: a CAWG word (`domain.actions`).
        department: whose work it is.
        territory: where it happens, ISO 3166-1 alpha-2.
        on: the day.
    """

    show: str
    action: str
    department: str
    territory: str
    on: date


@dataclass(frozen=True)
class Grants:
    """Everything on record that could allow or forbid a use; of what has revisions, the newest last."""

    licences: Sequence[Licence] = ()
    consents: Sequence[Consent] = ()
    withdrawals: Sequence[Withdrawal] = ()
    reservations: Sequence[Reservation] = ()
    holds: Sequence[Hold] = ()
    discharges: Sequence[Discharge] = ()
    parties: Sequence[Party] = ()
    opt_ins: Sequence[OptIn] = ()
    withdrawn_on: dict[Digest, date] = field(init=False, compare=False, default_factory=dict)
    discharged_on: dict[tuple[Digest, str], date] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for withdrawal in self.withdrawals:
            since = self.withdrawn_on.get(withdrawal.instrument, withdrawal.since)
            self.withdrawn_on[withdrawal.instrument] = min(since, withdrawal.since)
        for done in self.discharges:
            day = self.discharged_on.get((done.instrument, done.duty), done.on)
            self.discharged_on[done.instrument, done.duty] = min(day, done.on)

    def open_holds(self) -> list[Hold]:
        """Return the holds that stand: of each kind on each subject the newest, if it is not lifted."""
        newest = {(hold.subject, hold.kind): hold for hold in self.holds}
        return [hold for hold in newest.values() if hold.open]

    def artists(self, asset: str) -> list[OptIn]:
        """Return the newest word of each artist on whether an asset that they made may teach."""
        newest = {word.person: word for word in self.opt_ins if asset in word.assets}
        return list(newest.values())

    def party(self, name: str) -> Party | None:
        """Return the newest fact about somebody, or None."""
        return next((party for party in reversed(self.parties) if party.name == name), None)


@dataclass(frozen=True)
class Objection:
    """One reason why not.

    Attributes:
        rule: its id in `RULES`.
        asset: name of the asset.
        instrument: name of what failed, or None where there is nothing.
        text: the reason, for a person.
    """

    rule: str
    asset: str
    instrument: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.asset}: {self.text}"


@dataclass(frozen=True)
class Question:
    """One use of one asset, and all that is on record."""

    asset: Asset
    use: Use
    grants: Grants

    def licences(self) -> list[Licence]:
        """Return the licences that speak of this asset."""
        asset = self.asset
        return [
            grant
            for grant in self.grants.licences
            if asset.name in grant.assets or (EVERYTHING in grant.assets and grant.owner == asset.owner)
        ]

    def consents(self, person: str) -> list[Consent]:
        """Return the consents of somebody."""
        return [grant for grant in self.grants.consents if grant.person == person]
