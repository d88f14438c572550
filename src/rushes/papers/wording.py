"""How papers say things: actions, frames, days and grants in words, digests and packages in the spelling of others."""

import re
from datetime import UTC, date, datetime
from urllib.parse import quote

from rushes.domain.actions import ACTION_WORDS
from rushes.domain.grants import Consent, Licence
from rushes.domain.parts import Digest
from rushes.domain.question import EVERYTHING


def bare(digest: Digest) -> str:
    """Return the 64 hex digits of a digest, as every other standard writes it.

    >>> bare("sha256:e3b0c442")
    'e3b0c442'
    """
    return digest.removeprefix("sha256:")


def moment(at: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the second.

    >>> moment(datetime(2026, 11, 22, 15, 0, tzinfo=UTC))
    '2026-11-22T15:00:00Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def first_moment(day: date) -> str:
    """Write the beginning of a day, where a standard knows only times."""
    return f"{day.isoformat()}T00:00:00Z"


def last_moment(day: date) -> str:
    """Write the end of a day, where a standard knows only times: a last day is a day on which it still counts."""
    return f"{day.isoformat()}T23:59:59Z"


def package_url(name: str, version: str) -> str:
    """Name a piece of software as package-url does; Python itself comes from no registry.

    >>> package_url("Ray_core", "2.13.0+cpu")
    'pkg:pypi/ray-core@2.13.0%2Bcpu'
    >>> package_url("python", "3.11.2")
    'pkg:generic/python@3.11.2'
    """
    if name.lower() == "python":
        return f"pkg:generic/python@{quote(version, safe='')}"
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{quote(version, safe='')}"


def grant_kind(grant: Licence | Consent) -> str:
    """Return `licence` or `consent`."""
    return "licence" if isinstance(grant, Licence) else "consent"


def granted_by(grant: Licence | Consent) -> str:
    """Return who gave a grant: the owner, or the person."""
    return grant.owner if isinstance(grant, Licence) else grant.person


def grant_in_words(grant: Licence | Consent, *, giver: str = "", show: str = "") -> str:
    """Say what a grant allows, to whom, where and until when, in one sentence.

    Args:
        grant: of a show.
        giver: what whoever gave it is called, where that is not the name in the grant.
        show: what the show is called, likewise.

    >>> actor = Consent("sun", "a", "a_actor", ("cawg.ai_training",), ("look",), None, date(2030, 1, 1))
    >>> grant_in_words(actor, giver="A. Actor")
    'Consent a of A. Actor to sun: teaching a model that makes no pictures of its own, for look; until 2030-01-01.'
    """
    allowed = ", ".join(ACTION_WORDS.get(action, action) for action in grant.actions)
    uses = "every department" if EVERYTHING in grant.uses else ", ".join(grant.uses)
    who = f"{grant_kind(grant).capitalize()} {grant.name} of {giver or granted_by(grant)} to {show or grant.show}"
    said = f"{who}: {allowed}, for {uses}"
    if isinstance(grant, Licence):
        said += "; everywhere" if EVERYTHING in grant.territories else f"; in {', '.join(grant.territories)}"
        said += "".join(f"; in return for: {duty.words}" for duty in grant.duties)
    since = f"; from {grant.starts}" if grant.starts else ""
    return f"{said}{since}{f'; until {grant.ends}' if grant.ends else '; for ever'}."
