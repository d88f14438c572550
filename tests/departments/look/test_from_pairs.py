"""Learning from pairs as the department does it: folds, strangers, and what is written about them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour, Example, Lesson
from rushes.departments.find import find_department
from rushes.domain.errors import BadMaterial, NoCorrespondence, NotFound
from rushes.training.workbench import QuietBench

COLOUR = Colour("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "sRGB - Display", "Un-tone-mapped")


def light(seed):
    """Return soft coloured shapes as scene-linear light, `(3, 72, 96)`; of few colours, for each takes its time."""
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(3, 72, 96)), (0, 3, 3))
    return (0.18 * np.exp2(6 * noise)).astype(np.float32)


def example(number, shown):
    return Example("clip", number, {"before": lambda: light(number), "after": lambda: (0.8 * light(shown)) ** 1.1})


def learned(shown, tmp_path):
    look = find_department("look")
    recipe = replace(look.recipes["standard"], lattice=17, curve_points=17)
    examples = [example(number, other) for number, other in enumerate(shown)]
    return look.train(Lesson(examples, COLOUR), recipe, QuietBench(tmp_path))


def test_a_lesson_of_strangers_is_refused_with_each_by_its_frame(tmp_path):
    with pytest.raises(NoCorrespondence) as refusal:
        learned([0, 81, 92, 83, 4, 95], tmp_path)
    assert sorted(reason.split(":")[0] for reason in refusal.value.reasons) == ["clip 1", "clip 2", "clip 3", "clip 5"]


def test_settings_that_no_look_can_follow_are_named_all_at_once():
    with pytest.raises(BadMaterial) as refusal:
        find_department("look").recipes["standard"].with_settings({"lattice": "500", "curve_points": "2"})
    assert [reason.split(":")[0] for reason in refusal.value.reasons] == ["lattice=500", "curve_points=2"]


@pytest.mark.parametrize(("encoding", "error"), [("Nope", NotFound), ("ACEScg", BadMaterial)])
def test_a_look_is_learned_in_no_unknown_and_in_no_linear_space(tmp_path, encoding, error):
    look = find_department("look")
    recipe = replace(look.recipes["standard"], encoding=encoding)
    with pytest.raises(error):
        look.train(Lesson([example(0, 0)], COLOUR), recipe, QuietBench(tmp_path))


def test_earlier_models_that_cannot_be_asked_are_refused_with_each_reason(tmp_path):
    look = find_department("look")
    earlier = [({}, {"clips": ["a"], "encoding": "ACEScct"}), ({}, {"encoding": "ACEScc"})]
    with pytest.raises(BadMaterial) as refusal:
        look.train(Lesson([example(0, 0)], COLOUR, earlier), look.recipes["standard"], QuietBench(tmp_path))
    assert len(refusal.value.reasons) == 2


@pytest.mark.slow
def test_strangers_among_many_are_named_by_their_frames_and_stop_nothing(tmp_path, without_plots):
    # frames 0 and 4 share a fold, so one of the looks that judge is taught by strangers for the most part
    with without_plots():
        trained = learned([0, 81, 2, 93, 4], tmp_path)
    assert sorted(trained.card["left_out"]) == ["clip 1", "clip 3"]
    assert {measure.name: measure.value for measure in trained.measures}["held out: mean in scene-linear light"] < 1
