"""Write everything that a previs project shows: boards, plans, lists, animatic, cuts, USD, and the page over it all."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from rushes.departments.previs.out.animatic import drawn_once, write_animatic
from rushes.departments.previs.out.animatic_burnins import BURNS
from rushes.departments.previs.out.animatic_words import AnimaticStyle
from rushes.departments.previs.out.arrows import arrows_of, camera_moves
from rushes.departments.previs.out.boards import boards_pdf
from rushes.departments.previs.out.boards_arrows import arrows_over
from rushes.departments.previs.out.boards_panels import PictureAt, Sheet
from rushes.departments.previs.out.camera_report import report_csv
from rushes.departments.previs.out.plan_view import plan_view, plans_pdf
from rushes.departments.previs.out.sound_speaking import speak
from rushes.departments.previs.out.techvis_paper import PlanSheet
from rushes.departments.previs.out.techvis_svg import svg_of
from rushes.departments.previs.paperwork.paper import paperwork_of
from rushes.departments.previs.paperwork.write import write_lists
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.project.darkroom import Darkroom
from rushes.departments.previs.project.dressing import Look
from rushes.departments.previs.project.frame_recipe import pixels_digest
from rushes.departments.previs.project.page import write_page
from rushes.departments.previs.project.page_words import by_scene, page_of
from rushes.departments.previs.project.rehearsal import Rehearsal, size_of
from rushes.jobs.here import Watcher
from rushes.media.frames import Floats
from rushes.media.whole import whole_file

MOST_ON_PLAN = 12
PLAYER_BURNS = BURNS - {"timecode", "frame"}
"""What stands over the page's own movie: the player shows times itself, and a picture that stays is encoded faster."""


@dataclass(frozen=True)
class Wanted:
    """What is written beside the page with its boards and plans; in a look, if there is one."""

    animatic: bool = True
    lists: bool = True
    sheets: bool = True
    look: Look | None = None


def publish(folder: Path, rehearsal: Rehearsal, *, wanted: Wanted, watch: Watcher) -> Path:
    """Write a project's page and all that it shows into `out/`; return the page.

    Args:
        folder: of the project.
        rehearsal: the project on its stages.
        wanted: what to write.
        watch: told of progress.
    """
    out = folder / "out"
    for name in ("boards", "plans"):
        (out / name).mkdir(parents=True, exist_ok=True)
    with Darkroom(rehearsal.project, size_of(rehearsal.project), folder=folder, look=wanted.look) as room:
        boards = draw_boards(out, rehearsal, room, watch=watch)
    plans = _draw_plans(out, rehearsal)
    files = _write_papers(out, rehearsal, wanted=wanted, watch=watch)
    page, sources = out / "index.html", _sources_in(out)
    write_page(page, page_of(rehearsal, boards, plans, animatic="", files=files, sources=sources))
    if wanted.animatic and rehearsal.cut.events:
        with Darkroom(rehearsal.project, player_size(rehearsal), folder=folder, look=wanted.look) as room:
            words = make_animatic(out / "animatic.mp4", rehearsal, room, watch=watch, burns=PLAYER_BURNS, quick=True)
        files = [*files, ("animatic", "animatic.mp4")]
        write_page(page, page_of(rehearsal, boards, plans, animatic="animatic.mp4", files=files, sources=sources))
        (out / "animatic.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    return page


def player_size(rehearsal: Rehearsal) -> tuple[int, int]:
    """Return the size of the page's own movie, both sides even: half of the boards', at least 480 wide."""
    width, height = size_of(rehearsal.project)
    share = min(max(0.5, 480 / width), 1.0)
    return 2 * round(width * share / 2), 2 * round(height * share / 2)


def board_frames(shot: ReadyShot) -> tuple[int, ...]:
    """Return the frames of a shot that are boards: the first, and the last where the camera moves."""
    return (0, max(shot.frames - 1, 0)) if camera_moves(shot) and shot.frames > 1 else (0,)


def draw_boards(out: Path, rehearsal: Rehearsal, room: Darkroom, *, watch: Watcher) -> dict[str, tuple[str, ...]]:
    """Draw every board, with its recipe and the digest of its pixels in `recipes.json`; return the files of each shot.

    A board whose recipe is that of the file already there is not drawn again.
    """
    known = _known_recipes(out / "recipes.json")
    found: dict[str, tuple[str, ...]] = {}
    recipes: dict[str, object] = {}
    for done, shot in enumerate(rehearsal.shots.values()):
        watch(done, len(rehearsal.shots), "boards")
        names = []
        for frame in board_frames(shot):
            name = f"boards/{shot.id}-{frame:04d}.jpg"
            recipe = json.loads(json.dumps(asdict(room.recipe(shot, frame))))
            before = known.get(name, {})
            pixels = before.get("pixels") if before.get("recipe") == recipe and (out / name).is_file() else None
            if pixels is None:
                picture = room.draw(shot, frame)
                pixels = pixels_digest(picture)
                with whole_file(out / name) as draft:
                    Image.fromarray(picture).save(draft, quality=92, subsampling=0)
            recipes[name] = {"recipe": recipe, "pixels": pixels}
            names.append(_with_arrows(out, name, shot, last=frame > 0))
        found[shot.id] = tuple(names)
    with whole_file(out / "recipes.json") as draft:
        draft.write_text(json.dumps(recipes, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def _sources_in(out: Path) -> list[str]:
    """Return the frames of the show that any board draws on."""
    told = json.loads((out / "recipes.json").read_text(encoding="utf-8"))
    return sorted({source for one in told.values() for source in one["recipe"]["sources"]})


def _with_arrows(out: Path, name: str, shot: ReadyShot, *, last: bool) -> str:
    """Return the file of a board with its arrows on it, where it has any, for whoever looks at the page."""
    arrows = arrows_of(shot, on_last=last)
    if not arrows:
        return name
    marked = name.replace(".jpg", "-arrows.jpg")
    with Image.open(out / name) as image:
        drawn = arrows_over(np.asarray(image.convert("RGB")), arrows)
    with whole_file(out / marked) as draft:
        Image.fromarray(np.asarray(drawn, np.uint8)).save(draft, quality=92, subsampling=0)
    return marked


def _known_recipes(path: Path) -> dict[str, dict[str, object]]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def make_animatic(
    path: Path,
    rehearsal: Rehearsal,
    room: Darkroom,
    *,
    watch: Watcher,
    slate_s: float = 0.0,
    spoken: bool = True,
    burns: frozenset[str] = BURNS,
    quick: bool = False,
) -> tuple[str, ...]:
    """Write the animatic; return what the eye and ear should know."""
    total, rate = sum(event.frames for event in rehearsal.cut.events), rehearsal.cut.frame_rate
    with TemporaryDirectory() as scratch:
        said = speak(tuple(rehearsal.shots.values()), Path(scratch), rate) if spoken else None
        style = AnimaticStyle(
            codec="h264" if path.suffix.lower() == ".mp4" else "prores422hq",
            draft=f"draft {len(rehearsal.project.drafts)}",
            slate_frames=round(slate_s * rate),
            burns=burns,
            quick=quick,
            crf=23 if quick else 18,
            sounds=said.files if said else {},
        )
        written = write_animatic(
            path,
            rehearsal.cut,
            rehearsal.shots,
            picture=drawn_once(room.draw, room.seen),
            style=style,
            on_done=lambda frames: watch(frames, total, "animatic"),
        )
    return (*(said.words if said else ()), *written.words)


def _draw_plans(out: Path, rehearsal: Rehearsal) -> dict[str, str]:
    """Draw each scene from above; return the files."""
    found = {}
    for name, shots in by_scene(rehearsal).items():
        scene = rehearsal.scenes[name]
        sheet = _plan_sheet(rehearsal)
        drawing = plan_view(scene.stage, shots[:MOST_ON_PLAN], sheet)
        found[name] = f"plans/{name}.svg"
        with whole_file(out / found[name]) as draft:
            draft.write_text(svg_of(drawing), encoding="utf-8")
        with whole_file(out / f"plans/{name}.pdf") as draft:
            draft.write_bytes(plans_pdf(scene.stage, shots, sheet))
    return found


def _plan_sheet(rehearsal: Rehearsal) -> PlanSheet:
    return PlanSheet(
        rehearsal.project.title,
        draft=f"draft {len(rehearsal.project.drafts)}",
        frame_rate=rehearsal.cut.frame_rate,
    )


def _write_papers(out: Path, rehearsal: Rehearsal, *, wanted: Wanted, watch: Watcher) -> list[tuple[str, str]]:
    files = []
    if wanted.lists:
        watch(0, 1, "lists")
        paper = paperwork_of(
            rehearsal.project.title, rehearsal.tracked, rehearsal.sheets, coefficients=rehearsal.project.pace
        )
        shots = tuple(rehearsal.shots.values())
        paper = replace(paper, shots=shots, frame_rate=rehearsal.cut.frame_rate)
        for path in write_lists(out / "lists", paper):
            files.append((path.name, f"lists/{path.name}"))
        with whole_file(out / "lists" / "camera-report.csv") as draft:
            draft.write_text(report_csv(shots, frame_rate=rehearsal.cut.frame_rate), encoding="utf-8", newline="")
        files.append(("camera-report.csv", "lists/camera-report.csv"))
    if wanted.sheets and rehearsal.shots:
        watch(0, 1, "board sheets")
        sheet = Sheet(
            rehearsal.project.title,
            draft=f"draft {len(rehearsal.project.drafts)}",
            frame_rate=rehearsal.cut.frame_rate,
        )
        content = boards_pdf(tuple(rehearsal.shots.values()), _pictures_in(out), sheet)
        with whole_file(out / "boards.pdf") as draft:
            draft.write_bytes(content)
        files.append(("boards.pdf", "boards.pdf"))
    return files


def _pictures_in(out: Path) -> PictureAt:
    def picture(shot: str, frame: int) -> Floats:
        with Image.open(out / f"boards/{shot}-{frame:04d}.jpg") as image:
            return np.asarray(image.convert("RGB"), np.float32) / np.float32(255)

    return picture
