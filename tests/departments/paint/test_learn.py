"""From a lesson to a model and back: what starts a training, what is kept of it, and what is refused."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from rushes.departments.department import Colour, Example, Lesson, Reel, Scene
from rushes.departments.later import later
from rushes.departments.paint.fit import fit
from rushes.departments.paint.frames import open_renderer, render_paint
from rushes.departments.paint.learn import learn
from rushes.departments.paint.model import PaintModel, pack_model, unpack_model
from rushes.departments.paint.network import Shape, fresh_network
from rushes.departments.paint.prepare import model_of, prepare, with_values
from rushes.departments.paint.presets import SETTINGS
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.score import Judge
from rushes.domain.errors import BadMaterial, MissingExtra
from rushes.training.weights import read_weights, write_weights
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
RECIPE = PaintRecipe(name="test", widths="8,8", crop=32, batch=4, steps=20, rate=0.05)
SIZE = (48, 80)
FRAMES = range(1, 5)


def ground(frame):
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(np.float32)
    light = 0.3 + 0.2 * np.sin((rows + 2 * frame) / 7) * np.cos((columns - 3 * frame) / 11)
    noise = np.random.default_rng(frame).normal(0, 0.003, (3, *SIZE))
    return (light * np.float32([1.0, 0.9, 0.7]).reshape(3, 1, 1) + noise).astype(np.float32)


def wire(frame):
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    return np.abs(rows - 10 - 5 * frame - 0.1 * columns) < 2


def plate(frame):
    return np.where(wire(frame), np.float32(0.02), ground(frame))


def matte(frame, channel=0):
    return np.roll(wire(frame), channel, axis=0).astype(np.float32)


def grey(frame):
    return np.repeat(matte(frame)[None], 3, axis=0)


def coloured(frame):
    return np.stack([matte(frame, channel) for channel in (0, 8, 16)])


ROLES = {"before": plate, "after": ground, "matte": grey, "guide": grey, "weight": lambda frame: 0 * grey(frame) + 1}


def lesson(*roles, frames=FRAMES, **others):
    """A lesson in these roles, of a clip that has every frame."""
    reads = {role: ROLES[role] for role in ("before", *roles)} | others

    def example(frame):
        def near(offset):
            return plate(frame + offset) if frame + offset in FRAMES else None

        return Example("clip", frame, {role: partial(read, frame) for role, read in reads.items()}, near)

    return Lesson([example(frame) for frame in frames], COLOUR)


def trained(what, folder, recipe=RECIPE):
    ready = prepare(what, recipe, folder)
    judge = Judge(ready.lessons.judged, ready.lessons.held_out, ready.lessons.own, ready.shape)
    before = judge(ready.network)
    fitted = fit(ready.lessons, ready.network, ready.shape, recipe=recipe, judge=judge, bench=QuietBench(folder))
    network = with_values(ready.network, fitted.values)
    return model_of(what, network, ready, recipe=recipe), before, judge(network)


KINDS = {
    "change": lesson("after"),
    "mattes": lesson("matte"),
    "three mattes": lesson(matte=coloured),
    "change and matte": lesson("after", "matte"),
    "guide and neighbours": lesson("after", "guide", "weight"),
    "carried mattes": lesson("matte"),
}
SETTING = {"guide and neighbours": {"neighbours": "1"}, "carried mattes": {"carry": "true"}}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {kind: trained(what, folder, RECIPE.with_settings(SETTING.get(kind, {}))) for kind, what in KINDS.items()}


SCENE = Scene(COLOUR, "clip", Reel(tuple(FRAMES), plate), {"guide": Reel(tuple(FRAMES), grey)})


def rendered(render, frame=2):
    result = render(plate(frame), frame)
    return {"plate": result.plate, **result.layers}


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_was_kept_and_read_again_gives_the_same_bits(kind, models, tmp_path):
    model = models[kind][0]
    write_weights(tmp_path / "weights.safetensors", *pack_model(model))
    again = rendered(render_paint(*read_weights(tmp_path / "weights.safetensors"), SCENE, SETTINGS))
    first = rendered(open_renderer(model, SCENE, SETTINGS))
    assert first.keys() == again.keys()
    assert all(first[name].tobytes() == again[name].tobytes() for name in first)


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_few_steps_it_comes_nearer_on_what_was_held_out(kind, models):
    _, before, after = models[kind]
    assert after[0] > before[0] + 1
    assert after[1] > before[1]


def test_a_model_knows_what_it_takes_and_makes(models):
    shapes = {kind: model.shape for kind, (model, _, _) in models.items()}
    assert shapes["change"] == Shape(3, True, 0, (8, 8), 1)
    assert shapes["mattes"] == Shape(3, False, 1, (8, 8), 1)
    assert shapes["three mattes"] == Shape(3, False, 3, (8, 8), 1)
    assert shapes["change and matte"] == Shape(3, True, 1, (8, 8), 1)
    assert shapes["guide and neighbours"] == Shape(10, True, 0, (8, 8), 1)
    assert shapes["carried mattes"] == Shape(4, False, 1, (8, 8), 1, hints=1)
    wide, carries = models["guide and neighbours"][0], models["carried mattes"][0]
    assert (wide.guides, wide.neighbours, wide.plates, wide.carry) == (1, 1, 9, False)
    assert (carries.carry, carries.clip, sorted(carries.keys)) == (True, "clip", list(FRAMES))
    assert np.array_equal(carries.keys[3][0], matte(3))
    assert carries.taught == tuple(("clip", frame) for frame in FRAMES)
    assert carries.signatures.shape == (4, 168)


def test_a_guide_is_listened_to(models):
    model = models["guide and neighbours"][0]
    empty = replace(SCENE, further={"guide": Reel(tuple(FRAMES), lambda frame: 0 * grey(frame))})
    with_it, without = (rendered(open_renderer(model, scene, SETTINGS)) for scene in (SCENE, empty))
    assert np.abs(with_it["paint_matte.A"] - without["paint_matte.A"]).max() > 1e-3


def test_only_two_frames_or_more_of_one_clip_have_mattes_to_carry(tmp_path):
    recipe = RECIPE.with_settings({"carry": "true"})
    assert prepare(lesson("matte", frames=[2]), recipe, tmp_path).keys == {}
    other = lesson("matte", frames=[1, 3])
    elsewhere = [replace(example, clip="other", frame=example.frame + 5) for example in other.examples]
    two = Lesson([*other.examples, *elsewhere[:1]], COLOUR)
    ready = prepare(two, recipe, tmp_path)
    assert sorted(ready.keys) == [1, 3]
    hints = [pair.given[3:] for pair in ready.lessons.judged]
    assert hints[0].any()
    assert hints[1].any()
    assert not hints[2].any()


NETWORK = fresh_network(Shape(3, True, 0, (8, 8), 1), 0)
WEIGHTS, CARD = pack_model(
    PaintModel(NETWORK, Shape(3, True, 0, (8, 8), 1), 0, 0, False, {}, "clip", (("clip", 1),), np.ones((1, 4), "f4"))
)
HEAD = "net.head.weight"


def without(mapping, name):
    return {key: value for key, value in mapping.items() if key != name}


NONSENSE = {
    "nothing": ({}, {}),
    "no tensors": ({}, CARD),
    "a tensor less": (without(WEIGHTS, HEAD), CARD),
    "a tensor more": ({**WEIGHTS, "net.more": WEIGHTS[HEAD]}, CARD),
    "a tensor of another shape": ({**WEIGHTS, HEAD: WEIGHTS[HEAD][1:]}, CARD),
    "a tensor of text": ({**WEIGHTS, HEAD: np.full(WEIGHTS[HEAD].shape, "x")}, CARD),
    "no shape": (WEIGHTS, without(CARD, "shape")),
    "a shape that is a word": (WEIGHTS, {**CARD, "shape": "large"}),
    "an unknown part of a shape": (WEIGHTS, {**CARD, "shape": {**CARD["shape"], "colour": 1}}),
    "no widths": (WEIGHTS, {**CARD, "shape": {**CARD["shape"], "widths": []}}),
    "widths below nought": (WEIGHTS, {**CARD, "shape": {**CARD["shape"], "widths": [-8, 8]}}),
    "other widths": (WEIGHTS, {**CARD, "shape": {**CARD["shape"], "widths": [16, 16]}}),
    "a key of no frame": ({**WEIGHTS, "key.first": np.zeros((1, 2, 2), np.uint8)}, CARD),
    "taught by nothing that has a number": (WEIGHTS, {**CARD, "taught": [["clip", "first"]]}),
    "signatures of different lengths": (WEIGHTS, {**CARD, "signatures": [[1.0], [1.0, 2.0]]}),
    "no clip": (WEIGHTS, without(CARD, "clip")),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_weights_that_are_no_paint_model_are_refused(what):
    assert unpack_model(WEIGHTS, CARD).taught == (("clip", 1),)
    with pytest.raises(BadMaterial, match="these weights are no paint model"):
        unpack_model(*NONSENSE[what])


@pytest.fixture
def started_from(tmp_path):
    def start(*earlier, roles=("after",), recipe=RECIPE):
        return prepare(replace(lesson(*roles), earlier=earlier), recipe, tmp_path)

    return start


def test_it_sets_out_from_the_weights_of_an_earlier_model_and_so_is_better_from_the_first_step(models, started_from):
    model, _, _ = models["change"]
    warm, fresh = started_from(pack_model(model)), started_from()
    theirs = model.network.state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in warm.network.state_dict().items())
    judge = Judge(warm.lessons.judged, warm.lessons.held_out, warm.lessons.own, warm.shape)
    assert judge(warm.network)[0] > judge(fresh.network)[0] + 3


def test_from_a_model_that_makes_something_else_it_takes_all_but_the_end(models, started_from):
    model, _, _ = models["change"]
    warm, fresh = (started_from(*earlier, roles=("matte",)) for earlier in ([pack_model(model)], []))
    theirs, mine, new = (one.state_dict() for one in (model.network, warm.network, fresh.network))
    for name, value in mine.items():
        assert torch.equal(value, new[name] if name.startswith("head.") else theirs[name])


def test_an_earlier_model_that_is_built_differently_is_refused_with_both_builds(models, started_from):
    other = pack_model(models["change"][0])
    with pytest.raises(BadMaterial, match="built differently") as refusal:
        started_from(other, recipe=RECIPE.with_settings({"widths": "8,16"}))
    assert refusal.value.reasons == (
        "it has {'widths': [8, 8], 'blocks': 1, 'inputs': 3}, this one {'widths': [8, 16], 'blocks': 1, 'inputs': 3}",
    )
    with pytest.raises(BadMaterial, match="it is no paint model"):
        started_from(({"slope": np.ones(3)}, {"encoding": "ACEScct"}))
    with pytest.raises(BadMaterial, match="starts from one earlier model, not from 2"):
        started_from(other, other)


def test_pairs_that_do_not_show_the_same_are_refused_with_what_each_shows(tmp_path):
    mixed = [lesson("after").examples[0], lesson("matte").examples[1], lesson("after", "weight").examples[2]]
    with pytest.raises(BadMaterial, match="do not teach the same") as refusal:
        prepare(Lesson(mixed, COLOUR), RECIPE, tmp_path)
    assert refusal.value.reasons == ("clip 1: before + after", "clip 2: before + matte", "clip 3: before + after")


def test_mattes_that_are_not_as_many_in_every_frame_are_refused_by_frame(tmp_path):
    def said(frame):
        return coloured(frame) if frame != 3 else np.concatenate([coloured(frame), matte(frame)[None]])

    with pytest.raises(BadMaterial, match="not as many mattes to every frame") as refusal:
        prepare(lesson(matte=said), RECIPE, tmp_path)
    assert refusal.value.reasons == ("clip 1: 3", "clip 2: 3", "clip 3: 1", "clip 4: 3")


def test_a_plate_with_pixels_that_are_no_numbers_is_learned_from_all_the_same(tmp_path):
    def spoilt(frame):
        picture = plate(frame)
        picture[:, 5:9, 20:60] = np.nan
        return picture

    model, before, after = trained(lesson("after", before=spoilt), tmp_path)
    assert all(torch.isfinite(value).all() for value in model.network.state_dict().values())
    assert after[0] > before[0] + 1


def test_a_training_ends_with_all_that_is_to_be_kept(tmp_path):
    told = []
    bench = QuietBench(tmp_path, lambda done, total, words: told.append(words))
    result = learn(lesson("after", frames=[1, 2, 3]), RECIPE.with_settings({"steps": "3"}), bench)
    write_weights(tmp_path / "weights.safetensors", result.weights, result.card)
    assert unpack_model(*read_weights(tmp_path / "weights.safetensors")).taught == (
        ("clip", 1),
        ("clip", 2),
        ("clip", 3),
    )
    assert result.card["held_out"] == "whole pairs: clip 2"
    assert result.recipe.steps == 3
    assert {measure.unit for measure in result.measures} >= {"dB"}
    assert {path.suffix for path in result.reports} >= {".html"}
    assert all(path.is_relative_to(tmp_path) and path.stat().st_size for path in result.reports)
    assert told[0] == "looking at the pairs"
    assert told[-1] == "writing the report"


def test_a_function_that_is_loaded_later_is_the_function(tmp_path):
    result = later("rushes.departments.paint.learn:learn", "train")
    with pytest.raises(BadMaterial, match="do not teach the same"):
        result(Lesson([*lesson("after").examples, *lesson("matte").examples], COLOUR), RECIPE, QuietBench(tmp_path))


def test_what_is_not_installed_is_named_with_the_extra_that_brings_it(tmp_path, monkeypatch):
    (tmp_path / "needs_much.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(MissingExtra, match="this needs no_such_package, which is not installed") as refusal:
        later("needs_much:work", "train")(1)
    assert refusal.value.remedy == "pip install 'rushes[train]'"


def test_a_module_of_our_own_that_is_missing_is_a_fault_and_no_missing_extra():
    with pytest.raises(ModuleNotFoundError, match=r"rushes\.departments\.paint\.nothing"):
        later("rushes.departments.paint.nothing:work", "train")()


def test_of_a_backing_that_goes_with_a_matte_nobody_says_that_everything_was_changed(tmp_path):
    keyed = {"after": lambda frame: plate(frame) * grey(frame)[:3] * np.float32(0.9)}
    assert prepare(lesson("matte", **keyed), RECIPE, tmp_path).warnings == []
    without = prepare(lesson(**keyed), RECIPE, tmp_path).warnings
    assert any("everything was changed" in words for words in without)
