"""promotion: a model is put forward for work only with its originality report, by a person who has the say."""

from rushes.domain.errors import NotAllowed
from rushes.domain.nouns import Model, Person
from rushes.domain.promotions import Originality, Promotion, Watchlist, promotes, promotion_objections
from rushes.domain.question import EVERYTHING
from rushes.domain.records import digest_of
from rushes.domain.rules import Value
from rushes.studio import Studio


def promote_model(studio: Studio, model: Model, person: str, *, note: str) -> Promotion:
    """Record that a named person puts a model forward for work.

    Args:
        studio: where it is recorded.
        model: to be put forward.
        person: a person of the show, by name.
        note: answers for whatever the report found; may be empty where it found nothing.

    Raises:
        NotAllowed: with every reason: nobody's say, no report on this very model and the newest watch-list, copies
            that nobody answers for, tests that it did not pass, a quarantine.
    """
    who = studio.ledger.find(Person, model.show, person)
    report = newest_report(studio, model)
    reasons = promotion_objections(
        report,
        newest_watchlist(studio, model.show),
        note=note,
        failed=[measure.name for measure in model.measures if measure.passed is False],
        barred=studio.quarantine(model),
    )
    if model.department not in who.says and EVERYTHING not in who.says:
        says = ", ".join(who.says) or "nothing"
        reasons.append(f"{studio.title_of(who)} has the say over {says}, and this model is {model.department}'s")
    if reasons or report is None:
        raise NotAllowed(f"{model.name} is not promoted", reasons, "Look with: rushes vet, and say why with --note.")
    promotion = Promotion(
        show=model.show,
        name=f"{model.name}.{who.name}",
        model=digest_of(model),
        report=digest_of(report),
        person=who.name,
        note=note,
        at=studio.clock(),
    )
    studio.record(promotion)
    return promotion


def is_promoted(studio: Studio, model: Model) -> bool:
    """Return whether a model was promoted with a report on the newest watch-list, and is not in quarantine since."""
    standing = promotes(studio.ledger.every(Promotion, model.show), digest_of(model))
    if standing is None:
        return False
    report, watchlist = studio.ledger.get(standing.report), newest_watchlist(studio, model.show)
    assert isinstance(report, Originality)
    return set(watchlist.assets if watchlist else ()) <= set(report.watched) and not studio.quarantine(model)


def newest_report(studio: Studio, model: Model) -> Originality | None:
    """Return the newest originality report on this very model, or None."""
    mine = [one for one in studio.ledger.every(Originality, model.show) if one.model == digest_of(model)]
    return mine[-1] if mine else None


def newest_watchlist(studio: Studio, show: str) -> Watchlist | None:
    """Return the watch-list of a show as it stands, or None."""
    lists = studio.ledger.every(Watchlist, show)
    return lists[-1] if lists else None


def originality_of(studio: Studio, model: Model) -> str | None:
    """Return `passed` or `failed`, as the newest report on a model has it, or None: nobody has looked.

    A promotion by a person answers for what that report found.
    """
    report = newest_report(studio, model)
    if report is None:
        return None
    standing = promotes(studio.ledger.every(Promotion, model.show), digest_of(model))
    answered = standing is not None and standing.report == digest_of(report)
    return "passed" if answered or not (report.copies or report.candidates) else "failed"


def promotion_facts(studio: Studio, model: Model) -> dict[str, Value]:
    """Return what rules can ask of a model's promotion; what its report found only where there is one."""
    found = originality_of(studio, model)
    return {"model.promoted": is_promoted(studio, model), **({"model.originality": found} if found else {})}
