"""Every read about residents' requests; the actor comes first."""
