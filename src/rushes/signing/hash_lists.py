"""What is signed for frames that cannot hold credentials themselves, such as EXR and DPX: one list of them all."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from rushes.signing.offline_verifier import digest_of_file, walk
from rushes.signing.spelling import to_json


def hash_list(frames: Mapping[str, Path]) -> dict[str, Any]:
    """Return the list of a sequence's frames that is signed in their place: name, size, SHA-256, and a root over all.

    Args:
        frames: file of each frame, by its name inside the folder that is delivered.

    Returns:
        JSON. Each frame is a leaf of a Merkle tree (RFC 6962), in the order of names: so one can be proved alone.
    """
    listed = [
        {"name": name, "bytes": path.stat().st_size, "sha256": digest_of_file(path).removeprefix("sha256:")}
        for name, path in sorted(frames.items())
    ]
    return {"frames": listed, "root": _root([to_json(frame) for frame in listed]).hex()}


def check_hash_list(hashes: Mapping[str, Any], folder: Path) -> list[str]:
    """Return what is wrong with a folder of frames: every one that is missing, extra or changed; nothing if whole."""
    listed = {frame["name"]: frame for frame in hashes["frames"]}
    found = walk(folder)
    faults = [f"{name}: is missing" for name in listed if name not in found]
    faults += [f"{name}: {odd or 'is not in the list'}" for name, odd in found.items() if odd or name not in listed]
    whole = {name: folder / name for name, odd in found.items() if not odd and name in listed}
    now = hash_list(whole)
    faults += [f"{frame['name']}: is not what was listed" for frame in now["frames"] if frame != listed[frame["name"]]]
    leaves = [to_json(frame) for frame in hashes["frames"]]
    if _root(leaves).hex() != hashes["root"] or len(leaves) != len(listed):
        faults.append("the list is not what its root was made of")
    return faults


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return sha256(b"".join(b"\0" + leaf for leaf in leaves)).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + _root(leaves[:left]) + _root(leaves[left:])).digest()
