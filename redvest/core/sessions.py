"""Sessions in the database, read by one plain statement: every request of everybody reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own store but for reading, which built and compiled a query each time: a tenth of a page's work."""

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))
