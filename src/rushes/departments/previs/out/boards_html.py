"""Boards as a web page: a fragment for a page that shows more, or one file that needs no other."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape

from rushes.departments.previs.out.boards_arrows import marks_of
from rushes.departments.previs.out.boards_panels import Panel, PictureAt, Sheet, length_words, panels_of
from rushes.departments.previs.out.techvis_svg import FAMILY, elements, jpeg_of
from rushes.departments.previs.plan import ReadyShot

LinkTo = Callable[[str, int], str]
"""Gives the address of a shot's picture at a frame, relative to the page."""

BOARD_CSS = """
.boards { font-family: FAMILY; color: #1c1c1c; line-height: 1.4; }
.boards h2 { font-size: 1.15rem; font-weight: 400; border-bottom: 1px solid #1c1c1c; padding-bottom: .35rem;
  margin: 2.2rem 0 1.1rem; }
.boards h2 b { margin-right: .8rem; }
.boards .grid { display: grid; gap: 1.6rem 1.8rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.boards figure { margin: 0; break-inside: avoid; }
.boards .name { display: flex; align-items: baseline; gap: .5rem; margin-bottom: .3rem; }
.boards .name b { font-size: 1.15rem; }
.boards .name i { font-style: normal; font-weight: 700; color: #5c5c5c; font-size: .8rem; }
.boards .name span { margin-left: auto; color: #5c5c5c; font-size: .78rem; font-variant-numeric: tabular-nums; }
.boards .frame { position: relative; border: 1px solid #1c1c1c; overflow: hidden; background: #8a8a8a; }
.boards .frame img, .boards .frame svg { display: block; width: 100%; height: 100%; }
.boards .frame svg { position: absolute; inset: 0; }
.boards p { margin: .35rem 0 0; font-size: .84rem; overflow-wrap: anywhere; }
.boards .data { font-weight: 700; }
.boards .move::before { content: "▸ "; color: #5c5c5c; }
.boards .speech b { font-size: .74rem; letter-spacing: .02em; margin-right: .4rem; }
.boards .note { color: #5c5c5c; font-style: italic; border-left: 2px solid #b9b9b6; padding-left: .5rem; }
.boards .limit { color: #8a2b06; }
.boards .limit::before { content: "! "; font-weight: 700; }
""".replace("FAMILY", FAMILY)

PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: 84rem; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; background: #fff; }}
header {{ font-family: {family}; display: flex; flex-wrap: wrap; gap: .2rem 2rem; align-items: baseline; }}
header h1 {{ font-size: 1.5rem; margin: 0; }}
header span, footer {{ color: #5c5c5c; font-size: .85rem; }}
footer {{ font-family: {family}; margin-top: 2.5rem; }}
@page {{ size: {paper} landscape; margin: 14mm; }}
@media print {{ body {{ padding: 0; max-width: none; }} }}{css}</style>
</head>
<body>
<header><h1>{title}</h1><span>{draft}</span></header>
{boards}
<footer>{note}</footer>
</body>
</html>
"""


def boards_html(shots: Sequence[ReadyShot], pictures: PictureAt, sheet: Sheet, *, link_to: LinkTo | None = None) -> str:
    """Return boards as a whole page without scripts.

    Args:
        shots: in the order of the cut.
        pictures: of each shot at a frame; not asked for where there are links.
        sheet: names for the head and foot of the page.
        link_to: addresses of pictures that lie beside the page; without it they are in the page itself.
    """
    words = {
        "title": escape(" · ".join(word for word in (sheet.show, sheet.title) if word)),
        "draft": escape(sheet.draft),
        "note": escape(sheet.note),
        "paper": sheet.paper if sheet.paper != "Tabloid" else "11in 17in",
    }
    boards = boards_fragment(shots, pictures, sheet, link_to=link_to)
    return PAGE.format(boards=boards, css=BOARD_CSS, family=FAMILY, **words)


def boards_fragment(
    shots: Sequence[ReadyShot], pictures: PictureAt, sheet: Sheet, *, link_to: LinkTo | None = None
) -> str:
    """Return boards as a piece of a page, scene by scene; the page needs `BOARD_CSS`.

    Args:
        shots: as for `boards_html`.
        pictures: as for `boards_html`.
        sheet: for the frame rate.
        link_to: as for `boards_html`.
    """
    parts, scene = ['<section class="boards">'], ""
    for shot in shots:
        if not parts[1:] or shot.scene != scene:
            parts += ["</div>"] if parts[1:] else []
            scene = shot.scene
            parts.append(f"<h2><b>{escape(shot.scene)}</b>{escape(shot.heading)}</h2>")
            parts.append('<div class="grid">')
        for panel in panels_of(shot):
            source = link_to(shot.id, panel.frame) if link_to else _held(pictures, panel)
            parts.append(_figure(panel, source, sheet))
    return "\n".join([*parts, *(["</div>"] if parts[1:] else []), "</section>"])


def _held(pictures: PictureAt, panel: Panel) -> str:
    return "data:image/jpeg;base64," + b64encode(jpeg_of(pictures(panel.shot.id, panel.frame))).decode()


def _figure(panel: Panel, source: str, sheet: Sheet) -> str:
    aspect = panel.shot.moment_at(panel.frame).camera.package.aspect
    wide, high = 100 * aspect, 100.0
    arrows = "".join(elements(marks_of(panel.arrows, (wide, high))))
    over = f'<svg viewBox="0 0 {wide:.2f} {high:g}" aria-hidden="true" stroke-linejoin="round">{arrows}</svg>'
    part = f" <i>{panel.part}</i>" if panel.part else ""
    length = f"<span>{length_words(panel.shot, sheet.frame_rate)}</span>" if panel.part != "end" else ""
    words = "".join(
        f'<p class="{each.kind}">{f"<b>{escape(each.lead.upper())}</b>" if each.lead else ""}{escape(each.text)}</p>'
        for each in panel.paragraphs
    )
    name = f'<div class="name"><b>{escape(panel.shot.label)}</b>{part}{length}</div>'
    picture = f'<img src="{escape(source)}" alt="{escape(f"{panel.shot.label} {panel.part}".strip())}" loading="lazy">'
    frame = f'<div class="frame" style="aspect-ratio:{aspect:.4f}">{picture}{over if arrows else ""}</div>'
    place = f"board-{escape(panel.shot.id)}-{panel.frame}"
    return f'<figure id="{place}">{name}{frame}<figcaption>{words}</figcaption></figure>'
