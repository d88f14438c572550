"""Refusals that the readers share: too big, not text."""

from rushes.domain.errors import BadMaterial

LARGEST_TEXT = 1 << 23
MOST_LINES = 400_000
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(raw: bytes, name: str) -> str:
    """Return the text of a file with line feeds only, without a byte order mark.

    Raises:
        BadMaterial: it is too big, or no text; the message names the line.
    """
    if len(raw) > LARGEST_TEXT:
        raise BadMaterial(f"{name}: {len(raw)} bytes; a script has at most {LARGEST_TEXT}", remedy="Is this a script?")
    encoding = next((encoding for mark, encoding in ENCODINGS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        why = f"{name}, line {line}: byte 0x{raw[error.start]:02x} is not {encoding.upper()} text"
        raise BadMaterial(why, remedy="Save the script as UTF-8.") from error
    if (nul := text.find("\0")) >= 0:
        line = text.count("\n", 0, nul) + 1
        raise BadMaterial(f"{name}, line {line}: a zero byte; this is no text file", remedy="Save the script as UTF-8.")
    lines = text.count("\n") + text.count("\r")
    if lines > MOST_LINES:
        raise BadMaterial(f"{name}: {lines} lines; a script has at most {MOST_LINES}", remedy="Is this a script?")
    return text.replace("\r\n", "\n").replace("\r", "\n")
