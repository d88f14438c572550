"""rushes departments: who can be taught what."""

from rushes.cli.desk import AsJson
from rushes.cli.voice import say, say_json, say_table
from rushes.departments.department import Department
from rushes.departments.find import department_names, find_department


def departments(as_json: AsJson = False) -> None:
    """Show the departments and what each is taught by."""
    found = [find_department(name) for name in department_names()]
    if as_json:
        say_json([_described(department) for department in found])
        return
    for department in found:
        say(f"{department.name}: makes {department.makes}; for {department.serves}")
        rows = [
            (_taught_by(department, i), "pairs" if kind.paired else "") for i, kind in enumerate(department.lessons)
        ]
        say_table("", ("taught by", ""), rows)
        say(f"  recipes: {', '.join(department.recipes)}")
        say(f"  settings of a render: {', '.join(f'{k}={v}' for k, v in department.settings.items())}")


def _taught_by(department: Department, lesson: int) -> str:
    return " + ".join(f"{need.role} ({need.words})" for need in department.lessons[lesson].needs)


def _described(department: Department) -> dict[str, object]:
    return {
        "name": department.name,
        "makes": department.makes,
        "serves": department.serves,
        "action": department.action,
        "lessons": [
            {"paired": kind.paired, "needs": {need.role: need.words for need in kind.needs}}
            for kind in department.lessons
        ],
        "recipes": {name: vars(recipe) for name, recipe in department.recipes.items()},
        "settings": department.settings,
    }
