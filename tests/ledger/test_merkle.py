"""The tree against published numbers, against its own definition, and against forgers.

Known values: the eight-leaf tree of the reference implementation of RFC 6962, `python/ct/crypto/merkle_test.py` in
github.com/google/certificate-transparency (roots, growth, the entry of a public log), and `proof/verify_test.go` in
github.com/transparency-dev/merkle (inclusion; growth from 6 to 7).
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.ledger.merkle import (
    EMPTY_ROOT,
    completed_by,
    cover,
    fold,
    growth_spans,
    inclusion_spans,
    leaf_hash,
    node_hash,
    peaks_after,
    proves_growth,
    proves_inclusion,
)

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]

ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

GROWTH = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}

PUBLIC_LOG_PATH = """
1a208aeebcd1b39fe2de247ee8db9454e1e93a312d206b87f6ca9cc6ec6f1ddd
0a1b78b383f580856f433c01a5741e160d451c185910027f6cc9f828687a40c4
3d1745789bc63f2da15850de1c12a5bf46ed81e1cc90f086148b1662e79aab3d
9095b61e14d8990acf390905621e62b1714fb8e399fbb71de5510e0aef45affe
0a332b91b8fab564e6afd1dd452449e04619b18accc0ff9aa8393cd4928451f2
2336f0181d264aed6d8f3a6507ca14a8d3b3c3a23791ac263e845d208c1ee330
b4ce56e300590500360c146c6452edbede25d4ed83919278749ee5dbe178e048
933f6ddc848ea562e4f9c5cfb5f176941301dad0c6fdb9d1fbbe34fac1be6966
b95a6222958a86f74c030be27c44f57dbe313e5e7c7f4ffb98bcbd3a03bb52f2
daeeb3ce5923defd0faeb8e0c210b753b85b809445d7d3d3cd537a9aabaa9c45
7fadd0a13e9138a2aa6c3fdec4e2275af233b94812784f66bcca9aa8e989f2bc
1864e6ba3e32878610546539734fb5eeae2529991f130c575c73a7e25a2a7c56
12842d1202b1dc6828a17ab253c02e7ce9409b5192430feba44189f39cc02d66
29af64b16fa3053c13d02ac63aa75b23aa468506e44c3a2315edc85d2dc22b11
b527b99934a0bd9edd154e449b0502e2c499bba783f3bc3dfe23364b6b532009
4584db8ae8e351ace08e01f306378a92bfd43611714814f3d834a2842d69faa8
86a9a41573b0d6e4292f01e93243d6cc65b30f06606fc6fa57390e7e90ed580f
a88b98fbe84d4c6aae8db9d1605dfac059d9f03fe0fcb0d5dff1295dacba09e6
06326dc617a6d1f7021dc536026dbfd5fffc6f7c5531d48ef6ccd1ed1569f2a1
f41fe8fdc3a2e4e8345e30216e7ebecffee26ff266eeced208a6c2a3cf08f960
40cf5bde8abb76983f3e98ba97aa36240402975674e120f234b3448911090f8d
b3222dc8658538079883d980d7fdc2bef9285344ea34338968f736b04aeb387a
"""


class Tree:
    """Leaves with their hashes kept the way the ledger keeps them: beside each leaf the subtrees that end at it."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.kept: list[list[bytes]] = []
        self.spans: dict[tuple[int, int], bytes] = {}
        self.roots = [EMPTY_ROOT]
        peaks: list[bytes] = []
        for index, leaf in enumerate(leaves):
            self.kept.append(completed_by(index, leaf_hash(leaf), peaks))
            peaks = peaks_after(peaks, self.kept[-1])
            self.roots.append(fold(peaks))

    def span(self, first: int, end: int) -> bytes:
        if (first, end) not in self.spans:
            self.spans[first, end] = fold([self.kept[last][level] for level, last in cover(first, end)])
        return self.spans[first, end]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return [self.span(*span) for span in inclusion_spans(index, size)]

    def growth(self, old_size: int, size: int) -> list[bytes]:
        return [self.span(*span) for span in growth_spans(old_size, size)]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word: slow, and written without looking at the code under test."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def known(hashes: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in hashes]


def test_the_roots_are_those_of_the_reference_implementation():
    assert Tree(LEAVES).roots == known(ROOTS)


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_a_path_to_a_leaf_is_that_of_the_reference_implementation(index, size):
    assert Tree(LEAVES).inclusion(index, size) == known(INCLUSION[index, size])


@pytest.mark.parametrize(("old_size", "size"), GROWTH)
def test_a_path_of_growth_is_that_of_the_reference_implementation(old_size, size):
    assert Tree(LEAVES).growth(old_size, size) == known(GROWTH[old_size, size])


def test_an_entry_of_a_public_log_with_millions_of_others_is_proved():
    assert proves_inclusion(
        bytes.fromhex("7a395c866d5ecdb0cccb623e011dbc392cd348d1d1d72776174e127a24b09c78"),
        848049,
        3630887,
        path=known(PUBLIC_LOG_PATH.split()),
        root=bytes.fromhex("78316a05c9bcf14a3a4548f5b854a9adfcd46a4c034401b3ce7eb7ac2f1d0ecb"),
    )


def every_proof_holds(sizes: Sequence[int]) -> None:
    leaves = [bytes([index % 251, index // 251]) for index in range(max(sizes))]
    tree = Tree(leaves)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for size in sizes:
        root = tree.roots[size]
        for index in range(size):
            assert proves_inclusion(hashes[index], index, size, path=tree.inclusion(index, size), root=root)
        for old in range(size + 1):
            path = tree.growth(old, size)
            assert proves_growth(old, size, path=path, old_root=tree.roots[old], root=root)


def test_every_proof_of_every_log_up_to_128_entries_holds():
    every_proof_holds(range(1, 129))


@pytest.mark.parametrize("size", [129, 191, 192, 255, 256, 257, 341, 383, 384, 385, 511, 512])
def test_every_proof_of_a_longer_log_holds_at_the_sizes_where_a_tree_changes_its_shape(size):
    every_proof_holds([size])


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_root_is_the_one_that_rfc_6962_defines(leaves):
    assert Tree(leaves).roots[-1] == defined_root(leaves)


@given(st.integers(1, 2**40), st.data())
def test_a_proof_is_never_longer_than_the_tree_is_high(size, data):
    index = data.draw(st.integers(0, size - 1))
    height = (size - 1).bit_length()
    assert len(inclusion_spans(index, size)) <= height
    assert len(growth_spans(index + 1, size)) <= height + 1
    assert all(len(cover(first, end)) <= height + 1 for first, end in inclusion_spans(index, size))


SIZES = st.integers(2, 40)
FORTY = Tree([bytes([index]) for index in range(40)])


@given(SIZES, st.data())
def test_a_forged_path_to_a_leaf_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaf, root, path = leaf_hash(bytes([index])), FORTY.roots[size], FORTY.inclusion(index, size)
    assert proves_inclusion(leaf, index, size, path=path, root=root)
    forged = data.draw(forgeries(path))
    assert not proves_inclusion(leaf, index, size, path=forged, root=root)
    assert not proves_inclusion(flipped(leaf, data), index, size, path=path, root=root)
    assert not proves_inclusion(leaf, index, size, path=path, root=flipped(root, data))
    elsewhere = data.draw(st.integers(-1, size + 1).filter(lambda other: other != index))
    assert not proves_inclusion(leaf, elsewhere, size, path=path, root=root)


@given(SIZES, st.data())
def test_a_forged_path_of_growth_is_refused(size, data):
    old = data.draw(st.integers(1, size - 1))
    old_root, root, path = FORTY.roots[old], FORTY.roots[size], FORTY.growth(old, size)
    assert proves_growth(old, size, path=path, old_root=old_root, root=root)
    forged = data.draw(forgeries(path))
    assert not proves_growth(old, size, path=forged, old_root=old_root, root=root)
    assert not proves_growth(old, size, path=path, old_root=flipped(old_root, data), root=root)
    assert not proves_growth(old, size, path=path, old_root=old_root, root=flipped(root, data))
    assert not proves_growth(old, size, path=path, old_root=root, root=old_root)
    assert not proves_growth(size, old, path=path, old_root=root, root=old_root)


def flipped(content: bytes, data) -> bytes:
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    return bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(content))


@st.composite
def forgeries(draw, path):
    """One bit flipped, one hash too many, one too few, two swapped, one of another length."""
    ways = ["longer"] + ["flip", "shorter", "cut"] * bool(path) + ["swap"] * (len(path) > 1)
    way, place = draw(st.sampled_from(ways)), draw(st.integers(0, max(0, len(path) - 1)))
    if way == "longer":
        return [*path[:place], draw(st.binary(min_size=32, max_size=32)), *path[place:]]
    if way == "shorter":
        return [*path[:place], *path[place + 1 :]]
    if way == "cut":
        return [*path[:place], path[place][:-1], *path[place + 1 :]]
    if way == "swap":
        return [path[-1], *path[1:-1], path[0]]
    bit = draw(st.integers(0, 255))
    hash_ = bytearray(path[place])
    hash_[bit // 8] ^= 1 << bit % 8
    return [*path[:place], bytes(hash_), *path[place + 1 :]]


def test_a_path_through_one_size_of_log_does_not_do_for_another():
    leaf, root = leaf_hash(bytes([0])), FORTY.roots[4]
    assert proves_inclusion(leaf, 0, 4, path=FORTY.inclusion(0, 4), root=root)
    assert not proves_inclusion(leaf, 0, 8, path=FORTY.inclusion(0, 4), root=root)
    path, old_root = FORTY.growth(2, 4), FORTY.roots[2]
    assert proves_growth(2, 4, path=path, old_root=old_root, root=root)
    assert not proves_growth(2, 8, path=path, old_root=old_root, root=root)


def test_hashes_that_only_together_have_the_right_length_are_refused():
    leaf, (sibling,), root = leaf_hash(bytes([0])), FORTY.inclusion(0, 2), FORTY.roots[2]
    assert node_hash(leaf + sibling[:1], sibling[1:]) == root
    assert not proves_inclusion(leaf + sibling[:1], 0, 2, path=[sibling[1:]], root=root)
    assert not proves_growth(1, 2, path=[sibling[1:]], old_root=leaf + sibling[:1], root=root)


def test_nothing_is_proved_of_a_log_without_entries():
    assert not proves_inclusion(EMPTY_ROOT, 0, 0, path=[], root=EMPTY_ROOT)
    assert proves_growth(0, 0, path=[], old_root=EMPTY_ROOT, root=EMPTY_ROOT)
    assert not proves_growth(0, 1, path=[EMPTY_ROOT], old_root=EMPTY_ROOT, root=leaf_hash(b""))
    assert not proves_growth(0, 1, path=[], old_root=leaf_hash(b"x"), root=leaf_hash(b""))


def test_a_log_of_the_same_size_with_another_root_is_a_fork():
    assert not proves_growth(3, 3, path=[], old_root=FORTY.roots[3], root=FORTY.roots[4])
