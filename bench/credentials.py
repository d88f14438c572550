"""What content credentials cost: to write, to check, in bytes; beside the library that we sign with, used alone.

    OMP_NUM_THREADS=1 python bench/credentials.py [--repeat 5] [--seed 0]

The library alone is c2pa-python with a key in a file, as its documentation shows, thumbnails off. Ours adds the seal
over every byte and reads the finished file again before it gets its name. Pictures are 4K noise over a ramp, the movie
some 50 MB, the EXR a 4K plate of half floats. CPU-milliseconds, the median of a few; nothing is fetched.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import av
import c2pa
import numpy as np
import OpenImageIO as oiio
from PIL import Image

from rushes.signing.certificates import SIGNER, Authority, make_authority
from rushes.signing.credentials import (
    Action,
    Claim,
    Ingredient,
    SourceType,
    read_credentials,
    write_credentials,
    write_sidecar,
)
from rushes.signing.hash_lists import check_hash_list, hash_list

KINDS = {"4K.png": "image/png", "4K.jpg": "image/jpeg", "50MB.mp4": "video/mp4", "4K.exr": "application/octet-stream"}
CREATED = {"action": "c2pa.created", "digitalSourceType": SourceType.COMPOSITE_WITH_TRAINED.value}
ALONE = {
    "claim_generator_info": [{"name": "bench"}],
    "title": "sh010",
    "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}],
}
CLAIM = Claim(
    "sh010",
    SourceType.COMPOSITE_WITH_TRAINED,
    (Action("c2pa.color_adjustments", SourceType.HUMAN_EDITS, "graded", "Rushes"),),
    (
        Ingredient("roto v2", "sha256:" + "1" * 64, "application/octet-stream", "inputTo"),
        Ingredient("plate", "sha256:" + "2" * 64, "image/x-exr"),
    ),
    {"log_origin": "northlight.example/log", "leaf_index": 1, "root": "sha256:" + "3" * 64},
)


def write_material(folder: Path, seed: int) -> None:
    """Write one file of each kind."""
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 200, 4096)[None, :, None]
    noise = rng.integers(0, 55, (2160, 4096, 3))
    picture = Image.fromarray((ramp + noise).astype(np.uint8))
    picture.save(folder / "4K.png", compress_level=1)
    picture.save(folder / "4K.jpg", quality=92)
    spec = oiio.ImageSpec(4096, 2160, 3, "half")
    spec["compression"] = "none"
    plate = oiio.ImageOutput.create("plate.exr")
    assert plate and plate.open(str(folder / "4K.exr"), spec)
    plate.write_image(((ramp + noise) / 255).astype(np.float32))
    plate.close()
    with av.open(str(folder / "50MB.mp4"), "w") as movie:
        stream = movie.add_stream("mpeg4", rate=24, options={"qmin": "2", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        written = 0
        while written < 50_000_000:
            frame = av.VideoFrame.from_ndarray(rng.integers(0, 255, (1080, 1920, 3), np.uint8), format="rgb24")
            packets = stream.encode(frame)
            movie.mux(packets)
            written += sum(packet.size for packet in packets)
        movie.mux(stream.encode())


def settings(authority: Authority) -> c2pa.Context:
    return c2pa.Context.from_dict(
        {"trust": {"trust_anchors": authority.root.decode()}, "builder": {"thumbnail": {"enabled": False}}}
    )


def sign_alone(source: Path, target: Path, authority: Authority) -> None:
    key = (authority.folder / SIGNER).read_bytes().partition(b"-----BEGIN CERTIFICATE")[0]
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=authority.certificate, private_key=key, ta_url=None)
    builder, kind = c2pa.Builder(json.dumps(ALONE), context=settings(authority)), KINDS[source.name]
    if source.suffix == ".exr":
        builder.set_no_embed()
    with source.open("rb") as plain, target.open("w+b") as into:
        store = builder.sign(c2pa.Signer.from_info(info), kind, plain, into)
    if source.suffix == ".exr":
        target.write_bytes(store)


def read_alone(source: Path, target: Path, authority: Authority) -> None:
    beside = source.suffix == ".exr"
    store = target.read_bytes() if beside else None
    with (source if beside else target).open("rb") as signed:
        context = settings(authority)
        with c2pa.Reader(KINDS[source.name], signed, manifest_data=store, context=context) as reader:
            assert reader.get_validation_state() == "Trusted"


def sign_ours(source: Path, target: Path, authority: Authority) -> None:
    write = write_sidecar if source.suffix == ".exr" else write_credentials
    write(source, target, CLAIM, authority=authority)


def read_ours(source: Path, target: Path, authority: Authority) -> None:
    if source.suffix == ".exr":
        read_credentials(source, root=authority.root, sidecar=target)
    else:
        read_credentials(target, root=authority.root)


def milliseconds(work: Callable[[], object], repeat: int) -> float:
    """Return the median of CPU-milliseconds."""
    found = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        found.append(1000 * (time.process_time() - start))
    return statistics.median(found)


def table(folder: Path, repeat: int) -> None:
    """Print what each kind of file costs."""
    authority = make_authority(folder / "authority", "Northlight", datetime.now(UTC))
    ways = {"ours": (sign_ours, read_ours), "library alone": (sign_alone, read_alone)}
    print("| file | MB | by | sign ms | verify ms | bytes added |")
    print("|---|---|---|---|---|---|")
    for name in KINDS:
        source, target = folder / name, folder / f"signed_{name}"
        size = source.stat().st_size
        for words, (sign, read) in ways.items():
            signing = milliseconds(partial(sign, source, target, authority), repeat)
            reading = milliseconds(partial(read, source, target, authority), repeat)
            added = target.stat().st_size - (0 if source.suffix == ".exr" else size)
            print(f"| {name} | {size / 1e6:.1f} | {words} | {signing:.0f} | {reading:.0f} | {added} |", flush=True)


def sequence(folder: Path, repeat: int) -> None:
    """Print what a list of hashes costs, by frame."""
    frames = folder / "frames"
    frames.mkdir()
    for number in range(1, 9):
        (frames / f"sh010.{number:04}.exr").hardlink_to(folder / "4K.exr")
    named = {path.name: path for path in frames.iterdir()}
    making = milliseconds(lambda: hash_list(named), repeat) / len(named)
    hashes = hash_list(named)
    checking = milliseconds(lambda: check_hash_list(hashes, frames), repeat) / len(named)
    assert check_hash_list(hashes, frames) == []
    size = len(json.dumps(hashes)) / len(named)
    print(f"list of hashes, by 4K EXR frame: {making:.0f} ms to make, {checking:.0f} ms to check, {size:.0f} bytes")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--repeat", type=int, default=5)
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        write_material(Path(place), options.seed)
        table(Path(place), options.repeat)
        sequence(Path(place), options.repeat)
