"""machine: with what a training ran, as far as it decides about the weights: versions, processor, threads."""

import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rushes.domain.parts import Digest
from rushes.domain.trainings import Training

DECISIVE = ("rushes", "numpy", "scipy", "scikit-image", "opencolorio", "openimageio", "av", "torch", "safetensors")
"""Packages whose arithmetic, or whose reading of pixels, decides about weights."""


def how_it_ran(model: Digest, show: str, job: str, *, since: datetime, until: datetime) -> Training:
    """Return what is recorded of a training run on this machine.

    Args:
        model: that came out.
        show: its production.
        job: name of the job.
        since: when it began, or went on for the last time.
        until: when the weights were there.
    """
    versions = versions_of(DECISIVE)
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Training(show, job, model, tuple(sorted(versions.items())), _processor(), threads, since, until, job)


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of Python and of those packages that are installed: not every studio trains networks."""
    found = {"python": platform.python_version()}
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _processor() -> str:
    """Return the processor in the words of the machine itself."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or 'unknown'}, {platform.machine()}"
