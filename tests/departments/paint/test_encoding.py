"""Paint codes: there and back, for every value that light can have."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from rushes.departments.paint.encoding import decoded, decoded_tensor, encoded, encoded_tensor

light = st.lists(st.floats(-65504, 65504, width=32), min_size=1, max_size=20).map(
    lambda some: np.array(some, np.float32)
)


@given(light)
def test_codes_there_and_back_lose_nothing_that_a_half_could_hold(plate):
    assert np.allclose(decoded(encoded(plate)), plate, rtol=2e-4, atol=1e-7)


@given(light)
def test_codes_rise_with_light_and_keep_its_sign(plate):
    order = np.argsort(plate, kind="stable")
    assert (np.diff(encoded(plate)[order]) >= 0).all()
    assert (np.sign(encoded(plate)) == np.sign(plate)).all() or (
        np.abs(plate[np.sign(encoded(plate)) != np.sign(plate)]) < 1e-38
    ).all()


@given(light)
def test_tensors_and_arrays_have_the_same_codes(plate):
    assert np.allclose(encoded_tensor(torch.from_numpy(plate)), encoded(plate), rtol=1e-5, atol=1e-7)
    codes = encoded(plate)
    assert np.allclose(decoded_tensor(torch.from_numpy(codes)), decoded(codes), rtol=1e-4, atol=1e-7)
