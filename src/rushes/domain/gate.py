"""May we? The rights gate: rules are data plus pure functions, readable by a lawyer. Unknown is locked.

A grant is read alone: one licence must answer the whole question, and two that each answer half are not added up.
Every rule names only the instrument that failed it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rushes.domain.actions import GENERATIVE_TRAINING, TRAINING
from rushes.domain.faults import Fault, consent_faults, in_term, licence_faults
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.domain.question import EVERYTHING, Grants, Objection, Question, Use

TEACHING = (TRAINING, GENERATIVE_TRAINING)


@dataclass(frozen=True)
class Rule:
    """One rule: its id is stable and cited; `check` returns what speaks against the use."""

    id: str
    text: str
    source: str
    check: Callable[[Question], Iterable[Objection]]


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
    needed: list[list[Licence | Consent]] = [[g for g in question.licences() if not licence_faults(g, question)]]
    for person in asset.people or ():
        needed.append([g for g in question.consents(person) if not consent_faults(g, question)])
    return [max(choices, key=lambda grant: (grant.ends or date.max, grant.name)) for choices in needed if choices]


def valid_until(grants: Iterable[Licence | Consent]) -> date | None:
    """Return the earliest last day of some grants, or None where none ends that what was made under it must respect."""
    outlived = (grant for grant in grants if not (isinstance(grant, Licence) and grant.outlives))
    return min((grant.ends for grant in outlived if grant.ends), default=None)


def _owner_is_known(question: Question) -> Iterator[Objection]:
    if not question.asset.owner:
        yield Objection("R-OWN-01", question.asset.name, None, "nobody has said who owns it")


def _a_licence_covers_it(question: Question) -> Iterator[Objection]:
    licences = question.licences()
    if not licences:
        yield Objection("R-LIC-01", question.asset.name, None, f"no licence for {_words(question.use)}")
    yield from _unless_one_covers(question, [(grant, licence_faults(grant, question)) for grant in licences])


def _no_licence_forbids_it(question: Question) -> Iterator[Objection]:
    use = question.use
    for grant in question.licences():
        concerned = grant.owner == question.asset.owner and (use.department in grant.uses or EVERYTHING in grant.uses)
        if concerned and use.action in grant.forbids and in_term(grant, use.on, question.grants.withdrawn_on):
            text = f"licence {grant.name} forbids {_words(use)}, whatever others allow"
            yield Objection("R-LIC-10", question.asset.name, grant.name, text)


def _no_reservation_stands(question: Question) -> Iterator[Objection]:
    lifted = any(grant.lifts and not licence_faults(grant, question) for grant in question.licences())
    for found in question.grants.reservations:
        if found.asset == question.asset.name and question.use.action in found.actions and not lifted:
            text = f"{question.use.action} is reserved ({found.scheme}: {found.found}), and no licence lifts that"
            yield Objection("R-TDM-01", question.asset.name, found.name, text)


def _nothing_is_held(question: Question) -> Iterator[Objection]:
    asset = question.asset
    subjects = {asset.name, asset.owner, *(asset.people or ())}
    for hold in question.grants.open_holds():
        if hold.subject in subjects:
            text = f"{hold.kind} on {hold.subject}: {hold.reason}"
            yield Objection("R-HLD-01", asset.name, hold.name, text)


def _its_artists_agree(question: Question) -> Iterator[Objection]:
    for word in question.grants.artists(question.asset.name):
        if not word.agreed and question.use.action in TEACHING:
            text = f"{word.person}, who made it, does not want it to teach"
            yield Objection("R-ART-01", question.asset.name, word.name, text)


def _people_are_known(question: Question) -> Iterator[Objection]:
    if question.asset.people is None:
        yield Objection("R-CON-01", question.asset.name, None, "nobody has said who can be recognised in it")


def _everyone_consents(question: Question) -> Iterator[Objection]:
    for person in question.asset.people or ():
        consents = question.consents(person)
        if not consents:
            text = f"no consent from {person} for {_words(question.use)}"
            yield Objection("R-CON-02", question.asset.name, None, text)
        yield from _unless_one_covers(question, [(grant, consent_faults(grant, question)) for grant in consents])


RULES: tuple[Rule, ...] = (
    Rule("R-OWN-01", "The owner of record is known.", "DPS 1.0 use.copyright", _owner_is_known),
    Rule(
        "R-LIC-01",
        "One licence of that owner covers action, use, territory and day, and is not withdrawn.",
        "ODRL 2.2 permission and constraint; CAWG TDM 1.1",
        _a_licence_covers_it,
    ),
    Rule(
        "R-LIC-10",
        "No standing licence of that owner forbids it; a prohibition wins over permissions.",
        "ODRL 2.2 prohibition, conflict: prohibit",
        _no_licence_forbids_it,
    ),
    Rule(
        "R-TDM-01",
        "No reservation for machines stands against it, unless a licence of the owner lifts it.",
        "CAWG TDM 1.1; TDMRep; RSL 1.0; PLUS; Directive (EU) 2019/790 Art. 4(3)",
        _no_reservation_stands,
    ),
    Rule("R-HLD-01", "Nothing that it concerns is on hold.", "MPA Content Security", _nothing_is_held),
    Rule(
        "R-ART-01",
        "No artist who made it has declined to teach with it.",
        "our own promise to artists",
        _its_artists_agree,
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


def _words(use: Use) -> str:
    return f"{use.action} by {use.department}"
