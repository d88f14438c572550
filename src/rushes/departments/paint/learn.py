"""Learn a fix from a lesson: prepare, train, judge, report."""

from rushes.departments.department import Lesson, Trained
from rushes.departments.paint.fit import fit
from rushes.departments.paint.model import pack_model
from rushes.departments.paint.prepare import model_of, prepare, with_values
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.score import Judge
from rushes.departments.paint.showing import Live, Said, report_training
from rushes.training.workbench import Workbench


def learn(lesson: Lesson, recipe: PaintRecipe, bench: Workbench) -> Trained:
    """Learn a fix from pairs; goes on where it was stopped, to the same weights.

    Raises:
        BadMaterial: with everything that is wrong with the pairs, or with the model it is to start from.
    """
    bench.tell(0, 1, "looking at the pairs")
    ready = prepare(lesson, recipe, bench.folder)
    lessons, shape = ready.lessons, ready.shape
    judge = Judge(lessons.judged, lessons.held_out or lessons.own, lessons.own, shape)
    live = Live(judge, lesson, lessons, folder=bench.folder)
    fitted = fit(lessons, ready.network, shape, recipe=recipe, judge=live, bench=bench)
    bench.tell(fitted.steps, fitted.steps, "writing the report")
    judged, network = (with_values(ready.network, values) for values in (fitted.judged, fitted.values))
    said = Said(recipe, bench.folder, ready.warnings, ready.pictures)
    measures, reports = report_training(lesson, lessons, fitted, networks=(judged, network), judge=judge, said=said)
    weights, card = pack_model(model_of(lesson, network, ready, recipe=recipe))
    more = {
        "curve": [[point.step, point.loss, point.held_out, point.taught] for point in fitted.curve],
        "steps": fitted.steps,
        "held_out": lessons.words,
        "warnings": list(ready.warnings),
    }
    return Trained(weights, {**card, **more}, measures, reports, fitted.recipe)
