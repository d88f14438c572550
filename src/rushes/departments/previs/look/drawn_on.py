"""After a take: which cleared frames its pictures drew on, for whoever has to answer for it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rushes.departments.department import LookedOver, Scene, Seen
from rushes.domain.parts import Measure
from rushes.media.whole import whole_file


def list_frames_drawn_on(card: Mapping[str, Any], scene: Scene, take: Sequence[Seen], folder: Path) -> LookedOver:
    """Write `drew_on.json`: for every frame of the take the frames of the show that it drew on."""
    names = [{"clip": one["clip"], "frame": one["frame"]} for one in card["frames"]]
    by_frame = {seen.frame: [int(place) for place in seen.evidence.get("drew_on", ()) if place >= 0] for seen in take}
    places = sorted({place for mine in by_frame.values() for place in mine})
    listed = {
        "frames of the show": [names[place] for place in places],
        "by frame of the take": {
            str(number): [names[place] for place in mine] for number, mine in sorted(by_frame.items())
        },
    }
    path = folder / "drew_on.json"
    with whole_file(path) as draft:
        draft.write_text(json.dumps(listed, indent=1, ensure_ascii=False), encoding="utf-8")
    return LookedOver((Measure("frames of the show drawn on", float(len(places)), "frames"),), (path,))
