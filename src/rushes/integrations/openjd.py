"""A render as an Open Job Description template, which any render manager that speaks OpenJD can take."""

import json
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rushes.domain.records import digest_of
from rushes.flow.chunks import chunks_of
from rushes.flow.render import words_of
from rushes.flow.rendering import OVER, RenderOrder
from rushes.settings import Settings

FRAMES_IN_A_TASK = 24
"""Each task is a process of its own, which takes seconds before its first frame."""

MOST_TASKS = 1024
"""More values a list of task parameters may not have, says the specification."""

STUDIO = ("Home", "Vault", "Ledger", "Person")
"""What a job is told of the studio, each as `RUSHES_…` in the environment of its tasks."""


def job_template(settings: Settings, order: RenderOrder, frames: Sequence[int]) -> dict[str, Any]:
    """Describe a render as a job: a task for each chunk of frames, and then one that keeps the take.

    Every task is the command `rushes render`, told by digest what is meant, so that a newer fact of the same name
    changes nothing. A password in the ledger's URL is left out, and asked for when the job is handed in.

    Args:
        settings: of the studio; where a farm sees its home and vault under other paths, they are given with the job.
        order: its settings complete.
        frames: of the order.

    Returns:
        The template, as plain JSON values.

    References:
        [OpenJD] Open Job Description, template schemas, version 2023-09.
    """
    size = max(FRAMES_IN_A_TASK, ceil(len(frames) / MOST_TASKS))
    shares = [f"{chunk[0]}-{chunk[-1]}" for chunk in chunks_of(frames, size)]
    variables = {f"RUSHES_{name.upper()}": f"{{{{Param.{name}}}}}" for name in STUDIO}
    return {
        "specificationVersion": "jobtemplate-2023-09",
        "name": words_of(order)[:128],
        "parameterDefinitions": [
            _text("Home", str(settings.home)),
            _text("Vault", settings.vault),
            _ledger(settings.ledger),
            _text("Person", settings.person),
        ],
        "jobEnvironments": [{"name": "Studio", "variables": variables}],
        "steps": _steps(_words(order, frames), shares),
    }


def write_job_template(folder: Path, template: dict[str, Any]) -> Path:
    """Write a template into a folder as `render.openjd.json`, and return where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "render.openjd.json"
    path.write_text(json.dumps(template, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _words(order: RenderOrder, frames: Sequence[int]) -> list[str]:
    words = ["render", digest_of(order.model), digest_of(order.plate), "--show", order.plate.show]
    words += ["--frames", f"{frames[0]}-{frames[-1]}"]
    for name, value in sorted(order.settings.items()):
        words += ["--set", f"{name}={value}" if not isinstance(value, bool) else f"{name}={'on' if value else 'off'}"]
    for role, asset in sorted(order.further.items()):
        words += ["--with", f"{role}={digest_of(asset)}"]
    return [*words, f"--{OVER}", digest_of(order.over)] if order.over else words


def _steps(words: Sequence[str], shares: Sequence[str]) -> list[dict[str, Any]]:
    space = {"taskParameterDefinitions": [{"name": "Frames", "type": "STRING", "range": list(shares)}]}
    only = [*words, "--only", "{{Task.Param.Frames}}"]
    return [
        {"name": "Frames", "parameterSpace": space, "script": _script(only)},
        {"name": "Take", "dependencies": [{"dependsOn": "Frames"}], "script": _script([*words, "--once"])},
    ]


def _script(words: Sequence[str]) -> dict[str, Any]:
    return {"actions": {"onRun": {"command": "rushes", "args": list(words)}}}


def _text(name: str, default: str) -> dict[str, Any]:
    # a PATH could not be absolute, and some render managers copy what lies under one into their cloud
    return {"name": name, "type": "STRING", "default": default}


def _ledger(url: str) -> dict[str, Any]:
    if not urlsplit(url).password:
        return _text("Ledger", url)
    words = "RUSHES_LEDGER with its password, which is not written into a template."
    return {"name": "Ledger", "type": "STRING", "description": words}
