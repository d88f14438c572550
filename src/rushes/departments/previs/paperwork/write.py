"""All lists of a show into a folder, in one call."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rushes.departments.previs.paperwork.comma import csv_of
from rushes.departments.previs.paperwork.forms import forms_of
from rushes.departments.previs.paperwork.fragment import html_of
from rushes.departments.previs.paperwork.lists import breakdown_list, element_list, letters_list, shot_list
from rushes.departments.previs.paperwork.paper import Paperwork
from rushes.departments.previs.paperwork.pdf import pdf_of
from rushes.departments.previs.paperwork.strips import cast_list, stripboard
from rushes.departments.previs.paperwork.table import Table
from rushes.departments.previs.paperwork.workbook import xlsx_of
from rushes.domain.errors import NotFound
from rushes.media.whole import whole_file

LISTS: tuple[Callable[[Paperwork], Table], ...] = (
    stripboard,
    letters_list,
    cast_list,
    element_list,
    breakdown_list,
    shot_list,
)
FORMS = ("csv", "xlsx", "pdf", "html")


def all_lists(paper: Paperwork) -> tuple[Table, ...]:
    """Return all lists of a show; of shots only if there are any."""
    return tuple(made(paper) for made in LISTS if made is not shot_list or paper.shots)


def write_lists(folder: Path, paper: Paperwork, forms: Sequence[str] = ("csv", "xlsx", "pdf")) -> tuple[Path, ...]:
    """Write all lists of a show: a CSV and a PDF of each, one workbook, an HTML fragment of each.

    Args:
        folder: it is made if it is not there; files of these names in it are replaced, each whole or not at all.
        paper: of the show.
        forms: of `FORMS`.

    Returns:
        What was written, in order.
    """
    for form in forms:
        if form not in FORMS:
            raise NotFound("form of lists", form, FORMS)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = all_lists(paper)
    paths = []
    for form in dict.fromkeys(forms):
        for name, content in _written(form, paper, tables):
            with whole_file(folder / name) as draft:
                draft.write_bytes(content)
            paths.append(folder / name)
    return tuple(paths)


def _written(form: str, paper: Paperwork, tables: Sequence[Table]) -> Iterator[tuple[str, bytes]]:
    if form == "xlsx":
        yield "lists.xlsx", xlsx_of(paper.title, tables)
        return
    for table in tables:
        if form == "csv":
            yield f"{table.name}.csv", csv_of(table)
        elif form == "html":
            yield f"{table.name}.html", html_of(table).encode("utf-8", "replace")
        elif table.name == "breakdown":
            yield "breakdown.pdf", forms_of(paper)
        else:
            yield f"{table.name}.pdf", pdf_of(paper.title, [table])
