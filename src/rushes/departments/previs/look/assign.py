"""Which swatch a surface wears: what the art department says, or else what its words and its grey suggest."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.look.pack import LookPack, Swatch
from rushes.departments.previs.stage.pieces import Piece
from rushes.domain.errors import BadMaterial, NotFound

PLAIN = frozenset({"skin", "face", "hand", "body"})
"""Surfaces that wear only the colour of their swatch: grain of a wall on a face is an ailment."""

GREYBOX = "greybox"
"""Said instead of a swatch: this surface stays as it was blocked."""

OPEN, KEPT = -1, -2
"""In an assignment: nobody decided; stays greybox."""

WORDS: Mapping[str, tuple[float, float, float, float]] = {
    "asphalt road street tarmac": (38, 0, 1, 0.3),
    "bark earth soil mud dirt": (32, 6, 14, 0.6),
    "brick terracotta": (45, 22, 24, 0.35),
    "carpet rug curtain velvet drape": (34, 18, 10, 0.2),
    "ceramic enamel porcelain tiled": (86, 0, 2, 0.04),
    "cloth fabric wool shirt costume coat jacket dress clothes": (40, 2, -2, 0.2),
    "concrete cement stone pavement paving column pillar rock": (66, 0, 6, 0.15),
    "denim jeans trousers": (33, 0, -18, 0.25),
    "floor ground": (58, 2, 8, 0.2),
    "foliage grass leaf leaves hedge bush tree plant lawn": (42, -14, 28, 0.7),
    "glass window mirror water sea": (55, -3, -10, 0.1),
    "gold brass copper": (60, 12, 45, 0.3),
    "hair fur": (22, 5, 8, 0.4),
    "leather saddle": (32, 12, 18, 0.2),
    "linen paper book card shade": (86, 0, 6, 0.05),
    "metal steel iron machine chrome car vehicle worktop": (45, -1, -3, 0.2),
    "plaster painted wallpaper ceiling wall facade skirting": (76, 1, 7, 0.06),
    "rubber screen black": (10, 0, 0, 0.05),
    "sand gravel beach desert": (68, 3, 16, 0.3),
    "skin face hand body arm leg head": (64, 16, 20, 0.05),
    "sky backdrop": (72, -2, -22, 0.03),
    "snow ice white": (90, 0, 0, 0.05),
    "wood wooden timber panelled parquet plank oak door table desk chair crate furniture": (48, 12, 26, 0.25),
}
"""What things commonly are: CIE Lab and contrast in stops, for words that an art department uses. Rules of thumb."""

PLAINEST = "plaster painted wallpaper ceiling wall facade skirting"

COLOURS: Mapping[str, tuple[float, float]] = {
    "red": (45, 28), "orange": (32, 50), "brown": (14, 26), "yellow": (2, 60), "green": (-30, 28), "teal": (-25, -5),
    "blue": (4, -36), "violet": (25, -30), "pink": (35, 4), "grey": (0, 2), "gray": (0, 2),
}  # fmt: skip
"""CIE a and b of a colour that a surface's own words name; it wins over what the thing commonly is."""

GREY_COUNTS, COLOUR_COUNTS, TEXTURE_COUNTS = 0.8, 1.0, 9.0
RARE_COUNTS = 6.0
REPEATS_COUNT = 5.0
WORN_ALREADY, MOST_WORN = 5.0, 4
"""What it costs to wear a swatch that another surface wears: a set of one material says little."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """What every piece of a stage wears.

    Attributes:
        swatches: (pieces + 1,) int32 by number in the id pass: place in the pack, `OPEN`, or `KEPT`.
        shifts: (pieces + 1, 2) float32: where on its tile each piece begins, so that no two repeat alike.
        plain: (pieces + 1,) bool: those that wear only the colour of their swatch.
        greys: (pieces + 1, 3) float32: what each reflects as greybox; 0 where nobody knows.
        worn: swatch by surface, or `greybox`, for people.
        decided: the surfaces that somebody decided.
    """

    swatches: NDArray[np.int32]
    shifts: NDArray[np.float32]
    plain: NDArray[np.bool_]
    greys: NDArray[np.float32]
    worn: Mapping[str, str]
    decided: frozenset[str] = frozenset()


def assign(
    pieces: Sequence[Piece],
    pack: LookPack,
    wanted: Mapping[str, str] | None = None,
    *,
    locked: Collection[str] = (),
    seed: int = 0,
) -> Assignment:
    """Say what every piece of a stage wears.

    Args:
        pieces: of the stage, in the order of the id pass.
        pack: the show's.
        wanted: name of a swatch, or `greybox`, by surface or by name of a piece; it always wins.
        locked: surfaces, names of pieces, or whose they are, that stay greybox.
        seed: of where on its tile each piece begins.

    Raises:
        NotFound: a swatch that the pack does not have.
        BadMaterial: with every surface that is wanted or locked, and that the stage does not have.
    """
    wanted = dict(wanted or {})
    _refuse(pieces, pack, wanted, locked=locked)
    surfaces = {piece.surface: piece for piece in sorted(pieces, key=_metres)}
    worn = {surface: wanted[surface] for surface in surfaces if surface in wanted}
    for surface, piece in surfaces.items():
        if surface not in worn:
            worn[surface] = suggested(surface, piece.grey, pack, taken=list(worn.values()), metres=_metres(piece))
    numbers = [OPEN]
    for piece in pieces:
        name = wanted.get(piece.name, worn[piece.surface])
        kept = name == GREYBOX or bool({piece.surface, piece.name, piece.of} - {""} & set(locked))
        numbers.append(KEPT if kept else pack.swatch(name))
    shifts = np.random.default_rng(seed).random((len(numbers), 2), np.float32)
    plain = np.array([False, *(bool(_words(piece.surface) & PLAIN) for piece in pieces)])
    greys = np.array([(0, 0, 0), *(piece.grey for piece in pieces)], np.float32)
    return Assignment(np.array(numbers, np.int32), shifts, plain, greys, worn, frozenset(wanted))


def suggested(
    surface: str,
    grey: tuple[float, float, float],
    pack: LookPack,
    *,
    taken: Sequence[str] = (),
    metres: float = 1.0,
) -> str:
    """Return the name of the swatch that a surface's words and grey suggest.

    Args:
        surface: in the art department's words; a swatch's own name is understood.
        grey: of the greybox, scene-linear; says how light it is, and of what colour if it has one.
        pack: the show's.
        taken: swatches that other surfaces wear, one for each of them.
        metres: of the longest side that it covers: a small tile says the same thing over and over on a long wall.
    """
    lab, contrast, sure = _expected(surface, grey)
    plain = bool(_words(surface) & PLAIN)

    def cost(swatch: Swatch) -> float:
        apart = np.abs(np.array(swatch.lab) - lab)
        colour = float(np.hypot(apart[1], apart[2])) * (COLOUR_COUNTS if sure else 0.35)
        texture = abs(np.log2((swatch.contrast + 0.03) / (contrast + 0.03))) * TEXTURE_COUNTS
        if plain:  # of its swatch only the colour is seen
            return float(GREY_COUNTS * apart[0] + 2 * colour)
        # what shows well in the frames is what a set is mostly made of
        rare = -RARE_COUNTS * float(np.log10(max(swatch.share, 1e-4)) + 2)
        seen_again = np.log2(max(1.0, metres / (4 * swatch.metres))) * min(1.0, swatch.contrast / 0.1)
        tired = REPEATS_COUNT * seen_again + WORN_ALREADY * min(taken.count(swatch.name), MOST_WORN)
        return float(GREY_COUNTS * apart[0] + colour + texture + rare + tired)

    named = [swatch for swatch in pack.swatches if swatch.name == surface.lower()]
    return min(named or pack.swatches, key=cost).name


def _expected(surface: str, grey: tuple[float, float, float]) -> tuple[np.ndarray, float, bool]:
    """Return the Lab and the contrast that a surface is expected to have, and whether its words said so."""
    words = _words(surface)
    level = 116 * max(float(np.mean(grey)), 0.008856) ** (1 / 3) - 16
    # the more particular word says more: a brick wall is brick
    known = [values for names, values in WORDS.items() if words & set(names.split())]
    known = [values for values in known if values != WORDS[PLAINEST]] or known
    lab, contrast = np.array([level, 0.0, 4.0]), 0.15
    if known:
        mean = np.mean(known, axis=0)
        lab, contrast = np.array([(2 * mean[0] + level) / 3, mean[1], mean[2]]), float(mean[3])
    said = [COLOURS[word] for word in sorted(words & set(COLOURS))]
    if said:
        lab[1:] = np.mean(said, axis=0)
    lab[0] += 18 * (len(words & {"light", "pale", "bright"}) - len(words & {"dark", "deep"}))
    if words & {"smooth", "rough"}:
        contrast = 0.5 if "rough" in words else 0.04
    return lab, contrast, bool(known or said)


def _metres(piece: Piece) -> float:
    return float(np.ptp(piece.vertices, axis=0).max()) if len(piece.vertices) else 1.0


def _words(surface: str) -> set[str]:
    return set(re.findall(r"[a-z]+", surface.lower()))


def _refuse(pieces: Sequence[Piece], pack: LookPack, wanted: Mapping[str, str], *, locked: Collection[str]) -> None:
    for name in wanted.values():
        if name != GREYBOX and pack.swatch(name) < 0:
            raise NotFound("swatch", name, [*(swatch.name for swatch in pack.swatches), GREYBOX])
    here = {word for piece in pieces for word in (piece.surface, piece.name)}
    owners = {piece.of for piece in pieces}
    reasons = [f"{name} wears {wanted[name]}, and is not on this stage" for name in wanted if name not in here]
    reasons += [f"{name} is locked, and is not on this stage" for name in locked if name not in here | owners]
    if reasons:
        raise BadMaterial("this assignment does not fit the stage", reasons, "Name surfaces or pieces of the stage.")
