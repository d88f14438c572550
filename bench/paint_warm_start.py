"""A fix learned from random numbers, beside one that starts from the show's model of another shot.

    python bench/paint_warm_start.py [--seconds 40]

The other shot has other wires before another background. CPU-seconds of one thread, from reading the pairs to the
weights; imports, which both need, are left out.
"""

import argparse

from paint_rushes import costs, curve, trained
from paint_tasks import TASKS

PRIOR_SECONDS = 60.0


def main() -> None:
    """Print both curves, and how many times sooner the second one is where the first one is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=40.0, help="CPU-seconds of the longest training")
    asked = parser.parse_args()
    other, task = TASKS["wire"](), TASKS["coffee_wire"]()
    prior = trained(other, round(PRIOR_SECONDS / costs(other)[1]))
    nothing = task.score_of_nothing().changed
    print(f"doing nothing: {nothing:.2f} dB over the changed area", flush=True)
    curves = {}
    for words, earlier in (("from random numbers", None), ("from the other shot", prior)):
        curves[words] = [(point[0], point[1]) for point in curve(task, asked.seconds, 1, earlier)]
        print(words, " · ".join(f"{spent:.1f} s {score:.2f} dB" for spent, score in curves[words]), flush=True)
    for spent, score in curves["from random numbers"]:
        there = [sooner for sooner, reached in curves["from the other shot"] if reached >= score]
        if there:
            print(f"{score:.2f} dB: {spent:.1f} s and {there[0]:.1f} s, {spent / there[0]:.1f} times sooner")


if __name__ == "__main__":
    main()
