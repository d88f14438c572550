"""A taught model as TorchScript, from which Nuke's CatFileCreator makes the `.cat` that its Inference node reads.

What is in the file has to load in torches that are years older than the one here, so the operators are a closed list.
"""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from rushes.departments.paint.encoding import decoded_tensor, encoded_tensor
from rushes.departments.paint.layers import SURE
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.network import applies
from rushes.domain.errors import BadMaterial
from rushes.media.whole import whole_file

NOTES = "rushes.json"
"""Name of the notes inside the file; `torch.jit.load(path, _extra_files={"rushes.json": ""})` reads them."""

KNOWN_OPERATORS = """
    _convolution abs add.Tensor add_.Tensor avg_pool2d cat clamp div.Tensor expm1 gt.Scalar log1p logical_and
    lt.Scalar mul.Scalar mul.Tensor neg.int pad pixel_shuffle relu relu_ remainder.int sigmoid sign size.int
    slice.Tensor sub.Tensor to.dtype where.self
"""
"""What may be in the file: the tests load it and compare it in torch 1.12.1 (Nuke 14) and 2.1.1 (Nuke 15.1 and on)."""


class Encode(nn.Module):
    """Scene-linear light to paint codes."""

    def forward(self, light: Tensor) -> Tensor:
        """Return codes of light of any shape."""
        return encoded_tensor(light)


class Decode(nn.Module):
    """Paint codes to scene-linear light."""

    def forward(self, codes: Tensor) -> Tensor:
        """Return light of codes of any shape."""
        return decoded_tensor(codes)


class FirstHead(nn.Module):
    """The network without the head that only doubts, which nothing outside would see."""

    def __init__(self, model: PaintModel) -> None:
        super().__init__()
        self.changes, self.mattes = model.shape.changes, model.shape.mattes
        self.network = deepcopy(model.network).cpu().float().eval()
        both, channels = self.network.head, model.shape.outputs
        self.network.head = nn.ConvTranspose2d(both.in_channels, channels, 2, stride=2)
        self.network.head.weight = nn.Parameter(both.weight[:, :channels].detach().clone())
        self.network.head.bias = nn.Parameter(both.bias[:channels].detach().clone())  # type: ignore[index]
        self.requires_grad_(False)

    def forward(self, x_bchw: Tensor) -> Tensor:
        """Return `(b, outputs, h, w)`: change, where it applies, mattes, as far as there are, as a take has them."""
        made: Tensor = self.network(x_bchw)
        parts = []
        if self.changes:
            where = applies(made[:, 3:4])
            parts += [where * made[:, :3], where]
        if self.mattes:
            mattes = torch.sigmoid(made[:, -self.mattes :])
            parts.append(torch.clamp((mattes - SURE) / (1 - 2 * SURE), 0.0, 1.0))
        return torch.cat(parts, dim=1)


class Painting(nn.Module):
    """Scene-linear plates and guides to scene-linear result and mattes, for a picture of any size.

    What is encoded is float32 even where a host runs all else in half floats: the code of a light above 1310 overflows
    there, on its way.
    """

    def __init__(self, model: PaintModel) -> None:
        super().__init__()
        self.strength = 1.0
        self.stride = model.shape.stride
        self.plates = model.plates
        self.changes = model.shape.changes
        self.infinity = math.inf
        self.encode: nn.Module = Encode()
        self.decode: nn.Module = Decode()
        self.network: nn.Module = FirstHead(model)

    def forward(self, x: Tensor) -> Tensor:
        """Return `(b, 3 + mattes, h, w)`: result, where it was changed or the first matte, and further mattes.

        Args:
            x: `(b, channels, h, w)`, the plate first, then plates around it, then guides.
        """
        height, width = x.size(2), x.size(3)
        codes = self.encode(x[:, : self.plates].float())
        given = torch.cat([codes.to(x.dtype), x[:, self.plates :]], dim=1)
        margins = [0, (-width) % self.stride, 0, (-height) % self.stride]
        made = self.network(functional.pad(given, margins, mode="replicate"))[:, :, :height, :width]
        plate = x[:, :3]
        if not self.changes:
            return torch.cat([plate, made], dim=1)
        light = self.decode(codes[:, :3] + self.strength * made[:, :3].float()).to(x.dtype)
        # what the matte does not cover keeps its own bits: there and back through the codes it would not
        moves = torch.logical_and(self.strength * made[:, 3:4] > 0.0, torch.abs(light) < self.infinity)
        return torch.cat([torch.where(moves, light, plate), made[:, 3:]], dim=1)


def painting(model: PaintModel) -> Painting:
    """Return a model as a network that takes and gives scene-linear pictures.

    Raises:
        BadMaterial: it needs more than the pictures of one moment.
    """
    if model.carry:
        raise BadMaterial(
            "this model carries its mattes through the shot, which no other program can do for it",
            remedy="Render it here, or teach one without --set carry=true.",
        )
    return Painting(model).eval()


def scripted(model: PaintModel) -> torch.jit.ScriptModule:
    """Return a model as TorchScript: one tensor in, one out, of any height and width, in float or half float.

    `strength` is an attribute, 0 to 2, that a host sets as a knob.

    Args:
        model: taught.

    Raises:
        BadMaterial: it needs more than one moment, or operators that an older torch may not have.
    """
    whole = painting(model)
    # traced, for TorchScript does not read all of their Python; none of them looks at the size of the picture
    piece = torch.zeros(1, model.shape.inputs, 2 * model.shape.stride, 2 * model.shape.stride)
    for name in ("encode", "decode", "network"):
        traced = torch.jit.trace(getattr(whole, name), piece, check_trace=False)  # type: ignore[no-untyped-call]
        setattr(whole, name, traced)
    script: torch.jit.ScriptModule = torch.jit.script(whole)
    if unknown := sorted(operators(script) - {f"aten::{name}" for name in KNOWN_OPERATORS.split()}):
        raise BadMaterial("older torches may not have these operators", unknown, "Build the network without them.")
    return script


def operators(script: torch.jit.ScriptModule) -> set[str]:
    """Return every operator in a script by name and overload, as `aten::add.Tensor`."""
    return set(torch.jit.export_opnames(script))  # type: ignore[no-untyped-call]


def write_torchscript(path: Path, model: PaintModel, notes: Mapping[str, str]) -> Path:
    """Write a model as TorchScript.

    Args:
        path: to write, `.pt`.
        model: taught.
        notes: go into the file as JSON: model, digest, show and whatever else is to be known of it.
    """
    written = io.BytesIO()
    extra = {NOTES: json.dumps(dict(notes), indent=1, sort_keys=True, ensure_ascii=False)}
    torch.jit.save(scripted(model), written, _extra_files=extra)
    with whole_file(path) as draft, zipfile.ZipFile(written) as full, zipfile.ZipFile(draft, "w") as lean:
        for part in full.infolist():
            # they say where on this machine each line of the code lies, which is nobody's business
            if not part.filename.endswith(".debug_pkl"):
                lean.writestr(zipfile.ZipInfo(part.filename), full.read(part))
    return path
