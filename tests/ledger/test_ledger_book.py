"""What a ledger does, the same on SQLite and on PostgreSQL."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from rushes.domain.errors import BadMaterial, BadSignature, NotAllowed, NotFound, RushesError
from rushes.domain.grants import Licence, Withdrawal
from rushes.domain.nouns import Asset, Review, Take
from rushes.domain.parts import Measure
from rushes.domain.records import canonical_json, digest_of, to_json
from rushes.ledger.book import open_ledger
from rushes.ledger.checkpoints import NoteKey, open_note, read_checkpoint
from rushes.ledger.merkle import leaf_hash, proves_growth, proves_inclusion


@pytest.fixture
def record(ledger, noon):
    return lambda *nouns: ledger.record_all(nouns, at=noon, by="C. Clearance")


def names(found):
    return [noun.name for _, noun in found]


def test_every_noun_comes_back_as_it_was_recorded(ledger, record, chain):
    digests = record(*chain.nouns())
    assert digests == [digest_of(noun) for noun in chain.nouns()]
    assert [ledger.get(digest) for digest in digests] == chain.nouns()


def test_a_fact_says_who_recorded_it_and_when(ledger, make_licence):
    at = datetime.fromisoformat("2026-11-22T13:30:00.25+01:00")
    entry = ledger.entry(ledger.record(make_licence("a"), at=at, by="C. Clearance"))
    assert (entry.recorded_at, entry.recorded_by) == ("2026-11-22T12:30:00.250000+00:00", "C. Clearance")
    assert (entry.position, entry.kind, entry.show, entry.name) == (0, "Licence", "bunny", "a")


def test_the_same_noun_twice_is_one_fact(ledger, record, make_licence):
    first, again, other = make_licence("a"), make_licence("a"), make_licence("b")
    assert record(first) == record(again)
    assert record(other, first, other) == [digest_of(other), digest_of(first), digest_of(other)]
    assert ledger.every(Licence) == [first, other]
    assert read_checkpoint(ledger.checkpoint()).size == 2


def test_a_name_finds_the_newest_noun_of_its_kind_and_show(ledger, record, make_licence, make_asset):
    old = make_licence("a")
    new = replace(old, ends=date(2031, 1, 1))
    record(old, new, make_asset("a"), make_licence("a", show="other"))
    assert ledger.find(Licence, "bunny", "a") == new
    assert ledger.find(Asset, "bunny", "a") == make_asset("a")


def test_a_digest_or_the_beginning_of_one_stands_for_a_name(ledger, record, make_licence):
    old = make_licence("a")
    record(old, replace(old, ends=None))
    digest = digest_of(old)
    for name in (digest, digest[7:], digest[:15], digest[7:15]):
        assert ledger.find(Licence, "bunny", name) == old


def test_a_digest_finds_nothing_of_another_kind_or_show(ledger, record, make_licence):
    record(make_licence("a"), make_licence("b", show="other"))
    with pytest.raises(NotFound):
        ledger.find(Asset, "bunny", digest_of(make_licence("a")))
    with pytest.raises(NotFound):
        ledger.find(Licence, "bunny", digest_of(make_licence("b", show="other")))


def two_with_the_same_first_digits(make_licence):
    made = [make_licence(f"licence {number}") for number in range(12_000)]
    by_digits = {digest_of(each)[7:13]: each for each in made}
    return next((other, each) for each in made if (other := by_digits[digest_of(each)[7:13]]) != each)


def test_a_beginning_that_two_digests_share_is_refused_with_both(ledger, record, make_licence):
    pair = record(*two_with_the_same_first_digits(make_licence))
    with pytest.raises(NotFound, match="Give more of its digits") as refusal:
        ledger.find(Licence, "bunny", pair[0][7:13])
    assert all(digest in str(refusal.value) for digest in pair)
    assert ledger.find(Licence, "bunny", pair[0][7:20]) == ledger.get(pair[0])


def test_a_misspelt_name_is_answered_with_the_nearest(ledger, record, make_licence):
    record(make_licence("blender licence"), make_licence("cc-by", show="other"))
    with pytest.raises(NotFound, match="no licence named 'blendr licence'; did you mean 'blender licence'"):
        ledger.find(Licence, "bunny", "blendr licence")


def test_an_unknown_digest_is_refused_by_name(ledger):
    digest = "sha256:" + 64 * "0"
    for ask in (ledger.get, ledger.entry, ledger.touched_by, ledger.comes_from, ledger.prove):
        with pytest.raises(NotFound, match=digest):
            ask(digest)


def test_every_noun_of_a_kind_comes_in_the_order_of_recording(ledger, record, make_licence):
    made = [make_licence(name, show) for name, show in (("c", "bunny"), ("a", "other"), ("b", "bunny"))]
    record(made[0])
    record(*made[1:])
    assert ledger.every(Licence) == made
    assert ledger.every(Licence, "bunny") == [made[0], made[2]]
    assert ledger.every(Take) == []


def test_a_licence_touches_all_that_was_made_under_it_and_nothing_else(ledger, record, chain):
    record(*chain.nouns())
    touched = ["look v1", "look v1", "sh010 look t1", "sh010 look t1 by G", "reel 1"]
    assert names(ledger.touched_by(digest_of(chain.licence))) == touched
    assert names(ledger.touched_by(digest_of(chain.consent))) == touched
    assert names(ledger.touched_by(digest_of(chain.plate))) == touched
    assert ledger.touched_by(digest_of(chain.other_plate)) == []
    assert ledger.touched_by(digest_of(chain.delivery)) == []


def test_two_nouns_with_the_same_file_do_not_touch_each_other(ledger, record, chain):
    record(*chain.nouns())
    with pytest.raises(NotFound):
        ledger.touched_by(chain.plate.files[0].digest)


def test_a_withdrawal_speaks_of_a_licence_without_being_touched_by_it(ledger, record, chain):
    record(*chain.nouns())
    before = ledger.touched_by(digest_of(chain.licence))
    withdrawal = Withdrawal("bunny", "w1", digest_of(chain.licence), date(2026, 12, 1), "sold")
    record(withdrawal)
    assert ledger.touched_by(digest_of(chain.licence)) == before
    assert ledger.comes_from(digest_of(withdrawal)) == [(digest_of(chain.licence), chain.licence)]
    assert names(ledger.comes_from(digest_of(chain.dataset))) == ["sh010 plate", "blender licence", "A. Actor"]


def test_a_delivery_comes_from_everything_up_to_plates_and_grants(ledger, record, chain):
    record(*chain.nouns())
    everything = [noun for noun in chain.nouns() if noun not in (chain.other_plate, chain.delivery)]
    assert [noun for _, noun in ledger.comes_from(digest_of(chain.delivery))] == everything


def test_what_is_recorded_after_those_who_mention_it_is_touched_all_the_same(ledger, record, chain):
    for noun in reversed(chain.nouns()):
        record(noun)
    assert len(ledger.touched_by(digest_of(chain.licence))) == 5


def test_a_model_that_goes_on_from_another_is_touched_through_it(ledger, record, chain):
    warm = replace(chain.model, name="look v2", base=digest_of(chain.model))
    named_in_recipe = replace(chain.model, name="look v3", recipe=canonical_json({"prior": digest_of(warm)}))
    record(*chain.nouns(), warm, named_in_recipe)
    assert names(ledger.touched_by(digest_of(chain.model)))[-2:] == ["look v2", "look v3"]


def test_all_nouns_of_a_batch_are_recorded_or_none_and_every_fault_is_named(ledger, record, make_licence, chain):
    not_a_number = replace(chain.take, name="bad take", measures=(Measure("delta", float("nan")),))
    half_a_character = replace(chain.review, name="bad review", note="\ud800")
    wild, endless = make_licence("a\x1b[2J"), make_licence(256 * "x")
    with pytest.raises(BadMaterial) as refusal:
        record(make_licence("good"), not_a_number, half_a_character, wild, endless)
    faults = "\n".join(refusal.value.reasons)
    assert len(refusal.value.reasons) == 4
    for word in ("bad take", "bad review", "control character", "too long"):
        assert word in faults
    assert ledger.every(Licence) == []


def test_nobody_and_no_time_zone_are_no_source_of_a_fact(ledger, make_licence, noon):
    with pytest.raises(BadMaterial, match="time zone"):
        ledger.record(make_licence("a"), at=datetime(2026, 1, 1), by="C")  # noqa: DTZ001
    for nobody in ("", "  ", "C\nD", "\ud800"):
        with pytest.raises(BadMaterial, match="cannot have recorded"):
            ledger.record(make_licence("a"), at=noon, by=nobody)
    assert ledger.every(Licence) == []


def test_nothing_at_all_can_be_recorded(ledger, record):
    assert record() == []


def test_a_clock_that_goes_backwards_does_not_change_the_order(ledger, make_licence, noon):
    for name, year in (("a", 2027), ("b", 2026)):
        ledger.record(make_licence(name), at=noon.replace(year=year), by="C")
    assert [found.name for found in ledger.every(Licence)] == ["a", "b"]
    assert ledger.audit().clean


def test_any_alphabet_and_ten_megabytes_come_back_whole(ledger, record, chain):
    long = replace(chain.review, name="レビュー \u3000" + 245 * "\U0001f3ac", note='\x00 " \\ é ' * 700_000)
    record(long)
    assert ledger.find(Review, "bunny", long.name) == long
    assert ledger.audit().clean


def test_a_checkpoint_is_signed_and_counts_every_fact(ledger, record, key, make_licence):
    empty = ledger.checkpoint()
    record(make_licence("a"), make_licence("b"))
    note = ledger.checkpoint()
    for size, each in ((0, empty), (2, note)):
        checkpoint = read_checkpoint(open_note(each, [NoteKey(key.name, key.public_key)]) and each)
        assert (checkpoint.origin, checkpoint.size) == ("northlight.example/rushes", size)
    assert ledger.checkpoint() == note


def test_a_ledger_without_a_signer_records_but_signs_nothing(url, key, make_licence, noon):
    with open_ledger(url, origin="a/log", signer=None) as quiet:
        digest = quiet.record(make_licence("a"), at=noon, by="C")
        for ask in (quiet.checkpoint, lambda: quiet.prove(digest), lambda: quiet.prove_growth(0)):
            with pytest.raises(RushesError, match=r"signer|no checkpoint"):
                ask()
    with open_ledger(url, origin="a/log", signer=key) as signing:
        note = signing.checkpoint()
        assert signing.prove(digest).checkpoint == note


def test_nobody_adds_to_a_signed_ledger_without_a_key(url, key, make_licence, noon):
    with open_ledger(url, origin="a/log", signer=key) as signing:
        digest = signing.record(make_licence("a"), at=noon, by="C")
    with open_ledger(url, origin="a/log", signer=None, keys=[NoteKey(key.name, key.public_key)]) as quiet:
        with pytest.raises(NotAllowed, match="nobody adds to a signed ledger without a key"):
            quiet.record(make_licence("b"), at=noon, by="C")
        assert quiet.every(Licence) == [make_licence("a")]
        assert quiet.prove(digest).size == 1
        assert quiet.audit().clean


def test_anyone_can_check_that_a_fact_is_in_the_log(ledger, record, make_licence):
    digests = record(*(make_licence(str(number)) for number in range(21)))
    for index, digest in enumerate(digests):
        proof = ledger.prove(digest)
        root = read_checkpoint(proof.checkpoint).root
        assert proves_inclusion(leaf_hash(proof.leaf), index, 21, path=proof.path, root=root)
        assert json.loads(proof.leaf)["digest"] == digest


def test_a_log_entry_says_who_when_and_what_and_follows_the_one_before(ledger, record, make_licence):
    first, second = (ledger.prove(digest).leaf for digest in record(make_licence("a"), make_licence("b")))
    assert json.loads(second) == {
        "v": 1,
        "at": "2026-11-22T12:00:00.000000+00:00",
        "by": "C. Clearance",
        "kind": "Licence",
        "digest": digest_of(make_licence("b")),
        "previous": f"sha256:{leaf_hash(first).hex()}",
    }
    assert json.loads(first)["previous"] is None


def test_a_proof_is_plain_json(ledger, record, make_licence):
    proof = ledger.prove(record(make_licence("a"), make_licence("b"))[0])
    plain = json.loads(json.dumps(proof.to_json()))
    assert sorted(plain) == ["checkpoint", "index", "leaf", "path", "size"]
    assert b64decode(plain["leaf"]) == proof.leaf
    assert plain["path"] == [b64encode(each).decode() for each in proof.path]


def test_anyone_can_check_that_the_log_only_grew(ledger, record, make_licence):
    notes = [ledger.checkpoint()]
    for number in range(9):
        record(make_licence(str(number)))
        notes.append(ledger.checkpoint())
    new = read_checkpoint(notes[-1])
    for old in map(read_checkpoint, notes):
        growth = ledger.prove_growth(old.size)
        assert growth.checkpoint == notes[-1]
        assert proves_growth(old.size, new.size, path=growth.path, old_root=old.root, root=new.root)
        assert sorted(growth.to_json()) == ["checkpoint", "old_size", "path", "size"]
    with pytest.raises(RushesError, match="Its newest checkpoint is of 9"):
        ledger.prove_growth(10)


def test_a_ledger_opened_again_goes_on_where_it_was(url, key, noon, make_licence):
    for number in range(3):
        with open_ledger(url, origin="a/log", signer=key) as ledger:
            ledger.record(make_licence(str(number)), at=noon, by="C")
    with open_ledger(url, origin="a/log", signer=key) as ledger:
        assert [found.name for found in ledger.every(Licence)] == ["0", "1", "2"]
        assert ledger.audit().clean


def test_a_ledger_opened_under_another_name_is_refused(url, key, noon, make_licence):
    with open_ledger(url, origin="a/log", signer=key) as ledger:
        ledger.record(make_licence("a"), at=noon, by="C")
    with pytest.raises(RushesError, match="is 'a/log', not 'b/log'"):
        open_ledger(url, origin="b/log", signer=key)


def test_after_a_change_of_keys_both_keys_have_their_checkpoints(url, key, make_key, noon, make_licence):
    with open_ledger(url, origin="a/log", signer=key) as ledger:
        ledger.record(make_licence("a"), at=noon, by="C")
    new = make_key(bytes(32), "a/log2")
    with open_ledger(url, origin="a/log", signer=new) as ledger:
        with pytest.raises(BadSignature, match="nobody known here"):
            ledger.record(make_licence("b"), at=noon, by="C")
        assert ledger.audit().faults[-1] == "facts 0 to 0 are under no checkpoint that was signed by a known key"
    with open_ledger(url, origin="a/log", signer=new, keys=[NoteKey(key.name, key.public_key)]) as ledger:
        assert ledger.audit().clean
        open_note(ledger.checkpoint(), [NoteKey(new.name, new.public_key)])
        ledger.record(make_licence("b"), at=noon, by="C")
        assert ledger.audit().clean


def test_the_bytes_that_are_kept_are_those_the_digest_is_of(ledger, record, make_licence):
    entry = ledger.entry(record(make_licence("a"))[0])
    assert entry.body == canonical_json(to_json(make_licence("a")))


def test_the_ledger_at_a_moment_ends_with_the_last_fact_recorded_by_then(ledger, noon, make_licence):
    hours = [noon + timedelta(hours=hour) for hour in range(4)]
    for hour, name in zip(hours, "abca", strict=True):
        ledger.record(replace(make_licence(name), clause=str(hour)), at=hour, by="C. Clearance")
    assert [len(ledger.at(hour).every(Licence, "bunny")) for hour in hours] == [1, 2, 3, 4]
    assert ledger.at(noon - timedelta(microseconds=1)).every(Licence) == []
    assert ledger.at(hours[2]).find(Licence, "bunny", "a").clause == str(hours[0])
    assert ledger.at(hours[3]).find(Licence, "bunny", "a").clause == str(hours[3])
    assert ledger.at(hours[3] + timedelta(days=900)).every(Licence) == ledger.every(Licence)
    with pytest.raises(NotFound, match="licence named 'c'"):
        ledger.at(hours[1]).find(Licence, "bunny", "c")


def test_a_clock_that_was_set_back_hides_nothing_that_was_recorded_before(ledger, noon, make_licence):
    ledger.record(make_licence("ahead"), at=noon + timedelta(hours=5), by="C. Clearance")
    ledger.record(make_licence("set back"), at=noon, by="C. Clearance")
    assert len(ledger.at(noon).every(Licence)) == 2


def test_what_was_not_yet_recorded_is_not_found_by_its_digest_either(ledger, record, noon, chain):
    first, *others = chain.nouns()
    record(first)
    later = ledger.record_all(others, at=noon + timedelta(hours=1), by="C. Clearance")
    past = ledger.at(noon)
    assert past.get(digest_of(first)) == first
    assert past.entry(digest_of(first)).position == 0
    for look in (past.get, past.entry, past.prove, past.comes_from, past.touched_by):
        with pytest.raises(NotFound):
            look(later[-1])
    assert past.touched_by(digest_of(first)) == []
    assert past.names_touched_by(digest_of(first)) == []


def test_a_chain_does_not_pass_through_what_came_later(ledger, noon, make_licence):
    licence = make_licence("a")
    between = Withdrawal("bunny", "w", digest_of(licence), date(2026, 1, 1), "by letter")
    review = Review("bunny", "r", digest_of(between), "ana", "approved", "", noon)
    for hour, noun in enumerate([licence, review, between]):
        ledger.record(noun, at=noon + timedelta(hours=hour), by="C. Clearance")
    assert names(ledger.comes_from(digest_of(review))) == ["a", "w"]
    assert names(ledger.at(noon + timedelta(hours=1)).comes_from(digest_of(review))) == []


def test_nobody_records_in_the_past_and_closing_it_closes_nothing(ledger, record, noon, make_licence):
    record(make_licence("a"))
    with ledger.at(noon) as past:
        with pytest.raises(NotAllowed, match="nobody records in the past"):
            past.record(make_licence("b"), at=noon, by="C. Clearance")
        with pytest.raises(RushesError, match="without a signer"):
            past.checkpoint()
    assert len(ledger.every(Licence)) == 1


def test_a_moment_in_the_past_of_the_past_is_no_later(ledger, noon, make_licence):
    for hour, name in enumerate("ab"):
        ledger.record(make_licence(name), at=noon + timedelta(hours=hour), by="C. Clearance")
    assert len(ledger.at(noon).at(noon + timedelta(hours=2)).every(Licence)) == 1


def test_a_moment_without_a_time_zone_is_refused(ledger, noon):
    with pytest.raises(BadMaterial, match="no time zone"):
        ledger.at(noon.replace(tzinfo=None))
