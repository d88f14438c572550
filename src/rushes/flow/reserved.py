"""reserved: what files reserve for themselves against machines, as facts: at the door, and of files given later."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rushes.domain.clearances import Hold, Reservation
from rushes.media.incoming import reserved_by
from rushes.media.reservations import Found, read_reservation_file, read_reservations, reservation_files_beside
from rushes.media.sandbox import Sandbox

BESIDE = (".json", ".xml", ".rsl", ".xmp")
"""Files that speak of others: TDMRep, RSL, XMP."""

SYNTHETIC = (
    "algorithmicMedia",
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
)
"""IPTC's words for pixels that a model or an algorithm made; what it only enhanced is not among them."""


@dataclass(frozen=True)
class SaidOfRights:
    """What files say of rights.

    Attributes:
        found: what they reserve, each thing once.
        source: where they say that their pixels come from, as IPTC has it, or None.
    """

    found: tuple[Found, ...]
    source: str | None

    @property
    def reserved(self) -> tuple[str, ...]:
        """Every action that is reserved."""
        return tuple(sorted({action for found in self.found for action in found.actions}))

    @property
    def synthetic(self) -> bool:
        """They say that a model made their pixels."""
        return self.source in SYNTHETIC

    @property
    def words(self) -> tuple[str, ...]:
        """It for people."""
        lines = [f"reserved against machines ({found.scheme}): {found.words} ({found.where})" for found in self.found]
        return (*lines, *([f"on hold: it says that a model made its pixels ({self.source})"] if self.synthetic else []))

    def facts(self, show: str, asset: str) -> list[Reservation | Hold]:
        """Return what is recorded: what is reserved; and a hold where nobody knows yet which model made the pixels."""
        found: list[Reservation | Hold] = [reservation(show, asset, one) for one in self.found]
        if self.synthetic:
            why = f"it says that a model made its pixels ({self.source}); lift this once it is known which"
            found.append(Hold(show, f"{asset}.synthetic", asset, "quarantine", why, open=True))
        return found


def reserved_in(path: Path) -> list[Found]:
    """Return what a file reserves: of itself, or of what it was given with."""
    return read_reservation_file(path) if path.suffix.lower() in BESIDE else read_reservations(path)


def said_of_rights(sandbox: Sandbox, paths: Sequence[Path]) -> SaidOfRights:
    """Return what files at the door, and those beside them, say of rights; pictures are opened in a sandbox."""
    own = [reserved_by(sandbox, path) for path in paths]
    folders = {path.parent: path for path in paths}.values()
    beside = dict.fromkeys(file for path in folders for file in reservation_files_beside(path))
    every = [found for told, _ in own for found in told]
    every += [found for file in beside for found in read_reservation_file(file)]
    once = {(found.scheme, found.actions, found.words): found for found in reversed(every)}
    # of many files, the one that says a model made it counts
    sources = sorted((source for _, source in own if source), key=lambda source: source not in SYNTHETIC)
    return SaidOfRights(tuple(once.values())[::-1], next(iter(sources), None))


def reservation(show: str, asset: str, found: Found) -> Reservation:
    """Return a reservation as it is recorded."""
    return Reservation(
        show, f"{asset}.{found.scheme}", asset, found.scheme, found.actions, f"{found.words} ({found.where})"
    )
