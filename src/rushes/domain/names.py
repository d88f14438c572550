"""What a person, a dataset or a delivery may be called: one rule for every noun, for names end up in file names."""

import unicodedata

from rushes.domain.errors import BadMaterial


def check_name(kind: str, name: str) -> str:
    """Return a name that can be said in a command, in a pair and in a file name.

    Args:
        kind: what is named, for the message.
        name: letters of any script, digits, `_`, `-` and dots; it begins with none of the last two.

    Raises:
        BadMaterial: it holds something else.

    >>> check_name("model", "été_2026-v1.2")
    'été_2026-v1.2'
    >>> check_name("delivery", "reel 1/b")
    Traceback (most recent call last):
    rushes.domain.errors.BadMaterial: 'reel 1/b' is no name for a delivery
    Use letters, digits, _, - and dots, without spaces; begin with a letter, a digit or _.
    """
    fits = all(letter in "_-." or letter.isalnum() or _is_mark(letter) for letter in name)
    if not fits or not name or name[0] in "-." or _is_mark(name[0]):
        remedy = "Use letters, digits, _, - and dots, without spaces; begin with a letter, a digit or _."
        raise BadMaterial(f"{name!r} is no name for {_a(kind)}", remedy=remedy)
    return name


def _is_mark(letter: str) -> bool:
    """Tell whether it belongs to the letter before it: the accents of a file name from a Mac, the vowels of Hindi."""
    return unicodedata.category(letter).startswith("M")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
