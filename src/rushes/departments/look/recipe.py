"""The settings of one look training."""

from dataclasses import dataclass

from rushes.domain.recipes import Recipe


@dataclass(frozen=True, kw_only=True)
class LookRecipe(Recipe):
    """How a look is learned.

    Attributes:
        encoding: OCIO name of the log space in which the look is learned and kept.
        lattice: points along each axis of the residual LUT, 17 to 65.
    """

    encoding: str = "ACEScct"
    lattice: int = 33
