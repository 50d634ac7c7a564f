"""Forms: what a screen takes in. Choices come from queries, decisions from actions."""
