"""rushes ingest: bring material in."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import frame_numbers
from rushes.domain.records import to_json
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.jobs.bar import progress_bar


def ingest(
    name: Annotated[str, typer.Argument(help="One word, as others will name it.")],
    source: Annotated[str, typer.Argument(help="A movie, a still, a folder, or plate.####.exr.")],
    *,
    kind: Annotated[str, typer.Option(help="plate, grade, still, matte, board, script or lut.")] = "plate",
    colour_space: Annotated[str | None, typer.Option(help="Of the pixels, in the words of the show's config.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who owns it; locked until that is known.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Someone who can be recognised in it.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody can be recognised in it.")] = False,
    first_frame: Annotated[int, typer.Option(help="Number of a movie's first frame.")] = 0,
    frame_rate: Annotated[str | None, typer.Option(help="Where the files do not say, as in 24000/1001.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Bring material in: every frame is decoded once and kept."""
    if nobody and person:
        raise BadMaterial("nobody and somebody cannot both be seen", remedy="Give --nobody or --person.")
    people = () if nobody else tuple(person) if person else None
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        arrival = Arrival(
            show=production.name,
            name=name,
            kind=kind,
            source=source,
            colour_space=colour_space,
            owner=owner,
            people=people,
            first_frame=first_frame,
            frame_rate=frame_rate,
        )
        arrived = ingest_asset(studio, arrival, watch)
    asset = arrived.asset
    if as_json:
        say_json({**to_json(asset), "notes": arrived.notes})
        return
    say(
        f"{asset.name}: {len(frame_numbers(asset))} frames {asset.frames[0]}-{asset.frames[1]},"
        f" {asset.width}×{asset.height}, {asset.colour_space}, {asset.frame_rate} frames a second"
    )
    for note in arrived.notes:
        say(f"  {note}")
    if asset.owner is None or asset.people is None:
        say("  locked: see why with  rushes rights missing " + asset.name)
