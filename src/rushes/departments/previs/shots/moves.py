"""What the camera does during a shot: written after a comma, `push in 3s`, `pan left 30° 2s`, `push in to CU 4s`."""

import re
from dataclasses import dataclass, replace

import numpy as np

from rushes.departments.previs.shots.cameras import Camera, axes
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.framing import ANYWHERE, frame_figure, read_framing
from rushes.departments.previs.shots.lenses import Limits
from rushes.departments.previs.shots.sizes import OTHER_SIZES, SIZES
from rushes.domain.errors import BadMaterial

WAYS = {
    "push": ("in",),
    "pull": ("out",),
    "track": ("left", "right"),
    "crane": ("up", "down"),
    "pan": ("left", "right"),
    "tilt": ("up", "down"),
    "roll": ("left", "right"),
    "zoom": ("in", "out"),
    "hold": ("",),
}
UNITS = dict.fromkeys(("pan", "tilt", "roll"), "°") | dict.fromkeys(("push", "pull", "track", "crane"), "m")
FASTEST = {"m": 2.0, "°": 60.0}
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(m|°|deg|s|mm)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Move:
    """One move of the camera.

    Attributes:
        verb: push, pull, track, crane, pan, tilt, roll, zoom or hold.
        way: in, out, left, right, up, down, or nothing for hold.
        amount: metres of travel, degrees of turn, or the millimetres a zoom ends on; 0 when not said.
        seconds: how long it takes; 0 when not said.
        to_size: the size it ends on, for push and pull, instead of an amount.
    """

    verb: str
    way: str = ""
    amount: float = 0.0
    seconds: float = 0.0
    to_size: str = ""


def number(value: float) -> str:
    """Return a number as short as it reads back, without an exponent.

    >>> number(3.0), number(2.50), number(100000.0)
    ('3', '2.5', '100000')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def write_move(move: Move) -> str:
    """Return a move as it is typed.

    >>> write_move(Move("push", "in", seconds=3.0))
    'push in 3s'
    """
    unit = "mm" if move.verb == "zoom" else UNITS.get(move.verb, "")
    words = [move.verb, move.way, f"to {move.to_size}" if move.to_size else ""]
    words += [number(move.amount) + unit if move.amount else "", number(move.seconds) + "s" if move.seconds else ""]
    return " ".join(word for word in words if word)


def _settle(move: Move, word: str, unit: str) -> tuple[Move, str]:
    """Return the move with an amount or seconds set, or a fault."""
    value = float(word)
    if unit == "s":
        if move.seconds:
            return move, "a second duration"
        return (replace(move, seconds=value), "") if value else (move, "a duration of nothing")
    wanted = "mm" if move.verb == "zoom" else UNITS.get(move.verb, "")
    if unit != wanted:
        return move, f"{unit!r} does not measure a {move.verb}" + (f": use {wanted}" if wanted else "")
    if move.amount or move.to_size:
        return move, "a second amount"
    return (replace(move, amount=value), "") if value else (move, "an amount of nothing")


def parse_move(words: list[tuple[int, str]], start: int) -> tuple[Move, list[tuple[int, str]]]:
    """Return a move and all its faults, each with the position it was found at.

    Args:
        words: position and word, without the comma.
        start: position after the comma, for an empty move.
    """
    if not words:
        return Move("hold"), [(start, "nothing stands after the comma")]
    faults: list[tuple[int, str]] = []
    verb = words[0][1].lower()
    if verb not in WAYS:
        return Move("hold"), [(words[0][0], f"{words[0][1]!r} is no move: {', '.join(WAYS)}")]
    rest = words[1:]
    way = ""
    if WAYS[verb] != ("",):
        if rest and rest[0][1].lower() in WAYS[verb]:
            way, rest = rest[0][1].lower(), rest[1:]
        else:
            at = rest[0][0] if rest else words[0][0] + len(verb)
            faults.append((at, f"{verb} which way: {' or '.join(WAYS[verb])}?"))
    move = Move(verb, way)
    while rest:
        (at, word), rest = rest[0], rest[1:]
        found = _AMOUNT.match(word)
        fault = ""
        if found:
            unit = found[2].lower().replace("deg", "°")
            move, fault = _settle(move, found[1], unit)
        elif word.lower() == "to" and verb in {"push", "pull"} and rest and not (move.to_size or move.amount):
            (at, word), rest = rest[0], rest[1:]
            size = OTHER_SIZES.get(word.upper(), word.upper())
            fault = "" if size in SIZES else f"{word!r} is no size to end on: {', '.join(SIZES)}"
            move = replace(move, to_size=size if not fault else "")
        else:
            fault = f"{word!r} means nothing in a move"
        if fault:
            faults.append((at, fault))
    return move, faults


def too_fast(move: Move) -> str:
    """Return in words that a move outruns a dolly (2 m/s) or an operator's head (60°/s), else nothing.

    >>> too_fast(Move("track", "left", 9.0, 3.0))
    'track left 9m 3s runs at 3 m/s; a dolly does 2'
    """
    unit = UNITS.get(move.verb, "")
    if not (unit and move.amount and move.seconds) or move.amount / move.seconds <= FASTEST[unit]:
        return ""
    doer = "a dolly does" if unit == "m" else "a picture holds together up to"
    speed = number(round(move.amount / move.seconds, 2))
    return f"{write_move(move)} runs at {speed} {unit}/s; {doer} {number(FASTEST[unit])}"


def end_of(camera: Camera, move: Move, figure: Figure, *, limits: Limits = ANYWHERE) -> Camera:
    """Return the camera at the end of a move.

    Push and pull run along the lens; track along the camera's level right; crane straight up. A push or a pull
    without an amount ends one size tighter or wider, the angle kept; other moves need their amount.
    """
    sign = 1.0 if move.way in {"in", "right", "up"} else -1.0
    if move.verb == "hold":
        return camera
    if move.verb in {"push", "pull"} and not move.amount:
        framing, _ = read_framing(camera, figure, limits=limits)
        names = list(SIZES)
        step = min(max(names.index(framing.size) - int(sign), 0), len(names) - 1)
        wish = replace(framing, size=move.to_size or names[step])
        return frame_figure(figure, wish, camera.package, focal_mm=camera.focal_mm, limits=limits).camera
    if not move.amount:
        raise BadMaterial(
            f"{write_move(move)!r} does not say how far", remedy="Give it metres, degrees or millimetres."
        )
    if move.verb == "zoom":
        return replace(camera, focal_mm=move.amount)
    if move.verb in {"pan", "tilt", "roll"}:
        # A positive pan is a turn to the left; tilt and roll count the other way round: up and clockwise are positive.
        turn = {"pan": -sign, "tilt": sign, "roll": sign}[move.verb] * move.amount
        return replace(camera, **{f"{move.verb}_deg": getattr(camera, f"{move.verb}_deg") + turn})
    right, _, forward = axes(camera.pan_deg, camera.tilt_deg)
    along = {"push": forward, "pull": forward, "track": right, "crane": np.array([0.0, 1.0, 0.0])}[move.verb]
    x, y, z = np.array(camera.place) + sign * move.amount * along
    return replace(camera, place=(float(x), float(y), float(z)))
