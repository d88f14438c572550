"""A Nuke script that makes a `.cat` of a model, runs it, and lays its work into the plate where it applies.

A `.nk` script is Tcl, and Nuke runs what stands in brackets, also in labels and file names: no word of a person's gets
into one unless it is plain.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from rushes.departments.paint.model import PaintModel
from rushes.domain.errors import BadMaterial
from rushes.media.whole import whole_file

OLDEST_NUKE = "14.0"
RED_GREEN_BLUE = ("rgba.red", "rgba.green", "rgba.blue")
ALPHA = "rgba.alpha"

CARRIERS = (
    *("forward.u", "forward.v", "backward.u", "backward.v", "disparityL.x", "disparityL.y"),
    *("disparityR.x", "disparityR.y", "depth.Z", "mask.a", "rotopaint_mask.a", "mask_planartrack.a"),
)
"""Channels of Nuke's own that the plates around ride in: its Inference node has one input, and knows 19 names."""

MATTES = (ALPHA, "mask.a", "rotopaint_mask.a", "mask_planartrack.a", "mask_splinewarp.a")

Knobs = Sequence[tuple[str, str | float]]


def channels_in(model: PaintModel) -> tuple[str, ...]:
    """Return Nuke's names of the channels that a model takes, in order.

    Raises:
        BadMaterial: Nuke has not so many.
    """
    if 6 * model.neighbours > len(CARRIERS):
        most = len(CARRIERS) // 6
        raise BadMaterial(
            f"this model looks at {model.neighbours} frames before and after, and Nuke has channels for {most}",
            remedy=f"Render it here, or teach one with --set neighbours={most}.",
        )
    return (*RED_GREEN_BLUE, *CARRIERS[: 6 * model.neighbours], *([ALPHA] if model.guides else []))


def channels_out(model: PaintModel) -> tuple[str, ...]:
    """Return Nuke's names of the channels that a model makes, in order: result or plate, and mattes."""
    return (*RED_GREEN_BLUE, *MATTES[: model.shape.changes + model.shape.mattes])


def write_nuke(torchscript: Path, model: PaintModel, *, title: str, working_space: str) -> tuple[Path, Path]:
    """Write a Nuke script, and the `cat.json` of a Cattery folder, beside a TorchScript file.

    Args:
        torchscript: the model's `.pt`; the script has the same name and finds it by a relative path.
        model: that is in it.
        title: for people.
        working_space: that the model was taught in, scene-linear; a label says so.

    Raises:
        BadMaterial: Nuke cannot carry what the model needs, or would take part of the file's name for a command.
    """
    if not re.fullmatch(r"[\w.-]+", torchscript.name, re.ASCII):
        raise BadMaterial(f"Nuke could not open {torchscript.name!r} by name", remedy="Use letters, digits, _ . and -.")
    script, card = torchscript.with_suffix(".nk"), torchscript.with_name("cat.json")
    with whole_file(script) as draft:
        draft.write_text(nuke_script(torchscript.stem, model, title=title, working_space=working_space), "utf-8")
    with whole_file(card) as draft:
        draft.write_text(json.dumps(_card(torchscript.stem, title, working_space), indent=4) + "\n", "utf-8")
    return script, card


def nuke_script(stem: str, model: PaintModel, *, title: str, working_space: str) -> str:
    """Return the text of the script.

    Args:
        stem: of the files beside it.
        model: taught.
        title: for people.
        working_space: scene-linear.
    """
    space = _plain(working_space)
    parts = [
        f"version {OLDEST_NUKE} v1",
        'Root {\n inputs 0\n project_directory "\\[python \\{nuke.script_directory()\\}]"\n}',
        _cat_file_creator(stem, model, _plain(title)),
        _node("Dot", [("inputs", 0), ("name", "plate"), ("label", f"plate: scene-linear {space}"), *_at(0, 0)]),
        "set Nplate [stack 0]\nset Nfed [stack 0]",
        *_around(model),
        "push $Nfed",
        _node(
            "Inference", [("modelFile", f"{stem}.cat"), ("name", "paint"), ("label", f"{space} in and out"), *_at(0, 4)]
        ),
        "set Nmade [stack 0]",
        *(_laid_in() if model.shape.changes else _mattes_only(model)),
    ]
    return "\n".join(parts) + "\n"


def _cat_file_creator(stem: str, model: PaintModel, title: str) -> str:
    knobs: Knobs = [
        ("inputs", 0),
        ("torchScriptFile", f"{stem}.pt"),
        ("catFile", f"{stem}.cat"),
        ("channelsIn", ", ".join(channels_in(model))),
        ("channelsOut", ", ".join(channels_out(model))),
        ("modelId", stem),
        ("name", "make_cat"),
        ("label", f"{title}\\npress Create .cat file once"),
        *_at(3, 0),
    ]
    # a knob of the model's own: the name of its attribute, from nothing to twice what was learned
    strength: Knobs = [("addUserKnob", "{20 User}"), ("addUserKnob", "{7 strength R 0 2}"), ("strength", 1)]
    return _node("CatFileCreator", [*knobs, *(strength if model.shape.changes else [])])


def _around(model: PaintModel) -> list[str]:
    """Return what puts plates around the plate, and its guide, into further channels of the plate."""
    parts = []
    offsets = [way * far for way in (1, -1) for far in range(1, model.neighbours + 1)]
    for number, offset in enumerate(offsets):
        # Nuke moves the clip: by +1 the frame before is seen
        name = f"{'before' if offset > 0 else 'after'}_{abs(offset)}"
        carriers = channels_in(model)[3 + 3 * number : 6 + 3 * number]
        parts += [
            "push $Nplate",
            _node("TimeOffset", [("time_offset", offset), ("name", name), *_at(-2, number)]),
            "push $Nfed",
            _copy(f"carry_{name}", dict(zip(carriers, RED_GREEN_BLUE, strict=True)), *_at(0, 1 + number)),
            "set Nfed [stack 0]",
        ]
    if model.guides:
        guide: Knobs = [("inputs", 0), ("name", "guide"), ("label", "guide: matte in alpha"), *_at(-2, 3)]
        parts += [
            _node("Dot", guide),
            "push $Nfed",
            _copy("carry_guide", {ALPHA: ALPHA}, *_at(0, 3)),
            "set Nfed [stack 0]",
        ]
    return parts


def _laid_in() -> list[str]:
    # half floats round what the matte does not cover too, so it is taken from the plate. The mask is hard, for the
    # result has the matte's soft edge in it already
    keymix: Knobs = [
        ("inputs", 3),
        ("channels", "rgb"),
        ("mix", 1),
        ("name", "laid_in"),
        ("label", "mix: 0 plate, 1 result"),
    ]
    return [
        _node("Expression", [("expr3", "a > 0"), ("name", "where_it_applies"), *_at(2, 5)]),
        "push $Nmade",
        "push $Nplate",
        _node("Keymix", [*keymix, *_at(0, 6)]),
    ]


def _mattes_only(model: PaintModel) -> list[str]:
    mattes = MATTES[: model.shape.mattes]
    return ["push $Nplate", _copy("with_mattes", dict(zip(mattes, mattes, strict=True)), ("mix", 1), *_at(0, 6))]


def _copy(name: str, into: dict[str, str], *knobs: tuple[str, str | float]) -> str:
    pairs: Knobs = [
        knob
        for number, (target, source) in enumerate(into.items())
        for knob in ((f"from{number}", source), (f"to{number}", target))
    ]
    return _node("Copy", [("inputs", 2), *pairs, ("name", name), *knobs])


def _node(kind: str, knobs: Knobs) -> str:
    return "\n".join([f"{kind} {{", *(f" {name} {_word(value)}" for name, value in knobs), "}"])


def _word(value: str | float) -> str:
    text = str(value)
    return text if re.fullmatch(r"[\w.-]+|{.*}", text, re.ASCII) else f'"{text}"'


def _plain(text: str) -> str:
    """Return a person's words without what means something to Tcl."""
    return re.sub(r"""["'\\$\[\]{};#\s]+""", " ", text).strip()


def _at(column: int, row: int) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("xpos", 120 * column), ("ypos", 60 * row)


def _card(stem: str, title: str, working_space: str) -> dict[str, object]:
    return {
        "minimum_nuke_version_required": OLDEST_NUKE,
        "version": "1",
        "category": "Rushes",
        "description": f"{title}: scene-linear {working_space} in and out",
        "cats": [{"filepath": f"{stem}.cat", "name": title, "icon": ""}],
    }
