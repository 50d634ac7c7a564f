"""Volunteer numbers come from a sequence, so that two imports at once never give the same one."""

from django.db import migrations
from django.db.models import Index
from django.db.models.functions import Right


class Migration(migrations.Migration):
    dependencies = [("people", "0002_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE people_person_number", "DROP SEQUENCE people_person_number"),
        migrations.AddIndex("person", Index(Right("phone", 4), name="person_phone_tail")),
    ]
