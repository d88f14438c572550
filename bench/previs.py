"""The bars of previs, measured: a script of 120 pages, framings, a merge with 30 % changed, a 24 s animatic.

python bench/previs.py            all of it
python bench/previs.py --script   one part: --script, --framings, --merge, --animatic
"""

import random
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from rushes.cli.previs_publish import make_animatic
from rushes.departments.previs.breakdown.sheets import break_down
from rushes.departments.previs.project.darkroom import Darkroom
from rushes.departments.previs.project.model import Camera
from rushes.departments.previs.project.rehearsal import rehearse, size_of
from rushes.departments.previs.project.sample import last_ferry
from rushes.departments.previs.project.starting import start
from rushes.departments.previs.script.eighths import all_eighths
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.merge import Anchor, Tracked, merge, track
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.framing import Framing, frame_figure
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.shots.sizes import ANGLES, SIZES
from rushes.departments.previs.timing import running_time
from rushes.domain.errors import BadMaterial

PAGES = 120
WORDS = [
    "lamp",
    "door",
    "rain",
    "train",
    "letter",
    "window",
    "coat",
    "bottle",
    "table",
    "stair",
    "boat",
    "bell",
    "knife",
    "photograph",
    "piano",
    "mirror",
]


def long_script(pages: int = PAGES, seed: int = 1) -> str:
    """A script of so many pages: the sample's scenes again and again, their words changed so that no two are alike."""
    draw = random.Random(seed)
    body = last_ferry().split("\n\n", 1)[1]
    parts = []
    while True:
        text = body
        for number in range(1, 5):
            text = text.replace(f" #{number}#", "")
        for word in ("suitcase", "banknote", "kettle", "window", "cup", "coin", "lamp"):
            text = text.replace(word, draw.choice(WORDS))
        text = text.replace("TICKET OFFICE", f"{draw.choice(WORDS).upper()} ROOM {len(parts)}")
        parts.append(text)
        script = read_fountain("\n\n".join(parts).encode())
        if sum(all_eighths(script)) >= pages * 8:
            return "\n\n".join(parts)


def script() -> None:
    text = long_script().encode()
    started = time.process_time()
    read = read_fountain(text)
    parsed = time.process_time()
    sheets = break_down(track(read))
    broken = time.process_time()
    whole = running_time(read)
    timed = time.process_time()
    pages = sum(all_eighths(read)) / 8
    items = sum(len(sheet.items) for sheet in sheets)
    print(f"script: {pages:.0f} pages, {len(sheets)} scenes, {items} items, {whole.seconds / 60:.0f} min")
    print(
        f"  parse {parsed - started:.2f}, breakdown {broken - parsed:.2f}, timing {timed - broken:.2f}: "
        f"{timed - started:.2f} CPU s (bar: 10)"
    )


def framings() -> None:
    worst, count, refused = 0.0, 0, 0
    packages = [Package(back, squeeze, aspect) for back in (FILMBACKS["super-35"], FILMBACKS["alexa-lf"])
                for squeeze, aspect in ((1.0, 1.78), (1.0, 2.39), (2.0, 2.39))]  # fmt: skip
    for size, angle, focal, package in product(SIZES, ANGLES, (25.0, 50.0, 85.0), packages):
        try:
            framed = frame_figure(Figure("A", 1.75), Framing(size, angle), package, focal_mm=focal)
        except BadMaterial:
            refused += 1
            continue
        worst, count = max(worst, framed.residual_percent), count + 1
    print(f"framings: {count} drawn, {refused} refused; worst residual {worst:.5f} % of the frame's height (bar: 2)")


def merged() -> None:
    right = whole = lost = 0
    for seed in range(5):
        draw = random.Random(seed)
        text = long_script(40, seed)
        old = track(read_fountain(text.encode()))
        scenes = [text_of(kept) for kept in old]
        homes = list(range(len(scenes)))
        changed = draw.sample(homes, round(0.3 * len(homes)))
        for at in changed:
            lines = scenes[at].split("\n\n")
            what = draw.choice(("words", "moved", "cut"))
            if what == "words":
                for _ in range(max(1, len(lines) // 3)):
                    place = draw.randrange(1, len(lines))
                    lines[place] = lines[place].replace(" the ", " that old ") + " Again."
                scenes[at] = "\n\n".join(lines)
            elif what == "cut" and len(lines) > 6:
                del lines[3:5]
                scenes[at] = "\n\n".join(lines)
            else:
                homes.remove(at)
                homes.insert(draw.randrange(len(homes) + 1), at)
        anchors = [
            Anchor(f"{kept.id}/{element}", kept.id, element)
            for kept in old
            for element in range(0, len(kept.scene.elements), 3)
        ]
        new = read_fountain("\n\n".join(scenes[at] for at in homes).encode())
        found = merge(old, new, anchors)
        lost += len(anchors) - len(found.anchors) - len(found.tray)
        ids = {kept.id: old[homes[place]].id for place, kept in enumerate(found.scenes)}
        right += sum(ids.get(anchor.scene) == anchor.id.split("/")[0] for anchor in found.anchors)
        whole += len(anchors)
    print("merge, 30 % of the scenes changed or moved (bar: 0 lost, 95 % in their scene)")
    print(f"  {lost} of {whole} anchors lost, {right / whole:.1%} in their scene")


def text_of(kept: Tracked) -> str:
    parts = []
    for element in kept.scene.elements:
        joined = "\n" if element.kind.value in ("dialogue", "parenthetical", "lyric") else "\n\n"
        parts.append(joined + element.text)
    return "".join(parts).strip()


def animatic() -> None:
    with TemporaryDirectory() as folder:
        script_file = Path(folder) / "ferry.fountain"
        script_file.write_text(last_ferry())
        started = time.process_time()
        project = start(Path(folder) / "ferry", script_file, width=960, camera=Camera())
        lines = {"FS INGRID": "FS INGRID, push in 10s"}
        shots = tuple(replace(shot, asked=lines.get(shot.asked, shot.asked)) for shot in project.shots)
        project = replace(project, shots=shots)
        rehearsal = rehearse(Path(folder) / "ferry", project)
        events, frames = [], 0
        for event in rehearsal.cut.events:
            length = min(event.frames, 576 - frames)
            if length:
                events.append(replace(event, frames=length))
                frames += length
        rehearsal = replace(rehearsal, cut=replace(rehearsal.cut, events=tuple(events)))
        with Darkroom(project, size_of(project)) as room:
            make_animatic(Path(folder) / "a.mp4", rehearsal, room, watch=lambda *_: None, slate_s=1.0)
            mixed = time.process_time() - started
            # every frame drawn anew: the worst case, in which something moves in each
            started = time.process_time()
            for event in events:
                for frame in range(0, event.frames, 12):
                    room.draw(rehearsal.shots[event.shot], event.first + frame)
            drawn = (time.process_time() - started) * 12
        print(f"animatic: 576 frames of 960x540 in {mixed:.0f} CPU s from the script to the movie (bar: 130)")
        print(f"  drawing every frame anew would take {drawn:.0f} CPU s")


PARTS = {"--script": script, "--framings": framings, "--merge": merged, "--animatic": animatic}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
