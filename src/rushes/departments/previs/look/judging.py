"""How far a dressed frame is from a wanted one, to the eye."""

import numpy as np
from skimage.color import deltaE_ciede2000

from rushes.departments.department import Plate, Scene
from rushes.departments.previs.look.tones import lab_from
from rushes.domain.parts import Measure


def judge_look(rendered: Plate, wanted: Plate, scene: Scene) -> tuple[Measure, ...]:
    """Measure how far a rendered frame is from the wanted one; 0 is the same picture."""
    lab = lab_from(scene.colour)
    one, other = (lab(np.ascontiguousarray(plate.transpose(1, 2, 0))) for plate in (rendered, wanted))
    apart = deltaE_ciede2000(one, other)
    tone = np.abs(np.quantile(one[..., 0], np.linspace(0, 1, 21)) - np.quantile(other[..., 0], np.linspace(0, 1, 21)))
    return (
        Measure("mean", float(apart.mean()), "ΔE2000"),
        Measure("99 of 100 pixels within", float(np.percentile(apart, 99)), "ΔE2000"),
        Measure("tones apart, mean", float(tone.mean()), "L*"),
    )
