"""Floor plans as JSON, in and out; what was written reads back the same.

```json
{"floorplan": 1, "name": "KITCHEN", "ceiling_m": 2.6, "floor_surface": "tiled floor",
 "walls": [{"start": [0, 0], "end": [4, 0], "thick_m": 0.14, "surface": "plaster wall",
            "openings": [{"kind": "door", "at_m": 0.8, "width_m": 0.9, "head_m": 2.05, "ajar_deg": 30},
                         {"kind": "window", "at_m": 2.8, "width_m": 1.2, "sill_m": 0.9, "head_m": 2.1}]}],
 "props": [{"kind": "table", "at": [2, 1.5], "facing_deg": 90, "size": [1.4, 0.75, 0.8]}],
 "marks": [{"name": "A", "at": [1, 1], "facing_deg": 45}]}
```

Everything but `floorplan`, `start`, `end`, `kind`, `at`, `at_m` and a mark's `name` may be left out.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from rushes.departments.previs.stage.floorplan import FloorPlan, Opening, Prop, Spike, Wall, checked
from rushes.domain.errors import BadMaterial
from rushes.media.whole import whole_file

LARGEST_PLAN = 1 << 22
_PAIR, _TRIPLE = 2, 3
_LISTS: Mapping[str, type] = {"walls": Wall, "props": Prop, "marks": Spike, "openings": Opening}
_TUPLES = {"start": _PAIR, "end": _PAIR, "at": _PAIR, "size": _TRIPLE, "grey": _TRIPLE}


class _Reader:
    """Collects what is wrong while it reads."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def number(self, value: Any, where: str) -> float:
        """Return a number, or note that it is none."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e9:
            self.faults.append(f"{where} must be a number, not {_short(value)}")
            return 0.0
        return float(value)

    def numbers(self, value: Any, where: str, count: int) -> tuple[float, ...]:
        """Return so many numbers."""
        if not isinstance(value, list) or len(value) != count:
            self.faults.append(f"{where} must be {count} numbers, not {_short(value)}")
            return (0.0,) * count
        return tuple(self.number(each, where) for each in value)

    def thing(self, kind: type, value: Any, where: str) -> Any:
        """Return one wall, opening, prop or mark."""
        if not isinstance(value, dict):
            self.faults.append(f"{where} must be an object, not {_short(value)}")
            value = {}
        known = {field.name: field for field in fields(kind)}
        for name in value.keys() - known.keys():
            self.faults.append(f"{where} knows no {name!r}: {', '.join(known)}")
        said = {name: self.value(name, each, where) for name, each in value.items() if name in known}
        for name, field in known.items():
            if field.default is MISSING and name not in said:
                self.faults.append(f"{where} does not say its {name!r}")
                said[name] = "" if name in {"name", "kind"} else 0.0 if name == "at_m" else (0.0, 0.0)
        return kind(**said)

    def value(self, name: str, value: Any, where: str) -> Any:
        """Return what a key says, in the form the plan keeps it."""
        if name in _LISTS:
            return self.things(name, value, f"{where}: ")
        if value is None and name in {"high_m", "grey", "size", "seat_m"}:
            return None
        if name in _TUPLES:
            return self.numbers(value, f"{where}: {name!r}", _TUPLES[name])
        if name in {"name", "kind", "surface", "floor_surface", "ceiling_surface"}:
            if not isinstance(value, str) or len(value) > 200 or any(ord(letter) < 32 for letter in value):
                self.faults.append(f"{where}: {name!r} must be a line of words, not {_short(value)}")
                return ""
            return value
        return self.number(value, f"{where}: {name!r}")

    def things(self, name: str, value: Any, where: str = "") -> tuple[Any, ...]:
        """Return a list of walls, openings, props or marks."""
        if not isinstance(value, list):
            self.faults.append(f"{where}{name!r} must be a list, not {_short(value)}")
            return ()
        one = name.removesuffix("s")
        return tuple(self.thing(_LISTS[name], each, f"{where}{one} {number}") for number, each in enumerate(value, 1))


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= 40 else said[:37] + "…"


def plan_of(text: str, source: str = "floor plan") -> FloorPlan:
    """Read a plan from JSON text.

    Args:
        text: the JSON.
        source: name of the file, for errors.

    Raises:
        BadMaterial: with every objection at once, by wall, opening, prop or mark.

    >>> plan_of('{"floorplan": 1, "name": "HUT", "walls": [{"start": [0, 0], "end": [3, 0]}]}').walls[0].long_m
    3.0
    """
    if len(text) > LARGEST_PLAN:
        raise BadMaterial(f"{source}: {len(text)} letters; a floor plan has at most {LARGEST_PLAN}")
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadMaterial(f"{source}, line {error.lineno}: no JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise BadMaterial(f"{source}: no JSON that can be read: {error}") from error
    if not isinstance(said, dict) or said.get("floorplan") != 1:
        raise BadMaterial(f"{source}: this is no floor plan", ['it must be an object with "floorplan": 1'])
    reader = _Reader()
    known = {"floorplan", "name", "floor", "floor_surface", "ceiling_m", "ceiling_surface", "walls", "props", "marks"}
    reader.faults += [f"a plan knows no {name!r}: {', '.join(sorted(known))}" for name in sorted(said.keys() - known)]
    parts: dict[str, Any] = {
        name: reader.value(name, value, "plan")
        for name, value in said.items()
        if name in known - {"floorplan", "floor", "walls", "props", "marks"}
    }
    parts |= {name: reader.things(name, said.get(name, [])) for name in ("walls", "props", "marks")}
    if isinstance(said.get("floor", []), list):
        parts["floor"] = tuple(reader.numbers(each, "floor", _PAIR) for each in said.get("floor", []))
    else:
        reader.faults.append("'floor' must be a list of corners")
    parts["spikes"] = parts.pop("marks")
    if reader.faults:
        raise BadMaterial(f"{source}: this floor plan cannot be read", reader.faults, "Correct the plan.")
    return checked(FloorPlan(**{"name": Path(source).stem, **parts}), source)


def plan_text(plan: FloorPlan) -> str:
    """Write a plan as JSON text; what is as usual is left out."""
    said: dict[str, Any] = {"floorplan": 1, **_said(plan)}
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _said(thing: Any) -> dict[str, Any]:
    """Return what differs from the usual."""
    said = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        name = "marks" if field.name == "spikes" else field.name
        said[name] = [_said(each) for each in value] if name in _LISTS else _plain(value)
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def write_plan(plan: FloorPlan, path: Path) -> None:
    """Write a plan as a JSON file, whole or not at all."""
    with whole_file(Path(path)) as draft:
        draft.write_text(plan_text(checked(plan)), encoding="utf-8")
