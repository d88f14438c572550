"""Frames that a model makes of a plate, in memory and as an audience sees them: to compare by, no take is kept."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from rushes.departments.department import Department, RenderFrame, Scene, Weights
from rushes.departments.find import find_department
from rushes.domain.nouns import Asset, Model, Take, frame_numbers
from rushes.flow.rendering import OVER, RenderOrder, opened_scene
from rushes.media.alpha import straight
from rushes.media.colour import Convert, review_view
from rushes.media.frames import Frame, with_plate
from rushes.originality.pictures import Picture, seen_picture
from rushes.studio import Studio
from rushes.training.weights import read_weights


@dataclass(frozen=True)
class Making:
    """A plate, opened, with all that a render of it was given.

    Attributes:
        numbers: frames that there are to make.
        read: a frame of the plate.
        scene: what a renderer is opened with.
        view: of the show.
    """

    numbers: tuple[int, ...]
    read: Callable[[int], Frame]
    scene: Scene
    view: Convert
    department: Department
    settings: Mapping[str, float | bool]

    def renderer(self, weights: Weights, card: Mapping[str, object]) -> RenderFrame:
        """Open weights for this plate."""
        return self.department.renderer(weights, card, self.scene, self.settings)

    def seen(self, render: RenderFrame, number: int) -> Picture:
        """Render one frame, and return what an audience sees of it."""
        frame = straight(self.read(number))
        return seen_picture(with_plate(frame, render(frame.plate, number).plate), self.view)


def making_of(studio: Studio, order: RenderOrder, files: ExitStack) -> Making:
    """Open what an order names, until `files` is closed; whether it may be rendered is for the caller to know."""
    department = find_department(order.model.department)
    shot, scene = opened_scene(studio, order, files)
    colour = scene.colour
    view = review_view(colour.config, colour.working_space, display=colour.display, view=colour.view)
    settings = {**department.settings, **order.settings}
    first, last = order.frames or (order.plate.frames[0], order.plate.frames[1])
    numbers = tuple(number for number in frame_numbers(order.plate) if first <= number <= last)
    return Making(numbers, shot.read, scene, view, department, settings)


def order_of(studio: Studio, take: Take) -> RenderOrder:
    """Return what a take was ordered by."""
    model, plate = studio.ledger.get(take.model), studio.ledger.get(take.plate)
    assert isinstance(model, Model)
    assert isinstance(plate, Asset)
    given = {further.role: studio.ledger.get(further.what) for further in take.further}
    over = given.pop(OVER, None)
    further = {role: fact for role, fact in given.items() if isinstance(fact, Asset)}
    settings = json.loads(take.settings)
    return RenderOrder(model, plate, take.frames, settings, further, over if isinstance(over, Take) else None)


def recorded_renderer(studio: Studio, model: Model, making: Making) -> RenderFrame:
    """Open a model's weights, as they are on record, for a plate."""
    return making.renderer(*read_weights(studio.vault.path(model.weights)))
