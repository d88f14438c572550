"""Every pose by name."""

from collections.abc import Mapping

from rushes.departments.previs.stage.pose import Pose
from rushes.departments.previs.stage.poses_acting import ACTING
from rushes.departments.previs.stage.poses_low import LOW
from rushes.departments.previs.stage.poses_standing import STANDING
from rushes.domain.errors import NotFound

POSES: Mapping[str, Pose] = {**STANDING, **LOW, **ACTING}


def find_pose(name: str) -> Pose:
    """Return a pose by name; the nearest name is offered when there is none."""
    if name not in POSES:
        raise NotFound("pose", name, POSES)
    return POSES[name]
