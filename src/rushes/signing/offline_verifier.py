"""Check a Rushes delivery with nothing but Python 3.8 or newer: `python -I verify.py FOLDER [--key KEY]`.

A copy lies in every delivery as `verify.py`, signed like every other file. But whoever forges a delivery forges that
copy too: if you distrust the delivery, run a copy that came to you another way, and say with `--key` whose signature
you expect, as the studio tells it and not as the folder does.
"""

from __future__ import annotations  # verify.py runs where `A | B` is no type yet

import argparse
import os
import sys
from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from rushes.signing.seals import GROWTH, SEALS, Findings, check_seals, subjects_of
from rushes.signing.spelling import Fault
from rushes.signing.transparency import key_id, read_key

LARGEST_SEAL = 1 << 28
LEAD_ELSEWHERE = frozenset('\\:*?"<>|')


def digest_of_file(path: Path) -> str:
    """Return the digest of a file, read piece by piece."""
    digest = sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def walk(folder: Path) -> dict[str, str]:
    """Return the name of everything in a folder, and what is odd about it or nothing. Links are not followed."""
    found, waiting = {}, [""]
    while waiting:
        within = waiting.pop()
        entries = list(os.scandir(folder / within))
        for entry in entries:
            name, odd = within + entry.name, _odd(entry)
            if not odd and entry.is_dir(follow_symlinks=False):
                waiting.append(f"{name}/")
            else:
                found[name] = odd
        if within and not entries:
            found[within] = "is an empty folder"
    return dict(sorted(found.items()))


def _odd(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "is a link"
    if entry.name.startswith("."):
        return "is hidden"
    if not entry.name.isprintable() or LEAD_ELSEWHERE & set(entry.name):
        return "has a name that means something else on another system"
    plain = entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)
    return "" if plain else "is no file but a device, a pipe or a socket"


def examine(folder: Path, pin: str = "", growth: bytes | None = None) -> Findings:
    """Check every byte of a delivery; where there is no fault, it is what was signed and logged.

    Nothing outside the folder is read: a listed name is only looked for among those that lie in it.

    Args:
        folder: the delivery.
        pin: id of the key that is expected, or nothing.
        growth: proof of how the log grew afterwards, if somebody kept one.
    """
    found = walk(folder)
    seals = {} if growth is None else {GROWTH: growth}
    for name in SEALS:
        if found.get(name) == "":
            with (folder / name).open("rb") as file:
                seals[name] = file.read(LARGEST_SEAL)
    findings = check_seals(seals, pin)
    signed = subjects_of(findings.statement) if findings.statement else {}
    faults = [f"{name}: is missing" for name in dict.fromkeys([*SEALS, *signed]) if name not in found]
    faults += [f"{name}: {odd}" for name, odd in found.items() if odd]
    plain = [name for name, odd in found.items() if not odd]
    if findings.statement:
        known = {*signed, *SEALS}
        faults += [f"{name}: was not signed and does not belong here" for name in plain if name not in known]
    wrong = [name for name in plain if name in signed and digest_of_file(folder / name) != signed[name]]
    faults += [f"{name}: is not what was signed" for name in wrong]
    return findings._replace(faults=[_shown(fault) for fault in findings.faults + faults])


def key_id_of(text: str) -> str:
    """Return the id of a key that a person names: by its id, in base64, or as a verifier key.

    Raises:
        ValueError: if it is none of these.
    """
    if len(text) == 64:
        return bytes.fromhex(text).hex()
    public = b64decode(text, validate=True) if len(text) == 44 else read_key(f"{text}\n".encode()).public
    if len(public) != 32:
        raise ValueError(f"a key has 32 bytes, not {len(public)}")
    return key_id(public)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the delivery that the command line names; return 0 if it is whole and 1 if not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the delivery")
    parser.add_argument("--key", help="whose signature is expected: a key id, or the key in base64")
    parser.add_argument("--growth", type=Path, help="proof of how the log grew afterwards, as the studio hands it out")
    asked = parser.parse_args(arguments)
    try:
        pin = "" if asked.key is None else key_id_of(asked.key)
    except (ValueError, Fault):
        parser.error(f"{asked.key!r} is neither a key nor the id of one")
    try:
        findings = examine(asked.folder, pin, asked.growth and asked.growth.read_bytes())
    except OSError as error:
        parser.error(f"{error.filename} cannot be read: {error.strerror}")
    _say(_refusal(asked.folder, findings) if findings.faults else _verdict(asked.folder, findings, pin))
    return 1 if findings.faults else 0


def _refusal(folder: Path, findings: Findings) -> list[str]:
    count = len(findings.faults)
    head = f"{folder} is not what was delivered: {count} fault{'s' if count > 1 else ''}"
    return [head, *(f"  {fault}" for fault in findings.faults), "Do not use it. Ask the studio to send it again."]


def _verdict(folder: Path, findings: Findings, pin: str) -> list[str]:
    key, proof, checkpoint, statement = findings.key, findings.proof, findings.checkpoint, findings.statement
    assert key and proof and checkpoint and statement
    signed = f"{len(subjects_of(statement))} files, signed by {key.name} with key {key_id(key.public)}"
    logged = f"Entry {proof.position + 1} of {proof.size} in the log {checkpoint.origin}."
    unknown = "Nobody said whose key to expect: ask the studio for its own, and give it with --key."
    return [f"{folder} is whole: {signed}.", logged, "That is the expected key." if pin else unknown]


def _shown(text: str) -> str:
    # names come from whoever made the folder: nothing in them may steer a terminal
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _say(lines: list[str]) -> None:
    encoding = sys.stdout.encoding or "ascii"
    text = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
