"""Random worlds for the gate: an asset, a use, and records that mostly allow it, and often enough do not."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from rushes.domain.actions import ACTIONS, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of
from rushes.domain.rules import PolicyRule, Value

DAY = date(2026, 11, 22)
OWNERS, PEOPLE, ASSETS = ("N", "Stock"), ("ana", "ben"), ("plate", "still")


def world(random: Random) -> tuple[Asset, Use, Grants]:
    """Return an asset, a use and everything on record; the same for the same state of the generator."""
    action = random.choice((TRAINING, TRAINING, INFERENCE))
    use = Use("nf", action, "look", "GB", DAY)
    licences = [_licence(random, action, f"l{number}") for number in range(random.choice((0, 1, 1, 1, 2, 3)))]
    consents = [_consent(random, action, f"c{number}") for number in range(random.choice((0, 1, 2, 2, 3, 4)))]
    return random_asset(random), use, _grants(random, licences, consents)


def random_asset(random: Random, name: str | None = None) -> Asset:
    """Return an asset whose owner and people are mostly known."""
    people = random.choice((None, (), (), ("ana",), ("ana",), ("ben",), ("ana", "ben")))
    owner = random.choice((None, "", "Stock", *("N",) * 9))
    file = AssetFile("a.exr", "sha256:" + "0" * 64, 1)
    return Asset("nf", name or random.choice(ASSETS), "plate", owner, people, (file,), (1, 2), 8, 8, "24", "ACEScg")


def _mostly(random: Random, good: object, *others: object) -> object:
    return good if random.random() < 0.85 else random.choice(others)


def _term(random: Random) -> tuple[date | None, date | None]:
    starts = _mostly(random, None, DAY - timedelta(1), DAY, DAY + timedelta(1))
    ends = _mostly(random, None, DAY - timedelta(1), DAY, DAY + timedelta(1))
    return starts, ends


def _licence(random: Random, action: str, name: str) -> Licence:
    starts, ends = _term(random)
    when = (None, DAY - timedelta(1), DAY, DAY + timedelta(1))
    duties = tuple(Duty(word, word, random.choice(when)) for word in ("pay", "credit") if random.random() < 0.1)
    return Licence(
        show=_mostly(random, "nf", "other"),
        name=name,
        owner=_mostly(random, "N", "Stock"),
        assets=_mostly(random, ("*",), ("plate",), ("still",), ("plate", "still")),
        actions=_mostly(random, (action, GENERATIVE_TRAINING), (), (random.choice(ACTIONS),)),
        uses=_mostly(random, ("*",), ("look",), ("paint",), ()),
        territories=_mostly(random, ("*",), ("GB", "US"), ("US",), ()),
        starts=starts,
        ends=ends,
        forbids=_mostly(random, (), (action,), (random.choice(ACTIONS),)),
        duties=duties,
        lifts=random.random() < 0.4,
    )


def _consent(random: Random, action: str, name: str) -> Consent:
    starts, ends = _term(random)
    return Consent(
        show=_mostly(random, "nf", "other"),
        name=name,
        person=random.choice(PEOPLE),
        actions=_mostly(random, (action,), (), (random.choice(ACTIONS),)),
        uses=_mostly(random, ("*",), ("look",), ("paint",)),
        starts=starts,
        ends=ends,
        given_by=_mostly(random, "self", "guardian", "estate", "union"),
        assets=_mostly(random, (), ("plate",), ("still",), ("plate", "still")),
    )


def _grants(random: Random, licences: list[Licence], consents: list[Consent]) -> Grants:
    def day() -> date:
        return DAY + timedelta(random.randint(-2, 2))

    def some(rate: float, most: int = 2) -> range:
        return range(random.randint(1, most) if random.random() < rate else 0)

    instruments = [*licences, *consents]
    duties = [(grant, duty.name) for grant in licences for duty in grant.duties]
    subjects = (*OWNERS, *PEOPLE, *ASSETS, "")
    return Grants(
        licences,
        consents,
        [Withdrawal("nf", f"w{i}", digest_of(random.choice(instruments)), day(), "") for i in some(0.2) if instruments],
        [
            Reservation("nf", f"r{i}", random.choice(ASSETS), "cawg", random.sample(ACTIONS, 2), "said so")
            for i in some(0.2)
        ],
        [
            Hold("nf", f"h{i}", random.choice(subjects), random.choice(("dispute", "embargo")), "", bool(i % 2), i)
            for i in some(0.15, 3)
        ],
        [
            Discharge("nf", f"d{i}", digest_of(licence), duty, day())
            for i in some(0.7)
            for licence, duty in random.sample(duties, min(1, len(duties)))
        ],
        [
            Party("nf", random.choice(PEOPLE), "person", "", random.random() < 0.5, random.random() < 0.3, i)
            for i in some(0.15, 3)
        ],
        [
            OptIn("nf", f"o{i}", random.choice(PEOPLE), random.sample(ASSETS, 1), random.random() < 0.4, "paint", i)
            for i in some(0.15, 3)
        ],
    )


def random_facts(random: Random, rules: Sequence[PolicyRule]) -> dict[str, Value]:
    """Return values for the facts that rules ask for, each of its kind; three in ten are not stated."""
    told: dict[str, list[Value]] = {}
    for rule in rules:
        for example in (rule.passes, rule.fails):
            for name, value in example.items():
                told.setdefault(name, []).append(value)
        for one in (*rule.when, *rule.must):
            if isinstance(one.value, str) and one.value.startswith("@"):
                others = told.get(one.value[1:], [])
                told.setdefault(one.fact, []).extend((other,) if one.operator == "has" else other for other in others)
    same = ("model.production", "job.production", "biometric.production")
    facts = {name: random.choice(values) for name, values in told.items() if random.random() > 0.3}
    return {name: random.choice(("ferry", "night")) if name in same else value for name, value in facts.items()}
