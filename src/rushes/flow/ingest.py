"""ingest: bring material in, look at every frame of it, and keep it by its content."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from rushes.domain.errors import AlreadyThere, BadMaterial, NotCleared, NotFound, UnstatedColourSpace
from rushes.domain.names import check_name
from rushes.domain.nouns import Asset, Show
from rushes.domain.records import digest_of_bytes
from rushes.flow.policy import refusals
from rushes.flow.reserved import SaidOfRights, said_of_rights
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.media.colour import DATA, colour_space_named
from rushes.media.colour_hints import colour_hints
from rushes.media.incoming import Incoming, colour_said, open_incoming
from rushes.media.movies import is_movie
from rushes.media.sandbox import open_sandbox
from rushes.media.sequences import find_sequence
from rushes.media.timecode import read_rate
from rushes.studio import Studio
from rushes.training.workbench import Workbench

KINDS = ("plate", "grade", "still", "matte", "board", "script", "lut")
UNBROKEN = ("plate",)
"""Kinds in which a missing frame is a fault; stills and grades are often a handful of a shot."""


@dataclass(frozen=True)
class Arrival:
    """Material at the door, and what is said of it.

    Attributes:
        source: a movie, a still, a folder, or a sequence such as `plate.####.exr`.
        colour_space: encoding of the pixels, in the words of the show's OCIO config; of a matte, data unless said.
        owner: who owns it; None where nobody knows: it comes in, and stays locked.
        people: everyone who can be recognised in it; None where nobody has looked: it stays locked.
        first_frame: number of a movie's first frame.
        frame_rate: where the files do not say, or say wrong.
    """

    show: str
    name: str
    kind: str
    source: str
    colour_space: str | None
    owner: str | None
    people: tuple[str, ...] | None
    first_frame: int = 0
    frame_rate: str | None = None


@dataclass(frozen=True)
class Arrived:
    """An asset that came in, and what was noticed about it.

    Attributes:
        notes: for people: pixels that are no numbers, with frame and channel.
    """

    asset: Asset
    notes: tuple[str, ...] = field(default=())


def ingest_asset(studio: Studio, arrival: Arrival, watch: Watcher = no_watcher) -> Arrived:
    """Bring material in: every frame is decoded once, then kept in the vault by its content.

    It is decoded in a sandbox, and nothing is kept before all of it has been: a file that crashes a decoder is refused
    like one that is merely damaged.

    Raises:
        BadMaterial: damaged, with holes, of changing size, or of unstated colour space: with every fault.
        AlreadyThere: the name stands for something else.
    """
    production = studio.ledger.find(Show, arrival.show, arrival.show)
    if arrival.kind not in KINDS:
        raise NotFound("kind of asset", arrival.kind, KINDS)
    check_name("asset", arrival.name)
    _rate(arrival, None)  # before every frame is looked at
    numbered = _numbered(arrival)
    if arrival.colour_space is None and arrival.kind == "matte":
        arrival = replace(arrival, colour_space=DATA)  # a matte is how much, not how bright
    if arrival.colour_space is None:
        with open_sandbox() as sandbox:
            hints = colour_hints(numbered[0][1], production.config, partial(colour_said, sandbox))
        raise UnstatedColourSpace(arrival.source, (numbered[0][0], numbered[-1][0]), hints)
    space = colour_space_named(production.config, arrival.colour_space)

    def work(bench: Workbench) -> Arrived:
        numbers, paths = [number for number, _ in numbered], [path for _, path in numbered]
        with open_sandbox() as sandbox:
            footage = open_incoming(sandbox, paths, numbers, frame_rate=_rate(arrival, None))
            notes = _look_at_every_frame(footage, numbers, bench)
            said = said_of_rights(sandbox, paths)
        footage.check_unchanged()
        asset = _asset(studio, arrival, footage, numbered=numbered, space=space, production=production)
        return Arrived(_recorded(studio, asset, said), (*footage.notes, *notes, *said.words))

    what = f"{arrival}".encode()
    return run_here(
        studio.jobs, f"ingest-{digest_of_bytes(what)[7:19]}", f"ingest {arrival.name}", work=work, watch=watch
    )


def _numbered(arrival: Arrival) -> list[tuple[int, Path]]:
    path = Path(arrival.source)
    if is_movie(path):
        return [(arrival.first_frame, path)]
    return find_sequence(arrival.source, holes=arrival.kind not in UNBROKEN)


def _rate(arrival: Arrival, said: Fraction | None) -> Fraction | None:
    return said if arrival.frame_rate is None else read_rate(arrival.frame_rate)


def _look_at_every_frame(footage: Incoming, numbers: list[int], bench: Workbench) -> tuple[str, ...]:
    first, last = footage.frames
    frames = numbers if len(numbers) > 1 else range(first, last + 1)
    notes: list[str] = []
    for done, number in enumerate(frames):
        for channel, count in footage.odd_pixels(number).items():
            notes.append(f"frame {number}, channel {channel}: {count} pixels are NaN or infinite")
        bench.tell(done + 1, len(frames), "decoding every frame")
    return tuple(notes)


def _asset(
    studio: Studio,
    arrival: Arrival,
    footage: Incoming,
    *,
    numbered: list[tuple[int, Path]],
    space: str,
    production: Show,
) -> Asset:
    numbers = tuple(number for number, _ in numbered)
    broken = len(numbers) > 1 and numbers != tuple(range(numbers[0], numbers[-1] + 1))
    asset = Asset(
        show=arrival.show,
        name=arrival.name,
        kind=arrival.kind,
        owner=arrival.owner,
        people=arrival.people,
        files=tuple(studio.vault.put(path) for _, path in numbered),
        frames=footage.frames,
        width=footage.size[0],
        height=footage.size[1],
        frame_rate=str(_rate(arrival, footage.frame_rate) or Fraction(production.frame_rate)),
        colour_space=space,
        timecode=footage.timecode,
        numbers=numbers if broken else (),
        source=Path(arrival.source).name,
    )
    if not asset.files:
        raise BadMaterial(f"{arrival.source} holds no frames")
    footage.check_unchanged()
    return asset


def _recorded(studio: Studio, asset: Asset, said: SaidOfRights) -> Asset:
    """Put an asset on record, with what its files reserve, if the rules of the show let it in."""
    taken = [other for other in studio.ledger.every(Asset, asset.show) if other.name == asset.name]
    if any(other.files != asset.files for other in taken):
        raise AlreadyThere(f"{asset.name} stands for other footage already", remedy="Give this another name.")
    if reasons := refusals(studio, "may_ingest", asset, stated={"asset.reserved": said.reserved}):
        raise NotCleared(reasons)
    same = bool(taken) and replace(asset, revision=taken[-1].revision) == taken[-1]
    asset = taken[-1] if same else replace(asset, revision=taken[-1].revision + 1 if taken else 0)
    studio.record_all([asset, *said.facts(asset.show, asset.name)])
    return asset
