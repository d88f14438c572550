"""Find departments by entry point: Rushes' own and a studio's private ones arrive the same way."""

from importlib.metadata import EntryPoint, entry_points

from rushes.departments.department import Department
from rushes.domain.errors import BadMaterial, NotFound


def department_names() -> list[str]:
    """Return the names of all departments installed here, without loading any of them."""
    return sorted(point.name for point in _points())


def find_department(name: str) -> Department:
    """Load a department.

    Raises:
        NotFound: none is installed under that name; the nearest is offered.
        BadMaterial: what its entry point names is no `Department`.
    """
    points = {point.name: point for point in _points()}
    if name not in points:
        raise NotFound("department", name, points)
    department = points[name].load()
    if not isinstance(department, Department):
        raise BadMaterial(f"entry point rushes.departments:{name} names {department!r}, which is no Department")
    return department


def _points() -> list[EntryPoint]:
    return list(entry_points(group="rushes.departments"))
