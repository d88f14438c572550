"""Floor plans from files, whatever they are written in."""

from pathlib import Path

from rushes.departments.previs.stage.floorplan import FloorPlan
from rushes.departments.previs.stage.plan_json import LARGEST_PLAN, plan_of
from rushes.departments.previs.stage.plan_svg import plan_from_svg
from rushes.domain.errors import BadMaterial


def read_plan(path: Path) -> FloorPlan:
    """Read a floor plan from a `.json` or `.svg` file; see `plan_json` and `plan_svg` for what they say.

    Raises:
        BadMaterial: with every objection at once, by wall, prop or line.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in {".json", ".svg"}:
        raise BadMaterial(f"{path.name}: no floor plan", ["it must be .json or .svg"], "Import models with `models`.")
    try:
        size = path.stat().st_size
        if size > 2 * LARGEST_PLAN:
            raise BadMaterial(f"{path.name}: {size} bytes; a floor plan has at most {2 * LARGEST_PLAN}")
        raw = path.read_bytes()
    except OSError as error:
        raise BadMaterial(f"{path.name}: {error.strerror or error}", remedy="Check the path.") from error
    if kind == ".svg":
        return plan_from_svg(raw, path.name)
    try:
        return plan_of(raw.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise BadMaterial(f"{path.name}: byte {error.start} is no UTF-8 text", remedy="Save it as UTF-8.") from error
