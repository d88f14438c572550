"""A sheet of stills for somebody who looks: who can be recognised where. No detector: none has papers that we accept.

A face detector would be quicker, and its weights would be of unknown origin: those that packages ship were taught by
faces from the web, or say nothing of what taught them. So a person looks, and this page makes that a matter of minutes.
"""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from rushes.media.whole import whole_file
from rushes.originality.pictures import Picture

WIDEST = 480
"""Pixels across a still: a face of a twentieth of the width is still one."""


@dataclass(frozen=True)
class Sheet:
    """What is on the sheet.

    Attributes:
        asset: its name.
        words: what it is: frames, size, who was said to be in it.
        numbers: of the frames that are shown.
        known: who is on record already, in words.
        seen: display and view of the pictures.
    """

    asset: str
    words: str
    numbers: Sequence[int]
    known: Sequence[str]
    seen: str


def write_sheet(path: Path, sheet: Sheet, picture: Callable[[int], Picture]) -> None:
    """Write the sheet as one page, whole or not at all; its folder is made where missing.

    Args:
        path: of the HTML file.
        sheet: everything beside the pictures.
        picture: a frame, as `pictures.seen_picture` makes it.
    """
    room = Environment(
        loader=PackageLoader("rushes.originality"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    stills = ((number, _address(picture(number))) for number in sheet.numbers)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as draft, draft.open("w", encoding="utf-8") as page:
        # a still at a time: an hour of dailies has thousands
        page.writelines(room.get_template("people_sheet.html.j2").generate(sheet=sheet, stills=stills))


def _address(picture: Picture) -> str:
    width = min(WIDEST, picture.shape[1])
    size = width, max(1, round(picture.shape[0] * width / picture.shape[1]))
    held = io.BytesIO()
    Image.fromarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)).save(held, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode("ascii")
