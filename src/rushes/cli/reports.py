"""Reports for people, copied out of the vault into a folder of their own."""

from collections.abc import Sequence
from pathlib import Path

from rushes.domain.parts import AssetFile
from rushes.studio import Studio


def copy_reports(studio: Studio, reports: Sequence[AssetFile], folder: Path | None) -> list[Path]:
    """Copy reports into a folder, if one is named, and return the pages among them, wherever they lie."""
    pages = [report for report in reports if report.name.endswith(".html")]
    if folder is None:
        return [studio.vault.path(page) for page in pages]
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        (folder / report.name).write_bytes(studio.vault.path(report).read_bytes())
    return [folder / page.name for page in pages]
