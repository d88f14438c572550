"""Nouns by which a model is put forward for work: what it is held against, what was found, who decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest


@dataclass(frozen=True)
class Watchlist(Noun):
    """Works that must not turn up in what a show's models make. Not what they were taught by. The newest stands.

    Attributes:
        assets: digests of stills, plates, grades and boards.
        revision: counts up with each change.
    """

    noun: ClassVar[str] = "Watchlist@1"
    assets: tuple[Digest, ...]
    revision: int = 0


@dataclass(frozen=True)
class Originality(Noun):
    """What was found when a model's work was held against what taught it and against a watch-list. No decision.

    Attributes:
        model: digest of the model.
        watched: digests of the works that its work was held against.
        looked: takes, or plates that were rendered for this, by name.
        copies: frames that show what another clip shows.
        candidates: that a person should look at.
        files: the report, in the vault: JSON first, then its pages.
    """

    noun: ClassVar[str] = "Originality@1"
    model: Digest
    watched: tuple[Digest, ...]
    looked: tuple[str, ...]
    copies: int
    candidates: int
    files: tuple[AssetFile, ...]
    at: datetime


@dataclass(frozen=True)
class Promotion(Noun):
    """A named person puts a model forward for work, with its originality report read. Not an approval of a take.

    Attributes:
        model: digest of the model.
        report: digest of the `Originality` that was read.
        person: who has the say over this department.
        note: in their words; it answers for what was found.
    """

    noun: ClassVar[str] = "Promotion@1"
    model: Digest
    report: Digest
    person: str
    note: str
    at: datetime


def promotion_objections(
    report: Originality | None, watchlist: Watchlist | None, *, note: str, failed: Sequence[str], barred: Sequence[str]
) -> list[str]:
    """Return everything that speaks against a promotion, all at once; empty means that it may be recorded.

    Args:
        report: the newest one on this very model, or None.
        watchlist: the newest one of the show, or None where there is none.
        note: of the person who promotes.
        failed: tests that the model did not pass, by name.
        barred: why it is in quarantine.
    """
    reasons = [*barred, *(f"not passed: {name}" for name in failed)]
    if report is None:
        return [*reasons, "there is no originality report on this very model"]
    if missing := set(watchlist.assets if watchlist else ()) - set(report.watched):
        reasons.append(f"its originality report is older than the watch-list: {len(missing)} of it were not looked for")
    if not report.looked:
        reasons.append("its originality report has looked at nothing that it made")
    if (report.copies or report.candidates) and not note.strip():
        found = f"{report.copies} copied and {report.candidates} to look at"
        reasons.append(f"its originality report found {found}, and no note answers for that")
    return reasons


def promotes(promotions: Sequence[Promotion], model: Digest) -> Promotion | None:
    """Return the newest promotion of a model, or None."""
    mine = [one for one in promotions if one.model == model]
    return max(mine, key=lambda one: one.at, default=None)


PROMOTIONS = (Watchlist, Originality, Promotion)
