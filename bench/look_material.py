"""Pictures and ground truth for the look benchmarks: real photographs, third-party film CLUTs, a colourist's grade."""

import io
import os
import subprocess
import tempfile
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio
from skimage.transform import resize

from rushes.departments.look.arithmetic import read_lattice

Floats = npt.NDArray[np.float32]

CLUTS = Path(__file__).parents[1] / ".venv/cluts"
"""Where `make bench` puts G'MIC's archive."""

SHARED = Path(__file__).parents[1] / "../shared/data"
LONGEST = 640
"""Width to which every picture is brought, so that one large photograph does not decide alone."""

FILMS = (
    "agfa_vista_200",
    "kodak_portra_400",
    "fuji_velvia_50",
    "kodak_elite_chrome_200",
    "lomography_x-pro_slide_200",
    "polaroid_669",
    "tealorange",
    "kodak_2383_constlclip",
    "bleachbypass_2",
    "kodak_kodachrome_25",
)
"""Third-party looks, as the CLUT archive of G'MIC 2.9.4 names them: ground truth only."""

SCENES = (
    "exr_ilm/ScanLines/Desk.exr", "textures_skimage/chelsea.png", "textures_skimage/astronaut.png",
    "textures_skimage/rocket.jpg", "video_mixed/bigbuckbunny.mp4:30", "exr_ilm/ScanLines/Carrots.exr",
    "textures_skimage/coffee.png", "exr_ilm/Chromaticities/Rec709.exr", "hdri/potsdamer_platz_1k.hdr",
    "hdri/kiara_1_dawn_1k.hdr", "video_mixed/flower.mp4:10", "video_sam2/04_coffee.mp4:100",
    "exr_ilm/ScanLines/Cannon.exr", "roto_car-shadow/JPEGImages/480p/car-shadow/00020.jpg",
    "video_sam2/01_dog.mp4:50", "matte_lemur/lemur/lemur.png",
)  # fmt: skip
"""Sixteen scenes, no two frames of one."""

BUNNY = "video_mixed/bigbuckbunny.mp4"
DOG = "video_sam2/01_dog.mp4"

SETS = {
    "even scenes": (SCENES[0::2], SCENES[1::2]),
    "odd scenes": (SCENES[1::2], SCENES[0::2]),
    "first scenes": (SCENES[:8], SCENES[8:]),
}
"""Picture sets: what is learned from, what is judged on; never the same scene on both sides."""

PRIMARIES = (SCENES[0::2], ("exr_ilm/Beachball/singlepart.0001.exr",))
"""A rendered ball in pure red, green, blue and yellow, held out: colours that nothing learned from comes near to."""

ONE_SCENE = {
    "bunny": (tuple(f"{BUNNY}:{n}" for n in (5, 45, 85, 125)), tuple(f"{BUNNY}:{n}" for n in (15, 25, 60, 75, 105))),
    "dog": (tuple(f"{DOG}:{n}" for n in (5, 95, 185, 275)), tuple(f"{DOG}:{n}" for n in (30, 70, 140, 230, 250))),
}
"""Frames of one shot, to learn from and to judge on."""


def picture(name: str) -> Floats:
    """Read one picture as display-referred sRGB code values, `(height, width, 3)` float32 in 0 to 1."""
    path, _, number = name.partition(":")
    found = SHARED / path
    if number:
        return _smaller(_movie_frame(found, int(number)))
    pixels = np.asarray(oiio.ImageBuf(str(found)).get_pixels(oiio.FLOAT), np.float32)[..., :3]
    if found.suffix in {".exr", ".hdr"}:
        # exposed as a photographer would: the brightest two per cent are white
        light = pixels * (0.9 / np.percentile(pixels.max(axis=-1), 98))
        pixels = np.asarray(to_srgb(light), np.float32)
    return _smaller(pixels)


def to_srgb(light: Floats) -> Floats:
    """Encode display light as sRGB code values; IEC 61966-2-1, clipped to 0 and 1."""
    held = np.clip(light, 0.0, 1.0)
    return np.where(held <= 0.0031308, 12.92 * held, 1.055 * np.maximum(held, 0.0031308) ** (1 / 2.4) - 0.055)


def film(name: str, archive: Path) -> Floats:
    """Decode one film CLUT with G'MIC's own command.

    Args:
        archive: folder that holds `gmic_cluts.gmz`, as Debian's `gmic` source package carries it under `resources/`.

    Returns:
        (33, 33, 33, 3) float32, indexed red, green, blue; sRGB code values in and out.
    """
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "clut.raw"
        places = {"GMIC_SYSTEM_PATH": str(archive), "GMIC_PATH": folder, "TMP": folder}
        command = ["gmic", "-v", "-1", "clut", f"{name},33,0", "o", f"{written},float"]
        subprocess.run(command, env={**os.environ, **places}, check=True, capture_output=True)
        values = np.fromfile(written, np.float32)
    return np.ascontiguousarray(values.reshape(3, 33, 33, 33).transpose(3, 2, 1, 0) / 255.0).clip(0, 1)


def graded_by(clut: Floats, frame: Floats) -> Floats:
    """Apply a CLUT of sRGB code values to a picture."""
    identity_left = read_lattice(clut, (0.0, 1.0), frame)
    return np.asarray(identity_left, np.float32)


def colourist(frame: Floats) -> Floats:
    """Grade a picture by hand: printer lights, a soft S, teal shadows, warm lights, greens held back."""
    stops = frame ** np.float32(1 / 0.96) * np.float32((1.03, 1.0, 0.97)) + np.float32((0.005, 0.0, 0.012))
    held = np.clip(stops, 0, 1)
    soft = held + 0.35 * held * (1 - held) * (2 * held - 1)
    luma = soft @ np.float32((0.2126, 0.7152, 0.0722))
    shadow, light = (1 - luma[..., None]) ** 2, luma[..., None] ** 2
    split = soft + shadow * np.float32((-0.02, 0.01, 0.025)) + light * np.float32((0.03, 0.008, -0.03))
    green = np.clip(split[..., 1] - np.maximum(split[..., 0], split[..., 2]), 0, None)[..., None]
    muted = split + green * np.float32((0.25, -0.15, 0.05))
    mid = muted @ np.float32((0.2126, 0.7152, 0.0722))
    return np.asarray(np.clip(mid[..., None] + 0.9 * (muted - mid[..., None]), 0, 1), np.float32)


def as_delivered(frame: Floats, number: int, *, grain: float = 0.02) -> Floats:
    """Return a picture with grain of its own and through H.264, 8 bit 4:2:0, as a proxy comes from set.

    Args:
        frame: (height, width, 3) float32 sRGB code values.
        number: seeds the grain.
        grain: standard deviation, code values.
    """
    noise = np.random.default_rng(number).normal(0, grain, frame.shape)
    return compressed(np.clip(frame + noise, 0, 1).astype(np.float32))


def compressed(frame: Floats, *, quality: int = 23) -> Floats:
    """Return a picture as it comes out of H.264 at a constant rate factor, sides cut to an even number."""
    height, width = (side - side % 2 for side in frame.shape[:2])
    held, packets = frame[:height, :width], io.BytesIO()
    with av.open(packets, "w", format="mp4") as movie:
        stream = movie.add_stream("libx264", rate=24, options={"crf": str(quality), "preset": "medium", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.round(held * 255).astype(np.uint8), format="rgb24")
        for packet in [*stream.encode(picture), *stream.encode()]:
            movie.mux(packet)
    with av.open(io.BytesIO(packets.getvalue())) as movie:
        decoded = next(movie.decode(video=0)).to_ndarray(format="rgb24")
    return np.asarray(decoded, np.float32) / 255


def _movie_frame(path: Path, number: int) -> Floats:
    with av.open(str(path)) as movie:
        for at, frame in enumerate(movie.decode(video=0)):
            if at == number:
                return np.asarray(frame.to_ndarray(format="rgb24"), np.float32) / 255
    raise ValueError(f"{path} has no frame {number}")


def _smaller(pixels: Floats) -> Floats:
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST / width)
    if scale == 1.0:
        return np.ascontiguousarray(pixels)
    return np.asarray(resize(pixels, (round(height * scale), LONGEST), order=1, anti_aliasing=True), np.float32)
