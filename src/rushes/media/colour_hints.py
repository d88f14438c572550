"""What a file says of its own colour, in words, for the person who has to say what it is.

Files are silent more often than not, and wrong often enough: none is believed, and nothing here decides.
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.colour import open_config
from rushes.media.colour_words import (
    AS_SAID,
    DPX_SILENCE,
    DPX_WORDS,
    ICC_PROFILES,
    MATRICES,
    PRIMARIES,
    TRANSFERS,
    Fit,
    fits_of,
    primaries_named,
)
from rushes.media.frames import Header
from rushes.media.movie_signal import UNSAID, ColourTags
from rushes.media.movies import is_movie, read_colour_tags
from rushes.media.stills import read_header

TELLING = ("colorspace", "colourspace", "colorgamma", "gammacurve", "colorscience")
"""Parts of names under which cameras and renderers say how they encode."""
LONGEST = 80
"""Signs of a value that are shown."""


class Said(NamedTuple):
    """What a file says of its colour.

    Attributes:
        words: one for each thing that it says.
        fits: names of colour spaces that may be meant.
    """

    words: tuple[str, ...] = ()
    fits: tuple[Fit, ...] = ()


def colour_hints(path: Path, config: str, said_by: Callable[[Path], Said] | None = None) -> tuple[str, ...]:
    """Return what a file says of its own colour, and what that would be called in a show's config.

    Args:
        path: a movie or a still; no pixel of it is decoded for this.
        config: OpenColorIO config, `ocio://…` or a path.
        said_by: asks the file; `said_by_file`, unless it comes from outside and must be asked elsewhere.

    Returns:
        Lines for a person: what the file says; then, where names in the config fit, how to say each.
    """
    try:
        said = (said_by or said_by_file)(path)
    except (BadMaterial, NotFound) as error:
        return (f"the file cannot be asked: {error.what}",)
    may_be: dict[str, str] = {}
    for alias, why in said.fits:
        may_be.setdefault(_name_in(config, alias), why)
    names = [f"it may be --colour-space {shlex.quote(name)}, {why}" for name, why in may_be.items() if name]
    words = ", ".join(map(_plain, said.words))
    return (f"the file says: {words}" if words else "the file says nothing of its colour", *names)


def said_by_file(path: Path) -> Said:
    """Ask a movie or a still what it says of its colour.

    Raises:
        BadMaterial: it cannot be read.
        NotFound: it is not there.
    """
    return _said_by_movie(path) if is_movie(path) else said_by_still(read_header(path))


def said_by_still(header: Header) -> Said:
    """Put together what a picture file says of its colour; it may say several things that do not agree.

    >>> said_by_still(Header((0, 0, 1, 1), (0, 0, 1, 1), attributes={"acesImageContainerFlag": 1}))
    Said(words=('an ACES image container',), fits=(('lin_ap0', 'as the file says'),))
    """
    said = [one for one in (way(header.attributes) for way in WAYS) if one.words] or [_by_habit(header.attributes)]
    return Said(tuple(word for one in said for word in one.words), tuple(fit for one in said for fit in one.fits))


def said_by_tags(tags: ColourTags) -> Said:
    """Put the numbers of ITU-T H.273 into words."""
    primaries, transfer = _named(PRIMARIES, tags.primaries), _named(TRANSFERS, tags.transfer)
    said = {"primaries": primaries, "transfer": transfer, "matrix": _named(MATRICES, tags.matrix)}
    said["range"] = "" if tags.full_range is None else "full" if tags.full_range else "video"
    return Said(tuple(f"{kind} {word}" for kind, word in said.items() if word), fits_of(primaries, transfer))


def _said_by_movie(path: Path) -> Said:
    tags, metadata = read_colour_tags(path)
    said, in_passing = said_by_tags(tags), _in_passing(metadata)
    return Said(said.words + in_passing.words, said.fits)


def _by_name(attributes: Mapping[str, Any]) -> Said:
    words, fits = [], []
    if name := str(attributes.get("colorInteropID", "")):
        # configs from before the Color Interop Forum know the same names without the end
        fits += [(name, AS_SAID), (name.removesuffix("_scene"), AS_SAID)]
        words.append(f"colorInteropID {name}")
    if attributes.get("acesImageContainerFlag") == 1:
        fits.append(("lin_ap0", AS_SAID))
        words.append("an ACES image container")
    return Said(tuple(words), tuple(fits))


def _by_numbers(attributes: Mapping[str, Any]) -> Said:
    numbers = _numbers(attributes, "CICP", 4)
    if not numbers:
        return Said()
    primaries, transfer, matrix, full_range = map(int, numbers)
    return said_by_tags(ColourTags(primaries, transfer, matrix, bool(full_range)))


def _by_chromaticities(attributes: Mapping[str, Any]) -> Said:
    numbers = _numbers(attributes, "chromaticities", 8)
    if not numbers:
        return Said()
    primaries = primaries_named(numbers)
    fits = tuple((alias, "if its light is linear, as in EXR it should be") for alias, _ in fits_of(primaries, "linear"))
    return Said((f"primaries {primaries}",), fits)


def _by_dpx(attributes: Mapping[str, Any]) -> Said:
    said = {kind: str(attributes.get(f"dpx:{kind}", "")) for kind in ("Colorimetric", "Transfer")}
    primaries, transfer = (DPX_WORDS.get(word, word) for word in said.values())
    words = {"primaries": primaries, "transfer": transfer}
    told = tuple(f"{kind} {word}" for kind, word in words.items() if word not in DPX_SILENCE)
    return Said(told, fits_of(primaries, transfer))


def _by_profile(attributes: Mapping[str, Any]) -> Said:
    profile = str(attributes.get("ICCProfile:profile_description", ""))
    meant = next((encoding for part, encoding in ICC_PROFILES.items() if part in profile), ("", ""))
    return Said((f"ICC profile {profile}",) if profile else (), fits_of(*meant))


def _in_passing(attributes: Mapping[str, Any]) -> Said:
    """Collect what cameras and renderers write under names of their own, such as `arnold/color_space`."""
    words = []
    for name, value in attributes.items():
        letters = "".join(letter for letter in name.lower() if letter.isalpha())
        own = not name.startswith(("ICCProfile", "oiio:"))
        if own and isinstance(value, str) and value and any(word in letters for word in TELLING):
            words.append(f"{name} {value}")
    return Said(tuple(words))


def _by_gamma(attributes: Mapping[str, Any]) -> Said:
    return Said(tuple(f"gamma {gamma:g}" for gamma in _numbers(attributes, "oiio:Gamma", 1)), _habit(attributes))


def _by_habit(attributes: Mapping[str, Any]) -> Said:
    fits = _habit(attributes)
    return Said(tuple(f"nothing certain; OpenImageIO takes it for {name}" for name, _ in fits), fits)


def _habit(attributes: Mapping[str, Any]) -> tuple[Fit, ...]:
    """Return what OpenImageIO has to say, which calls every JPEG sRGB, one with an Adobe RGB profile too."""
    name = str(attributes.get("oiio:ColorSpace", ""))
    return ((name, "if OpenImageIO is right"),) if name else ()


WAYS = (_by_name, _by_numbers, _by_chromaticities, _by_dpx, _by_profile, _by_gamma, _in_passing)
"""The surest first."""


def _numbers(attributes: Mapping[str, Any], name: str, count: int) -> tuple[float, ...]:
    """Return the numbers of an attribute, or none: under the same name somebody may have written a text."""
    value = attributes.get(name, ())
    values = value if isinstance(value, tuple) else (value,)
    return values if len(values) == count and all(isinstance(each, int | float) for each in values) else ()


def _named(names: Mapping[int, str], number: int) -> str:
    return "" if number in UNSAID and number not in names else names.get(number, f"H.273 {number}")


def _name_in(config: str, alias: str) -> str:
    space = open_config(config).getColorSpace(alias)
    return "" if space is None else str(space.getName())


def _plain(text: str) -> str:
    """Make a file's words fit to be shown: they could steer a terminal, or fill it."""
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
