"""How a licence or a consent falls short of a use. A grant is read alone: one must answer the whole question."""

from collections.abc import Iterator
from datetime import date

from rushes.domain.grants import Consent, Licence
from rushes.domain.parts import Digest
from rushes.domain.question import EVERYTHING, Question
from rushes.domain.records import digest_of

Fault = tuple[str, str]
"""Id of the rule that a grant fails, and the reason."""

GIVEN_FOR_MINORS = ("guardian",)
GIVEN_FOR_THE_DEAD = ("estate", "union")


def licence_faults(grant: Licence, question: Question) -> list[Fault]:
    """Return everything by which a licence does not answer a question; empty: it does."""
    use, faults = question.use, _shared_faults(grant, question, "LIC")
    if grant.owner != question.asset.owner:
        faults.append(("R-LIC-02", f"licence {grant.name} is from {grant.owner}, who is not its owner of record"))
    if use.territory not in grant.territories and EVERYTHING not in grant.territories:
        faults.append(("R-LIC-03", f"licence {grant.name} does not cover {use.territory}"))
    return [*faults, *_open_duties(grant, question)]


def consent_faults(grant: Consent, question: Question) -> list[Fault]:
    """Return everything by which a consent does not answer a question; empty: it does."""
    faults, party = _shared_faults(grant, question, "CON"), question.grants.party(grant.person)
    name = f"consent of {grant.person} {grant.name}"
    if grant.assets and question.asset.name not in grant.assets:
        faults.append(("R-CON-11", f"{name} covers {', '.join(grant.assets)} and nothing else"))
    if party and party.minor and grant.given_by not in GIVEN_FOR_MINORS:
        faults.append(("R-CON-09", f"{name} was given by {grant.given_by}, and a guardian has to"))
    if party and party.deceased and grant.given_by not in GIVEN_FOR_THE_DEAD:
        faults.append(("R-CON-10", f"{name} was given by {grant.given_by}, and the estate or the union has to"))
    return faults


def in_term(grant: Licence | Consent, on: date, withdrawn_on: dict[Digest, date]) -> bool:
    """Tell whether a grant stands on a day: started, not ended, not withdrawn."""
    withdrawn = withdrawn_on.get(digest_of(grant))
    started = grant.starts is None or grant.starts <= on
    return started and (grant.ends is None or on <= grant.ends) and (withdrawn is None or on < withdrawn)


def _open_duties(grant: Licence, question: Question) -> Iterator[Fault]:
    on = question.use.on
    for duty in grant.duties:
        done = question.grants.discharged_on.get((digest_of(grant), duty.name))
        if (done is None or done > on) and (duty.due is None or duty.due < on):
            when = f"by {duty.due}" if duty.due else "first"
            yield "R-LIC-09", f"licence {grant.name} asks {when} for: {duty.words} ({duty.name}); nothing shows it done"


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
