"""A fix for other programs: TorchScript and a script for Nuke, ONNX and its description for Flame and others."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.departments.department import HandOver, Weights
from rushes.departments.paint.model import PaintModel, unpack_model
from rushes.departments.paint.out_nuke import write_nuke
from rushes.departments.paint.out_onnx import write_onnx
from rushes.departments.paint.out_torchscript import write_torchscript


def write_paint(weights: Weights, card: Mapping[str, Any], over: HandOver, folder: Path) -> tuple[Path, ...]:
    """Write a fix for other programs; returns every file.

    A model whose mattes are carried through the shot works here alone: of it there is only the note.
    """
    model = unpack_model(weights, card)
    files: dict[Path, str] = {}
    if not model.carry:
        files = _for_programs(model, over, folder)
    return (*files, _note(model, over, folder, files=files))


def _for_programs(model: PaintModel, over: HandOver, folder: Path) -> dict[Path, str]:
    notes = {"title": over.title, "working space": over.colour.working_space, "made by": "Rushes"}
    notes |= {"model": over.model, "may be used": "; ".join(over.scope)}
    stem = re.sub(r"[^\w.-]+", "-", over.title, flags=re.ASCII).strip(".-") or "fix"
    script = write_torchscript(folder / f"{stem}.pt", model, notes)
    onnx, flame = write_onnx(folder / f"{stem}.onnx", model, title=over.title, notes=notes)
    nuke, cattery = write_nuke(script, model, title=over.title, working_space=over.colour.working_space)
    return {
        nuke: "open this in NukeX: its CatFileCreator makes the .cat that its Inference node reads",
        script: "TorchScript, what the .cat is made of; Nuke 14 and later",
        cattery: "describes the .cat for a Cattery folder",
        onnx: "ONNX, any size; for Flame, and anything that runs ONNX",
        flame: "what Flame wants to know of the ONNX file; keep both together",
    }


def _note(model: PaintModel, over: HandOver, folder: Path, *, files: Mapping[Path, str]) -> Path:
    names = [(str(path.relative_to(folder)), words) for path, words in files.items()]
    room = Environment(
        loader=PackageLoader("rushes.departments.paint"), undefined=StrictUndefined, trim_blocks=True, autoescape=False
    )
    path = folder / "README.txt"
    values = {"over": over, "model": model, "files": names, "width": max((len(name) for name, _ in names), default=0)}
    path.write_text(room.get_template("hand_over.txt.j2").render(**values), encoding="utf-8")
    return path
