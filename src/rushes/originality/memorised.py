"""Learned by heart, or like it: how much nearer a picture is to one taught frame than to all the rest."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from rushes.originality.pictures import Picture, grey_of

Floats = npt.NDArray[np.float32]

GRID = (32, 18)
"""Columns and rows of the small grey picture that is compared."""

NEIGHBOURS = 5

SUSPECT = 0.5
"""Below this the nearest frame is half as far as its company, and a person should look."""


def small_grey(picture: Picture) -> Floats:
    """Return a picture as a point: 576 grey values of mean 0 and length 1, so that exposure and contrast do not count.

    Args:
        picture: from `pictures.seen_picture`; a flat one is the origin.
    """
    grey = cv2.resize(grey_of(picture), GRID, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    grey -= grey.mean()
    length = float(np.linalg.norm(grey))
    return grey if length < 1e-3 else np.asarray(grey / length, np.float32)


def ratios(made: Floats, taught: Floats, shots: Sequence[str], *, neighbours: int = NEIGHBOURS) -> Floats:
    """Return for each picture its distance to the nearest taught frame over that to the k nearest of other shots.

    Frames of the nearest one's own shot are left out of its company: they are nearly as near, and would make a copy
    look ordinary [Somepalli2023 has single pictures, and did not need that].

    Args:
        made: `(m, d)`, from `small_grey`.
        taught: `(n, d)`.
        shots: of each taught frame.
        neighbours: k.

    Returns:
        `(m,)`: 0 is a copy, 1 is as far from the nearest as from any; NaN where only one shot taught: there is no
        company to judge by.

    References:
        [Somepalli2023] Diffusion Art or Digital Forgery? Investigating Data Replication in Diffusion Models, CVPR.

    >>> taught = np.array([[0, 0], [0, 1], [4, 0], [0, 4]], np.float32)
    >>> ratios(np.array([[1, 0]], np.float32), taught, ["a", "a", "b", "b"], neighbours=1)
    array([0.33333334], dtype=float32)
    """
    named = np.asarray(shots)
    found = np.full(len(made), np.nan, np.float32)
    for at, point in enumerate(made):
        apart = np.linalg.norm(taught - point, axis=1)
        nearest = int(apart.argmin()) if len(apart) else -1
        company = np.sort(apart[named != named[nearest]])[:neighbours] if nearest >= 0 else apart
        if len(company) and company.mean() > 0:
            found[at] = apart[nearest] / company.mean()
    return found
