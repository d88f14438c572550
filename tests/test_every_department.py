"""What every department must do, whoever wrote it; a studio's private ones are found and tested the same way."""

import numpy as np
import pytest

from rushes.departments.department import Colour, Department, Example, HandOver, Lesson, Need, Scene
from rushes.departments.find import department_names, find_department
from rushes.domain.errors import BadMaterial, NotFound
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
SCENE = Scene(COLOUR, "clip")
CASES = [(name, i) for name in department_names() for i in range(len(find_department(name).lessons))]


def picture(seed: int) -> np.ndarray:
    """A picture with colours, edges, darks below zero and lights above one: (3, 96, 128) scene-linear."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:96, 0:128]
    waves = [np.sin(rows / (5 + seed + c)) * np.cos(columns / (7 + c)) for c in range(3)]
    blocks = rng.uniform(0, 1, (3, 6, 8)).repeat(16, 1).repeat(16, 2)
    plate = 0.18 * np.exp2(1.5 * np.array(waves) + 3 * (blocks - 0.5))
    plate[:, :4, :4], plate[:, -4:, -4:] = -0.01, 6.0
    return plate.astype(np.float32)


def changed(plate: np.ndarray) -> np.ndarray:
    return (1.2 * plate * np.array([1.1, 1.0, 0.85]).reshape(3, 1, 1)).astype(np.float32)


def shown(need: Need, place: int, plate: np.ndarray) -> np.ndarray:
    """What stands for a role: a matte of the picture's brighter half, the picture changed, or the picture."""
    if need.matte:
        return np.repeat((plate.mean(axis=0) > np.median(plate.mean(axis=0))).astype(np.float32)[None], 3, axis=0)
    return changed(plate) if place else plate.copy()


def lesson_of(department: Department, kind: int) -> Lesson:
    needs = department.lessons[kind].needs
    needs = [need for need in needs if not need.optional]
    plates = [{need.role: shown(need, i, picture(s)) for i, need in enumerate(needs)} for s in (1, 2, 3)]
    if department.lessons[kind].paired:
        examples = [
            Example("clip", i, {role: lambda p=p: p.copy() for role, p in one.items()}) for i, one in enumerate(plates)
        ]
    else:
        examples = [
            Example("clip", i, {role: lambda p=p: p.copy()}) for i, one in enumerate(plates) for role, p in one.items()
        ]
    return Lesson(examples, COLOUR)


def train(department: Department, kind: int, folder):
    folder.mkdir(exist_ok=True)
    recipe = next(iter(department.recipes.values())).with_settings(dict(department.trial))
    return department.train(lesson_of(department, kind), recipe, QuietBench(folder))


@pytest.fixture(scope="module", autouse=True)
def unplotted(without_plots):
    with without_plots():
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")

    class Trained(dict):
        """Those that were asked for: tests are shared out among processes, and none needs all."""

        def __missing__(self, case):
            name, kind = case
            self[case] = train(find_department(name), kind, folder / f"{name}{kind}")
            return self[case]

    return Trained()


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_same_recipe_gives_the_same_weights(name, kind, trained, tmp_path):
    again = train(find_department(name), kind, tmp_path)
    first = trained[name, kind]
    assert set(again.weights) == set(first.weights)
    assert all(np.array_equal(again.weights[key], first.weights[key]) for key in first.weights)
    assert again.card == first.card


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_render_keeps_shape_and_type_leaves_its_input_alone_and_makes_no_nan(name, kind, trained):
    department = find_department(name)
    weights, card = trained[name, kind].weights, trained[name, kind].card
    render = department.renderer(weights, card, SCENE, department.settings)
    plate = picture(1)
    before = plate.copy()
    result = render(plate, 0).plate
    assert (result.shape, result.dtype) == (plate.shape, np.float32)
    assert np.array_equal(plate, before)
    assert np.isfinite(result).all()


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_values_above_one_stay_above_one_another(name, kind, trained):
    department = find_department(name)
    render = department.renderer(trained[name, kind].weights, trained[name, kind].card, SCENE, department.settings)
    ramp = np.tile(np.linspace(1, 16, 128, dtype=np.float32), (3, 96, 1))
    steps = render(ramp, 0).plate.reshape(3, 96, 16, 8).mean(axis=(1, 3))
    assert (np.diff(steps, axis=1) > 0).all()


@pytest.mark.parametrize("name", department_names())
def test_strength_nought_gives_the_plate_back_bit_for_bit(name, trained):
    department = find_department(name)
    assert department.settings["strength"] == 1.0
    settings = {**department.settings, "strength": 0.0}
    render = department.renderer(trained[name, 0].weights, trained[name, 0].card, SCENE, settings)
    assert np.array_equal(render(picture(2), 0).plate, picture(2))


@pytest.mark.parametrize("name", department_names())
def test_a_frame_judged_against_itself_is_perfect(name):
    measures = find_department(name).judge(picture(1), picture(1), SCENE)
    assert measures
    assert all(measure.value == pytest.approx(0, abs=1e-6) for measure in measures if measure.unit.startswith("ΔE"))
    worse = find_department(name).judge(changed(picture(1)), picture(1), SCENE)
    assert any(measure.value > 1 for measure in worse)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_training_ends_with_measures_and_something_to_look_at(name, kind, trained):
    result = trained[name, kind]
    assert result.measures
    assert any(report.suffix == ".html" and report.stat().st_size for report in result.reports)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_hand_over_writes_files_and_lists_them(name, kind, trained, tmp_path):
    over = HandOver("dusk", COLOUR, (("clip", (0, 23), "01:00:00:00", "24"),))
    department = find_department(name)
    files = department.hand_over(trained[name, kind].weights, trained[name, kind].card, over, tmp_path)
    assert files
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(files)


@pytest.mark.parametrize("name", department_names())
def test_weights_of_something_else_are_refused(name):
    department = find_department(name)
    with pytest.raises(BadMaterial):
        department.renderer({"nonsense": np.zeros(3)}, {}, SCENE, department.settings)


def test_a_department_that_is_not_installed_offers_the_nearest():
    with pytest.raises(NotFound, match="did you mean 'look'"):
        find_department("lok")
