"""Lists as HTML, to stand in a page: no script, no style sheet of others, every word escaped."""

from html import escape

from rushes.departments.previs.paperwork.table import Column, Row, Table, printed_columns, said, words_under

STYLE = """
.list{overflow-x:auto}
.list table{border-collapse:collapse;width:100%;font:13px/1.35 "DejaVu Sans",Verdana,sans-serif;color:#1c1c1c}
.list th{font-size:11px;color:#5c5c5c;text-align:left;padding:3px 6px;border-bottom:2px solid #1c1c1c}
.list th,.list td{white-space:pre-line}
.list td{padding:3px 6px;border-bottom:1px solid #c4c4c4;vertical-align:top;background:#fff}
.list td.right,.list th.right{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}
.list td.centre,.list th.centre{text-align:center}
.list td a{color:inherit}
.list .under{font-size:11px;font-weight:normal}
.list .band td{font-weight:bold}
.list .key span{display:inline-block;margin-right:1em;font-size:12px}
.list .key i{display:inline-block;width:1.6em;height:.9em;border:1px solid #1c1c1c;margin-right:.4em}
.list .about{color:#5c5c5c;font-size:12px;margin:.2em 0}
.list.strips table{border-collapse:separate;border-spacing:0 2px}
.list.strips td{border:1px solid #1c1c1c;border-left-width:0;vertical-align:middle}
.list.strips td:first-child{border-left-width:1px}
"""
"""For the page's own style sheet; strips carry their colours themselves."""


def html_of(table: Table) -> str:
    """Return a list as one `<section>` with the list's name for its id; `STYLE` makes it look like the print."""
    shown = [table.columns[at] for at, _ in printed_columns(table)]
    heads = [f"<th{_align(column)}>{escape(column.name)}</th>" for column in shown]
    key = [f'<span><i style="background:#{colour}"></i>{escape(words)}</span>' for colour, words in table.key]
    return "\n".join(
        [
            f'<section class="list{" strips" if table.gaps else ""}" id="{escape(table.name)}">',
            f"<h2>{escape(table.title)}</h2>",
            *(f'<p class="about">{escape(words)}</p>' for words in table.about),
            *([f'<p class="key">{"".join(key)}</p>'] if key else []),
            f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>",
            *(_row(row, table) for row in table.rows),
            "</tbody></table></section>",
        ]
    )


def _row(row: Row, table: Table) -> str:
    columns = printed_columns(table)
    if row.band:
        words = escape(said(row.cells[0]))
        return f'<tr class="band"><td colspan="{len(columns)}"{_style(row.fill, row.ink)}>{words}</td></tr>'
    # what a row is called by is what one clicks on
    linked = next((at for at, _ in columns if table.columns[at].strong), columns[0][0])
    cells: list[str] = []
    for at, under in columns:
        column, words = table.columns[at], escape(said(row.cells[at]))
        words = f"<b>{words}</b>" if column.strong and words else words
        if at == linked and _is_near(row.link):
            words = f'<a href="{escape(row.link)}">{words}</a>'
        words += "".join(f'<div class="under">{escape(said)}</div>' for said in words_under(table, row, under))
        cells.append(f"<td{_align(column)}{_style(row.fills.get(at, row.fill), row.ink)}>{words}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _is_near(link: str) -> bool:
    """Tell whether a link stays on the page or beside it: scheme and host are of others."""
    return bool(link) and ":" not in link and not link.startswith(("/", "\\"))


def _align(column: Column) -> str:
    return "" if column.align == "left" else f' class="{column.align}"'


def _style(fill: str, ink: str) -> str:
    said = ";".join([*([f"background:#{fill}"] if fill else []), *([f"color:#{ink}"] if ink else [])])
    return f' style="{said}"' if said else ""
