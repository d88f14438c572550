"""Run work on a Ray cluster: texts go out, files come back over the studio's own disk. Only this file knows Ray."""

import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from logging import ERROR
from pathlib import Path
from typing import Any

from rushes.domain.errors import MissingExtra, RushesError, Stopped
from rushes.jobs.here import Watcher, no_watcher

INSTALLED = find_spec("ray") is not None

ALONE = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "localhost,127.0.0.1,::1",
    "RAY_worker_niceness": "0",
}
"""For a cluster on this machine alone. Ray asks the cloud's metadata service where it runs, even with its usage
statistics off; through a proxy that is not there it does not get as far as a name server. And its workers are no less
eager than work here would be: at Ray's own niceness of 15 they starve beside anything else that runs."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""Workers share the cores by being several; and a sum split over threads adds up in another order."""

TRIES = 4
"""A text that kills its worker every time must come to an end."""

ANSWERS_WITHIN = 5.0
"""Seconds."""

if INSTALLED:
    # read when ray is loaded: what is started here then listens on 127.0.0.1 and not to the whole network
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    import ray
    from ray.exceptions import RayError, RayTaskError


@contextmanager
def ray_cluster(address: str | None = None, *, workers: int | None = None) -> Iterator[None]:
    """Use a Ray cluster: one that this process uses already, the one at an address, or a new one on this machine alone.

    Args:
        address: `HOST:PORT` of its head, or `auto` for the one that this machine belongs to.
        workers: of a new one; else as many as there are cores.

    Raises:
        MissingExtra: Ray is not installed.
        RushesError: there is no cluster at that address.
    """
    if not INSTALLED:
        raise MissingExtra("ray", "ray")
    # Ray tells of lost workers whenever it hears of one, and a command's output may be read by a program
    with redirect_stdout(sys.stderr):
        if ray.is_initialized():
            yield
            return
        if address:
            _join(address)
        else:
            _start(workers)
        try:
            yield
        finally:
            ray.shutdown()


def spread_on_ray(
    function: str,
    texts: Iterable[str],
    on_done: Callable[[int], None],
    *,
    address: str | None = None,
    tries: int = TRIES,
) -> None:
    """Have a function called with each of some texts, by as many workers as the cluster has.

    Twice as many texts as there are workers are out at a time, so that each finds its next one waiting. A text whose
    worker or machine is lost goes to another one, so the function must do no harm when it is called again.

    Args:
        function: as `module:name`; takes a text, and is found by the worker itself.
        texts: one for each call.
        on_done: told, at least once a second, how many are done; may raise to stop.
        address: of the cluster; one on this machine alone, if there is none.
        tries: how many workers may die over one text before all is given up.

    Raises:
        RushesError: what the function raised in a worker; or workers died over the same text again and again.
    """
    with ray_cluster(address):
        call, waiting, done = _remote(tries), iter(texts), 0
        going: list[Any] = []
        try:
            while True:
                room = max(0, 2 * _workers() - len(going))
                going += [call(function, text) for text in islice(waiting, room)]
                if not going:
                    return
                ready, going = ray.wait(going, timeout=0.5)
                for answer in ready:
                    _answer(answer)
                done += len(ready)
                on_done(done)
        finally:
            _cancel(going)


def run_on_ray(function: str, text: str, job: Path, *, watch: Watcher = no_watcher, address: str | None = None) -> str:
    """Have a function called once with a text, and again by another worker wherever one dies.

    Args:
        function: as `module:name`; takes a text and returns one.
        text: what to do.
        job: folder of the job, on a disk that all workers see; its record says how far it is.
        watch: told of progress.
        address: of the cluster; one on this machine alone, if there is none.

    Raises:
        RushesError: what the function raised in the worker; or too many workers died.
        Stopped: a person pressed Ctrl-C; the checkpoint is on disk.
    """
    with ray_cluster(address):
        going = [_remote(tries=10 * TRIES)(function, text)]
        try:
            while not ray.wait(going, timeout=0.5)[0]:
                record = _record(job)
                watch(record.get("done", 0), record.get("total", 0), record.get("note", "waiting for a worker"))
            return _answer(going.pop()) or ""
        except KeyboardInterrupt as error:
            words = _record(job).get("words", job.name)
            raise Stopped(f"stopped: {words}", remedy="The same command goes on from here.") from error
        finally:
            _cancel(going)


def _join(address: str) -> None:
    _refuse_silent(address)
    environment = {"env_vars": ONE_THREAD}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=ERROR, runtime_env=environment)
    except (ConnectionError, ValueError, RuntimeError) as error:
        remedy = "Give HOST:PORT of its head, on a machine of it, with RAY_AUTH_MODE=token where it asks for a token."
        raise RushesError(f"there is no Ray cluster to use at {address}", [_first_line(error)], remedy) from error


def _refuse_silent(address: str) -> None:
    """Refuse an address at which nothing answers: Ray itself would ask for minutes."""
    host, colon, port = address.rpartition(":")
    if not colon:
        return
    try:
        with socket.create_connection((host, int(port)), timeout=ANSWERS_WITHIN):
            pass
    except (OSError, ValueError, OverflowError) as error:
        remedy = "Give HOST:PORT of its head, as `ray status` says it there."
        raise RushesError(f"nothing answers at {address}", [_first_line(error)], remedy) from error


def _start(workers: int | None) -> None:
    with _environment({**ALONE, **ONE_THREAD}):  # what is started inherits it
        ray.init(
            address="local",
            num_cpus=workers,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=ERROR,
            object_store_memory=100_000_000,  # nothing but short texts goes through it
        )


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _workers() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]


def _remote(tries: int) -> Callable[[str, str], Any]:
    call: Callable[[str, str], Any] = ray.remote(_call).options(num_cpus=1, max_retries=tries - 1).remote
    return call


def _call(function: str, text: str) -> tuple[str | None, Any]:
    """Call a function in a worker; our own errors come back in parts, for they do not all survive pickling."""
    module, _, name = function.partition(":")
    try:
        return getattr(import_module(module), name)(text), None
    except RushesError as error:
        return None, (type(error), error.args, vars(error))


def _answer(reference: Any) -> str | None:
    result: str | None
    try:
        result, raised = ray.get(reference)
    except RayTaskError as error:
        raise error.cause from error
    except RayError as error:
        remedy = "What is finished is kept; the same command goes on from there."
        raise RushesError("the workers could not finish this", [_first_line(error)], remedy) from error
    if raised is None:
        return result
    kind, words, fields = raised
    again = kind.__new__(kind, *words)
    vars(again).update(fields)
    raise again


def _cancel(going: list[Any]) -> None:
    """Have no worker at it any more when this returns: the next command may begin at once."""
    for force in (False, True):
        for reference in going:
            ray.cancel(reference, force=force)
        if going:
            _, going = ray.wait(going, num_returns=len(going), timeout=10)


def _record(job: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((job / "job.json").read_text())
    except FileNotFoundError:
        return {}
    return record


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
