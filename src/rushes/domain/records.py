"""Nouns to JSON and back, and their digests: the one form in which facts are signed, stored and sent."""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from rushes.domain.errors import BadMaterial
from rushes.domain.noun import Noun
from rushes.domain.nouns import NOUNS
from rushes.domain.parts import AssetFile, Digest

DIGEST = "digest of all the rest"
"""Where a noun keeps its digest once it was asked for; no field has such a name."""


def canonical_json(value: object) -> str:
    """One spelling for one value: keys sorted, no spaces, no NaN; what digests and signatures are taken of.

    >>> canonical_json({"b": 1, "a": [0.5, None]})
    '{"a":[0.5,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of_bytes(content: bytes) -> Digest:
    """Return `sha256:` and the hex digest of some bytes.

    >>> digest_of_bytes(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return f"sha256:{sha256(content).hexdigest()}"


def to_json(noun: Noun) -> dict[str, Any]:
    """Return a noun as plain JSON values, its kind and version under `noun`."""
    return {"noun": noun.noun, **plain(noun)}


def digest_of(noun: Noun) -> Digest:
    """Return the digest of a noun's canonical JSON: its name in every lineage. A noun never changes: it is kept."""
    known: Digest | None = noun.__dict__.get(DIGEST)
    if known is None:
        known = noun.__dict__[DIGEST] = digest_of_bytes(canonical_json(to_json(noun)).encode())
    return known


def from_json(record: dict[str, Any]) -> Noun:
    """Read a noun back; anything missing, unknown or of another type is refused.

    Raises:
        BadMaterial: with every field at fault.
    """
    kind = NOUNS.get(str(record.get("noun")))
    if kind is None:
        raise BadMaterial(f"{record.get('noun')!r} is no noun that this version of Rushes reads")
    noun: Noun = built(kind, {key: value for key, value in record.items() if key != "noun"})
    return noun


def files_of(noun: Noun) -> list[AssetFile]:
    """Return every file in the vault that a noun names; a delivery's files lie in its folder, not in the vault."""
    if noun.noun.startswith("Delivery"):
        return []
    values = [getattr(noun, field.name) for field in fields(noun)]
    parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return [part for part in parts if isinstance(part, AssetFile)]


def plain(value: Any) -> Any:
    """Return a dataclass, with all that it holds, as plain JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: plain(part) for name, part in told.items() if name not in _later(type(value), told)}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, date):  # datetime is a date too
        return value.isoformat()
    return value


_hints = cache(get_type_hints)


def _later(kind: type, told: dict[str, Any]) -> set[str]:
    """Return the fields that came later and say nothing: without them an older fact keeps its bytes and its digest."""
    return {
        field.name
        for field in fields(kind)
        if field.metadata.get("later") and told.get(field.name, field.default) == field.default
    }


def built(kind: type, record: Any) -> Any:
    """Read a dataclass back from what `plain` gave; its fields are dataclasses, tuples, texts, numbers and dates.

    Raises:
        BadMaterial: something is missing, unknown or of another type.
    """
    hints = _hints(kind)
    expected = {field.name for field in fields(kind)}
    if isinstance(record, dict):
        expected -= _later(kind, {}) - set(record)
    if not isinstance(record, dict) or set(record) != expected:
        odd = sorted(expected.symmetric_difference(record if isinstance(record, dict) else {}))
        raise BadMaterial(f"a {kind.__name__} record has the wrong fields", odd)
    return kind(**{name: _typed(hints[name], record[name], f"{kind.__name__}.{name}") for name in record})


def _typed(hint: Any, value: Any, where: str) -> Any:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if value is None and NoneType in options:
        return None
    hint = next(option for option in options if option is not NoneType)
    if isinstance(hint, type) and is_dataclass(hint):
        return built(hint, value)
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        if not isinstance(value, list) or (inner[-1] is not Ellipsis and len(inner) != len(value)):
            raise BadMaterial(f"{where} is {value!r}, which is no {hint}")
        return tuple(
            _typed(inner[0] if inner[-1] is Ellipsis else inner[i], part, where) for i, part in enumerate(value)
        )
    if hint in (date, datetime):
        return hint.fromisoformat(value)
    if hint is float and type(value) in (int, float):
        return float(value)
    if type(value) is not hint:
        raise BadMaterial(f"{where} is {value!r}, which is no {hint.__name__}")
    return value
