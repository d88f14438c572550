"""Timecode and frame rate as picture files hold them: SMPTE 12M words, and rates rounded to a float."""

from fractions import Fraction

from rushes.domain.errors import BadMaterial
from rushes.media.timecode import read_rate

FIELDS = ((24, 0x3), (16, 0x7), (8, 0x7), (0, 0x3))
"""Hours, minutes, seconds, frames: where the units start, and which bits of the tens count. The rest are flags."""
DROP_FRAME = 1 << 6


def read_timecode_word(word: int) -> str | None:
    """Read a SMPTE 12M timecode word, as EXR and DPX hold it, as `HH:MM:SS:FF`; `;` before FF for drop frame.

    Returns:
        None where the digits are no time of day, as in a word that was never set.

    >>> read_timecode_word(0x01020304), read_timecode_word(0x10592944), read_timecode_word(0xFFFFFFFF)
    ('01:02:03:04', '10:59:29;04', None)
    """
    units = [word >> start & 0xF for start, _ in FIELDS]
    tens = [word >> start + 4 & mask for start, mask in FIELDS]
    hours, minutes, seconds, frames = (10 * ten + unit for ten, unit in zip(tens, units, strict=True))
    if max(units) > 9 or hours > 23 or minutes > 59 or seconds > 59:
        return None
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if word & DROP_FRAME else ':'}{frames:02}"


def timecode_word(timecode: str) -> int:
    """Write `HH:MM:SS:FF` as a SMPTE 12M word, all other flags zero.

    >>> hex(timecode_word("10:59:29;04"))
    '0x10592944'
    """
    word = int(timecode.replace(";", "").replace(":", ""), 16)  # packed BCD reads the same as hexadecimal
    return word | (DROP_FRAME if ";" in timecode else 0)


def rate_of(rounded: float) -> Fraction | None:
    """Say which frame rate a file means that holds it as a float: 23.976 and 23.98 are 24000/1001.

    Returns:
        None for what is no frame rate: zero, NaN, or bytes that were never set.

    >>> rate_of(23.976), rate_of(25.0), rate_of(12.5), rate_of(9.2e-41)
    (Fraction(24000, 1001), Fraction(25, 1), Fraction(25, 2), None)
    """
    try:
        return read_rate(f"{rounded:.6f}")
    except BadMaterial:
        return None
