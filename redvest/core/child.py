"""Runs a function in a child process, so that long work can be cancelled, limited in time, and survive nothing of ours.

The child is started afresh (spawn): it inherits no database connection, lock or thread. It ends itself when its parent
disappears, however that happened.
"""

import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

_context = multiprocessing.get_context("spawn")
# How long a child that was asked to stop may take to say its best answer.
GRACE_SECONDS = 5.0
_LOOK_EVERY = 0.2


class ChildFailed(Exception):
    """The child raised an error or died. The text is for the log."""


class TookTooLong(Exception):
    """The child did not end within its time and was killed."""


class Line:
    """The child's line to its parent: the first argument of the function that runs in the child."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._stop = threading.Event()
        threading.Thread(target=self._listen, daemon=True, name="line to the parent").start()

    def send(self, message: object) -> None:
        """Tell the parent something (it must be picklable), from any thread of the child."""
        with self._lock:
            self._pipe.send(("message", message))

    @property
    def stopped(self) -> bool:
        """The parent asks for the best answer now; a few seconds later it kills the child."""
        return self._stop.is_set()

    def wait_stopped(self, seconds: float | None = None) -> bool:
        """Wait until the parent asks to stop, for a watching thread of the child."""
        return self._stop.wait(seconds)

    def _end(self, kind: str, content: object) -> None:
        with self._lock:
            self._pipe.send((kind, content))

    def _listen(self) -> None:
        try:
            while True:
                self._pipe.recv()
                self._stop.set()
        except (EOFError, OSError):
            os._exit(70)  # the parent is gone: nobody wants the answer


def run(
    function: Callable[..., Any],
    *arguments: Any,
    seconds: float,
    on_message: Callable[[Any], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Any:
    """Run ``function(line, *arguments)`` in a child and return what it returns.

    ``function`` must be importable by name, arguments and answer picklable. ``on_message`` gets what the child sends;
    when ``should_stop`` turns true the child is asked to stop, and killed after ``GRACE_SECONDS``. Raises
    ``TookTooLong`` after ``seconds`` (or when it had to be killed), ``ChildFailed`` with the child's traceback.
    """
    ours, theirs = _context.Pipe()
    child = _context.Process(target=_main, args=(theirs, function, arguments), daemon=True)
    child.start()
    theirs.close()
    try:
        return _wait(child, ours, time.monotonic() + seconds, on_message, should_stop)
    finally:
        if child.is_alive():
            child.kill()
        child.join()
        ours.close()


def _wait(
    child: BaseProcess,
    pipe: Connection,
    deadline: float,
    on_message: Callable[[Any], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Any:
    was_asked = False
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TookTooLong
        if not was_asked and should_stop is not None and should_stop():
            was_asked = True
            deadline = time.monotonic() + GRACE_SECONDS
            pipe.send("stop")
        if not pipe.poll(min(left, _LOOK_EVERY)):
            continue
        try:
            kind, content = pipe.recv()
        except EOFError:
            child.join(1)
            raise ChildFailed(f"The child process ended without an answer (exit code {child.exitcode}).") from None
        if kind == "answer":
            return content
        if kind == "error":
            raise ChildFailed(content)
        if on_message is not None:
            on_message(content)


def _main(pipe: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    line = Line(pipe)
    try:
        answer = function(line, *arguments)
    except BaseException:
        line._end("error", traceback.format_exc())
    else:
        line._end("answer", answer)
