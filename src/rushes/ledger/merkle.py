"""The tree that makes a log tamper-evident: hashes, proofs and their verification as RFC 6962 and RFC 9162 have them.

Pure: it says which subtrees a proof is made of and folds their hashes; where those are kept is not its business.
"""

from collections.abc import Sequence
from hashlib import sha256

Hash = bytes
"""32 bytes of SHA-256."""

Span = tuple[int, int]
"""First leaf and the one after the last, counted from 0."""

Subtree = tuple[int, int]
"""A complete subtree: its level (a leaf is level 0) and the last leaf in it."""

EMPTY_ROOT: Hash = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> Hash:
    """Return the hash of one entry; the prefix keeps it from being taken for a node.

    References:
        [RFC9162] 2.1.1
    """
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[Hash]) -> Hash:
    """Return the hash over neighbouring complete subtrees, largest first: of a span, or of the whole log.

    >>> fold([]) == EMPTY_ROOT
    True
    """
    if not hashes:
        return EMPTY_ROOT
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def completed_by(index: int, leaf: Hash, peaks: Sequence[Hash]) -> list[Hash]:
    """Return the hashes of all complete subtrees that end at a new leaf, from the leaf up.

    Args:
        index: of the new leaf.
        leaf: its hash.
        peaks: hashes of the complete subtrees before it, largest first: those of `cover(0, index)`.
    """
    hashes = [leaf]
    for left in list(reversed(peaks))[: _trailing_ones(index)]:
        hashes.append(node_hash(left, hashes[-1]))
    return hashes


def peaks_after(peaks: Sequence[Hash], completed: Sequence[Hash]) -> list[Hash]:
    """Return the peaks once a leaf has completed these subtrees."""
    return [*peaks[: len(peaks) - len(completed) + 1], completed[-1]]


def cover(first: int, end: int) -> list[Subtree]:
    """Return the complete subtrees of a span, from left to right.

    Args:
        first: of the span: 0, or where a span named by this module starts.
        end: the leaf after the last.

    >>> cover(0, 7)
    [(2, 3), (1, 5), (0, 6)]
    """
    subtrees = []
    while first < end:
        level = (end - first).bit_length() - 1
        first += 1 << level
        subtrees.append((level, first - 1))
    return subtrees


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove that a leaf is in a log of some size, from the leaf up.

    References:
        [RFC6962] 2.1.1
    """
    first, end = 0, size
    spans = []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    return spans[::-1]


def growth_spans(old_size: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove that a log only grew: nothing before its old end was changed.

    References:
        [RFC6962] 2.1.2
    """
    if old_size in (0, size):
        return []
    first, end = 0, size
    spans = []
    while end != old_size:
        middle = first + _split(end - first)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    # the old root itself is left out where the old log is one complete subtree: the verifier has it already
    return [*([(first, end)] if first else []), *reversed(spans)]


def proves_inclusion(leaf: Hash, index: int, size: int, *, path: Sequence[Hash], root: Hash) -> bool:
    """Say whether a path proves that the leaf with this hash is in the log of that size and root.

    References:
        [RFC9162] 2.1.3.2
    """
    if not 0 <= index < size or not _all_hashes([leaf, root, *path]):
        return False
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def proves_growth(old_size: int, size: int, *, path: Sequence[Hash], old_root: Hash, root: Hash) -> bool:
    """Say whether a path proves that the log of the new size and root begins with the whole old log.

    Everything begins with nothing, so an old size of 0 needs no path, only the root of nothing.

    References:
        [RFC9162] 2.1.4.2
    """
    if not 0 <= old_size <= size or not _all_hashes([old_root, root, *path]):
        return False
    if old_size in (0, size):
        return not path and old_root == (EMPTY_ROOT if old_size == 0 else root)
    whole = old_size & (old_size - 1) == 0
    seeds = [old_root, *path] if whole else list(path)
    return bool(seeds) and _grown(old_size - 1, size - 1, seeds) == (old_root, root)


def _grown(node: int, last: int, path: Sequence[Hash]) -> tuple[Hash, Hash] | None:
    """Return the old and the new root that a path leads to, or None where it is too short or too long."""
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _all_hashes(hashes: Sequence[Hash]) -> bool:
    return all(len(each) == sha256().digest_size for each in hashes)


def _split(leaves: int) -> int:
    """Return the largest power of two below a number of leaves."""
    return 1 << (leaves - 1).bit_length() - 1


def _trailing_ones(index: int) -> int:
    return (~index & index + 1).bit_length() - 1
