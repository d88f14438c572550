"""Ed25519 verification in plain Python (RFC 8032), for places where nothing can be installed. It cannot sign.

Standard library only: a part of `verify.py`. A signature takes some milliseconds. Nothing here is secret, so nothing
has to run in constant time.
"""

from hashlib import sha512
from typing import NamedTuple


class _Point(NamedTuple):
    # extended coordinates (RFC 8032, 5.1.4): the point lies at (x / z, y / z), and t is x * y / z
    x: int
    y: int
    z: int
    t: int


FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, FIELD - 2, FIELD) % FIELD
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 4 * pow(5, FIELD - 2, FIELD) % FIELD
BASE = _Point(BASE_X, BASE_Y, 1, BASE_X * BASE_Y % FIELD)


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether an Ed25519 signature holds (RFC 8032, 5.1.7).

    Stricter than the standard asks: for a weak key anybody can sign anything, so with one no signature holds.
    """
    key, s = _point(public_key), int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= ORDER or _times(8, key).x == 0:
        return False
    k = int.from_bytes(sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    minus_key = _Point(FIELD - key.x, key.y, 1, FIELD - key.t)
    return _spelt(_sum(_times(s, BASE), _times(k, minus_key))) == signature[:32]


def _sum(a: _Point, b: _Point) -> _Point:
    e, h = (a.y - a.x) * (b.y - b.x), (a.y + a.x) * (b.y + b.x)
    f, g = 2 * a.z * b.z, 2 * D * a.t * b.t
    e, f, g, h = h - e, f - g, f + g, h + e
    return _Point(e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD)


def _times(number: int, point: _Point) -> _Point:
    total = _Point(0, 1, 1, 0)
    for bit in f"{number:b}":
        total = _sum(total, total)
        total = _sum(total, point) if bit == "1" else total
    return total


def _point(spelt: bytes) -> _Point | None:
    number = int.from_bytes(spelt, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    u, v = (y * y - 1) % FIELD, (D * y * y + 1) % FIELD
    x = u * pow(v, 3, FIELD) * pow(u * pow(v, 7, FIELD), (FIELD - 5) // 8, FIELD) % FIELD
    if (v * x * x - u) % FIELD:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    # RFC 8032, 5.1.3: y is below the field's prime, the root exists, and zero has no sign
    if len(spelt) != 32 or y >= FIELD or (v * x * x - u) % FIELD or (sign and not x):
        return None
    x = x if x & 1 == sign else FIELD - x
    return _Point(x, y, 1, x * y % FIELD)


def _spelt(point: _Point) -> bytes:
    shrink = pow(point.z, FIELD - 2, FIELD)
    x, y = point.x * shrink % FIELD, point.y * shrink % FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")
