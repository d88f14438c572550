"""May we? The rights gate: rules are data plus pure functions, readable by a lawyer. Unknown is locked.

A grant is read alone: one licence must answer the whole question, and two that each answer half are not added up.
Every rule names only the instrument that failed it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from rushes.domain.nouns import Asset, Consent, Licence, Withdrawal
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of

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
    """Everything on record that could allow or forbid a use."""

    licences: Sequence[Licence] = ()
    consents: Sequence[Consent] = ()
    withdrawals: Sequence[Withdrawal] = ()
    withdrawn_on: dict[Digest, date] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for withdrawal in self.withdrawals:
            since = self.withdrawn_on.get(withdrawal.instrument, withdrawal.since)
            self.withdrawn_on[withdrawal.instrument] = min(since, withdrawal.since)


@dataclass(frozen=True)
class Objection:
    """One reason why not.

    Attributes:
        rule: its id in `RULES`.
        asset: name of the asset.
        instrument: name of the licence or consent that failed, or None where there is none.
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


@dataclass(frozen=True)
class Rule:
    """One rule: its id is stable and cited; `check` returns what speaks against the use."""

    id: str
    text: str
    source: str
    check: Callable[[Question], Iterable[Objection]]


Fault = tuple[str, str]
"""Id of the rule that a grant fails, and the reason."""


def objections(asset: Asset, use: Use, grants: Grants) -> list[Objection]:
    """Return everything that speaks against a use of an asset, all at once; empty means allowed.

    Args:
        asset: what is to be used.
        use: what for.
        grants: everything on record.
    """
    question = Question(asset, use, grants)
    return [objection for rule in RULES for objection in rule.check(question)]


def relied_on(asset: Asset, use: Use, grants: Grants) -> list[Licence | Consent]:
    """Return the licences and consents that together allow a use: those that outlast the others come first."""
    question = Question(asset, use, grants)
    needed: list[list[Licence | Consent]] = [[g for g in _licences(question) if not _licence_faults(g, question)]]
    for person in asset.people or ():
        needed.append([g for g in _consents(question, person) if not _consent_faults(g, question)])
    return [max(choices, key=lambda grant: (grant.ends or date.max, grant.name)) for choices in needed if choices]


def valid_until(grants: Iterable[Licence | Consent]) -> date | None:
    """Return the earliest last day of some grants, or None where none of them ends."""
    return min((grant.ends for grant in grants if grant.ends), default=None)


def _owner_is_known(question: Question) -> Iterator[Objection]:
    if not question.asset.owner:
        yield Objection("R-OWN-01", question.asset.name, None, "nobody has said who owns it")


def _a_licence_covers_it(question: Question) -> Iterator[Objection]:
    licences = _licences(question)
    if not licences:
        yield Objection("R-LIC-01", question.asset.name, None, f"no licence for {_words(question.use)}")
    yield from _unless_one_covers(question, [(grant, _licence_faults(grant, question)) for grant in licences])


def _people_are_known(question: Question) -> Iterator[Objection]:
    if question.asset.people is None:
        yield Objection("R-CON-01", question.asset.name, None, "nobody has said who can be recognised in it")


def _everyone_consents(question: Question) -> Iterator[Objection]:
    for person in question.asset.people or ():
        consents = _consents(question, person)
        if not consents:
            text = f"no consent from {person} for {_words(question.use)}"
            yield Objection("R-CON-02", question.asset.name, None, text)
        yield from _unless_one_covers(question, [(grant, _consent_faults(grant, question)) for grant in consents])


RULES: tuple[Rule, ...] = (
    Rule("R-OWN-01", "The owner of record is known.", "DPS 1.0 use.copyright", _owner_is_known),
    Rule(
        "R-LIC-01",
        "One licence of that owner covers action, use, territory and day, and is not withdrawn.",
        "ODRL 2.2 permission and constraint; CAWG TDM 1.1",
        _a_licence_covers_it,
    ),
    Rule("R-CON-01", "Somebody has said who can be recognised.", "GDPR Art. 9", _people_are_known),
    Rule(
        "R-CON-02",
        "Each of them consents to this action and use, on this day, and has not withdrawn.",
        "SAG-AFTRA 2026; GDPR Art. 7(3)",
        _everyone_consents,
    ),
)


def _unless_one_covers(
    question: Question, judged: Sequence[tuple[Licence | Consent, list[Fault]]]
) -> Iterator[Objection]:
    if all(faults for _, faults in judged):
        for grant, faults in judged:
            for rule, text in faults:
                yield Objection(rule, question.asset.name, grant.name, text)


def _licences(question: Question) -> list[Licence]:
    asset = question.asset
    return [
        grant
        for grant in question.grants.licences
        if asset.name in grant.assets or (EVERYTHING in grant.assets and grant.owner == asset.owner)
    ]


def _consents(question: Question, person: str) -> list[Consent]:
    return [grant for grant in question.grants.consents if grant.person == person]


def _licence_faults(grant: Licence, question: Question) -> list[Fault]:
    use, faults = question.use, _shared_faults(grant, question, "LIC")
    if grant.owner != question.asset.owner:
        faults.append(("R-LIC-02", f"licence {grant.name} is from {grant.owner}, who is not its owner of record"))
    if use.territory not in grant.territories and EVERYTHING not in grant.territories:
        faults.append(("R-LIC-03", f"licence {grant.name} does not cover {use.territory}"))
    return faults


def _consent_faults(grant: Consent, question: Question) -> list[Fault]:
    return _shared_faults(grant, question, "CON")


def _shared_faults(grant: Licence | Consent, question: Question, family: str) -> list[Fault]:
    use, faults = question.use, []
    name = f"{'licence' if family == 'LIC' else f'consent of {grant.person}'} {grant.name}"  # type: ignore[union-attr]
    withdrawn = question.grants.withdrawn_on.get(digest_of(grant))
    if grant.show != use.show:
        faults.append((f"R-{family}-07", f"{name} is for {grant.show}, not for {use.show}"))
    if use.action not in grant.actions:
        faults.append((f"R-{family}-04", f"{name} does not allow {use.action}"))
    if use.department not in grant.uses and EVERYTHING not in grant.uses:
        faults.append((f"R-{family}-05", f"{name} does not allow it for {use.department}"))
    if grant.starts and use.on < grant.starts:
        faults.append((f"R-{family}-06", f"{name} starts on {grant.starts}"))
    if grant.ends and use.on > grant.ends:
        faults.append((f"R-{family}-06", f"{name} ended on {grant.ends}"))
    if withdrawn and use.on >= withdrawn:
        faults.append((f"R-{family}-08", f"{name} was withdrawn on {withdrawn}"))
    return faults


def _words(use: Use) -> str:
    return f"{use.action} by {use.department}"
