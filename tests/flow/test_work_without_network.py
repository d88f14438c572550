"""A department that trains or renders can open no connection, whatever is in it: a real training, a real render."""

import platform
import socket
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from rushes.cli import run
from rushes.departments.find import find_department
from rushes.flow import rendering, train
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still

KERNEL = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
WINDOW = (0, 0, 95, 63)
COMMANDS = (
    "new nf --owner N --territory GB --view Un-tone-mapped",
    "rights licence all --owner N --allow ai_training --allow ai_inference",
    "ingest plate plate.####.exr --colour-space ACEScg --owner N --nobody",
    "ingest grade grade.####.exr --kind grade --colour-space ACEScg --owner N --nobody",
    "clear dusk --pair plate:grade",
    "train look --dataset dusk --set lattice=9 --set curve_points=9",
    "render dusk plate",
)


def curious(name, knock):
    department = find_department(name)

    def trains(*given):
        knock("training")
        return department.train(*given)

    def renderer(*given):
        renders = department.renderer(*given)

        def render(*frame):
            knock("rendering")
            return renders(*frame)

        return render

    return replace(department, train=trains, renderer=renderer)


@pytest.mark.skipif(not KERNEL, reason="the kernel takes a network away on Linux only, on x86-64 and ARM64")
def test_a_department_that_knocks_while_it_trains_and_while_it_renders_finds_no_way_out(
    tmp_path, monkeypatch, without_plots
):
    knocked = []

    def knock(when):
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
            try:
                socket.socket(family).close()
                knocked.append((when, "out"))
            except PermissionError:
                knocked.append((when, "refused"))

    for module in (train, rendering):
        monkeypatch.setattr(module, "find_department", partial(curious, knock=knock))
    monkeypatch.setenv("RUSHES_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    monkeypatch.chdir(tmp_path)
    plate = np.random.default_rng(1).uniform(0.1, 0.6, (64, 96, 3)).astype(np.float32)
    for name, gain in (("plate", 1.0), ("grade", 1.2)):
        write_still(tmp_path / f"{name}.0001.exr", Frame(1, np.float32(gain) * plate, Header(WINDOW, WINDOW)))
    with without_plots():
        for command in COMMANDS:
            assert run(command.split()) == 0, command
    assert set(knocked) == {("training", "refused"), ("rendering", "refused")}
    socket.socket().close()  # and the rest of the process is as it was
