"""What runs in child processes in the tests of jobs; it needs no Django."""

import os
import time
from pathlib import Path

from redvest.core.child import Line


def good_child(line: Line) -> str:
    line.send(1)
    return f"{os.getpid() != 0}"


def deaf_child(line: Line) -> str:
    line.send(3)
    time.sleep(60)
    return "never"


def silent_child(line: Line) -> str:
    time.sleep(60)
    return "never"


def obedient_child(line: Line) -> str:
    line.send(3)
    line.wait_stopped(60)
    return "the best so far"


def dying_child(line: Line) -> str:
    os._exit(9)


def raising_child(line: Line) -> str:
    raise ValueError("in the child")


def child_that_leaves_its_number(line: Line, file: str) -> None:
    Path(file).write_text(str(os.getpid()))
    time.sleep(60)


CHILDREN = {
    "good": good_child,
    "deaf": deaf_child,
    "silent": silent_child,
    "obedient": obedient_child,
    "dying": dying_child,
    "raising": raising_child,
}
