"""What the reports say of each way in which a look is taught: by pairs, by stills, by a hero shot."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour, Example, Lesson
from rushes.departments.find import find_department
from rushes.departments.look.report import digest_of
from rushes.training.workbench import QuietBench

COLOUR = Colour("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "sRGB - Display", "Un-tone-mapped")


def light(seed):
    """Return soft coloured shapes as scene-linear light, `(3, 72, 96)`; of few colours, for each takes its time."""
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(3, 72, 96)), (0, 3, 3))
    return (0.18 * np.exp2(6 * noise)).astype(np.float32)


def graded(seed):
    """Return the same, warmer and with a vignette."""
    fall = np.linspace(-1, 1, 96, dtype=np.float32) ** 2
    return (light(seed) * np.float32([[[1.1]], [[1.0]], [[0.9]]]) * (1 - 0.6 * fall)).astype(np.float32)


def frame(role, clip, number, plate=light):
    return Example(clip, number, {role: lambda: plate(number)})


def pair(number):
    return Example("meadow", number, {"before": lambda: light(number), "after": lambda: graded(number)})


@pytest.fixture(scope="module")
def report_of(without_plots):
    """Train a look, and read what the page says."""

    def report_of(folder, examples, *, recipe="standard"):
        look = find_department("look")
        small = replace(look.recipes[recipe], lattice=17, curve_points=17, seed=3)
        with without_plots():
            trained = look.train(Lesson(examples, COLOUR), small, QuietBench(folder))
        return trained, trained.reports[0].read_text()

    return report_of


@pytest.fixture(scope="module")
def windowed(tmp_path_factory, report_of):
    return report_of(tmp_path_factory.mktemp("pairs"), [pair(n) for n in (10, 45)], recipe="windows")


@pytest.fixture(scope="module")
def guessed(tmp_path_factory, report_of):
    examples = [frame("plate", "meadow", n) for n in (1, 2)] + [frame("reference", "mood", 7, graded)]
    return report_of(tmp_path_factory.mktemp("stills"), examples)


def origin(html):
    return re.search('<p class="origin">(.*?)</p>', html)[1]


def headlines(html):
    return [words for _, words in re.findall(r"<div><b>([^<]*)</b>([^<]*)<span>", html)]


def test_a_report_from_pairs_names_frames_recipe_seed_and_weights(windowed):
    trained, html = windowed
    digest = digest_of(trained.weights)
    assert origin(html) == (
        f"taught by meadow 10, 45; recipe windows, seed 3. <span>Weights <code>{digest}</code></span>"
    )


def test_a_report_from_pairs_leads_with_what_the_view_shows_and_names_both_numbers_apart(windowed):
    assert headlines(windowed[1])[:2] == [
        "mean ΔE2000 on held-out frames, as the view shows them",
        "mean ΔE2000 on held-out frames, in scene-linear light, highlights included",
    ]


def test_what_depends_on_the_place_and_was_learned_is_held_against_no_threshold(windowed):
    (by_place,) = [measure for measure in windowed[0].measures if "residual leave" in measure.name]
    assert by_place.name.startswith("learned as the spatial part")
    assert (by_place.threshold, by_place.passed) == (None, None)


def test_a_report_from_stills_names_both_kinds_of_frames(guessed):
    assert origin(guessed[1]).startswith("guessed from mood 7 for meadow 1, 2; recipe standard, seed 3.")


def test_a_report_from_stills_leads_with_its_confidence_and_holds_nothing_out(guessed):
    html = guessed[1]
    assert headlines(html)[0] == "confidence, of 1"
    assert "held out" not in html
    assert "What each step buys" not in html


def test_a_report_of_a_match_names_hero_shots_recipe_seed_and_weights(tmp_path, report_of):
    examples = [frame("hero", "sc_020", 5), frame("shot", "sc_030", 5, graded), frame("shot", "sc_030", 6, graded)]
    trained, html = report_of(tmp_path, examples)
    words = "matched to the hero sc_020 5: sc_030 5, 6; recipe standard, seed 3."
    assert origin(html) == f"{words} <span>Weights <code>{digest_of(trained.weights)}</code></span>"
