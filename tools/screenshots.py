"""The pictures of the README, taken from the demo as it is: `make screenshots` writes them to docs/img.

A demo of its own is started in a folder of its own and removed afterwards; `--at URL` uses one that is running.
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "img"
DESK, PHONE = (1440, 900), (390, 844)
# name of the picture, who looks, which page (and the link on it that is followed, if any), on what
PICTURES: list[tuple[str, str, str, tuple[int, int]]] = [
    ("situation", "bureau", "/coordinator/", DESK),
    ("call-up", "bureau", "/coordinator/callups/ main a[href*='/callups/']:not([href$='/new/'])", DESK),
    ("deployment", "bureau", "/coordinator/deployment/", DESK),
    ("roster", "bureau", "/coordinator/rosters/ main a[href*='/rosters/']:not([href*='new'])", DESK),
    ("requests", "worker1", "/coordinator/requests/", DESK),
    ("supplies", "worker1", "/coordinator/supplies/", DESK),
    ("home", "staff01", "/me/", PHONE),
    ("open-shifts", "v001", "/me/open-shifts/", PHONE),
]
_LANGUAGES = {"zh": ("zh-hans", "zh-CN"), "en": ("en", "en-GB")}


def main() -> int:
    """Take every picture in both languages; a page that does not answer with 200 is an error."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("--at", help="the address of a running demo")
    parser.add_argument("--only", nargs="*", help="names of pictures")
    options = parser.parse_args()
    program = chromium.find()
    if program is None:
        sys.exit(chromium.ADVICE)
    from redvest.config.demo_logins import PASSWORD

    TARGET.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        address = options.at or stack.enter_context(_demo())
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, account, page, size in PICTURES:
            if not options.only or name in options.only:
                for short in _LANGUAGES:
                    _take(browser, address, (account, PASSWORD), page, size, TARGET / f"{name}.{short}.png")
    return 0


def _take(browser: Browser, address: str, login: tuple[str, str], page: str, size: tuple[int, int], to: Path) -> None:
    language, locale = _LANGUAGES[to.suffixes[-2].removeprefix(".")]
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
        locale=locale,
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    tab = context.new_page()
    tab.goto("/accounts/login/")
    tab.fill("input[name=login]", login[0])
    tab.fill("input[name=password]", login[1])
    tab.press("input[name=password]", "Enter")
    tab.wait_for_url(lambda url: "/accounts/login" not in url)
    page, _space, link = page.partition(" ")
    answer = tab.goto(page)
    if answer is None or answer.status != 200:
        sys.exit(f"{page} answered {answer.status if answer else 'nothing'} to {login[0]}.")
    if link:
        tab.locator(link).first.click()
    tab.wait_for_load_state("networkidle")
    tab.screenshot(path=to)
    _make_small(to)
    context.close()
    print(f"{to.relative_to(ROOT)}  {to.stat().st_size // 1000} kB", flush=True)


def _make_small(picture: Path) -> None:
    """Screens have few colours: a palette of them takes a third of the room."""
    with Image.open(picture) as whole:
        whole.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)


@contextlib.contextmanager
def _demo() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="redvest-screenshots-"))
    folder.chmod(0o711)  # root's database server is another user
    environ = os.environ | {"REDVEST_DATA": str(folder), "PORT": str(port), "LOG_LEVEL": "ERROR"}
    environ.pop("DATABASE_URL", None)
    process = subprocess.Popen([sys.executable, "-m", "redvest.command", "run"], cwd=ROOT, env=environ)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, TimeoutError, ConnectionError):
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=10)  # noqa: S310 - our own server
            return
        time.sleep(0.5)
    sys.exit("The demo did not start.")


if __name__ == "__main__":
    sys.exit(main())
