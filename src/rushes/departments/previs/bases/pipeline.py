"""A licensed base opened for work: offline, safetensors only, the same seed the same picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    StableDiffusionControlNetPipeline,
    StableDiffusionPipeline,
)
from numpy.typing import NDArray

from rushes.departments.previs.bases.licensed import RIGHTS_CLASS, LicensedBase
from rushes.domain.errors import BadMaterial

LARGEST_PIXELS = 4096 * 4096


@dataclass(frozen=True)
class Wish:
    """What is asked of a base.

    Attributes:
        words: in plain language.
        width: pixels, a multiple of the base's own grain.
        height: pixels.
        seed: of the noise.
        steps: of the sampler.
        guidance: how strongly the words count.
        control: how strongly the control picture counts, 0 to 1.
    """

    words: str
    width: int
    height: int
    seed: int = 0
    steps: int = 20
    guidance: float = 5.0
    control: float = 1.0


@dataclass(frozen=True, eq=False)
class Opened:
    """A base in memory: the diffusers pipeline, and what it was opened from. `rights` goes wherever a picture goes."""

    base: LicensedBase
    pipe: Any
    rights: str = RIGHTS_CLASS


def load_base(base: LicensedBase, device: str = "cpu") -> Opened:
    """Open a base that passed `check_base`; nothing is fetched, nothing of it is run.

    Args:
        base: what to open.
        device: `cpu` or `cuda`.
    """
    pipe = StableDiffusionPipeline.from_pretrained(
        str(base.folder),
        local_files_only=True,
        use_safetensors=True,
        safety_checker=None,
        requires_safety_checker=False,
    )
    # one sampler for every base, without noise of its own: a seed is all that makes two pictures differ
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return Opened(base, pipe.to(device))


def grain(opened: Opened) -> int:
    """Return the pixels that one value of the base's latent stands for: sizes are multiples of it."""
    vae: AutoencoderKL = opened.pipe.vae
    return int(2 ** (len(vae.config.block_out_channels) - 1))


def new_control(opened: Opened, seed: int = 0) -> ControlNetModel:
    """Return a control network on the base's own first half; before it is taught it changes nothing.

    Args:
        opened: the base.
        seed: of what is random in it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        # as many halvings as the base's own, so that the control picture has the picture's size
        channels = tuple(16 * 2**step for step in range(len(opened.pipe.vae.config.block_out_channels)))
        return ControlNetModel.from_unet(opened.pipe.unet, conditioning_channels=3,
                                         conditioning_embedding_out_channels=channels)  # fmt: skip


def generate(
    opened: Opened,
    wish: Wish,
    control: ControlNetModel | None = None,
    *,
    shown: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return a picture; the same wish gives the same picture.

    Args:
        opened: the base, with or without an adapter.
        wish: what is asked.
        control: a control network, which needs a picture to look at.
        shown: (3, height, width) float32, 0 to 1: the control picture.

    Returns:
        (3, height, width) float32, display encoded, 0 to 1.

    Raises:
        BadMaterial: sizes that the base cannot draw, or control without a picture; every reason at once.
    """
    _check(opened, wish, control=control, shown=shown)
    noise = torch.Generator("cpu").manual_seed(wish.seed)
    asked: dict[str, Any] = {
        "prompt": wish.words,
        "width": wish.width,
        "height": wish.height,
        "num_inference_steps": wish.steps,
        "guidance_scale": wish.guidance,
        "generator": noise,
        "output_type": "np",
    }
    pipe = opened.pipe
    if control is not None:
        pipe = StableDiffusionControlNetPipeline(**opened.pipe.components, controlnet=control,
                                                 requires_safety_checker=False)  # fmt: skip
        pipe.set_progress_bar_config(disable=True)
        asked |= {"image": torch.from_numpy(np.array(shown))[None], "controlnet_conditioning_scale": wish.control}
    picture = pipe(**asked).images[0]
    return np.ascontiguousarray(np.moveaxis(picture, -1, 0), np.float32)


def _check(opened: Opened, wish: Wish, *, control: Any, shown: NDArray[np.float32] | None) -> None:
    step, wrong = grain(opened), []
    for name, size in (("width", wish.width), ("height", wish.height)):
        if size < step or size % step:
            wrong.append(f"{name} {size}: this base draws multiples of {step}")
    if wish.width * wish.height > LARGEST_PIXELS:
        wrong.append(f"{wish.width}×{wish.height} is larger than 16 million pixels")
    if wish.steps < 1 or wish.steps > 1000:
        wrong.append(f"{wish.steps} steps: from 1 to 1000")
    if (control is None) != (shown is None):
        wrong.append("a control network and its picture come together")
    elif shown is not None and shown.shape != (3, wish.height, wish.width):
        wrong.append(f"the control picture is {shown.shape}, and not {(3, wish.height, wish.width)}")
    if wrong:
        raise BadMaterial("the base cannot draw this", wrong, "Ask for another size, or give what is missing.")
