"""Plain words for a material that nobody named: its colour, its lightness and its texture."""

from collections.abc import Sequence

import numpy as np

from rushes.departments.previs.look.tones import Floats

HUES = (
    (20, "pink"), (50, "red"), (75, "orange"), (100, "yellow"), (125, "olive"), (165, "green"), (205, "teal"),
    (235, "cyan"), (295, "blue"), (325, "violet"), (345, "magenta"), (361, "pink"),
)  # fmt: skip
"""Hue angle in CIE Lab up to which a word is used."""

GREY_BELOW, MUTED_BELOW = 6.0, 22.0
LIGHTNESS = ((22, "black"), (42, "dark"), (68, "mid"), (86, "light"), (1000, "white"))
TEXTURES = ((0.08, "smooth"), (0.2, "fine-grained"), (0.45, "grainy"), (1000, "rough"))
COARSE_BELOW = 0.72
"""Of the contrast that is fine, below which a texture is patchy rather than grained."""


def colour_words(lab: Floats) -> str:
    """Return words for a colour.

    >>> colour_words(np.array([35, 8, -30])), colour_words(np.array([75, 1, 2])), colour_words(np.array([60, 14, 40]))
    ('dark blue', 'light grey', 'brown')
    """
    level, red, yellow = (float(value) for value in lab)
    chroma = float(np.hypot(red, yellow))
    light = next(word for limit, word in LIGHTNESS if level < limit)
    if chroma < GREY_BELOW or (light in ("black", "white") and chroma < 12):
        cast = "" if chroma < 3 else "warm " if red + yellow > 0 else "cool "
        return cast + {"black": "black", "white": "white"}.get(light, f"{light} grey")
    angle = float(np.degrees(np.arctan2(yellow, red))) % 360
    hue = next(word for limit, word in HUES if angle < limit)
    if hue in ("orange", "red", "yellow") and level < 66 and chroma < 60 and angle < 95 and angle > 30:
        hue = "brown"
        hue = hue if chroma > 16 else "beige" if level > 55 else "taupe"
    muted = "muted " if chroma < MUTED_BELOW and hue not in ("brown", "beige", "taupe") else ""
    return {"mid": "", "black": "near-black ", "white": "pale "}.get(light, f"{light} ") + muted + hue


def texture_words(contrast: float, grain: float) -> str:
    """Return words for a texture.

    >>> texture_words(0.05, 0.9), texture_words(0.3, 0.9), texture_words(0.3, 0.5)
    ('smooth', 'grainy', 'patchy')
    """
    word = next(word for limit, word in TEXTURES if contrast < limit)
    return "patchy" if word in ("grainy", "rough") and grain < COARSE_BELOW else word


def names_for(described: Sequence[tuple[Floats, float, float]]) -> list[str]:
    """Return a name for each material, all of them different.

    Args:
        described: Lab, contrast in stops and grain of each.

    >>> names_for([(np.array([50, 0, 0]), 0.01, 1)] * 2)
    ['mid grey smooth', 'mid grey smooth 2']
    """
    names: list[str] = []
    for lab, contrast, grain in described:
        name = f"{colour_words(lab)} {texture_words(contrast, grain)}"
        same = sum(1 for other in names if other == name or other.startswith(f"{name} "))
        names.append(f"{name} {same + 1}" if same else name)
    return names
