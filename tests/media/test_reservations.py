import io
import json
import socket
import struct
import zlib
from datetime import UTC, datetime, timedelta

import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, PngImagePlugin

from rushes.domain.actions import ACTIONS, DATA_MINING, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.errors import Damaged, NotFound
from rushes.media.reservations import (
    SETTINGS,
    read_reservation_file,
    read_reservations,
    read_source_type,
    reservation_files_beside,
)
from rushes.media.xmp import XMP_BOX

PROHIBITED = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
SYNTHETIC = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
GENERATIVE = PROHIBITED + "-GENAIMLTRAINING"
TDM = (DATA_MINING, TRAINING, GENERATIVE_TRAINING)


def xmp(inner="", **attributes):
    said = " ".join(f'{key.replace("_", ":")}="{value}"' for key, value in attributes.items())
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:tdm="http://www.w3.org/ns/tdmrep/" '
        f'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" {said}>{inner}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def jpeg(packet=None):
    held = io.BytesIO()
    Image.new("RGB", (32, 32), (90, 60, 30)).save(held, "JPEG", **({"xmp": packet} if packet else {}))
    return held.getvalue()


def png(packet, *, zipped=False):
    held, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=zipped)
    Image.new("RGB", (32, 32)).save(held, "PNG", pnginfo=info)
    return held.getvalue()


def tiff(packet):
    held = io.BytesIO()
    Image.new("RGB", (32, 32)).save(held, "TIFF", tiffinfo={700: packet})
    return held.getvalue()


def box(kind, content):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def movie(packet):
    return box(b"ftyp", b"isom" + bytes(8)) + box(b"uuid", XMP_BOX + packet) + box(b"mdat", bytes(64))


def quicktime(packet):
    """Metadata between five megabytes of pictures on each side."""
    pictures = box(b"mdat", bytes(5 << 20))
    return box(b"ftyp", b"qt  " + bytes(8)) + pictures + box(b"uuid", XMP_BOX + packet) + pictures


def exr(packet):
    return b"\x76\x2f\x31\x01\x02\0\0\0" + b"xmp\0string\0" + struct.pack("<i", len(packet)) + packet + b"\0"


@pytest.fixture(scope="module")
def signed():
    """A function that signs a picture with a certificate that nobody trusts."""
    root = _certificate(None)
    leaf = _certificate(root)
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one, _ in (leaf, root))
    key = leaf[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None))

    def sign(assertions, *, kind="image/jpeg", content=None, ingredient=None, apart=False, remote=""):
        created = {"action": "c2pa.created", "digitalSourceType": SYNTHETIC}
        said = {
            "claim_generator_info": [{"name": "test", "version": "1"}],
            "assertions": [{"label": "c2pa.actions", "data": {"actions": [created]}}, *assertions],
        }
        context = c2pa.Context.from_dict({**SETTINGS, "builder": {"thumbnail": {"enabled": False}}})
        builder, out = c2pa.Builder(json.dumps(said), context=context), io.BytesIO()
        if ingredient:
            part = json.dumps({"title": "part", "relationship": "componentOf"})
            builder.add_ingredient(part, kind, io.BytesIO(ingredient))
        if apart or remote:
            builder.set_no_embed()
        if remote:
            builder.set_remote_url(remote)
        manifest = builder.sign(signer, kind, io.BytesIO(content or jpeg()), out)
        return bytes(manifest) if apart else out.getvalue()

    return sign


def _certificate(issuer):
    key, start = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC) - timedelta(1)
    names = [x509.NameAttribute(kind, "Test") for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)]
    name, ca = x509.Name([*names, x509.NameAttribute(NameOID.SERIAL_NUMBER, str(bool(issuer)))]), issuer is None
    signing = issuer[1] if issuer else key
    usage = x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
    made = (
        x509.CertificateBuilder(issuer[0].subject if issuer else name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(30))
        .add_extension(x509.BasicConstraints(ca, None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False)
    )
    if issuer:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    return made.sign(signing, hashes.SHA256()), key


def mining(scheme="cawg", **uses):
    return {
        "label": f"{scheme}.training-mining",
        "data": {"entries": {f"{scheme}.{word}": {"use": use} for word, use in uses.items()}},
    }


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.jpg", jpeg),
        ("a.png", png),
        ("z.png", lambda packet: png(packet, zipped=True)),
        ("a.tif", tiff),
        ("a.mp4", movie),
        ("a.mov", quicktime),
        ("a.exr", exr),
    ],
)
def test_a_reservation_in_xmp_is_found_in_every_format(tmp_path, name, make):
    path = written(tmp_path, name, make(xmp(plus_DataMining=PROHIBITED)))
    [found] = read_reservations(path)
    assert (found.scheme, found.actions) == ("plus", ACTIONS)
    assert (found.words, found.where) == ("plus:DataMining DMI-PROHIBITED", f"{name}, XMP")


@pytest.mark.parametrize(
    ("key", "actions"),
    [
        ("", ACTIONS),
        ("-AIMLTRAINING", (TRAINING, GENERATIVE_TRAINING)),
        ("-GENAIMLTRAINING", (GENERATIVE_TRAINING,)),
        ("-EXCEPTSEARCHENGINEINDEXING", ACTIONS),
        ("-SEECONSTRAINT", ACTIONS),
        ("-SOMETHINGNEW", ACTIONS),
    ],
)
def test_the_words_of_plus_are_understood(tmp_path, key, actions):
    path = written(tmp_path, "a.jpg", jpeg(xmp(plus_DataMining=PROHIBITED + key, plus_OtherConstraints="ask us")))
    [found] = read_reservations(path)
    assert found.actions == actions
    assert found.words == f"plus:DataMining DMI-PROHIBITED{key}: ask us"


@pytest.mark.parametrize("allowed", ["DMI-ALLOWED", "DMI-UNSPECIFIED"])
def test_a_file_that_reserves_nothing_yields_nothing(tmp_path, allowed):
    allows = xmp(plus_DataMining=f"http://ns.useplus.org/ldf/vocab/{allowed}", tdm_reservation="0")
    assert read_reservations(written(tmp_path, "a.jpg", jpeg(allows))) == []
    assert read_reservations(written(tmp_path, "b.jpg", jpeg())) == []
    assert read_reservations(written(tmp_path, "c.txt", b"")) == []
    assert read_source_type(tmp_path / "b.jpg") is None


@pytest.mark.parametrize(
    "inner",
    [
        f"<plus:DataMining>{GENERATIVE}</plus:DataMining>",
        f'<plus:DataMining rdf:resource="{GENERATIVE}"/>',
        f'<p:DataMining xmlns:p="http://ns.useplus.org/ldf/xmp/1.0/">{GENERATIVE}</p:DataMining>',
        f"<plus:DataMining><rdf:Bag><rdf:li>{GENERATIVE}</rdf:li></rdf:Bag></plus:DataMining>",
    ],
)
def test_every_way_to_write_a_property_is_read(tmp_path, inner):
    [found] = read_reservations(written(tmp_path, "a.jpg", jpeg(xmp(inner))))
    assert found.actions == (GENERATIVE_TRAINING,)


def test_a_reservation_of_text_and_data_mining_in_xmp_counts_and_so_does_xmp_beside(tmp_path):
    written(tmp_path, "a.xmp", xmp(tdm_reservation="1"))
    [found] = read_reservations(written(tmp_path, "a.dpx", b"SDPX" + bytes(100)))
    assert (found.scheme, found.actions, found.words) == ("tdmrep", TDM, "tdm:reservation 1")


def test_hostile_xmp_is_refused_fast_and_expands_nothing(tmp_path):
    bomb = b'<!DOCTYPE a [<!ENTITY b "DataMining">]>' + xmp(plus_DataMining=PROHIBITED)
    grows = xmp(plus_DataMining="x").replace(b"<rdf:RDF", b'<!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF')
    for content in (grows, xmp(plus_DataMining=PROHIBITED)[:-60], xmp("<plus:DataMining>")):
        with pytest.raises(Damaged):
            read_reservations(written(tmp_path, "a.exr", exr(content)))
    # what stands before the packet is no part of it
    assert len(read_reservations(written(tmp_path, "a.exr", exr(bomb)))) == 1
    nested = xmp("<plus:DataMining>" * 3000 + "</plus:DataMining>" * 3000)
    assert len(read_reservations(written(tmp_path, "a.exr", exr(nested)))) == 1
    assert read_reservations(written(tmp_path, "a.exr", exr(b"<x:xmpmeta" * 100_000))) == []


def test_broken_xmp_about_other_things_is_no_matter_of_rights(tmp_path):
    other = xmp(Iptc4xmpExt_Event="reservation of c2pa").replace(b"tdmrep", b"theatre")[:-60]
    assert read_reservations(written(tmp_path, "a.exr", exr(other))) == []
    assert read_reservations(written(tmp_path, "a.jpg", jpeg(other))) == []


def test_a_signed_reservation_counts_whoever_signed_it(tmp_path, signed):
    content = signed([mining(ai_generative_training="notAllowed", ai_training="constrained", data_mining="allowed")])
    [found] = read_reservations(written(tmp_path, "a.jpg", content))
    assert (found.scheme, found.actions) == ("cawg", (TRAINING, GENERATIVE_TRAINING))
    assert '"cawg.ai_training": {"use": "constrained"}' in found.words
    assert found.where.startswith("a.jpg, cawg.training-mining of manifest urn:c2pa:")


def test_a_reservation_counts_when_the_picture_was_changed_after_signing(tmp_path, signed):
    content = signed([mining(ai_inference="notAllowed")])
    spoilt = content[:-20] + bytes(18) + content[-2:]
    assert [one.actions for one in read_reservations(written(tmp_path, "a.jpg", spoilt))] == [(INFERENCE,)]


def test_the_older_label_and_the_reservations_of_ingredients_count(tmp_path, signed):
    part = signed([mining("c2pa", data_mining="notAllowed")])
    whole = signed([mining(ai_training="allowed")], ingredient=part)
    [found] = read_reservations(written(tmp_path, "a.jpg", whole))
    assert (found.scheme, found.actions) == ("c2pa", (DATA_MINING,))


def test_entries_without_their_map_and_words_of_a_later_version_count(tmp_path, signed):
    bare = {"label": "cawg.training-mining", "data": {"cawg.ai_training": {"use": "notAllowed"}}}
    later = mining(ai_dreaming="notAllowed")
    found = read_reservations(written(tmp_path, "a.jpg", signed([bare, later])))
    assert [one.actions for one in found] == [(TRAINING,), ACTIONS]


def test_credentials_in_a_png_and_beside_an_exr_are_read(tmp_path, signed):
    assertion = [mining(ai_training="notAllowed")]
    held = io.BytesIO()
    Image.new("RGB", (16, 16)).save(held, "PNG")
    inside = written(tmp_path, "a.png", signed(assertion, kind="image/png", content=held.getvalue()))
    plate = written(tmp_path, "a.0001.exr", exr(b""))
    written(tmp_path, "a.0001.exr.c2pa", signed(assertion, kind="image/x-exr", content=exr(b""), apart=True))
    assert [[one.actions for one in read_reservations(path)] for path in (inside, plate)] == [[(TRAINING,)]] * 2


def test_broken_credentials_are_damaged_and_a_broken_picture_is_not(tmp_path, signed):
    content = signed([mining(ai_training="notAllowed")])
    at = content.index(b"jumd")
    with pytest.raises(Damaged, match="credentials do not read"):
        read_reservations(written(tmp_path, "a.jpg", content[:at] + bytes(40) + content[at + 40 :]))
    assert read_reservations(written(tmp_path, "b.jpg", jpeg()[:200])) == []


def test_credentials_on_a_server_are_not_fetched_and_lock_everything_until_they_lie_beside(tmp_path, signed):
    assertion = [mining(ai_training="notAllowed")]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.c2pa"
        picture = written(tmp_path, "a.jpg", signed(assertion, remote=address))
        [found] = read_reservations(picture)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert (found.actions, address in found.words) == (ACTIONS, True)
    written(tmp_path, "a.jpg.c2pa", signed(assertion, apart=True))
    assert [one.actions for one in read_reservations(picture)] == [(TRAINING,)]


def test_mutated_files_are_read_or_refused_in_words(tmp_path, signed):
    content = bytearray(signed([mining(ai_training="notAllowed")], content=jpeg(xmp(plus_DataMining=PROHIBITED))))
    rng = np.random.default_rng(7)
    for _ in range(100):
        spoilt = bytearray(content)
        for at in rng.integers(0, len(content), 8):
            spoilt[at] = rng.integers(256)
        try:
            read_reservations(written(tmp_path, "a.jpg", bytes(spoilt)))
        except Damaged as error:
            assert "a.jpg" in str(error)


def test_synthetic_material_says_so(tmp_path, signed):
    captured = SYNTHETIC.replace("trainedAlgorithmicMedia", "digitalCapture")
    camera = written(tmp_path, "a.jpg", jpeg(xmp(Iptc4xmpExt_DigitalSourceType=captured)))
    made = written(tmp_path, "b.jpg", signed([], content=camera.read_bytes()))
    assert read_source_type(camera) == "digitalCapture"
    assert read_source_type(made) == "trainedAlgorithmicMedia"


def test_tdmrep_beside_material_is_read(tmp_path):
    rules = [
        {"location": "/a", "tdm-reservation": 1, "tdm-policy": "https://p"},
        {"location": "/", "tdm-reservation": 0},
    ]
    path = written(tmp_path, "tdmrep.json", json.dumps(rules).encode())
    [found] = read_reservation_file(path)
    assert (found.actions, found.where) == (TDM, "tdmrep.json, location /a")
    assert found.words == "tdm-reservation 1, tdm-policy https://p"
    assert reservation_files_beside(tmp_path / "plate.exr") == [path]


def rsl(*licences, more=""):
    inside = "".join(f"<license>{licence}</license>" for licence in licences)
    return f'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"{more}>{inside}</content></rsl>'.encode()


PERMITS, PROHIBITS = '<permits type="usage">{}</permits>', '<prohibits type="usage">{}</prohibits>'


@pytest.mark.parametrize(
    ("content", "actions"),
    [
        (rsl(PROHIBITS.format("ai-all")), (TRAINING, GENERATIVE_TRAINING, INFERENCE)),
        (rsl(PROHIBITS.format("train-ai")), (TRAINING, GENERATIVE_TRAINING)),
        (rsl(PERMITS.format("search")), ACTIONS),
        (rsl(PERMITS.format("search, ai-input") + PROHIBITS.format("ai-train")), TDM),
        (rsl(PERMITS.format("all") + '<payment type="crawl"/>'), ACTIONS),
        (rsl(PERMITS.format("all") + '<permits type="geo">US</permits>'), ACTIONS),
        (rsl(PERMITS.format("all"), more=' server="https://l"'), ACTIONS),
        (rsl(PERMITS.format("all"), PROHIBITS.format("ai-input")), (INFERENCE,)),
        (rsl(PROHIBITS.format("new-word")), ACTIONS),
        (rsl(PERMITS.format("all") + '<payment type="attribution"/>'), None),
        (rsl(), None),
    ],
)
def test_rsl_is_read_and_what_it_leaves_open_is_reserved(tmp_path, content, actions):
    found = read_reservation_file(written(tmp_path, "license.xml", content))
    assert [set(one.actions) for one in found] == ([set(actions)] if actions else [])
    assert reservation_files_beside(tmp_path / "a.exr") == [tmp_path / "license.xml"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tdmrep.json", b"{"),
        ("tdmrep.json", b'[{"location": "/"}]'),
        ("tdmrep.json", b"[" * 100_000),
        ("rsl.xml", b"<rsl><content>"),
        ("rsl.xml", b"<html/>"),
        ("rsl.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><rsl><content/></rsl>'),
        ("rsl.xml", '<?xml version="1.0" encoding="utf-16"?><rsl/>'.encode("utf-16")),
    ],
)
def test_a_reservation_file_that_does_not_read_is_damaged(tmp_path, name, content):
    with pytest.raises(Damaged):
        read_reservation_file(written(tmp_path, name, content))


def test_what_is_not_there_is_not_found(tmp_path):
    for read in (read_reservations, read_source_type, read_reservation_file):
        with pytest.raises(NotFound):
            read(tmp_path / "a.jpg")


def test_a_compressed_packet_that_would_grow_without_end_is_cut(tmp_path):
    packed = zlib.compress(b"<x:xmpmeta" + b" " * (8 << 20))
    chunk = b"XML:com.adobe.xmp\0\1\0\0\0" + packed
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", len(chunk), b"iTXt") + chunk + bytes(4)
    assert read_reservations(written(tmp_path, "a.png", content)) == []
