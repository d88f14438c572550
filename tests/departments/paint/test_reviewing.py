"""What a review movie shows of a take of paint."""

import numpy as np

from rushes.departments.paint.reviewing import shown_in_review

PLATE = np.full((3, 2, 3), 0.4, np.float32)
LEFT = np.float32([[1, 0, 0.5], [1, 0, 0.5]])
NONE = np.zeros((2, 3), np.float32)


def test_what_a_matte_leaves_out_lies_two_stops_under_and_what_it_holds_is_as_it_was():
    shown = shown_in_review(PLATE, {"paint_matte.A": LEFT, "paint_confidence.A": NONE})
    np.testing.assert_allclose(shown[0], 0.4 * np.float32([[1, 0.25, 0.625]] * 2), rtol=1e-6)
    assert np.array_equal(shown[0], shown[2])


def test_each_of_three_mattes_has_a_colour_of_its_own():
    right = np.float32([[0, 1, 0], [0, 1, 0]])
    shown = shown_in_review(PLATE, {"paint_matte.R": LEFT, "paint_matte.G": NONE, "paint_matte.B": right})
    np.testing.assert_allclose(shown[:, 0, 0] / 0.4, [1, 0.4, 0.4], rtol=1e-6)
    np.testing.assert_allclose(shown[:, 0, 1] / 0.4, [0.4, 0.4, 1], rtol=1e-6)


def test_where_a_change_was_taught_the_result_is_shown_as_it_is():
    layers = {"paint_matte.A": LEFT, "paint_delta.R": NONE, "paint_taught.A": LEFT}
    assert shown_in_review(PLATE, layers) is PLATE
