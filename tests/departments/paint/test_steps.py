"""The two ways of stepping: known values, and that they go downhill."""

import numpy as np
import pytest
import torch

from rushes.departments.paint.steps import _orthogonal, new_learner, take_step


def test_newton_schulz_makes_every_singular_value_about_one():
    matrices = torch.randn(3, 16, 40, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(_orthogonal(matrices))
    # the polynomial of Jordan 2024 ends between 0.7 and 1.2, for good
    assert values.min() > 0.6
    assert values.max() < 1.25


def test_tall_matrices_are_treated_as_flat_ones_are():
    matrix = torch.randn(1, 40, 16, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(_orthogonal(matrix), _orthogonal(matrix.transpose(1, 2)).transpose(1, 2))


def test_the_first_step_of_adam_is_as_long_as_the_rate_whatever_the_gradient():
    learner = new_learner({"bias": torch.zeros(3)})
    take_step(learner, {"bias": torch.tensor([1e-3, -5.0, 100.0])}, step=0, rate=0.02)
    # Kingma & Ba 2015, section 2.1: |step| is about the rate; ours is a tenth of Muon's
    assert learner.values["bias"].tolist() == pytest.approx([-0.002, 0.002, -0.002], rel=1e-3)


def test_both_ways_go_downhill():
    values = {"inner.weight": torch.randn(8, 8, 3, 3), "stem.weight": torch.randn(8, 4, 3, 3), "bias": torch.randn(8)}
    learner = new_learner(values)
    start = {name: float(value.square().sum()) for name, value in values.items()}
    for step in range(60):
        take_step(learner, {name: 2 * value for name, value in values.items()}, step=step, rate=0.02)
    assert all(float(value.square().sum()) < 0.9 * start[name] for name, value in values.items())


def test_the_mean_of_an_unmoved_parameter_is_itself():
    learner = new_learner({"bias": torch.full((2,), 0.25)})
    for step in range(3):
        take_step(learner, {"bias": torch.zeros(2)}, step=step, rate=0.02)
    assert np.allclose(learner.mean["bias"], 0.25)
