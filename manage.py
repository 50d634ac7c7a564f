#!/usr/bin/env python
"""Django's own commands, for developers. Operators use the `redvest` command."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redvest.config.settings")
    from django.core.management import execute_from_command_line

    from redvest.config import postgres

    if not {"makemigrations", "help"} & set(sys.argv[1:2]) or "--check" not in sys.argv:
        postgres.attach()
    execute_from_command_line(sys.argv)
