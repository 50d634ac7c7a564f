"""Bytes of a text file as text: UTF-8 with or without a mark, UTF-16, GB 18030 (Windows in Chinese)."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotText(Exception):
    """The bytes are no text in any encoding that chats and editors write."""


def decode(data: bytes) -> str:
    """The text of a file. Raises ``NotText`` for pictures, spreadsheets and other programs' files."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\x00" in data:
        return _without_mark(data)
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise NotText from error


def _without_mark(data: bytes) -> str:
    """UTF-16 without a mark: line ends and digits leave a zero on one side of nearly every pair."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise NotText
    text = _strict(data, "utf-16-le" if odd >= even else "utf-16-be")
    if "\x00" in text:
        raise NotText
    return text
