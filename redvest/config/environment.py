"""Settings from the environment, each read by a typed function that fails with a sentence naming the variable.

Nothing here imports Django or touches a database. Every variable read through this module stands in docs/settings.md.
"""

import builtins
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[2]

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class BadSetting(Exception):
    """A variable has a value that cannot be understood. The text is a sentence for the person who set it."""


def text(name: str, default: str | None = None, *, choices: Iterable[str] = ()) -> str:
    """The variable as it stands. Without a default it must be set; with `choices` it must be one of them."""
    value = os.environ.get(name, "").strip()
    if not value:
        if default is None:
            raise BadSetting(f"{name} is not set, and it has no default. Set it; docs/settings.md says to what.")
        return default
    allowed = builtins.list(choices)
    if allowed and value not in allowed:
        raise BadSetting(f"{name} is '{value}'; it must be one of: {', '.join(allowed)}.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Yes or no: 1, true, yes, on; 0, false, no, off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise BadSetting(f"{name} is '{value}'; it must be yes or no (also 1 or 0, true or false, on or off).")


def integer(name: str, default: int | None = None, *, minimum: int | None = None, maximum: int | None = None) -> int:
    """A whole number inside the stated bounds."""
    value = text(name, None if default is None else str(default))
    try:
        number = int(value)
    except ValueError:
        raise BadSetting(f"{name} is '{value}'; it must be a whole number.") from None
    if minimum is not None and number < minimum:
        raise BadSetting(f"{name} is {number}; it must be at least {minimum}.")
    if maximum is not None and number > maximum:
        raise BadSetting(f"{name} is {number}; it must be at most {maximum}.")
    return number


def list(  # noqa: A001 - reads well as environment.list
    name: str, default: Iterable[str] = (), *, choices: Iterable[str] = ()
) -> builtins.list[str]:
    """Words separated by commas; with `choices` each must be one of them."""
    value = os.environ.get(name, "").strip()
    if not value:
        return builtins.list(default)
    words = [word.strip() for word in value.split(",") if word.strip()]
    allowed = builtins.list(choices)
    for word in words:
        if allowed and word not in allowed:
            raise BadSetting(f"{name} names '{word}'; it may name: {', '.join(allowed)}.")
    return words


def hours(name: str, default: str) -> str:
    """From one time of the day to another, such as 22:00-06:00."""
    value = text(name, default)
    begins, dash, ends = value.partition("-")
    try:
        times = [time.fromisoformat(part.strip()) for part in (begins, ends)]
    except ValueError:
        times = []
    if not dash or not times:
        raise BadSetting(f"{name} is '{value}'; it must be two times of the day, such as 22:00-06:00.")
    return value


def url(name: str, default: str | None = None, *, schemes: Iterable[str] = ("http", "https")) -> str:
    """An address with one of the given schemes and a host. An empty default means: may be absent."""
    value = text(name, default)
    if not value:
        return value
    wanted = builtins.list(schemes)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise BadSetting(f"{name} is not an address that can be read; write it like {wanted[0]}://host/path.") from None
    if parts.scheme not in wanted or not parts.hostname:
        # The value may hold a password, so it is not repeated.
        starts = " or ".join(f"{scheme}://" for scheme in wanted)
        raise BadSetting(f"{name} is not an address that can be used; it must start with {starts} and name a host.")
    return value


def time_zone(name: str, default: str) -> str:
    """An IANA time zone name, such as Asia/Shanghai."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise BadSetting(f"{name} is '{value}'; it must be a time zone name such as Asia/Shanghai.") from None
    return value


def language(name: str, default: str, *, choices: Iterable[str]) -> str:
    """A language code of ours. Desktops set LANGUAGE to lists such as `zh_CN:en`; the first one that we have counts."""
    value = os.environ.get(name, "").strip()
    offered = builtins.list(choices)
    if not value:
        return default
    for word in value.replace(",", ":").split(":"):
        code = word.split(".")[0].replace("_", "-").lower()
        code = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans"}.get(code, code)
        for candidate in (code, code.split("-")[0]):
            if candidate in offered:
                return candidate
    raise BadSetting(f"{name} is '{value}'; it must be one of: {', '.join(offered)}.")


def data_folder() -> Path:
    """Where the product keeps what it makes: the embedded database, the secret key, uploads. Made when it is missing.

    REDVEST_DATA names it. By default it is `var` in the project; for root a folder under /var/lib, because the database
    server then runs as a system user of its own, who must reach its files without root's home being opened to everyone.
    """
    named = os.environ.get("REDVEST_DATA", "").strip()
    if named:
        folder = Path(named).expanduser().absolute()
    elif os.geteuid() == 0:
        folder = Path("/var/lib/redvest") / hashlib.sha256(str(PROJECT).encode()).hexdigest()[:10]
    else:
        folder = PROJECT / "var"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"The data folder {folder} cannot be made ({error.strerror}). "
            "Set REDVEST_DATA to a folder that can be written."
        ) from None
    return folder


def kept_secret(name: str, file: str) -> str:
    """The variable, or else a random secret made on first use and kept in `file` of the data folder, for its owner."""
    value = os.environ.get(name, "").strip()
    if value:
        if len(value) < 32:
            raise BadSetting(
                f"{name} has {len(value)} characters; it must have at least 32. "
                "Leave it unset to have one made and kept."
            )
        return value
    path = data_folder() / file
    if not path.exists():
        fresh = path.with_name(f"{file}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        # A link is made whole or not at all: of several processes starting at once, the first one's secret stands.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
