"""Every write of supplies. What begins with an underscore serves the actions and is called by nothing else."""
