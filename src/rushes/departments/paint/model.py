"""A taught model as weights and card, and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rushes.departments.paint.network import PaintNet, Shape
from rushes.domain.errors import BadMaterial

Arrays = Mapping[str, npt.NDArray[np.generic]]
Floats = npt.NDArray[np.float32]
NET, KEY = "net.", "key."


@dataclass(frozen=True)
class PaintModel:
    """What was taught, ready to work.

    Attributes:
        network: in evaluation mode.
        shape: of it.
        neighbours: so many frames before and after are looked at too.
        guides: channels of mattes that are given beside the plate.
        carry: mattes are carried through the shot as a hint.
        keys: taught mattes by frame, `(k, height, width)` at a small size, where they are carried.
        clip: that the keys are of.
        taught: frames that it was taught by, `clip frame`.
        signatures: what each of them looks like, `(n, length)`.
    """

    network: PaintNet
    shape: Shape
    neighbours: int
    guides: int
    carry: bool
    keys: Mapping[int, Floats]
    clip: str
    taught: tuple[tuple[str, int], ...]
    signatures: Floats

    @property
    def plates(self) -> int:
        """How many channels of what it is given are plates."""
        return 3 * (1 + 2 * self.neighbours)


def pack_model(model: PaintModel) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, Any]]:
    """Return weights by name, and the card that says what they are."""
    weights: dict[str, npt.NDArray[np.generic]] = {
        NET + name: value.cpu().numpy() for name, value in model.network.state_dict().items()
    }
    for frame, key in model.keys.items():
        weights[f"{KEY}{frame}"] = np.round(key * 255).astype(np.uint8)
    card = {
        "shape": {**asdict(model.shape), "widths": list(model.shape.widths)},
        "neighbours": model.neighbours,
        "guides": model.guides,
        "carry": model.carry,
        "clip": model.clip,
        "taught": [list(one) for one in model.taught],
        "signatures": [[round(float(value), 4) for value in one] for one in model.signatures],
    }
    return weights, card


def unpack_model(weights: Arrays, card: Mapping[str, Any]) -> PaintModel:
    """Open a model.

    Raises:
        BadMaterial: these weights are no paint model.
    """
    try:
        shape = Shape(**{**card["shape"], "widths": tuple(card["shape"]["widths"])})
        network = PaintNet(shape)
        network.load_state_dict(tensors_of(weights))
        return PaintModel(
            network=network.eval(),
            shape=shape,
            neighbours=int(card["neighbours"]),
            guides=int(card["guides"]),
            carry=bool(card["carry"]),
            keys={int(name[len(KEY) :]): _key(value) for name, value in weights.items() if name.startswith(KEY)},
            clip=str(card["clip"]),
            taught=tuple((str(clip), int(frame)) for clip, frame in card["taught"]),
            signatures=np.asarray(card["signatures"], np.float32),
        )
    except (LookupError, TypeError, ValueError, RuntimeError) as error:
        raise BadMaterial(f"these weights are no paint model: {str(error).splitlines()[0]}") from error


def tensors_of(weights: Arrays) -> dict[str, Tensor]:
    """Return the network's own tensors out of weights."""
    return {
        name[len(NET) :]: torch.from_numpy(np.asarray(value, np.float32))
        for name, value in weights.items()
        if name.startswith(NET)
    }


def _key(value: npt.NDArray[np.generic]) -> Floats:
    return np.asarray(value, np.float32) / np.float32(255)
