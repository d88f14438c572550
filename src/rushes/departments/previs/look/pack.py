"""A look pack: what a show looks like, learned from its own cleared frames; and as named tensors, and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.pieces import Light
from rushes.domain.errors import BadMaterial

Floats = NDArray[np.float32]
Tensors = Mapping[str, NDArray[np.generic]]
KIND = "look pack"


@dataclass(frozen=True, order=True)
class Source:
    """A frame that the pack drew on.

    Attributes:
        clip: as it was cleared.
        frame: number in that footage.
    """

    clip: str
    frame: int

    @property
    def words(self) -> str:
        """The frame for people: `bunny 40`."""
        return f"{self.clip} {self.frame}"


@dataclass(frozen=True, eq=False)
class Swatch:
    """One material of the show.

    Attributes:
        name: in plain words, of its colour and its texture; no two swatches share one.
        tile: (side, side, 3) float32 reflectance, scene-linear, that repeats without a seam.
        lab: CIE Lab of its colour as the show's frames have it.
        contrast: of its texture, standard deviation in stops.
        grain: 0 to 1: how much of that contrast is fine.
        metres: side of the tile on a set.
        source: the frame that every texel of the tile was cut from.
        rectangle: left, top, width and height of that cut, pixels of the frame.
        seen: every frame that the material was found in.
        share: of all that was looked at, 0 to 1.
    """

    name: str
    tile: Floats
    lab: tuple[float, float, float]
    contrast: float
    grain: float
    metres: float
    source: Source
    rectangle: tuple[int, int, int, int]
    seen: tuple[Source, ...]
    share: float


@dataclass(frozen=True, eq=False)
class LookPack:
    """What a show looks like.

    Attributes:
        swatches: the largest first.
        frames: all that it drew on.
        sizes: width and height of each of them.
        palette: (colours, 3) float32 scene-linear; dark to bright.
        shares: (colours,) float32 of each of them.
        light: key, sky, ground and haze as the frames suggest them.
        tones: (11,) float32 stops around mid grey, at 0, 10 … 100 of a hundred pixels.
        small: (frames, 36, 64, 3) float16 scene-linear: each frame for finding it again and grading towards it.
        thumbs: (frames, 108, 192, 3) uint8, through the show's view, with bars where the frame has another shape.
        regrade: (33, 33, 33, 3) float32 ACEScct codes by red, green and blue code: dressed greybox to the show, where
            nothing is known of the shot.
        luma: (3,) float32: what the primaries count for luminance.
    """

    swatches: tuple[Swatch, ...]
    frames: tuple[Source, ...]
    sizes: tuple[tuple[int, int], ...]
    palette: Floats
    shares: Floats
    light: Light
    tones: Floats
    small: NDArray[np.float16]
    thumbs: NDArray[np.uint8]
    regrade: Floats
    luma: Floats

    def swatch(self, name: str) -> int:
        """Return the place of a swatch, from 0; -1 where the pack has none of that name."""
        return next((place for place, swatch in enumerate(self.swatches) if swatch.name == name), -1)


def pack_look(pack: LookPack) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
    """Return a look pack as tensors by name and a card of JSON values."""
    tensors: dict[str, NDArray[np.generic]] = {
        "tiles": np.stack([swatch.tile for swatch in pack.swatches]).astype(np.float16),
        "palette": pack.palette,
        "shares": pack.shares,
        "tones": pack.tones,
        "small": pack.small,
        "thumbs": pack.thumbs,
        "regrade": pack.regrade,
        "luma": pack.luma,
    }
    described = []
    for swatch in pack.swatches:
        words = {name: value for name, value in vars(swatch).items() if name not in ("tile", "source", "seen")}
        source, seen = [swatch.source.clip, swatch.source.frame], [[one.clip, one.frame] for one in swatch.seen]
        described.append({**words, "source": source, "seen": seen})
    frames = [
        {"clip": one.clip, "frame": one.frame, "size": list(size)}
        for one, size in zip(pack.frames, pack.sizes, strict=True)
    ]
    light = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(pack.light).items()}
    return tensors, {"kind": KIND, "swatches": described, "frames": frames, "light": light}


def unpack_look(tensors: Tensors, card: Mapping[str, Any]) -> LookPack:
    """Read a look pack back.

    Raises:
        BadMaterial: naming what is missing.
    """
    expected = {"tiles", "palette", "shares", "tones", "small", "thumbs", "regrade", "luma"}
    gone = sorted(expected - set(tensors)) + sorted({"swatches", "frames", "light"} - set(card))
    if gone:
        raise BadMaterial("these weights are no look pack", [f"{name} is missing" for name in gone])
    tiles = np.asarray(tensors["tiles"], np.float32)
    swatches = tuple(_swatch(tile, words) for tile, words in zip(tiles, card["swatches"], strict=True))
    light: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in card["light"].items()
    }
    floats = {name: np.asarray(tensors[name], np.float32) for name in ("palette", "shares", "tones", "regrade", "luma")}
    return LookPack(
        swatches=swatches,
        frames=tuple(Source(one["clip"], one["frame"]) for one in card["frames"]),
        sizes=tuple((one["size"][0], one["size"][1]) for one in card["frames"]),
        light=Light(**light),
        small=np.asarray(tensors["small"], np.float16),
        thumbs=np.asarray(tensors["thumbs"], np.uint8),
        **floats,
    )


def _swatch(tile: Floats, words: Mapping[str, Any]) -> Swatch:
    left, top, width, height = words["rectangle"]
    light, red, blue = words["lab"]
    return Swatch(
        name=words["name"],
        tile=tile,
        lab=(light, red, blue),
        contrast=words["contrast"],
        grain=words["grain"],
        metres=words["metres"],
        source=Source(*words["source"]),
        rectangle=(left, top, width, height),
        seen=tuple(Source(*one) for one in words["seen"]),
        share=words["share"],
    )
