"""One spelling for each value: in a second one, something that nobody signed could hide.

Standard library only: a part of `verify.py`.
"""

import base64
import json
from typing import Any


class Fault(Exception):
    """What is wrong with one file of a delivery, to be said after its name."""


def to_json(value: object) -> bytes:
    """Return the one spelling of a JSON value, of which digests and signatures are taken.

    >>> to_json({"b": 1, "a": [0.5, None]})
    b'{"a":[0.5,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def from_json(content: bytes) -> Any:
    """Read JSON in its one spelling."""
    value = json.loads(content)
    _same(to_json(value), content)
    return value


def to_base64(content: bytes) -> str:
    """Return the one spelling of some bytes as base64."""
    return base64.b64encode(content).decode()


def from_base64(text: str) -> bytes:
    """Read base64 in its one spelling."""
    content = base64.b64decode(text)
    _same(to_base64(content), text)
    return content


def _same(spelt: object, found: object) -> None:
    if spelt != found:
        raise Fault("is not spelt as it was written")
