"""When a model may be put forward for work, and everything that speaks against it."""

from dataclasses import replace
from datetime import UTC, datetime

from rushes.domain.promotions import Originality, Promotion, Watchlist, promotes, promotion_objections

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
REPORT = Originality("nf", "fixer", "sha256:model", ("sha256:poster",), ("take_v001",), 0, 0, (), NOON)
WATCHED = Watchlist("nf", "watch-list", ("sha256:poster",))


def against(report, *, watchlist=WATCHED, note="", failed=(), barred=()):
    return promotion_objections(report, watchlist, note=note, failed=failed, barred=barred)


def test_with_a_clean_report_on_the_newest_watch_list_nothing_speaks_against_it():
    assert against(REPORT) == []
    assert against(REPORT, watchlist=None) == []


def test_without_a_report_or_with_an_older_one_it_is_refused():
    assert against(None) == ["there is no originality report on this very model"]
    newer = replace(WATCHED, assets=("sha256:poster", "sha256:song_sheet"), revision=1)
    [reason] = against(REPORT, watchlist=newer)
    assert "older than the watch-list: 1 of it" in reason
    [reason] = against(replace(REPORT, looked=()))
    assert "looked at nothing" in reason


def test_what_was_found_is_answered_for_in_words_or_it_is_refused():
    for found in (replace(REPORT, copies=1), replace(REPORT, candidates=2)):
        [reason] = against(found, note="  ")
        assert "no note answers" in reason
        assert against(found, note="A poster on the wall of the plate; licensed.") == []


def test_all_reasons_are_said_at_once_and_no_note_answers_for_a_test_or_a_quarantine():
    reasons = against(None, note="fine", failed=["neutral axis: least slope"], barred=["fixer is quarantined: gone"])
    assert len(reasons) == 3
    assert reasons[1] == "not passed: neutral axis: least slope"


def test_the_newest_promotion_of_this_very_model_stands():
    first = Promotion("nf", "fixer.ana", "sha256:model", "sha256:report", "ana", "", NOON)
    later = replace(first, note="again", at=NOON.replace(hour=13))
    others = replace(first, model="sha256:other", at=NOON.replace(hour=14))
    assert promotes([later, first, others], "sha256:model") == later
    assert promotes([first], "sha256:other") is None
