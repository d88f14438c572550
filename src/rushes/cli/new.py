"""rushes new: start a show."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson
from rushes.cli.voice import say, say_json
from rushes.domain.errors import AlreadyThere
from rushes.domain.names import check_name
from rushes.domain.nouns import Show
from rushes.domain.records import to_json
from rushes.domain.territories import check_territory
from rushes.media.colour import check_view, scene_linear_named
from rushes.media.timecode import read_rate
from rushes.settings import read_settings
from rushes.studio import open_studio

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"


def new(
    name: Annotated[str, typer.Argument(help="One word, as in file names.")],
    *,
    owner: Annotated[str, typer.Option(help="The company that owns the production.")],
    territory: Annotated[str, typer.Option(help="Where this machine works, as in GB.")],
    title: Annotated[str, typer.Option(help="As on the slate.")] = "",
    config: Annotated[str, typer.Option(help="OpenColorIO config, ocio://… or a path.")] = CONFIG,
    working_space: Annotated[str, typer.Option(help="Scene-linear space of all work.")] = "ACEScg",
    display: Annotated[str, typer.Option(help="OCIO display of review movies.")] = "Rec.1886 Rec.709 - Display",
    view: Annotated[str, typer.Option(help="OCIO view on it.")] = "ACES 2.0 - SDR 100 nits (Rec.709)",
    frame_rate: Annotated[str, typer.Option(help="As in 24 or 24000/1001.")] = "24",
    as_json: AsJson = False,
) -> None:
    """Start a show."""
    check_name("show", name)
    check_view(config, display, view)
    show = Show(
        show=name,
        name=name,
        title=title or name,
        owner=owner,
        territory=check_territory(territory),
        config=config,
        working_space=scene_linear_named(config, working_space),
        display=display,
        view=view,
        frame_rate=str(read_rate(frame_rate)),
    )
    with open_studio(read_settings()) as studio:
        if show.name in {other.name for other in studio.ledger.every(Show)}:
            raise AlreadyThere(f"there is a show named {name!r}", remedy="Give this one another name.")
        studio.record(show)
    if as_json:
        say_json(to_json(show))
    else:
        say(f"{show.title}: works in {show.working_space}, owned by {show.owner}, in {show.territory}")
