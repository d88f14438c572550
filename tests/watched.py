"""A process that dies at the first way out of it. Started by `test_nothing_leaves.py`, which says what it is to do."""

import ctypes
import os
import platform
import struct
import sys

NETWORK = {"socket", "urllib", "http", "ftplib", "imaplib", "nntplib", "poplib", "smtplib", "telnetlib", "webbrowser"}
PROGRAMS = {
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.spawn",
}
START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); from rushes.media.sandboxed import serve; serve()"
"""How `rushes.media.sandbox` starts a decoder, written out: nothing is loaded before the watching begins."""

CAUGHT = 97
SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""By machine: its number in linux/audit.h, and that of socket(2) on it."""


def stop(event: str, arguments: tuple) -> None:
    """Audit hook: an exception could be caught by whoever tried, so the process ends here and now."""
    if event == "subprocess.Popen" and arguments[0] == sys.executable and START in arguments[1]:
        return  # our own decoder, which the kernel goes on watching
    if event.partition(".")[0] in NETWORK or event in PROGRAMS:
        os.write(2, f"caught: {event} {arguments}\n".encode())
        os._exit(CAUGHT)


class Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def let_the_kernel_watch() -> None:
    """Have Linux kill this process at its first internet socket: libraries in C tell Python nothing."""
    machine, socket_call = SOCKET_CALLS[platform.machine()]
    load, equal, end = 0x20, 0x15, 0x06
    steps = [
        (load, 0, 0, 4),  # the machine
        (equal, 0, 5, machine),
        (load, 0, 0, 0),  # which call
        (equal, 0, 3, socket_call),
        (load, 0, 0, 16),  # its first argument, the family
        (equal, 2, 0, 2),  # AF_INET
        (equal, 1, 0, 10),  # AF_INET6
        (end, 0, 0, 0x7FFF0000),  # SECCOMP_RET_ALLOW
        (end, 0, 0, 0x80000000),  # SECCOMP_RET_KILL_PROCESS
    ]
    program = Program(len(steps), b"".join(struct.pack("HBBI", *step) for step in steps))
    kernel = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, seccomp, by_filter = 38, 22, 2
    for call in ((no_new_privileges, 1, 0, 0, 0), (seccomp, by_filter, ctypes.addressof(program), 0, 0)):
        if kernel.prctl(*map(ctypes.c_ulong, call)):
            raise OSError(ctypes.get_errno(), "the kernel will not watch")


if __name__ == "__main__":
    if "kernel" in sys.argv[1]:
        let_the_kernel_watch()
    if "python" in sys.argv[1]:
        sys.addaudithook(stop)
    exec(sys.argv[2])
