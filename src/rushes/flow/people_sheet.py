"""sheet: stills of an asset on one page, for somebody who looks at who can be recognised in it."""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

from rushes.domain.clearances import Depiction
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Asset, frame_numbers
from rushes.flow.originality import PICTURES, opened_asset
from rushes.originality.people_sheet import Sheet, write_sheet
from rushes.studio import Studio


def sheet(studio: Studio, asset: Asset, to: Path, *, every: int = 0) -> tuple[int, ...]:
    """Write a sheet of stills of an asset, with their frame numbers and who is on record already.

    Args:
        studio: where everything is; nothing is recorded.
        asset: what is looked at.
        to: the HTML page to write.
        every: one frame of so many, and the last; 0 is one a second.

    Returns:
        The frames that are on it.

    Raises:
        BadMaterial: it is no picture.
    """
    if asset.kind not in PICTURES:
        raise BadMaterial(f"{asset.name} is a {asset.kind}: nobody can be seen in it")
    step = every or max(1, round(Fraction(asset.frame_rate)))
    there = frame_numbers(asset)
    numbers = tuple(sorted({*there[::step], there[-1]}))
    production = studio.production(asset.show)
    page = Sheet(
        asset=asset.name,
        words=f"A {asset.kind}, frames {there[0]}-{there[-1]}, {asset.width} × {asset.height}",
        numbers=numbers,
        known=_known(studio, asset),
        seen=f"{production.display}, {production.view}",
    )
    with ExitStack() as files:
        write_sheet(to, page, opened_asset(studio, asset, files))
    return numbers


def _known(studio: Studio, asset: Asset) -> list[str]:
    """Return who is on record: people of the asset, and where somebody has marked them."""
    newest = {one.person: one for one in studio.ledger.every(Depiction, asset.show) if one.asset == asset.name}
    lines = [f"{one.person}: {', '.join(one.what)}, {_spans(one)}, found by {one.found_by}" for one in newest.values()]
    people = studio.as_known_today(asset).people
    if people == ():
        lines.append("nobody can be recognised in it")
    return lines + [f"{person}: somewhere in it" for person in people or () if person not in newest]


def _spans(one: Depiction) -> str:
    return ", ".join(f"{first}-{last}" for first, last in one.frames) or "all of it"
