from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from rushes.domain.grants import Licence
from rushes.domain.nouns import Dataset, Model, Person, Review, Take
from rushes.domain.parts import AssetFile, Item
from rushes.domain.question import Use
from rushes.domain.scopes import has_the_say, quarantine_reasons, scope_objections, scope_of, standing_review

ENDS = date(2027, 1, 1)
DATASET = Dataset(
    "nf",
    "scene 12",
    "look",
    "cawg.ai_training",
    "GB",
    (Item("sha256:a", "before", 0, (1,)),),
    ("sha256:g",),
    ENDS,
    ENDS,
)
SCOPE = scope_of(DATASET, ["ben", "ana", "ben"])
MODEL = Model(
    "nf", "dusk", "look", "sha256:d", "{}", 0, AssetFile("w", "sha256:w", 1), SCOPE, (), (), None, (), "signature"
)
USE = Use("nf", "cawg.ai_inference", "look", "GB", ENDS)
TAKE = Take("nf", "dusk_v001", "look", "sha256:m", "sha256:p", 1, "{}", (1, 2), (), "ACEScg", ())


def test_a_scope_is_never_wider_than_the_grants_relied_on():
    assert (SCOPE.show, SCOPE.uses, SCOPE.territory, SCOPE.ends) == ("nf", ("look",), "GB", ENDS)
    assert SCOPE.people == ("ana", "ben")


def test_a_model_works_for_its_own_show_until_its_last_day():
    assert scope_objections(MODEL, USE) == []


def test_a_model_that_is_asked_for_everything_wrong_says_everything_at_once():
    wrong = Use("other", "cawg.ai_inference", "paint", "US", ENDS + timedelta(1))
    words = " ".join(scope_objections(MODEL, wrong))
    assert all(part in words for part in ("other", "paint", "US", "2027-01-01"))
    assert len(scope_objections(MODEL, wrong)) == 4


def test_only_a_withdrawn_grant_quarantines_and_only_from_its_day():
    licence = Licence("nf", "lic1", "N", ("*",), (), (), (), None, None)
    instruments = {"sha256:g": licence, "sha256:h": replace(licence, name="lic2")}
    withdrawn = {"sha256:g": ENDS}
    assert quarantine_reasons("dusk", instruments, withdrawn, on=ENDS - timedelta(1)) == []
    (reason,) = quarantine_reasons("dusk", instruments, withdrawn, on=ENDS)
    assert "lic1" in reason


def test_the_newest_review_of_a_take_stands_and_no_other_take_counts():
    at = datetime(2026, 11, 22, tzinfo=UTC)
    first = Review("nf", "r1", "sha256:t", "ana", "approved", "", at)
    later = Review("nf", "r2", "sha256:t", "ana", "sent back", "too warm", at + timedelta(hours=1))
    other = Review("nf", "r3", "sha256:u", "ana", "approved", "", at + timedelta(hours=2))
    assert standing_review([later, first, other], "sha256:t") == later
    assert standing_review([other], "sha256:t") is None


def test_the_say_is_over_a_department_or_over_all():
    assert has_the_say(Person("nf", "ana", "Ana", ("look",)), TAKE)
    assert has_the_say(Person("nf", "dir", "Director", ("*",)), TAKE)
    assert not has_the_say(Person("nf", "ben", "Ben", ("paint",)), TAKE)
    assert not has_the_say(Person("nf", "tom", "Tom", ()), TAKE)
