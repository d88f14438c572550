"""Scratch dialogue by espeak-ng, where it is installed: a process of its own, which gets the words and nothing else.

It is a robot that reads rules, no voice of anybody: nothing in it was learned from a performer.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from os import defpath
from pathlib import Path

from rushes.departments.previs.out.sound_files import SAMPLE_RATE, length_of
from rushes.departments.previs.plan import ReadyShot
from rushes.domain.errors import BadMaterial, RushesError
from rushes.media.whole import whole_file

PLAIN_WPM, SLOWEST_WPM, FASTEST_WPM = 165, 120, 240
"""Words a minute: where a pace begins, and between which it is changed so that a speech takes the frames it has."""
LOUDNESS = "60"
"""Of 200: two who speak at once do not reach full scale."""
NEAR = Fraction(1, 12)
"""A speech that is nearer than this part to its planned length is not spoken again."""
MOST_LETTERS, MOST_SECONDS = 4000, 60
ACCENTS = ("en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp")
TIMBRES = ("m3", "f2", "m1", "f3", "m7", "f4", "m2", "f1", "m4", "f5")
VOICE = re.compile(r"[A-Za-z0-9][\w+.-]{0,40}")


@dataclass(frozen=True)
class Spoken:
    """Scratch dialogue.

    Attributes:
        files: WAV files by id of the shot and place of the speech in it.
        voices: which one each character has.
        words: what could not be spoken, and why.
    """

    files: Mapping[tuple[str, int], Path]
    voices: Mapping[str, str]
    words: tuple[str, ...]


def cast_voices(names: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give every character a voice of espeak-ng: by name, always the same one, and no two alike while there are enough.

    Args:
        names: of the characters.
        given: voices that somebody chose, by character.

    Raises:
        BadMaterial: a voice that was chosen is no name of a voice.

    >>> cast_voices(["WILL", "JENNY"]) == cast_voices(["JENNY", "WILL"])
    True
    """
    chosen = dict(given or {})
    wrong = [f"{who}: {voice!r}" for who, voice in chosen.items() if not VOICE.fullmatch(voice)]
    if wrong:
        raise BadMaterial("no name of a voice", wrong, "Write one as espeak-ng has it: en-gb+f2.")
    voices = [f"{accent}+{timbre}" for accent in ACCENTS for timbre in TIMBRES]
    free = [voice for voice in voices if voice not in chosen.values()]
    for who in sorted(set(names) - set(chosen)):
        pool = free or voices
        voice = pool[int.from_bytes(sha256(who.encode()).digest()[:4]) % len(pool)]
        free = [other for other in free if other != voice]
        chosen[who] = voice
    return chosen


def speak(
    shots: Sequence[ReadyShot], folder: Path, frame_rate: Fraction, *, voices: Mapping[str, str] | None = None
) -> Spoken:
    """Speak every speech of some shots into WAV files, as fast as its frames ask for and a listener bears.

    Files are named by what is in them, so that a speech that did not change is not spoken again.

    Args:
        shots: whose speeches are spoken.
        folder: for the files; it is made.
        frame_rate: of the cut.
        voices: that somebody chose, by character.

    Returns:
        What was spoken. Without espeak-ng there is nothing, and it says so.
    """
    speeches = [(shot, place, speech) for shot in shots for place, speech in enumerate(shot.speeches)]
    cast = cast_voices((speech.who for _, _, speech in speeches), voices)
    program = shutil.which("espeak-ng")
    if program is None:
        return Spoken({}, cast, ("espeak-ng is not installed: there is no scratch dialogue",))
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[tuple[str, int], Path] = {}
    faults = []
    for shot, place, speech in speeches:
        text = _plain(speech.words)
        if not text:
            continue
        try:
            planned = round(speech.frames / frame_rate * SAMPLE_RATE)
            files[shot.id, place] = _spoken(program, text, folder, voice=cast[speech.who], planned=planned)
        except (RushesError, OSError, subprocess.SubprocessError) as error:
            faults.append(f"{speech.who} in {shot.label} could not be spoken: {str(error).splitlines()[0][:200]}")
    return Spoken(files, cast, tuple(faults))


def _plain(words: str) -> str:
    # espeak-ng takes what stands in [[ ]] for phonemes
    return " ".join(re.sub(r"[\x00-\x1f\x7f]|\[\[|\]\]", " ", words).split())[:MOST_LETTERS]


def _spoken(program: str, text: str, folder: Path, *, voice: str, planned: int) -> Path:
    """Return the file of a speech that lasts as nearly as can be so many samples."""
    path = folder / f"{sha256(repr((text, voice, planned)).encode()).hexdigest()[:24]}.wav"
    if path.exists():
        return path
    _say(program, text, path, voice=voice, pace=PLAIN_WPM)
    taken = length_of(path)
    if planned and abs(taken - planned) > NEAR * planned:
        pace = max(SLOWEST_WPM, min(round(PLAIN_WPM * taken / planned), FASTEST_WPM))
        _say(program, text, path, voice=voice, pace=pace)
    return path


def _say(program: str, text: str, path: Path, *, voice: str, pace: int) -> None:
    with whole_file(path.absolute()) as draft:
        # -z: no pause after the last sentence, which would count as speech; the words come by stdin, never as an option
        command = [program, "-v", voice, "-s", str(pace), "-a", LOUDNESS, "-z", "-b", "1", "--stdin", "-w", str(draft)]
        ended = subprocess.run(
            command,
            input=text.encode(),
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
            env={"PATH": defpath, "LANG": "C.UTF-8"},
        )
        if ended.returncode or not draft.exists():
            said = ended.stderr.decode(errors="replace").strip().splitlines()
            raise BadMaterial(f"espeak-ng ended with {ended.returncode}: {said[0] if said else 'it wrote nothing'}")
