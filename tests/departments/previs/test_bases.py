"""A base from elsewhere: only with a passport, only as plain weights, and what the show put on it comes off."""

import json
import shutil
from hashlib import sha256
from importlib import import_module

import numpy as np
import pytest

from rushes.departments.previs.bases.control import KINDS, control_picture
from rushes.departments.previs.bases.licensed import RIGHTS_CLASS, check_base
from rushes.departments.previs.render.passes import Passes
from rushes.domain.errors import BadMaterial
from rushes.training.weights import read_weights, write_weights

BASES = "rushes.departments.previs.bases"


def late(where):
    """Load what takes ten seconds only where a test needs it, and not wherever tests are collected."""
    module, _, name = where.partition(":")

    def call(*arguments, **named):
        return getattr(import_module(module), name)(*arguments, **named)

    return call


Adapter, AdapterLesson, AdapterRecipe, put_on, take_off, train_control, train_lora = (
    late(f"{BASES}.adapter:{name}")
    for name in ("Adapter", "AdapterLesson", "AdapterRecipe", "put_on", "take_off", "train_control", "train_lora")
)
Wish, generate, load_base, new_control = (
    late(f"{BASES}.pipeline:{name}") for name in ("Wish", "generate", "load_base", "new_control")
)


def wish(seed=7):
    return Wish("a quay at night", 32, 32, seed=seed, steps=3)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    pytest.importorskip("diffusers", reason="diffusers is not installed")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("base") / "tiny")


def tiny(folder, seed=0):
    from .tiny_base import write_tiny_base

    return write_tiny_base(folder, seed)


def passports(folder):
    return {f"sha256:{sha256(path.read_bytes()).hexdigest()}": "tiny" for path in folder.rglob("*.safetensors")}


@pytest.fixture(scope="module")
def opened(folder):
    return load_base(check_base(folder, passports(folder)))


@pytest.fixture(scope="module")
def lessons():
    rows = np.linspace(0, 1, 32, dtype=np.float32)
    picture = np.stack(
        [np.broadcast_to(rows, (32, 32)), np.broadcast_to(rows[:, None], (32, 32)), np.full((32, 32), 0.2)]
    )
    return [AdapterLesson(picture.astype(np.float32), "the quay", np.zeros((3, 32, 32), np.float32))]


@pytest.fixture(scope="module")
def adapter(opened, lessons):
    return train_lora(opened, lessons, AdapterRecipe(steps=30, rank=4, rate=1e-2, seed=1))


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "tiny")


def test_the_same_seed_gives_the_same_picture_and_so_does_the_base_opened_again(folder, opened):
    first = generate(opened, wish())
    assert first.shape == (3, 32, 32)
    assert np.array_equal(first, generate(load_base(check_base(folder, passports(folder))), wish()))
    assert not np.array_equal(first, generate(opened, wish(8)))


def test_an_adapter_learns_and_the_base_is_left_as_it_was(opened, lessons, adapter):
    before = generate(opened, wish())
    again = train_lora(opened, lessons, AdapterRecipe(steps=30, rank=4, rate=1e-2, seed=1))
    assert adapter.card["loss"][1] < 0.95 * adapter.card["loss"][0]
    assert {n: w.tobytes() for n, w in again.weights.items()} == {n: w.tobytes() for n, w in adapter.weights.items()}
    assert np.array_equal(before, generate(opened, wish()))


def test_an_adapter_counts_as_much_as_it_is_asked_to_and_comes_off_without_a_trace(opened, adapter, tmp_path):
    base = generate(opened, wish())
    write_weights(tmp_path / "show.safetensors", adapter.weights, adapter.card)
    weights, card = read_weights(tmp_path / "show.safetensors")
    kept = Adapter(weights, card)
    apart = {}
    for weight in (0.0, 0.5, 1.0):
        put_on(opened, kept, weight)
        apart[weight] = float(np.abs(generate(opened, wish()) - base).max())
    take_off(opened)
    assert apart[0.0] == 0.0 < apart[0.5] < apart[1.0]
    assert np.array_equal(base, generate(opened, wish()))


def test_an_adapter_says_what_it_stands_on_and_works_with_nothing_else(opened, adapter, tmp_path):
    assert (adapter.card["rights"], adapter.card["passports"]) == (RIGHTS_CLASS, ["tiny"])
    other = tiny(tmp_path / "other", seed=1)
    strange = load_base(check_base(other, passports(other)))
    with pytest.raises(BadMaterial, match="taught on"):
        put_on(strange, adapter)
    with pytest.raises(BadMaterial, match="not from 0 to 1"):
        put_on(opened, adapter, 1.5)


def test_control_changes_nothing_before_it_is_taught_and_something_after(opened, lessons):
    control, shown = new_control(opened, seed=3), np.ones((3, 32, 32), np.float32)
    base = generate(opened, wish())
    assert np.allclose(base, generate(opened, wish(), control, shown=shown), atol=1e-5)
    taught = train_control(opened, control, lessons, recipe=AdapterRecipe(steps=6, rate=1e-2, seed=2))
    assert taught.card["kind"] == "control"
    assert np.abs(base - generate(opened, wish(), control, shown=shown)).max() > 1e-3
    assert np.array_equal(base, generate(opened, wish()))


def test_weights_without_a_passport_are_refused_by_name(folder):
    with pytest.raises(BadMaterial, match="without a passport") as refused:
        check_base(folder, {})
    assert len(refused.value.reasons) == 3


def test_one_changed_bit_of_a_base_makes_it_unknown(copied):
    known = passports(copied)
    path = next(copied.glob("unet/*.safetensors"))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BadMaterial, match="without a passport"):
        check_base(copied, known)


def test_whatever_may_run_is_refused_and_all_of_it_is_named(copied):
    (copied / "unet" / "more.bin").write_bytes(b"\x80\x04")
    (copied / "modeling.py").write_text("print('hello')")
    (copied / "vae" / "link.json").symlink_to("/etc/hostname")
    index = json.loads((copied / "model_index.json").read_text())
    (copied / "model_index.json").write_text(json.dumps(index | {"unet": ["modeling", "UNet"], "_class_name": "Mine"}))
    with pytest.raises(BadMaterial) as refused:
        check_base(copied, passports(copied))
    told = "\n".join(refused.value.reasons)
    assert all(word in told for word in ("more.bin", "modeling.py", "link.json", "'modeling'", "'Mine'"))


@pytest.mark.parametrize("index", ["{", "[]", "[" * 100_000])
def test_a_broken_index_is_an_error_that_says_so(copied, index):
    (copied / "model_index.json").write_text(index)
    with pytest.raises(BadMaterial, match="model_index"):
        check_base(copied, passports(copied))


def test_a_picture_that_cannot_be_drawn_is_refused_with_every_reason(opened):
    with pytest.raises(BadMaterial) as refused:
        generate(opened, Wish("", 33, 32, steps=0), new_control(opened))
    assert len(refused.value.reasons) == 3


def test_lessons_that_teach_nothing_are_refused(opened):
    odd = AdapterLesson(np.full((3, 31, 32), np.nan, np.float32), "")
    with pytest.raises(BadMaterial, match="no picture"):
        train_lora(opened, [odd], AdapterRecipe(steps=1))


def test_control_pictures_are_of_our_own_geometry():
    ids = np.array([[1, 1, 2], [1, 1, 2]], np.uint16)
    depth = np.array([[1.0, 1.0, 4.0], [1.0, 1.0, np.inf]], np.float32)
    normal = np.zeros((3, 2, 3), np.float32)
    normal[2] = 1
    none = np.zeros(0, np.float32)
    passes = Passes(none, depth, normal, none, none, ids, none)
    near, turned, edges = (control_picture(passes, kind) for kind in KINDS)
    assert near[0].tolist() == [[1.0, 1.0, 0.25], [1.0, 1.0, 0.0]]
    assert turned[:, 0, 0].tolist() == [0.5, 0.5, 1.0]
    assert edges[0].tolist() == [[0, 0, 1], [0, 0, 1]]
    with pytest.raises(BadMaterial, match="no control picture"):
        control_picture(passes, "scribble")
