"""Pure decisions of duty on loaded rows: may he take this shift, may he check in now. No query, no write."""
