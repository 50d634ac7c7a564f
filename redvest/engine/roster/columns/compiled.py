"""The one way in which the engine compiles a function: once per machine, kept on disk, without holding other threads
up.

Only modules that solve import this: Numba takes half a second to load.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Machine code for a function of numbers and arrays. It is made at the first call and found on disk ever after.

    Where neither the package's folder nor the user's cache folder can be written to, it is made anew in each process.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "boundscheck": False}
    try:
        return cast(Function, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # no folder to keep it in
        return cast(Function, numba.njit(**options)(function))


def inlined(function: Function) -> Function:
    """A piece of a compiled function, put in its place instead of called: a call that hands many arrays on is dear."""
    return cast(Function, numba.njit(inline="always", nogil=True, error_model="numpy", boundscheck=False)(function))
