"""Every write about residents' requests."""
