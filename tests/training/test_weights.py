"""Weights come back as they were and are always the same bytes; what no honest writer makes does not get in."""

import json
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors import SafetensorError
from safetensors.numpy import load

from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.training.weights import read_weights, write_weights

CARD = {"department": "look", "loss": [0.5, None], "words": {"für": "Ähre"}}
KINDS = [np.float16, np.float32, np.float64, np.int8, np.int16, np.int64, np.uint8, np.uint32, np.bool_, ">f4"]
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
WORDS = st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
CARDS = st.dictionaries(
    WORDS, SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(WORDS, SCALARS, max_size=2), max_size=3
)


@st.composite
def arrays(draw):
    kind = np.dtype(draw(st.sampled_from(KINDS)))
    array = draw(hnp.arrays(kind, hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)))
    return array.T if draw(st.booleans()) else array


@settings(max_examples=50, deadline=None)  # each example waits for the disk
@given(tensors=st.dictionaries(NAMES, arrays(), max_size=4), card=CARDS)
def test_weights_and_card_come_back_as_they_were(tmp_path_factory, tensors, card):
    path = tmp_path_factory.mktemp("weights") / "w.safetensors"
    write_weights(path, tensors, card)
    back, back_card = read_weights(path)
    assert list(back) == sorted(tensors)
    assert back_card == card
    for name, tensor in tensors.items():
        assert (back[name].shape, back[name].dtype) == (tensor.shape, tensor.dtype.newbyteorder("="))
        np.testing.assert_array_equal(back[name], tensor)
        assert back[name].flags.writeable


def test_the_same_weights_and_card_are_the_same_bytes_in_every_process(tmp_path):
    script = (
        "import sys, numpy as np; from pathlib import Path; from rushes.training.weights import write_weights;"
        "t = {n: np.arange(i + 1, dtype='f4') for i, n in enumerate(sys.argv[2])};"
        "write_weights(Path(sys.argv[1]), t, {n: n for n in sys.argv[2]})"
    )
    contents = set()
    for seed, names in enumerate(["abcdefg", "abcdefg"]):
        path = tmp_path / f"{seed}.safetensors"
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        subprocess.run([sys.executable, "-c", script, path, names], check=True, env=environment)
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_neither_order_nor_layout_in_memory_changes_the_bytes(tmp_path):
    a, b = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(3)
    write_weights(tmp_path / "one", {"a": a, "b": b}, {"x": 1, "y": 2})
    write_weights(tmp_path / "two", {"b": b.astype(">f8"), "a": np.asfortranarray(a)}, {"y": 2, "x": 1})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_writing_changes_nothing_in_place_and_leaves_nothing_else_behind(tmp_path):
    a = np.arange(4.0)
    write_weights(tmp_path / "w.safetensors", {"a": a}, {})
    np.testing.assert_array_equal(a, np.arange(4.0))
    assert [path.name for path in tmp_path.iterdir()] == ["w.safetensors"]


def test_what_cannot_be_kept_is_refused_all_at_once_and_the_old_weights_stay(tmp_path):
    path = tmp_path / "w.safetensors"
    write_weights(path, {"a": np.ones(1)}, {})
    before = path.read_bytes()
    bad = {
        "": np.ones(1),
        "__metadata__": np.ones(1),
        "none": np.ones((0, 3)),
        "words": np.array(["a"]),
        "thing": np.array([None]),
        "complex": np.ones(1, np.complex64),
    }
    with pytest.raises(BadMaterial) as refusal:
        write_weights(path, bad, {"loss": float("nan")})
    assert [reason.split(" ")[1] for reason in refusal.value.reasons[:-1]] == [repr(name) for name in bad]
    assert refusal.value.reasons[-1].startswith("card:")
    assert path.read_bytes() == before


def made(header, data=b"", *, length=None, padding=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text + padding) if length is None else length) + text + padding + data


def entry(begin, end, *, shape=None, kind="U8"):
    return {"dtype": kind, "shape": [end - begin] if shape is None else shape, "data_offsets": [begin, end]}


GOOD = made({"__metadata__": {"card": "{}"}, "a": entry(0, 4), "b": entry(4, 8, shape=[2, 2])}, bytes(8))

HOSTILE = {
    "nothing at all": b"",
    "less than a header length": b"\0" * 7,
    "a header of no bytes": made(b"", bytes(8)),
    "a header longer than the file": made({"a": entry(0, 4)}, bytes(4), length=1 << 20),
    "a header length that overflows": made({"a": entry(0, 4)}, bytes(4), length=(1 << 64) - 1),
    "a header larger than any": made(b"{" + b" " * (1 << 24) + b"}"),
    "a header that is no object": made(b'["a"]'),
    "a header that is no JSON": made(b'{"a": }'),
    "a header that is not UTF-8": made(b'{"\xff": {}}'),
    "a header in UTF-16": made('{"a":1}'.encode("utf-16-le")),
    "a header nested too deeply": made(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    "a header padded with something else": made({"a": entry(0, 4)}, bytes(4), padding=b"\n"),
    "a second object after the header": made(b"{}{}"),
    "a name twice": made(b'{"a":%b,"a":%b}' % ((json.dumps(entry(0, 4)).encode(),) * 2), bytes(4)),
    "a field twice": made(b'{"a":{"dtype":"F64","dtype":"U8","shape":[8],"data_offsets":[0,8]}}', bytes(8)),
    "a number with thousands of digits": made(
        b'{"a":{"dtype":"U8","shape":[%b],"data_offsets":[0,1]}}' % (b"9" * 5000)
    ),
    "tensors that overlap": made({"a": entry(0, 4), "b": entry(2, 6)}, bytes(6)),
    "one tensor twice under two names": made({"a": entry(0, 4), "b": entry(0, 4)}, bytes(4)),
    "a hole before the first tensor": made({"a": entry(4, 8)}, bytes(8)),
    "a hole between tensors": made({"a": entry(0, 4), "b": entry(5, 9)}, bytes(9)),
    "bytes after the last tensor": made({"a": entry(0, 4)}, bytes(4) + b"hidden"),
    "bytes without a tensor": made({}, b"hidden"),
    "a file cut short": GOOD[:-1],
    "a tensor beyond the file": made({"a": entry(0, 1 << 40)}, bytes(4)),
    "a tensor without values": made({"a": entry(0, 0, shape=[0]), "b": entry(0, 4)}, bytes(4)),
    "a tensor that ends before it begins": made({"a": {"dtype": "U8", "shape": [4], "data_offsets": [4, 0]}}, bytes(4)),
    "a tensor that begins before the file": made(
        {"a": {"dtype": "U8", "shape": [8], "data_offsets": [-4, 4]}}, bytes(4)
    ),
    "a shape too large for its bytes": made({"a": entry(0, 4, shape=[5])}, bytes(4)),
    "a shape whose product overflows": made({"a": entry(0, 4, shape=[1 << 62, 1 << 62, 4])}, bytes(4)),
    "a negative shape": made({"a": entry(0, 4, shape=[-2, -2])}, bytes(4)),
    "a shape of truth values": made({"a": entry(0, 1, shape=[True])}, bytes(1)),
    "a shape of fractions": made({"a": entry(0, 4, shape=[4.0])}, bytes(4)),
    "a shape with too many axes": made({"a": entry(0, 1, shape=[1] * 65)}, bytes(1)),
    "a type that numpy does not hold": made({"a": entry(0, 4, shape=[2], kind="BF16")}, bytes(4)),
    "a type that nobody knows": made({"a": entry(0, 4, kind="PICKLE")}, bytes(4)),
    "a type that is no word": made({"a": entry(0, 4, kind=["U8"])}, bytes(4)),
    "a tensor with a further field": made({"a": {**entry(0, 4), "code": "import os"}}, bytes(4)),
    "a tensor with a missing field": made({"a": {"dtype": "U8", "shape": [4]}}, bytes(4)),
    "a tensor that is a text": made({"a": "import os"}),
    "metadata that are no texts": made({"__metadata__": {"card": {}}, "a": entry(0, 4)}, bytes(4)),
    "metadata that are a list": made({"__metadata__": ["card"], "a": entry(0, 4)}, bytes(4)),
    "a card that is no JSON": made({"__metadata__": {"card": "{"}, "a": entry(0, 4)}, bytes(4)),
    "a card that is no object": made({"__metadata__": {"card": "[]"}, "a": entry(0, 4)}, bytes(4)),
    "a truth value that is neither": made({"a": entry(0, 2, kind="BOOL")}, b"\x01\x02"),
    "a pickle": b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
    "a torch archive": b"PK\x03\x04" + bytes(26) + b"archive/data.pkl" + bytes(40),
    "a numpy file": b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }" + b" " * 40,
    "a compressed file": zlib.compress(GOOD),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"hostile\.safetensors: ") as refusal:
        read_weights(path)
    assert len(str(refusal.value)) < 2_000


def test_the_good_file_beside_the_hostile_ones_is_read(tmp_path):
    path = tmp_path / "good.safetensors"
    path.write_bytes(GOOD)
    tensors, card = read_weights(path)
    assert {name: tensor.shape for name, tensor in tensors.items()} == {"a": (4,), "b": (2, 2)}
    assert card == {}


def test_the_gate_is_needed_for_the_library_takes_some_of_these():
    accepted = set()
    for name, content in HOSTILE.items():
        try:
            load(content)
        except (SafetensorError, ValueError, TypeError, KeyError, OverflowError):
            continue
        accepted.add(name)
    assert {"a tensor without values", "a truth value that is neither"} <= accepted


def test_every_reason_is_given_at_once(tmp_path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(
        made({"a": entry(0, 4, kind="X"), "b": entry(0, 0), "c": "text", "d": entry(4, 8, shape=[9])}, bytes(8))
    )
    with pytest.raises(Damaged) as refusal:
        read_weights(path)
    assert all(f"tensor {name!r} " in refusal.value.what for name in "abcd")


@settings(deadline=None)
@given(position=st.integers(0, len(GOOD) - 9), value=st.integers(0, 255))
def test_a_changed_byte_in_the_header_is_refused_or_harmless(tmp_path_factory, position, value):
    path = tmp_path_factory.mktemp("weights") / "w.safetensors"
    path.write_bytes(GOOD[:position] + bytes([value]) + GOOD[position + 1 :])
    try:
        tensors, _ = read_weights(path)
    except Damaged:
        return
    assert sum(tensor.nbytes for tensor in tensors.values()) == 8


@settings(deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused_as_damaged_and_nothing_else(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("weights") / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(Damaged):
        read_weights(path)


def test_a_name_twice_among_many_is_found_without_comparing_each_with_each(tmp_path):
    many = b",".join(b'"t%d":0' % i for i in range(200_000))
    path = tmp_path / "w.safetensors"
    path.write_bytes(made(b"{" + many + b',"t199999":0}'))
    with pytest.raises(Damaged, match="'t199999' stands 2 times"):
        read_weights(path)


def test_one_overlap_among_many_tensors_is_found(tmp_path):
    many = {f"t{i}": entry(i, i + 1) for i in range(10_000)}
    path = tmp_path / "w.safetensors"
    path.write_bytes(made({**many, "last": entry(0, 1)}, bytes(10_000)))
    with pytest.raises(Damaged, match="overlaps"):
        read_weights(path)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_not_found(tmp_path, kind):
    path = tmp_path / "w.safetensors"
    {"missing": lambda: None, "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()
    with pytest.raises(NotFound):
        read_weights(path)
