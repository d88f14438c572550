"""The page by which a performer is asked: what they are shown, what for, in plain words, with a form to answer."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.domain.clearances import Request
from rushes.domain.nouns import Asset, Show, frame_numbers
from rushes.domain.parts import Digest, span_words

ASKED = {
    "cawg.ai_training": "to teach a small model of this production from the frames in which you are seen;"
    " the model makes no new pictures of you",
    "cawg.ai_generative_training": "to teach a small model of this production from the frames in which you are seen;"
    " the model can then make new pictures of you",
    "cawg.ai_inference": "to put the frames in which you are seen through such a model, which changes them",
    "cawg.data_mining": "to measure and search the frames in which you are seen",
}
"""What each action means to whoever is seen; the words are CAWG's, the plain ones are ours."""


def request_page(
    request: Request, show: Show, shown: Sequence[tuple[Asset, Sequence[int]]], *, title: str, digest: Digest
) -> str:
    """Return one HTML page, to be read on a screen beside its clips, or printed and signed.

    Args:
        request: what is asked.
        show: for which production.
        shown: each asset with the frames of it that are shown.
        title: the person's name, for the form.
        digest: of the request: the signature stands for exactly this.
    """
    page = Environment(
        loader=PackageLoader("rushes.papers"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("consent_request.html.j2")
    clips = [(f"{asset.name}.mp4", asset.name, span_words(frames), len(frames)) for asset, frames in shown]
    partly = [asset.name for asset, frames in shown if len(frames) < len(frame_numbers(asset))]
    asked = [ASKED[action] for action in request.actions]
    return page.render(request=request, show=show, clips=clips, asked=asked, partly=partly, title=title, digest=digest)
