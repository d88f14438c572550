"""The note that lies beside files for other programs: which file is what, for whoever opens the folder."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined


def write_note(folder: Path, template: str, values: Mapping[str, object], *, files: Mapping[Path, str]) -> Path:
    """Write `README.txt` into a folder.

    Args:
        folder: that the files lie in.
        template: by name, of this department.
        values: what the template asks for beside `files`, `width` and `edl`.
        files: with what each is, in words.
    """
    names = [(str(path.relative_to(folder)), words) for path, words in files.items()]
    room = Environment(
        loader=PackageLoader("rushes.departments.look"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
    )
    text = room.get_template(template).render(
        **values,
        files=names,
        width=max(len(name) for name, _ in names),
        edl=any(path.suffix == ".edl" for path in files),
    )
    path = folder / "README.txt"
    path.write_text(text, encoding="utf-8")
    return path
