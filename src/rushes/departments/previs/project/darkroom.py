"""Where a project's pictures are drawn: one renderer for each set, opened when it is needed and closed at the end."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.look.dress import Wardrobe
from rushes.departments.previs.out.sketch import Sketching, composite, read_sketch
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.project.dressing import Look, dressed, locked_ids, painted, sources_of, wardrobe_of
from rushes.departments.previs.project.files import inside
from rushes.departments.previs.project.frame_recipe import FrameRecipe, recipe_of
from rushes.departments.previs.project.keying import Keyed, keyed_frame, keys_of
from rushes.departments.previs.project.model import Project, ShotWork
from rushes.departments.previs.render.display import ink, line_groups, outlines, to_display
from rushes.departments.previs.render.open import OpenRenderer, open_renderer
from rushes.departments.previs.render.passes import EVERYTHING, PICTURE, Passes
from rushes.departments.previs.stage.pieces import Stage
from rushes.domain.errors import BadMaterial
from rushes.domain.records import digest_of_bytes

Picture = NDArray[np.uint8]
"""(height, width, 3) sRGB."""
LINES = frozenset({"ids", "depth", "normal"})
LOOKS = ("dressed", "board")
"""Methods that need a look pack; without one the greybox is drawn, and the recipe says so."""
MOST_OPEN = 3
"""Renderers kept open: a cut goes to and fro between few sets."""


class Darkroom:
    """Draws the frames of a project. Use it in a `with` block.

    Attributes:
        size: width and height of its pictures.
    """

    def __init__(
        self,
        project: Project,
        size: tuple[int, int],
        *,
        folder: Path | None = None,
        look: Look | None = None,
        with_: str = "",
    ) -> None:
        self.size = size
        self._folder, self._look = folder, look
        self._wardrobes: dict[str, Wardrobe] = {}
        self._keys: dict[str, Keyed] = {}
        self._work = {shot.id: shot for shot in project.shots}
        self._with = with_
        self._open: OrderedDict[tuple[int, int], tuple[Stage, OpenRenderer]] = OrderedDict()

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close every renderer."""
        while self._open:
            self._open.popitem()[1][1].close()

    def work(self, shot: ReadyShot) -> ShotWork:
        """Return what was decided for a shot."""
        return self._work[shot.id]

    def draw(self, shot: ReadyShot, frame: int) -> Picture:
        """Return a frame as its shot is to be drawn, under its sketch if it has one."""
        picture, work = self._painted(shot, frame), self.work(shot)
        if not (work.sketch and self._folder):
            return picture
        sketch = read_sketch(inside(self._folder, "sketches", work.sketch), self.size, _laid(work))
        drawn = composite(picture.astype(np.float32) / np.float32(255), sketch, _laid(work))
        return np.asarray(np.round(drawn * 255), np.uint8)

    def _painted(self, shot: ReadyShot, frame: int) -> Picture:
        moment, work = shot.moment_at(frame), self.work(shot)
        renderer = self._renderer(shot.stage)
        if self._look and work.method == "dressed" and work.strength > 0:
            return dressed(self._look, self._wardrobe(shot), renderer.draw(moment, EVERYTHING), strength=work.strength)
        if self._look and work.method == "board" and work.strength > 0:
            everything = renderer.draw(moment, EVERYTHING)
            return painted(self._look, self._wardrobe(shot), everything, work=work, stage=shot.stage)
        if work.method == "keyed" and work.keys and work.strength > 0:
            locked = locked_ids(shot.stage, work)
            everything = renderer.draw(moment, EVERYTHING)
            return to_display(keyed_frame(self._keyed(shot), everything, frame, work=work, locked=locked))
        if work.method != "ink":
            return to_display(renderer.draw(moment, PICTURE).beauty)
        large = self._renderer(shot.stage, times=2).draw(moment, LINES)
        display = to_display(renderer.draw(moment, PICTURE).beauty)
        return ink(display, outlines(large, line_groups(shot.stage)))

    def passes(self, shot: ReadyShot, frame: int) -> Passes:
        """Return everything that is known of a frame's pixels."""
        return self._renderer(shot.stage).draw(shot.moment_at(frame), EVERYTHING)

    def seen(self, shot: ReadyShot, frame: int) -> Hashable:
        """Return what is the same for two frames of a shot that give the same picture; cheaper than to draw them."""
        moment = shot.moment_at(frame)
        return moment.camera, moment.light, _Held(moment.places), frame if self.work(shot).method == "keyed" else 0

    def recipe(self, shot: ReadyShot, frame: int) -> FrameRecipe:
        """Return what a frame is drawn from."""
        work = self.work(shot)
        words = self._renderer(shot.stage).words
        made = recipe_of(work, frame, shot.moment_at(frame), stage=shot.stage, size=self.size, drawn_with=words)
        if work.sketch and self._folder:
            content = inside(self._folder, "sketches", work.sketch).read_bytes()
            made = replace(made, sketch=digest_of_bytes(content), sketch_instead=work.sketch_instead)
        if work.method == "keyed" and work.keys:
            keys = self._keyed(shot).digests
            made = replace(made, strength=work.strength, seed=work.seed, locked=work.locked, keys=keys)
        if work.method not in LOOKS or self._look is None:
            return replace(made, method="greybox" if work.method in LOOKS else work.method)
        return replace(
            made,
            method=work.method,
            strength=work.strength,
            seed=work.seed,
            locked=work.locked,
            look=self._look.model,
            swatches=tuple(sorted(self._look.swatches.items())),
            sources=sources_of(self._wardrobe(shot)) if work.strength > 0 else (),
        )

    def _keyed(self, shot: ReadyShot) -> Keyed:
        if shot.id not in self._keys:
            if self._folder is None:
                raise BadMaterial("a darkroom without the project's folder has no keys")
            found = keys_of(self._folder, self.work(shot), shot, passes_at=partial(self.passes, shot))
            self._keys[shot.id] = found
        return self._keys[shot.id]

    def _wardrobe(self, shot: ReadyShot) -> Wardrobe:
        assert self._look is not None
        if shot.id not in self._wardrobes:
            passes_at = partial(self.passes, shot)
            self._wardrobes[shot.id] = wardrobe_of(self._look, shot, self.work(shot), passes_at=passes_at)
        return self._wardrobes[shot.id]

    def _renderer(self, stage: Stage, times: int = 1) -> OpenRenderer:
        key = (id(stage), times)
        if key not in self._open:
            while len(self._open) >= MOST_OPEN:
                self._open.popitem(last=False)[1][1].close()
            size = (self.size[0] * times, self.size[1] * times)
            # the stage is held beside its renderer: its id means nothing once it is gone
            self._open[key] = (stage, open_renderer(stage, size, with_=self._with))
        self._open.move_to_end(key)
        return self._open[key][1]


def _laid(work: ShotWork) -> Sketching:
    return Sketching("instead" if work.sketch_instead else "over")


@dataclass(frozen=True, eq=False)
class _Held:
    """A thing that is compared by being the very same one; holding it keeps another from taking its place in memory."""

    thing: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)
