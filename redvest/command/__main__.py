"""`python -m redvest.command` is the same as `redvest`."""

import sys

from redvest.command import main

sys.exit(main())
