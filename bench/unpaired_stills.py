"""A look guessed from graded stills of other scenes: how far from the truth, beside doing nothing and beside peers.

    OMP_NUM_THREADS=1 python bench/unpaired_stills.py [--cluts FOLDER] [--seed 0]

Ground truth: third-party film looks and a hand-made grade laid over photographs and frames (`look_material`). Each
picture in turn is the scene, stills are drawn from the others, never from the same clip.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from look_material import CLUTS, FILMS, SCENES, colourist, film, graded_by, picture
from rushes.departments.look.arithmetic import apply_cdl, apply_curves
from rushes.departments.look.unpaired import DOMAIN, look_from_stills
from shot_scenes import LOG, SRGB, Floats, apart, converted

METHODS = ("mvgd", "mkl", "reinhard", "hm", "hm-mvgd-hm", "hm-mkl-hm")


def guessed(scene: Floats, stills: list[Floats], strength: float) -> Floats:
    logged = [converted(image, SRGB, LOG) for image in (scene, *stills)]
    guess = look_from_stills(logged[:1], logged[1:], strength=strength)
    return apply_curves(guess.curves, DOMAIN, apply_cdl(guess.cdl, logged[0]))


def color_matcher(scene: Floats, stills: list[Floats], method: str) -> Floats:
    from color_matcher import ColorMatcher

    pooled = np.concatenate([still.reshape(-1, 1, 3) for still in stills])
    matched = ColorMatcher().transfer(src=scene, ref=np.tile(pooled, (1, 2, 1)), method=method)
    return converted(np.asarray(np.clip(matched, 0, 1), np.float32), SRGB, LOG)


def judge(looks: dict[str, Callable[[Floats], Floats]], stills: int, seed: int) -> None:
    """Print the table for one number of stills."""
    methods: dict[str, Callable[[Floats, list[Floats]], Floats]] = {
        "left alone": lambda scene, _: converted(scene, SRGB, LOG),
        **{f"rushes, strength {strength}": partial(guessed, strength=strength) for strength in (0.4, 0.7, 1.0)},
    }
    if find_spec("color_matcher"):
        methods |= {f"color-matcher {method}": partial(color_matcher, method=method) for method in METHODS}
    errors, seconds = defaultdict(list), defaultdict(float)
    for number, look in enumerate(looks.values()):
        for place, name in enumerate(SCENES):
            others = [other for other in SCENES if other.split(":")[0] != name.split(":")[0]]
            drawn = np.random.default_rng([seed, number, place]).choice(others, stills, replace=False)
            scene, references = _small(name), [look(_small(str(other))) for other in drawn]
            truth = converted(look(scene), SRGB, LOG)
            for label, method in methods.items():
                began = time.process_time()
                errors[label].append(apart(method(scene, references), truth))
                seconds[label] += time.process_time() - began
    as_is = np.array(errors["left alone"])
    print(f"\n{stills} stills, {len(as_is)} cases")
    print("| method | mean ΔE2000 | made worse | worst | s |\n|---|---|---|---|---|")
    for label, values in errors.items():
        worse = np.array(values) - as_is
        print(f"| {label} | {np.mean(values):.2f} | {np.mean(worse > 0.05):.0%} | {worse.max():+.2f} "
              f"| {seconds[label] / len(as_is):.2f} |", flush=True)  # fmt: skip


@cache
def _small(name: str) -> Floats:
    return np.ascontiguousarray(picture(name)[::2, ::2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cluts", type=Path, default=CLUTS, help="folder that holds gmic_cluts.gmz")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    looks = {name: partial(graded_by, film(name, asked.cluts)) for name in FILMS} | {"colourist": colourist}
    for stills in (1, 4, 8):
        judge(looks, stills, asked.seed)


if __name__ == "__main__":
    main()
