"""What the network is allowed to be, and that frames of any size come out the same however they are cut."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.paint.inference import paint
from rushes.departments.paint.network import HEADS, Shape, applies, fresh_network, painted

SMALL = Shape(inputs=3, changes=True, mattes=0, widths=(8, 16), blocks=1)
MATTES = Shape(inputs=4, changes=False, mattes=3, widths=(8, 8, 8), blocks=2)
BOTH = Shape(inputs=3, changes=True, mattes=1, widths=(8,), blocks=1)


def awake(shape: Shape, seed: int = 0) -> torch.nn.Module:
    """A network that says something: a fresh one says nothing at all."""
    network = fresh_network(shape, seed)
    torch.manual_seed(seed)
    torch.nn.init.normal_(network.head.weight, std=0.05)
    return network.eval()


def plate(height: int, width: int, channels: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.3, 0.6, (channels, height, width)).astype(np.float32)


@pytest.mark.parametrize("shape", [SMALL, MATTES, BOTH], ids=["change", "mattes", "both"])
def test_a_pixel_matters_within_the_reach_and_no_further(shape):
    network, side = awake(shape), 4 * shape.reach
    first = torch.randn(1, shape.inputs, side, side, generator=torch.Generator().manual_seed(1))
    second, middle = first.clone(), side // 2
    second[..., middle, middle] += 1
    apart = (network(first) - network(second)).abs().amax(dim=(0, 1))
    rows, columns = torch.nonzero(apart, as_tuple=True)
    far = max((rows - middle).abs().max(), (columns - middle).abs().max())
    assert 0 < far <= shape.reach
    assert shape.reach % shape.stride == 0


@settings(max_examples=12, deadline=None)
@given(
    height=st.integers(8, 90),
    width=st.integers(8, 90),
    tile=st.integers(1, 64),
    shape=st.sampled_from([SMALL, MATTES, BOTH]),
)
def test_tiles_cannot_be_seen(height, width, tile, shape):
    network, given_plate = awake(shape), plate(height, width, shape.inputs)
    whole = paint(network, shape, given_plate, plates=3, tile=1 << 12)
    tiled = paint(network, shape, given_plate, plates=3, tile=tile)
    assert np.abs(whole.made - tiled.made).max() < 1e-4
    assert np.abs(whole.doubt - tiled.doubt).max() < 1e-4
    assert whole.made.shape == (shape.outputs, height, width)


def test_a_fresh_network_leaves_everything_alone():
    result = paint(fresh_network(SMALL, 3), SMALL, plate(20, 30), plates=3)
    assert not result.made[:3].any()
    assert not result.doubt.any()


def test_the_same_seed_gives_the_same_network_and_touches_no_other_chance():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, other = (fresh_network(SMALL, 1).state_dict() for _ in range(2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not torch.equal(one["stem.weight"], fresh_network(SMALL, 2).state_dict()["stem.weight"])


def test_where_a_change_applies_reaches_nought_and_one():
    made = torch.zeros(1, HEADS * 4, 1, 3)
    made[0, :3] = 0.5
    made[0, 3, 0] = torch.tensor([-5.0, 0.0, 5.0])
    result, apart = painted(made, SMALL)
    assert result[0, 3, 0].tolist() == pytest.approx([0, 0.5, 1])
    assert result[0, 0, 0].tolist() == pytest.approx([0, 0.25, 0.5])
    assert apart[0, 0, 0].tolist() == pytest.approx([0, 0.25, 0.5])


def test_the_default_model_fits_into_a_megabyte():
    network = fresh_network(Shape(3, True, 0, (16, 32), 1), 0)
    assert sum(p.numel() * p.element_size() for p in network.parameters()) < 1_000_000


def test_where_it_applies_is_the_same_for_the_four_kinds_of_pixels_that_come_of_one():
    rows, columns = torch.meshgrid(torch.arange(12), torch.arange(12), indexing="ij")
    unsure = torch.where((rows + columns) % 2 == 0, 0.4, -0.4)[None, None]
    where = applies(unsure)[0, 0, 1:-1, 1:-1]
    assert where.max() - where.min() < 0.06  # 0.39 as they are
    edge = torch.where(columns < 6, 6.0, -6.0)[None, None]
    assert (applies(edge)[0, 0, :, :5] == 1).all()
    assert (applies(edge)[0, 0, :, 7:] == 0).all()
