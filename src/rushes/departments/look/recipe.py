"""The settings of one look training."""

from dataclasses import dataclass

from rushes.domain.recipes import Recipe


@dataclass(frozen=True, kw_only=True)
class LookRecipe(Recipe):
    """How a look is learned.

    Attributes:
        encoding: OCIO name of the space in which the look is learned and kept: a log encoding, so that a stop is a
            stop everywhere; a display encoding where there is nothing but display-referred material.
        lattice: points along each axis of the residual LUT, 9 to 65; files of 33 points are made of it as well.
        curve_points: points of each curve.
        spatial: learn what depends on the place in the picture too (vignettes, windows); it fits into no LUT file.
        trims: the trims that shots have before they are matched to a hero shot: the text of an ASC `.ccc` or `.cdl`
            whose ids are the clips' names; `--set trims=@scene.ccc`.
        keyframes: of each matched shot's trim; below 2 one trim holds for the whole shot.
    """

    encoding: str = "ACEScct"
    lattice: int = 65
    curve_points: int = 65
    spatial: bool = False
    trims: str = ""
    keyframes: int = 0

    def objections(self) -> list[str]:
        """Return what makes these settings impossible to follow."""
        limits = {"lattice": (9, 65), "curve_points": (9, 257), "keyframes": (0, 1000)}
        values = {name: int(getattr(self, name)) for name in limits}
        return super().objections() + [
            f"{name}={values[name]}: it goes from {least} to {most}"
            for name, (least, most) in limits.items()
            if not least <= values[name] <= most
        ]
