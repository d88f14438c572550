"""What a command refuses before it sends any work out."""

import subprocess
import sys

import pytest

RENDER = ("render", "dusk", "plate")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--on", "ray", "--only", "1-2"), "--on and --only exclude each other"),
        (("--on", "ray", "--only", "1-2", "--farm", "jobs"), "--on and --only and --farm exclude each other"),
        (("--on", "rai"), "no place to run named 'rai'; did you mean 'ray'?"),
        (("--on", "ray="), "'ray=' names no cluster"),
    ],
)
def test_a_place_that_is_none_is_refused_before_anything_is_looked_up(show, typed, words, why):
    code, _, error = typed(*RENDER, *words)
    assert code == 1
    assert error.startswith(why)


def test_without_ray_the_command_says_what_to_install():
    script = (
        "import sys; sys.modules['ray'] = None\n"
        "from rushes.domain.errors import MissingExtra\n"
        "from rushes.jobs.on_ray import spread_on_ray\n"
        "try: spread_on_ray('module:name', [''], print)\n"
        "except MissingExtra as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["this needs ray, which is not installed", "pip install 'rushes[ray]'"]
