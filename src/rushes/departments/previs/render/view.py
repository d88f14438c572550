"""What a camera sees as numbers: where rays start and go, what lies where in the picture; and what is not drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import EVERYTHING
from rushes.departments.previs.shots.cameras import Camera, axes
from rushes.departments.previs.shots.lenses import half_field
from rushes.departments.previs.stage.pieces import Light, Moment
from rushes.domain.errors import BadMaterial

NEAR_M = 0.05
"""Nothing nearer to the entrance pupil is drawn; no lens focuses there."""
LARGEST = 8192
MOST_PIXELS = 4096 * 4096
FARTHEST_M = 1e5


@dataclass(frozen=True, eq=False)
class View:
    """A camera and a picture size.

    Attributes:
        origin: (3,) float64 metres, the entrance pupil.
        right: (3,) float64, from the middle of the picture at one metre of depth to its right edge.
        up: (3,) float64, to its top edge.
        forward: (3,) float64 unit.
    """

    origin: NDArray[np.float64]
    right: NDArray[np.float64]
    up: NDArray[np.float64]
    forward: NDArray[np.float64]


def view_of(camera: Camera, size: tuple[int, int]) -> View:
    """Return what a camera sees in a picture of that size; a size of another aspect is refused.

    Args:
        camera: the camera.
        size: width and height, pixels.
    """
    numbers = (*camera.place, camera.pan_deg, camera.tilt_deg, camera.roll_deg, camera.focal_mm)
    faults = [] if np.isfinite(numbers).all() else [f"its place, angles and lens are {numbers}"]
    if np.isfinite(camera.place).all() and np.abs(camera.place).max() > FARTHEST_M:
        faults.append(f"it stands more than {FARTHEST_M:g} m from the stage's zero")
    width, height = size
    right_size = height * camera.package.aspect, width / camera.package.aspect
    if abs(right_size[0] - width) > 1 and abs(right_size[1] - height) > 1:
        faults.append(
            f"{width}×{height} is no picture of aspect {camera.package.aspect:g}; {width}×{right_size[1]:.0f} is"
        )
    if faults:
        raise BadMaterial("this camera cannot be drawn through", faults, "Correct the camera or the size.")
    right, up, forward = axes(camera.pan_deg, camera.tilt_deg, camera.roll_deg)
    across, upright = half_field(camera.package, camera.focal_mm)
    return View(np.array(camera.place, np.float64), right * across, up * upright, forward)


def clip_rows(view: View, farthest_m: float) -> NDArray[np.float64]:
    """Return (4, 4) float64: from metres beside the camera to OpenGL's clip space.

    The picture is upside down there, so that its first row in memory is the top one.
    """
    near, far = NEAR_M, max(farthest_m, 2 * NEAR_M)
    rows = np.zeros((4, 4))
    rows[0, :3] = view.right / (view.right @ view.right)
    rows[1, :3] = -view.up / (view.up @ view.up)
    rows[2, :3] = view.forward * (far + near) / (far - near)
    rows[2, 3] = -2 * far * near / (far - near)
    rows[3, :3] = view.forward
    return rows


def pixel_rays(view: View, size: tuple[int, int], shift: tuple[float, float] = (0.5, 0.5)) -> NDArray[np.float32]:
    """Return (3, height, width) float32: where each pixel's ray is at one metre of depth, beside the camera.

    Args:
        view: the view.
        size: width and height, pixels.
        shift: the point of the pixel, across and down, 0 to 1.
    """
    across, down = _steps(size, shift)
    right, up, forward = (axis.astype(np.float32)[:, None, None] for axis in (view.right, view.up, view.forward))
    rays: NDArray[np.float32] = (forward + up * down[:, None]) + right * across
    return rays


def rays_at(
    view: View, size: tuple[int, int], pixels: NDArray[np.int64], *, shift: tuple[float, float] = (0.5, 0.5)
) -> NDArray[np.float32]:
    """Return (3, pixels) float32: the rays of `pixel_rays` at some pixels, numbered row by row."""
    across, down = _steps(size, shift)
    rows, columns = np.divmod(pixels, size[0])
    right, up, forward = (axis.astype(np.float32)[:, None] for axis in (view.right, view.up, view.forward))
    rays: NDArray[np.float32] = (forward + up * down[rows]) + right * across[columns]
    return rays


def _steps(size: tuple[int, int], shift: tuple[float, float]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how far across, −1 to 1, each column is, and how far up each row."""
    width, height = size
    across = (2 * (np.arange(width) + shift[0]) / width - 1).astype(np.float32)
    return across, (1 - 2 * (np.arange(height) + shift[1]) / height).astype(np.float32)


def check_size(size: tuple[int, int]) -> None:
    """Refuse a picture that has no pixels or too many."""
    if not all(isinstance(side, int) and 1 <= side <= LARGEST for side in size) or size[0] * size[1] > MOST_PIXELS:
        remedy = f"Ask for 1 to {LARGEST} a side and {MOST_PIXELS:,} pixels at most."
        raise BadMaterial(f"a picture of {size[0]}×{size[1]} is not drawn", remedy=remedy)


def check_moment(moment: Moment, wanted: frozenset[str]) -> None:
    """Refuse light that is no light, and passes that nobody draws."""
    light = moment.light
    faults = [f"there is no pass {name!r}; there is {', '.join(sorted(EVERYTHING))}" for name in wanted - EVERYTHING]
    faults += [f"the light's {name} is {value}" for name, value in _colours(light) if not _is_light(value)]
    if not (np.isfinite(light.towards).all() and np.linalg.norm(light.towards) > 0):
        faults.append(f"the key lies towards {light.towards}, which is nowhere")
    if not light.haze_m > 0:
        faults.append(f"haze halves over {light.haze_m} m")
    if faults:
        raise BadMaterial("this moment cannot be drawn", faults, "Correct the light or the passes asked for.")


def _colours(light: Light) -> tuple[tuple[str, tuple[float, float, float]], ...]:
    return ("key", light.key), ("sky", light.sky), ("ground", light.ground), ("haze", light.haze)


def _is_light(colour: tuple[float, float, float]) -> bool:
    return len(colour) == 3 and bool(np.isfinite(colour).all()) and min(colour) >= 0 and max(colour) <= 1e4
