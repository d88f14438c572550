"""A taught model as ONNX, and what Flame wants to know of it; no file stays that does not say what torch says."""

import io
import json
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from rushes.departments.paint.encoding import SCALE, SLOPE
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.out_torchscript import Painting, painting
from rushes.domain.errors import BadMaterial, MissingExtra
from rushes.media.whole import whole_file

OPSET = 17
CLOSE = 1e-4
"""Of light up to diffuse white, and as a part of brighter light."""

SIZES = ((48, 80), (37, 51), (8, 8), (1, 3))
"""Height and width that a file is tried at: multiples of the stride, odd, less than the stride."""

OLDEST_FLAME = "2025.1"
PLATE, GUIDE, RESULT, MATTE = "plate", "guide", "result", "matte"


class DecodeWithExp(nn.Module):
    """Paint codes to scene-linear light, in the words of ONNX, which has no `expm1`."""

    def forward(self, codes: Tensor) -> Tensor:
        """Return light of codes of any shape; within 1e-8 of `decoded_tensor` around zero."""
        return torch.sign(codes) * (torch.exp(torch.abs(codes) * SCALE) - 1.0) / SLOPE


class Sockets(nn.Module):
    """A painting with a socket for each picture that comes in, and for each that goes out."""

    def __init__(self, whole: Painting, outgoing: Sequence[str]) -> None:
        super().__init__()
        self.whole, self.outgoing = whole, tuple(outgoing)

    def forward(self, *pictures: Tensor) -> tuple[Tensor, ...]:
        """Return the pictures that go out, in order: result if there is one, mattes."""
        made = self.whole(torch.cat(pictures, dim=1))
        mattes = range(3, 3 + sum(name != RESULT for name in self.outgoing))
        return (
            *([made[:, :3]] if RESULT in self.outgoing else []),
            *(made[:, matte : matte + 1] for matte in mattes),
        )


def incoming(model: PaintModel) -> dict[str, int]:
    """Return the pictures that a model is given, by name, with their channels: plate, plates around it, guide."""
    around = [f"{side}_{far}" for side in ("before", "after") for far in range(1, model.neighbours + 1)]
    return {PLATE: 3, **dict.fromkeys(around, 3), **({GUIDE: model.guides} if model.guides else {})}


def outgoing(model: PaintModel) -> tuple[str, ...]:
    """Return the names of what a model makes: `result`, and mattes: of where it was changed, then those taught."""
    count = model.shape.changes + model.shape.mattes
    mattes = [MATTE, *(f"{MATTE}_{number}" for number in range(2, count + 1))]
    return (*([RESULT] if model.shape.changes else []), *mattes)


def write_onnx(path: Path, model: PaintModel, *, title: str, notes: Mapping[str, str]) -> tuple[Path, Path]:
    """Write a model as one ONNX file of any height and width, and the JSON that lets Flame open it.

    Args:
        path: to write, `.onnx`; the JSON has the same name.
        model: taught.
        title: for people.
        notes: go into the file's metadata: model, digest, show and whatever else is to be known of it.

    Returns:
        The ONNX file and the JSON.

    Raises:
        MissingExtra: onnx or onnxruntime is not installed.
        BadMaterial: the model cannot be exported, or ONNX Runtime does not say what torch says; nothing is written.
    """
    onnx = _package("onnx")
    graph = onnx.load_from_string(_exported(model))
    graph.producer_name, graph.producer_version = "rushes", version("rushes")
    graph.graph.name, graph.doc_string = title, "Scene-linear light in and out; any height and width."
    for socket in graph.graph.output:
        socket.type.tensor_type.shape.dim[0].dim_value = 1  # the exporter did not see that it stays one picture
    onnx.helper.set_model_props(graph, dict(notes))
    onnx.checker.check_model(graph, full_check=True)
    with whole_file(path) as draft:
        draft.write_bytes(graph.SerializeToString(deterministic=True))
        check_onnx(draft, model)
    beside = path.with_suffix(".json")
    with whole_file(beside) as draft:
        draft.write_text(json.dumps(flame_description(model, title), indent=4) + "\n", encoding="utf-8")
    return path, beside


def check_onnx(path: Path, model: PaintModel, sizes: Sequence[tuple[int, int]] = SIZES) -> float:
    """Hold an ONNX file against torch, and return how far they are apart at most.

    Args:
        path: of the file.
        model: that it was made of.
        sizes: height and width of the pictures to try: random light from 0.001 to 30, a tenth of it negative.

    Raises:
        BadMaterial: they are further apart than 1e-4; with every size at which they are.
    """
    runtime = _package("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    whole, names = Sockets(painting(model), outgoing(model)), incoming(model)
    random = torch.Generator().manual_seed(0)
    apart = {}
    for height, width in sizes:
        pictures = [_picture(name, (1, many, height, width), random) for name, many in names.items()]
        said = session.run(None, {name: picture.numpy() for name, picture in zip(names, pictures, strict=True)})
        with torch.inference_mode():
            wanted = whole(*pictures)
        apart[height, width] = max(_apart(torch.from_numpy(a), b) for a, b in zip(said, wanted, strict=True))
    # written so that what is no number fails too
    if wrong := [f"{w} × {h}: {far:.2g}" for (h, w), far in apart.items() if not far <= CLOSE]:
        raise BadMaterial(f"ONNX Runtime does not say what torch says of {path.name}", wrong, "Do not use this file.")
    return max(apart.values())


def flame_description(model: PaintModel, title: str) -> dict[str, Any]:
    """Return what Flame wants to know of a model beside its ONNX file; names are those of the graph."""
    kinds = {PLATE: "Front", GUIDE: "Matte"}
    sockets = [
        {
            "Name": name,
            "Description": name.replace("_", " "),
            "Type": kinds.get(name, "Aux"),
            "Gain": 1.0,
            "Channels": "RGB" if channels == 3 else "A",
        }
        for name, channels in incoming(model).items()
    ]
    results = [
        {
            "Name": name,
            "Description": name.replace("_", " "),
            "Type": "Result" if name == RESULT else "OutMatte",
            "InverseGain": 1.0,
            "ScalingFactor": 1.0,
            "Channels": "RGB" if name == RESULT else "A",
        }
        for name in outgoing(model)
    ]
    about = {"MinimumVersion": OLDEST_FLAME, "Name": title, "Description": f"{title}, by Rushes; scene-linear light"}
    how = {"SupportsSceneLinear": True, "KeepAspectRatio": True, "Padding": model.shape.stride}
    return {"ModelDescription": {**about, **how, "Inputs": sockets, "Outputs": results}}


def _exported(model: PaintModel) -> bytes:
    whole, names = painting(model), (*incoming(model), *outgoing(model))
    whole.decode = DecodeWithExp()
    side = 2 * model.shape.stride
    pictures = tuple(torch.zeros(1, channels, side, side) for channels in incoming(model).values())
    written = io.BytesIO()
    with warnings.catch_warnings():
        # the exporter that took its place needs two packages more, and writes weights beside the graph
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Sockets(whole, outgoing(model)).eval(),
            pictures,
            written,  # type: ignore[arg-type]
            dynamo=False,
            opset_version=OPSET,
            input_names=list(incoming(model)),
            output_names=list(outgoing(model)),
            dynamic_axes={name: {2: "height", 3: "width"} for name in names},
        )
    return written.getvalue()


def _picture(name: str, shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    even = torch.rand(shape, generator=random)
    if name == GUIDE:
        return even
    light = 0.001 * 30_000**even
    return torch.where(torch.rand(shape, generator=random) < 0.1, -light, light)


def _apart(said: Tensor, wanted: Tensor) -> float:
    return float(((said - wanted).abs() / wanted.abs().clamp(min=1.0)).max())


def _package(name: str) -> Any:
    if find_spec(name) is None:
        raise MissingExtra("train", name)
    return import_module(name)
