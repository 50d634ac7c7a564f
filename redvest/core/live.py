"""The only sender of live updates. An update says where something changed, never what.

``announce`` writes, after commit, the time of the change for a topic at an area. A screen asks for the ``version`` of
its topics over its own area; when it is what it already has, the answer is 304 and nothing else is computed.
"""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

_BUMP = """
    INSERT INTO core_livetopic (topic, area_path, version)
    VALUES (%s, %s, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    ON CONFLICT (topic, area_path) DO UPDATE SET version = greatest(core_livetopic.version + 1, excluded.version)
"""
# A change at an ancestor concerns everything below it, so both directions of the tree are looked at. The table is not
# journalled and empty after a crash; the start of the server then stands in, so that no screen keeps an old state.
_VERSION = """
    SELECT coalesce(max(version), (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint)
    FROM core_livetopic
    WHERE topic = ANY(%s) AND (area_path LIKE %s OR %s LIKE area_path || '%%')
"""


def announce(topic: str, area_path: str) -> None:
    """Say, once the transaction is committed, that ``topic`` changed somewhere in ``area_path``."""
    transaction.on_commit(lambda: _bump(topic, area_path), robust=True)


def _bump(topic: str, area_path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [topic, area_path])


def version(topics: list[str], area_path: str) -> int:
    """The newest version of any of ``topics`` in, above or below the area; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, [topics, area_path + "%", area_path])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def etag(topics: list[str], area_path: str, *more: object) -> str:
    """The entity tag of a fragment that shows ``topics`` over an area, and whatever ``more`` its text depends on."""
    parts = [str(version(topics, area_path)), *(str(part) for part in more)]
    return '"' + "-".join(parts) + '"'


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """The 304 for a poll that already has ``tag``, else None. Set the same tag on the full answer with ``tagged``."""
    if request.headers.get("If-None-Match") == tag:
        return tagged(HttpResponseNotModified(), tag)
    return None


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """Put the entity tag on an answer, and keep shared caches from storing it."""
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    # Page and fragment share one address: the browser must not take the stored one for the other.
    patch_vary_headers(response, ["HX-Request"])
    return response
