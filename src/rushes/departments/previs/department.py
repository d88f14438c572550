"""The previs department, as everybody else sees it: what its look pack learns, and what it does to a greybox."""

from rushes.departments.department import Department, LessonKind, Need
from rushes.departments.later import later
from rushes.departments.previs.recipe import PrevisRecipe
from rushes.domain.actions import GENERATIVE_TRAINING

EXTRA = "previs"

previs = Department(
    name="previs",
    makes="the show's own look on a greybox: swatches, palette, light and regrade; tiles as EXR, .ase, .cube",
    serves="directors, previs and storyboard artists",
    action=GENERATIVE_TRAINING,
    lessons=(LessonKind((Need("reference", "cleared frames and art that look like the show"),), paired=False),),
    recipes={
        "standard": PrevisRecipe(name="standard"),
        "rich": PrevisRecipe(name="rich", swatches=28, most_frames=64),
    },
    settings={"strength": 1.0, "regrade": 1.0, "haze": 1.0, "texture": 1.0, "scale": 1.0},
    train=later("rushes.departments.previs.look.learn:learn_look", EXTRA),
    renderer=later("rushes.departments.previs.look.frames:render_look", EXTRA),
    judge=later("rushes.departments.previs.look.judging:judge_look", EXTRA),
    hand_over=later("rushes.departments.previs.look.hand_over:write_look", EXTRA),
    limits={
        "strength": (0.0, 1.0),
        "regrade": (0.0, 1.0),
        "haze": (0.0, 5.0),
        "texture": (0.0, 2.0),
        "scale": (0.1, 10.0),
    },
    further=(
        Need("ids", "the greybox's id pass: number of the piece in red", optional=True, matte=True),
        Need("depth", "its depth pass: metres in red", optional=True, matte=True),
        Need("normal", "its normal pass: x, y, z", optional=True, matte=True),
        Need("rest", "its rest positions: x, y, z in metres", optional=True, matte=True),
        Need("lit", "its key light pass, 0 to 1 in red", optional=True, matte=True),
        Need("swatch", "number of the swatch that a piece wears, in red; -1 stays greybox", optional=True, matte=True),
    ),
    look_over=later("rushes.departments.previs.look.drawn_on:list_frames_drawn_on", EXTRA),
    trial={"swatches": "4", "tile": "32"},
)
