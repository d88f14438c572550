"""The shape of the house: sizes, names, imports. What import-linter does not know."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "rushes"
MODULES = sorted(SOURCE.rglob("*.py"))
LOADED_LATER = [found for path in MODULES for found in re.findall(r'later\("[\w.]+(:\w+)"', path.read_text())]
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def is_command(path: Path) -> bool:
    """At the edge each option of a command is a parameter, and its help a line."""
    return path.parent.name == "cli"


def test_a_module_can_be_known_whole():
    sizes = {path: len(path.read_text().splitlines()) for path in MODULES}
    assert [f"{path}: {size} lines" for path, size in sizes.items() if size > 300] == []


def test_a_function_can_be_seen_whole():
    sizes = [
        (path, f, f.end_lineno - f.lineno + 1) for path in MODULES if not is_command(path) for f in functions(path)
    ]
    assert [f"{path}: {f.name} has {size} lines" for path, f, size in sizes if size > 40] == []


def test_no_name_says_nothing():
    assert [path for path in MODULES if path.stem in SAYS_NOTHING] == []


def test_a_function_takes_six_things_at_most_and_three_by_position():
    faults = []
    for path in MODULES:
        for function in functions(path):
            named = [argument for argument in function.args.args if argument.arg not in ("self", "cls")]
            # what a department hands over is said once, in Department: four things, always in the same order
            handed_over = path.match("departments/*/department.py") or f":{function.name}" in LOADED_LATER
            if len(named) > (4 if handed_over else 3):
                faults.append(f"{path}: {function.name} takes {len(named)} by position")
            if len(named) + len(function.args.kwonlyargs) > 6 and not is_command(path):
                faults.append(f"{path}: {function.name} takes more than six")
    assert faults == []


def test_no_import_hides_inside_a_function():
    hidden = [
        f"{path}: {function.name}"
        for path in MODULES
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_errors_are_caught_by_name():
    broad = [
        f"{path}:{node.lineno}"
        for path in MODULES
        if not path.as_posix().endswith("jobs/here.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
    ]
    assert broad == []


def test_exactly_one_file_may_import_ray():
    importers = [path for path in MODULES if "import ray" in path.read_text()]
    assert [path.name for path in importers] in ([], ["on_ray.py"])


def loaded_after(code: str) -> set[str]:
    script = f"import sys; {code}; print(' '.join(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_rushes_loads_nothing():
    assert {name for name in loaded_after("import rushes") if name.startswith("rushes")} == {"rushes"}


def test_help_loads_neither_torch_nor_pixels_nor_the_database():
    loaded = loaded_after("import rushes.cli as c; c.run(['--help'])")
    assert not loaded & {"torch", "PyOpenColorIO", "OpenImageIO", "av", "numpy", "scipy", "sqlalchemy", "matplotlib"}


def test_training_and_rendering_open_no_network_connection():
    clients = {"requests", "httpx", "urllib.request", "http.client", "aiohttp", "socket"}
    for path in MODULES:
        tree = ast.parse(path.read_text())
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        # whoever names a cluster asks for a connection to it, and for no other
        allowed = {"socket"} if path.name == "on_ray.py" else set()
        assert not names & clients - allowed, f"{path} could open a connection"


@pytest.mark.skipif("CI" not in os.environ, reason="the linter is part of make check; here only where CI asks for it")
def test_imports_go_down_only():
    lint = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=SOURCE.parents[1], check=False)
    assert lint.returncode == 0
