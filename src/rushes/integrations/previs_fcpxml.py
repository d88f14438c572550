"""FCPXML of a cut, for Final Cut Pro and Resolve: times are fractions of a second, so that nothing is rounded.

OpenTimelineIO's adapter for it counts whole frames a second (23.976 becomes 23) and knows neither speed nor timecode.
"""

from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from rushes.departments.previs.out.animatic_times import BLACK, frames_of
from rushes.departments.previs.out.sound import Heard, lay_speeches
from rushes.departments.previs.plan import Cut
from rushes.integrations.previs_sources import CutMedia, Shots, Sourced, clip_name, marks, sourced
from rushes.integrations.previs_timeline import lanes
from rushes.integrations.previs_xml import as_seconds, seconds

VERSION = "1.10"


def fcpxml_text(cut: Cut, shots: Shots, media: CutMedia) -> str:
    """Return a cut as FCPXML 1.10: pictures in the primary storyline, dialogue connected to them, notes as markers.

    Args:
        cut: what is seen.
        shots: by id.
        media: where pictures and sounds are.
    """
    return _Writing(cut, shots, media).text()


class _Writing:
    """Builds the tree; `assets` are the ids of what is in the resources already."""

    def __init__(self, cut: Cut, shots: Shots, media: CutMedia) -> None:
        self._cut, self._shots, self._media = cut, shots, media
        self._root = Element("fcpxml", version=VERSION)
        self._resources = SubElement(self._root, "resources")
        width, height = media.size
        frame = self._time(1)
        SubElement(
            self._resources, "format", id="r1", frameDuration=frame, width=str(width), height=str(height), name=""
        )
        self._counted = "DF" if cut.drop_frame else "NDF"
        self._assets: dict[str, str] = {}

    def text(self) -> str:
        """Return the whole file."""
        cut = self._cut
        event = SubElement(SubElement(self._root, "library"), "event", name=cut.name)
        project = SubElement(event, "project", name=cut.name)
        start, length = self._time(cut.start), self._time(frames_of(cut))
        sequence = SubElement(project, "sequence", format="r1", duration=length, tcStart=start, tcFormat=self._counted)
        spine = SubElement(sequence, "spine")
        placed = sourced(cut, self._shots, self._media)
        hosts = [(one, self._clip(spine, one)) for one in placed]
        heard = [one for one in lay_speeches(cut, self._shots, self._media.sounds) if one.file]
        for number, lane in enumerate(lanes(heard), 1):
            self._connect(lane, hosts, number)
        for one, host in hosts:  # after what is connected, as the document type wants it
            note = self._shots[one.event.shot].note if one.event.shot in self._shots else ""
            if note:
                SubElement(host, "marker", start=host.get("start", "0s"), duration=self._time(1), value=note)
        ElementTree.indent(self._root)
        body = ElementTree.tostring(self._root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'

    def _time(self, frames: int | Fraction) -> str:
        return as_seconds(frames / self._cut.frame_rate)

    def _clip(self, spine: Element, one: Sourced) -> Element:
        offset, duration = self._time(self._cut.start + one.at), self._time(one.event.frames)
        if one.source is None:
            return SubElement(spine, "gap", name=BLACK, offset=offset, start="3600s", duration=duration)
        start, source = self._time(one.first), one.source
        asset = self._asset(
            source.key,
            source.name,
            source.url or f"{source.name}.mov",
            hasVideo="1",
            format="r1",
            start=self._time(source.start),
            duration=self._time(source.frames),
        )
        clip = SubElement(
            spine,
            "asset-clip",
            ref=asset,
            name=clip_name(one.event),
            offset=offset,
            start=start,
            duration=duration,
            tcFormat=self._counted,
        )
        SubElement(clip, "note").text = "\n".join(marks(one.event, speed=one.speed))
        if one.speed != 1:
            # a frame more than is seen, or Resolve shows black at the end
            taken = one.event.frames + 1
            retime = SubElement(clip, "timeMap")
            SubElement(retime, "timept", time=start, value=start, interp="linear")
            last = Fraction(one.first) + taken * one.speed
            SubElement(retime, "timept", time=self._time(one.first + taken), value=self._time(last), interp="linear")
        return clip

    def _asset(self, key: str, name: str, url: str, **said: str) -> str:
        if key not in self._assets:
            self._assets[key] = f"r{len(self._assets) + 2}"
            asset = SubElement(self._resources, "asset", {"id": self._assets[key], "name": name} | said)
            SubElement(asset, "media-rep", kind="original-media", src=url)
        return self._assets[key]

    def _connect(self, lane: Sequence[Heard], hosts: Sequence[tuple[Sourced, Element]], number: int) -> None:
        """Connect speeches to the clips in which they begin."""
        for speech in lane:
            assert speech.file is not None
            one, host = next(pair for pair in reversed(hosts) if pair[0].at <= speech.at)
            asset = self._asset(
                f"sound {speech.file.name}",
                speech.file.name,
                self._media.sound_folder + speech.file.name,
                hasAudio="1",
                audioSources="1",
                audioChannels="2",
                audioRate="48000",
                start="0s",
                duration=self._time(speech.skipped + speech.frames),
            )
            local = seconds(host.get("start")) + (speech.at - one.at) / self._cut.frame_rate
            SubElement(
                host,
                "asset-clip",
                ref=asset,
                lane=f"-{number}",
                offset=as_seconds(local),
                name=f"{speech.speech.who}: {speech.speech.words[:60]}",
                start=self._time(speech.skipped),
                duration=self._time(speech.frames),
                audioRole="dialogue",
            )
