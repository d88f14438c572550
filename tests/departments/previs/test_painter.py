"""The painted board: taught by the show's frames alone, it paints where the greybox has things and nowhere else."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from rushes.departments.previs.painter.controls import CHANNELS, controls_of  # noqa: E402
from rushes.departments.previs.painter.learn import PainterRecipe, learn  # noqa: E402
from rushes.departments.previs.painter.paint import open_painter, paint_board  # noqa: E402
from rushes.domain.errors import BadMaterial  # noqa: E402
from rushes.training.weights import read_weights, write_weights  # noqa: E402

RECIPE = PainterRecipe(steps=24, piece=32, batch=2, width=8, seed=3)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def frame(seed):
    """A wall with a rough grain, a dark door in it."""
    draw = np.random.default_rng(seed)
    picture = np.full((3, 48, 64), 0.55, np.float32)
    picture += draw.normal(0, 0.06, (1, 48, 64)).astype(np.float32)
    picture[:, 12:, 20:36] = 0.2
    return np.clip(picture, 0, 1)


@pytest.fixture(scope="module")
def taught():
    return learn([frame(1), frame(2)], RECIPE, ["wall 1", "wall 2"])


@pytest.fixture(scope="module")
def painter(taught):
    return open_painter(taught.weights, taught.card)


def greybox():
    picture = np.full((3, 48, 64), 0.6, np.float32)
    picture[:, 10:, 30:50] = 0.25
    return picture


def test_the_same_frames_and_seed_give_the_same_painter_and_another_seed_another(taught):
    again = learn([frame(1), frame(2)], RECIPE, ["wall 1", "wall 2"])
    assert {n: w.tobytes() for n, w in again.weights.items()} == {n: w.tobytes() for n, w in taught.weights.items()}
    other = learn([frame(1), frame(2)], PainterRecipe(**{**vars(RECIPE), "seed": 4}), ["wall 1", "wall 2"])
    assert any(not np.array_equal(other.weights[name], taught.weights[name]) for name in taught.weights)


def test_it_names_the_frames_that_taught_it_and_learns_of_nothing_else(taught):
    assert taught.card["frames"] == ["wall 1", "wall 2"]
    untaught = open_painter(*_untaught())
    flat = controls_of(greybox())[:3]
    assert np.allclose(paint_board(untaught, greybox()), np.clip(flat, 0, 1), atol=1e-6), "it starts from nothing"


def _untaught():
    from rushes.departments.previs.painter.network import Painter

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        painter = Painter(8)
    weights = {name: part.detach().numpy() for name, part in painter.state_dict().items()}
    return weights, {"kind": "painter", "width": 8}


def test_it_learns_the_grain_of_the_show():
    recipe = PainterRecipe(steps=90, piece=32, batch=2, width=8, seed=1, adversary=0.1)
    found = learn([frame(1), frame(2)], recipe, ["a", "b"])
    board = paint_board(open_painter(found.weights, found.card), greybox(), seed=5)
    plain = controls_of(greybox())[:3]
    rough = np.abs(np.diff(board[:, :, :28], axis=2)).mean()
    assert rough > 4 * np.abs(np.diff(plain[:, :, :28], axis=2)).mean() + 0.002


def test_strength_nought_is_the_greybox_bit_for_bit_and_between_lies_between(painter):
    grey = greybox()
    assert paint_board(painter, grey, strength=0.0) is grey
    half, whole = (paint_board(painter, grey, strength=share) for share in (0.5, 1.0))
    assert np.allclose(half, (grey + whole) / 2, atol=1e-6)


def test_a_locked_region_stays_bit_for_bit(painter):
    grey, locked = greybox(), np.zeros((48, 64), np.float32)
    locked[:, :32] = 1
    board = paint_board(painter, grey, locked=locked)
    assert np.array_equal(board[:, :, :32], grey[:, :, :32])
    assert not np.array_equal(board[:, :, 32:], grey[:, :, 32:])


def test_variants_differ_in_their_seed_only_and_a_seed_gives_one_board(painter, taught, tmp_path):
    write_weights(tmp_path / "painter.safetensors", taught.weights, taught.card)
    kept = open_painter(*read_weights(tmp_path / "painter.safetensors"))
    assert np.array_equal(paint_board(painter, greybox(), seed=1), paint_board(kept, greybox(), seed=1))
    assert not np.array_equal(paint_board(painter, greybox(), seed=1), paint_board(painter, greybox(), seed=2))


def test_edges_stay_where_the_greybox_has_them(painter):
    board = paint_board(painter, greybox()).mean(0)
    across = np.abs(np.diff(board[16:], axis=1)).mean(0)
    assert {int(place) for place in np.argsort(across)[-2:]} == {29, 49}


@pytest.mark.parametrize("size", [(3, 37, 61), (3, 16, 16), (3, 40, 18)])
def test_any_size_of_picture_keeps_its_size(painter, size):
    board = paint_board(painter, np.full(size, 0.5, np.float32))
    assert board.shape == size
    assert board.dtype == np.float32
    assert np.isfinite(board).all() and 0 <= board.min() <= board.max() <= 1


def test_what_is_told_of_a_picture_leaves_its_grain_out_and_keeps_its_edges():
    told = controls_of(frame(1))
    assert told.shape == (CHANNELS, 48, 64)
    assert np.abs(np.diff(told[0, :, :18], axis=1)).mean() < 0.5 * np.abs(np.diff(frame(1)[0, :, :18], axis=1)).mean()
    assert told[6, 20:, 19:21].mean() > 3 * told[6, 20:, 5:15].mean()


def test_what_cannot_be_painted_is_refused_with_every_reason(painter, taught):
    with pytest.raises(BadMaterial) as refused:
        paint_board(painter, greybox(), strength=2.0, locked=np.zeros((4, 4), np.float32))
    assert len(refused.value.reasons) == 2
    with pytest.raises(BadMaterial, match="no picture"):
        controls_of(np.zeros((3, 4, 4), np.float32))
    with pytest.raises(BadMaterial, match="no weights of a painter"):
        open_painter(taught.weights, {"kind": "look"})
    with pytest.raises(BadMaterial, match="of that width"):
        open_painter(taught.weights, {**taught.card, "width": 16})
    with pytest.raises(BadMaterial, match="teach no painter"):
        learn([frame(1)[:, :20]], RECIPE, ["a"])
