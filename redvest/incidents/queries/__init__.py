"""Every read of incidents, call-ups, teams and deployment; each takes the actor first."""
