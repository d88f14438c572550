"""One door for every script: what a file is, by its first bytes, and never by its name."""

from pathlib import Path

from rushes.departments.previs.script.fdx import read_fdx
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.model import Script
from rushes.departments.previs.script.pdf import read_pdf
from rushes.departments.previs.script.pdf_lines import LARGEST
from rushes.domain.errors import BadMaterial


def read_script(path: Path) -> Script:
    """Read a screenplay in Fountain, Final Draft or PDF.

    Raises:
        BadMaterial: it is none of them, or cannot be read; the message names the line or page.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    head = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in raw[:1024]:
        return read_pdf(raw, path.name)
    if head.startswith(b"<") and b"<FinalDraft" in raw[:4096]:
        return read_fdx(raw, path.name)
    if head.startswith((b"PK", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"<?xml", b"<html", b"<!DOCTYPE")):
        raise BadMaterial(f"{path.name}: no Fountain, FDX or PDF", remedy="Save the script as one of them.")
    return read_fountain(raw, path.name)
