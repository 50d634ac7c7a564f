"""The mechanisms that exist exactly once: access, audit, live updates, messages, jobs, the offline outbox, errors."""
