"""reserved: what files reserve for themselves against machines, as facts: at the door, and of files given later."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rushes.domain.clearances import Reservation
from rushes.media.reservations import (
    Found,
    read_reservation_file,
    read_reservations,
    read_source_type,
    reservation_files_beside,
)

BESIDE = (".json", ".xml", ".rsl", ".xmp")
"""Files that speak of others: TDMRep, RSL, XMP."""

SYNTHETIC = "algorithmic"
"""Part of every word of IPTC for pixels that a trained model made."""


def reserved_in(path: Path) -> list[Found]:
    """Return what a file reserves: of itself, or of what it was given with."""
    return read_reservation_file(path) if path.suffix.lower() in BESIDE else read_reservations(path)


def reserved_among(paths: Sequence[Path]) -> list[Found]:
    """Return what some files of one clip reserve, and what lies in their folders; each thing once."""
    own = [found for path in paths for found in read_reservations(path)]
    beside = dict.fromkeys(file for path in _one_of_each_folder(paths) for file in reservation_files_beside(path))
    every = [*own, *(found for file in beside for found in read_reservation_file(file))]
    return list({(found.scheme, found.actions, found.words): found for found in reversed(every)}.values())[::-1]


def synthetic(paths: Iterable[Path]) -> str | None:
    """Return the IPTC source type of the first file that says a model made its pixels, or None."""
    said = (read_source_type(path) for path in paths)
    return next((word for word in said if word and SYNTHETIC in word.lower()), None)


def reservation(show: str, asset: str, found: Found) -> Reservation:
    """Return a reservation as it is recorded."""
    return Reservation(
        show, f"{asset}.{found.scheme}", asset, found.scheme, found.actions, f"{found.words} ({found.where})"
    )


def _one_of_each_folder(paths: Sequence[Path]) -> list[Path]:
    return list({path.parent: path for path in paths}.values())
