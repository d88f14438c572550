"""An adapter (LoRA) taught on a licensed base by the show's own frames: small, removable, useless without its base."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import ControlNetModel, DDPMScheduler
from numpy.typing import NDArray
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict

from rushes.departments.previs.bases.licensed import RIGHTS_CLASS
from rushes.departments.previs.bases.pipeline import Opened, grain
from rushes.domain.errors import BadMaterial

NAME = "show"
Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class AdapterLesson:
    """One frame of the show and the words that go with it; `shown` is its control picture where control is taught."""

    picture: NDArray[np.float32]
    words: str
    shown: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class AdapterRecipe:
    """How an adapter is taught: steps of one lesson each, rank of the LoRA, step size, seed of everything random."""

    steps: int = 200
    rank: int = 8
    rate: float = 1e-3
    seed: int = 0


@dataclass(frozen=True)
class Adapter:
    """What was learned.

    Attributes:
        weights: by name; they become one safetensors file.
        card: base, recipe, loss at start and end, rights class.
    """

    weights: Weights
    card: Mapping[str, Any]


def train_lora(
    opened: Opened,
    lessons: Sequence[AdapterLesson],
    recipe: AdapterRecipe,
    *,
    told: Callable[[int, float], None] = lambda step, loss: None,
) -> Adapter:
    """Teach an adapter on a base; the base itself is left as it was.

    Args:
        opened: the base, without an adapter.
        lessons: frames (3, height, width) float32 0 to 1, display encoded, with words.
        recipe: how.
        told: called with every step and its loss.
    """
    _check(opened, lessons)
    unet = opened.pipe.unet
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        config = LoraConfig(r=recipe.rank, lora_alpha=recipe.rank, init_lora_weights=True,
                            target_modules=["to_q", "to_k", "to_v", "to_out.0"])  # fmt: skip
        unet.add_adapter(config, adapter_name=NAME)
        try:
            losses = _steps(opened, lessons, recipe, learners=_trainable(unet), told=told)
            learned = get_peft_model_state_dict(unet, adapter_name=NAME)
            weights = {name: tensor.detach().cpu().numpy().copy() for name, tensor in learned.items()}
        finally:
            take_off(opened)
    return Adapter(weights, _card(opened, recipe, losses, kind="lora"))


def train_control(
    opened: Opened,
    control: ControlNetModel,
    lessons: Sequence[AdapterLesson],
    *,
    recipe: AdapterRecipe,
    told: Callable[[int, float], None] = lambda step, loss: None,
) -> Adapter:
    """Teach a control network to put the show's frames where our passes put them; it is changed in place.

    Args:
        opened: the base, which is left as it was.
        control: of `pipeline.new_control`.
        lessons: each with its control picture.
        recipe: how; the rank is not used.
        told: called with every step and its loss.
    """
    _check(opened, lessons, shown=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        control.train()
        losses = _steps(opened, lessons, recipe, learners=list(control.parameters()), told=told, control=control)
        control.eval()
    weights = {name: tensor.detach().cpu().numpy().copy() for name, tensor in control.state_dict().items()}
    return Adapter(weights, _card(opened, recipe, losses, kind="control"))


def put_on(opened: Opened, adapter: Adapter, weight: float = 1.0) -> None:
    """Put an adapter on its base; at weight 0 the base draws as it did without.

    Args:
        opened: the base that the adapter was taught on.
        adapter: of `train_lora`.
        weight: how strongly it counts, 0 to 1.

    Raises:
        BadMaterial: it was taught on another base, or is no LoRA.
    """
    card = adapter.card
    wrong = []
    if card.get("kind") != "lora":
        wrong.append(f"it is {card.get('kind')!r}, and no LoRA")
    if card.get("base") != opened.base.digest:
        wrong.append(f"it was taught on {card.get('base')}, and this base is {opened.base.digest}")
    if not 0 <= weight <= 1:
        wrong.append(f"its weight is {weight}, and not from 0 to 1")
    if wrong:
        raise BadMaterial("this adapter cannot be put on", wrong, "Take the base that it was taught on.")
    unet = opened.pipe.unet
    take_off(opened)
    config = LoraConfig(r=card["rank"], lora_alpha=card["rank"], target_modules=["to_q", "to_k", "to_v", "to_out.0"])
    unet.add_adapter(config, adapter_name=NAME)
    set_peft_model_state_dict(unet, {n: torch.from_numpy(np.array(w)) for n, w in adapter.weights.items()},
                              adapter_name=NAME)  # fmt: skip
    unet.set_adapters([NAME], [weight])


def take_off(opened: Opened) -> None:
    """Take the adapter off, if there is one: the base draws as it did."""
    if NAME in getattr(opened.pipe.unet, "peft_config", {}):
        opened.pipe.unet.unload_lora()  # not only switched off: its layers are as they were


def _trainable(unet: Any) -> list[torch.nn.Parameter]:
    for name, weight in unet.named_parameters():
        weight.requires_grad_("lora_" in name)
    return [weight for weight in unet.parameters() if weight.requires_grad]


def _steps(
    opened: Opened,
    lessons: Sequence[AdapterLesson],
    recipe: AdapterRecipe,
    *,
    learners: list[torch.nn.Parameter],
    told: Callable[[int, float], None],
    control: ControlNetModel | None = None,
) -> list[float]:
    pipe = opened.pipe
    schedule = DDPMScheduler.from_config(pipe.scheduler.config)
    latents, words = _encoded(opened, lessons)
    noise = torch.Generator("cpu").manual_seed(recipe.seed)
    optimiser = torch.optim.AdamW(learners, lr=recipe.rate)
    losses = []
    for step in range(recipe.steps):
        at = int(torch.randint(len(lessons), (1,), generator=noise))
        time = torch.randint(schedule.config.num_train_timesteps, (1,), generator=noise)
        grains = torch.randn(latents[at].shape, generator=noise).to(latents[at].device)
        noisy = schedule.add_noise(latents[at], grains, time)
        seen: dict[str, Any] = {}
        if control is not None:
            shown = torch.from_numpy(np.array(lessons[at].shown))[None].to(noisy.device)
            down, middle = control(noisy, time, words[at], controlnet_cond=shown, return_dict=False)
            seen = {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
        guess = pipe.unet(noisy, time, encoder_hidden_states=words[at], **seen).sample
        wanted = grains
        if schedule.config.prediction_type == "v_prediction":
            wanted = schedule.get_velocity(latents[at], grains, time)
        loss = torch.nn.functional.mse_loss(guess, wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
        told(step + 1, losses[-1])
    return losses


@torch.no_grad()
def _encoded(opened: Opened, lessons: Sequence[AdapterLesson]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    pipe = opened.pipe
    latents, words = [], []
    for lesson in lessons:
        picture = torch.from_numpy(np.ascontiguousarray(lesson.picture))[None].to(pipe.device) * 2 - 1
        latents.append(pipe.vae.encode(picture).latent_dist.mode() * pipe.vae.config.scaling_factor)
        asked, _ = pipe.encode_prompt(lesson.words, pipe.device, 1, do_classifier_free_guidance=False)
        words.append(asked)
    return latents, words


def _check(opened: Opened, lessons: Sequence[AdapterLesson], *, shown: bool = False) -> None:
    step, wrong = grain(opened), [] if lessons else ["there is no lesson"]
    for number, lesson in enumerate(lessons, 1):
        size = lesson.picture.shape
        if len(size) != 3 or size[0] != 3 or size[1] % step or size[2] % step or not np.isfinite(lesson.picture).all():
            wrong.append(f"lesson {number}: {size} is no picture in multiples of {step}, or holds NaN")
        elif shown and (lesson.shown is None or lesson.shown.shape != size):
            wrong.append(f"lesson {number}: it has no control picture of its size")
    if wrong:
        raise BadMaterial("nothing can be taught with this", wrong, "Cut the frames to that grain.")


def _card(opened: Opened, recipe: AdapterRecipe, losses: Sequence[float], *, kind: str) -> dict[str, Any]:
    part = max(len(losses) // 5, 1)
    return {
        "kind": kind,
        "rights": RIGHTS_CLASS,
        "base": opened.base.digest,
        "passports": list(opened.base.passports),
        "rank": recipe.rank,
        "steps": recipe.steps,
        "seed": recipe.seed,
        "loss": [float(np.mean(losses[:part])), float(np.mean(losses[-part:]))],
    }
