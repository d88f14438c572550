"""The encoding in which paint learns: alike for dark and bright, defined for every value that light can have."""

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

SLOPE = 50.0
"""Where the curve leaves the straight line: about 1/50 of diffuse white, where film and cameras have their toe."""

SCALE = math.log1p(SLOPE)

Floats = npt.NDArray[np.float32]


def encoded(plate: Floats) -> Floats:
    """Return scene-linear light as paint codes: 0 stays 0, diffuse white stays 1, negative light stays negative.

    Args:
        plate: any shape, float32, scene-linear.

    >>> [round(float(code), 4) for code in encoded(np.float32([0.0, 0.18, 1.0, 16.0, -0.18]))]
    [0.0, 0.5856, 1.0, 1.7004, -0.5856]
    """
    # torch, for it does several at a time
    light = torch.from_numpy(np.ascontiguousarray(plate, np.float32))
    codes: Floats = quickly_encoded(light).numpy()
    return codes


def quickly_encoded(light: Tensor) -> Tensor:
    """Return what `encoded` does, of a tensor, with nothing to be learned through it."""
    return light.abs().mul_(SLOPE).log1p_().div_(SCALE).copysign_(light)


def decoded(codes: Floats) -> Floats:
    """Return paint codes as scene-linear light.

    >>> [round(float(light), 3) for light in decoded(encoded(np.float32([-0.5, 0.0, 0.18, 16.0])))]
    [-0.5, 0.0, 0.18, 16.0]
    """
    made = torch.from_numpy(np.ascontiguousarray(codes, np.float32))
    light: Floats = made.abs().mul_(SCALE).expm1_().div_(SLOPE).copysign_(made).numpy()
    return light


def encoded_tensor(plate: Tensor) -> Tensor:
    """Return what `encoded` does, of a tensor, for every program that a model may be taken to."""
    return torch.sign(plate) * torch.log1p(torch.abs(plate) * SLOPE) / SCALE


def decoded_tensor(codes: Tensor) -> Tensor:
    """Return what `decoded` does, of a tensor."""
    return torch.sign(codes) * torch.expm1(torch.abs(codes) * SCALE) / SLOPE
