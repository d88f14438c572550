"""FCPXML from outside: the primary storyline and what is connected to it, as numbers and names."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from rushes.departments.previs.out.recut import EditedCut, SeenClip
from rushes.departments.previs.plan import Cut
from rushes.integrations.previs_layers import Aside, topmost
from rushes.integrations.previs_sources import carried, ids_in, is_animatic, nearest_speed, shot_first, stem
from rushes.integrations.previs_xml import seconds, text_of

SHOWN = ("asset-clip", "clip", "video", "ref-clip", "sync-clip", "mc-clip")
ROUNDED = 1e-6


def edited_fcpxml(root: Element, old: Cut, animatic: str) -> EditedCut:
    """Return what the first project of a library shows.

    Args:
        root: `<fcpxml>`, through the gate.
        old: the cut that went out; frames are counted at its rate.
        animatic: name of the movie of the whole old cut, without folder and ending, or nothing.

    Raises:
        ValueError: it makes no sense as a cut.
    """
    projects = [one for one in root.iter("project") if one.find("sequence/spine") is not None]
    if not projects:
        raise ValueError("it holds no project with a storyline")
    sequence = projects[0].find("sequence")
    assert sequence is not None
    spine = sequence.find("spine")
    assert spine is not None
    reading = _Reading(old, animatic, {one.get("id", ""): one for one in root.iterfind("resources/*")})
    reading.rate = reading.rate_of(sequence) or old.frame_rate
    start = seconds(sequence.get("tcStart"))
    offsets = [seconds(one.get("offset")) for one in spine if one.get("offset")]
    reading.storyline(spine, -start if min(offsets, default=start) >= start else Fraction(0), lane=0)
    clips = topmost([reading.layers[lane] for lane in sorted(reading.layers)])
    notes = reading.aside.words(old)
    if len(projects) > 1:
        notes.insert(0, f"{len(projects)} projects; {projects[0].get('name', '')[:60]} was read")
    length = reading.frames(seconds(sequence.get("duration")))
    mode = sequence.get("tcFormat")
    return EditedCut(
        name=projects[0].get("name", ""),
        start=reading.frames(start) if sequence.get("tcStart") else None,
        drop_frame=mode == "DF" if mode in ("DF", "NDF") else None,
        frames=max([length, *(clip.at + clip.frames for clip in clips)]),
        clips=tuple(clips),
        notes=tuple(notes),
    )


@dataclass
class _Reading:
    """Goes through a project, lane by lane, and counts what it leaves aside."""

    old: Cut
    animatic: str
    resources: dict[str, Element]
    rate: Fraction = Fraction(24)
    layers: dict[int, list[SeenClip]] = field(default_factory=lambda: defaultdict(list))
    aside: Aside = field(default_factory=Aside)

    def rate_of(self, element: Element) -> Fraction | None:
        """Return frames a second of what has a format."""
        form = self.resources.get(element.get("format", ""))
        frame = seconds(form.get("frameDuration")) if form is not None else Fraction(0)
        return 1 / frame if Fraction(1, 1000) <= frame <= 1 else None

    def frames(self, time: Fraction) -> int:
        """Return seconds as frames of the old cut; 24 and 23.976 count the same frames."""
        same = self.aside.same_frames(self.rate, self.old)
        return round(time * (self.rate if same else self.old.frame_rate))

    def storyline(self, spine: Element, origin: Fraction, *, lane: int) -> None:
        """Read a storyline; its items follow each other where they do not say where they are.

        Args:
            spine: the storyline.
            origin: second of the cut at which its own time is 0.
            lane: in which it lies.
        """
        at = Fraction(0)
        for child in spine:
            if child.tag == "transition":
                self.aside.counts["dissolves or wipes read as cuts"] += 1
                continue
            item = next(iter(child), child) if child.tag == "audition" else child
            begins = seconds(item.get("offset")) + origin if item.get("offset") else at
            self.item(item, begins, lane)
            at = begins + seconds(item.get("duration"))

    def item(self, item: Element, begins: Fraction, lane: int) -> None:
        """Read a clip and all that is connected to it."""
        if item.tag == "title":
            self.aside.counts["titles and generators"] += 1
        if item.tag in SHOWN:
            self.clip(item, begins, lane)
        start = self.starts(item)
        for other in item:
            if not other.get("lane"):
                continue
            there, where = int(other.get("lane", "0")), begins + seconds(other.get("offset")) - start
            if other.tag == "spine":
                self.storyline(other, where, lane=lane + there)
            else:
                self.item(other, where, lane + there)

    def clip(self, item: Element, begins: Fraction, lane: int) -> None:
        """Put a clip into its lane, if it shows something."""
        if item.get("enabled") == "0":
            self.aside.counts["clips that are switched off"] += 1
            return
        inner = item.find("video") if item.tag == "clip" else None
        asset = self.resources.get((item if inner is None else inner).get("ref", ""))
        if asset is not None and asset.tag == "asset" and asset.get("hasVideo", "0") != "1":
            self.aside.counts["clips of sound"] += 1
            return
        at, name = self.frames(begins), item.get("name", "")
        frames = self.frames(begins + seconds(item.get("duration"))) - at
        files = [] if asset is None else [asset.get("name", ""), *self.files(asset)]
        said = carried([text_of(item, "note")])
        of_animatic = is_animatic((name, *files), self.animatic)
        first, speed = self.source(item, self.starts(item))
        if inner is not None:
            first += self.starts(inner) - seconds(inner.get("offset"))
        if frames < 1:
            return
        self.layers[lane].append(
            SeenClip(
                name=name,
                ids=tuple(one for one in (said.get("SHOT", ""), *ids_in(name)) if one),
                names=tuple(one for one in files if one),
                at=at,
                frames=frames,
                first=shot_first(self.frames(first), self.old, of_animatic=of_animatic),
                speed=nearest_speed(speed, said.get("SPEED", ""), within=ROUNDED),
                of_animatic=of_animatic,
            )
        )

    def starts(self, item: Element) -> Fraction:
        """Return the second of an item's own time at which it is cut in; of a file, its first where nothing is said."""
        if item.get("start"):
            return seconds(item.get("start"))
        asset = self.resources.get(item.get("ref", ""))
        return seconds(asset.get("start")) if asset is not None else Fraction(0)

    def source(self, item: Element, start: Fraction) -> tuple[Fraction, Fraction]:
        """Return the second of the source at which an item begins, and how fast it runs."""
        points = [(seconds(one.get("time")), seconds(one.get("value"))) for one in item.iterfind("timeMap/timept")]
        if len(points) < 2 or points[0][0] == points[-1][0]:
            return start, Fraction(1)
        (time, value), (end, last) = points[0], points[-1]
        speed = (last - value) / (end - time)
        if any(between != value + (at - time) * speed for at, between in points):
            self.aside.counts["changing speeds read as constant"] += 1
        return value + (start - time) * speed, speed

    def files(self, asset: Element) -> Iterator[str]:
        """Yield what an asset's files are called."""
        yield stem(asset.get("src", ""))
        for one in asset.iterfind("media-rep"):
            yield stem(one.get("src", ""))
