"""Shot match beside its peers, on the same frames in one run.

Peers are color-matcher (all its methods) and a script of the usual parts: OpenCV's SIFT and homography, then
colour-science's Cheung 2004 on what they bring together. They are not dependencies: install `color-matcher`,
`colour-science` and `opencv-python-headless` beside Rushes.

    OMP_NUM_THREADS=1 python bench/shot_match.py [--drifts 4] [--seed 0] [--graded] [--speed]

Each peer is used as its documentation shows, on display-referred pictures, and is even shown the frame that it is
judged on: it matches every frame anew, so its result flickers, which is not counted against it. Ours is one CDL a
shot, from three other frames of it.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from rushes.departments.look.difference import xyz_from
from rushes.departments.look.match import apply_match, match_shot
from shot_scenes import CONFIG, LOG, SRGB, Case, Floats, apart, cases, converted, picture

Result = Callable[[Case], tuple[list[Floats], str]]
METHODS = ("mvgd", "mkl", "reinhard", "hm", "hm-mvgd-hm", "hm-mkl-hm")
WORSE = 0.05
"""ΔE2000 by which a shot must be further from the truth than it was to count as made worse."""


def ours(case: Case) -> tuple[list[Floats], str]:
    match = match_shot(case.shot, case.hero, TO_XYZ)
    return [apply_match(match, frame) for frame in case.held], match.how


def unmatched(case: Case) -> tuple[list[Floats], str]:
    return case.held, ""


def color_matcher(method: str) -> Result:
    from color_matcher import ColorMatcher

    def result(case: Case) -> tuple[list[Floats], str]:
        reference = _shown(case.hero[-1])
        matched = [ColorMatcher().transfer(src=_shown(frame), ref=reference, method=method) for frame in case.held]
        return [_logged(np.clip(frame, 0, 1)) for frame in matched], ""

    return result


def scripted(case: Case) -> tuple[list[Floats], str]:
    """OpenCV SIFT and homography, then colour-science on the pixels that the homography brings together."""
    import colour
    import cv2

    shot, hero = _shown(case.shot[1]), _shown(case.hero[-1])
    grey = [cv2.cvtColor((image * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY) for image in (shot, hero)]
    finder = cv2.SIFT_create(4000)
    (spots, marks), (seen, others) = (finder.detectAndCompute(image, None) for image in grey)
    pairs = [one for one, two in cv2.BFMatcher().knnMatch(marks, others, k=2) if one.distance < 0.75 * two.distance]
    if len(pairs) < 10:
        return case.held, "left alone"
    places = [np.float32([side[i].pt for i in which]) for side, which in
              ((spots, [p.queryIdx for p in pairs]), (seen, [p.trainIdx for p in pairs]))]  # fmt: skip
    geometry, agreeing = cv2.findHomography(*places, cv2.RANSAC, 4.0)
    if geometry is None or agreeing.sum() < 10:
        return case.held, "left alone"
    rows, columns = shot.shape[:2]
    moved = cv2.warpPerspective(hero, np.linalg.inv(geometry), (columns, rows))
    inside = cv2.warpPerspective(np.ones(hero.shape[:2], np.float32), np.linalg.inv(geometry), (columns, rows)) > 0.99
    before, after = (cv2.blur(image, (7, 7))[inside][::37] for image in (shot, moved))
    if len(before) < 100:
        return case.held, "left alone"
    fitted = [
        colour.colour_correction(_shown(frame), before, after, method="Cheung 2004", terms=7) for frame in case.held
    ]
    return [_logged(np.clip(frame, 0, 1)) for frame in fitted], "scripted"


def _shown(pixels: Floats) -> Floats:
    return np.clip(converted(pixels, LOG, SRGB), 0, 1)


def _logged(screen: Floats) -> Floats:
    return converted(np.asarray(screen, np.float32), SRGB, LOG)


def judge(methods: dict[str, Result], drifts: int, *, seed: int, graded: bool) -> None:
    """Run every method on every case and print the tables."""
    errors: dict[str, list[float]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    facts: list[tuple[str, str, str, str]] = []
    for case in cases(drifts, seed=seed, graded=graded):
        how = ""
        for name, method in methods.items():
            began = time.process_time()
            frames, told = method(case)
            seconds[name] += time.process_time() - began
            errors[name].append(
                float(np.mean([apart(one, true) for one, true in zip(frames, case.truth, strict=True)]))
            )
            how = told if name == "rushes" else how
        facts.append((case.kind, case.scene, case.drift, how))
        print(*facts[-1], f"{errors['unmatched'][-1]:.2f} -> {errors['rushes'][-1]:.2f}", sep=" · ", flush=True)
    _print_tables(errors, seconds, facts)


def _print_tables(
    errors: dict[str, list[float]], seconds: dict[str, float], facts: list[tuple[str, str, str, str]]
) -> None:
    table = {name: np.array(values) for name, values in errors.items()}
    as_is = table["unmatched"]
    print(f"\n{len(as_is)} shots\n| method | mean | p95 | worst against unmatched | made worse | CPU s a shot |")
    print("|---|---|---|---|---|---|")
    for name, values in table.items():
        worse = values - as_is
        print(
            f"| {name} | {values.mean():.2f} | {np.percentile(values, 95):.1f} | {worse.max():+.2f} "
            f"| {np.mean(worse > WORSE):.0%} | {seconds[name] / len(values):.2f} |"
        )
    kinds = list(dict.fromkeys(fact[0] for fact in facts))
    print("\n| mean ΔE2000 | " + " | ".join(kinds) + " |\n|" + "---|" * (len(kinds) + 1))
    for name, values in table.items():
        means = [values[[fact[0] == kind for fact in facts]].mean() for kind in kinds]
        print(f"| {name} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")
    ways = [fact[3] for fact in facts]
    for way in dict.fromkeys(ways):
        chosen = np.array([one == way for one in ways])
        print(f"{way}: {chosen.sum()} shots, {as_is[chosen].mean():.2f} -> {table['rushes'][chosen].mean():.2f}")


def speed() -> None:
    """Print the time of one match from 1920 x 1080 frames."""
    big = [np.repeat(np.repeat(picture("dog", when), 2, axis=0), 2, axis=1) for when in (0.03, 0.15, 0.6, 0.75, 0.9)]
    wall, cpu = time.perf_counter(), time.process_time()
    match = match_shot([frame + np.float32(0.03) for frame in big[2:]], big[:2], TO_XYZ)
    print(f"1920x1080: {time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s; {match.reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drifts", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--graded", action="store_true", help="the hero is graded, the shots are not")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--speed", action="store_true", help="only the time of one match")
    asked = parser.parse_args()
    if asked.speed:
        return speed()
    methods: dict[str, Result] = {"unmatched": unmatched, "rushes": ours}
    if not asked.alone:
        methods |= {f"color-matcher {method}": color_matcher(method) for method in METHODS}
        methods["OpenCV SIFT + Cheung 2004 (7)"] = scripted
    return judge(methods, asked.drifts, seed=asked.seed, graded=asked.graded)


TO_XYZ = xyz_from(CONFIG, LOG)

if __name__ == "__main__":
    main()
