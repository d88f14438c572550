"""rushes papers: the packets that go out beside a delivery."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json, say_table
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.nouns import Asset, Delivery, Show, Take
from rushes.flow.papers import write_papers
from rushes.integrations.cuts import find_takes, read_cut
from rushes.jobs.bar import progress_bar
from rushes.papers.exposure import Exposure
from rushes.papers.packets import PACKETS
from rushes.studio import Studio


def papers(
    names: Annotated[list[str], typer.Argument(help="A delivery, or takes, by name.")],
    *,
    to: Annotated[Path, typer.Option(help="The folder to write them into.")],
    kind: Annotated[list[str] | None, typer.Option(help=f"Which: {', '.join(PACKETS)}; all of them, else.")] = None,
    cut: Annotated[Path | None, typer.Option(help="The cut, as OTIO or EDL, to place the takes in its shots.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write the packets that insurers, clients, offices and guilds ask for."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        chosen = _chosen(studio, production.name, names)
        exposure = _exposure(studio, production, chosen, cut=cut) if cut else None
        kinds = list(dict.fromkeys(kind or PACKETS))
        written = write_papers(studio, chosen, watch, kinds=kinds, folder=to, exposure=exposure)
    unplaced = exposure.unplaced if exposure else ()
    if as_json:
        say_json({"written": written, "unplaced": dict(unplaced)})
        return
    for path in written:
        say(str(path))
    if unplaced:
        say_table("In no shot of the cut", ("take", "why"), unplaced)


def _chosen(studio: Studio, show: str, names: Sequence[str]) -> Delivery | list[Take]:
    """Return a delivery where one is named by itself, or else takes."""
    deliveries = {one.name: one for one in studio.ledger.every(Delivery, show)}
    if len(names) == 1 and names[0] in deliveries:
        return deliveries[names[0]]
    if several := [name for name in names if name in deliveries]:
        raise BadMaterial(f"{several[0]} is a delivery", remedy="Name one delivery by itself, or takes.")
    known = {one.name for one in studio.ledger.every(Take, show)}
    for name in names:
        if name not in known and not name.startswith("sha256:"):
            raise NotFound("delivery or take", name, {*deliveries, *known})
    return [studio.ledger.find(Take, show, name) for name in dict.fromkeys(names)]


def _exposure(studio: Studio, production: Show, chosen: Delivery | list[Take], *, cut: Path) -> Exposure:
    takes = [studio.ledger.get(one) for one in chosen.takes] if isinstance(chosen, Delivery) else chosen
    pairs = []
    for take in takes:
        plate = studio.ledger.get(take.plate) if isinstance(take, Take) else None
        if isinstance(take, Take) and isinstance(plate, Asset):
            pairs.append((take, plate))
    return find_takes(read_cut(cut, production.frame_rate), pairs)
