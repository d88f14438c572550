"""Which channels of a file are the picture. By name, never by place: OpenEXR sorts channels."""

from collections.abc import Sequence

SPELLINGS = (("r", "g", "b", "a"), ("red", "green", "blue", "alpha"))


def colour_channels(names: Sequence[str], layer: str = "") -> tuple[str, ...]:
    """Find red, green, blue (and alpha), or grey (and alpha), among the channels of one layer.

    A picture of a single channel, whatever its name, is a grey one: a matte, a depth.

    Returns:
        One to four of the names; none if this layer holds no picture.

    >>> colour_channels(["A", "B", "G", "R", "Z"])
    ('R', 'G', 'B', 'A')
    >>> colour_channels(["A", "B", "G", "R", "diffuse.red", "diffuse.green", "diffuse.blue"], "diffuse")
    ('diffuse.red', 'diffuse.green', 'diffuse.blue')
    >>> colour_channels(["Y", "A"]), colour_channels(["Z"]), colour_channels(["N.x", "N.y"])
    (('Y', 'A'), ('Z',), ())
    """
    prefix = f"{layer}." if layer else ""
    mine = {name[len(prefix) :].lower(): name for name in names if name.startswith(prefix)}
    for red, green, blue, alpha in SPELLINGS:
        if red in mine and green in mine and blue in mine:
            return tuple(mine[letter] for letter in (red, green, blue, alpha) if letter in mine)
    # Y beside X is a direction, not luminance
    if "y" in mine and "x" not in mine:
        return tuple(mine[letter] for letter in ("y", "a") if letter in mine)
    return tuple(mine.values()) if len(mine) == 1 else ()


def layers_of(names: Sequence[str]) -> list[str]:
    """Return the layers that hold a picture.

    >>> layers_of(["diffuse.R", "diffuse.G", "diffuse.B", "N.x", "N.y"])
    ['diffuse']
    """
    prefixes = dict.fromkeys(name.rpartition(".")[0] for name in names if "." in name)
    return [layer for layer in prefixes if colour_channels(names, layer)]
