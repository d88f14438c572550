"""rushes previs demo: a script written for this project becomes an animatic, and one shot of it gets a show's look."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import opentimelineio as otio
import typer

from rushes.cli.demo_sitting import Sitting, carried_clip, start_afresh
from rushes.cli.voice import say, say_table
from rushes.departments.previs.project.sample import last_ferry
from rushes.domain.errors import NotCleared

VIDEO = "Gamma 2.4 Rec.709 - Texture"
LEARNED = ("5", "30", "55", "80", "105", "130")
"""Frames of the demo's footage that the look is learned from."""
PASSES = ("ids", "depth", "normal", "rest", "lit")


def demo(
    *,
    to: Annotated[Path, typer.Option(help="A folder; what an earlier demo left there is replaced.")] = Path(
        "previs-demo"
    ),
) -> None:
    """Go from a screenplay to an animatic and back from the cutting room, and give one shot a show's look."""
    folder = to.absolute()
    start_afresh(folder)
    clip = carried_clip("bigbuckbunny")
    os.environ.update(RUSHES_HOME=str(folder / "studio"), RUSHES_PERSON="demo")
    os.environ.pop("RUSHES_SHOW", None)
    from_here = Path.cwd()
    os.chdir(folder)
    try:
        sitting = Sitting(folder)
        _first_draft(sitting)
        _second_draft(sitting)
        _cutting_room(sitting)
        _own_look(sitting, clip)
        _where_to_look(sitting)
    finally:
        os.chdir(from_here)


def _first_draft(sitting: Sitting) -> None:
    sitting.step("1  A script of four pages: breakdown, shots with real lenses, boards, plans, animatic")
    (sitting.folder / "last_ferry.fountain").write_text(last_ferry(), encoding="utf-8")
    sitting.type("previs new last_ferry.fountain --to ferry")
    sitting.type("previs plan ferry 2")
    say("The director takes the sparse plan for scene 1, changes a lens, and says who is how tall.")
    sitting.type("previs plan ferry 1 sparse")
    sitting.type("previs cast ferry INGRID --height 1.62")
    sitting.type("previs shot ferry 2C 'CU LOW 65mm TOMAS>INGRID, push in 4s' --note 'He has known it all along.'")


def _second_draft(sitting: Sitting) -> None:
    sitting.step("2  A second draft: the quay comes first and longer, a line is cut, and no shot is lost")
    text = last_ferry()
    changed = text.replace("The ramp is still down.", "The ramp is still down. Nobody is on it.").replace(
        "TOMAS\nI should ring her.\n", "TOMAS\nI should ring her. I should ring her now.\n"
    )
    start, end = changed.index("EXT. QUAY - NIGHT #3#"), changed.index("INT. FERRY - WHEELHOUSE")
    (sitting.folder / "second.fountain").write_text(changed[:start] + changed[end:], encoding="utf-8")
    sitting.type("previs draft ferry second.fountain")
    say("Scene 3 is back in the third draft, and so are its shots:")
    (sitting.folder / "third.fountain").write_text(changed, encoding="utf-8")
    sitting.type("previs draft ferry third.fountain")


def _cutting_room(sitting: Sitting) -> None:
    sitting.step("3  To the cutting room and back")
    sitting.type("previs animatic ferry ferry.mp4")
    sitting.type("previs cut ferry ferry.otio ferry.edl ferry.fcpxml --movie ferry.mp4")
    say("The editor (here: five lines of OpenTimelineIO) drops the second clip, and swaps the next two.")
    _edit(sitting.folder / "ferry.otio", sitting.folder / "edited.otio")
    sitting.type("previs recut ferry edited.otio --movie ferry.mp4")
    sitting.type("previs usd ferry usd")


def _edit(before: Path, after: Path) -> None:
    timeline = otio.adapters.read_from_file(str(before))
    track = timeline.video_tracks()[0]
    del track[1]
    moved = track[2].deepcopy()
    del track[2]
    track.insert(1, moved)
    otio.adapters.write_to_file(timeline, str(after))


def _own_look(sitting: Sitting, clip: Path) -> None:
    sitting.step("4  The show's own look, from six frames that are cleared for it")
    sitting.type(
        "new ferry_show --title 'The Last Ferry' --owner 'Demo Pictures' --territory GB --frame-rate 24"
        " --view 'Un-tone-mapped'"
    )
    sitting.type("person ana --title 'Ana Bell, director' --say previs")
    sitting.type(
        f"ingest meadow {shlex.quote(str(clip))} --colour-space '{VIDEO}' --owner 'Blender Foundation' --nobody"
    )
    sitting.type(f"clear palette --department previs --part reference=meadow@{','.join(LEARNED)}", refused=NotCleared)
    allow = "--allow ai_generative_training --allow ai_inference"
    sitting.type(f"rights licence cc-by --owner 'Blender Foundation' --asset meadow {allow}")
    sitting.type(f"clear palette --department previs --part reference=meadow@{','.join(LEARNED)}")
    sitting.type("train previs --dataset palette --name ferry_look --reports look")
    sitting.step("5  One shot of the greybox is dressed in it: a take like any other")
    sitting.type("previs passes ferry 2A passes --frames 8")
    said = "--owner 'Demo Pictures' --nobody"
    for role in ("beauty", *PASSES):
        space = "Linear Rec.709 (sRGB)" if role == "beauty" else "Raw"
        sitting.type(f"ingest grey_{role} passes/{role}/2A_{role}.####.exr --colour-space '{space}' {said}")
    sitting.type("rights licence own-work --owner 'Demo Pictures' --allow ai_inference")
    given = " ".join(f"--with {role}=grey_{role}" for role in PASSES)
    sitting.type(f"render ferry_look grey_beauty {given} --reports look")
    sitting.type("review grey_beauty_v001 --by ana --approve --note 'That is our quay.'")
    sitting.type("lineage grey_beauty_v001")
    say("And on the project's own boards, each of which names the frames that it drew on:")
    for label in ("2", "2A", "2B", "4"):
        sitting.type(f"previs shot ferry {label} --method dressed")
    sitting.type("previs draw ferry --look ferry_look")


def _where_to_look(sitting: Sitting) -> None:
    sitting.step("6  Where to look")
    say_table("", ("command", "seconds"), [(name, f"{took:.1f}") for name, took in sitting.times])
    say(f"{sum(took for _, took in sitting.times):.0f} seconds in all")
    for words, path in (
        ("page", sitting.folder / "ferry" / "out" / "index.html"),
        ("animatic", sitting.folder / "ferry.mp4"),
        ("look", sitting.folder / "look"),
        ("USD", sitting.folder / "usd" / "show.usda"),
    ):
        say(f"{words:>10}: {path}")
