"""A look as named tensors, the form in which weights are kept, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.departments.look.look import Cdl, Look
from rushes.domain.errors import BadMaterial

Tensors = Mapping[str, npt.NDArray[np.generic]]


def pack_look(look: Look) -> dict[str, npt.NDArray[np.generic]]:
    """Return the numbers of a look by name; its encoding goes onto the card."""
    packed: dict[str, npt.NDArray[np.generic]] = {
        "cdl": pack_cdl(look.cdl),
        "best_cdl": pack_cdl(look.best_cdl),
        "curves": look.curves,
        "lattice": look.lattice,
        "seen": look.seen,
        "domains": np.array([look.curve_domain, look.lattice_domain]),
    }
    return packed if look.spatial is None else {**packed, "spatial": look.spatial}


def unpack_look(tensors: Tensors, card: Mapping[str, Any]) -> Look:
    """Read a look back.

    Raises:
        BadMaterial: naming the numbers that are missing.
    """
    expected = {field.name for field in fields(Look)} - {"encoding", "curve_domain", "lattice_domain", "spatial"}
    gone = sorted((expected | {"domains"}) - set(tensors)) + (["encoding"] if "encoding" not in card else [])
    if gone:
        raise BadMaterial("these weights are no look", [f"{name} is missing" for name in gone])
    (curve_low, curve_high), (low, high) = np.asarray(tensors["domains"], np.float64).tolist()
    floats = {name: np.asarray(tensors[name], np.float32) for name in tensors if name not in ("cdl", "best_cdl")}
    return Look(
        encoding=str(card["encoding"]),
        cdl=unpack_cdl(tensors["cdl"]),
        curves=floats["curves"],
        lattice=floats["lattice"],
        seen=floats["seen"],
        curve_domain=(curve_low, curve_high),
        lattice_domain=(low, high),
        best_cdl=unpack_cdl(tensors["best_cdl"]),
        spatial=floats.get("spatial"),
    )


def pack_cdl(cdl: Cdl) -> npt.NDArray[np.float64]:
    """Return slope, offset, power and saturation as ten numbers."""
    return np.array([*cdl.slope, *cdl.offset, *cdl.power, cdl.saturation])


def unpack_cdl(numbers: npt.NDArray[np.generic]) -> Cdl:
    """Return the CDL of ten numbers."""
    ten = np.asarray(numbers, np.float64).tolist()
    return Cdl((ten[0], ten[1], ten[2]), (ten[3], ten[4], ten[5]), (ten[6], ten[7], ten[8]), ten[9])
