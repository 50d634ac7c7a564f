"""Pages of residents: no account, big letters, little to load."""
