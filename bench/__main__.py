"""Run every benchmark beside its peers: `python -m bench`, or `python -m bench look_fit` for one."""

import subprocess
import sys
from pathlib import Path

BENCHES = {"look_fit": ["--quick"], "shot_match": [], "unpaired_stills": [], "look_apply": []}
"""With what each is run here; `bench/results.md` says where its tables took more."""


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all, each in a process of its own."""
    for name in names or BENCHES:
        print(f"\n## {name}\n", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name(f"{name}.py"), *BENCHES[name]], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
