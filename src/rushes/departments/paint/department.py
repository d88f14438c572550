"""The paint department, as everybody else sees it."""

from rushes.departments.department import Department, LessonKind, Need
from rushes.departments.later import later
from rushes.departments.paint.presets import PRESETS, SETTINGS
from rushes.domain.actions import TRAINING

EXTRA = "train"
GUIDE = Need("guide", "a matte that says where, and that every render will be given too", optional=True, matte=True)
WEIGHT = Need("weight", "a matte of how much each pixel counts; 0 leaves it out", optional=True, matte=True)
BEFORE = Need("before", "frames as they were")
AFTER = Need("after", "the same frames, fixed by hand")
MATTE = Need("matte", "their mattes: in alpha, or in grey, or one each in red, green and blue", matte=True)


paint = Department(
    name="paint",
    makes="an artist's fix on the rest of the shot: result, matte, delta and confidence as layers; .cat by Nuke, ONNX",
    serves="compositors, paint and roto artists",
    action=TRAINING,
    lessons=(
        LessonKind((BEFORE, AFTER, GUIDE, WEIGHT), paired=True),
        LessonKind((BEFORE, MATTE, WEIGHT), paired=True),
        LessonKind((BEFORE, AFTER, MATTE, WEIGHT), paired=True),
    ),
    recipes=PRESETS,
    settings=SETTINGS,
    train=later("rushes.departments.paint.learn:learn", EXTRA),
    renderer=later("rushes.departments.paint.frames:render_paint", EXTRA),
    judge=later("rushes.departments.paint.score:judge_paint", EXTRA),
    hand_over=later("rushes.departments.paint.hand_over:write_paint", EXTRA),
    limits={"strength": (0.0, 2.0)},
    further=(
        Need("guide", "the matte that the model was taught to be given", optional=True, matte=True),
        Need("inside", "a matte: outside of it the take below, or the plate, stays", optional=True, matte=True),
        Need("fixes", "frames of this shot that an artist painted: they win", optional=True),
    ),
    look_over=later("rushes.departments.paint.look_over:look_over_take", EXTRA),
    shown=later("rushes.departments.paint.reviewing:shown_in_review", EXTRA),
    trial={"steps": "2", "rate": "0.001"},
)
