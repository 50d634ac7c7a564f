"""Public routing instances in the VRPLIB format: read, solved by PyVRP, checked by code of our own."""
