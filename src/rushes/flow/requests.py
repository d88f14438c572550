"""requests: show a performer exactly what is meant, ask in plain words, and record the answer. Asked of any footage."""

import json
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np

from rushes.domain.clearances import GIVERS, Party, Reply, Request
from rushes.domain.errors import AlreadyThere, BadMaterial
from rushes.domain.grants import Consent
from rushes.domain.names import check_name
from rushes.domain.nouns import Asset, frame_numbers
from rushes.domain.parts import AssetFile
from rushes.domain.question import EVERYTHING
from rushes.domain.records import digest_of, to_json
from rushes.jobs.here import Watcher, no_watcher
from rushes.ledger.atomic import make_folder, sync_folder
from rushes.media.alpha import straight
from rushes.media.colour import review_view
from rushes.media.movie_writing import write_movie
from rushes.media.plates import open_plates
from rushes.papers.request_page import request_page
from rushes.studio import Studio

CLIP_CODEC = "h264"


@dataclass(frozen=True)
class Wish:
    """What somebody is to be asked.

    Attributes:
        name: of the request.
        person: by pseudonym.
        actions: CAWG words.
        uses: departments.
        described: the use in plain words.
        assets: what they are shown and asked for.
        frames: which frames of each; all of them, if empty.
        until: last day that is asked for, or None.
    """

    name: str
    person: str
    actions: tuple[str, ...]
    uses: tuple[str, ...]
    described: str
    assets: tuple[Asset, ...]
    frames: tuple[int, ...]
    until: date | None


def make_request(studio: Studio, show: str, wish: Wish, *, folder: Path, watch: Watcher = no_watcher) -> Request:
    """Write a folder with the clips, a page with the question and its form; record what was asked.

    Args:
        studio: where everything is.
        show: by name.
        wish: what is asked.
        folder: where the pack will lie; must not be there yet.
        watch: told of progress.

    Raises:
        BadMaterial: the question is too vague, or names frames that are not there.
        AlreadyThere: the folder, or a request of that name.
    """
    _refuse_unfit(studio, show, wish, folder=folder)
    staging = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    make_folder(staging, remedy="Name a folder that may be written.")
    clips = [_clip(studio, asset, _frames_of(asset, wish), into=staging, watch=watch) for asset in wish.assets]
    names = tuple(asset.name for asset in wish.assets)
    asked = wish.person, wish.actions, wish.uses, wish.described, names, wish.frames
    request = Request(show, wish.name, *asked, clips=tuple(clips), until=wish.until)
    (staging / "request.html").write_text(_page(studio, request, wish))
    record = {"digest": digest_of(request), **to_json(request)}
    (staging / "request.json").write_text(json.dumps(record, indent=1, ensure_ascii=False))
    studio.record(request)
    staging.rename(folder)
    sync_folder(folder.parent)
    return request


def _page(studio: Studio, request: Request, wish: Wish) -> str:
    parties = [one for one in studio.ledger.every(Party, request.show) if one.name == wish.person]
    known = studio.people.open(request.show, wish.person, parties[-1].sealed) if parties else {}
    shown = [(asset, _frames_of(asset, wish)) for asset in wish.assets]
    title = known.get("title", wish.person)
    return request_page(request, studio.production(request.show), shown, title=title, digest=digest_of(request))


def record_reply(
    studio: Studio, request: Request, *, accepted: bool, given_by: str, reason: str, paper: AssetFile | None
) -> Consent | None:
    """Record what was answered to a request; where it was accepted, the consent too, in one go.

    Args:
        studio: where it is recorded.
        request: what was asked.
        accepted: or declined.
        given_by: self, guardian, estate or union.
        reason: in their words; needed where they decline.
        paper: the signed form, in the vault.

    Raises:
        BadMaterial: declined without a reason, or accepted without a signed form.
        AlreadyThere: it was accepted before.
    """
    if given_by not in GIVERS:
        raise BadMaterial(f"{given_by!r} cannot answer", remedy=f"It is {', '.join(GIVERS)}.")
    if not accepted and not reason.strip():
        raise BadMaterial(f"{request.name} is declined without a reason", remedy="Say it with --reason.")
    if accepted and paper is None:
        raise BadMaterial(f"{request.name} is accepted without a paper", remedy="Give the signed form with --paper.")
    asked = digest_of(request)
    if any(one.request == asked for one in studio.ledger.every(Consent, request.show)):
        raise AlreadyThere(f"{request.name} was accepted before", remedy="Withdraw that consent, or ask anew.")
    reply = Reply(request.show, f"{request.name}.reply", asked, accepted, given_by, reason, paper)
    if not accepted:
        studio.record(reply)
        return None
    consent = replace(_consent(request, paper, given_by), starts=studio.today())
    studio.record_all([reply, consent])
    return consent


def _consent(request: Request, paper: AssetFile | None, given_by: str) -> Consent:
    """Return the consent for exactly what was asked."""
    return Consent(
        show=request.show,
        name=request.name,
        person=request.person,
        actions=request.actions,
        uses=request.uses,
        starts=None,
        ends=request.until,
        paper=paper,
        described=request.described,
        given_by=given_by,
        elements=("description", "document", "signature"),
        request=digest_of(request),
        assets=request.assets,
    )


def _refuse_unfit(studio: Studio, show: str, wish: Wish, *, folder: Path) -> None:
    check_name("request", wish.name)
    if folder.exists():
        raise AlreadyThere(f"{folder} is there already", remedy="Name another folder.")
    if any(one.name == wish.name for one in studio.ledger.every(Request, show)):
        raise AlreadyThere(f"there is a request {wish.name}", remedy="Give this one another name.")
    faults = ["it does not say in plain words what for"] if not wish.described.strip() else []
    faults += ["it is for every department at once"] if EVERYTHING in wish.uses else []
    faults += ["it shows nothing"] if not wish.assets else []
    for asset in wish.assets:
        gone = sorted(set(wish.frames) - set(frame_numbers(asset)))
        faults += [f"{asset.name} has no frame {', '.join(map(str, gone))}"] if gone else []
        if wish.person not in (asset.people or ()):
            faults.append(f"nobody has recorded that {wish.person} can be recognised in {asset.name}")
    if faults:
        raise BadMaterial(
            f"{wish.name} cannot be asked like this", faults, "A consent is for one use that is described."
        )


def _frames_of(asset: Asset, wish: Wish) -> Sequence[int]:
    return wish.frames or frame_numbers(asset)


def _clip(studio: Studio, asset: Asset, numbers: Sequence[int], *, into: Path, watch: Watcher) -> AssetFile:
    """Write the very frames that are asked for as a movie, through the show's view, and keep it in the vault."""
    show = studio.production(asset.show)
    view = review_view(show.config, show.working_space, display=show.display, view=show.view)
    path = into / f"{asset.name}.mp4"
    with ExitStack() as files:
        opened = open_plates(studio.paths(asset.files), asset, config=show.config, working_space=show.working_space)
        plates = files.enter_context(opened)
        writer = files.enter_context(write_movie(path, frame_rate=Fraction(asset.frame_rate), codec=CLIP_CODEC))
        for done, number in enumerate(numbers):
            watch(done, len(numbers), f"showing {asset.name}")
            picture = np.array(straight(plates.read(number)).plate.transpose(1, 2, 0), np.float32, order="C")
            view(picture)
            writer.write(picture)
    return studio.vault.put(path)
