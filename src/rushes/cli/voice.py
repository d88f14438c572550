"""How the command line speaks: tables for people, JSON for programs, errors in one voice."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rushes.domain.errors import RushesError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(words: str) -> None:
    """Print one line or a few."""
    out.print(Text(words), soft_wrap=True)


def say_error(error: RushesError) -> None:
    """Print an error: what, which, what to do."""
    err.print(Text(error.what, style="bold red"), soft_wrap=True)
    for reason in error.reasons:
        err.print(Text(f"  {reason}"), soft_wrap=True)
    if error.remedy:
        err.print(Text(error.remedy, style="yellow"), soft_wrap=True)


def say_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; a row longer than the terminal wraps inside its cell."""
    table = Table(*columns, title=title, title_justify="left", title_style="bold", header_style="dim", box=None)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    out.print(table)


def say_json(value: Any) -> None:
    """Print a value for programs."""
    sys.stdout.write(json.dumps(value, indent=1, default=str, ensure_ascii=False) + "\n")
