"""The table of Django's cache (limits on sign-in): worthless after a crash, so without a journal."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0004_messages_jobs_live")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE core_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX core_cache_expires ON core_cache (expires);
            """,
            "DROP TABLE core_cache",
        )
    ]
