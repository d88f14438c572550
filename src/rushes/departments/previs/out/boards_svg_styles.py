"""Colours, widths and transforms of an SVG drawing: plain values only."""

import re
from dataclasses import dataclass, replace
from math import isfinite

from matplotlib.colors import CSS4_COLORS
from matplotlib.transforms import Affine2D, Transform

from rushes.domain.errors import BadMaterial

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?"
LARGEST = 1e6
STEPS = {"translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "matrix": (6,), "skewX": (1,), "skewY": (1,)}


@dataclass(frozen=True)
class Style:
    """How a shape is drawn, inherited from the groups around it; colours are `#rrggbb`, or nothing for none."""

    fill: str = "#000000"
    stroke: str = ""
    width: float = 1.0
    opacity: float = 1.0
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    evenodd: bool = False
    hidden: bool = False


def numbers_of(text: str) -> list[float]:
    """Return the numbers in a text.

    Raises:
        BadMaterial: one of them is not finite or beyond a million.

    >>> numbers_of("1,2 -.5e1-3")
    [1.0, 2.0, -5.0, -3.0]
    """
    numbers = [float(word) for word in re.findall(NUMBER, text)]
    if not all(isfinite(number) and abs(number) <= LARGEST for number in numbers):
        raise BadMaterial("with a number beyond a million")
    return numbers


def styled(style: Style, words: dict[str, str]) -> Style:
    """Return a style with what an element says.

    Args:
        style: of the group around it.
        words: names and values.

    Raises:
        BadMaterial: a colour is a gradient or unknown, or a number is none.
    """
    found = style
    if "fill" in words:
        found = replace(found, fill=colour_of(words["fill"]))
    if "stroke" in words:
        found = replace(found, stroke=colour_of(words["stroke"]))
    if "stroke-width" in words:
        found = replace(found, width=_plain(words["stroke-width"]))
    if "opacity" in words:
        found = replace(found, opacity=style.opacity * _share(words["opacity"]))
    if "fill-opacity" in words:
        found = replace(found, fill_opacity=_share(words["fill-opacity"]))
    if "stroke-opacity" in words:
        found = replace(found, stroke_opacity=_share(words["stroke-opacity"]))
    if "fill-rule" in words:
        found = replace(found, evenodd=words["fill-rule"] == "evenodd")
    if words.get("display") == "none" or words.get("visibility") == "hidden":
        found = replace(found, hidden=True)
    return found


def colour_of(text: str) -> str:
    """Return a colour as `#rrggbb`, or nothing for none.

    >>> colour_of("red"), colour_of("#ABC"), colour_of("rgb(255, 0, 10)"), colour_of("none")
    ('#ff0000', '#aabbcc', '#ff000a', '')
    """
    word = text.strip().lower()
    if word in ("none", "transparent"):
        return ""
    if re.fullmatch(r"#[0-9a-f]{6}", word):
        return word
    if re.fullmatch(r"#[0-9a-f]{3}", word):
        return "#" + "".join(sign * 2 for sign in word[1:])
    if found := re.fullmatch(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", word):
        return "#" + "".join(f"{min(int(channel), 255):02x}" for channel in found.groups())
    if word == "currentcolor":
        return "#000000"
    if word in CSS4_COLORS:
        return str(CSS4_COLORS[word]).lower()
    raise BadMaterial(f"with the colour {text.strip()[:40]!r}")


def transform_of(text: str) -> Transform:
    """Return the transform that an attribute says; the last step of it comes first, as SVG has it.

    >>> transform_of("translate(10 0) scale(2)").transform((1.0, 1.0)).tolist()
    [12.0, 2.0]
    """
    whole: Transform = Affine2D()
    if re.sub(r"[A-Za-z]+\s*\([^()]*\)", "", text).strip(" ,\n\r\t"):
        raise BadMaterial(f"with the transform {text[:40]!r}")
    for name, inside in re.findall(r"([A-Za-z]+)\s*\(([^()]*)\)", text):
        values = numbers_of(inside)
        if len(values) not in STEPS.get(name, ()):
            raise BadMaterial(f"with the transform {name}({inside[:30]})")
        whole = _step(name, values) + whole
    return whole


def _step(name: str, values: list[float]) -> Affine2D:
    if name == "matrix":
        return Affine2D.from_values(*values)
    if name == "translate":
        return Affine2D().translate(values[0], values[1] if len(values) > 1 else 0.0)
    if name == "scale":
        return Affine2D().scale(values[0], values[-1])
    if name == "rotate":
        x, y = values[1:] or (0.0, 0.0)
        return Affine2D().rotate_deg_around(x, y, values[0])
    angles = (values[0], 0.0) if name == "skewX" else (0.0, values[0])
    return Affine2D().skew_deg(*angles)


def _plain(text: str) -> float:
    found = re.fullmatch(rf"\s*({NUMBER})\s*(?:px)?\s*", text)
    if not found:
        raise BadMaterial(f"with the length {text[:30]!r}")
    return abs(numbers_of(found[1])[0])


def _share(text: str) -> float:
    found = re.fullmatch(rf"\s*({NUMBER})\s*(%?)\s*", text)
    if not found:
        raise BadMaterial(f"with the opacity {text[:30]!r}")
    return min(max(numbers_of(found[1])[0] / (100 if found[2] else 1), 0.0), 1.0)
