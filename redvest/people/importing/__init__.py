"""People from spreadsheets: ``columns`` (what a row may say) and ``people`` (what becomes of it)."""
