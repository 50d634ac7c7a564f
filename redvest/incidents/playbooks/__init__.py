"""Playbooks: what is special to one kind of emergency, as data; here are its reader and the files that ship."""
