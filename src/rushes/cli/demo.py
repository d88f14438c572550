"""rushes demo: the whole way once, on real footage, with the very commands that a person would type."""

import os
import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.demo_grade import write_graded_frames
from rushes.cli.demo_sitting import Sitting, carried_clip, start_afresh
from rushes.cli.demo_wire import write_rigged_shot
from rushes.cli.voice import say, say_table
from rushes.domain.errors import BadSignature, NotAllowed, NotCleared

GRADED = (10, 45, 80, 120)
RIGGED, PAINTED = range(60, 76), (60, 67, 75)
VIDEO = "Gamma 2.4 Rec.709 - Texture"


def demo(
    *,
    to: Annotated[Path, typer.Option(help="A folder; what an earlier demo left there is replaced.")] = Path("demo-out"),
) -> None:
    """Run the whole way once, on real footage."""
    folder = to.absolute()
    start_afresh(folder)
    clips = {name: carried_clip(name) for name in ("bigbuckbunny", "bikes")}
    os.environ.update(RUSHES_HOME=str(folder / "studio"), RUSHES_PERSON="demo")
    os.environ.pop("RUSHES_SHOW", None)
    from_here = Path.cwd()
    os.chdir(folder)
    try:
        _the_whole_way(Sitting(folder), clips)
    finally:
        os.chdir(from_here)


def _the_whole_way(sitting: Sitting, clips: dict[str, Path]) -> None:
    _ingest(sitting, clips)
    _refused_and_cleared(sitting)
    _learn_and_render(sitting)
    _decide_and_deliver(sitting)
    _tamper(sitting)
    _paint(sitting, clips["bigbuckbunny"])
    _remember(sitting)


def _ingest(sitting: Sitting, clips: dict[str, Path]) -> None:
    sitting.step("1  A show, and its material")
    sitting.type(
        "new bunny_show --title 'The Bunny Show' --owner 'Demo Pictures' --territory GB --frame-rate 25"
        " --view 'Un-tone-mapped'"
    )
    sitting.type("person ana --title 'Ana Bell, supervisor' --say look --say paint")
    sitting.type(
        f"ingest bunny {shlex.quote(str(clips['bigbuckbunny']))} --colour-space '{VIDEO}'"
        " --owner 'Blender Foundation' --nobody"
    )
    say("Ana grades four frames in her suite (here: OpenColorIO's own grading tools stand in for her).")
    write_graded_frames(clips["bigbuckbunny"], sitting.folder / "graded", GRADED, encoding=VIDEO)
    sitting.type(
        "ingest bunny_graded graded/bunny.####.exr --kind grade --colour-space ACEScg --owner 'Demo Pictures' --nobody"
    )
    sitting.type(f"ingest bikes {shlex.quote(str(clips['bikes']))} --colour-space '{VIDEO}'")
    allow = "--allow ai_training --allow ai_inference"
    sitting.type(f"rights licence cc-by --owner 'Blender Foundation' --asset bunny {allow}")
    sitting.type(f"rights licence own-work --owner 'Demo Pictures' {allow} --ends 2035-12-31")


def _refused_and_cleared(sitting: Sitting) -> None:
    frames = ",".join(map(str, GRADED))
    sitting.step("2  Unknown is locked: the bicycles came without a word on whose they are")
    sitting.type("clear with_bikes --part plate=bikes@0,60,120,180 --part reference=bunny_graded", refused=NotCleared)
    say("So someone makes the calls (in this demo the answers are made up), and they go on record:")
    sitting.type("rights know bikes --owner 'Pedal Films' --person cyclist")
    sitting.type("rights licence pedal-2026 --owner 'Pedal Films' --asset bikes --allow ai_training --use look")
    sitting.type("rights consent cyclist-2026 --person cyclist --allow ai_training --use look --ends 2030-12-31")
    sitting.type("clear with_bikes --part plate=bikes@0,60,120,180 --part reference=bunny_graded")
    sitting.type(f"clear meadow --pair bunny:bunny_graded@{frames}")


def _learn_and_render(sitting: Sitting) -> None:
    sitting.step("3  The look is learned from the four graded frames, and put on the whole clip")
    sitting.type("train look --dataset meadow --reports report")
    sitting.type("render meadow bunny --set strength=1.3")
    sitting.type("render meadow bunny")


def _decide_and_deliver(sitting: Sitting) -> None:
    sitting.step("4  A person decides")
    sitting.type("deliver too_soon bunny_v001 --to too_soon", refused=NotAllowed)
    sitting.type("review bunny_v001 --by ana --send-back --note 'Too strong in the grass; as I graded it, please.'")
    sitting.type("review bunny_v002 --by ana --approve --note 'Yes.'")
    sitting.step("5  What leaves carries its chain of title")
    sitting.type("deliver reel_1 bunny_v002 --to delivery")
    sitting.type("verify delivery")
    sitting.type("lineage reel_1")


def _tamper(sitting: Sitting) -> None:
    say("One byte of one frame is changed in a copy:")
    copy = sitting.folder / "tampered"
    shutil.copytree(sitting.folder / "delivery", copy)
    frame = sorted(copy.rglob("*.exr"))[7]
    frame.chmod(0o644)
    content = bytearray(frame.read_bytes())
    content[-100] ^= 1
    frame.write_bytes(content)
    sitting.type("verify tampered", refused=BadSignature)
    shutil.rmtree(copy)


def _paint(sitting: Sitting, movie: Path) -> None:
    sitting.step("6  Paint: a wire is painted out on three frames, and learned away on the others")
    write_rigged_shot(movie, sitting.folder / "paint", RIGGED, painted=PAINTED, encoding=VIDEO)
    said = "--colour-space ACEScg --owner 'Demo Pictures' --nobody"
    sitting.type(f"ingest rig paint/rig.####.exr {said}")
    sitting.type(
        f"train paint --pairs paint/before.####.exr paint/after.####.exr {said} --name rig_out --seconds 25"
        " --reports paint_report"
    )
    sitting.type("render rig_out rig --reports paint_report")
    sitting.type("review rig_v001 --by ana --approve --note 'Gone.'")


def _remember(sitting: Sitting) -> None:
    sitting.step("7  Where to look")
    seconds = sum(took for _, took in sitting.times)
    say_table("", ("command", "seconds"), [(name, f"{took:.1f}") for name, took in sitting.times])
    say(f"{seconds:.0f} seconds in all")
    pages = sorted((sitting.folder / "report").glob("*.html"))
    movies = sorted((sitting.folder / "delivery").rglob("*.mp4"))
    chain = sitting.folder / "delivery" / "chain-of-title.html"
    painted, frame_next = (sitting.folder / "paint_report" / name for name in ("report.html", "rig_v001.take.html"))
    for words, path in (
        ("report", pages[0]),
        ("movie", movies[0]),
        ("chain of title", chain),
        ("paint report", painted),
        ("frame to fix next", frame_next),
    ):
        say(f"{words:>18}: {path}")
    say(f"{'delivery':>18}: {sitting.folder / 'delivery'}")
