"""Between rows and plans: shifts from patterns, roster problems from rows, drafts from answers. The engine is used only here."""
