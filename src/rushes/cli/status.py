"""rushes status: what a show has."""

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say_json, say_table
from rushes.domain.nouns import Asset, Consent, Dataset, Delivery, Licence, Model, Person, Review, Take
from rushes.domain.records import digest_of, to_json
from rushes.domain.scopes import standing_review
from rushes.studio import Studio

KINDS = (Person, Asset, Licence, Consent, Dataset, Model, Take, Delivery)


def status(show: ShowName = None, as_json: AsJson = False) -> None:
    """Show what a show has, from assets to deliveries."""
    with open_desk(show) as (studio, production):
        facts = {kind.__name__: studio.ledger.every(kind, production.name) for kind in KINDS}
        assets = {
            asset.name: asset for asset in studio.ledger.every(Asset, production.name)
        }.values()  # the newest stands
        deliveries = studio.ledger.every(Delivery, production.name)
        takes = _takes(studio, production.name)
        models = [
            (model.name, model.department, "quarantined" if studio.quarantine(model) else "", model.weights.digest[:19])
            for model in studio.ledger.every(Model, production.name)
        ]
    if as_json:
        say_json({kind: [to_json(fact) for fact in found] for kind, found in facts.items()})
        return
    rows = [(a.name, a.kind, f"{a.frames[0]}-{a.frames[1]}", a.owner or "unknown: locked") for a in assets]
    say_table(production.title, ("asset", "kind", "frames", "owner"), rows)
    say_table("", ("model", "department", "", "weights"), models)
    say_table("", ("take", "plate frames", "review"), takes)
    say_table("", ("delivery", "written"), [(delivery.name, delivery.at) for delivery in deliveries])


def _takes(studio: Studio, show: str) -> list[tuple[str, str, str]]:
    reviews = studio.ledger.every(Review, show)
    rows = []
    for take in studio.ledger.every(Take, show):
        review = standing_review(reviews, digest_of(take))
        words = f"{review.decision} by {review.person}: {review.note}" if review else "waiting for review"
        rows.append((take.name, f"{take.frames[0]}-{take.frames[1]}", words))
    return rows
