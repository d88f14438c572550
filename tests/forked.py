"""The command `rushes` from a process that has loaded everything: each time in a process of its own, none waits long.

    python forked.py serve DOOR                  until its standard input ends
    python forked.py ask DOOR new nf --owner N   as `rushes new nf --owner N`, from wherever it is asked
    python forked.py alone new nf --owner N      the same, in a process that has loaded nothing yet

Whoever asked ends as the command did. With `POWER_CUT="3 */objects/*"` in its environment the command is killed on
the spot as the third file of such a name is about to be copied, or renamed, to there: at the same step each time, on
however busy a machine. With `WITHOUT_PLOTS=1` the reports of looks are without plots, as by the fixture of that name.
"""

import contextlib
import fnmatch
import itertools
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path

ONLY_WHERE_ASKED = {"previs"}
"""It brings torch, which takes longer to load than all others together and which none of them needs."""


def serve(door: str) -> None:
    """Load what commands need, and start each that is asked for."""
    from importlib import import_module

    from rushes.__main__ import ONE_THREAD
    from rushes.cli import COMMANDS
    from rushes.departments.find import find_department

    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    for name in COMMANDS.keys() - ONLY_WHERE_ASKED:
        import_module(f"rushes.cli.{name}")
    find_department("look")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(door)
    listening.listen()
    os.write(1, b"loaded\n")
    while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
        asked, _ = listening.accept()
        if os.fork() == 0:
            watch(asked)
        asked.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def watch(asked: socket.socket) -> None:
    """Start a command in a process of its own, and tell whoever asked how it ended."""
    words, outputs, _, _ = socket.recv_fds(asked, 1 << 20, 2)
    process = os.fork()
    if process == 0:
        perform(outputs, **json.loads(words))
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        asked.sendall(f"{ended}\n".encode())
    os._exit(0)


def perform(outputs: list[int], command: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be the command."""
    from rushes.__main__ import main

    for number, output in enumerate([os.open(os.devnull, os.O_RDONLY), *outputs]):
        os.dup2(output, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if "POWER_CUT" in environment:
        cut_power(*environment["POWER_CUT"].split())
    if "WITHOUT_PLOTS" in environment:
        leave_plots_out()
    sys.argv = ["rushes", *command]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def cut_power(number: str, pattern: str) -> None:
    """Kill this process as soon as it is about to put that many files of this name in place."""
    seen = itertools.count(1)

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"os.rename", "shutil.copyfile"} and fnmatch.fnmatch(str(arguments[1]), pattern):  # noqa: SIM102
            if next(seen) == int(number):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


def leave_plots_out() -> None:
    """Have one pixel in a report where each of its plots would be."""
    from PIL import Image

    from rushes.departments.look import report

    def one_pixel(path: Path, *_: object, **__: object) -> Path:
        Image.new("L", (1, 1)).save(path)
        return path

    for name in [name for name in vars(report) if name.startswith("plot_")]:
        setattr(report, name, one_pixel)


def alone(command: list[str]) -> None:
    """Be the command as a person starts it: what it has to set before anything is loaded, it sets itself."""
    from rushes import __main__ as rushes

    def run(words: list[str]) -> int:
        if "WITHOUT_PLOTS" in os.environ:
            leave_plots_out()
        return as_ever(words)

    as_ever, rushes.run = rushes.run, run
    sys.argv = ["rushes", *command]
    rushes.main()


def ask(door: str, command: list[str]) -> int:
    """Have a command performed here, and return how it ended: its exit code, or below 0 the signal that killed it."""
    asked = socket.socket(socket.AF_UNIX)
    asked.connect(door)
    words = {"command": command, "folder": str(Path.cwd()), "environment": dict(os.environ)}
    socket.send_fds(asked, [json.dumps(words).encode()], [1, 2])
    return int(asked.makefile().readline())


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    elif sys.argv[1] == "alone":
        alone(sys.argv[2:])
    else:
        ended = ask(sys.argv[2], sys.argv[3:])
        if ended < 0:
            os.kill(os.getpid(), -ended)
        sys.exit(ended)
