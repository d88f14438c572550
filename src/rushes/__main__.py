"""The command `rushes`."""

import sys

from rushes.cli import run


def main() -> None:
    """Run the command line; exits 0, 1 for a refusal, 2 for wrong usage."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
