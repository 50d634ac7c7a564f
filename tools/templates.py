"""Compiles every template, so that a misspelled tag or filter is found without opening its page."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Print what does not compile."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redvest.config.settings")
    import django
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    django.setup()
    bad = 0
    for folder in (ROOT / "redvest").rglob("templates"):
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
            try:
                get_template(str(path.relative_to(folder)))
            except TemplateSyntaxError as error:
                bad += 1
                print(f"{path.relative_to(ROOT)}: {error}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
