from functools import cache

import cv2
import numpy as np
import pytest


@cache
def scene_of(seed: int, width: int = 720, height: int = 404) -> np.ndarray:
    """A picture that no other seed resembles: a few large shapes, many small ones, a little grain; uint8."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(40, 215, (4, 6, 3)).astype(np.float32)
    drawn = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    for size in [0.3] * 6 + [0.08] * 60 + [0.02] * 200:
        place = rng.uniform(0, 1, 2) * (width, height)
        axes = np.maximum(2, rng.uniform(0.3, 1, 2) * size * width / 2)
        colour = rng.uniform(0, 255, 3)
        box = cv2.boxPoints((place, axes * 2, rng.uniform(0, 180))).astype(np.int32)
        cv2.fillPoly(drawn, [box], colour.tolist(), cv2.LINE_AA)
    drawn = np.clip(drawn + rng.normal(0, 2, drawn.shape), 0, 255).astype(np.uint8)
    drawn.flags.writeable = False  # one picture for all tests
    return drawn


@pytest.fixture(scope="session")
def scene():
    return scene_of
