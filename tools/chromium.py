"""The browser for journeys and screenshots: found on this machine, or on Debian installed by apt.

`python -m tools.chromium install` is what `make test` calls. It never fails: the tests say what a missing one means.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = ["chromium", "fonts-noto-cjk"]
_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
_APPLICATION = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ADVICE = f"Install Chromium and a Chinese font; on Debian:  apt-get install {' '.join(PACKAGES)}"


def find() -> str | None:
    """The browser's program, or None. CHROMIUM names one that is not on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for name in _NAMES if (path := shutil.which(name))), None) or (
        _APPLICATION if os.access(_APPLICATION, os.X_OK) else None
    )


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def install() -> None:
    """Make sure of browser and font where this can be done without asking anybody."""
    if find() and _has_chinese_font():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Browser journeys will be skipped. {ADVICE}", file=sys.stderr)
        return
    print("Installing Chromium and a Chinese font for the browser journeys.", file=sys.stderr)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", "-qq", *words], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            print(f"apt-get {words[0]} failed: {done.stderr.strip()[-500:]}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit("usage: python -m tools.chromium install")
    install()
