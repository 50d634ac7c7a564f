"""One person's whole roster at a time: which one is best for given prices of places, and how cheap any could be."""
