"""Licences and consents as a sheet that people fill in: one row each, plain columns, every fault named by its cell.

A comma or a semicolon parts the cells, as spreadsheets write either. A cell that would run as a formula never does.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from rushes.domain.actions import ACTIONS
from rushes.domain.clearances import GIVERS
from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Consent, Licence
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.question import EVERYTHING
from rushes.domain.territories import check_territory

COLUMNS = (
    "kind", "name", "from", "assets", "actions", "uses", "territories", "starts", "ends", "forbids", "duties",
    "lifts reservations", "outlives", "clause", "described", "given by", "elements", "request", "paper",
)  # fmt: skip
OF_LICENCES = ("assets", "territories", "forbids", "duties", "lifts reservations", "outlives", "clause")
OF_CONSENTS = ("described", "given by", "elements", "request")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
PAPER = re.compile(rf"({DIGEST.pattern}) (\d+) (.*)", re.DOTALL)
DUTY = re.compile(r"([^\s:]+)(?: by (\d{4}-\d\d-\d\d))?: (.*)", re.DOTALL)
FORMULA = re.compile(r"'*(?:[\t\r]|\s*[=+\-@])")
"""What a spreadsheet takes for a formula; an apostrophe before it makes it text, there as here."""
PARTED = re.compile(r"((?:\\[\\;]|[^;])*+)(?:;|$)")

Grant = Licence | Consent
T = TypeVar("T")


def write_sheet(grants: Sequence[Grant]) -> bytes:
    """Return a sheet in UTF-8, its first row the names of the columns; of no grants, a form to fill in.

    Args:
        grants: one row each, in this order.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for grant in grants:
        cells = _licence_cells(grant) if isinstance(grant, Licence) else _consent_cells(grant)
        writer.writerow([_inert(cells.get(column, "")) for column in COLUMNS])
    # spreadsheets take UTF-8 for something else unless it begins with this mark
    return text.getvalue().encode("utf-8-sig")


def read_sheet(content: bytes, *, show: str, papers: Mapping[str, AssetFile] | None = None) -> list[Grant]:
    """Return the licences and consents of a sheet, in its order; nothing at all where there is a fault in it.

    Args:
        content: UTF-8, with or without a mark at its start.
        show: whose grants these are.
        papers: documents brought along, by file name, that the last column may name.

    Raises:
        BadMaterial: with every fault, by line and column.
    """
    rows = _rows(content)
    columns = [name.strip().lower() for name in next(rows, (1, [""]))[1]]
    odd = [f"line 1: there is no column {name!r}" for name in columns if name not in COLUMNS]
    odd += [f"line 1: the column {name!r} is missing" for name in COLUMNS if name not in columns]
    odd += [f"line 1: the column {name!r} is there twice" for name in COLUMNS if columns.count(name) > 1]
    faults, grants = list(odd), []
    seen: set[tuple[str, str]] = set()
    for line, cells in () if odd else rows:
        if not any(cell.strip() for cell in cells):
            continue
        row = _Row(line, dict(zip(columns, cells, strict=False)), show, papers or {})
        if len(cells) != len(columns):
            row.faults.append(f"line {line}: {len(cells)} cells under {len(columns)} columns")
        grant = row.grant()
        if (key := (row.cells.get("kind", ""), grant.name)) in seen:
            row.fault("name", f"{grant.name!r} is there twice")
        seen.add(key)
        grants.append(grant)
        faults += row.faults
    if faults:
        raise BadMaterial(
            f"{len(faults)} fault(s) in the sheet", faults, "Nothing was taken from it. Mend these cells."
        )
    return grants


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Return each row with the number of its first line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadMaterial("the sheet is not in UTF-8", remedy="Save it as CSV UTF-8.") from error
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadMaterial(f"line {line}: {error}", remedy="Save it as CSV again.") from error


@dataclass
class _Row:
    line: int
    cells: dict[str, str]
    show: str
    papers: Mapping[str, AssetFile]
    faults: list[str] = field(default_factory=list)

    def fault(self, column: str, why: str) -> None:
        self.faults.append(f"line {self.line}, column {column}: {why}")

    def grant(self) -> Grant:
        self.cells = {column: self._text(column) for column in self.cells}
        kind = self.cells.get("kind", "").lower()
        if kind not in ("licence", "consent"):
            self.fault("kind", f"{kind!r} is neither licence nor consent")
        # what a grant of this kind has no place for could narrow it, and would be lost
        foreign = {"licence": OF_CONSENTS, "consent": OF_LICENCES}.get(kind, ())
        for column in foreign:
            if self.cells.get(column):
                self.fault(column, f"a {kind} has none")
        for column in ("name", "from"):
            if not self.cells.get(column):
                self.fault(column, "is empty")
        return self._consent() if kind == "consent" else self._licence()

    def _licence(self) -> Licence:
        forbids = self._each("forbids", self._action)
        return Licence(
            self.show, self.cells.get("name", ""), self.cells.get("from", ""),
            assets=self._needed("assets"),
            actions=self._each("actions", self._action) if forbids else self._needed("actions", self._action),
            uses=self._needed("uses"),
            territories=self._needed("territories", lambda code: code if code == EVERYTHING else check_territory(code)),
            starts=self._day("starts"), ends=self._day("ends"), paper=self._paper(), forbids=forbids,
            duties=self._each("duties", _duty), lifts=self._flag("lifts reservations"),
            outlives=self._flag("outlives"), clause=self.cells.get("clause", ""),
        )  # fmt: skip

    def _consent(self) -> Consent:
        given_by, request = self.cells.get("given by") or "self", self.cells.get("request") or None
        if given_by not in GIVERS:
            self.fault("given by", f"{given_by!r} is none of {', '.join(GIVERS)}")
        if request and not DIGEST.fullmatch(request):
            self.fault("request", "is no digest, sha256: and 64 digits")
        return Consent(
            self.show, self.cells.get("name", ""), self.cells.get("from", ""),
            actions=self._needed("actions", self._action), uses=self._needed("uses"),
            starts=self._day("starts"), ends=self._day("ends"), paper=self._paper(),
            described=self.cells.get("described", ""), given_by=given_by,
            elements=self._each("elements", str), request=request,
        )  # fmt: skip

    def _text(self, column: str) -> str:
        cell = self.cells[column]
        if FORMULA.match(cell):
            if not cell.startswith("'"):
                self.fault(column, f"begins like a formula, with {cell.lstrip()[:1]!r}; put an apostrophe before it")
            cell = cell.removeprefix("'")
        return cell.strip()

    def _each(self, column: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Return what is parted by semicolons, each read; a fault where one does not read."""
        values = []
        for part in _parts(self.cells.get(column, "")):
            try:
                values.append(read(part))
            except BadMaterial as error:
                self.fault(column, error.what)
        return tuple(values)

    def _needed(self, column: str, read: Callable[[str], str] = str) -> tuple[str, ...]:
        if not self.cells.get(column):
            self.fault(column, "is empty" + ("" if column == "actions" else "; write * for all"))
        return self._each(column, read)

    @staticmethod
    def _action(word: str) -> str:
        if word not in ACTIONS:
            raise BadMaterial(f"{word!r} is none of {', '.join(ACTIONS)}")
        return word

    def _day(self, column: str) -> date | None:
        cell = self.cells.get(column)
        try:
            return _date(cell) if cell else None
        except BadMaterial as error:
            self.fault(column, error.what)
            return None

    def _flag(self, column: str) -> bool:
        said = self.cells.get(column, "").lower()
        if said not in ("", "no", "yes"):
            self.fault(column, f"{said!r} is neither yes nor no")
        return said == "yes"

    def _paper(self) -> AssetFile | None:
        said = self.cells.get("paper", "")
        if whole := PAPER.fullmatch(said):
            return AssetFile(whole[3], whole[1], int(whole[2]))
        if said and said not in self.papers:
            self.fault("paper", f"no document {said!r} was brought along")
        return self.papers.get(said)


def _licence_cells(grant: Licence) -> dict[str, str]:
    cells = _shared_cells(grant, "licence") | {"from": grant.owner, "clause": grant.clause}
    lists = {"assets": grant.assets, "territories": grant.territories, "forbids": grant.forbids}
    duties = [f"{duty.name}{f' by {duty.due}' if duty.due else ''}: {duty.words}" for duty in grant.duties]
    flags = {"lifts reservations": grant.lifts, "outlives": grant.outlives}
    return (
        cells
        | {column: _joined(values) for column, values in {**lists, "duties": duties}.items()}
        | {column: "yes" if flag else "no" for column, flag in flags.items()}
    )


def _consent_cells(grant: Consent) -> dict[str, str]:
    said = {"from": grant.person, "described": grant.described, "given by": grant.given_by}
    said |= {"elements": _joined(grant.elements), "request": grant.request or ""}
    return _shared_cells(grant, "consent") | said


def _shared_cells(grant: Grant, kind: str) -> dict[str, str]:
    paper = grant.paper
    return {
        "kind": kind,
        "name": grant.name,
        "actions": _joined(grant.actions),
        "uses": _joined(grant.uses),
        "starts": grant.starts.isoformat() if grant.starts else "",
        "ends": grant.ends.isoformat() if grant.ends else "",
        "paper": f"{paper.digest} {paper.bytes} {paper.name}" if paper else "",
    }


def _inert(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _joined(values: Sequence[str]) -> str:
    return "; ".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def _parts(cell: str) -> list[str]:
    """Part a cell at its semicolons; one that belongs to a name has a backslash before it."""
    parts = [re.sub(r"\\([\\;])", r"\1", part).strip() for part in PARTED.findall(cell)]
    return [part for part in parts if part]


def _duty(text: str) -> Duty:
    whole = DUTY.fullmatch(text)
    if whole is None:
        raise BadMaterial(f"{text!r} is no duty; write one as in: credit by 2027-01-31: in the end titles")
    return Duty(whole[1], whole[3], _date(whole[2]) if whole[2] else None)


def _date(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadMaterial(f"{text!r} is no day; write it as in 2027-12-31")
