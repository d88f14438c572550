"""One question to the gate for all assets that no rule can tell apart: what rules read of an asset is its signature.

The rules read an asset's owner and people, and its name only to look for records that name it. So assets with the same
owner, the same people and the same records that name them get the same answer, and it is asked for once. No rule reads
all of that: each is asked once for what it reads, so fifty owners and a hundred casts are 150 questions, not 5,000.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, TypeVar

from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.gate import RULES, Rule, relied_on
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset
from rushes.domain.parts import Digest
from rushes.domain.question import EVERYTHING, Grants, Objection, Question, Use
from rushes.domain.records import digest_of

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True)
class Signature:
    """All that the gate reads when it is asked about an asset.

    Attributes:
        records: what concerns it, of each kind in the order of recording.
    """

    owner: str | None
    people: tuple[str, ...] | None
    records: tuple[Licence | Consent | Withdrawal | Reservation | Hold | Discharge | Party | OptIn, ...]


@dataclass(frozen=True)
class Group:
    """Assets with one signature, and what the gate says to a use of any of them.

    Attributes:
        places: which of the assets that were asked about, counted from 0.
        example: the first of them.
        objections: to the example; to the others it is the same but for their names.
        relied_on: the grants that together allow it; none where something speaks against it.
    """

    places: tuple[int, ...]
    example: Asset
    objections: tuple[Objection, ...]
    relied_on: tuple[Licence | Consent, ...]


class _Parts(NamedTuple):
    owner: str | None
    people: tuple[str, ...] | None
    holds: tuple[int, ...]
    licences: tuple[int, ...]
    consents: tuple[int, ...]
    reservations: tuple[int, ...]
    opt_ins: tuple[int, ...]


READS: Mapping[str, tuple[str, ...]] = {
    "R-OWN-01": ("owner",),
    "R-LIC-01": ("owner", "licences"),
    "R-LIC-10": ("owner", "licences"),
    "R-TDM-01": ("owner", "licences", "reservations"),
    "R-HLD-01": ("holds",),
    "R-ART-01": ("opt_ins",),
    "R-CON-01": ("people",),
    "R-CON-02": ("people", "consents"),
}
"""The parts of a signature that a rule reads; a rule that is not listed reads all of it."""

FOR_EACH_PERSON = "R-CON-02"
"""The rule that asks about one person after the other: a hundred casts of the same sixty people are sixty questions."""


def objections_by_signature(assets: Sequence[Asset], use: Use, grants: Grants) -> list[Group]:
    """Ask the gate once for each signature among some assets.

    Args:
        assets: what is to be used.
        use: what for.
        grants: everything on record.

    Returns:
        Groups in the order in which their first assets come; each asset is in one of them.
    """
    gate = _Gate(use, Register(grants))
    alike: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    mark = gate.register.marks.get
    for place, asset in enumerate(assets):
        alike[asset.owner, asset.people, mark(asset.name)].append(place)
    return [gate.group(assets[places[0]], places) for places in alike.values()]


class _Gate:
    """The gate for one use, which remembers what it was asked."""

    def __init__(self, use: Use, register: "Register") -> None:
        self.register = register
        self._use = use
        self._said: dict[Hashable, tuple[Objection, ...]] = {}
        self._relied_on: dict[Hashable, list[Licence | Consent]] = {}
        self._newest: tuple[Asset, Grants] | None = None
        self._reads = [(rule, attrgetter(*READS.get(rule.id, _Parts._fields))) for rule in RULES]

    def group(self, example: Asset, places: Sequence[int]) -> Group:
        parts = self.register.parts(example)
        said = [found for rule, reads in self._reads for found in self._ask(rule, example, reads(parts))]
        if said:
            return Group(tuple(places), example, tuple(replace(found, asset=example.name) for found in said), ())
        allowed_by = [*self._licence((parts.owner, parts.licences), example)]
        for person in example.people or ():
            allowed_by += self._consent((person, parts.consents), example)
        return Group(tuple(places), example, (), tuple(allowed_by))

    def _ask(self, rule: Rule, example: Asset, read: Hashable) -> tuple[Objection, ...]:
        key = rule.id, read
        if key not in self._said:
            self._said[key] = tuple(self._checked(rule, example))
        return self._said[key]

    def _checked(self, rule: Rule, example: Asset) -> Iterable[Objection]:
        people = example.people or ()
        if rule.id == FOR_EACH_PERSON and len(people) > 1:
            named = self.register.parts(example).consents
            alone = [replace(example, people=(person,)) for person in people]
            return (found for one in alone for found in self._ask(rule, one, (one.people, named)))
        if self._newest is None or self._newest[0] is not example:
            self._newest = example, self.register.concerning(example)
        return rule.check(Question(example, self._use, self._newest[1]))

    def _licence(self, read: tuple[str | None, tuple[int, ...]], example: Asset) -> list[Licence | Consent]:
        if read not in self._relied_on:
            alone = replace(example, people=())
            self._relied_on[read] = relied_on(alone, self._use, self.register.concerning(alone))
        return self._relied_on[read]

    def _consent(self, read: tuple[str, tuple[int, ...]], example: Asset) -> list[Licence | Consent]:
        key = "", *read
        if key not in self._relied_on:
            alone = replace(example, people=(read[0],))
            concerned = replace(self.register.concerning(alone), licences=())
            self._relied_on[key] = relied_on(alone, self._use, concerned)
        return self._relied_on[key]


def all_objections(assets: Sequence[Asset], groups: Iterable[Group]) -> list[Objection]:
    """Return what speaks against each of some assets, in their order: as if each had been asked about by itself."""
    by_place = {place: group.objections for group in groups if group.objections for place in group.places}
    return [replace(found, asset=assets[place].name) for place in sorted(by_place) for found in by_place[place]]


def signature_of(asset: Asset, grants: Grants) -> Signature:
    """Return all that the gate reads when it is asked about an asset: where that is equal its answer is."""
    concerned = Register(grants).concerning(asset)
    kinds = (concerned.licences, concerned.consents, concerned.withdrawals, concerned.reservations, concerned.holds)
    return Signature(
        asset.owner,
        asset.people,
        tuple(chain(*kinds, concerned.discharges, concerned.parties, concerned.opt_ins)),
    )


class Register:
    """Everything on record, to be looked up by what it concerns."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        # places instead of records: what a name finds is put back into the order of recording
        self._licences = _places((name, place) for place, one in enumerate(grants.licences) for name in one.assets)
        self._of_owner = _places(
            (one.owner, place) for place, one in enumerate(grants.licences) if EVERYTHING in one.assets
        )
        self._consents = _places((one.person, place) for place, one in enumerate(grants.consents))
        self._for_clips = _places((name, place) for place, one in enumerate(grants.consents) for name in one.assets)
        self._reservations = _places((one.asset, place) for place, one in enumerate(grants.reservations))
        self._holds = _places((one.subject, place) for place, one in enumerate(grants.holds))
        self._parties = _places((one.name, place) for place, one in enumerate(grants.parties))
        self._opt_ins = _places((name, place) for place, one in enumerate(grants.opt_ins) for name in one.assets)
        self._withdrawals = _places((one.instrument, place) for place, one in enumerate(grants.withdrawals))
        self._discharges = _places((one.instrument, place) for place, one in enumerate(grants.discharges))
        self._digests: dict[Licence | Consent, Digest] = {}

    @cached_property
    def marks(self) -> Mapping[str, tuple[object, ...]]:
        """For each name that a record may mean an asset by: which records do."""
        named = (self._licences, self._for_clips, self._reservations, self._opt_ins, self._holds)
        return {name: tuple(tuple(kind.get(name, ())) for kind in named) for name in set(chain(*named))}

    def parts(self, asset: Asset) -> _Parts:
        """Return what rules read of an asset, each part by itself."""
        kinds = (self._licences, self._for_clips, self._reservations, self._opt_ins)
        named = [tuple(kind.get(asset.name, ())) for kind in kinds]
        return _Parts(asset.owner, asset.people, tuple(self._holds_on(asset)), *named)

    def concerning(self, asset: Asset) -> Grants:
        """Return what the gate needs to answer about an asset, and nothing else."""
        grants, people = self._grants, asset.people or ()
        of_owner = [] if asset.owner is None else self._of_owner.get(asset.owner, [])
        licences = _found(grants.licences, [*self._licences.get(asset.name, []), *of_owner])
        consents = _found(grants.consents, chain(*(self._consents.get(person, []) for person in people)))
        digests = [*map(self._digest, licences), *map(self._digest, consents)]
        return Grants(
            licences,
            consents,
            _found(grants.withdrawals, chain(*(self._withdrawals.get(digest, []) for digest in digests))),
            _found(grants.reservations, self._reservations.get(asset.name, [])),
            _found(grants.holds, self._holds_on(asset)),
            _found(grants.discharges, chain(*(self._discharges.get(digest, []) for digest in digests))),
            _found(grants.parties, chain(*(self._parties.get(person, []) for person in people))),
            _found(grants.opt_ins, self._opt_ins.get(asset.name, [])),
        )

    def _holds_on(self, asset: Asset) -> list[int]:
        subjects = {name for name in (asset.name, asset.owner, *(asset.people or ())) if name is not None}
        return sorted(place for subject in subjects for place in self._holds.get(subject, ()))

    def _digest(self, grant: Licence | Consent) -> Digest:
        if grant not in self._digests:
            self._digests[grant] = digest_of(grant)
        return self._digests[grant]


def _places(found: Iterable[tuple[K, int]]) -> dict[K, list[int]]:
    places: dict[K, list[int]] = {}
    for key, place in found:
        places.setdefault(key, []).append(place)
    return places


def _found(records: Sequence[R], places: Iterable[int]) -> list[R]:
    return [records[place] for place in sorted(set(places))]
