"""A delivery is sealed only if folder, papers and log are all its own; and what it says can be read back."""

import json
from base64 import b64decode
from dataclasses import replace

import pytest

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.domain.nouns import Delivery, Review
from rushes.domain.parts import AssetFile
from rushes.domain.records import canonical_json, digest_of
from rushes.ledger.book import open_ledger
from rushes.signing.offline_verifier import examine
from rushes.signing.seals import CHECKPOINT, ENVELOPE, PROOF, SEALS
from rushes.signing.statements import copy_verifier, file_list, read_statement, seal_delivery, verify_delivery


@pytest.fixture
def unsealed(delivery):
    """The files of a delivery before it is sealed."""
    for name in SEALS:
        (delivery / name).unlink()
    (delivery / "log").rmdir()
    return delivery


@pytest.fixture
def seal(unsealed, sealed, papers, signer, tree):
    """Logs and seals the delivery, with something changed."""

    def attempt(change=lambda delivery: delivery, lineage=papers, by=signer, checkpoint_by=signer, cut=0):
        delivery = change(read_statement(sealed).delivery)
        log = tree([b"{}", canonical_json({"digest": digest_of(delivery)}).encode(), b"{}"])

        class Proof:
            leaf, index, size = log.leaves[1], 1, 3
            path = log.path(1)[cut:]

        checkpoint = log.checkpoint(checkpoint_by)
        seal_delivery(unsealed, delivery, lineage, signer=by, proof=Proof(), checkpoint=checkpoint)
        return verify_delivery(unsealed)

    return attempt


def listed(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_delivery_that_is_all_its_own_is_sealed(seal, signer):
    assert seal().key_id == signer.key_id


def test_what_the_ledger_gives_out_seals_a_delivery(unsealed, sealed, papers, signer, tmp_path):
    delivery = replace(read_statement(sealed).delivery, files=file_list(unsealed))
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db", origin=signer.name, signer=signer) as ledger:
        ledger.record_all(papers.values(), at=delivery.at, by="S. Supervisor")
        digest = ledger.record(delivery, at=delivery.at, by="S. Supervisor")
        ledger.checkpoint()
        proof = ledger.prove(digest)
        ledger.record(replace(delivery, name="d2"), at=delivery.at, by="S. Supervisor")
        ledger.checkpoint()
        growth = json.dumps(ledger.prove_growth(proof.size).to_json()).encode()
    seal_delivery(unsealed, delivery, papers, signer=signer, proof=proof, checkpoint=proof.checkpoint)
    verified = verify_delivery(unsealed, signer.public_key)
    assert (verified.origin, verified.index, verified.size) == (signer.name, len(papers), len(papers) + 1)
    assert examine(unsealed, signer.key_id, growth).faults == []


def other_size(delivery):
    return replace(delivery, files=tuple(replace(file, bytes=file.bytes + 1) for file in delivery.files))


def file_more(delivery):
    return replace(delivery, files=(*delivery.files, AssetFile("ghost.exr", "sha256:" + "0" * 64, 1)))


def file_less(delivery):
    return replace(delivery, files=delivery.files[1:])


def file_outside(delivery):
    return replace(delivery, files=(*delivery.files, AssetFile("../../etc/passwd", "sha256:" + "0" * 64, 1)))


def take_more(delivery):
    return replace(delivery, takes=(*delivery.takes, "sha256:" + "0" * 64))


@pytest.mark.parametrize("change", [other_size, file_more, file_less, file_outside, take_more])
def test_a_delivery_that_is_not_what_lies_there_is_not_sealed(seal, unsealed, change):
    before = listed(unsealed)
    with pytest.raises(BadMaterial, match="cannot be sealed"):
        seal(change)
    assert listed(unsealed) == before


def test_every_reason_not_to_seal_is_given_at_once(seal, papers, stranger, unsealed):
    (unsealed / "notes.txt").write_bytes(b"")
    with pytest.raises(BadMaterial) as refusal:
        seal(file_more, {}, checkpoint_by=stranger, cut=1)
    named = [reason.split(": ")[0] for reason in refusal.value.reasons]
    assert named == ["ghost.exr", "notes.txt", ENVELOPE, CHECKPOINT, PROOF]
    assert not (unsealed / ENVELOPE).exists()


def test_a_take_that_was_sent_back_is_not_sealed(seal, papers):
    review = next(noun for noun in papers.values() if isinstance(noun, Review))
    sent_back = replace(review, decision="sent back")
    lineage = {digest_of(noun): noun for noun in papers.values() if noun != review} | {digest_of(sent_back): sent_back}

    def change(delivery: Delivery) -> Delivery:
        return replace(delivery, reviews=(digest_of(sent_back),), lineage=tuple(sorted(lineage)))

    with pytest.raises(BadMaterial) as refusal:
        seal(change, lineage)
    assert "encloses no approval of sha256:" in refusal.value.reasons[0]


def test_a_paper_left_out_of_the_lineage_is_named(seal, papers):
    missing = next(iter(papers))
    with pytest.raises(BadMaterial) as refusal:
        seal(lineage={digest: noun for digest, noun in papers.items() if digest != missing})
    assert missing in refusal.value.reasons[0]


def test_sealing_again_gives_the_same_bytes_in_whatever_order_the_papers_come(seal, unsealed, papers):
    seal()
    first = {name: (unsealed / name).read_bytes() for name in SEALS}
    seal(lineage=dict(reversed(papers.items())))
    assert {name: (unsealed / name).read_bytes() for name in SEALS} == first


def test_files_are_listed_by_name_with_digest_and_size_and_without_seals(sealed):
    files = file_list(sealed)
    assert [file.name for file in files] == sorted(set(listed(sealed)) - set(SEALS))
    empty = next(file for file in files if file.name == "empty.txt")
    assert empty.digest == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert all(file.bytes == (sealed / file.name).stat().st_size for file in files)


def test_what_could_never_be_verified_is_not_even_listed(unsealed, tmp_path):
    (unsealed / "link").symlink_to(tmp_path)
    (unsealed / ".hidden").write_bytes(b"")
    (unsealed / "a:b").write_bytes(b"")
    (unsealed / "nothing").mkdir()
    with pytest.raises(BadMaterial) as refusal:
        file_list(unsealed)
    assert [reason.split(": ")[0] for reason in refusal.value.reasons] == [".hidden", "a:b", "link", "nothing/"]


def test_the_verifier_that_is_copied_is_always_the_same(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert copy_verifier(tmp_path / "a").read_bytes() == copy_verifier(tmp_path / "b").read_bytes()


def test_what_a_delivery_says_of_itself_is_read_back_as_nouns(sealed, papers):
    statement = read_statement(sealed)
    assert set(map(digest_of, [*statement.lineage, *statement.reviews])) == set(papers)
    assert [type(review) for review in statement.reviews] == [Review]
    assert statement.delivery.files == file_list(sealed)


def test_the_envelope_is_the_in_toto_statement_that_others_read(sealed):
    envelope = json.loads((sealed / ENVELOPE).read_bytes())
    statement = json.loads(b64decode(envelope["payload"]))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://rushes.dev/Delivery/v1"
    assert {file["name"] for file in statement["subject"]} == set(listed(sealed)) - set(SEALS)
    assert "verify.py" in {file["name"] for file in statement["subject"]}


def test_a_damaged_or_missing_envelope_says_nothing_of_itself(delivery):
    (delivery / ENVELOPE).write_bytes((delivery / ENVELOPE).read_bytes()[1:])
    with pytest.raises(BadSignature):
        read_statement(delivery)
    (delivery / ENVELOPE).unlink()
    with pytest.raises(NotFound):
        read_statement(delivery)
