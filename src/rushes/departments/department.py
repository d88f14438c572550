"""What a department is: a name, what it needs and makes, and a handful of functions. No base class."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.domain.parts import Measure
from rushes.domain.recipes import Recipe
from rushes.training.workbench import Workbench

Plate = npt.NDArray[np.float32]
"""One frame, `(3, height, width)` float32, scene-linear in the show's working space, unless a docstring says else."""


@dataclass(frozen=True)
class Colour:
    """The show's colour management, as a department needs to know it.

    Attributes:
        config: OpenColorIO config, `ocio://…` or a path.
        working_space: scene-linear; of every plate.
        display: OCIO display for pictures that people look at.
        view: OCIO view on that display.
    """

    config: str
    working_space: str
    display: str
    view: str


@dataclass(frozen=True)
class Need:
    """One role in a department's lessons.

    Attributes:
        role: `before`, `after`, `reference`, `hero`…
        words: what it is, for a person.
        optional: it may be left out.
        matte: it says how much, 0 to 1, and is in no colour space.
    """

    role: str
    words: str
    optional: bool = False
    matte: bool = False


@dataclass(frozen=True)
class LessonKind:
    """One way of teaching a department.

    Attributes:
        needs: the roles that come together.
        paired: frames of all roles show the same moment, one to one; otherwise each role comes by itself.
    """

    needs: tuple[Need, ...]
    paired: bool

    def fits(self, roles: Set[str]) -> bool:
        """Return whether these roles make such a lesson: everything that it needs, and nothing that it does not know.

        >>> LessonKind((Need("before", ""), Need("weight", "", optional=True)), paired=True).fits({"before"})
        True
        """
        needed = {need.role for need in self.needs if not need.optional}
        return needed <= roles <= {need.role for need in self.needs}


@dataclass(frozen=True)
class Example:
    """One taught moment: a pair, or a single frame where the lesson is not paired; read only when asked for.

    Attributes:
        clip: name of the footage it was taken from.
        frame: number in that footage.
        plates: for each role a function that reads the frame as a `Plate`; a matte comes as `(3 or 4, height, width)`
            float32 as its file has it, in no colour space, its alpha last.
        near: reads the frame of the first role so many frames later (or earlier, below 0); None where there is none.
    """

    clip: str
    frame: int
    plates: Mapping[str, Callable[[], Plate]]
    near: Callable[[int], Plate | None] = lambda offset: None

    @property
    def name(self) -> str:
        """The name for people and reports: `bunny 40`."""
        return f"{self.clip} {self.frame}"


@dataclass(frozen=True)
class Lesson:
    """What a department is taught by: examples, and the colour management they were read with.

    Attributes:
        examples: in the order of the dataset.
        colour: what they were read with.
        earlier: weights and cards of the show's own approved models, which say what to expect where nothing is shown.
    """

    examples: Sequence[Example]
    colour: Colour
    earlier: Sequence[tuple["Weights", Mapping[str, Any]]] = ()


@dataclass(frozen=True)
class Trained:
    """What a training gives back.

    Attributes:
        weights: by name; they become one safetensors file.
        card: plain words and numbers to keep with the weights, JSON values only.
        measures: scores, with thresholds where there are any.
        reports: files for people that training wrote into the workbench's folder.
        recipe: what it was trained with, where the department settled more than it was told, such as how many steps
            fit into a minute of this machine; None where it followed the recipe as it came.
    """

    weights: Mapping[str, npt.NDArray[np.generic]]
    card: Mapping[str, Any]
    measures: tuple[Measure, ...]
    reports: tuple[Path, ...] = ()
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Rendered:
    """One frame of a take.

    Attributes:
        plate: the result, `(3, height, width)`.
        layers: further images by channel name, each `(height, width)`: mattes, deltas, confidence; float16 is kept as
            half floats, float32 as floats.
        measures: of this frame, by name.
        evidence: small arrays by name that the department wants back when it looks over the whole take.
    """

    plate: Plate
    layers: Mapping[str, npt.NDArray[np.float32] | npt.NDArray[np.float16]] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reel:
    """Footage that can be looked into while a shot is rendered: only when asked for, a frame at a time.

    Attributes:
        frames: numbers of all its frames, in order.
        plate: reads one, as in `Example.plates`.
    """

    frames: tuple[int, ...]
    plate: Callable[[int], Plate]


@dataclass(frozen=True)
class Scene:
    """Where a render happens: the colour management of the show, and the clip that is rendered.

    Attributes:
        clip: name of the footage.
        shot: all of the footage, of which some frames may be rendered; None where there is nothing around a frame.
        further: what else the render was given, by role, for the frames that it has.
    """

    colour: Colour
    clip: str
    shot: Reel | None = None
    further: Mapping[str, Reel] = field(default_factory=dict)


@dataclass(frozen=True)
class HandOver:
    """What a department needs to know to write its files for other programs.

    Attributes:
        title: goes into the files.
        model: digest of the model.
        scope: what it may be used for, in words: a line each.
        clips: for edit lists: reel name, first and last frame, timecode of the first frame or None, frame rate.
    """

    title: str
    colour: Colour
    clips: tuple[tuple[str, tuple[int, int], str | None, str], ...]
    model: str = ""
    scope: tuple[str, ...] = ()


Weights = Mapping[str, npt.NDArray[np.generic]]
RenderFrame = Callable[[Plate, int], Rendered]
"""Renders one frame of a clip, given with its number. The same frame again gives the same pixels, in any order."""


@dataclass(frozen=True)
class Seen:
    """One rendered frame as it comes back when a take is looked over.

    Attributes:
        rendered: reads the take's own frame, layers and all, as `(height, width)` by channel name.
        measures: that the render gave.
        evidence: that the render gave.
    """

    frame: int
    rendered: Callable[[], Mapping[str, npt.NDArray[np.float32]]]
    measures: Mapping[str, float]
    evidence: Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class LookedOver:
    """What a department says of a whole take.

    Attributes:
        measures: beside the worst of each frame's.
        reports: files for people.
    """

    measures: tuple[Measure, ...] = ()
    reports: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Department:
    """How one kind of work is learned. Not a team.

    Attributes:
        name: one word, as on the call sheet.
        makes: what comes out, for people.
        serves: who works with it.
        action: the CAWG word its training needs a grant for.
        lessons: the ways in which it can be taught.
        recipes: named settings to start from.
        settings: what can be switched or trimmed in a render, with the neutral value of each.
        train: learn from a lesson; ends with reports for people.
        renderer: open weights once for a working space and settings; returns a function from frame to frame.
        judge: measures of a rendered frame against the wanted one; of a frame against itself it is perfect.
        hand_over: write the result for other programs into a folder; returns the files.
        limits: lowest and highest value of a setting; 0 to 10 where nothing is said.
        further: what else a render can be given, by role.
        shown: what a review movie shows of a frame, of its result and its layers by channel name; the result, else.
        look_over: say what is to be said of a whole take, and write reports into a folder.
        trial: settings of a recipe that make a training as short as one can be, to try a department out.
        source_type: where pixels of its takes come from, as the last word of IPTC's Digital Source Type.
        edit: what it does to them, as a C2PA action.
    """

    name: str
    makes: str
    serves: str
    action: str
    lessons: tuple[LessonKind, ...]
    recipes: Mapping[str, Recipe]
    settings: Mapping[str, float | bool]
    train: Callable[[Lesson, Any, Workbench], Trained]
    renderer: Callable[[Weights, Mapping[str, Any], Scene, Mapping[str, float | bool]], RenderFrame]
    judge: Callable[[Plate, Plate, Scene], tuple[Measure, ...]]
    hand_over: Callable[[Weights, Mapping[str, Any], HandOver, Path], tuple[Path, ...]]
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    further: tuple[Need, ...] = ()
    shown: Callable[[Plate, Mapping[str, npt.NDArray[np.float32]]], Plate] = lambda result, layers: result
    look_over: Callable[[Mapping[str, Any], Scene, Sequence[Seen], Path], LookedOver] = (
        lambda card, scene, take, folder: LookedOver()
    )
    trial: Mapping[str, str] = field(default_factory=dict)
    source_type: str = "compositeWithTrainedAlgorithmicMedia"
    edit: str = "c2pa.edited"
