"""The settings of one training of the show's look pack."""

from dataclasses import dataclass

from rushes.domain.recipes import Recipe

LIMITS = {"swatches": (2, 40), "tile": (32, 256), "most_frames": (1, 200), "painter_steps": (0, 100_000)}


@dataclass(frozen=True, kw_only=True)
class PrevisRecipe(Recipe):
    """How a look pack is learned.

    Attributes:
        swatches: materials that are looked for; fewer are found where the frames show fewer.
        tile: pixels along a side of a swatch's texture, a power of two.
        most_frames: frames that are looked at; of more, as many spread over all of them.
        painter_steps: of the painter that the same frames teach, for painted boards; 0 teaches none.
        frame_spans_m: metres that a frame of the show is taken to span, from its left to its right, where a material
            fills it: frames tell no size, and textures need one.
    """

    swatches: int = 16
    tile: int = 128
    most_frames: int = 48
    painter_steps: int = 0
    frame_spans_m: float = 8.0

    def objections(self) -> list[str]:
        """Return what makes these settings impossible to follow."""
        wrong = [
            f"{name}={getattr(self, name)}: it goes from {least} to {most}"
            for name, (least, most) in LIMITS.items()
            if not least <= int(getattr(self, name)) <= most
        ]
        if self.tile & (self.tile - 1):
            wrong.append(f"tile={self.tile}: it is a power of two")
        if not 0.1 <= self.frame_spans_m <= 100:
            wrong.append(f"frame_spans_m={self.frame_spans_m}: it goes from 0.1 to 100")
        return super().objections() + wrong
