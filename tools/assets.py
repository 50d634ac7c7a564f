"""Builds what browsers load: fetches the locked npm packages, writes redvest/web/static/vendor/ (not in git).

    python -m tools.assets           build what changed; a second call is instant
    python -m tools.assets --force   build everything again

Only what is listed here is taken from the packages. Our style sheets and scripts are bundled and made small; of the
icons only those that are used go into the sprite (names found in templates and screens, see docs/look.md).
"""

import argparse
import difflib
import gzip
import hashlib
import re
import shutil
import sys
from pathlib import Path

from tools import node

PROJECT = Path(__file__).resolve().parent.parent
WEB = PROJECT / "redvest" / "web"
TEMPLATES = WEB / "templates"
CSS = WEB / "static" / "css"
# The pictures that a playbook may name stand with the playbooks, not with the screens.
PLAYBOOKS = PROJECT / "redvest" / "incidents" / "playbooks"
JS = WEB / "static" / "js"
VENDOR = WEB / "static" / "vendor"
PACKAGES = PROJECT / "node_modules"
TABLER = PACKAGES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css"
ICONS = PACKAGES / "@tabler" / "icons" / "icons" / "outline"
WORK = PROJECT / ".setup" / "assets"

# Every style sheet a page can load, and its parts. PURGED is Tabler without the classes these screens never use.
PURGED = WORK / "tabler-purged.css"
SHEETS = {
    "coordinator": [
        TABLER,
        CSS / "tokens.css",
        CSS / "tabler.css",
        CSS / "parts.css",
        CSS / "shell.css",
        CSS / "duty.css",
        CSS / "incidents.css",
        CSS / "records.css",
        CSS / "needs.css",
        CSS / "supplies.css",
    ],
    "volunteer": [
        PURGED,
        CSS / "tokens.css",
        CSS / "tabler.css",
        CSS / "parts.css",
        CSS / "phone.css",
        CSS / "records.css",
        CSS / "duty.css",
        CSS / "answer.css",
        CSS / "supplies.css",
    ],
    "entrance": [PURGED, CSS / "tokens.css", CSS / "tabler.css", CSS / "parts.css", CSS / "entrance.css"],
    "wall": [CSS / "tokens.css", CSS / "parts.css", CSS / "wall.css", CSS / "wall_duty.css"],
    "public": [CSS / "tokens.css", CSS / "parts.css", CSS / "public.css", CSS / "answer.css", CSS / "resident.css"],
    "roster": [CSS / "roster.css"],
    "print": [CSS / "print.css"],
}
MODULES = ["coordinator", "volunteer", "simple", "wall", "deployment", "paste", "roster", "supplies"]
CLASSIC = ["theme", "sw"]  # loaded before the page is painted, or as a service worker: not modules
COPIES = {
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
}
# The screens that load the purged sheet. Parts and tags are shared, so they count too.
PURGED_FOR = [
    "base.html",
    "base_volunteer.html",
    "*.html",
    "parts/**/*.html",
    "volunteer/**/*.html",
    "public/styleguide.html",
    "account/**/*.html",
    "allauth/**/*.html",
    "mfa/**/*.html",
]
ICON_WRITTEN = re.compile(r"""\bicon(?:"?\s*[=:]|\s)\s*["']([a-z0-9-]+)["']""")
LITERAL = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")


class AssetError(Exception):
    """The build cannot go on; the sentence says what to do."""


def main(argv: list[str] | None = None) -> int:
    """Build when something changed. Answers the exit code: 0 built or fresh, 1 could not be built."""
    parser = argparse.ArgumentParser(prog="python -m tools.assets", description="Build the files that browsers load.")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    force = parser.parse_args(argv).force
    stamp = VENDOR / ".stamp"
    try:
        fetch_packages(force=False)
        state = fingerprint(inputs())
        if not force and stamp.is_file() and stamp.read_text() == state:
            return 0
        build()
    except (AssetError, node.NodeError) as error:
        print(f"The files for browsers could not be built. {error}", file=sys.stderr)
        return 1
    stamp.write_text(state)
    return 0


def inputs() -> list[Path]:
    """Everything the result depends on."""
    files = [Path(__file__), PROJECT / "package-lock.json", *CSS.glob("*.css"), *JS.glob("*.js")]
    return sorted([*files, *TEMPLATES.rglob("*.html"), *WEB.rglob("*.py"), *PLAYBOOKS.glob("schema.py")])


def fingerprint(files: list[Path]) -> str:
    """A hash of names and contents."""
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def fetch_packages(*, force: bool) -> None:
    """``npm ci`` when the lock file changed since the last time."""
    state = fingerprint([PROJECT / "package.json", PROJECT / "package-lock.json"])
    stamp = PACKAGES / ".fetched"
    if not force and stamp.is_file() and stamp.read_text() == state:
        return
    print("Fetching the screen libraries")
    node.npm(["ci", "--no-progress", "--loglevel=error"], cwd=PROJECT)
    stamp.write_text(state)


def build() -> None:
    """Write the whole vendor folder, then swap it in, so that a failed build leaves the old one."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    WORK.mkdir(parents=True, exist_ok=True)
    names = used_icons()
    (fresh / "icons.svg").write_text(sprite(names))
    for target, source in COPIES.items():
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        # Their source maps are not copied, and a script that names a missing file cannot be fingerprinted.
        (fresh / target).write_bytes(re.sub(rb"\n//# sourceMappingURL=\S+", b"", (PACKAGES / source).read_bytes()))
    purge_tabler()
    bundle_sheets(fresh)
    bundle_scripts(fresh)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    report(len(names))


# --- icons --------------------------------------------------------------------------------------------------------
def used_icons() -> set[str]:
    """The icons named in templates and screens. Python names them as bare words, so there every word counts."""
    names: set[str] = set()
    for path in [*TEMPLATES.rglob("*.html"), *WEB.rglob("*.py"), *PLAYBOOKS.glob("schema.py")]:
        found = set(ICON_WRITTEN.findall(path.read_text()))
        unknown = {name for name in found if not (ICONS / f"{name}.svg").is_file()}
        if unknown and path.suffix == ".html":
            raise AssetError(_unknown_icon(sorted(unknown)[0], path))
        names |= found - unknown
        if path.suffix == ".py":
            names |= {word for word in LITERAL.findall(path.read_text()) if (ICONS / f"{word}.svg").is_file()}
    return names


def _unknown_icon(name: str, path: Path) -> str:
    near = difflib.get_close_matches(name, [icon.stem for icon in ICONS.glob("*.svg")], n=4)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    return f'{path.relative_to(PROJECT)} names the icon "{name}", which Tabler does not have.{hint}'


def sprite(names: set[str]) -> str:
    """One SVG with a symbol per icon; colour and stroke come from the element that uses it."""
    symbols = []
    for name in sorted(names):
        text = (ICONS / f"{name}.svg").read_text()
        inner = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
        inner = re.sub(r"\s*\n\s*", "", inner)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner.strip()}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


# --- style sheets and scripts -------------------------------------------------------------------------------------
def purge_tabler() -> None:
    """Tabler without the classes that the phone's and the sign-in screens never name."""
    content: list[str] = [str(WEB / "templatetags" / "look.py"), *(str(path) for path in sorted(JS.glob("*.js")))]
    for pattern in PURGED_FOR:
        content += [str(path) for path in sorted(TEMPLATES.glob(pattern))]
    config = WORK / "purge.config.cjs"
    config.write_text(
        f"module.exports = {{content: {content!r}, css: [{str(TABLER)!r}], output: {str(PURGED)!r},"
        " fontFace: true, keyframes: true, variables: false,"
        " safelist: {standard: ['html', 'body', ':root', /^data-bs-theme/, 'is-invalid', 'disabled', 'active']},"
        " rejected: false};\n"
    )
    node.script(PACKAGES / "purgecss" / "bin" / "purgecss.js", ["--config", str(config)], cwd=PROJECT)


def bundle_sheets(target: Path) -> None:
    """One minified file per audience."""
    for name, parts in SHEETS.items():
        (WORK / f"{name}.css").write_text("".join(f'@import "{part.as_posix()}";\n' for part in parts))
    entries = [str(WORK / f"{name}.css") for name in SHEETS]
    esbuild([*entries, "--bundle", "--minify", f"--outdir={target}"])


def bundle_scripts(target: Path) -> None:
    """One minified file per entry."""
    common = ["--bundle", "--minify", "--target=es2020", "--legal-comments=none", f"--outdir={target}"]
    esbuild([*(str(JS / f"{name}.js") for name in MODULES), "--format=esm", *common])
    esbuild([*(str(JS / f"{name}.js") for name in CLASSIC), "--format=iife", *common])


def esbuild(arguments: list[str]) -> None:
    """Run esbuild by Node (its own set-up script is not run, see .npmrc)."""
    node.script(PACKAGES / "esbuild" / "bin" / "esbuild", [*arguments, "--log-level=warning"], cwd=PROJECT)


def report(icons: int) -> None:
    """Say what was made and how heavy it is on the wire."""
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in sorted(VENDOR.iterdir()) if path.is_file()}
    words = ", ".join(f"{name} {size / 1024:.1f}" for name, size in sizes.items())
    print(f"Files for browsers built, {icons} icons (kB compressed: {words})")


if __name__ == "__main__":
    sys.exit(main())
