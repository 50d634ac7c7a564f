"""Between rows and plans: shifts from patterns, problems from rows, drafts from answers (only here: the engine)."""
