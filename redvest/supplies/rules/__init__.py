"""Pure decisions of supplies on loaded rows: who gets how much, what is short, what expires. No query, no write."""
