"""Work side by side on the cores of this machine: for what lets go of Python while it computes."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def on_all_cores(work: Callable[[Item], None], items: Iterable[Item]) -> None:
    """Do a piece of work for each item, as many at a time as there are cores; none may need what another makes.

    Raises:
        whatever the work raised first.
    """
    with ThreadPoolExecutor(os.cpu_count(), "core") as pool:
        for done in [pool.submit(work, item) for item in items]:
            done.result()
