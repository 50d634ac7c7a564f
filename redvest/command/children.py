"""Child processes of `redvest run`: started, watched, started again when they die, stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from redvest.command.words import _

_PARENT = "REDVEST_PARENT"
_LONGEST_WAIT = 30.0  # seconds before a child that keeps dying is started again
_STEADY = 60.0  # a child that lived this long starts with a clean slate
_PATIENCE = 25.0  # seconds to end by itself; a running job gets 20 of them


@dataclass
class Child:
    """One `redvest` subcommand in a process of its own."""

    name: str
    words: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    wait: float = field(default=1.0)

    def start(self) -> None:
        environ = os.environ | {_PARENT: str(os.getpid())}
        # A group of its own: Ctrl-C reaches the parent only, which then stops its children in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "redvest.command", *self.words], env=environ, process_group=0
        )
        self.started = time.monotonic()

    def look(self, say: Callable[[str], None]) -> None:
        """Start it again when it is dead and its time has come."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.wait = 1.0 if now - self.started > _STEADY else min(self.wait * 2, _LONGEST_WAIT)
            self.due = now + self.wait
            self.process = None
            sentence = _("The {name} ended unexpectedly (code {code}); it is started again in {seconds:.0f} s.")
            say(sentence.format(name=self.name, code=code, seconds=self.wait))
        elif now >= self.due:
            self.start()

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def watch(children: Sequence[Child], say: Callable[[str], None]) -> None:
    """Keep them running until this process is told to stop, then stop them, the first one first."""
    try:
        while True:
            for child in children:
                child.look(say)
            time.sleep(0.3)
    finally:
        stop(children)


def stop(children: Sequence[Child]) -> None:
    """Stop them in order; an impatient second Ctrl-C does not leave half of them behind."""
    before = [(number, signal.signal(number, signal.SIG_IGN)) for number in (signal.SIGINT, signal.SIGTERM)]
    for child in children:
        child.stop()
    for number, handler in before:
        signal.signal(number, handler)


def end_with_parent() -> None:
    """Called by a child: end, too, when `redvest run` is killed outright (Linux; elsewhere it goes on alone)."""
    parent = os.environ.pop(_PARENT, "")
    if not parent or not sys.platform.startswith("linux"):
        return
    import ctypes

    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
    if os.getppid() != int(parent):
        raise SystemExit(128 + signal.SIGTERM)
