"""`verify.py` is one file that needs nothing but Python, says the same as Rushes, and believes nobody's word."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rushes.signing import statements
from rushes.signing.spelling import to_base64
from rushes.signing.statements import verifier_source


@pytest.fixture(scope="session")
def own_copy(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "verify.py"
    path.write_text(verifier_source(), encoding="utf-8")
    return path


def run(*command, python=sys.executable, **settings):
    return subprocess.run([python, "-I", "-S", *command], capture_output=True, text=True, check=False, **settings)


def pythons_here():
    """Every Python since 3.8 on this machine, by version, from PATH or as pyenv keeps them; this one is among them."""
    found = {f"3.{sys.version_info.minor}": sys.executable}
    for version in (f"3.{minor}" for minor in range(8, 20)):
        named = [*Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), shutil.which(f"python{version}")]
        # pyenv leaves a name on PATH for versions that it does not start
        works = (python for python in named if python and run("-c", "", python=python).returncode == 0)
        if version not in found and (python := next(works, None)):
            found[version] = python
    return found


PYTHONS = pythons_here()


def test_it_keeps_to_the_grammar_of_3_8(own_copy):
    ast.parse(own_copy.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("version", PYTHONS)
def test_it_runs_on_every_python_since_3_8_that_is_here(version, own_copy, sealed, delivery, signer):
    python = PYTHONS[version]
    whole = run(own_copy, sealed, "--key", signer.key_id, python=python)
    assert (whole.returncode, whole.stderr) == (0, "")
    (delivery / "look/sunset.cube").write_bytes(b"")
    broken = run(own_copy, delivery, python=python)
    assert (broken.returncode, broken.stderr) == (1, "")
    assert "  look/sunset.cube: is not what was signed\n" in broken.stdout


def test_it_imports_the_standard_library_only_and_works_where_rushes_is_not(own_copy, sealed):
    script = (
        "import runpy, sys\n"
        "sys.modules['rushes'] = None\n"
        "sys.argv = ['verify.py', *sys.argv[2:]]\n"
        "try: runpy.run_path(sys.orig_argv[-2], run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "loaded = {name.partition('.')[0] for name in sys.modules} - {'__main__', '__mp_main__', 'rushes'}\n"
        "print(sorted(loaded - sys.stdlib_module_names))\n"
    )
    ended = run("-c", script, own_copy, sealed)
    assert ended.stderr == ""
    assert ended.stdout.splitlines()[-1] == "[]"


def test_it_has_no_way_to_the_network_or_to_run_anything(own_copy):
    tree = ast.parse(own_copy.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in imported} & {
        "socket",
        "http",
        "urllib",
        "subprocess",
        "ctypes",
        "rushes",
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"exec", "eval", "compile", "__import__"}


def test_no_two_of_its_parts_use_one_name_for_two_things():
    defined = []
    for part in statements.VERIFIER_PARTS:
        body = ast.parse(Path(part.__file__).read_text(encoding="utf-8")).body
        defined += [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
        defined += [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    assert sorted(defined) == sorted(set(defined))


def test_the_copy_inside_a_delivery_checks_it_and_leaves_nothing_there(delivery):
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, delivery / "verify.py", delivery], capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")


def test_it_says_what_was_signed_by_whom_and_where_it_is_logged(own_copy, sealed, signer):
    said = run(own_copy, sealed).stdout.splitlines()
    assert said == [
        f"{sealed} is whole: 7 files, signed by {signer.name} with key {signer.key_id}.",
        "Entry 6 of 7 in the log northlight.example/log.",
        "Nobody said whose key to expect: ask the studio for its own, and give it with --key.",
    ]
    assert run(own_copy, sealed, "--key", signer.key_id).stdout.splitlines()[-1] == "That is the expected key."


def test_it_says_what_is_wrong_and_what_to_do(own_copy, delivery):
    (delivery / "look/sunset.cube").write_bytes(b"")
    assert run(own_copy, delivery).stdout.splitlines() == [
        f"{delivery} is not what was delivered: 1 fault",
        "  look/sunset.cube: is not what was signed",
        "Do not use it. Ask the studio to send it again.",
    ]


def test_wrong_usage_is_told_apart_from_a_refusal(own_copy, sealed):
    assert run(own_copy).returncode == 2
    assert run(own_copy, sealed, "--key", "me").returncode == 2
    assert run(own_copy, "--help").returncode == 0


def test_names_in_every_script_are_shown_even_where_the_terminal_knows_ascii_only(own_copy, delivery):
    (delivery / "Größe.txt").unlink()
    environment = {**os.environ, "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    said = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-S", own_copy, delivery], capture_output=True, check=False, env=environment
    )
    assert (said.returncode, said.stderr) == (1, b"")
    assert rb"Gr\xf6\xdfe.txt: is missing" in said.stdout


@pytest.fixture
def grown(tmp_path, signer, delivering):
    """A delivery, and its log after ten more entries."""
    folder = tmp_path / "grown"
    folder.mkdir()
    _, log = delivering(folder, signer, {"a.txt": b"a"})
    size = len(log.leaves)
    log.leaves += [b"%d" % index for index in range(10)]
    return folder, log, size


def growth(path, log, size, signer):
    record = {
        "old_size": size,
        "size": len(log.leaves),
        "path": [to_base64(step) for step in log.growth(size)],
        "checkpoint": log.checkpoint(signer),
    }
    path.write_text(json.dumps(record))
    return path


def test_a_log_that_only_grew_since_is_accepted(own_copy, grown, signer, tmp_path):
    folder, log, size = grown
    ended = run(own_copy, folder, "--growth", growth(tmp_path / "g.json", log, size, signer))
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_log_that_was_changed_since_is_refused(own_copy, grown, signer, stranger, tmp_path):
    folder, log, size = grown
    signed_by_another = growth(tmp_path / "a.json", log, size, stranger)
    log.leaves[size - 2] = b"forgotten"
    rewritten = growth(tmp_path / "b.json", log, size, signer)
    log.leaves = log.leaves[: size - 1]
    cut = growth(tmp_path / "c.json", log, size - 2, signer)
    nonsense = tmp_path / "d.json"
    nonsense.write_bytes(b'{"checkpoint":1}')
    for path, reason in {
        signed_by_another: "is not what key",
        rewritten: "does not lead from the old root to the new one",
        cut: "is no later checkpoint of the same log",
        nonsense: "is damaged",
    }.items():
        ended = run(own_copy, folder, "--growth", path)
        assert ended.returncode == 1, path
        assert f"  growth of the log: {reason}" in ended.stdout
