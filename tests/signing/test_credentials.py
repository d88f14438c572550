"""Credentials hold for every byte of what was signed, under a trusted root, or are refused with every reason."""

import io
import json
import random
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import av
import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.signing import file_seals
from rushes.signing.certificates import SIGNER_LASTS, make_authority, renew, revoke
from rushes.signing.credentials import (
    Action,
    Claim,
    Ingredient,
    SourceType,
    read_credentials,
    write_credentials,
    write_sidecar,
)
from rushes.signing.file_seals import seal_file
from rushes.signing.hash_lists import check_hash_list, hash_list
from rushes.signing.spelling import Fault, to_json

FORMATS = ["sh010.png", "sh010.jpg", "sh010.tif", "sh010.mp4", "sh010.mov"]
BESIDE = ["sh010.0001.exr", "sh010.0001.dpx", "hashes.json"]
MIME = {"png": "image/png", "jpg": "image/jpeg", "tif": "image/tiff", "mp4": "video/mp4", "mov": "video/quicktime"}
MODEL = Ingredient("roto v2", "sha256:" + "1" * 64, "application/octet-stream", "inputTo")
PLATE = Ingredient("sh010_plate", "sha256:" + "2" * 64, "image/x-exr")
GRADE = Action("c2pa.color_adjustments", SourceType.HUMAN_EDITS, "graded by S. Colourist", "Rushes 0.1")
PROOF = {"log_origin": "northlight.example/log", "leaf_index": 41, "root": "sha256:" + "3" * 64, "record": "R-Ä1"}
CLAIM = Claim("sh010_v001", SourceType.COMPOSITE_WITH_TRAINED, (GRADE,), (MODEL, PLATE), PROOF)
DOCUMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336: for documents, which is not what we trust
NOT_ALLOWED = dict.fromkeys(
    ["cawg.data_mining", "cawg.ai_inference", "cawg.ai_training", "cawg.ai_generative_training"], "notAllowed"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("studio") / "authority", "Northlight", datetime.now(UTC))


def write_movie(path):
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(3):
            picture = np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8)
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        movie.mux(stream.encode())


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """One small file of each kind, without credentials; not to be touched."""
    folder = tmp_path_factory.mktemp("plain")
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8))
    for name in FORMATS:
        write_movie(folder / name) if name[-3:] in ("mp4", "mov") else picture.save(folder / name)
    for name in BESIDE:
        (folder / name).write_bytes(name.encode() * 100)
    return folder


@pytest.fixture(scope="module")
def signed(tmp_path_factory, plain, authority):
    """The same, with credentials; not to be touched."""
    folder = tmp_path_factory.mktemp("signed")
    for name in FORMATS:
        write_credentials(plain / name, folder / name, CLAIM, authority=authority)
    for name in BESIDE:
        (folder / name).write_bytes((plain / name).read_bytes())
        write_sidecar(folder / name, folder / f"{name}.c2pa", CLAIM, authority=authority)
    return folder


def read(path, authority, **also):
    beside = path.with_name(f"{path.name}.c2pa")
    return read_credentials(path, root=authority.root, sidecar=beside if beside.exists() else None, **also)


def opened(path, root):
    """The file as a reader opens it that knows nothing of us."""
    context = c2pa.Context.from_dict({"trust": {"trust_anchors": root.decode()}})
    return c2pa.Reader(MIME[path.suffix[1:]], io.BytesIO(path.read_bytes()), context=context)


def library_says(path, root):
    with opened(path, root) as reader:
        return reader.get_validation_state()


def signed_anyhow(path, target, authority, **settings):
    """Sign with a certificate that our own writer would not sign with, and seal it."""
    trusted = {"trust_anchors": authority.root.decode()}
    context = c2pa.Context.from_dict({"trust": trusted, "verify": {"verify_after_sign": False}} | settings)
    certificate = authority.certificate.decode()
    signer = c2pa.Signer.from_callback(authority.sign, c2pa.C2paSigningAlg.ES256, certificate)
    created = {"actions": [{"action": "c2pa.created", "digitalSourceType": SourceType.CREATION}]}
    claim = {"title": "forged", "assertions": [{"label": "c2pa.actions.v2", "data": created}]}
    builder = c2pa.Builder(json.dumps(claim | {"claim_generator_info": [{"name": "x"}]}), context=context)
    with path.open("rb") as plain, target.open("w+b") as into:
        builder.sign(signer, MIME[path.suffix[1:]], plain, into)
        seal_file(into, authority)


def another_signer(authority, purpose, *, by_itself=False, serial=None):
    """An authority whose certificate serves another purpose, or was issued by itself."""
    root = x509.load_pem_x509_certificate(authority.root)
    key = load_pem_private_key((authority.folder / "root.key").read_bytes(), password=None)
    private, now = generate_private_key(SECP256R1()), datetime.now(UTC) - timedelta(minutes=1)
    named = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Northlight")])
    issuer, issuing = (named, private) if by_itself else (root.subject, key)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key())
    certificate = (
        x509.CertificateBuilder(issuer, named, private.public_key(), serial or x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(x509.KeyUsage(True, *8 * [False]), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), False)
        .add_extension(above, False)
        .add_extension(x509.ExtendedKeyUsage([purpose]), False)
        .sign(issuing, SHA256())
    )
    pem, serial = certificate.public_bytes(Encoding.PEM), certificate.serial_number
    return replace(authority, certificate=pem, serial=serial, _private=private)


@pytest.mark.parametrize("name", [*FORMATS, *BESIDE])
def test_what_was_claimed_is_read_back_trusted(signed, authority, name):
    found = read(signed / name, authority, crl=(authority.folder / "revoked.pem").read_bytes())
    assert (found.title, found.state, found.signed_at) == ("sh010_v001", "Trusted", None)
    assert (found.issued_by, found.serial) == ("Northlight", authority.serial)
    created = Action("c2pa.created", SourceType.COMPOSITE_WITH_TRAINED)
    assert found.actions == (created, Action("c2pa.placed"), GRADE)
    assert found.source_types == (SourceType.COMPOSITE_WITH_TRAINED, SourceType.HUMAN_EDITS)
    assert found.ingredients == (MODEL, PLATE)
    assert found.provenance == PROOF
    assert found.training_mining == NOT_ALLOWED


def test_what_made_the_file_points_to_the_model_and_what_was_placed_in_it_to_the_plate(signed, authority):
    with opened(signed / "sh010.png", authority.root) as reader:
        manifest = reader.get_active_manifest()
    titles = {each["label"]: each["title"] for each in manifest["ingredients"]}
    actions = next(each["data"]["actions"] for each in manifest["assertions"] if each["label"] == "c2pa.actions.v2")
    pointed = {
        each["action"]: [titles[one["url"].rpartition("/")[2]] for one in each["parameters"]["ingredients"]]
        for each in actions
        if "parameters" in each
    }
    assert pointed == {"c2pa.created": ["roto v2"], "c2pa.placed": ["sh010_plate"]}


@pytest.mark.parametrize("name", FORMATS)
def test_any_other_reader_of_c2pa_trusts_it_too(signed, authority, name):
    assert library_says(signed / name, authority.root) == "Trusted"


@pytest.mark.parametrize("name", FORMATS)
def test_the_picture_is_the_one_that_came_and_no_thumbnail_is_added(plain, signed, name):
    if name[-3:] in ("mp4", "mov"):
        shown = []
        for folder in (plain, signed):
            with av.open(str(folder / name)) as movie:
                shown.append([frame.to_ndarray() for frame in movie.decode(video=0)])
        assert np.array_equal(*shown)
    else:
        assert np.array_equal(*(np.asarray(Image.open(folder / name)) for folder in (plain, signed)))
    assert 0 < (signed / name).stat().st_size - (plain / name).stat().st_size < 16_000


def test_the_words_for_where_pixels_come_from_are_those_of_iptc():
    words = {value.rpartition("/")[2] for value in SourceType}
    assert words == {
        "digitalCapture",
        "humanEdits",
        "algorithmicallyEnhanced",
        "digitalCreation",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "trainedAlgorithmicMedia",
    }
    assert {value.rpartition("/")[0] for value in SourceType} == {"http://cv.iptc.org/newscodes/digitalsourcetype"}


def flipped(content, bit):
    held = bytearray(content)
    held[bit // 8] ^= 1 << bit % 8
    return bytes(held)


@pytest.mark.parametrize("name", FORMATS)
def test_no_flipped_bit_of_a_signed_file_is_missed(signed, authority, tmp_path, name):
    content, rng = (signed / name).read_bytes(), random.Random(name)
    for _ in range(60):
        bit = rng.randrange(8 * len(content))
        (tmp_path / name).write_bytes(flipped(content, bit))
        with pytest.raises(BadSignature):
            pytest.fail(f"bit {bit}: {read(tmp_path / name, authority)}")


@pytest.mark.parametrize("name", BESIDE)
def test_no_change_of_a_file_or_of_its_sidecar_is_missed(signed, authority, tmp_path, name):
    beside, rng = f"{name}.c2pa", random.Random(name)
    whole = {each: (signed / each).read_bytes() for each in (name, beside)}
    for each in (name, beside):
        content = whole[each]
        changes = [flipped(content, rng.randrange(8 * len(content))) for _ in range(15)]
        for change in [*changes, content + b"\0", content[:-1], content[1:], b""]:
            for other, unchanged in whole.items():
                (tmp_path / other).write_bytes(change if other == each else unchanged)
            with pytest.raises(BadSignature):
                pytest.fail(str(read(tmp_path / name, authority)))


def behind_the_padding_key(content):
    start = content.index(b"\x63pad\x59", content.index(b"org.rushes.seal")) + 100
    return content[:start] + b"smuggled out" + content[start + 12 :]


def box(kind):
    return b"\0\0\0\x14" + kind + b"smuggled out"


SMUGGLED = {
    "sh010.png": behind_the_padding_key,
    "sh010.jpg": behind_the_padding_key,
    "sh010.tif": behind_the_padding_key,
    "sh010.mp4": lambda content: content + box(b"free"),
    "sh010.mov": lambda content: content[:8] + b"hide" + content[12:],
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_c2pa_leaves_unsigned_is_signed_by_the_seal(signed, authority, tmp_path, name):
    (tmp_path / name).write_bytes(SMUGGLED[name]((signed / name).read_bytes()))
    assert library_says(tmp_path / name, authority.root) == "Trusted"
    with pytest.raises(BadSignature, match="has other bytes than when it was sealed"):
        read(tmp_path / name, authority)


def sealed_by(content, forger):
    """A file with a second seal in its padding, behind a certificate of the forger's own."""
    der = x509.load_pem_x509_certificate(forger.certificate).public_bytes(Encoding.DER)
    head = file_seals.CERTIFICATE + len(der).to_bytes(2, "big") + der + file_seals.SEAL
    start = content.index(b"\x63pad\x59", content.index(file_seals.SEAL)) + 100
    at = start + len(head)
    held = bytearray(content[:start] + head + bytes(64) + content[at + 64 :])
    held[at : at + 64] = forger.sign(file_seals._covered(io.BytesIO(held), at))
    return bytes(held)


@pytest.mark.parametrize("issuer", ["the same root", "itself"])
def test_a_seal_by_another_certificate_is_refused(signed, authority, tmp_path, issuer):
    by_itself, serial = issuer == "itself", authority.serial if issuer == "itself" else None
    other = another_signer(authority, ExtendedKeyUsageOID.EMAIL_PROTECTION, by_itself=by_itself, serial=serial)
    (tmp_path / "a.jpg").write_bytes(sealed_by((signed / "sh010.jpg").read_bytes(), other))
    assert library_says(tmp_path / "a.jpg", authority.root) == "Trusted"
    why = "was never sealed" if by_itself else "sealed by another certificate"
    with pytest.raises(BadSignature, match=why) as refusal:
        read(tmp_path / "a.jpg", authority)
    assert len(refusal.value.reasons) == 1


def test_credentials_without_a_seal_are_refused(signed, authority, tmp_path):
    content = (signed / "sh010.jpg").read_bytes().replace(b"org.rushes.seal", b"org.nobody.seal")
    (tmp_path / "a.jpg").write_bytes(content)
    assert library_says(tmp_path / "a.jpg", authority.root) == "Trusted"
    with pytest.raises(BadSignature, match="was never sealed"):
        read(tmp_path / "a.jpg", authority)


def test_a_seal_is_set_once(signed, authority, tmp_path):
    (tmp_path / "a.jpg").write_bytes((signed / "sh010.jpg").read_bytes())
    with (tmp_path / "a.jpg").open("r+b") as file, pytest.raises(Fault, match="no room for a seal"):
        seal_file(file, authority)
    assert read(tmp_path / "a.jpg", authority).title == CLAIM.title


@pytest.mark.parametrize("before", [0, 1, file_seals.PIECE - 3, file_seals.PIECE, 2 * file_seals.PIECE - 1])
def test_a_seal_is_found_wherever_a_piece_of_the_file_ends(before):
    file = io.BytesIO(b"seal"[: min(before, 4)] + b"x" * max(before - 4, 0) + b"seal" + b"sea" * 9)
    assert file_seals._last(file, b"seal") == before
    assert file_seals._last(file, b"no seal") == -1


def chunks(content):
    at = 8
    while at < len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 4 : end], content[end : end + 4]
        at = end + 4


def test_every_chunk_of_a_sealed_png_has_its_checksum_and_a_wrong_one_is_refused(signed, authority, tmp_path):
    content = (signed / "sh010.png").read_bytes()
    assert all(crc32(chunk) == int.from_bytes(checksum, "big") for _, chunk, checksum in chunks(content))
    checksum = next(checksum for name, _, checksum in chunks(content) if name == b"caBX")
    (tmp_path / "a.png").write_bytes(content.replace(checksum, flipped(checksum, 3)))
    assert library_says(tmp_path / "a.png", authority.root) == "Trusted"
    with pytest.raises(BadSignature, match="checksum is wrong"):
        read(tmp_path / "a.png", authority)


def test_a_stripped_file_says_so(plain, authority):
    with pytest.raises(BadSignature, match="carries no content credentials"):
        read_credentials(plain / "sh010.png", root=authority.root)


def test_a_file_or_a_sidecar_that_is_not_there_is_named(signed, authority):
    name = signed / "sh010.0001.exr"
    for file, beside in ((name.with_suffix(".gone"), signed / f"{name}.c2pa"), (name, name.with_suffix(".gone"))):
        with pytest.raises(NotFound, match=r"sh010\.0001\.gone"):
            read_credentials(file, root=authority.root, sidecar=beside)


def test_a_root_that_is_not_trusted_is_refused(signed, tmp_path):
    stranger = make_authority(tmp_path / "stranger", "Northlight", datetime.now(UTC))
    for name in (FORMATS[0], BESIDE[0]):
        with pytest.raises(BadSignature, match=r"signingCredential\.untrusted"):
            read(signed / name, stranger)


def test_a_revoked_certificate_is_refused_with_the_day_and_the_reason(plain, tmp_path):
    now = datetime.now(UTC)
    authority = make_authority(tmp_path / "authority", "Northlight", now - SIGNER_LASTS + timedelta(days=20))
    write_credentials(plain / "sh010.png", tmp_path / "old.png", CLAIM, authority=authority)
    fresh = renew(authority, now)
    write_credentials(plain / "sh010.png", tmp_path / "new.png", CLAIM, authority=fresh)
    crl = revoke(authority, authority.serial, datetime(2026, 11, 26, 9, 30, tzinfo=UTC), reason="keyCompromise")
    with pytest.raises(BadSignature, match=r"revoked on 2026-11-26 09:30 UTC: keyCompromise"):
        read(tmp_path / "old.png", authority, crl=crl)
    assert read(tmp_path / "new.png", authority, crl=crl).serial == fresh.serial


def test_a_list_of_another_root_is_refused_and_not_taken_for_an_empty_one(signed, authority, tmp_path):
    stranger = make_authority(tmp_path / "stranger", "Northlight", datetime.now(UTC))
    with pytest.raises(BadSignature, match="not what this root signed"):
        read(signed / "sh010.png", authority, crl=(stranger.folder / "revoked.pem").read_bytes())


def test_a_certificate_that_has_ended_signs_nothing_more(plain, tmp_path):
    ended = make_authority(tmp_path / "authority", "Northlight", datetime.now(UTC) - SIGNER_LASTS - timedelta(days=1))
    with pytest.raises(BadMaterial, match="was not valid at time of signing") as refusal:
        write_credentials(plain / "sh010.png", tmp_path / "a.png", CLAIM, authority=ended)
    assert "renew the certificate" in refusal.value.remedy
    assert not (tmp_path / "a.png").exists()


def test_credentials_are_trusted_no_longer_than_their_certificate(plain, tmp_path):
    for seconds in (2, 20):  # the second only where the machine is too busy to sign in time
        issued = datetime.now(UTC) - SIGNER_LASTS + timedelta(seconds=seconds)
        authority = make_authority(tmp_path / f"authority {seconds}", "Northlight", issued)
        try:
            write_credentials(plain / "sh010.png", tmp_path / "a.png", CLAIM, authority=authority)
            break
        except (BadMaterial, BadSignature):
            continue
    time.sleep(max(0, (authority.ends - datetime.now(UTC)).total_seconds()) + 1)
    with pytest.raises(BadSignature, match="expired"):
        read(tmp_path / "a.png", authority)


def test_a_certificate_for_another_purpose_is_refused(plain, authority, tmp_path):
    other = another_signer(authority, DOCUMENTS)
    with pytest.raises(BadMaterial, match="cannot be signed"):
        write_credentials(plain / "sh010.png", tmp_path / "a.png", CLAIM, authority=other)
    purpose = {"trust_anchors": authority.root.decode(), "trust_config": DOCUMENTS.dotted_string}
    signed_anyhow(plain / "sh010.png", tmp_path / "a.png", other, trust=purpose)
    with pytest.raises(BadSignature, match=r"signingCredential\.(invalid|untrusted)"):
        read(tmp_path / "a.png", authority)


def test_a_certificate_that_issued_itself_is_refused(plain, authority, tmp_path):
    own = another_signer(authority, ExtendedKeyUsageOID.EMAIL_PROTECTION, by_itself=True)
    with pytest.raises(BadMaterial, match="cannot be signed"):
        write_credentials(plain / "sh010.png", tmp_path / "a.png", CLAIM, authority=own)


def test_credentials_for_one_frame_do_not_hold_for_another(signed, authority):
    beside = signed / "sh010.0001.exr.c2pa"
    with pytest.raises(BadSignature, match=r"dataHash\.mismatch"):
        read_credentials(signed / "sh010.0001.dpx", root=authority.root, sidecar=beside)


@pytest.mark.parametrize("name", ["sh010.jpg", "sh010.mp4"])
def test_a_picture_or_a_movie_can_have_its_credentials_beside_it_too(plain, authority, tmp_path, name):
    write_sidecar(plain / name, tmp_path / "beside.c2pa", CLAIM, authority=authority)
    found = read_credentials(plain / name, root=authority.root, sidecar=tmp_path / "beside.c2pa")
    assert found.provenance == PROOF


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_signed_can_be_signed_again(signed, authority, tmp_path, name):
    again = replace(CLAIM, title="sh010_v002")
    write_credentials(signed / name, tmp_path / name, again, authority=authority)
    assert read(tmp_path / name, authority).title == "sh010_v002"


def test_a_file_that_cannot_hold_credentials_is_named_with_what_to_do(plain, authority, tmp_path):
    with pytest.raises(BadMaterial, match="cannot hold credentials") as refusal:
        write_credentials(plain / BESIDE[0], tmp_path / BESIDE[0], CLAIM, authority=authority)
    assert "write_sidecar" in refusal.value.remedy


def test_what_lay_there_stays_when_signing_fails(plain, authority, tmp_path):
    (tmp_path / "a.png").write_bytes(b"the last delivery")
    with pytest.raises(BadMaterial, match="cannot be signed"):
        write_credentials(plain / "hashes.json", tmp_path / "a.png", CLAIM, authority=authority)
    assert (tmp_path / "a.png").read_bytes() == b"the last delivery"
    write_credentials(plain / "sh010.png", tmp_path / "a.png", CLAIM, authority=authority)
    assert read(tmp_path / "a.png", authority).state == "Trusted"
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_many_sign_and_read_at_once(plain, authority, tmp_path):
    def both(number):
        path = tmp_path / f"{number}.png"
        write_credentials(plain / "sh010.png", path, replace(CLAIM, title=str(number)), authority=authority)
        return read(path, authority).title

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(both, range(12))) == [str(number) for number in range(12)]


OFFLINE = """
from datetime import UTC, datetime
from pathlib import Path
from rushes.signing.certificates import make_authority
from rushes.signing.credentials import Claim, SourceType, read_credentials, write_credentials, write_sidecar
here, plain = Path({here!r}), Path({plain!r})
authority = make_authority(here / "authority", "Northlight", datetime.now(UTC))
claim = Claim("sh010", SourceType.CAPTURE)
for name in ("sh010.png", "sh010.mp4"):
    write_credentials(plain / name, here / name, claim, authority=authority)
    assert read_credentials(here / name, root=authority.root).state == "Trusted"
write_sidecar(plain / "sh010.0001.exr", here / "exr.c2pa", claim, authority=authority)
print(read_credentials(plain / "sh010.0001.exr", root=authority.root, sidecar=here / "exr.c2pa").state)
"""


def watched(watchers, code):
    script = Path(__file__).parents[1] / "watched.py"
    return subprocess.run([sys.executable, script, watchers, code], capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a kernel that watches")
def test_signing_and_reading_open_no_connection_and_print_nothing(plain, tmp_path):
    ended = watched("python and kernel", OFFLINE.format(here=str(tmp_path), plain=str(plain)))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "Trusted\n", "")


@pytest.fixture
def frames(tmp_path):
    folder = tmp_path / "frames"
    (folder / "sh010").mkdir(parents=True)
    for number in range(1001, 1006):
        (folder / "sh010" / f"sh010.{number}.exr").write_bytes(b"%d" % number * 50)
    return folder


def listed(folder):
    return hash_list({path.relative_to(folder).as_posix(): path for path in folder.rglob("*.exr")})


def test_a_whole_sequence_has_no_faults_and_a_root_as_rfc_6962_has_it(frames, tree):
    hashes = listed(frames)
    assert check_hash_list(hashes, frames) == []
    assert [frame["name"][-8:] for frame in hashes["frames"]] == [f"{n}.exr" for n in range(1001, 1006)]
    assert hashes["root"] == tree(to_json(frame) for frame in hashes["frames"]).root().hex()
    assert check_hash_list(json.loads(json.dumps(hashes)), frames) == []


def test_every_frame_that_is_missing_extra_or_changed_is_named(frames):
    hashes = listed(frames)
    (frames / "sh010" / "sh010.1001.exr").unlink()
    (frames / "sh010" / "sh010.1003.exr").write_bytes(b"1004" * 50)
    (frames / "sh010" / "sh010.1004.exr").write_bytes(b"1004" * 50 + b"\0")
    (frames / "sh010" / "sh010.1006.exr").write_bytes(b"one too many")
    (frames / "sh010" / "sh010.1007.exr").symlink_to(frames / "sh010" / "sh010.1002.exr")
    assert sorted(check_hash_list(hashes, frames)) == [
        "sh010/sh010.1001.exr: is missing",
        "sh010/sh010.1003.exr: is not what was listed",
        "sh010/sh010.1004.exr: is not what was listed",
        "sh010/sh010.1006.exr: is not in the list",
        "sh010/sh010.1007.exr: is a link",
    ]


def test_a_list_that_was_changed_with_its_frame_is_not_that_of_its_root(frames):
    hashes = listed(frames)
    (frames / "sh010" / "sh010.1003.exr").write_bytes(b"another frame")
    changed = listed(frames)
    assert check_hash_list({"frames": changed["frames"], "root": hashes["root"]}, frames) == [
        "the list is not what its root was made of"
    ]


def test_an_empty_sequence_has_the_root_of_nothing(tmp_path, tree):
    assert hash_list({}) == {"frames": [], "root": tree().root().hex()}
    assert check_hash_list(hash_list({}), tmp_path) == []
