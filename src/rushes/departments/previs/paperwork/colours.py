"""The colours of strips: day interior white, day exterior yellow, night interior blue, night exterior green."""

from rushes.departments.previs.breakdown.items import SceneSheet

DAY_INT, DAY_EXT, NIGHT_INT, NIGHT_EXT = "ffffff", "fff27a", "a9cdf5", "a8dba0"
DAWN, DUSK, UNSAID = "f9c6d4", "f7c48b", "dcdcdc"
BAND, BAND_INK, WARNING = "1c1c1c", "ffffff", "8a2b06"

KEY = (
    (DAY_INT, "day interior"),
    (DAY_EXT, "day exterior"),
    (NIGHT_INT, "night interior"),
    (NIGHT_EXT, "night exterior"),
    (DAWN, "dawn"),
    (DUSK, "dusk"),
    (UNSAID, "not said"),
)

LIGHT = {
    "day": ("DAY", "MORNING", "NOON", "MIDDAY", "AFTERNOON", "MID-AFTERNOON"),
    "dawn": ("DAWN", "SUNRISE", "MAGIC HOUR", "GOLDEN HOUR", "EARLY MORNING", "PRE-DAWN"),
    "dusk": ("DUSK", "SUNSET", "TWILIGHT", "LATE AFTERNOON", "SUNDOWN"),
    "night": ("NIGHT", "EVENING", "MIDNIGHT", "LATE NIGHT", "LATE EVENING"),
}
_LIGHTS = {word: light for light, words in LIGHT.items() for word in words}


def light_of(time: str) -> str:
    """Return "day", "dawn", "dusk" or "night" for a time as a heading says it; nothing where nobody can tell.

    >>> light_of("DAY"), light_of("THE NEXT EVENING"), light_of("LATER")
    ('day', 'night', '')
    """
    said = " ".join(time.upper().split())
    if said in _LIGHTS:
        return _LIGHTS[said]
    # longest first: in LATE AFTERNOON stands AFTERNOON
    return next((_LIGHTS[word] for word in sorted(_LIGHTS, key=len, reverse=True) if f" {word} " in f" {said} "), "")


def strip_colour(sheet: SceneSheet) -> str:
    """Return the colour of a scene's strip, six hex digits; what plays inside and outside is lit as an exterior."""
    light = light_of(sheet.time)
    if light in ("dawn", "dusk"):
        return DAWN if light == "dawn" else DUSK
    if not light or not sheet.where:
        return UNSAID
    if light == "day":
        return DAY_INT if sheet.where == "INT" else DAY_EXT
    return NIGHT_INT if sheet.where == "INT" else NIGHT_EXT
