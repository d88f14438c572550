"""Shutting a process, or one thread, in: no network, no programs, no writing, by the Linux kernel's own means.

What is shut cannot be opened again by whoever is inside. Elsewhere than on Linux, on x86-64 or ARM64, nothing of this
is there, and every function says so by what it returns.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from errno import EACCES, ENOSYS, EPERM
from pathlib import Path

MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""By machine: its number in linux/audit.h, and which of two columns below holds its numbers of system calls."""

NETWORK = ("41 425", "198 425")
"""socket, and io_uring_setup, which reaches sockets without it."""

PROGRAMS = ("57 58 59 322", "221 281")
"""fork, vfork, execve, execveat. Threads are started by clone, and may be."""

OTHERS = ("62 200 129 297 434 424 438 101 310 311", "129 130 138 240 434 424 438 117 270 271")
"""Other processes: kill, tkill, queued signals, the pidfd calls, ptrace, process_vm_readv and _writev."""

FILES = (
    "85 304 76 82 264 316 83 258 84 87 263 86 265 88 266 133 259 90 91 268 452 92 94 93 260 132 235 261 280"
    " 188 189 190 197 198 199",
    "265 45 38 276 34 35 37 36 33 52 53 452 55 54 88 5 6 7 14 15 16",
)
"""creat, open_by_handle_at, truncate; rename, mkdir, rmdir, unlink, link, symlink, mknod; owners, times, xattr."""

SYSTEM = (
    "165 166 155 161 272 308 428 429 430 431 432 433 442 321 298 323 250 248 249 175 313 246 169 319 29 68 64 160",
    "40 39 41 51 97 268 428 429 430 431 432 433 442 280 241 282 219 217 218 105 273 104 142 279 194 186 190 164",
)
"""mount and its kin, chroot, unshare, setns, bpf, perf_event_open, userfaultfd, keys, modules, kexec, reboot,
memfd_create, shared memory, queues and semaphores, setrlimit."""

HIDE_THEIR_FLAGS = "435 437"
"""clone3 and openat2: a filter does not see what is asked of them. They seem not to exist, and libraries then use the
older ones."""

OPEN = (((2, 2), (257, 4)), ((56, 4),))
"""open and openat, each with the place of its flags among the halves of its arguments."""

CLONE, TGKILL, PRLIMIT = (56, 220), (234, 131), (302, 261)
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CLONE_THREAD = 0x10000
LOAD, EQUAL, ANY_OF, AT_LEAST, END = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
Step = tuple[int, int, int, int]

SECCOMP = {"x86_64": 317, "aarch64": 277}
BY_FILTER, ALL_THREADS = 1, 1
NO_NEW_PRIVILEGES, DIE_WITH_PARENT = 38, 1
LANDLOCK_CREATE, LANDLOCK_RESTRICT = 444, 446


class _Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def shut_network() -> bool:
    """Take the network from the calling thread, and from every thread and process that it starts, for good.

    It can open no socket of any kind, so it can ask no name server either. Sockets that are open already go on, and so
    do other threads.

    Returns:
        Whether it is shut; False where the system has no means for that.
    """
    column = _column()
    return column is not None and _filtered(list(_refusals(NETWORK[column])), all_threads=False)


def shut_in(memory: int) -> tuple[str, ...]:
    """Shut this process in, for the decoding of files that nobody vouches for.

    Args:
        memory: bytes of address space that it may take.

    Returns:
        What holds now, in words.
    """
    holds = [*_of_linux(), *_limits(memory)]
    column = _column()
    if column is not None and _landlocked():
        holds.append("a second lock of the kernel on writing, connections, and other processes' memory (Landlock)")
    if column is not None and _filtered(list(_steps_of_decoders(column)), all_threads=True):
        holds.append("no sockets, no programs, no signals to others, no file opened to write (seccomp)")
    return tuple(holds)


def _limits(memory: int) -> Iterator[str]:
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 64 if most == resource.RLIM_INFINITY else min(64, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield "no byte written to any file, 64 files open, no core dump (limits)"
    with suppress(ValueError, OSError):  # not everywhere is there such a limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        yield f"{memory / 2**30:.0f} GiB of memory (limit)"


def _of_linux() -> Iterator[str]:
    if sys.platform != "linux":
        return
    _kernel().prctl(*map(ctypes.c_ulong, (DIE_WITH_PARENT, 9, 0, 0, 0)))
    _kernel().prctl(*map(ctypes.c_ulong, (NO_NEW_PRIVILEGES, 1, 0, 0, 0)))
    yield "ends with the process that started it"
    with suppress(OSError):
        # where memory runs out it is this process that goes
        Path("/proc/self/oom_score_adj").write_text("1000")
        yield "the first to go where memory runs out"


def _column() -> int | None:
    return MACHINES[platform.machine()][1] if sys.platform == "linux" and platform.machine() in MACHINES else None


def _kernel() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _filtered(steps: list[Step], *, all_threads: bool) -> bool:
    machine = platform.machine()
    start = [
        (LOAD, 0, 0, 4),  # which machine's calls: there are several sets
        (EQUAL, 1, 0, MACHINES[machine][0]),
        (END, 0, 0, REFUSE | EPERM),
        (LOAD, 0, 0, 0),  # which call
        (AT_LEAST, 0, 1, 0x40000000),  # the same calls again under other numbers (x32)
        (END, 0, 0, REFUSE | ENOSYS),
    ]
    whole = [*start, *steps, (END, 0, 0, ALLOW)]
    program = _Program(len(whole), b"".join(struct.pack("HBBI", *step) for step in whole))
    kernel = _kernel()
    if kernel.prctl(*map(ctypes.c_ulong, (NO_NEW_PRIVILEGES, 1, 0, 0, 0))):
        return False
    words = (SECCOMP[machine], BY_FILTER, ALL_THREADS if all_threads else 0, ctypes.addressof(program))
    return bool(kernel.syscall(*map(ctypes.c_ulong, words)) == 0)


def _steps_of_decoders(column: int) -> Iterator[Step]:
    for calls in (NETWORK, PROGRAMS, OTHERS, FILES, SYSTEM):
        yield from _refusals(calls[column])
    yield from _refusals(HIDE_THEIR_FLAGS, ENOSYS)
    for call, half in OPEN[column]:
        yield from _refused_where(call, half, (ANY_OF, TO_WRITE))
    yield from _refused_where(PRLIMIT[column], 4, (ANY_OF, 0xFFFFFFFF))
    yield from _refused_where(PRLIMIT[column], 5, (ANY_OF, 0xFFFFFFFF))
    yield from _refused_unless(CLONE[column], 0, (ANY_OF, CLONE_THREAD))
    yield from _refused_unless(TGKILL[column], 0, (EQUAL, os.getpid()))  # `abort` signals itself


def _refusals(calls: str, error: int = EPERM) -> Iterator[Step]:
    for call in map(int, calls.split()):
        yield EQUAL, 0, 1, call
        yield END, 0, 0, REFUSE | error


def _refused_where(call: int, half: int, test: tuple[int, int]) -> Iterator[Step]:
    """Refuse a call where one half (32 bits, counted from 0) of its arguments passes a test."""
    yield from ((EQUAL, 0, 4, call), (LOAD, 0, 0, 16 + 4 * half), (test[0], 0, 1, test[1]))
    yield from ((END, 0, 0, REFUSE | EACCES), (LOAD, 0, 0, 0))


def _refused_unless(call: int, half: int, test: tuple[int, int]) -> Iterator[Step]:
    yield from ((EQUAL, 0, 4, call), (LOAD, 0, 0, 16 + 4 * half), (test[0], 1, 0, test[1]))
    yield from ((END, 0, 0, REFUSE | EPERM), (LOAD, 0, 0, 0))


def _landlocked() -> bool:
    """Have Landlock refuse all that it can refuse but reading: it allows what rules name, and there is no rule."""
    kernel = _kernel()
    version = kernel.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    known = {1: 13, 2: 14}.get(version, 15)  # how many kinds of access to files it knows
    reading = 1 << 2 | 1 << 3
    words = [(1 << known) - 1 & ~reading, 0b11, 0b11][: 1 if version < 4 else 2 if version < 6 else 3]
    rules = struct.pack(f"{len(words)}Q", *words)
    handle = kernel.syscall(LANDLOCK_CREATE, ctypes.c_char_p(rules), ctypes.c_size_t(len(rules)), 0)
    if handle < 0:
        return False
    failed = kernel.prctl(*map(ctypes.c_ulong, (NO_NEW_PRIVILEGES, 1, 0, 0, 0)))
    failed = failed or kernel.syscall(LANDLOCK_RESTRICT, ctypes.c_int(handle), 0)
    os.close(handle)
    return not failed
