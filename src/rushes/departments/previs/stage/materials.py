"""What things are made of, in the art department's words, and how light each is in the greybox."""

Grey = tuple[float, float, float]

GREYS: dict[str, Grey] = {
    "plaster wall": (0.62, 0.61, 0.58),
    "painted wall": (0.52, 0.54, 0.53),
    "tiled wall": (0.66, 0.68, 0.68),
    "brick wall": (0.34, 0.29, 0.26),
    "concrete wall": (0.42, 0.42, 0.41),
    "panelled wall": (0.27, 0.22, 0.18),
    "stone wall": (0.38, 0.37, 0.35),
    "facade": (0.46, 0.44, 0.41),
    "ceiling": (0.74, 0.74, 0.72),
    "skirting": (0.70, 0.69, 0.66),
    "wooden floor": (0.31, 0.26, 0.21),
    "tiled floor": (0.47, 0.46, 0.44),
    "carpet": (0.26, 0.25, 0.27),
    "concrete floor": (0.36, 0.36, 0.35),
    "stone floor": (0.33, 0.32, 0.30),
    "asphalt": (0.155, 0.155, 0.16),
    "paving": (0.37, 0.36, 0.35),
    "gravel": (0.34, 0.32, 0.29),
    "grass": (0.21, 0.24, 0.15),
    "earth": (0.25, 0.21, 0.17),
    "sand": (0.52, 0.47, 0.38),
    "snow": (0.82, 0.83, 0.85),
    "water": (0.14, 0.18, 0.21),
    "rock": (0.33, 0.32, 0.31),
    "foliage": (0.15, 0.19, 0.11),
    "bark": (0.17, 0.14, 0.11),
    "light wood": (0.43, 0.36, 0.28),
    "dark wood": (0.17, 0.13, 0.10),
    "painted wood": (0.63, 0.62, 0.59),
    "fabric": (0.33, 0.34, 0.37),
    "linen": (0.70, 0.69, 0.67),
    "leather": (0.16, 0.13, 0.12),
    "metal": (0.36, 0.37, 0.38),
    "dark metal": (0.13, 0.13, 0.14),
    "enamel": (0.72, 0.72, 0.71),
    "ceramic": (0.78, 0.78, 0.77),
    "glass": (0.12, 0.14, 0.16),
    "screen": (0.06, 0.065, 0.075),
    "worktop": (0.25, 0.25, 0.26),
    "car paint": (0.24, 0.27, 0.31),
    "rubber": (0.05, 0.05, 0.055),
    "paper": (0.70, 0.68, 0.63),
    "lamp shade": (0.76, 0.72, 0.64),
}
UNKNOWN: Grey = (0.42, 0.42, 0.42)


def grey_of(surface: str) -> Grey:
    """Return how light a surface is: by its name, else by a known name that it ends on, else mid grey.

    >>> grey_of("plaster wall") == grey_of("flaking plaster wall"), grey_of("unobtainium")
    (True, (0.42, 0.42, 0.42))
    """
    words = surface.lower().split()
    for start in range(len(words)):
        known = GREYS.get(" ".join(words[start:]))
        if known:
            return known
    return UNKNOWN
