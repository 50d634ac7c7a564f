"""Places from spreadsheets: ``areas`` (official codes) and ``estates`` (estates, buildings, units, doors)."""
