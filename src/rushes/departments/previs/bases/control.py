"""Control pictures from our own passes: what a ControlNet sees is the geometry that the director approved."""

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import Passes
from rushes.domain.errors import BadMaterial

NEAREST_M = 0.3
KINDS = ("depth", "normal", "edges")


def control_picture(passes: Passes, kind: str) -> NDArray[np.float32]:
    """Return what a control network is shown.

    Args:
        passes: of the frame, with depth, normal and ids.
        kind: `depth`, nearest white, even in 1/depth; `normal`, as colours; `edges`, where one thing ends.

    Returns:
        (3, height, width) float32, 0 to 1.
    """
    if kind not in KINDS:
        raise BadMaterial(f"{kind!r} is no control picture", remedy=f"There is {', '.join(KINDS)}.")
    if kind == "normal":
        return np.where(passes.ids > 0, passes.normal * 0.5 + 0.5, np.float32(0.5)).astype(np.float32)
    if kind == "depth":
        near = NEAREST_M / np.maximum(passes.depth, NEAREST_M)
        return np.repeat(np.clip(near / max(float(near.max()), 1e-6), 0, 1)[None], 3, 0).astype(np.float32)
    edge = np.zeros(passes.ids.shape, bool)
    edge[:, 1:] |= passes.ids[:, 1:] != passes.ids[:, :-1]
    edge[1:] |= passes.ids[1:] != passes.ids[:-1]
    return np.repeat(edge[None].astype(np.float32), 3, 0)
