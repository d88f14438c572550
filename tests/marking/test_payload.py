import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial
from rushes.marking.payload import CODED, GENERATORS, MEMORY, coded_record, read_record

records = st.integers(0, 2**64 - 1)


@settings(max_examples=12, deadline=None)
@given(records, st.binary(max_size=40))
def test_every_record_is_read_as_it_was_written(record, key):
    assert read_record(coded_record(record, key) * 0.3, key) == (record, 0)


@settings(max_examples=8, deadline=None)
@given(records, st.integers(0, 2**32))
def test_fifty_wrong_bits_of_384_are_set_right_and_counted(record, seed):
    coded = coded_record(record, b"key").copy()
    coded[np.random.default_rng(seed).choice(CODED, 50, replace=False)] *= -1
    assert read_record(coded.astype(float), b"key") == (record, 50)


def test_noise_and_other_keys_are_denied():
    noise = np.random.default_rng(0).normal(size=(40, CODED))
    assert [read_record(one, b"key") for one in noise] == [None] * 40
    assert read_record(coded_record(5, b"key").astype(float), b"kez") is None


def test_two_records_differ_in_at_least_the_free_distance_of_their_code():
    """29, by [Proakis2001, table 8.2-3] for rate 1/4 and constraint length 11: the shortest way from zero to zero."""
    waiting, known = [(len(GENERATORS), 1)], {}
    while waiting:
        weight, state = heapq.heappop(waiting)
        if state == 0:
            break
        if known.setdefault(state, weight) < weight:
            continue
        for bit in (0, 1):
            register = state << 1 | bit
            more = sum((register & generator).bit_count() & 1 for generator in GENERATORS)
            heapq.heappush(waiting, (weight + more, register & (1 << MEMORY) - 1))
    assert weight == 29
    one, other = coded_record(5, b"key"), coded_record(6, b"key")
    assert np.count_nonzero(one != other) >= 29


@pytest.mark.parametrize("record", [-1, 2**64])
def test_a_record_of_more_than_64_bits_is_refused(record):
    with pytest.raises(BadMaterial, match="not a number of 64 bits"):
        coded_record(record, b"key")
