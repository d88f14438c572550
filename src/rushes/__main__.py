"""The command `rushes`."""

import os
import sys

from rushes.cli import run

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""A matrix product split over cores adds up in another order: the same recipe must give the same weights on every
number of cores. Rushes uses the cores by doing several things at once."""


def main() -> None:
    """Run the command line; exits 0, 1 for a refusal, 2 for wrong usage."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # read when numpy is loaded, which is later
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
