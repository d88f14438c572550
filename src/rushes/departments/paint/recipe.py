"""The settings of one paint training."""

from dataclasses import dataclass

from rushes.domain.recipes import Recipe

LIMITS = {
    "seconds": (0, 360_000),
    "steps": (0, 10_000_000),
    "blocks": (1, 4),
    "crop": (32, 1024),
    "batch": (2, 256),
    "emphasis": (0, 1000),
    "rate": (0.0001, 0.1),
    "exposure_stops": (0, 4),
    "bend": (0, 0.5),
    "grain": (0, 0.2),
    "neighbours": (0, 3),
    "held_out": (0, 0.5),
    "patience": (1, 1000),
}


@dataclass(frozen=True, kw_only=True)
class PaintRecipe(Recipe):
    """How a fix is learned.

    Attributes:
        seconds: best model in this time on this machine; 0 goes by `steps`.
        steps: how many; 0, and no `seconds`: until it stops improving.
        widths: channels of the network at half the size, a quarter, and so on.
        blocks: residual blocks at each size.
        crop: side of the square pieces that it learns from, in pixels.
        batch: pieces in each step.
        emphasis: how much more a changed pixel counts than one that is to stay.
        rate: of learning, of the inner convolutions.
        flips: `all`: pieces are turned and flopped too; `sides`: flopped only, for what stands upright; `none`, for
            light that has a direction.
        exposure_stops: pieces are made so much brighter or darker, at most, before and after alike.
        bend: pieces are turned, scaled and sheared by so much, at most; for what moves.
        grain: noise that is added to before and after alike, in paint codes.
        neighbours: so many frames before and after are looked at too.
        held_out: share of the changed area that is kept back to judge by, where no whole pair can be.
        patience: judgements without improvement after which it ends.
        everywhere: the whole frame may change, as in a relight or a deblur; else a pair that changes everywhere is
            pointed out.
        carry: mattes are carried through the shot from the taught frames, as a hint.
        precision: `float32`, `bfloat16`, or `fastest`: bfloat16 where the processor computes with it.
    """

    seconds: float = 0.0
    steps: int = 0
    widths: str = "16,32"
    blocks: int = 1
    crop: int = 64
    batch: int = 4
    emphasis: float = 40.0
    rate: float = 0.02
    flips: str = "none"
    exposure_stops: float = 0.3
    bend: float = 0.0
    grain: float = 0.0
    neighbours: int = 0
    held_out: float = 0.15
    patience: int = 8
    everywhere: bool = False
    carry: bool = False
    precision: str = "fastest"

    @property
    def width_list(self) -> tuple[int, ...]:
        """The widths as numbers."""
        return tuple(int(width) for width in self.widths.split(","))

    def objections(self) -> list[str]:
        """Return what makes these settings impossible to follow."""
        wrong = [
            f"{name}={getattr(self, name):g}: it goes from {least:g} to {most:g}"
            for name, (least, most) in LIMITS.items()
            if not least <= getattr(self, name) <= most
        ]
        parts = self.widths.split(",")
        if not all(part.strip().isdecimal() and 8 <= int(part) <= 1024 for part in parts) or len(parts) > 6:
            wrong.append(f"widths={self.widths}: they are one to six numbers from 8 to 1024, as in 32,64")
        elif self.crop % 2 ** len(parts):
            wrong.append(f"crop={self.crop}: with {len(parts)} widths it is a multiple of {2 ** len(parts)}")
        if self.precision not in ("float32", "bfloat16", "fastest"):
            wrong.append(f"precision={self.precision}: it is float32, bfloat16 or fastest")
        if self.flips not in ("all", "sides", "none"):
            wrong.append(f"flips={self.flips}: it is all, sides or none")
        if self.seconds and self.steps:
            wrong.append("seconds and steps: name one of them")
        return super().objections() + wrong
