"""Runs checkpoints of TuNet over frames, in TuNet's own Python, with TuNet's own model and tiling.

    PEER_PYTHON bench/paint_peer_runner.py CHECKOUT FRAMES OUT CHECKPOINT...

Writes OUT/<checkpoint>/<frame>.png and prints one JSON line for each checkpoint: its name, its training step, and
CPU-seconds for each frame. It is a file of its own because it imports `inference` from the peer's checkout (upstream
or fork), which lives in another environment; it imports nothing of Rushes.
"""

import json
import logging
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
sys.path.insert(0, sys.argv[1])

import inference  # type: ignore[import-not-found]  # of the peer's checkout
import torch

OVERLAP = 0.25
"""As upstream's README renders; its program's default of 0.5 costs it twice the time."""

RENAMED = {"d_block": "d", "m_block": "m", "c_block": "c"}
"""Upstream's `inference.py` names its layers otherwise than its `train.py` does and cannot load what that saves."""


def upstream_network(checkpoint: dict[str, Any]) -> torch.nn.Module:
    """Build upstream's network with the weights of a checkpoint."""
    size = SimpleNamespace(model=SimpleNamespace(model_size_dims=checkpoint["effective_model_size"]))
    network: torch.nn.Module = inference.UNet(config=size)
    weights = {
        ".".join(RENAMED.get(part, part) for part in key.split(".")): value
        for key, value in checkpoint["model_state_dict"].items()
    }
    network.load_state_dict(weights)
    return network.eval()


def tiling(resolution: int) -> dict[str, Any]:
    """Return how a frame is cut, as the peer's own command would."""
    stride = max(1, resolution - int(resolution * OVERLAP))
    return {"resolution": resolution, "stride": stride, "device": torch.device("cpu"), "batch_size": 1}


def render(path: Path, frames: list[Path], out: Path) -> dict[str, float | str]:
    """Run one checkpoint over frames."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=False)
    transform = inference.T.Compose(
        [inference.T.ToTensor(), inference.T.Normalize(mean=list(inference.NORM_MEAN), std=list(inference.NORM_STD))]
    )
    if hasattr(inference, "InferenceConfig"):  # the fork
        network, resolution, _, loss, _, residual = inference.load_model_and_config(str(path), torch.device("cpu"))
        cut = inference.InferenceConfig(**tiling(resolution), loss_mode=loss, predict_residual=residual)
        arguments: tuple[Any, ...] = (cut, transform, inference.denormalize)
    else:
        network = upstream_network(checkpoint)
        cut = tiling(checkpoint["config"]["data"]["resolution"])
        arguments = (*cut.values(), transform, inference.denormalize, False)
    began = time.process_time()
    for frame in frames:
        inference.process_image(network, str(frame), str(out / path.stem / frame.name), *arguments)
    seconds = (time.process_time() - began) / len(frames)
    return {"checkpoint": path.name, "step": checkpoint["global_step"], "seconds_per_frame": seconds}


def main() -> None:
    """Run every checkpoint named on the command line."""
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    frames, out = sorted(Path(sys.argv[2]).glob("*.png")), Path(sys.argv[3])
    for path in sys.argv[4:]:
        print(json.dumps(render(Path(path), frames, out)), flush=True)


if __name__ == "__main__":
    main()
