"""One step's gradients, computed in parts side by side: on the cores of a processor, or on several GPUs.

Each copy of the network takes over the parameters before its part. The parts are always the same ones and are added up
in the same order, so the weights do not depend on how many cores there are. It is what DistributedDataParallel does, in
one process and without opening a connection (decision 0012).
"""

import copy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rushes.departments.paint.crops import Pieces
from rushes.departments.paint.losses import Counts, loss_of
from rushes.departments.paint.network import PaintNet, Shape
from rushes.departments.paint.recipe import PaintRecipe

PARTS = 2
"""On a processor; on GPUs as many as there are."""


def device_of_this_machine() -> torch.device:
    """Return where to compute: CUDA, Apple's GPU, or the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def devices_of_this_machine() -> list[torch.device]:
    """Return everything to compute on side by side: each GPU, or the processor so many times as a step has parts."""
    first = device_of_this_machine()
    if first.type == "cuda":
        return [torch.device("cuda", number) for number in range(torch.cuda.device_count())]
    return [first] * (PARTS if first.type == "cpu" else 1)


class Parts:
    """Copies of a network with gradients of their own, for parts of a step."""

    def __init__(self, network: PaintNet, shape: Shape, recipe: PaintRecipe, *, covered_counts: float) -> None:
        devices = devices_of_this_machine()
        if devices[0].type == "cpu":
            torch.set_num_threads(1)  # a part's sums are added up in one order
        self._network, self._shape = network, shape
        self._pixels = Counts(recipe.emphasis, covered_counts)
        self._half = computes_in_bfloat16(recipe, devices[0])
        self._copies = [copy.deepcopy(network).to(device) for device in devices]
        self._pool = ThreadPoolExecutor(len(devices), "part")

    def gradients(self, pieces: Pieces) -> tuple[dict[str, Tensor], float]:
        """Return the gradient of each parameter, where the network is, and the loss: means over the pieces."""
        count, whole = len(self._copies), (pieces.given, pieces.targets, pieces.whose)
        parts = [[one[number::count] for one in whole] for number in range(count)]
        losses = list(self._pool.map(self._part, self._copies, parts))
        gradients = {}
        for name, *mine in self._named():
            total = mine[0].clone()
            for one in mine[1:]:
                total += one.to(total.device)
            gradients[name] = total / len(pieces.given)
        return gradients, sum(losses) / len(pieces.given)

    def _named(self) -> Iterator[tuple[str, *tuple[Tensor, ...]]]:
        names = [name for name, _ in self._network.named_parameters()]
        for name, *copies in zip(names, *(one.parameters() for one in self._copies), strict=True):
            yield name, *(parameter.grad for parameter in copies if parameter.grad is not None)

    def _part(self, network: PaintNet, piece: list[npt.NDArray[np.generic]]) -> float:
        with torch.no_grad():
            for mine, shared in zip(network.parameters(), self._network.parameters(), strict=True):
                mine.copy_(shared)
        network.zero_grad(set_to_none=True)
        device = next(network.parameters()).device
        x, y, whose = (torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in piece)
        with torch.autocast(device.type, torch.bfloat16, enabled=self._half):
            made = network(x.to(memory_format=torch.channels_last))
        loss = loss_of(made.float(), x, y, shape=self._shape, pixels=self._pixels, whose=whose)
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())


def computes_in_bfloat16(recipe: PaintRecipe, device: torch.device) -> bool:
    """Return whether to train in bfloat16: where asked to, or where the machine has arithmetic of its own for it."""
    if recipe.precision != "fastest":
        return recipe.precision == "bfloat16"
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and bool(
        torch.backends.cpu.get_cpu_capability() == "AVX512" and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )
