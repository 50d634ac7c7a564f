"""The tests; `tests/plugin.py` prepares their surroundings."""
