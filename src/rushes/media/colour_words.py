"""How files spell primaries and curves, and which colour spaces such an encoding fits. Tables, and nothing decides."""

from collections.abc import Sequence

PRIMARIES = {
    1: "BT.709",
    4: "BT.470 M",
    5: "BT.601 (625 lines)",
    6: "BT.601 (525 lines)",
    7: "SMPTE 240M",
    8: "film",
    9: "BT.2020",
    10: "CIE XYZ",
    11: "DCI-P3",
    12: "P3-D65",
    22: "EBU 3213",
}
TRANSFERS = {
    1: "BT.709",
    4: "gamma 2.2",
    5: "gamma 2.8",
    6: "BT.601",
    7: "SMPTE 240M",
    8: "linear",
    9: "log 100:1",
    10: "log 316:1",
    11: "xvYCC",
    12: "BT.1361",
    13: "sRGB",
    14: "BT.2020",
    15: "BT.2020",
    16: "PQ",
    17: "SMPTE 428",
    18: "HLG",
}
MATRICES = {1: "BT.709", 5: "BT.601", 6: "BT.601", 7: "SMPTE 240M", 9: "BT.2020", 10: "BT.2020 constant"}
"""By the numbers of ITU-T H.273, which movies and PNG share."""
DPX_WORDS = {
    "ITU-R 709-4": "BT.709",
    "SMPTE 274M": "BT.709",
    "ITU-R 601-5 system B or G": "BT.601 (625 lines)",
    "ITU-R 601-5 system M": "BT.601 (525 lines)",
    "Linear": "linear",
    "Printing density": "printing density",
    "Logarithmic": "logarithmic",
}
DPX_SILENCE = ("User defined", "Undefined", "")
CHROMATICITIES = {
    "BT.709": (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    "BT.2020": (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    "P3-D65": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
    "ACES AP0": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACES AP1": (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
    "Adobe RGB": (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290),
    "ARRI Wide Gamut 3": (0.6840, 0.3130, 0.2210, 0.8480, 0.0861, -0.1020, 0.3127, 0.3290),
    "ARRI Wide Gamut 4": (0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308, 0.3127, 0.3290),
    "S-Gamut3": (0.730, 0.280, 0.140, 0.855, 0.100, -0.050, 0.3127, 0.3290),
    "S-Gamut3.Cine": (0.766, 0.275, 0.225, 0.800, 0.089, -0.087, 0.3127, 0.3290),
    "V-Gamut": (0.730, 0.280, 0.165, 0.840, 0.100, -0.030, 0.3127, 0.3290),
    "REDWideGamutRGB": (0.780308, 0.304253, 0.121595, 1.493994, 0.095612, -0.084589, 0.3127, 0.3290),
}
"""x and y of red, green, blue and white, by ITU-R BT.709-6 and BT.2020-2, SMPTE RP 431-2, S-2008-001 and S-2014-004
of the Academy, Adobe RGB (1998), and the makers' white papers."""
VIDEO_CURVES = ("BT.709", "BT.601", "BT.2020")
"""One curve under three names: BT.601-7 and BT.2020-2 at ten bits took over that of BT.709."""
FITS = {
    ("BT.709", "linear"): "lin_rec709",
    ("BT.2020", "linear"): "lin_rec2020",
    ("P3-D65", "linear"): "lin_p3d65",
    ("ACES AP0", "linear"): "lin_ap0",
    ("ACES AP1", "linear"): "lin_ap1",
    ("Adobe RGB", "linear"): "lin_adobergb",
    ("ARRI Wide Gamut 3", "linear"): "lin_arri_wide_gamut_3",
    ("ARRI Wide Gamut 4", "linear"): "lin_arri_wide_gamut_4",
    ("S-Gamut3", "linear"): "lin_sgamut3",
    ("S-Gamut3.Cine", "linear"): "lin_sgamut3cine",
    ("V-Gamut", "linear"): "lin_vgamut",
    ("REDWideGamutRGB", "linear"): "lin_redwidegamutrgb",
    ("BT.709", "sRGB"): "srgb_tx",
    ("BT.709", "gamma 2.2"): "g22_rec709",
    ("Adobe RGB", "gamma 2.2"): "adobergb",
    ("P3-D65", "sRGB"): "srgb_displayp3",
    ("P3-D65", "SMPTE 428"): "p3d65_display",
    ("P3-D65", "PQ"): "st2084_p3d65_display",
    ("BT.2020", "PQ"): "rec2100_pq_display",
    ("BT.2020", "HLG"): "rec2100_hlg_display",
}
"""Aliases in OpenColorIO's built-in configs, old and new, by primaries and curve."""
ICC_PROFILES = {
    "sRGB": ("BT.709", "sRGB"),
    "Adobe RGB": ("Adobe RGB", "gamma 2.2"),
    "Display P3": ("P3-D65", "sRGB"),
}
"""By a part of the profile's name."""

AS_SAID = "as the file says"
Fit = tuple[str, str]
"""A name that a colour space may go by, and why, or on what condition, it may be that."""


def fits_of(primaries: str, transfer: str) -> tuple[Fit, ...]:
    """Return what may be meant by primaries and a curve, the likeliest first.

    >>> fits_of("BT.2020", "PQ"), fits_of("BT.601 (525 lines)", "BT.601")
    ((('rec2100_pq_display', 'as the file says'),), ())
    """
    if primaries == "BT.709" and transfer in VIDEO_CURVES:
        return ("g24_rec709", "if it was finished on a monitor"), ("camera_rec709", "if it is as a camera recorded it")
    alias = FITS.get((primaries, transfer))
    return ((alias, AS_SAID),) if alias else ()


def primaries_named(chromaticities: Sequence[float]) -> str:
    """Name primaries and white by their eight numbers; the numbers themselves where nobody has a name for them.

    >>> primaries_named((0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329))
    'BT.709'
    """
    for name, known in CHROMATICITIES.items():
        if all(abs(one - other) < 0.002 for one, other in zip(chromaticities, known, strict=True)):
            return name
    return " ".join(f"{number:g}" for number in chromaticities)
