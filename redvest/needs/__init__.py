"""What residents need: their requests from the first word to the call back, and how pasted lists become requests."""
