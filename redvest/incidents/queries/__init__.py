"""Every read of incidents, call-ups, teams and deployment; each takes the actor first."""

from redvest.incidents.queries import call_ups, deployment, incidents

__all__ = ["call_ups", "deployment", "incidents"]
