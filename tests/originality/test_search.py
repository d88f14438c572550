import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.originality import search
from rushes.originality.fingerprints import distance
from rushes.originality.search import HashIndex, index_of, near


def crowd(seed: int, count: int) -> np.ndarray:
    """Hashes that crowd around a few others, as frames of shots do."""
    rng = np.random.default_rng(seed)
    shots = rng.integers(0, 2**64, (3, 4), dtype=np.uint64)
    flips = np.packbits(rng.random((count, 256)) < rng.choice([0.02, 0.15, 0.3], (count, 1)), axis=1).view(np.uint64)
    return shots[rng.integers(0, 3, count)] ^ flips


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 90), st.integers(0, 256), st.sampled_from([1, 7, 64]))
def test_a_scan_finds_what_looking_at_every_hash_finds(seed, count, most, block):
    hashes = crowd(seed, count + 1)
    query, known = hashes[0], hashes[1:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "BLOCK", block)
        places, distances = near(index_of(known), query, most)
    brute = [(at, apart) for at, one in enumerate(known) if (apart := distance(one, query)) <= most]
    assert list(zip(places.tolist(), distances.tolist(), strict=True)) == brute


def test_among_no_hashes_nothing_is_found():
    places, distances = near(index_of([]), np.zeros(4, np.uint64), 256)
    assert len(places) == len(distances) == 0


def test_memory_does_not_grow_with_the_index():
    import tracemalloc

    index = HashIndex(np.zeros((4, 1_000_000), np.uint64))
    far = np.full(4, 2**64 - 1, np.uint64)
    tracemalloc.start()
    near(index, far)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000
