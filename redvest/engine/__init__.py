"""Pure planning: a frozen problem in, a result out. No Django, no database, no clock but time limits."""
