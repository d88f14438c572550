"""Measures as rows of a table."""

from collections.abc import Iterable

from rushes.domain.parts import Measure


def measure_rows(measures: Iterable[Measure]) -> tuple[tuple[str, ...], list[tuple[str, str, str, str]]]:
    """Return columns and rows for `say_table`."""
    columns = ("measure", "value", "threshold", "")
    rows = [
        (
            measure.name,
            f"{measure.value:.4g} {measure.unit}".strip(),
            "" if measure.threshold is None else f"{measure.threshold:.4g}",
            {True: "passed", False: "look at this", None: ""}[measure.passed],
        )
        for measure in measures
    ]
    return columns, rows
